"""What every store must do with hash slots, and with leases."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

from amends.engine.leases import Lease
from amends.engine.slots import ALL_SLOTS, slot_of
from amends.engine.store import Store, Write
from amends.kernel.record import Job
from tests.store.given import DAY, NOW, SECOND, Reopen, begin, event, state


def names_in(slot: int, count: int) -> list[str]:
    """Orders' ids, sorted, of one slot."""
    names = (f"O{n}" for n in itertools.count())
    return sorted(itertools.islice((name for name in names if slot_of(name) == slot), count))


class SlotsContract:
    def test_due_orders_come_earliest_first_and_in_stretches_of_each_slot(
        self, store: Store
    ) -> None:
        a, b, c, d = names_in(7, 4)
        e, f = names_in(8, 2)
        for order, days in ((a, 3), (b, 1), (c, 1), (d, 9), (e, 2)):
            begin(store, order, due=NOW + days * DAY)
        begin(store, f)
        records, at, first = store.records, NOW + 3 * DAY, (NOW + DAY, b)
        assert records.due(at, 2, {7: None}) == [first, (NOW + DAY, c)]
        assert records.due(at, 1, {7: first}) == [(NOW + DAY, c)]
        assert records.due(at, 2, {8: None, 7: first}) == [
            (NOW + DAY, c), (NOW + 2 * DAY, e), (NOW + 3 * DAY, a),
        ]  # fmt: skip
        assert records.due(at, 9, {8: (NOW + 2 * DAY, e)}) == []
        assert records.due(NOW + DAY - timedelta(microseconds=1), 9, dict.fromkeys(ALL_SLOTS)) == []
        assert records.due(at, 9, {}) == []

    def test_the_next_instant_is_that_of_all_slots(self, store: Store) -> None:
        records = store.records
        assert records.next_due() is None
        for slot in (5, 6, 7):
            begin(store, names_in(slot, 1)[0], due=NOW + slot * DAY)
        assert records.next_due() == NOW + 5 * DAY
        assert records.next_due(after=NOW + 5 * DAY) == NOW + 6 * DAY
        assert records.next_due(after=NOW + 7 * DAY) is None

    def test_a_state_that_moves_on_stays_in_its_slot(self, store: Store) -> None:
        (order,) = names_in(9, 1)
        begin(store, order, due=NOW)
        store.records.write([Write(order, 1, (event(2),), state(2, NOW + DAY))])
        assert store.records.due(NOW, 9, {9: None}) == []
        assert store.records.due(NOW + DAY, 9, {9: None}) == [(NOW + DAY, order)]
        assert store.upkeep.restore(order, state(2, NOW), b"head", ())
        assert store.records.due(NOW, 9, {9: None}) == [(NOW, order)]

    def test_jobs_are_taken_by_slot(self, store: Store) -> None:
        for slot in (1, 2, 3):
            (order,) = names_in(slot, 1)
            jobs = tuple(Job(f"{slot}.{i}", "mail", NOW - i * SECOND, {}) for i in range(3))
            store.records.write([Write(order, 0, (event(1),), state(1), jobs=jobs)])
        taken = store.jobs.take(NOW, 4, NOW + DAY, {1, 3})
        assert sorted(job.id for job in taken) == ["1.1", "1.2", "3.1", "3.2"]
        assert [job.run_at for job in taken] == sorted(job.run_at for job in taken)
        assert store.jobs.take(NOW, 9, NOW + DAY, ()) == []
        assert len(store.jobs.take(NOW, 9, NOW + DAY, {1, 2})) == 4
        assert store.jobs.next_run() == NOW


class LeasesContract:
    def test_what_is_free_or_lapsed_or_ones_own_can_be_taken(self, store: Store) -> None:
        leases = store.leases
        until = NOW + 10 * SECOND
        assert leases.take({"a", "b"}, "x", NOW, until) == {"a", "b"}
        assert leases.take({"b", "c"}, "y", NOW, until) == {"c"}
        assert leases.take({"a"}, "x", NOW, until + SECOND) == {"a"}
        assert leases.held(NOW) == [
            Lease("a", "x", until + SECOND), Lease("b", "x", until), Lease("c", "y", until),
        ]  # fmt: skip
        assert leases.held(until) == [Lease("a", "x", until + SECOND)]
        assert leases.take({"a", "b"}, "y", until, until + DAY) == {"b"}
        assert leases.take((), "y", NOW, until) == frozenset()

    def test_only_ones_own_can_be_given_up(self, store: Store) -> None:
        leases = store.leases
        leases.take({"a", "b"}, "x", NOW, NOW + DAY)
        leases.give_up({"a", "b"}, "y")
        leases.give_up({"a", "never taken"}, "x")
        assert [lease.name for lease in leases.held(NOW)] == ["b"]

    def test_what_lapsed_is_forgotten(self, store: Store) -> None:
        leases = store.leases
        leases.take({"a"}, "x", NOW, NOW + SECOND)
        leases.take({"b"}, "x", NOW, NOW + DAY)
        leases.forget_lapsed(NOW + SECOND)
        assert [lease.name for lease in leases.held(NOW)] == ["b"]

    def test_of_many_who_ask_at_once_one_gets_it(self, store: Store, reopen: Reopen) -> None:
        names = {str(n) for n in range(20)}
        won: list[str] = []

        def ask(leases: Store, holder: str) -> None:
            won.extend(leases.leases.take(names, holder, NOW, NOW + DAY))

        threads = [
            threading.Thread(target=ask, args=(s, f"w{i}"))
            for i, s in enumerate((store, store, reopen(), reopen()))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == sorted(names)
