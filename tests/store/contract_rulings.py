"""What every store must do with the list of rulings."""

from __future__ import annotations

from amends.engine.store import Store, Write
from amends.kernel.record import Column, Row
from tests.store.given import event, state


def ruling_row(dispute: str, at: int, **other: Column) -> Row:
    values: dict[str, Column] = {
        "reason": "late", "category": "shoes", "finding": "for_buyer", "remedy": "refund",
        "reasons": "delivered_late", "clauses": "late", "currency": "EUR", "claimed": 400,
        "awarded": 100, "share": 2_500, "author": "m1", "appeal": "", "at": at,
    }  # fmt: skip
    return Row("rulings", {"dispute_id": dispute}, {**values, **other})


class RulingsContract:
    def test_like_cases_are_listed_newest_first(self, store: Store) -> None:
        self._fill(store)

        def names(**where: Column) -> list[Column]:
            found = store.views.page("rulings", where, order_by="-at", limit=2)
            more = store.views.page("rulings", where, order_by="-at", after=found.next)
            return [row["dispute_id"] for row in (*found.rows, *(more.rows if found.next else ()))]

        assert names(reason="late") == ["B-D1", "A-D3", "A-D1"]
        assert names(reason="late", category="shoes") == ["B-D1", "A-D1"]
        assert names(reason="broken") == ["A-D2"]
        assert names(author="m1", appeal="changed") == ["A-D3"]
        (row,) = store.views.page("rulings", {"reason": "broken"}, order_by="at").rows
        assert row == {"order_id": "A", "dispute_id": "A-D2", **(self.rows[1].values or {})}

    def test_what_became_of_them_is_counted_by_author(self, store: Store) -> None:
        self._fill(store)
        assert store.views.totals("rulings", None, ("author", "appeal")) == {
            ("m1", ""): 1, ("m1", "changed"): 1, ("m2", ""): 1, ("m2", "upheld"): 1,
        }  # fmt: skip

    rows = (
        ruling_row("A-D1", 1),
        ruling_row("A-D2", 9, reason="broken", author="m2"),
        ruling_row("A-D3", 2, category="hats", appeal="changed"),
    )

    def _fill(self, store: Store) -> None:
        store.records.write([Write("A", 0, (event(1),), state(1), self.rows)])
        upheld = ruling_row("B-D1", 3, author="m2", appeal="upheld")
        store.records.write([Write("B", 0, (event(1),), state(1), (upheld,))])
