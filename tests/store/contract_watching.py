"""What every store must do with what was found for watch words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.engine.store import BadCursor, Page, Store, Write
from amends.engine.watching import Search, Watching
from amends.kernel.record import Column
from tests.store.given import DAY, NOW, Reopen, dispute_row, event, state


def open_cases(store: Store, *dues: int, phase: str = "mediation") -> None:
    """A case of each order A0, A1, ... due at these instants, everybody's but the first."""
    writes = []
    for n, due in enumerate(dues):
        row = dispute_row("D1", due, None if n == 0 else "mia")
        values = {**(row.values or {}), "phase": phase}
        rows = (replace(row, values=values),)
        writes.append(Write(f"A{n}", 0, (event(1),), state(1), rows=rows))
    assert not store.records.write(writes)


def in_mediation(
    watching: Watching,
    person: str,
    also: dict[str, Column] | None = None,
    *,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    where: dict[str, Column] = {"phase": "mediation"}
    return watching.page(
        person, where, order_by="due_at", also=also or {}, after=after, limit=limit
    )


# From how many cases on they are read from the other end.
either_end = pytest.mark.parametrize("many", [1, 10_000])


class WatchingContract:
    @either_end
    def test_what_was_found_is_listed_by_what_is_due_first(
        self, store: Store, reopen: Reopen, monkeypatch: pytest.MonkeyPatch, many: int
    ) -> None:
        monkeypatch.setattr("amends.store.watching._MANY", many)
        open_cases(store, 30, 10, 20, 40)
        found = [("vera", order, "D1") for order in ("A0", "A1", "A2", "A9")]
        store.watching.add(found)
        store.watching.add([("vera", "A1", "D1"), ("ada", "A3", "D1")])
        store.watching.add([])
        watching = reopen().watching

        def listed(person: str, **also: Column) -> list[object]:
            return [row["order_id"] for row in in_mediation(watching, person, also).rows]

        assert listed("vera") == ["A1", "A2", "A0"]
        assert listed("ada") == ["A3"]
        assert listed("mia") == []
        assert listed("vera", mediator="mia") == ["A1", "A2"]
        assert listed("vera", mediator=None, reason="late") == ["A0"]
        assert listed("vera", phase="appeal") == []

    @either_end
    def test_it_is_read_page_by_page(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, many: int
    ) -> None:
        monkeypatch.setattr("amends.store.watching._MANY", many)
        open_cases(store, 30, 10, 20, 40)
        store.watching.add([("vera", f"A{n}", "D1") for n in range(4)])
        first = in_mediation(store.watching, "vera", limit=3)
        assert [row["due_at"] for row in first.rows] == [10, 20, 30]
        second = in_mediation(store.watching, "vera", after=first.next, limit=3)
        assert ([row["due_at"] for row in second.rows], second.next) == ([40], None)
        with pytest.raises(BadCursor):
            in_mediation(store.watching, "vera", after="x")

    def test_a_case_that_is_dropped_is_nobodys(self, store: Store) -> None:
        open_cases(store, 10, 20)
        store.watching.add([(person, "A0", "D1") for person in ("ada", "vera")])
        store.watching.add([("vera", "A1", "D1")])
        store.watching.drop("A0", "D1")
        store.watching.drop("A0", "D1")
        assert in_mediation(store.watching, "ada").rows == ()
        assert len(in_mediation(store.watching, "vera").rows) == 1

    def test_a_list_begun_anew_forgets_what_the_one_before_found(self, store: Store) -> None:
        open_cases(store, 10)
        watching = store.watching
        assert watching.search("vera") is None
        watching.begin(["vera", "ada"], NOW)
        watching.add([("vera", "A0", "D1"), ("ada", "A0", "D1")])
        watching.looked(["vera", "ada"], NOW, 1, whole=True)
        assert watching.search("vera") == Search(NOW, 1, whole=True)
        watching.begin(["vera"], NOW + DAY)
        assert watching.search("vera") == Search(NOW + DAY, 0, whole=False)
        assert in_mediation(watching, "vera").rows == ()
        # Whoever still looks for the list before notes nothing of this one.
        watching.looked(["vera", "ada"], NOW, 2, whole=True)
        assert watching.search("vera") == Search(NOW + DAY, 0, whole=False)
        assert watching.search("ada") == Search(NOW, 2, whole=True)
        assert len(in_mediation(watching, "ada").rows) == 1
