"""What cannot be right is refused, with the right status, the field at fault, and nothing done."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from amends.entrypoints.api.routes import ROUTES
from tests.entrypoints.sandbox import BUYER, SELLER, SHOP, Json, Shop, claim, order, rub

Path = tuple[str | int, ...]


@pytest.fixture
def kind() -> str:
    """Most of this is refused before any database is asked, so one kind is enough."""
    return "sqlite"


def changed(body: Json, path: Path, value: Any) -> Json:
    """``body`` with another value at ``path``."""
    part: Any = body
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return body


ORDERS: list[tuple[Path, Any, int, str, str]] = [
    (("currency",), "RUR", 422, "unknown_currency", "currency"),
    (("currency",), 5, 422, "field_invalid", "currency"),
    (("colour",), "red", 422, "unknown_field", "colour"),
    (("placed_at",), "2026-03-01T10:00:01Z", 422, "in_the_future", "placed_at"),
    (("placed_at",), "2026-03-01T10:00:00", 422, "", "placed_at"),
    (("placed_at",), "0001-01-01T00:00:00+14:00", 422, "", "placed_at"),
    (("placed_at",), "yesterday", 422, "field_invalid", "placed_at"),
    (("promised_by",), "9999-12-31T23:59:59-14:00", 422, "", "promised_by"),
    (("policy",), "nobodys", 422, "unknown_policy", "policy"),
    (("buyer", "id"), "s1", 422, "buyer_is_seller", ""),
    (("buyer", "id"), "a b", 422, "field_invalid", "buyer.id"),
    (("buyer", "name"), "Ol\x00ga", 422, "nul_character", "buyer.name"),
    (("lines",), [], 422, "field_invalid", "lines"),
    (("lines", 0, "quantity"), 0, 422, "field_invalid", "lines[0].quantity"),
    (("lines", 0, "quantity"), -1, 422, "field_invalid", "lines[0].quantity"),
    (("lines", 0, "quantity"), 1.5, 422, "field_invalid", "lines[0].quantity"),
    (("lines", 0, "quantity"), 10**30, 422, "number_too_large", "lines[0].quantity"),
    (("lines", 0, "unit_price", "amount"), 1.5, 422, "field_invalid", "lines[0].unit_price.amount"),
    (("lines", 0, "unit_price", "amount"), -1, 422, "field_invalid", "lines[0].unit_price.amount"),
    (("lines", 0, "unit_price", "amount"), "5", 422, "field_invalid", "lines[0].unit_price.amount"),
    (("lines", 0, "unit_price", "currency"), "USD", 422, "other_currency", ""),
    (("lines", 0, "colour"), "red", 422, "unknown_field", "lines[0].colour"),
    (("payment", "captured"), rub(160_001), 422, "captured_more_than_sum", "payment.captured"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "status", "rule", "field"), ORDERS)
def test_an_order_that_cannot_be_right(
    shop: Shop, path: Path, value: Any, status: int, rule: str, field: str
) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    refused = shop.put("/orders/A-1001", changed(order(), path, value), status=status)
    if rule:
        assert refused["rule"] == rule
    if field:
        assert refused["field"].startswith(field)
    assert refused["status"] == status
    assert refused["detail"]
    assert refused["title"]
    shop.get("/orders/A-1001", status=404)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("buyer", "id"), "../x", "1 to 64 letters, digits and . _ ~ : @ -, beginning with"),
        (("buyer", "country"), "Narnia", "a country by its two capital letters (ISO 3166-1)"),
        (("buyer", "locale"), "!", "the code of a language, such as en"),
        (("lines", 0, "title"), "Blouse\nred", "one line of text, of 300 characters at most"),
        (("lines", 0, "listing", "attributes"), {"a\nb": "c"}, "one line of text"),
        (("lines", 0, "quantity"), 0, "a whole number from 1 to 100000"),
        (("lines", 0, "unit_price"), 5, "an object of an amount and a currency"),
        (("lines",), [], "a list of 1 to 200 entries"),
        (("placed_at",), "yesterday", "an instant with its zone"),
    ],
)
def test_what_a_field_takes_is_said_in_words(shop: Shop, path: Path, value: Any, says: str) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    refused = shop.put("/orders/A-1001", changed(order(), path, value), status=422)
    field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).removeprefix(".")
    assert refused["field"] == field
    assert refused["detail"].startswith(f"The field {field} cannot be right: it takes {says}")
    assert "regex" not in str(refused)
    assert "`" not in refused["detail"]


CLAIMS: list[tuple[Path, Any, int, str]] = [
    (("amount", "amount"), 0, 422, "amount_too_small"),
    (("amount", "amount"), 80_001, 422, "amount_too_large"),
    (("amount", "amount"), -1, 422, "field_invalid"),
    (("amount", "amount"), 0.5, 422, "field_invalid"),
    (("amount", "currency"), "USD", 422, "other_currency"),
    (("amount",), 72_000, 422, "field_invalid"),
    (("lines", 0, "quantity"), 0, 422, "field_invalid"),
    (("lines", 0, "quantity"), 3, 422, "more_than_bought"),
    (("lines", 0, "line"), "2", 422, "unknown_line"),
    (("lines",), [{"line": "1", "quantity": 1}, {"line": "1", "quantity": 1}], 422,
     "line_named_twice"),
    (("reason",), "ugly", 422, "unknown_reason"),
    (("received",), False, 422, "reason_needs_receipt"),
    (("received",), "yes", 422, "field_invalid"),
    (("description",), "", 422, "text_missing"),
    (("description",), "x" * 10_001, 422, "field_invalid"),
    (("evidence",), ["E9"], 422, "unknown_evidence"),
    (("remedy",), "apology", 422, "field_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "status", "rule"), CLAIMS)
def test_a_claim_that_cannot_be_right(
    shop: Shop, path: Path, value: Any, status: int, rule: str
) -> None:
    shop.shipped()
    shop.move_to("2026-03-09T12:00:00Z")
    body = changed(claim(), path, value)
    refused = shop.post("/orders/A-1001/disputes", body, BUYER, status)
    assert refused["rule"] == rule
    assert shop.get("/orders/A-1001", BUYER)["disputes"] == []


def test_a_return_of_what_was_not_received_cannot_be_right(shop: Shop) -> None:
    shop.shipped()
    shop.move_to("2026-03-09T12:00:00Z")
    body = claim(received=False, reason="not_received", remedy="return_and_refund")
    assert shop.post("/orders/A-1001/disputes", body, BUYER, 422)["rule"] == "nothing_to_return"


def test_text_of_any_script_is_kept_as_it_is(shop: Shop) -> None:
    text = "\u202e מידה קטנה, слишком мало 小さい 👕"
    assert shop.disputed(description=text)["claim"]["description"] == text


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        (b"", 400, "body_missing"),
        (b"{", 400, "broken_json"),
        (b'{"type": "escalate"', 400, "broken_json"),
        (b"\xff\xfe", 400, "broken_json"),
        (b"NaN", 400, "broken_json"),
        (b"[]", 422, "object_wanted"),
        (b"{}", 422, "command_type_missing"),
        (b'{"type": "dance"}', 422, "unknown_command"),
        (b'{"type": 5}', 422, "unknown_command"),
        (b'{"type": {}}', 422, "unknown_command"),
        (b'{"type": "escalate", "x": ' + b"[" * 33 + b"]" * 33 + b"}", 422, "nested_too_deep"),
        (b"[" * 200_000, 422, "nested_too_deep"),
        (b'{"type": "escalate", "note": "\\u0000"}', 422, "nul_character"),
        (b'{"type": "escalate", "a": 1, "b": 2}', 422, "unknown_field"),
        (b'{"type": "make_offer"}', 422, "field_missing"),
        (b'{"type": "ship_order", "carrier": "DHL"}', 422, "unknown_command"),
        (b'{"type": "escalate", "note": "' + b"a" * 1_000_000 + b'"}', 413, "body_too_large"),
    ],
)
def test_a_body_that_cannot_be_read(shop: Shop, body: bytes, status: int, rule: str) -> None:
    shop.disputed()
    answer = shop.call("POST", "/disputes/A-1001-D1/commands", SELLER, content=body)
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)
    assert answer.headers["content-type"] == "application/problem+json"
    assert shop.dispute("A-1001-D1")["version"] == 1


def test_a_packed_body_is_refused_wherever_one_is_taken(shop: Shop) -> None:
    shop.disputed()
    ids = {"order_id": "A-1001", "dispute_id": "A-1001-D1", "endpoint_id": "we_1"}
    refused = 0
    for route in ROUTES:
        if route.body == "none":
            continue
        form = 'multipart/form-data; boundary="x"' if route.body == "form" else "application/json"
        answer = shop.call(
            route.method,
            route.path.format(**ids),
            f"{min(route.roles, key=str)}.m1",
            headers={"Content-Encoding": "gzip", "Content-Type": form},
            content=gzip.compress(b"{}"),
        )
        told = answer.json()
        assert (answer.status_code, told["rule"]) == (415, "body_encoded"), route.path
        assert answer.headers["accept-encoding"] == "identity"
        assert "Content-Encoding" in told["detail"]
        assert "gzip" in told["detail"]
        assert "plain" in told["next"][0]
        refused += 1
    assert refused >= 10
    assert shop.dispute("A-1001-D1")["version"] == 1


@pytest.mark.parametrize(
    ("codings", "named"),
    [
        (["identity"], None),
        ([""], None),
        (["Identity, "], None),
        (["GZip"], "GZip"),
        (["identity, br"], "br"),
        (["deflate", "identity"], "deflate"),
    ],
)
def test_what_a_body_is_packed_in(shop: Shop, codings: list[str], named: str | None) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    headers = [("Authorization", f"Bearer sandbox.{SHOP}")]
    headers += [("Content-Encoding", coding) for coding in codings]
    answer = shop.client.request("PUT", "/api/v1/orders/A-1", headers=headers, json=order())
    assert answer.status_code == (415 if named else 201)
    assert answer.json().get("facts", {}).get("coding") == named


def test_a_packed_body_is_heard_out_and_its_coding_not_repeated_at_length(shop: Shop) -> None:
    headers = {"Content-Encoding": "x" * 500}
    answer = shop.call("POST", "/orders/import", headers=headers, content=b"x" * 3_000_000)
    assert (answer.status_code, answer.json()["facts"]) == (415, {"coding": "x" * 64})


def test_unknown_fields_are_all_named(shop: Shop) -> None:
    shop.disputed()
    refused = shop.on("A-1001-D1", "escalate", SELLER, 422, a=1, b=2)
    assert refused["facts"]["fields"] == ["a", "b"]


def test_an_unknown_command_is_told_the_known_ones(shop: Shop) -> None:
    shop.disputed()
    refused = shop.on("A-1001-D1", "dance", SELLER, 422)
    assert {"make_offer", "accept_offer", "issue_ruling"} <= set(refused["facts"]["known"])
    assert refused["field"] == "type"
    refused = shop.on_order("A-1001", "dance", status=422)
    assert {"ship_order", "open_dispute"} <= set(refused["facts"]["known"])


def test_files_are_put_on_record_by_upload_only(shop: Shop) -> None:
    shop.placed()
    refused = shop.on_order("A-1001", "upload_evidence", BUYER, 422, kind="photo")
    assert refused["rule"] == "unknown_command"


def test_tracking_from_the_future_changes_nothing(shop: Shop) -> None:
    shop.shipped()
    command = {"type": "record_tracking", "tracking_number": "1234567890", "status": "delivered"}
    body = {**command, "at": "2026-03-02T12:00:01Z"}
    refused = shop.post("/orders/A-1001/commands", body, status=422)
    assert (refused["rule"], refused["field"]) == ("in_the_future", "at")


def test_repeated_and_reordered_tracking_changes_nothing(shop: Shop) -> None:
    shop.shipped()
    shop.move_to("2026-03-07T12:00:00Z")

    def told(status: str, at: str) -> Json:
        command = {"type": "record_tracking", "tracking_number": "1234567890", "status": status}
        return shop.post("/orders/A-1001/commands", {**command, "at": at})

    told("delivered", "2026-03-06T12:00:00Z")
    late = told("in_transit", "2026-03-04T12:00:00Z")
    again = told("delivered", "2026-03-06T12:00:00Z")
    assert again["version"] == late["version"]
    assert again["shipments"][0]["status"] == "delivered"
    assert again["status"] == "delivered"


def test_addresses_and_methods_that_are_not_there(shop: Shop) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", "/orders/A-1001", 405),
        ("PATCH", "/orders", 405),
    ):
        answer = shop.call(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"title", "status", "detail", "rule", "facts", "next"} <= answer.json().keys()


def test_an_id_that_cannot_be_one(shop: Shop) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    assert shop.put("/orders/a%20b", order(), status=422)["rule"] == "id_malformed"
    assert shop.put(f"/orders/{'a' * 57}", order(), status=422)["rule"] == "order_id_too_long"
    shop.get("/orders/a%20b", status=404)
    shop.get("/disputes/nonsense", status=404)


def test_a_query_that_cannot_be_right(shop: Shop) -> None:
    assert shop.get("/orders", status=422, limit="0")["rule"] == "limit_out_of_range"
    assert shop.get("/orders", status=422, limit="201")["rule"] == "limit_out_of_range"
    assert shop.get("/orders", status=422, limit="ten")["rule"] == "limit_out_of_range"
    assert shop.get("/orders", status=422, cursor="zzz")["rule"] == "cursor_unknown"
    assert shop.get("/orders", status=422, cursor="0.zzz")["rule"] == "cursor_unknown"
    assert shop.get("/orders", status=422, colour="red")["rule"] == "unknown_filter"


def test_a_thread_too_is_read_on_only_from_where_it_was_left(shop: Shop) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    shop.put("/orders/A-1", order(), status=201)
    for cursor in ("zzz", "-1", "\x00", "1 OR 1=1"):
        refused = shop.get("/orders/A-1/messages", status=422, cursor=cursor)
        assert refused["rule"] == "cursor_unknown"
    assert shop.get("/orders/A-1/messages", cursor="")["items"] == []


@pytest.mark.parametrize("kind", ["postgresql"])
def test_no_address_asks_for_what_a_database_cannot_hold(shop: Shop) -> None:
    for path, name in (("/orders", "buyer"), ("/refunds", "state"), ("/queue", "find"),
                       ("/ledger/balance", "order")):  # fmt: skip
        refused = shop.get(path, who="admin.root", status=422, **{name: "\x00"})
        assert (refused["rule"], refused["facts"]) == ("nul_character", {"field": name})
    refused = shop.get("/callbacks", who="admin.root", status=422, cursor="1.\x00.x")
    assert refused["rule"] == "cursor_unknown"
    for path in ("/orders/A%00", "/disputes/A%00-D1", "/disputes/A%00-D1/events"):
        shop.get(path, who=BUYER, status=404)
    shop.post("/disputes/A%00-D1/commands", {"type": "escalate"}, BUYER, 404)


def test_the_sandboxs_clock_never_goes_back(shop: Shop) -> None:
    shop.advance("P5D")
    to = {"to": "2026-01-01T00:00:00Z"}
    refused = shop.post("/sandbox/clock", to, key=None, status=409)
    assert refused["rule"] == "clock_would_go_back"
    assert "6 January 2026 00:00 UTC" in refused["detail"]
    assert "1 January 2026 00:00 UTC" in refused["detail"]
    for body in ({}, {"advance": "P1D", "to": "2027-01-01T00:00:00Z"}, {"advance": "-P1D"},
                 {"advance": "soon"}, {"to": "2026-02-01T00:00:00"}):  # fmt: skip
        shop.post("/sandbox/clock", body, key=None, status=422)
    assert shop.get("/sandbox/clock")["now"] == "2026-01-06T00:00:00Z"
