"""The record of an order as the asker may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from amends.dispute.case import CaseEvent
from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.judging import (
    NobodyFits,
    NoteWritten,
    OperatorAlarmed,
    ReturnedToQueue,
    RulingProposed,
    RulingSentBack,
)
from amends.dispute.state import Case
from amends.entrypoints.views.asking import is_staff
from amends.entrypoints.views.structs import EventView
from amends.entrypoints.views.texts import Texts
from amends.kernel.people import Actor, Role
from amends.kernel.record import Recorded
from amends.order.events.life import ParcelSent, TrackingRecorded
from amends.order.events.money import (
    ChargebackAnswered,
    ChargebackOutcomeRecorded,
    ChargebackRecorded,
    RefundEvent,
    RefundRecorded,
)

# Work among staff, which is no business of the parties.
INTERNAL: tuple[type[CaseEvent], ...] = (
    NobodyFits,
    NoteWritten,
    OperatorAlarmed,
    ReturnedToQueue,
    RulingProposed,
    RulingSentBack,
)
_OF_BANKS = (ChargebackRecorded, ChargebackAnswered, ChargebackOutcomeRecorded)
# Who decides is known to staff only, so that nobody is approached outside the case.
NAMES_STAFF = ("mediator", "officer", "person", "decided_by", "approved_by")
_AMOUNTS = ("amount", "budget")
_REFERENCES_OF_OTHERS = ("provider_ref", "bank_ref")
SIDES = ("buyer", "seller", "platform")


def concerns(event: CaseEvent, dispute: str, case: Case) -> bool:
    """Whether an event belongs to the record of one dispute: its own, its money, its parcels, and
    the bank's track beside it."""
    if isinstance(event, DisputeEvent):
        return event.dispute == dispute
    if isinstance(event, RefundRecorded):
        return event.refund.dispute == dispute
    if isinstance(event, RefundEvent):
        return case.order.refunds[event.refund].dispute == dispute
    if isinstance(event, ParcelSent):
        return event.parcel.dispute == dispute
    if isinstance(event, TrackingRecorded):
        return any(p.id == event.parcel and p.dispute == dispute for p in case.order.parcels)
    return isinstance(event, _OF_BANKS)


def event_views(
    events: Sequence[Recorded[CaseEvent]], by: Actor, texts: Texts, currency: str | None = None
) -> tuple[EventView, ...]:
    """The events the asker may see; for the parties without names of staff.

    Amounts are money in ``currency``, the order's; without one they stay in minor units.
    """
    staff = is_staff(by)
    teller = _Teller(texts, currency, staff)
    return tuple(
        _event(recorded, by, teller)
        for recorded in events
        if staff or not isinstance(recorded.event, INTERNAL)
    )


def told_outside(recorded: Recorded[CaseEvent], currency: str) -> EventView | None:
    """An event as it leaves the house: without texts and names of staff, and without the order that
    was placed, which whoever is told may read. None for work among staff."""
    if isinstance(recorded.event, INTERNAL):
        return None
    view = _event(recorded, Actor("", Role.BUYER), _Teller(None, currency, staff=False))
    return msgspec.structs.replace(view, data={n: v for n, v in view.data.items() if n != "order"})


def _event(recorded: Recorded[CaseEvent], by: Actor, teller: _Teller) -> EventView:
    data = msgspec.to_builtins(recorded.event)
    type_ = str(data.pop("type"))
    data.pop("at")
    shows_name = is_staff(by) or recorded.by.role in (Role.BUYER, Role.SELLER)
    return EventView(
        number=recorded.number,
        at=recorded.at,
        type=type_,
        by=recorded.by.role,
        data=teller.told(data),
        person=recorded.by.person if shows_name else UNSET,
    )


class _Teller(Struct, frozen=True):
    """Puts texts in the place of references, or leaves both out without any texts; puts money in
    the place of amounts, and leaves out what the asker is not to know."""

    texts: Texts | None
    currency: str | None
    staff: bool

    def told(self, data: dict[str, Any]) -> dict[str, Any]:
        """An event's fields as they are shown."""
        shown: dict[str, Any] = {}
        for name, value in data.items():
            if name in _REFERENCES_OF_OTHERS:
                shown[name] = value
            elif name.endswith("_ref"):
                if self.texts is not None:
                    shown[name.removesuffix("_ref")] = self.texts.get(value)
            elif name == "ref":
                # Where a file lies is not shown; a message's text is.
                if "media_type" not in data and self.texts is not None:
                    shown["text"] = self.texts.get(value)
            elif not self.staff and self._names_staff(name, value):
                continue
            elif self.currency and name in _AMOUNTS and isinstance(value, int):
                shown[name] = {"amount": value, "currency": self.currency}
            else:
                shown[name] = self._part(value)
        return shown

    def _part(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.told(value)
        if isinstance(value, list):
            return [self._part(part) for part in value]
        return value

    @staticmethod
    def _names_staff(name: str, value: object) -> bool:
        return name in NAMES_STAFF or (name == "by" and value not in SIDES)
