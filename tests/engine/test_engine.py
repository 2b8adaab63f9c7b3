from __future__ import annotations

from datetime import timedelta

import pytest

from amends.engine.engine import Engine
from amends.engine.requests import Answer, Request
from amends.engine.store import NotWritten, Store, StoredState, Write
from amends.kernel.decision import Accepted, Refused
from amends.kernel.instants import Outage
from amends.kernel.people import CLOCK
from tests.engine.conftest import Toy
from tests.engine.toy import (
    ANN,
    BOB,
    DAY,
    START,
    Account,
    Burst,
    Clock,
    Command,
    Counter,
    Deposit,
    Deposited,
    Event,
    Ids,
    Lapsed,
    Misproject,
    Open,
    Opened,
    Pledge,
    Pledged,
    Unencodable,
    Withdraw,
    no_holidays,
)


def ask(
    order: str, command: Command, key: str | None = None, digest: str = "d"
) -> Request[Command]:
    return Request(order, command, ANN, key, digest)


def good(answer: Answer[Account, Event] | Exception) -> Answer[Account, Event]:
    assert isinstance(answer, Answer), answer
    return answer


def refused(answer: Answer[Account, Event] | Exception) -> Refused:
    outcome = good(answer).outcome
    assert isinstance(outcome, Refused), outcome
    return outcome


def test_a_command_is_recorded_with_who_when_and_its_text(engine: Toy) -> None:
    answer = engine.handle_one(ask("A", Open("my note")))
    assert answer.outcome.events == (Opened("ann", "c1.note", START),)  # type: ignore[union-attr]
    assert (answer.version, answer.state, answer.at) == (1, Account("ann"), START)
    (event,) = engine.events("A")
    assert (event.number, event.by, event.command_id, event.at) == (1, ANN, "c1", START)
    assert engine.store.records.texts([("A", "c1.note")]) == {("A", "c1.note"): "my note"}
    body = engine.store.records.events("A")[0].body
    assert b"my note" not in body


def test_requests_of_one_batch_follow_one_another_within_an_order(engine: Toy) -> None:
    answers = engine.handle(
        [
            ask("A", Open("a")),
            ask("B", Open("b")),
            ask("A", Deposit(10)),
            ask("A", Withdraw(7)),
            ask("A", Withdraw(7)),
            ask("B", Deposit(1)),
        ]
    )
    assert [good(a).version for a in answers] == [1, 1, 2, 3, 3, 2]
    assert refused(answers[4]).rule == "too_much"
    assert good(answers[3]).state == Account("ann", 3, 2)
    assert [e.number for e in engine.events("A")] == [1, 2, 3]
    page = engine.store.views.page("orders", {"buyer": "ann"}, order_by="placed_at")
    assert [(r["order_id"], r["captured"], r["version"]) for r in page.rows] == [
        ("A", 3, 3),
        ("B", 1, 2),
    ]


def test_one_bad_decision_refuses_alone(engine: Toy) -> None:
    engine.handle_one(ask("A", Open("a")))
    before, fault, after, other = engine.handle(
        [
            ask("A", Deposit(1)),
            ask("A", Burst(), key="k"),
            ask("A", Deposit(2)),
            ask("B", Open("b")),
        ]
    )
    assert isinstance(fault, ZeroDivisionError)
    assert (good(before).version, good(after).version, good(other).version) == (2, 3, 1)
    # A fault is not an answer: the same key may be tried again.
    assert good(engine.handle_one(ask("A", Deposit(3), key="k"))).state == Account("ann", 6, 3)


def test_what_the_database_does_not_take_rolls_back_whole_and_alone(
    engine: Toy, store: Store
) -> None:
    engine.handle([ask("A", Open("a")), ask("B", Open("b"))])
    seen = store.upkeep.snapshot("A")
    bad, neighbour, encoded = engine.handle(
        [ask("A", Misproject(), key="k"), ask("B", Deposit(1)), ask("C", Open("c"))]
    )
    assert isinstance(bad, NotWritten)
    assert good(neighbour).version == 2
    assert good(encoded).version == 1
    assert store.upkeep.snapshot("A") == seen
    assert store.records.load(["A"], [("A", "buyer/ann", "k")], START).answers == {}


def test_a_state_that_cannot_be_encoded_fails_alone(engine: Toy) -> None:
    engine.handle([ask("A", Open("a")), ask("B", Open("b"))])
    bad, neighbour = engine.handle([ask("A", Unencodable()), ask("B", Deposit(1))])
    assert isinstance(bad, Exception)
    assert good(neighbour).version == 2
    assert [e.number for e in engine.events("A")] == [1]


