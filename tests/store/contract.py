"""What every store must do, whatever database it stands on.

A test module makes a class of each, with a fixture ``store`` that gives an empty, migrated store
and a fixture ``reopen`` that gives another one on the same database.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from amends.engine.chain import GENESIS, breaks, next_hash
from amends.engine.store import (
    ApiKey,
    BadCursor,
    Link,
    NewEvent,
    NotWritten,
    SavedAnswer,
    Store,
    StoredState,
    UnknownListing,
    Write,
)
from amends.kernel.decision import Content
from amends.kernel.instants import Outage, to_micros
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column, Job, Row

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
ANN = Actor("ann", Role.BUYER)

Reopen = Callable[[], Store]


def event(n: int, *contents: Content) -> NewEvent:
    body = f'{{"type":"counted","n":{n},"word":"été"}}'.encode()
    return NewEvent(NOW + n * SECOND, ANN, f"c{n}", "counted", body, contents)


def state(version: int, due: datetime | None = None, data: bytes = b"\x00\xff") -> StoredState:
    return StoredState(version, data, "code-1", due)


def answer(key: str, version: int = 1, refusal: bytes | None = None) -> SavedAnswer:
    return SavedAnswer("buyer/ann", key, "digest", NOW, version - 1, version, refusal)


def order_row(buyer: str, placed: int, status: str = "open") -> Row:
    values: dict[str, Column] = {
        "buyer": buyer,
        "seller": "s1",
        "purchase": None,
        "status": status,
        "placed_at": placed,
        "currency": "EUR",
        "captured": 100,
        "disputes": 0,
        "version": 1,
        "updated_at": placed,
    }
    return Row("orders", {}, values)


def dispute_row(name: str, due: int | None, mediator: str | None = None) -> Row:
    values: dict[str, Column] = {
        "buyer": "ann",
        "seller": "s1",
        "phase": "mediation",
        "turn": "mediator" if due else None,
        "outcome": None,
        "reason": "late",
        "remedy": "refund",
        "amount": 5,
        "currency": "EUR",
        "mediator": mediator,
        "officer": None,
        "opened_at": 1,
        "due_at": due,
        "closed_at": None,
        "version": 1,
    }
    return Row("disputes", {"dispute_id": name}, values)


def begin(store: Store, order: str, *contents: Content, due: datetime | None = None) -> None:
    clashed = store.records.write([Write(order, 0, (event(1, *contents),), state(1, due))])
    assert clashed == frozenset()


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
        loaded = store.records.load(["A"], [("A", "buyer/ann", "k")], NOW)
        assert (loaded.states, loaded.answers, loaded.outages) == ({}, {}, ())
        assert store.records.load([], [], NOW).states == {}
        assert store.records.events("A") == []
        assert store.records.write([]) == frozenset()

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

    def test_due_orders_come_earliest_first_and_in_stretches(self, store: Store) -> None:
        for order, days in (("A", 3), ("B", 1), ("C", 1), ("D", 2), ("E", 9)):
            begin(store, order, due=NOW + days * DAY)
        begin(store, "F")
        records = store.records
        first = records.due(NOW + 3 * DAY, 2)
        assert first == [(NOW + DAY, "B"), (NOW + DAY, "C")]
        assert records.due(NOW + 3 * DAY, 2, first[0]) == [first[1], (NOW + 2 * DAY, "D")]
        assert records.due(NOW + 3 * DAY, 9, first[1])[-1] == (NOW + 3 * DAY, "A")
        assert records.due(NOW + DAY - timedelta(microseconds=1), 9) == []
        assert records.next_due() == NOW + DAY

    def test_nothing_is_due_where_nothing_is(self, store: Store) -> None:
        assert store.records.next_due() is None
        assert store.records.due(NOW, 9) == []


class ContentsContract:
    def test_texts_come_back_to_the_letter(self, store: Store, reopen: Reopen) -> None:
        odd = "\u202e right to left, emoji 🧵, \x01 control, \n line"
        begin(store, "A", Content("r1", "ann", odd), Content("r2", "bob", ""))
        begin(store, "B", Content("r1", "ann", "another order"))
        wanted = [("A", "r1"), ("A", "r2"), ("B", "r1"), ("B", "nothing")]
        expected = {("A", "r1"): odd, ("A", "r2"): "", ("B", "r1"): "another order"}
        assert store.records.texts(wanted) == reopen().records.texts(wanted) == expected
        assert store.records.texts([]) == {}

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

    def test_who_writes_after_an_erasure_has_a_new_key(self, store: Store) -> None:
        begin(store, "A", Content("old", "ann", "old"))
        store.records.erase("ann")
        begin(store, "B", Content("new", "ann", "new"))
        assert store.records.texts([("A", "old"), ("B", "new")]) == {
            ("A", "old"): None,
            ("B", "new"): "new",
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


class JobsContract:
    def outbox(self, store: Store, *jobs: Job) -> None:
        store.records.write([Write("A", 0, (event(1),), state(1), jobs=jobs)])

    def test_due_jobs_are_taken_earliest_first_and_by_nobody_else(self, store: Store) -> None:
        self.outbox(
            store,
            Job("late", "mail", NOW + SECOND, {"n": 2, "to": None, "word": "é"}),
            Job("soon", "mail", NOW, {}),
            Job("not yet", "mail", NOW + DAY, {}),
        )
        jobs = store.jobs
        assert jobs.next_run() == NOW
        taken = jobs.take(NOW + SECOND, 9, NOW + DAY)
        assert [(j.order, j.id, j.kind, j.attempts) for j in taken] == [
            ("A", "soon", "mail", 1),
            ("A", "late", "mail", 1),
        ]
        assert taken[1].payload == {"n": 2, "to": None, "word": "é"}
        assert taken[1].run_at == NOW + SECOND
        assert jobs.take(NOW + SECOND, 9, NOW + DAY) == []

    def test_a_lease_that_ran_out_lets_another_have_it(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {}))
        (first,) = store.jobs.take(NOW, 1, NOW + SECOND)
        (second,) = store.jobs.take(NOW + SECOND, 1, NOW + DAY)
        assert second.attempts == 2
        assert not store.jobs.finish(first)
        assert not store.jobs.again(first, NOW)
        assert store.jobs.finish(second)
        assert store.jobs.next_run() is None
        assert not store.jobs.finish(second)

    def test_a_job_put_back_runs_at_its_new_instant(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {}))
        (job,) = store.jobs.take(NOW, 1, NOW + DAY)
        assert store.jobs.again(job, NOW + 5 * SECOND)
        assert store.jobs.next_run() == NOW + 5 * SECOND
        assert store.jobs.take(NOW + 4 * SECOND, 1, NOW + DAY) == []
        assert store.jobs.take(NOW + 5 * SECOND, 1, NOW + DAY)[0].attempts == 2

    def test_no_more_than_asked_for(self, store: Store) -> None:
        self.outbox(store, *(Job(f"j{i}", "mail", NOW, {}) for i in range(5)))
        assert len(store.jobs.take(NOW, 3, NOW + DAY)) == 3
        assert len(store.jobs.take(NOW, 3, NOW + DAY)) == 2

    def test_a_job_asked_for_twice_is_one(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {"n": 1}))
        again = Job("j", "mail", NOW + DAY, {"n": 2})
        store.records.write([Write("A", 1, (event(2),), state(2), jobs=(again,))])
        (job,) = store.jobs.take(NOW + DAY, 9, NOW + DAY)
        assert job.payload == {"n": 1}


class ViewsContract:
    def fill(self, store: Store) -> None:
        """Seven orders, two placed at the same instant, of two buyers."""
        for i in range(7):
            row = order_row("ann" if i % 3 else "bob", placed=i // 2, status="open")
            store.records.write([Write(f"O{i}", 0, (event(1),), state(1), (row,))])

    def test_pages_follow_one_another_without_gap_or_double(self, store: Store) -> None:
        self.fill(store)
        for order_by, expected in (
            ("placed_at", [f"O{i}" for i in range(7)]),
            ("-placed_at", [f"O{i}" for i in reversed(range(7))]),
        ):
            got: list[Column] = []
            after: str | None = None
            pages = 0
            while pages == 0 or after is not None:
                page = store.views.page("orders", {}, order_by=order_by, after=after, limit=3)
                got += [row["order_id"] for row in page.rows]
                after = page.next
                pages += 1
            assert (got, pages) == (expected, 3)

    def test_a_page_holds_what_was_asked_for_and_every_column(self, store: Store) -> None:
        self.fill(store)
        page = store.views.page("orders", {"buyer": "bob"}, order_by="-placed_at")
        assert [row["order_id"] for row in page.rows] == ["O6", "O3", "O0"]
        assert page.next is None
        expected = {"order_id": "O6", **(order_row("bob", 3).values or {})}
        assert page.rows[0] == expected

    def test_rows_change_and_go(self, store: Store) -> None:
        self.fill(store)
        changed = order_row("ann", 9, "done")
        store.records.write([Write("O0", 1, (event(2),), state(2), (changed,))])
        gone = Row("orders", {}, None)
        store.records.write([Write("O1", 1, (event(2),), state(2), (gone,))])
        page = store.views.page("orders", {"status": "done"}, order_by="placed_at")
        assert [(r["order_id"], r["buyer"]) for r in page.rows] == [("O0", "ann")]
        left = store.views.page("orders", {}, order_by="placed_at").rows
        assert len(left) == 6

    def test_columns_without_a_value(self, store: Store) -> None:
        rows = (dispute_row("D1", 50, "m1"), dispute_row("D2", 40), dispute_row("D3", None))
        store.records.write([Write("A", 0, (event(1),), state(1), rows)])

        def names(where: dict[str, Column], order_by: str) -> list[Column]:
            page = store.views.page("disputes", where, order_by=order_by)
            return [row["dispute_id"] for row in page.rows]

        assert names({"phase": "mediation", "mediator": None}, "due_at") == ["D2"]
        assert names({"phase": "mediation"}, "due_at") == ["D2", "D1"]
        assert names({"phase": "mediation"}, "-due_at") == ["D1", "D2"]
        assert names({"order_id": "A"}, "dispute_id") == ["D1", "D2", "D3"]

    @pytest.mark.parametrize(
        ("table", "where", "order_by"),
        [
            ("orders", {"currency": "EUR"}, "placed_at"),
            ("orders", {}, "captured"),
            ("orders", {"buyer": "ann"}, "placed_at; DROP TABLE orders"),
            ("events", {}, "number"),
        ],
    )
    def test_lists_without_an_index_are_refused(
        self, store: Store, table: str, where: dict[str, Column], order_by: str
    ) -> None:
        with pytest.raises(UnknownListing):
            store.views.page(table, where, order_by=order_by)

    def test_forged_cursors_are_refused(self, store: Store) -> None:
        self.fill(store)
        page = store.views.page("orders", {}, order_by="placed_at", limit=2)
        assert page.next is not None
        forged = ["", "!", "é", "bnVsbA", "WzFd", page.next[:-3], page.next + "AAAA", "W" * 9000]
        # A cursor of the right shape, with a value no column holds.
        forged.append(base64.b64encode(b'["orders","placed_at",true,"O1"]').decode().rstrip("="))
        for cursor in forged:
            with pytest.raises(BadCursor):
                store.views.page("orders", {}, order_by="placed_at", after=cursor)
        with pytest.raises(BadCursor):
            store.views.page("orders", {}, order_by="-placed_at", after=page.next)

    def test_a_page_has_bounds(self, store: Store) -> None:
        for limit in (0, 501):
            with pytest.raises(ValueError, match="1 to 500"):
                store.views.page("orders", {}, order_by="placed_at", limit=limit)


class AccessContract:
    def test_a_link_works_once(self, store: Store) -> None:
        link = Link(ANN, "/orders/A-1")
        store.access.add_link("token", link, NOW + DAY)
        assert store.access.redeem_link("other", NOW) is None
        assert store.access.redeem_link("token", NOW) == link
        assert store.access.redeem_link("token", NOW) is None

    def test_a_link_works_for_one_of_many(self, store: Store, reopen: Reopen) -> None:
        store.access.add_link("token", Link(ANN, "/"), NOW + DAY)
        got: list[Link | None] = []
        stores = [store, reopen()]
        threads = [
            threading.Thread(target=lambda s=s: got.append(s.access.redeem_link("token", NOW)))
            for s in stores * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(link is not None for link in got) == 1

    def test_links_and_sessions_end_at_their_instant(self, store: Store) -> None:
        access = store.access
        access.add_link("late", Link(ANN, "/"), NOW)
        assert access.redeem_link("late", NOW) is None
        access.add_session("s", ANN, NOW + SECOND)
        assert access.session("s", NOW) == ANN
        assert access.session("s", NOW + SECOND) is None
        access.add_link("never used", Link(ANN, "/"), NOW)
        access.add_session("on", ANN, NOW + DAY)
        assert access.forget_expired(NOW + SECOND) == 2
        assert access.session("on", NOW) == ANN
        access.end_session("on")
        assert access.session("on", NOW) is None

    def test_keys_open_until_revoked(self, store: Store) -> None:
        access = store.access
        key = ApiKey("k1", Actor("shop", Role.MARKETPLACE), ("orders", "disputes"), NOW)
        access.add_key(key, "secret")
        assert access.key_of("secret") == key
        assert access.key_of("Secret") is None
        with pytest.raises(ValueError, match="k1"):
            access.add_key(key, "another")
        assert access.revoke_key("k1", NOW + DAY)
        assert not access.revoke_key("k1", NOW + 2 * DAY)
        assert not access.revoke_key("k2", NOW)
        assert access.key_of("secret") is None
        assert [k.revoked_at for k in store.access.keys()]  # noqa: SIM118 - no mapping == [NOW + DAY]

    def test_read_marks_go_forward_only(self, store: Store) -> None:
        access = store.access
        access.mark_read("ann", "A", 5)
        access.mark_read("ann", "A", 3)
        access.mark_read("ann", "B", 1)
        access.mark_read("bob", "A", 9)
        assert access.read_marks("ann", ["A", "B", "C"]) == {"A": 5, "B": 1}


class ServiceContract:
    def test_beats_go_forward_only(self, store: Store) -> None:
        assert store.uptime.last_beat() is None
        store.uptime.beat(NOW)
        store.uptime.beat(NOW - DAY)
        assert store.uptime.last_beat() == NOW

    def test_outages_are_recorded_once(self, store: Store) -> None:
        first, second = Outage(NOW - 3 * DAY, NOW - 2 * DAY), Outage(NOW - DAY, NOW)
        for outage in (second, first, Outage(first.since, NOW)):
            store.uptime.add_outage(outage)
        assert store.uptime.outages(NOW - 9 * DAY) == (first, second)
        assert store.uptime.outages(first.until) == (second,)
        assert store.records.load([], [], first.until).outages == (second,)

    def test_named_values(self, store: Store, reopen: Reopen) -> None:
        assert store.meta.get("sandbox") is None
        store.meta.put("sandbox", "1")
        store.meta.put("sandbox", "2")
        assert reopen().meta.get("sandbox") == "2"


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


class StoreContract(
    RecordsContract,
    ContentsContract,
    JobsContract,
    ViewsContract,
    AccessContract,
    ServiceContract,
    UpkeepContract,
):
    """The whole port."""
