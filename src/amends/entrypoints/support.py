"""Support's desk: who waits for support or a supervisor, and an order's log of contacts.

Pages, API and command line show the same; the lists are read from an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.case import CaseEvent
from amends.entrypoints.looking import texts_of_events
from amends.entrypoints.service import Service
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column, Recorded
from amends.order.events.life import (
    ContactRecorded,
    MessageSent,
    RaisedAnswered,
    RaisedTaken,
    RaisedToSupervisor,
)
from amends.order.events.money import GoodwillCaseOpened, MissingMoneyReported, TraceRecorded
from amends.order.state import Order
from amends.projections.support import SupportKind

DESK = frozenset({Role.SUPPORT, Role.SUPERVISOR, Role.ADMIN})
KINDS: tuple[str, ...] = get_args(SupportKind)
_OF_A_SIDE = ("raised_to_supervisor", "raised_answered")


class SupportItem(Struct, frozen=True):
    """Somebody who waits. ``subject``: a request or a refund of the order. ``side``: who waits.
    ``due_at``: when it is late. ``taken_by``: the supervisor who sees to it."""

    order: str
    subject: str
    kind: str
    side: str
    since: Instant
    due_at: Instant
    taken_by: str | None


class GoodwillSaid(Struct, frozen=True):
    """A month's goodwill in one currency, its amounts in the reader's words."""

    granted: str
    budget: str
    ends: Instant


class LogEntry(Struct, frozen=True):
    """Something in an order's log. ``what``: the event's type. ``subject``: the request it is
    about, or the refund. ``reference``: the provider's, for tracing. ``person`` is for staff."""

    at: Instant
    what: str
    by: str
    person: str | None
    side: str | None = None
    channel: str | None = None
    text: str | None = None
    subject: str | None = None
    follow_up: Instant | None = None
    amount: Money | None = None
    outcome: str | None = None
    reference: str | None = None


def support_item(row: Mapping[str, Column]) -> SupportItem:
    """A row of the desk's list."""
    return SupportItem(
        order=str(row["order_id"]),
        subject=str(row["subject"]),
        kind=str(row["kind"]),
        side=str(row["side"]),
        since=from_micros(int(row["since"] or 0)),
        due_at=from_micros(int(row["due_at"] or 0)),
        taken_by=str(row["taken_by"]) or None,
    )


def goodwill_said(service: Service) -> tuple[GoodwillSaid, ...]:
    """What was granted this month, by currency; nothing where no budget is set."""
    return tuple(
        GoodwillSaid(
            formatting.money(Money(month.granted, currency)),
            formatting.money(Money(month.budget, currency)),
            month.ends,
        )
        for currency, month in service.goodwill.month(service.clock.now()).items()
    )


def log_of(service: Service, order: Order, by: Actor) -> tuple[LogEntry, ...]:
    """Who was spoken with, what was raised, given and traced, oldest first. A side reads what it
    raised itself, and the answers; others who are not of the desk read nothing."""
    whole = by.role in DESK or by.role is Role.AUDITOR
    if not whole and not order.raised:
        return ()
    events = service.engine.events(order.id)
    texts = texts_of_events(service, order.id, [e for e in events if _belongs(e.event)])
    entries = _entries(events, order, texts)
    side = by.role.value
    if whole:
        return tuple(entries)
    mine = (e for e in entries if e.what in _OF_A_SIDE and e.side == side)
    return tuple(replace(entry, person=None) for entry in mine)


def _belongs(event: CaseEvent) -> bool:
    return isinstance(
        event,
        ContactRecorded | RaisedToSupervisor | RaisedTaken | RaisedAnswered | GoodwillCaseOpened
        | MissingMoneyReported | TraceRecorded,
    ) or (isinstance(event, MessageSent) and event.support_by is not None)  # fmt: skip


def _entries(
    events: Sequence[Recorded[CaseEvent]], order: Order, texts: Texts
) -> Iterator[LogEntry]:
    raised = 0
    for recorded in events:
        event = recorded.event
        what = str(type(event).__struct_config__.tag)
        by, person = recorded.by.role.value, recorded.by.person
        match event:
            case ContactRecorded():
                yield LogEntry(
                    event.at, what, by, person, event.with_side, event.channel,
                    texts.get(event.ref), event.answers or None,
                    event.follow_up.at if event.follow_up else None,
                )  # fmt: skip
            case MessageSent() if event.support_by:
                yield LogEntry(
                    event.at, what, by, person, event.role, None, texts.get(event.ref),
                    f"M{event.number}", event.support_by,
                )  # fmt: skip
            case RaisedToSupervisor():
                raised += 1
                yield LogEntry(
                    event.at, what, by, person, event.role, None, texts.get(event.ref),
                    f"R{raised}", event.answer_by,
                )  # fmt: skip
            case RaisedTaken():
                yield LogEntry(event.at, what, by, person, subject=event.request)
            case RaisedAnswered():
                yield LogEntry(
                    event.at, what, by, person, event.side, None, texts.get(event.ref),
                    event.request,
                )  # fmt: skip
            case GoodwillCaseOpened():
                yield LogEntry(
                    event.at, what, by, person, "buyer", None, texts.get(event.reason_ref),
                    amount=order.money(event.budget),
                )  # fmt: skip
            case MissingMoneyReported():
                yield LogEntry(
                    event.at, what, by, person, "buyer", subject=event.refund,
                    amount=order.money(order.refunds[event.refund].amount),
                    reference=_reference(order, event.refund),
                )  # fmt: skip
            case TraceRecorded():
                yield LogEntry(
                    event.at, what, by, person, "buyer", None, texts.get(event.ref),
                    event.refund, outcome=event.outcome,
                    reference=_reference(order, event.refund),
                )  # fmt: skip
            case _:
                pass


def _reference(order: Order, refund_id: str) -> str:
    """By what the provider and the buyer's bank find a refund."""
    refund = order.refunds[refund_id]
    known = (refund.provider_reference, refund.bank_reference)
    return " ".join((order.payment.provider, order.payment.reference, *filter(None, known)))
