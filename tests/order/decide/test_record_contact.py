"""Support's log, with what was promised."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from amends.kernel.people import Side
from amends.order.decide.record_contact import RecordContact
from amends.order.decide.send_message import SendMessage
from amends.order.events.life import ContactRecorded, FollowUpDue, MessageSent
from tests.given import BUYER, DAY, SECOND, SELLER, SUPPORT, T0, order
from tests.order.asking import NOW, ask, contents, events, only, refused, then


@pytest.mark.parametrize(("side", "person"), [("buyer", "b1"), ("seller", "s1")])
def test_what_was_said_belongs_to_the_person_spoken_with(side: Side, person: str) -> None:
    outcome = ask(order(), SUPPORT, RecordContact("phone", side, "Wants it sooner."))
    recorded = only(outcome, ContactRecorded)
    (said,) = contents(outcome)
    assert (recorded.number, recorded.by, recorded.channel) == (1, "u1", "phone")
    assert (recorded.with_side, recorded.ref, recorded.follow_up) == (side, said.ref, None)
    assert (said.owner, said.text) == (person, "Wants it sooner.")
    after = then(order(), recorded)
    assert (after.contacts, after.deadlines) == (1, ())


def test_a_promise_runs_on_a_clock_of_its_own() -> None:
    riga = datetime(2026, 3, 13, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    first = only(ask(order(), SUPPORT, RecordContact("mail", "buyer", "Hi", riga)), ContactRecorded)
    after = then(order(), first)
    second = only(
        ask(after, SUPPORT, RecordContact("mail", "buyer", "Hi", NOW + DAY)), ContactRecorded
    )
    after = then(after, second)
    assert [(d.what, d.subject, d.at) for d in after.deadlines] == [
        ("follow_up", "1", T0 + 12 * DAY),
        ("follow_up", "2", NOW + DAY),
    ]
    assert after.deadlines[0].reminders == (T0 + 11 * DAY, T0 + 12 * DAY - DAY / 12)


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (NOW, "not_in_the_future"),
        (NOW + SECOND, None),
        (NOW + 366 * DAY, None),
        (NOW + 366 * DAY + SECOND, "date_too_far"),
    ],
)
def test_a_promise_lies_ahead_within_a_year(at: datetime, rule: str | None) -> None:
    outcome = ask(order(), SUPPORT, RecordContact("mail", "buyer", "Hi", at))
    if rule is None:
        assert events(outcome)
    else:
        assert refused(outcome) == (rule, "invalid", "follow_up")


def test_a_contact_says_what_was_said() -> None:
    outcome = ask(order(), SUPPORT, RecordContact("mail", "buyer", "  "))
    assert refused(outcome) == ("text_missing", "invalid", "text")


def test_a_promise_waits_until_a_contact_answers_it() -> None:
    promise = RecordContact("phone", "seller", "I will ask.", NOW + DAY)
    first = then(order(), *events(ask(order(), SUPPORT, promise)))
    assert [(r.id, r.side, r.due) for r in first.requests] == [("F1", "seller", NOW + DAY)]
    # It is late once the clock has told support, and still waits.
    late = then(first, FollowUpDue(at=NOW + DAY, contact="1"))
    assert [r.id for r in late.requests] == ["F1"]
    done = RecordContact("phone", "seller", "Asked.", answers="F1")
    for order_ in (first, late):
        after = then(order_, *events(ask(order_, SUPPORT, done)))
        assert (after.requests, after.deadlines) == ((), ())
        assert refused(ask(after, SUPPORT, done)) == ("unknown_request", "invalid", "answers")


def test_a_message_to_support_waits_for_support() -> None:
    asked = only(ask(order(), BUYER, SendMessage("Help?", to_support=True)), MessageSent)
    waiting = then(order(), asked)
    assert [(r.id, r.kind, r.side, r.due) for r in waiting.requests] == [
        ("M1", "message", "buyer", NOW + 3 * DAY)
    ]
    written = then(waiting, *events(ask(waiting, SUPPORT, SendMessage("Yes.", to_support=True))))
    assert written.requests == ()
    called = RecordContact("phone", "buyer", "Called.", answers="M1")
    assert then(waiting, *events(ask(waiting, SUPPORT, called))).requests == ()
    # The seller's answer is not support's.
    answered = then(waiting, *events(ask(waiting, SELLER, SendMessage("Tomorrow."))))
    assert [r.id for r in answered.requests] == ["M1"]


def test_answering_a_message_leaves_the_promise_of_that_number() -> None:
    promised = then(
        order(), *events(ask(order(), SUPPORT, RecordContact("mail", "buyer", "Hi", NOW + DAY)))
    )
    asked = then(promised, *events(ask(promised, BUYER, SendMessage("?", to_support=True))))
    called = RecordContact("phone", "buyer", "Called.", answers="M1")
    after = then(asked, *events(ask(asked, SUPPORT, called)))
    assert [r.id for r in after.requests] == ["F1"]
    assert [d.subject for d in after.deadlines if d.what == "follow_up"] == ["1"]
