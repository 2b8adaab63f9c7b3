"""What every store must do: what stands around the record."""

from __future__ import annotations

import base64
import threading

import pytest

from amends.engine.access import ApiKey, Link
from amends.engine.store import BadCursor, Store, UnknownListing, Write
from amends.kernel.instants import Outage
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column, Row
from tests.store.given import (
    ANN,
    DAY,
    NOW,
    SECOND,
    Reopen,
    dispute_row,
    event,
    order_row,
    session,
    state,
)


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

    def test_sums_are_by_every_combination_of_columns(self, store: Store) -> None:
        assert store.views.totals("orders", "captured", ("buyer",)) == {}
        self.fill(store)
        sums = store.views.totals("orders", "captured", ("currency", "buyer"))
        assert list(sums.items()) == [(("EUR", "ann"), 400), (("EUR", "bob"), 300)]
        for table, column, by in (
            ("nothing", "captured", "buyer"), ("orders", "x", "buyer"), ("orders", "captured", "x"),
        ):  # fmt: skip
            with pytest.raises(UnknownListing):
                store.views.totals(table, column, (by,))

    def test_rows_are_counted_and_sums_are_of_a_list(self, store: Store) -> None:
        self.fill(store)
        assert store.views.totals("orders", None, ("buyer",)) == {("ann",): 4, ("bob",): 3}
        of_bob = store.views.totals("orders", "captured", ("currency",), {"buyer": "bob"})
        assert of_bob == {("EUR",): 300}
        assert store.views.totals("orders", None, ("buyer",), {"buyer": "eve"}) == {}
        with pytest.raises(UnknownListing):
            store.views.totals("orders", None, ("buyer",), {"currency": "EUR"})

    def test_rows_are_counted_by_spans(self, store: Store) -> None:
        self.fill(store)
        views = store.views
        assert views.histogram("orders", {}, "placed_at", since=0, width=2) == {0: 4, 1: 3}
        assert views.histogram("orders", {}, "placed_at", since=1, width=1) == {0: 2, 1: 2, 2: 1}
        bob = views.histogram("orders", {"buyer": "bob"}, "placed_at", since=0, width=1)
        assert bob == {0: 1, 1: 1, 3: 1}
        for table, where, by in (
            ("nothing", {}, "placed_at"), ("orders", {}, "captured"),
            ("orders", {"currency": "EUR"}, "placed_at"),
        ):  # fmt: skip
            with pytest.raises(UnknownListing):
                views.histogram(table, where, by, since=0, width=1)

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

    def test_many_rows_of_one_kind_in_one_write(self, store: Store) -> None:
        names = [f"D{n:02d}" for n in range(19)]
        asked = {"A": names, "B": names[:3], "C": names[:9]}
        writes = [
            Write(order, 0, (event(1),), state(1), tuple(dispute_row(name, 50) for name in its))
            for order, its in asked.items()
        ]
        assert store.records.write(writes) == frozenset()
        later = [dispute_row(name, 60) for name in names[::2]]
        store.records.write([Write("A", 1, (event(2),), state(2), tuple(later))])
        for order, its in asked.items():
            found = store.views.page("disputes", {"order_id": order}, order_by="dispute_id").rows
            assert [row["dispute_id"] for row in found] == its
            moved = names[::2] if order == "A" else []
            assert [row["dispute_id"] for row in found if row["due_at"] == 60] == moved

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

    def test_what_the_database_looks_through(self, store: Store) -> None:
        rows = (dispute_row("D1", 50, "m1"), dispute_row("D2", 40), dispute_row("D3", 60, "m1"))
        store.records.write([Write("A", 0, (event(1),), state(1), rows)])

        def names(also: dict[str, Column], after: str | None = None) -> list[Column]:
            where: dict[str, Column] = {"phase": "mediation"}
            page = store.views.page(
                "disputes", where, order_by="due_at", also=also, limit=1, after=after
            )
            more = names(also, page.next) if page.next else []
            return [row["dispute_id"] for row in page.rows] + more

        assert names({"mediator": "m1", "seller": "s1"}) == ["D1", "D3"]
        assert names({"mediator": None}) == ["D2"]
        assert names({"seller": "s9"}) == []
        with pytest.raises(UnknownListing):
            names({"seller = ''; DROP TABLE disputes": "x"})

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

    def test_a_spent_link_still_says_whom_it_was_for(self, store: Store) -> None:
        link, access = Link(ANN, "/disputes/A-D1"), store.access
        access.add_link("used", link, NOW + DAY)
        access.add_link("late", link, NOW)
        assert access.redeem_link("late", NOW) is None
        access.redeem_link("used", NOW)
        assert access.find_link("used") == access.find_link("late") == link
        assert access.find_link("never made") is None

    def test_what_is_over_is_cleared_out(self, store: Store) -> None:
        store.access.add_link("late", Link(ANN, "/"), NOW)
        store.sessions.begin("over", session("s1", until=NOW + SECOND))
        store.sessions.begin("on", session("s2", until=NOW + 40 * DAY))
        store.tries.count("ann", NOW, free=1)
        assert store.access.forget_expired(NOW) == 0
        assert store.access.forget_expired(NOW + DAY) == 2
        assert store.access.forget_expired(NOW + 30 * DAY) == 1
        assert store.access.find_link("late") is None
        assert store.sessions.find("on", NOW + 30 * DAY)

    def test_keys_open_until_revoked(self, store: Store) -> None:
        access = store.access
        key = ApiKey("k1", Actor("shop", Role.MARKETPLACE), ("orders", "disputes"), NOW)
        access.add_key(key, "secret")
        assert access.keys_of(["secret", "Secret"]) == {"secret": key}
        with pytest.raises(ValueError, match="k1"):
            access.add_key(key, "another")
        assert access.revoke_key("k1", NOW + DAY)
        assert not access.revoke_key("k1", NOW + 2 * DAY)
        assert not access.revoke_key("k2", NOW)
        assert access.keys_of(["secret"]) == {}
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
