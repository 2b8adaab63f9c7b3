"""Who is told of an event: the other side, whoever must act next, staff whose work it becomes.

A notice's kind is the event's type; its words are found above. A notice to a role without a person
(a supervisor, finance) shows on that role's pages and is not mailed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.judging import AppealDecided, InformationRequested
from amends.dispute.events.negotiation import DisputeReminded, OfferAccepted
from amends.dispute.state import Case, Dispute
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import Who
from amends.kernel.record import Column, Recorded, Row
from amends.order.events.life import (
    MessageSent,
    OrderReminded,
    ParcelSent,
    RaisedAnswered,
    TrackingRecorded,
)

REMINDERS = frozenset(
    str(event.__struct_config__.tag) for event in (DisputeReminded, OrderReminded)
)
"""The kinds of notice that only say again what is due."""
# These settle what was asked before. What follows comes as an event of its own, and asks by itself.
_SETTLING = (OfferAccepted, AppealDecided)


class Notice(Struct, frozen=True):
    """``person`` ("" for a role as a whole) in ``role`` is told of an event of kind ``kind``.

    ``due`` is when they themselves have to have acted, if it is their turn.
    """

    person: str
    role: str
    kind: str
    dispute: str
    due: Instant | None

    def payload(self) -> dict[str, Column]:
        """What the mail job needs; the person's address is read when it runs."""
        return {
            "person": self.person,
            "role": self.role,
            "kind": self.kind,
            "dispute": self.dispute,
            "due": None if self.due is None else to_micros(self.due),
        }


def notices(recorded: Recorded[CaseEvent], after: Case) -> tuple[Notice, ...]:
    """Who is told of ``recorded``, in a fixed order, nobody twice."""
    event = recorded.event
    recipients = dict.fromkeys(_recipients(recorded, after))
    dispute = after.disputes[event.dispute] if isinstance(event, DisputeEvent) else None
    kind = str(type(event).__struct_config__.tag)
    return tuple(
        Notice(person, role, kind, dispute.id if dispute else "", _due(event, after, dispute, role))
        for role, person in recipients
    )


def notice_rows(recorded: Recorded[CaseEvent], told: Sequence[Notice]) -> tuple[Row, ...]:
    """The notices as rows of each person's list."""
    return tuple(
        Row(
            "notices",
            {"n": recorded.number, "i": i},
            {
                "person": notice.person,
                "role": notice.role,
                "at": to_micros(recorded.at),
                "kind": notice.kind,
                "dispute_id": notice.dispute,
                "due_at": None if notice.due is None else to_micros(notice.due),
            },
        )
        for i, notice in enumerate(told)
    )


def _recipients(recorded: Recorded[CaseEvent], after: Case) -> Iterable[tuple[str, str]]:
    """Pairs of role and person."""
    event = recorded.event
    if isinstance(event, ParcelSent) and event.parcel.kind == "outbound":
        yield ("buyer", after.order.buyer)
    if isinstance(event, TrackingRecorded) and event.status == "delivered":
        yield ("buyer", after.order.buyer)
    if isinstance(event, MessageSent) and event.support_by:
        yield ("support", "")
    if isinstance(event, RaisedAnswered) and event.side in ("buyer", "seller"):
        yield (event.side, after.order.buyer if event.side == "buyer" else after.order.seller)
    for who in event.told:
        yield from _people(who, recorded, after)


def _people(who: Who, recorded: Recorded[CaseEvent], after: Case) -> Iterable[tuple[str, str]]:
    event, order = recorded.event, after.order
    parties = {"buyer": order.buyer, "seller": order.seller}
    dispute = after.disputes[event.dispute] if isinstance(event, DisputeEvent) else None
    match who:
        case "other":
            yield from ((r, p) for r, p in parties.items() if r != recorded.by.role)
        case "turn" if isinstance(event, OrderReminded) and event.what == "follow_up":
            yield ("support", "")
        case "turn" if isinstance(event, OrderReminded | DisputeReminded):
            yield from _whose_turn(event.turn, after, dispute)
        case "asked" if isinstance(event, InformationRequested):
            yield (event.request.of, parties[event.request.of])
        case "mediator" | "officer" if dispute is not None:
            person = dispute.mediator if who == "mediator" else dispute.officer
            if person:
                yield ("mediator" if who == "mediator" else "appeals", person)
        case "buyer" | "seller":
            yield (who, parties[who])
        case _:
            yield (who, "")  # a staff role as a whole


def _whose_turn(turn: str, after: Case, dispute: Dispute | None) -> Iterable[tuple[str, str]]:
    match turn:
        case "buyer":
            yield ("buyer", after.order.buyer)
        case "seller":
            yield ("seller", after.order.seller)
        case "mediator":
            yield ("mediator", (dispute.mediator if dispute else None) or "")
        case "appeals":
            yield ("appeals", (dispute.officer if dispute else None) or "")
        case "platform":
            yield ("finance", "")
        case _:
            yield ("supervisor", "")


def _due(event: CaseEvent, after: Case, dispute: Dispute | None, role: str) -> Instant | None:
    """The end of protection asks nobody to act; its reminders say it when it comes."""
    if isinstance(event, OrderReminded | DisputeReminded):
        return event.due
    if isinstance(event, _SETTLING):
        return None
    running = dispute.deadlines if dispute else after.order.deadlines
    mine = (clock.at for clock in running if clock.turn == role and clock.what != "protection")
    return min(mine, default=None)
