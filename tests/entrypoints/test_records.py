"""A seller's record: what counts, what does not, and that asking for it reads indexes alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from amends.engine.check import check
from amends.engine.store import Write
from amends.entrypoints.erasing import erase
from amends.entrypoints.records import SPAN, buyer_record, seller_record, share
from amends.kernel.instants import to_micros
from amends.kernel.record import Row
from amends.store import migrate
from amends.store.sqlite import SqliteStore
from tests.entrypoints.sandbox import BUYER, SELLER, SHOP, Shop, rub
from tests.store.contract_seller_records import answer_row, end_row
from tests.store.given import NOW, dispute_row, event, order_row, state
from tests.store.test_sqlite import explained

D1 = "A-1001-D1"
LATELY = to_micros(NOW) - 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    migrate(tmp_path / "records.db")
    opened = SqliteStore(tmp_path / "records.db")
    yield opened
    opened.close()


def put(store: SqliteStore, order: str, *rows: Row) -> None:
    assert not store.records.write([Write(order, 0, (event(1),), state(1), rows)])


@pytest.mark.parametrize(
    ("count", "of", "per_thousand"),
    [(1, 9, None), (0, 10, 0), (1, 16, 63), (1, 10, 100), (10, 10, 1000), (1, 3000, 0)],
)
def test_a_share_of_too_few_is_not_told(count: int, of: int, per_thousand: int | None) -> None:
    assert share(count, of).per_thousand == per_thousand


def test_what_was_settled_or_taken_back_is_no_lost_case(store: SqliteStore) -> None:
    ends = ["settled"] * 8 + ["for_buyer"] * 3 + ["for_seller"] * 6 + ["split"] * 3
    ends += ["withdrawn"] * 4 + ["platform"] * 2
    for n, ended in enumerate(ends):
        key = f"A-{n}"
        row = replace(dispute_row(f"{key}-D1", None), values={
            **(dispute_row(key, None).values or {}), "buyer": "b1", "opened_at": LATELY,
        })  # fmt: skip
        put(store, key, order_row("b1", LATELY), row, end_row(f"{key}-D1", ended, LATELY))
    for n in range(14):
        put(store, f"B-{n}", order_row("b1", LATELY))
    put(store, "C", order_row("b1", LATELY, "cancelled"))
    found = seller_record(store, "s1", NOW)
    assert found.orders == 40
    assert found.disputed == share(26, 40)
    assert (found.lost.count, found.lost.of, found.lost.per_thousand) == (3, 12, 250)
    assert (found.settled.count, found.settled.of) == (8, 20)
    assert (found.withdrawn, found.honoured) == (4, 2)
    theirs = buyer_record(store.views, "b1", NOW)
    assert (theirs.orders, theirs.disputed.count) == (41, 26)
    assert (theirs.lost.count, theirs.lost.of, theirs.lost.per_thousand) == (6, 12, 500)
    assert (theirs.settled, theirs.withdrawn) == (found.settled, 4)


def test_what_is_older_than_a_year_is_not_held_against_anybody(store: SqliteStore) -> None:
    old = to_micros(NOW - SPAN)
    put(store, "A", order_row("b1", old - 1), end_row("A-D1", "for_buyer", old - 1))
    put(store, "B", order_row("b1", old), end_row("B-D1", "for_buyer", old))
    found = seller_record(store, "s1", NOW)
    assert (found.orders, found.lost.count) == (1, 1)


def test_the_answer_time_is_the_middle_one_and_silence_counts_apart(store: SqliteStore) -> None:
    old = to_micros(NOW - SPAN) - 1
    for n in range(9):
        put(store, f"A-{n}", answer_row(f"A-{n}-D1", n * 3600, LATELY))
    put(store, "B", answer_row("B-D1", None, LATELY))
    put(store, "C", answer_row("C-D1", 9_999_999, old))
    few = seller_record(store, "s1", NOW)
    assert (few.answer_seconds, few.silent) == (None, share(1, 10))
    put(store, "D", answer_row("D-D1", 9 * 3600, LATELY))
    assert seller_record(store, "s1", NOW).answer_seconds == 4 * 3600


def test_every_figure_is_counted_from_an_index_alone(store: SqliteStore) -> None:
    with explained(store) as plans:
        seller_record(store, "s1", NOW)
        buyer_record(store.views, "b1", NOW)
    assert len(plans) > 20
    assert all(plan.startswith("SEARCH") for plan in plans), plans
    counts = [plan for plan in plans if "COVERING INDEX" in plan]
    lists = [plan for plan in plans if plan not in counts]
    assert len(lists) == 1, lists


def rated(shop: Shop, order: str, stars: int, text: str) -> None:
    shop.on_order(order, "confirm_receipt", BUYER)
    shop.on_order(order, "leave_feedback", BUYER, stars=stars, text=text)


def test_a_sellers_record_is_the_same_for_all_who_ask(shop: Shop) -> None:
    shop.disputed()
    shop.advance("P1D")
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    record = shop.get("/sellers/s1/record")
    assert record["orders"] == 1
    assert record["disputed"] == {"count": 1, "of": 1, "per_thousand": None}
    assert record["silent"] == {"count": 0, "of": 1, "per_thousand": None}
    assert record["lost"]["of"] == 0
    assert record == shop.get("/sellers/s1/record", BUYER) == shop.get("/sellers/s1/record", SELLER)
    assert shop.get("/sellers/nobody/record")["orders"] == 0
    assert shop.get("/sellers/%20/record", status=404)["rule"] == "unknown_seller"
    assert shop.call("GET", "/sellers/s1/record", None).status_code == 401


def test_a_review_is_shown_until_its_writer_is_erased(shop: Shop) -> None:
    shop.shipped()
    rated(shop, "A-1001", 2, "Thin cloth.")
    (review,) = shop.get("/sellers/s1/record")["reviews"]
    assert (review["stars"], review["text"]) == (2, "Thin cloth.")
    shop.on_order("A-1001", "leave_feedback", BUYER, stars=4, text="They sent a better one.")
    record = shop.get("/sellers/s1/record")
    assert [one["text"] for one in record["reviews"]] == ["They sent a better one."]
    assert record["stars"] == [0, 0, 0, 1, 0]
    erase(shop.service, "b1")
    after = shop.get("/sellers/s1/record")
    assert (after["reviews"], after["stars"]) == ([], [0, 0, 0, 1, 0])


def test_the_mean_of_the_stars_needs_enough_of_them(shop: Shop) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    for n in range(10):
        shop.placed(f"A-{n}", payment={"provider": "simulator", "reference": f"pay_{n}",
                                       "method": "card", "captured": rub(160_000)})  # fmt: skip
        if n == 9:
            assert shop.get("/sellers/s1/record", SHOP)["stars_tenths"] is None
        rated(shop, f"A-{n}", 5 if n else 1, "")
    found = shop.get("/sellers/s1/record")
    assert (found["stars_tenths"], found["reviews"]) == (46, [])


def test_a_replay_gives_the_same_rows(shop: Shop) -> None:
    shop.disputed()
    shop.advance("P1D")
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    shop.advance("P1D")
    shop.on_order("A-1001", "leave_feedback", BUYER, stars=5, text="Settled in a day.")
    service = shop.service
    rows = service.store.upkeep.snapshot("A-1001").rows
    assert {"case_ends", "first_answers", "reviews"} <= {row.table for row in rows}
    assert list(check(service.store, service.engine.domain)) == []
