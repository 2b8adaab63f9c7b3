from __future__ import annotations

from datetime import timedelta

from amends.engine.engine import Engine
from amends.engine.requests import Request
from amends.engine.slots import ALL_SLOTS, slot_of
from amends.engine.store import Store
from amends.engine.sweep import keep_beat, sweep
from amends.kernel.decision import Refused, Stamp
from amends.kernel.instants import Instant, Outage
from amends.kernel.people import CLOCK
from amends.store import open_store
from tests.engine.conftest import Toy
from tests.engine.toy import (
    ANN,
    DAY,
    START,
    Account,
    Clock,
    Command,
    Counter,
    Event,
    Ids,
    Lapsed,
    Open,
    Pledge,
    no_holidays,
)


def pledge(engine: Toy, order: str, days: int) -> None:
    engine.handle([Request(order, Open("o"), ANN), Request(order, Pledge(days), ANN)])


def test_a_sweep_lets_go_what_is_due_at_its_own_instants(engine: Toy, clock: Clock) -> None:
    for i in range(7):
        pledge(engine, f"O{i}", days=i + 1)
    clock.advance(4 * DAY)
    swept = sweep(engine, batch=2)
    assert (swept.orders, swept.events, swept.failed) == (4, 6, ())
    late = engine.events("O0", after=2)
    assert [(e.event, e.by) for e in late] == [
        (Lapsed(START + DAY), CLOCK),
        (Lapsed(START + 2 * DAY), CLOCK),
    ]
    assert sweep(engine).orders == 0
    assert engine.store.records.next_due() == START + 5 * DAY


def test_nothing_is_swept_early(engine: Toy, clock: Clock) -> None:
    pledge(engine, "A", days=1)
    clock.now = START + DAY - timedelta(microseconds=1)
    assert sweep(engine).events == 0
    clock.now = START + DAY
    assert sweep(engine).events == 1


def test_two_workers_sweep_each_deadline_once(
    engine: Toy, clock: Clock, database: str, domain: Counter
) -> None:
    for i in range(5):
        pledge(engine, f"O{i}", days=1)
    other_store = open_store(database)
    other = Engine(Counter(), other_store, clock, Ids("o"), no_holidays)
    clock.advance(9 * DAY)
    names = [order for _, order in engine.store.records.due(clock.now, 9, dict.fromkeys(ALL_SLOTS))]
    assert sweep(other).events == 10
    # The first worker chose its orders before the other was done.
    assert [a.outcome.events for a in engine.expire(names)] == [()] * 5  # type: ignore[union-attr]
    assert all(len(engine.events(name)) == 4 for name in names)
    other_store.close()


def test_an_order_that_fails_holds_up_nobody(engine: Toy, store: Store, clock: Clock) -> None:
    class Faulty(Counter):
        def terms(
            self, state: Account | None, command: Command | None, at: Instant
        ) -> int | Refused:
            if state is not None and state.owner == "none":
                return Refused("pack_gone")
            return super().terms(state, command, at)

        def expire(self, state: Account, terms: int, stamp: Stamp) -> tuple[Event, ...]:
            if len(state.pledges) == 4:
                raise ZeroDivisionError
            return super().expire(state, terms, stamp)

    for name in ("A", "B", "C"):
        pledge(engine, name, days=1)
    engine.handle_one(Request("B", Pledge(3), ANN))
    faulty = Engine(Faulty(), store, clock, Ids("f"), no_holidays)
    clock.advance(DAY)
    swept = sweep(faulty, batch=1)
    assert (swept.orders, swept.events) == (3, 2)
    ((order, error),) = swept.failed
    assert (order, type(error)) == ("B", ZeroDivisionError)
    assert sweep(engine).events == 1


def test_an_order_whose_terms_are_gone_is_reported(engine: Toy, store: Store, clock: Clock) -> None:
    class Lawless(Counter):
        def terms(
            self, state: Account | None, command: Command | None, at: Instant
        ) -> int | Refused:
            return Refused("pack_gone")

    pledge(engine, "A", days=1)
    clock.advance(DAY)
    swept = sweep(Engine(Lawless(), store, clock, Ids("l"), no_holidays))
    ((order, error),) = swept.failed
    assert (order, str(error), swept.events) == ("A", "refused: pack_gone", 0)


def test_an_order_that_is_not_there_has_nothing_due(engine: Toy) -> None:
    (answer,) = engine.expire(["nobody"])
    assert not isinstance(answer, Exception)
    assert (answer.version, answer.state) == (0, None)


def test_a_long_silence_is_an_outage_and_a_short_one_is_not(store: Store, clock: Clock) -> None:
    gap = timedelta(minutes=5)
    assert keep_beat(store.uptime, clock, gap) is None
    clock.advance(gap)
    assert keep_beat(store.uptime, clock, gap) is None
    clock.advance(gap + timedelta(microseconds=1))
    outage = keep_beat(store.uptime, clock, gap)
    assert outage == Outage(START + gap, clock.now)
    assert keep_beat(store.uptime, clock, gap) is None
    assert store.uptime.outages(START) == (outage,)


def test_there_is_no_outage_as_long_as_anybody_was_up(store: Store, clock: Clock) -> None:
    gap = timedelta(minutes=5)
    assert keep_beat(store.uptime, clock, gap) is None
    # One process hangs, or is cut off, while another goes on and a third starts.
    for _ in range(3):
        clock.advance(gap)
        assert keep_beat(store.uptime, clock, gap) is None
    # Nobody was there: two that start together tell of it once.
    clock.advance(3 * gap)
    found = keep_beat(store.uptime, lambda: clock.now, gap)
    late = Outage(found.since, found.until + timedelta(seconds=1)) if found else None
    assert late is not None
    store.uptime.add_outage(late)
    assert store.uptime.outages(START) == (found,)


def test_slots_that_are_not_ours_are_left_alone(engine: Toy, clock: Clock) -> None:
    names = [f"O{i}" for i in range(40)]
    for name in names:
        pledge(engine, name, days=1)
    clock.advance(DAY)
    ours = {slot_of(name) for name in names[:10]}
    assert sweep(engine, lambda: ours, batch=4).orders == sum(slot_of(n) in ours for n in names)
    assert sweep(engine, lambda: ours).orders == 0
    assert sweep(engine).orders == sum(slot_of(name) not in ours for name in names)


def test_what_passes_to_another_in_the_middle_is_left_to_them(engine: Toy, clock: Clock) -> None:
    for i in range(6):
        pledge(engine, f"O{i}", days=1)
    clock.advance(DAY)
    asked = iter([ALL_SLOTS, frozenset[int]()])
    assert sweep(engine, lambda: next(asked), batch=1).orders == 6
    clock.advance(DAY)
    # One of each slot was taken before everything passed to another.
    asked = iter([frozenset({slot_of("O0")}), frozenset[int]()])
    assert sweep(engine, lambda: next(asked), batch=1).orders == 1
