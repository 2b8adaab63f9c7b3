"""Support's log: who was spoken with, how, and what was said."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from amends.kernel.deadlines import Deadline, reminders_between
from amends.kernel.decision import Accepted, Content, Facts, Refused
from amends.kernel.people import Role, Side
from amends.kernel.texts import Code, Name, Prose
from amends.order.asked import Asked, OrderOutcome, When, in_utc, refuse_blank
from amends.order.events.life import ContactRecorded

BY = frozenset({Role.SUPPORT})
_FURTHEST = timedelta(days=366)


class RecordContact(Struct, frozen=True, forbid_unknown_fields=True, tag="record_contact"):
    """``channel``: phone, mail, chat, ... ``with_side``: whom support spoke with. ``follow_up``:
    when support promised to come back to it. ``answers``: the message or promise, by its id, that
    is answered by this contact."""

    channel: Code
    with_side: Side
    text: Prose
    follow_up: When | None = None
    answers: Name = ""


def may(asked: Asked) -> Refused | None:
    """Always."""
    return None


def decide(asked: Asked, command: RecordContact) -> OrderOutcome:
    """On record, with a clock on what was promised."""
    order, now = asked.order, asked.now
    refused = (
        refuse_blank(command.text, "text")
        or _follow_up(asked, command)
        or _answers(asked, command.answers)
    )
    if refused:
        return refused
    number = order.contacts + 1
    follow_up = None
    if command.follow_up is not None:
        at = in_utc(command.follow_up)
        follow_up = Deadline(
            what="follow_up",
            turn="platform",
            at=at,
            since=now,
            anchor="contact_recorded",
            rule="follow_up_promised",
            reminders=reminders_between(now, at),
            subject=str(number),
        )
    # What was said is about the person spoken with, and goes when they are erased.
    person = order.buyer if command.with_side == "buyer" else order.seller
    said = Content(asked.stamp.ref("text"), person, command.text)
    recorded = ContactRecorded(
        at=now,
        number=number,
        by=asked.by.person,
        channel=command.channel,
        with_side=command.with_side,
        ref=said.ref,
        follow_up=follow_up,
        answers=command.answers,
    )
    return Accepted((recorded,), (said,))


def _answers(asked: Asked, request_id: str) -> Refused | None:
    open_ones = tuple(r.id for r in asked.order.requests if r.kind != "raised")
    if not request_id or request_id in open_ones:
        return None
    facts: Facts = {"request": request_id, "open": open_ones}
    return Refused("unknown_request", facts, ("see_requests",), "invalid", "answers")


def _follow_up(asked: Asked, command: RecordContact) -> Refused | None:
    at, latest = command.follow_up, asked.now + _FURTHEST
    if at is None or asked.now < at <= latest:
        return None
    facts: Facts = {"at": at, "now": asked.now, "latest": latest}
    rule = "not_in_the_future" if at <= asked.now else "date_too_far"
    return Refused(rule, facts, ("give_other_date",), "invalid", "follow_up")
