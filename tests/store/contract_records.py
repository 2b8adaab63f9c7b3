"""What every store must do: the record itself."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from amends.engine.access import Link
from amends.engine.chain import GENESIS, breaks, next_hash
from amends.engine.store import NewEvent, NotWritten, Store, StoredState, StuckJobs, Write
from amends.kernel.decision import Content
from amends.kernel.instants import to_micros
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column, Job, Row
from tests.store.given import (
    DAY,
    NOW,
    Reopen,
    answer,
    begin,
    dispute_row,
    event,
    order_row,
    state,
)


class RecordsContract:
    def test_what_was_written_is_there_for_everybody(self, store: Store, reopen: Reopen) -> None:
        write = Write("A", 0, (event(1), event(2)), state(2, NOW), answers=(answer("k", 2),))
        assert store.records.write([write, Write("B", 0, (event(1),), state(1))]) == frozenset()
        for each in (store, reopen()):
            loaded = each.records.load(["A", "B", "C"], [("A", "buyer/ann", "k")], NOW)
            assert loaded.states == {"A": state(2, NOW), "B": state(1)}
            assert loaded.answers == {("A", "buyer/ann", "k"): answer("k", 2)}
            stored = each.records.events("A")
            assert [NewEvent(e.at, e.by, e.command_id, e.type, e.body) for e in stored] == [
                event(1),
                event(2),
            ]
            assert [e.number for e in stored] == [1, 2]

    def test_nothing_is_loaded_where_nothing_is(self, store: Store) -> None:
        loaded = store.records.load(["A"], [("A", "buyer/ann", "k")], NOW, ["ann"])
        assert (loaded.states, loaded.answers, loaded.outages) == ({}, {}, ())
        assert store.records.load([], [], NOW).states == {}
        assert store.records.events("A") == []
        assert store.records.write([]) == frozenset()

    def test_many_keys_of_one_order_and_more_writers_than_orders(self, store: Store) -> None:
        said = tuple(answer(key) for key in ("k1", "k2", "k3"))
        store.records.write([Write("A", 0, (event(1),), state(1), answers=said)])
        begin(store, "B", Content("r", "bob", "text"))
        keys = [("A", "buyer/ann", name) for name in ("k1", "k2", "k3", "k4")]
        loaded = store.records.load(["A", "B"], keys, NOW, ["ann", "bob", "cyd", "dan"])
        assert loaded.states == {"A": state(1), "B": state(1)}
        assert loaded.answers == {("A", "buyer/ann", each.key): each for each in said}
        assert loaded.heads == {name: store.upkeep.snapshot(name).head for name in ("A", "B")}

    def test_a_stretch_of_events(self, store: Store) -> None:
        store.records.write([Write("A", 0, tuple(event(n) for n in range(1, 6)), state(5))])
        numbers = [e.number for e in store.records.events("A", after=1, upto=4)]
        assert numbers == [2, 3, 4]
        assert [e.number for e in store.records.events("A", after=3)] == [4, 5]

    def test_an_order_at_another_version_clashes_and_its_neighbour_does_not(
        self, store: Store
    ) -> None:
        begin(store, "A")
        begin(store, "B")
        stale = Write(
            "A",
            0,
            (event(1, Content("r", "ann", "text")),),
            state(1, NOW, b"wrong"),
            (order_row("ann", 1),),
            (Job("j", "mail", NOW, {}),),
            (answer("k"),),
        )
        ahead = Write("C", 4, (event(5),), state(5))
        fine = Write("B", 1, (event(2),), state(2))
        assert store.records.write([stale, ahead, fine]) == {"A", "C"}
        loaded = store.records.load(["A", "B", "C"], [("A", "buyer/ann", "k")], NOW)
        assert loaded.states == {"A": state(1), "B": state(2)}
        assert loaded.answers == {}
        assert store.records.texts([("A", "r")]) == {}
        assert store.jobs.next_run() is None
        assert store.upkeep.snapshot("A").rows == ()

    def test_a_feed_of_new_orders_is_written_as_each_alone(self, store: Store) -> None:
        names = [f"N{n:04d}" for n in range(1_000)]
        begin(store, names[700])
        begin(store, names[900])

        def placed(name: str) -> Write:
            texts = (Content("b", f"buyer {name[:4]}", f"of {name}"), Content("s", "bob", "shop"))
            said = (answer(f"key of {name}"),)
            mailed = (Job("j", "mail", NOW, {"to": name}),)
            rows = (order_row("ann", 1), dispute_row("D1", 5))
            return Write(name, 0, (event(1, *texts), event(2)), state(2, NOW), rows, mailed, said)

        writes = [placed(name) for name in names]
        writes[900] = Write(names[900], 1, (event(2),), state(2))
        assert store.records.write(iter(writes)) == {names[700]}
        loaded = store.records.load(names, [], NOW)
        assert loaded.states[names[700]] == state(1)
        assert loaded.states[names[900]] == state(2)
        assert loaded.states.keys() == set(names)
        for name in (names[0], names[500], names[999]):
            assert loaded.states[name] == state(2, NOW)
            snapshot = store.upkeep.snapshot(name)
            assert breaks(name, snapshot.events, snapshot.sealed) == []
            assert snapshot.head == loaded.heads[name] == snapshot.events[-1].hash
            assert snapshot.rows == (order_row("ann", 1), dispute_row("D1", 5))
            key = (name, "buyer/ann", f"key of {name}")
            assert store.records.load([], [key], NOW).answers == {key: answer(f"key of {name}")}
            texts = store.records.texts([(name, "b"), (name, "s")])
            assert texts == {(name, "b"): f"of {name}", (name, "s"): "shop"}
        assert store.records.texts([(names[700], "b")]) == {}
        assert len(store.jobs.take(NOW, 2_000, NOW + DAY)) == 998

    def test_a_key_that_was_answered_meanwhile_clashes(self, store: Store) -> None:
        refusal = Write("A", 0, answers=(answer("k", 0, b"{}"),))
        assert store.records.write([refusal]) == frozenset()
        second = Write("A", 0, (event(1),), state(1), answers=(answer("k"),))
        assert store.records.write([second]) == {"A"}
        assert store.records.events("A") == []
        kept = store.records.load([], [("A", "buyer/ann", "k")], NOW).answers
        assert kept == {("A", "buyer/ann", "k"): answer("k", 0, b"{}")}

    def test_a_state_may_be_written_anew_without_an_event(self, store: Store) -> None:
        begin(store, "A", due=NOW)
        again = StoredState(1, b"new", "code-2", None)
        assert store.records.write([Write("A", 1, (), again)]) == frozenset()
        assert store.records.load(["A"], [], NOW).states == {"A": again}
        assert breaks("A", store.records.events("A"), {}) == []
        assert store.upkeep.snapshot("A").head == store.records.events("A")[0].hash

    def test_a_failure_in_the_middle_undoes_the_whole_batch(self, store: Store) -> None:
        bad = order_row("ann", 1)
        assert bad.values is not None
        bad = Row("orders", {}, {**bad.values, "seller": None})
        good = Write(
            "A", 0, (event(1, Content("r", "ann", "t")),), state(1), answers=(answer("k"),)
        )
        with pytest.raises(NotWritten):
            store.records.write([good, Write("B", 0, (event(1),), state(1), (bad,))])
        loaded = store.records.load(["A", "B"], [("A", "buyer/ann", "k")], NOW)
        assert (loaded.states, loaded.answers) == ({}, {})
        assert store.upkeep.orders() == []
        assert store.records.write([good]) == frozenset()

    @pytest.mark.parametrize(
        "row",
        [
            Row("gossip", {}, {}),
            Row("orders", {"dispute_id": "D"}, {}),
            Row("disputes", {}, None),
            Row("orders", {}, {"colour": "red"}),
            Row("orders", {}, {**(order_row("a", 1).values or {}), "captured": "much"}),
        ],
    )
    def test_rows_that_do_not_fit_are_refused(self, store: Store, row: Row) -> None:
        with pytest.raises(NotWritten):
            store.records.write([Write("A", 0, (event(1),), state(1), (row,))])

    def test_one_of_many_writers_wins_each_version(self, store: Store, reopen: Reopen) -> None:
        begin(store, "A")
        won: list[int] = []
        stores = [store, reopen()]
        barrier = threading.Barrier(6)

        def compete(me: int) -> None:
            barrier.wait()
            for version in range(1, 11):
                write = Write("A", version, (event(version + 1),), state(version + 1))
                if not stores[me % 2].records.write([write]):
                    won.append(version)

        threads = [threading.Thread(target=compete, args=(i,)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == sorted(set(won))
        stored = store.records.events("A")
        assert [e.number for e in stored] == list(range(1, len(won) + 2))
        assert breaks("A", stored, {}) == []


class ContentsContract:
    def test_texts_come_back_to_the_letter(self, store: Store, reopen: Reopen) -> None:
        odd = "\u202e right to left, emoji 🧵, \x01 control, \n line"
        begin(store, "A", Content("r1", "ann", odd), Content("r2", "bob", ""))
        begin(store, "B", Content("r1", "ann", "another order"))
        wanted = [("A", "r1"), ("A", "r2"), ("B", "r1"), ("B", "nothing")]
        expected = {("A", "r1"): odd, ("A", "r2"): "", ("B", "r1"): "another order"}
        assert store.records.texts(wanted) == reopen().records.texts(wanted) == expected
        assert store.records.texts([]) == {}

    def test_texts_of_many_orders_come_as_those_of_one_do(self, store: Store) -> None:
        orders = [f"O{n}" for n in range(100)]
        for order in orders:
            begin(store, order, Content("a", "ann", f"Ann's of {order}"), Content("b", "bob", ""))
        store.records.erase("bob")
        wanted = [(order, ref) for order in orders for ref in ("a", "b", "nothing")]
        one_by_one = {key: text for w in wanted for key, text in store.records.texts([w]).items()}
        assert len(one_by_one) == 200
        assert store.records.texts(wanted) == one_by_one

    def test_an_erased_person_is_gone_and_the_record_verifies(self, store: Store) -> None:
        begin(store, "A", Content("r1", "ann", "Ann's words"), Content("r2", "bob", "Bob's"))
        before = store.upkeep.snapshot("A")
        assert store.records.erase("ann")
        assert not store.records.erase("ann")
        assert store.records.texts([("A", "r1"), ("A", "r2")]) == {
            ("A", "r1"): None,
            ("A", "r2"): "Bob's",
        }
        after = store.upkeep.snapshot("A")
        assert after == before
        assert breaks("A", after.events, after.sealed) == []

    def test_a_link_that_was_sent_to_an_erased_person_opens_nothing(self, store: Store) -> None:
        begin(store, "A", Content("r1", "ann", "words"))
        for token, person in (("anns", "ann"), ("bobs", "bob")):
            link = Link(Actor(person, Role.BUYER), "/")
            store.access.add_link(token, link, NOW + DAY)
        store.records.erase("ann")
        assert store.access.redeem_link("anns", NOW) is None
        assert store.access.redeem_link("bobs", NOW) is not None

    def test_who_writes_after_an_erasure_has_a_new_key(self, store: Store) -> None:
        begin(store, "A", Content("old", "ann", "old"))
        store.records.erase("ann")
        begin(store, "B", Content("new", "ann", "new"))
        assert store.records.texts([("A", "old"), ("B", "new")]) == {
            ("A", "old"): None,
            ("B", "new"): "new",
        }

    def test_a_key_erased_since_it_was_looked_up_is_not_used(
        self, store: Store, reopen: Reopen
    ) -> None:
        begin(store, "A", Content("r1", "ann", "before"))
        store.records.load(["A"], [], NOW, ["ann"])
        assert reopen().records.erase("ann")
        after = (event(2, Content("r2", "ann", "after")),)
        assert store.records.write([Write("A", 1, after, state(2))]) == frozenset()
        assert store.records.texts([("A", "r1"), ("A", "r2")]) == {
            ("A", "r1"): None,
            ("A", "r2"): "after",
        }

    def test_the_chain_holds_each_event_and_each_text(self, store: Store) -> None:
        begin(store, "A", Content("r2", "ann", "two"), Content("r1", "bob", "one"))
        store.records.write([Write("A", 1, (event(2), event(3)), state(3))])
        seen = store.upkeep.snapshot("A")
        assert [(t.ref, t.owner) for t in seen.sealed[1]] == [("r1", "bob"), ("r2", "ann")]
        head = GENESIS
        for stored in seen.events:
            head = next_hash(head, "A", stored.number, stored, seen.sealed.get(stored.number, ()))
            assert stored.hash == head
        assert seen.head == head

    def test_a_reference_is_used_once(self, store: Store) -> None:
        begin(store, "A", Content("r", "ann", "first"))
        again = Write("A", 1, (event(2, Content("r", "ann", "second")),), state(2))
        with pytest.raises(NotWritten):
            store.records.write([again])
        assert store.records.texts([("A", "r")]) == {("A", "r"): "first"}


class UpkeepContract:
    def test_every_order_with_anything_is_listed(self, store: Store) -> None:
        for name in ("B", "A", "D", "C", "E"):
            begin(store, name)
        store.records.write([Write("F", 0, answers=(answer("k"),))])
        upkeep = store.upkeep
        assert upkeep.orders(limit=3) == ["A", "B", "C"]
        assert upkeep.orders(after="C", limit=3) == ["D", "E"]
        assert upkeep.orders(after="E") == []

    def test_a_snapshot_holds_all_of_one_order(self, store: Store) -> None:
        row = order_row("ann", to_micros(NOW))
        store.records.write([Write("A", 0, (event(1),), state(1, NOW), (row,))])
        begin(store, "B")
        seen = store.upkeep.snapshot("A")
        assert seen.state == state(1, NOW)
        assert seen.rows == (row,)
        assert seen.events == tuple(store.records.events("A"))
        assert store.upkeep.snapshot("nobody").events == ()
        assert store.upkeep.snapshot("nobody").state is None

    def test_restoring_replaces_what_is_derived(self, store: Store) -> None:
        store.records.write(
            [Write("A", 0, (event(1),), state(1), (order_row("ann", 1), dispute_row("D", 1)))]
        )
        seen = store.upkeep.snapshot("A")
        right, rows = StoredState(1, b"right", "code-2", NOW), (order_row("bob", 2),)
        assert seen.head is not None
        assert store.upkeep.restore("A", right, seen.head, rows)
        after = store.upkeep.snapshot("A")
        assert (after.state, after.rows, after.events) == (right, rows, seen.events)
        assert not store.upkeep.restore("A", state(2), seen.head, ())
        assert store.upkeep.snapshot("A") == after

    def test_a_sample_is_of_other_orders_each_time(self, store: Store) -> None:
        assert store.upkeep.sample(3) == []
        names = [f"O{n}" for n in range(30)]
        for name in names:
            begin(store, name)
        samples = [store.upkeep.sample(10) for _ in range(3)]
        assert all(len(set(sample)) == 10 and set(sample) <= set(names) for sample in samples)
        assert len({tuple(sample) for sample in samples}) > 1
        assert sorted(store.upkeep.sample(99)) == sorted(names)

    def test_jobs_that_do_not_get_done_are_told_by_kind(self, store: Store) -> None:
        for name, kind in (("A", "mail"), ("B", "refund"), ("C", "mail"), ("D", "mail")):
            jobs = (Job("j", kind, NOW if name != "D" else NOW + DAY, {}),)
            store.records.write([Write(name, 0, (event(1),), state(1), jobs=jobs)])
        for _ in range(2):
            store.jobs.take(NOW, 9, NOW)
        assert store.upkeep.stuck(3) == []
        assert store.upkeep.stuck(2) == [StuckJobs("mail", 2, "A"), StuckJobs("refund", 1, "B")]

    def test_refunds_that_wait_are_counted_by_provider(self, store: Store) -> None:
        assert store.upkeep.waiting_refunds() == {}
        states = (
            ("A", "x", "recorded", None), ("B", "x", "failed", "refund_failed"),
            ("C", "x", "failed", None), ("D", "x", "settled", None),
            ("E", "y", "reversed", "refund_held_up"), ("F", "y", "failed", "pay_another_way"),
            ("G", "y", "pending", "refund_late"), ("H", "z", "settled", "missing_money"),
        )  # fmt: skip
        for order, provider, at, task in states:
            about: dict[str, Column] = {"amount": 5, "currency": "EUR", "since": 1}
            refund: dict[str, Column] = {
                **about, "dispute_id": "", "provider": provider, "reference": "p", "state": at,
                "recorded_at": 1, "settled_at": None, "arrives_until": None,
            }  # fmt: skip
            rows = [Row("refunds", {"refund_id": "R1"}, refund)]
            if task:
                key: dict[str, Column] = {"what": "finance", "subject": "R1"}
                rows.append(Row("finance_tasks", key, {**about, "kind": task, "due_at": 2}))
            store.records.write([Write(order, 0, (event(1),), state(1), tuple(rows))])
        assert store.upkeep.waiting_refunds() == {"x": 2, "y": 2}

    def test_what_time_it_is_for_the_database_if_it_has_a_clock(self, store: Store) -> None:
        now = store.upkeep.server_time()
        assert now is None or abs(now - datetime.now(UTC)) < timedelta(minutes=1)

    def test_commits_are_safe_as_the_database_comes(self, store: Store) -> None:
        found = store.upkeep.durability()
        assert (found.warnings, found.failures) == ((), ())
        assert found.database
        assert found.settings
