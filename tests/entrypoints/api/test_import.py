"""Feeds over HTTP: repeatable without doubles, bad lines told, good ones kept."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any

import msgspec
import pytest

from amends.entrypoints.api.openapi import openapi
from amends.entrypoints.api.routes import ROUTES
from amends.entrypoints.clock import tidy_if_due
from tests.entrypoints.cli.run import EXAMPLES
from tests.entrypoints.sandbox import SHOP, Json, Shop, order

SHIPMENT = {
    "type": "shipment", "order": "A-1", "carrier": "DHL", "tracking_number": "1234567890",
    "at": "2026-03-02T12:00:00Z",
}  # fmt: skip
TRACKED = {
    "type": "tracking", "order": "A-1", "tracking_number": "1234567890", "status": "delivered",
    "at": "2026-03-06T12:00:00Z",
}  # fmt: skip


def line(name: str, **changes: Any) -> Json:
    payment = {**order()["payment"], "reference": f"pay_{name}"}
    return {"type": "order", "id": name, **order(payment=payment), **changes}


def feed(*lines: Json | bytes) -> bytes:
    return b"\n".join(x if isinstance(x, bytes) else msgspec.json.encode(x) for x in lines)


def take(
    shop: Shop, body: bytes, status: int = 200, key: str = "", as_: str = "application/x-ndjson"
) -> Json:
    headers = {"Content-Type": as_}
    answer = shop.call("POST", "/orders/import", SHOP, key=key, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    told: Json = answer.json()
    return told


def test_a_feed_is_taken_once_and_again_changes_nothing(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    body = feed(line("A-1"), line("A-2"), SHIPMENT, TRACKED)
    first = take(shop, body)
    assert first["orders"] == {"new": 2, "same": 0}
    assert first["shipments"] == {"new": 1, "same": 0}
    assert first["tracking"] == {"new": 1, "same": 0}
    assert (first["bad"], first["bad_lines"], first["lines"]) == ([], 0, 4)
    version = shop.get("/orders/A-1")["version"]
    again = take(shop, body)
    assert again["orders"] == {"new": 0, "same": 2}
    assert again["shipments"] == {"new": 0, "same": 1}
    assert again["tracking"] == {"new": 0, "same": 1}
    assert shop.get("/orders/A-1")["version"] == version
    assert shop.get("/orders/A-1")["status"] == "delivered"
    assert len(shop.booked()["captures"]) == 2


def test_bad_lines_are_told_and_good_ones_kept(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    told = take(
        shop,
        feed(
            line("A-1"), b"{", b"", line("A-2", currency="RUR"), {"type": "invoice"},
            {**line("A-3"), "colour": "red"}, {**SHIPMENT, "order": "A-9"},
            {"type": "tracking"}, line("A-1", purchase="P-78"), b"x" * 1_000_001, line("A-4"),
        ),
    )  # fmt: skip
    assert told["orders"] == {"new": 2, "same": 0}
    assert [(bad["line"], bad["rule"]) for bad in told["bad"]] == [
        (2, "broken_json"), (4, "unknown_currency"), (5, "unknown_line_type"),
        (6, "unknown_field"), (7, "unknown_order"), (8, "field_missing"), (9, "order_differs"),
        (10, "body_too_large"),
    ]  # fmt: skip
    by_line = {bad["line"]: bad for bad in told["bad"]}
    assert by_line[6]["field"] == "colour"
    assert by_line[8]["field"] == "order"
    assert all(bad["why"] for bad in told["bad"])
    assert told["bad_lines"] == 8
    shop.get("/orders/A-4")


def test_an_amended_order_is_known_as_it_was_and_as_it_stands(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    take(shop, feed(line("A-1")))
    shop.on_order("A-1", "amend_order", SHOP, ship_by="2026-03-12T00:00:00Z")
    shipping = {**order()["shipping"], "ship_by": "2026-03-12T00:00:00Z"}
    told = take(shop, feed(line("A-1", shipping=shipping), line("A-1"), line("A-1", shipping={})))
    assert told["orders"] == {"new": 0, "same": 2}
    assert [(bad["line"], bad["rule"]) for bad in told["bad"]] == [(3, "order_differs")]


def test_a_part_shipped_twice_in_a_feed_is_one_parcel(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    part = {**SHIPMENT, "lines": [{"line": "1", "quantity": 1}]}
    take(shop, feed(line("A-1"), part, part))
    told = take(shop, feed(line("A-1"), part))
    assert told["shipments"] == {"new": 0, "same": 1}
    assert len(shop.get("/orders/A-1")["shipments"]) == 1


def test_units_of_one_number_leave_in_several_parcels(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    part = {**SHIPMENT, "lines": [{"line": "1", "quantity": 1}]}
    body = feed(line("A-1"), part, SHIPMENT)
    assert take(shop, body)["shipments"] == {"new": 2, "same": 0}
    assert take(shop, body)["shipments"] == {"new": 0, "same": 2}
    assert len(shop.get("/orders/A-1")["shipments"]) == 2


def test_the_same_feed_under_the_same_key_is_not_taken_again(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    first = take(shop, feed(line("A-1")), key="k")
    assert take(shop, feed(line("A-1")), key="k") == first
    assert take(shop, feed(line("A-2")), 422, key="k")["rule"] == "idempotency_key_reused"
    shop.get("/orders/A-2", status=404)


def test_a_key_is_known_for_a_week_and_after_it_nothing_is_taken_twice(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    body = feed(line("A-1"), SHIPMENT)
    first = take(shop, body, key="k")
    shop.move_to("2026-03-17T00:00:00Z")
    tidy_if_due(shop.service)
    assert take(shop, body, key="k") == first
    shop.move_to("2026-03-17T02:00:00Z")
    tidy_if_due(shop.service)
    again = take(shop, body, key="k")
    assert again == {**first, "orders": {"new": 0, "same": 1}, "shipments": {"new": 0, "same": 1}}
    assert len(shop.booked()["captures"]) == 1


def test_a_long_feed_is_taken_in_batches(shop: Shop) -> None:
    shop.move_to("2026-03-10T00:00:00Z")
    lines = [line(f"A-{i}") for i in range(450)]
    lines[300]["currency"] = "RUR"
    told = take(shop, feed(*lines))
    assert told["orders"] == {"new": 449, "same": 0}
    assert [(bad["line"], bad["rule"]) for bad in told["bad"]] == [(301, "unknown_currency")]
    assert len(shop.get("/orders", SHOP, limit="200")["items"]) == 200


def test_only_the_marketplace_brings_feeds(shop: Shop) -> None:
    assert shop.call("POST", "/orders/import", "seller.s1", content=b"").status_code == 403


def sheet(name: str) -> bytes:
    return (EXAMPLES / name).read_bytes()


def test_sheets_are_taken_and_change_nothing_the_second_time(shop: Shop) -> None:
    shop.move_to("2026-12-01T00:00:00Z")
    for name, kind, count in (
        ("orders.csv", "orders", 10), ("shipments.csv", "shipments", 9),
        ("tracking.csv", "tracking", 32),
    ):  # fmt: skip
        first = take(shop, sheet(name), key=name, as_="text/csv")
        assert (first[kind], first["bad"]) == ({"new": count, "same": 0}, [])
        assert take(shop, sheet(name), key=name, as_="Text/CSV; charset=utf-8") == first
        again = take(shop, sheet(name), as_="text/csv")
        assert again == {**first, kind: {"new": 0, "same": count}}


def test_the_same_bytes_read_another_way_are_another_request(shop: Shop) -> None:
    shop.move_to("2026-12-01T00:00:00Z")
    told = take(shop, sheet("orders.csv"), key="k")
    assert told["bad"][0]["rule"] == "broken_json"
    again = take(shop, sheet("orders.csv"), 422, key="k", as_="text/csv")
    assert again["rule"] == "idempotency_key_reused"
    shop.get("/orders/B-2001", status=404)


def test_bad_cells_of_a_sheet_are_told_and_good_rows_kept(shop: Shop) -> None:
    shop.move_to("2026-12-01T00:00:00Z")
    body = sheet("orders.csv").replace(b"1,30.90,", b"1,30.905,", 1)
    told = take(shop, body, as_="text/csv")
    assert told["orders"] == {"new": 9, "same": 0}
    (bad,) = told["bad"]
    assert (bad["line"], bad["field"], bad["rule"]) == (2, "unit_price", "bad_cell")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"order,carrier\rB-1,DHL\r", "lone carriage return"),
        ("order,carrier\r\nB-1,DHL\r\n".encode("utf-16"), "not a text in UTF-8"),
        (b"order,carrier,tracking_number\n", "missing: shipped_at"),
        (b"", "first line is empty"),
    ],
)
def test_a_body_that_is_no_sheet_is_refused_and_its_key_stays_free(
    shop: Shop, body: bytes, said: str
) -> None:
    shop.move_to("2026-12-01T00:00:00Z")
    refused = take(shop, body, 422, key="k", as_="text/csv")
    assert refused["rule"] == "bad_header"
    assert said in refused["detail"]
    assert "UTF-8" in refused["next"][0]
    assert take(shop, sheet("orders.csv"), key="k", as_="text/csv")["orders"]["new"] == 10


def test_a_byte_order_mark_does_no_harm(shop: Shop) -> None:
    shop.move_to("2026-12-01T00:00:00Z")
    told = take(shop, BOM_UTF8 + feed(line("A-1")))
    assert (told["orders"], told["lines"]) == ({"new": 1, "same": 0}, 1)
    assert take(shop, BOM_UTF8 + sheet("orders.csv"), as_="text/csv")["orders"]["new"] == 10
    assert take(shop, b"")["lines"] == 0


def test_the_description_names_both_ways_to_write_a_feed() -> None:
    body = openapi(ROUTES)["paths"]["/api/v1/orders/import"]["post"]["requestBody"]["content"]
    assert list(body) == ["application/x-ndjson", "text/csv"]
