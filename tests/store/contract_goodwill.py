"""What every store must do with the list of goodwill cases."""

from __future__ import annotations

from amends.engine.store import Store, Write
from amends.kernel.record import Row
from tests.store.given import event, state


def goodwill_row(n: int, month: str, currency: str, amount: int) -> Row:
    values: dict[str, str | int | None] = {
        "month": month, "currency": currency, "amount": amount, "at": n,
    }  # fmt: skip
    return Row("goodwill_cases", {"n": n}, values)


class GoodwillContract:
    def test_a_months_goodwill_is_summed_by_currency_over_all_orders(self, store: Store) -> None:
        first = (
            goodwill_row(1, "2026-01", "RUB", 500),
            goodwill_row(2, "2026-02", "RUB", 2_000_000_000),
            goodwill_row(3, "2026-02", "USD", 7),
        )
        store.records.write([Write("A", 0, (event(1),), state(1), first)])
        second = goodwill_row(1, "2026-02", "RUB", 2_000_000_000)
        store.records.write([Write("B", 0, (event(1),), state(1), (second,))])

        def summed(month: str) -> dict[tuple[str | int | None, ...], int]:
            return store.views.totals("goodwill_cases", "amount", ("currency",), {"month": month})

        assert summed("2026-01") == {("RUB",): 500}
        assert summed("2026-02") == {("RUB",): 4_000_000_000, ("USD",): 7}
        assert summed("2026-03") == {}
        found = store.views.page("goodwill_cases", {"month": "2026-02"}, order_by="-at").rows
        assert [(row["order_id"], row["n"]) for row in found] == [("A", 3), ("A", 2), ("B", 1)]