def test_a_known_key_has_the_earlier_answer_with_the_state_as_it_was(
    engine: Toy, clock: Clock
) -> None:
    engine.handle_one(ask("A", Open("a")))
    first = engine.handle_one(ask("A", Deposit(5), key="k"))
    clock.advance(DAY)
    at_once = engine.handle_one(ask("A", Deposit(5), key="k"))
    engine.handle_one(ask("A", Deposit(1)))
    later = engine.handle_one(ask("A", Deposit(5), key="k"))
    for again in (at_once, later):
        assert again.replayed
        assert (again.outcome, again.version, again.state, again.at) == (
            first.outcome,
            first.version,
            first.state,
            first.at,
        )
    assert not first.replayed
    assert len(engine.events("A")) == 3


def test_a_known_key_with_another_body_is_refused(engine: Toy) -> None:
    engine.handle_one(ask("A", Open("a"), key="k"))
    no = refused(engine.handle_one(ask("A", Deposit(5), key="k", digest="other")))
    assert (no.rule, no.kind) == ("idempotency_key_reused", "invalid")
    assert no.facts == {"key": "k", "first_used": START}
    assert len(engine.events("A")) == 1


def test_a_key_is_its_callers_and_its_orders_own(engine: Toy) -> None:
    engine.handle_one(ask("A", Open("a"), key="k"))
    assert not engine.handle_one(ask("B", Open("b"), key="k")).replayed
    other = engine.handle_one(Request("A", Deposit(1), BOB, "k", "d"))
    assert (other.replayed, other.version) == (False, 2)


def test_a_refusal_is_saved_with_its_facts(engine: Toy) -> None:
    engine.handle_one(ask("A", Open("a")))
    first = engine.handle_one(ask("A", Withdraw(5), key="k"))
    engine.handle_one(ask("A", Deposit(10)))
    again = engine.handle_one(ask("A", Withdraw(5), key="k"))
    assert again.replayed
    assert again.outcome == first.outcome
    assert list(refused(again).facts) == ["asked", "there", "by", "ways"]
    assert again.state == first.state == Account("ann")


def test_the_same_key_twice_in_one_batch_is_judged_once(engine: Toy) -> None:
    engine.handle_one(ask("A", Open("a")))
    answers = engine.handle([ask("A", Deposit(5), key="k") for _ in range(8)])
    assert [good(a).replayed for a in answers] == [False] + [True] * 7
    assert {good(a).version for a in answers} == {2}


def test_what_is_due_expires_first_at_its_own_instants_though_the_command_is_refused(
    engine: Toy, clock: Clock
) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Pledge(1))])
    clock.now = START + 5 * DAY
    answer = engine.handle_one(ask("A", Withdraw(1), key="k"))
    assert refused(answer).rule == "too_much"
    assert answer.version == 4
    late = engine.events("A", after=2)
    assert [(e.event, e.at, e.by) for e in late] == [
        (Lapsed(START + DAY), START + DAY, CLOCK),
        (Lapsed(START + 2 * DAY), START + 2 * DAY, CLOCK),
    ]
    assert {e.command_id for e in late} == {"c3"}
    assert good(engine.handle_one(ask("A", Withdraw(1), key="k"))).version == 4


def test_a_replayed_answer_names_the_commands_events_and_not_the_clocks(
    engine: Toy, clock: Clock
) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Pledge(1))])
    clock.now = START + 5 * DAY
    first = engine.handle_one(ask("A", Deposit(1), key="k"))
    assert first.version == 5
    assert first.outcome == Accepted((Deposited(1, clock.now),))
    assert engine.handle_one(ask("A", Deposit(1), key="k")).outcome == first.outcome


def test_nothing_expires_before_its_instant(engine: Toy, clock: Clock) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Pledge(1))])
    clock.now = START + DAY - timedelta(microseconds=1)
    assert engine.handle_one(ask("A", Deposit(1))).version == 3
    clock.now = START + DAY
    assert engine.handle_one(ask("A", Deposit(1))).version == 5


def test_if_match_is_compared_with_the_domains_version(engine: Toy) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Deposit(5))])
    stale = engine.handle_one(Request("A", Deposit(1), ANN, if_match=0))
    assert refused(stale).rule == "changed_meanwhile"
    assert refused(stale).facts == {"seen": 0, "now": 1}
    assert engine.handle_one(Request("A", Deposit(1), ANN, if_match=1)).version == 3


