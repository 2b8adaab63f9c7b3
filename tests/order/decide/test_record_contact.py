"""Support's log, with what was promised."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from amends.kernel.people import Side
from amends.order.decide.record_contact import RecordContact
from amends.order.events.life import ContactRecorded
from tests.given import DAY, SECOND, SUPPORT, T0, order
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
