"""What every store must do with the rows a seller's record is made of."""

from __future__ import annotations

from amends.engine.store import Store, Write
from amends.kernel.record import Row
from tests.store.given import event, state


def end_row(dispute: str, ended: str, at: int) -> Row:
    values: dict[str, str | int | None] = {
        "buyer": "b1", "seller": "s1", "ended": ended, "undelivered": "no", "at": at,
    }  # fmt: skip
    return Row("case_ends", {"dispute_id": dispute}, values)


def answer_row(dispute: str, seconds: int | None, at: int) -> Row:
    answered = "no" if seconds is None else "yes"
    values: dict[str, str | int | None] = {
        "seller": "s1", "answered": answered, "seconds": seconds, "at": at,
    }  # fmt: skip
    return Row("first_answers", {"dispute_id": dispute}, values)


def review_row(stars: int, at: int) -> Row:
    return Row("reviews", {}, {"seller": "s1", "stars": str(stars), "ref": "c1.text", "at": at})


class SellerRecordsContract:
    def test_ends_of_cases_are_counted_from_an_instant_on_for_either_side(
        self, store: Store
    ) -> None:
        rows = (end_row("A-D1", "settled", 10), end_row("A-D2", "settled", 20))
        store.records.write([Write("A", 0, (event(1),), state(1), rows)])
        store.records.write(
            [Write("B", 0, (event(1),), state(1), (end_row("B-D1", "for_buyer", 30),))]
        )

        def counted(where: dict[str, str], since: int) -> int:
            return store.views.count("case_ends", where, "at", since=since)

        for side in ({"seller": "s1"}, {"buyer": "b1"}):
            assert counted({**side, "ended": "settled"}, 10) == 2
            assert counted({**side, "ended": "settled"}, 11) == 1
            assert counted({**side, "ended": "for_buyer"}, 30) == 1
        assert counted({"seller": "s1", "undelivered": "no"}, 0) == 3
        store.records.write(
            [
                Write(
                    "A", 1, (event(2),), state(2), (Row("case_ends", {"dispute_id": "A-D1"}, None),)
                )
            ]
        )
        assert counted({"seller": "s1", "ended": "settled"}, 0) == 1

    def test_answers_that_came_are_listed_apart_from_those_that_did_not(self, store: Store) -> None:
        rows = (answer_row("A-D1", 3600, 10), answer_row("A-D2", None, 20))
        store.records.write([Write("A", 0, (event(1),), state(1), rows)])
        found = store.views.page(
            "first_answers", {"seller": "s1", "answered": "yes"}, order_by="-at"
        )
        assert [(row["dispute_id"], row["seconds"]) for row in found.rows] == [("A-D1", 3600)]

    def test_an_order_has_one_review_the_latest(self, store: Store) -> None:
        store.records.write([Write("A", 0, (event(1),), state(1), (review_row(2, 10),))])
        store.records.write([Write("A", 1, (event(2),), state(2), (review_row(5, 20),))])
        found = store.views.page("reviews", {"seller": "s1"}, order_by="-at").rows
        assert [(row["order_id"], row["stars"], row["at"]) for row in found] == [("A", "5", 20)]