def test_an_order_nobody_placed_is_refused_and_the_refusal_saved(engine: Toy) -> None:
    answer = engine.handle_one(ask("A", Deposit(5), key="k"))
    assert refused(answer).kind == "unknown"
    assert (answer.version, answer.state) == (0, None)
    again = engine.handle_one(ask("A", Deposit(5), key="k"))
    assert (again.replayed, again.version, again.state) == (True, 0, None)
    assert engine.handle_one(ask("A", Open("a"))).version == 1


def test_a_view_shows_what_is_due_as_expired_and_records_nothing(engine: Toy, clock: Clock) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Pledge(1))])
    clock.now = START + DAY
    view = engine.view("A")
    assert view is not None
    assert (view.version, view.state.pledges) == (3, (START + 2 * DAY,))
    assert (view.terms, view.stamp.at) == (2, clock.now)
    assert len(engine.events("A")) == 2
    assert engine.view("nobody") is None


def test_states_of_other_code_are_rebuilt_from_the_events(
    engine: Toy, store: Store, clock: Clock
) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Deposit(5))])
    newer = Engine(Counter("toy-2"), store, clock, Ids("n"), no_holidays)
    view = newer.view("A")
    assert view is not None
    assert view.state == Account("ann", 5, 1)
    assert refused(newer.handle_one(ask("A", Withdraw(9)))).rule == "too_much"
    stored = store.records.load(["A"], [], START).states["A"]
    assert (stored.code, stored.version) == ("toy-2", 2)
    assert engine.handle_one(ask("A", Deposit(1))).state == Account("ann", 6, 2)


def test_bytes_that_only_say_they_are_a_states_are_rebuilt_too(engine: Toy, store: Store) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Deposit(5))])
    store.records.write([Write("A", 2, (), StoredState(2, b"\xc1", "toy-1", None))])
    assert engine.handle_one(ask("A", Deposit(1))).state == Account("ann", 6, 2)


def test_a_fault_is_raised_to_who_asked_alone(engine: Toy) -> None:
    engine.handle_one(ask("A", Open("a")))
    with pytest.raises(ZeroDivisionError):
        engine.handle_one(ask("A", Burst()))


def test_an_order_whose_terms_are_gone_cannot_be_viewed(
    engine: Toy, store: Store, clock: Clock
) -> None:
    class Lawless(Counter):
        def terms(self, *args: object) -> int | Refused:
            return Refused("pack_gone")

    engine.handle_one(ask("A", Open("a")))
    with pytest.raises(LookupError, match="pack_gone"):
        Engine(Lawless(), store, clock, Ids(), no_holidays).view("A")


def test_outages_are_in_the_stamp_while_they_matter(
    engine: Toy, store: Store, domain: Counter, clock: Clock
) -> None:
    store.uptime.add_outage(Outage(START - 2 * DAY, START - DAY))
    engine.handle_one(ask("A", Open("a")))
    clock.advance(200 * DAY)
    engine.handle_one(ask("A", Deposit(1)))
    assert domain.outages_seen == [1, 0]


def test_an_expiry_without_an_event_is_an_error_and_not_a_loop(
    engine: Toy, clock: Clock, store: Store
) -> None:
    class Stuck(Counter):
        def expire(self, state: Account, terms: int, stamp: object) -> tuple[Event, ...]:
            return () if state.balance == 0 else (Deposited(1, START),)

    engine.handle([ask("A", Open("a")), ask("A", Pledge(1))])
    engine.handle([ask("B", Open("b")), ask("B", Deposit(1)), ask("B", Pledge(1))])
    clock.advance(DAY)
    stuck = Engine(Stuck(), store, clock, Ids("s"), no_holidays)
    nothing, endless = stuck.handle([ask("A", Deposit(1)), ask("B", Deposit(1))])
    assert "does not expire" in str(nothing)
    assert "instants expired at once" in str(endless)
    assert len(engine.events("B")) == 3
    assert [type(e.event) for e in engine.events("A")] == [Opened, Pledged]


def test_texts_without_an_event_are_an_error(engine: Toy, clock: Clock, store: Store) -> None:
    class Wordy(Counter):
        def decide(self, *args: object) -> Accepted[Event] | Refused:
            accepted = super().decide(*args)  # type: ignore[arg-type]
            assert isinstance(accepted, Accepted)
            return Accepted((), accepted.contents)

    wordy = Engine(Wordy(), store, clock, Ids(), no_holidays)
    (answer,) = wordy.handle([ask("A", Open("a"))])
    assert "without an event" in str(answer)
