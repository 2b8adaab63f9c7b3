"""Who looks after which slots: the rule alone, and processes that come, stop, hang and die."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amends.engine.leases import LENGTH, RENEW_EVERY, Lease, Worker
from amends.engine.slots import ALL_SLOTS, SLOTS, fair_share, slot_of
from amends.engine.store import Store
from amends.kernel.instants import Instant
from tests.engine.toy import Clock

MANY = st.sampled_from([f"w{n:02}" for n in range(70)])
FEW = st.sampled_from(["a", "b", "c", "d", "e"])
SECOND = timedelta(seconds=1)


def test_the_slot_of_an_order_never_changes() -> None:
    assert [slot_of(order) for order in ("A-1", "A-2", "Ä/9", "")] == [60, 10, 38, 35]
    counts = Counter(slot_of(f"A-{n}") for n in range(64_000))
    assert counts.keys() == ALL_SLOTS
    assert max(counts.values()) < 1150


@given(st.sets(MANY, min_size=1), st.dictionaries(st.integers(0, SLOTS - 1), MANY))
def test_no_worker_asks_for_more_than_its_number_or_for_what_another_has(
    alive: set[str], holders: dict[int, str]
) -> None:
    free = ALL_SLOTS - holders.keys()
    numbers = []
    for me in sorted(alive):
        share = fair_share(me, alive, holders)
        mine = {slot for slot, holder in holders.items() if holder == me}
        # It keeps what it has, or gives up some of it; never both that and taking more.
        assert mine <= share <= mine | free or share < mine
        numbers.append(len(fair_share(me, alive, {})))
    assert sum(numbers) == SLOTS
    assert max(numbers) - min(numbers) <= 1
    assert numbers == sorted(numbers, reverse=True)


class Table:
    """The leases in memory."""

    def __init__(self) -> None:
        self.leases: dict[str, Lease] = {}

    def held(self, now: Instant) -> list[Lease]:
        return [lease for _, lease in sorted(self.leases.items()) if lease.until > now]

    def take(
        self, names: Collection[str], holder: str, now: Instant, until: Instant
    ) -> frozenset[str]:
        others = {lease.name for lease in self.held(now) if lease.holder != holder}
        taken = frozenset(names) - others
        self.leases |= {name: Lease(name, holder, until) for name in taken}
        return taken

    def give_up(self, names: Collection[str], holder: str) -> None:
        for name in names:
            if name in self.leases and self.leases[name].holder == holder:
                del self.leases[name]

    def forget_lapsed(self, before: Instant) -> None:
        raise AssertionError("a worker does not tidy up")


class Process:
    """A worker, and when it renews next."""

    def __init__(self, table: Table, name: str, clock: Clock) -> None:
        self.worker = Worker(table, name, clock, ("books",))
        self.clock = clock
        self.next = clock.now

    def tick(self) -> None:
        if self.clock.now >= self.next:
            self.worker.renew()
            self.next = self.clock.now + RENEW_EVERY


class Processes(RuleBasedStateMachine):
    """Processes on one database, each renewing at its own times."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.table = Clock(), Table()
        self.running: dict[str, Process] = {}

    @rule(name=FEW)
    def comes_or_is_started_again(self, name: str) -> None:
        self.running[name] = Process(self.table, name, self.clock)
        self.running[name].tick()

    @rule(name=FEW)
    def dies(self, name: str) -> None:
        self.running.pop(name, None)

    @rule(name=FEW)
    def stops(self, name: str) -> None:
        if name in self.running:
            self.running.pop(name).worker.leave()

    @rule(name=FEW, seconds=st.integers(1, 25))
    def hangs(self, name: str, seconds: int) -> None:
        if name in self.running:
            self.running[name].next = self.clock.now + seconds * SECOND

    @rule(tenths=st.integers(1, 150))
    def time_passes(self, tenths: int) -> None:
        for _ in range(tenths):
            self.clock.advance(SECOND / 10)
            for process in self.running.values():
                process.tick()

    @precondition(lambda self: self.running)
    @rule()
    def all_is_looked_after_once_nobody_comes_or_goes(self) -> None:
        for process in self.running.values():
            process.next = min(process.next, self.clock.now + RENEW_EVERY)
        # The dead lapse, then those with too much give up, then those with too little take.
        span = LENGTH + 2 * RENEW_EVERY
        self.time_passes(span // (SECOND / 10))
        shares = [process.worker.slots() for process in self.running.values()]
        assert frozenset().union(*shares) == ALL_SLOTS
        assert max(map(len, shares)) - min(map(len, shares)) <= 1
        assert sum(process.worker.has("books") for process in self.running.values()) == 1
        self.time_passes(100)
        assert [process.worker.slots() for process in self.running.values()] == shares

    @invariant()
    def nothing_is_looked_after_by_two(self) -> None:
        held = Counter(slot for p in self.running.values() for slot in p.worker.slots())
        assert set(held.values()) <= {1}
        assert sum(p.worker.has("books") for p in self.running.values()) <= 1


TestProcesses = Processes.TestCase
TestProcesses.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_workers_share_what_one_held_alone(store: Store, clock: Clock) -> None:
    first, second = (Worker(store.leases, name, clock, ("books",)) for name in ("a", "b"))
    assert first.slots() == frozenset()
    first.renew()
    assert first.slots() == ALL_SLOTS
    assert first.has("books")
    second.renew()
    assert second.slots() == frozenset()
    first.renew()
    second.renew()
    assert len(first.slots()) == len(second.slots()) == SLOTS // 2
    assert first.slots() | second.slots() == ALL_SLOTS
    assert not second.has("books")
    first.leave()
    assert first.slots() == frozenset()
    second.renew()
    assert (second.slots(), second.has("books")) == (ALL_SLOTS, True)


def test_whoever_does_not_renew_has_nothing_left_and_another_takes_over(
    store: Store, clock: Clock
) -> None:
    first, second = (Worker(store.leases, name, clock) for name in ("a", "b"))
    first.renew()
    clock.advance(LENGTH - SECOND)
    assert first.slots() == ALL_SLOTS
    second.renew()
    assert second.slots() == frozenset()
    clock.advance(SECOND)
    assert first.slots() == frozenset()
    second.renew()
    assert second.slots() == ALL_SLOTS
    # It comes back to what is left of it: its share is another's until that one gives it up.
    first.renew()
    assert first.slots() == frozenset()


def test_who_is_started_again_under_the_same_name_goes_on_at_once(
    store: Store, clock: Clock
) -> None:
    Worker(store.leases, "a", clock, ("books",)).renew()
    again = Worker(store.leases, "a", clock, ("books",))
    again.renew()
    assert (again.slots(), again.has("books")) == (ALL_SLOTS, True)
