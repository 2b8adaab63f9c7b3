"""Putting an order in: the worked example, its optional fields, and every way it can be wrong."""

from __future__ import annotations

import copy
import hashlib
from datetime import timedelta, timezone
from typing import Any

import msgspec
import pytest

from amends.kernel.decision import Accepted
from amends.kernel.instants import Instant
from amends.kernel.money import MOST
from amends.kernel.people import Actor
from amends.order.asked import OrderOutcome
from amends.order.decide import place
from amends.order.decide.amend_order import AmendOrder
from amends.order.decide.place_order import PlaceOrder
from amends.order.events.life import OrderPlaced
from amends.order.state import Line, Order, Payment, ReturnPolicy
from tests.given import BUYER, DAY, SECOND, SHOP, T0, stamp, terms
from tests.order.asking import as_json, ask, contents, events, only, refused, then

EXAMPLE = b"""
{"placed_at": "2026-03-01T10:00:00Z", "purchase": "P-77", "currency": "RUB", "policy": "aliexpress",
 "buyer":  {"id": "b1", "name": "Olga", "email": "olga@example.com", "locale": "ru",
            "country": "RU"},
 "seller": {"id": "s1", "name": "Blouse House", "email": "shop@example.com", "locale": "zh",
            "country": "CN",
            "return_policy": {"change_of_mind_days": 15, "return_postage_paid_by": "buyer",
                              "restocking_fee_percent": 0, "exchange": true}},
 "lines": [{"id": "1", "sku": "BL-7", "title": "Blouse", "quantity": 2,
            "unit_price": {"amount": 80000, "currency": "RUB"},
            "discount": {"amount": 0, "currency": "RUB"}, "tax": {"amount": 0, "currency": "RUB"},
            "weight_grams": 350, "category": "clothing",
            "listing": {"text": "White blouse, size S to L", "attributes": {"colour": "white"}}}],
 "shipping": {"price": {"amount": 0, "currency": "RUB"}, "ship_by": "2026-03-05T10:00:00Z",
              "promised_by": "2026-04-01T10:00:00Z"},
 "payment": {"provider": "simulator", "reference": "pay_1", "method": "card",
             "captured": {"amount": 160000, "currency": "RUB"}}}
"""


def rub(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "RUB"}


def body(**changes: Any) -> dict[str, Any]:
    """The worked example with fields changed; ``a__b`` changes field b in a, ``lines__0__b`` of the
    first line; None leaves it out."""
    example = msgspec.json.decode(EXAMPLE)
    for path, value in changes.items():
        *parents, last = path.split("__")
        part = example
        for name in parents:
            part = part[int(name)] if isinstance(part, list) else part[name]
        if value is None:
            del part[last]
        else:
            part[last] = value
    return dict(example)


def put(
    example: dict[str, Any] | bytes = EXAMPLE,
    *,
    order: Order | None = None,
    by: Actor = SHOP,
    at: Instant = T0,
    order_id: str = "A-1001",
) -> OrderOutcome:
    data = example if isinstance(example, bytes) else msgspec.json.encode(example)
    command = msgspec.json.decode(data, type=PlaceOrder)
    return place(order, order_id, command, by, terms(), stamp(at))


def test_the_worked_example_is_placed() -> None:
    outcome = put()
    placed = only(outcome, OrderPlaced).order
    assert placed.id == "A-1001"
    assert (placed.buyer, placed.seller, placed.buyer_country) == ("b1", "s1", "RU")
    assert (placed.placed_at, placed.changed_at) == (T0, T0)
    assert placed.pack == terms().ref
    assert placed.purchase == "P-77"
    assert placed.ship_by == T0 + 4 * DAY
    assert placed.promised_by == T0 + 31 * DAY
    assert placed.payment == Payment("simulator", "pay_1", "card")
    assert (placed.captured, placed.shipping_paid, placed.currency) == (160_000, 0, "RUB")
    assert placed.return_policy == ReturnPolicy(15, "buyer", 0, exchange=True)
    assert placed.lines == (
        Line("1", 2, 80_000, 160_000, sku="BL-7", weight_grams=350, category="clothing"),
    )
    assert placed.deadlines == ()
    assert placed.refundable == 160_000


def test_people_and_listings_are_kept_apart_each_with_its_owner() -> None:
    outcome = put()
    placed = only(outcome, OrderPlaced).order
    buyer, seller, listing = contents(outcome)
    assert (buyer.ref, buyer.owner) == (placed.buyer_ref, "b1")
    assert (seller.ref, seller.owner) == (placed.seller_ref, "s1")
    assert (listing.ref, listing.owner) == (placed.listing_ref, "s1")
    assert msgspec.json.decode(buyer.text)["email"] == "olga@example.com"
    assert msgspec.json.decode(seller.text)["name"] == "Blouse House"
    assert msgspec.json.decode(listing.text) == {
        "1": {
            "title": "Blouse",
            "listing": {"text": "White blouse, size S to L", "attributes": {"colour": "white"}},
        }
    }


def test_no_personal_data_stands_in_the_event() -> None:
    told = msgspec.json.encode(only(put(), OrderPlaced)).decode()
    for personal in ("Olga", "example.com", "Blouse", "White"):
        assert personal not in told


def test_the_digest_is_of_the_canonical_order() -> None:
    command = msgspec.json.decode(EXAMPLE, type=PlaceOrder)
    canonical = msgspec.json.encode(command, order="sorted")
    assert only(put(), OrderPlaced).order.digest == hashlib.sha256(canonical).hexdigest()


def test_the_same_again_changes_nothing_in_whatever_order_it_is_written() -> None:
    placed = only(put(), OrderPlaced).order
    turned = dict(reversed(body().items()))
    turned["tax_included"] = False
    assert put(turned, order=placed, at=T0 + DAY) == Accepted(())


def test_another_content_under_the_same_id_is_refused() -> None:
    placed = only(put(), OrderPlaced).order
    outcome = put(body(buyer__name="Olga P"), order=placed)
    assert refused(outcome) == ("order_differs", "conflict", None)


def amended(placed: Order, **fields: Any) -> Order:
    return then(placed, *events(ask(placed, SHOP, as_json(AmendOrder, **fields))))


LATER = {"ship_by": "2026-03-07T10:00:00Z", "promised_by": "2026-04-09T13:00:00+03:00"}


def test_an_amended_order_is_the_same_as_it_was_put_in_and_as_it_stands() -> None:
    placed = amended(only(put(), OrderPlaced).order, **LATER)
    assert put(order=placed) == Accepted(())
    for told in (
        body(shipping__ship_by=LATER["ship_by"], shipping__promised_by=LATER["promised_by"]),
        body(
            shipping={"ship_by": "2026-03-07T13:00:00+03:00", "price": rub(0)},
            promised_by="2026-04-09T10:00:00Z",
            placed_at="2026-03-01T11:00:00+01:00",
            seller__return_policy=None,
            return_policy=body()["seller"]["return_policy"],
        ),
    ):
        assert put(told, order=placed, at=T0 + DAY) == Accepted(())


@pytest.mark.parametrize(
    "changes",
    [
        {"shipping__ship_by": "2026-03-05T10:00:00Z"},
        {"shipping__promised_by": "2026-04-01T10:00:00Z"},
        {"shipping__promised_by": None},
        {"shipping__price": rub(1)},
        {"placed_at": "2026-03-01T10:00:01Z"},
        {"placed_at": "0001-01-01T00:00:00+05:00"},
        {"buyer__name": "Olga P"},
        {"buyer__country": "KZ"},
        {"seller__email": "other@example.com"},
        {"seller__return_policy__exchange": False},
        {"seller__return_policy": None},
        {"purchase": "P-78"},
        {"policy": "other"},
        {"lines__0__id": "2"},
        {"lines__0__quantity": 3},
        {"lines__0__title": "Shirt"},
        {"lines__0__listing__text": "White"},
        {"lines__0__tax": rub(1)},
        {"lines__0__discount": rub(1), "payment__captured": rub(159_999)},
        {"payment__captured": rub(159_999)},
        {"payment__captured": rub(160_001)},
        {"payment__reference": "pay_2"},
        {"tax_included": True},
    ],
)
def test_what_is_neither_as_put_in_nor_as_amended_is_refused(changes: dict[str, Any]) -> None:
    placed = amended(only(put(), OrderPlaced).order, **LATER)
    stands = {f"shipping__{name}": at for name, at in LATER.items()}
    outcome = put(body(**{**stands, **changes}), order=placed)
    assert refused(outcome) == ("order_differs", "conflict", None)


def test_what_a_split_leaves_is_the_same() -> None:
    told = two_lines()
    placed = only(put(told), OrderPlaced).order
    moved = [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 1}]
    placed = amended(placed, split={"into": "A-1002", "lines": moved})
    rest = body(lines__0__quantity=1, payment__captured=rub(80_000))
    assert put(rest, order=placed) == Accepted(())
    assert put(told, order=placed) == Accepted(())
    less = body(lines__0__quantity=1, payment__captured=rub(79_999))
    assert refused(put(less, order=placed)) == ("order_differs", "conflict", None)


def test_no_digest_is_of_a_line_alone() -> None:
    first = only(put(two_lines()), OrderPlaced).order.line_digests
    other = only(put(two_lines(buyer__email="o@example.com")), OrderPlaced).order.line_digests
    assert list(first) == ["1", "2"]
    assert {len(digest) for digest in first.values()} == {32}
    assert not set(first.values()) & set(other.values())


def test_only_the_marketplace_places_orders() -> None:
    assert refused(put(by=BUYER)) == ("not_for_this_role", "forbidden", None)


def test_what_is_optional_may_be_left_out() -> None:
    bare = {
        "placed_at": "2026-03-01T10:00:00Z", "currency": "RUB",
        "buyer": {"id": "b1"}, "seller": {"id": "s1"},
        "lines": [{"id": "1", "title": "Blouse", "quantity": 1, "unit_price": rub(500)}],
        "payment": {"provider": "simulator", "reference": "pay_1", "captured": rub(500)},
    }  # fmt: skip
    placed = only(put(bare), OrderPlaced).order
    assert (placed.ship_by, placed.promised_by, placed.return_policy) == (None, None, None)
    assert (placed.purchase, placed.buyer_country) == ("", "")
    assert placed.lines == (Line("1", 1, 500, 500),)


def test_promise_and_return_policy_may_stand_at_the_top() -> None:
    moved = body(
        shipping__promised_by=None,
        promised_by="2026-04-01T10:00:00Z",
        seller__return_policy=None,
        return_policy={"change_of_mind_days": 7},
    )
    placed = only(put(moved), OrderPlaced).order
    assert placed.promised_by == T0 + 31 * DAY
    assert placed.return_policy == ReturnPolicy(change_of_mind_days=7)


def test_the_same_said_twice_is_taken_once() -> None:
    twice = body(promised_by="2026-04-01T10:00:00Z")
    assert only(put(twice), OrderPlaced).order.promised_by == T0 + 31 * DAY


def test_instants_are_kept_in_utc() -> None:
    moscow = body(placed_at="2026-03-01T13:00:00+03:00")
    placed = only(put(moved := moscow), OrderPlaced).order
    assert moved["placed_at"].endswith("+03:00")
    assert placed.placed_at == T0
    assert placed.placed_at.utcoffset() == timedelta(0)
    assert placed.placed_at.tzinfo is not timezone(timedelta(hours=3))


def two_lines(**changes: Any) -> dict[str, Any]:
    first = body()["lines"][0]
    second = {**copy.deepcopy(first), "id": "2", "quantity": 1, "unit_price": rub(40_000)}
    return body(**{"lines": [first, second], "payment__captured": rub(200_000), **changes})


def test_the_orders_discount_is_spread_by_what_the_lines_cost() -> None:
    told = two_lines(discount=rub(1_001), payment__captured=rub(198_999))
    first, second = only(put(told), OrderPlaced).order.lines
    assert (first.discount, second.discount) == (801, 200)
    assert (first.paid, second.paid) == (159_199, 39_800)


def test_a_line_that_costs_nothing_takes_no_share_of_the_discount() -> None:
    told = two_lines(
        lines__0__discount=rub(160_000), discount=rub(40_000), payment__captured=rub(0)
    )
    first, second = only(put(told), OrderPlaced).order.lines
    assert (first.discount, first.paid, second.discount, second.paid) == (160_000, 0, 40_000, 0)


def test_tax_comes_on_top_unless_the_prices_hold_it() -> None:
    on_top = body(lines__0__tax=rub(32_000), payment__captured=rub(192_000))
    assert only(put(on_top), OrderPlaced).order.lines[0].paid == 192_000
    included = body(lines__0__tax=rub(32_000), tax_included=True)
    line = only(put(included), OrderPlaced).order.lines[0]
    assert (line.paid, line.tax) == (160_000, 32_000)


def test_postage_is_part_of_the_sum() -> None:
    posted = body(shipping__price=rub(900), payment__captured=rub(160_900))
    placed = only(put(posted), OrderPlaced).order
    assert (placed.shipping_paid, placed.captured) == (900, 160_900)


def test_less_than_the_sum_is_the_share_that_can_be_refunded() -> None:
    placed = only(put(body(payment__captured=rub(100_000))), OrderPlaced).order
    assert placed.refundable == 100_000


def test_one_minor_unit_more_than_the_sum_is_refused() -> None:
    outcome = put(body(payment__captured=rub(160_001)))
    assert refused(outcome) == ("captured_more_than_sum", "invalid", "payment.captured")


USD = {"amount": 1, "currency": "USD"}


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"currency": "XYZ"}, "unknown_currency", "currency"),
        ({"lines__0__unit_price": USD}, "other_currency", "lines[0].unit_price"),
        ({"lines__0__discount": USD}, "other_currency", "lines[0].discount"),
        ({"lines__0__tax": USD}, "other_currency", "lines[0].tax"),
        ({"discount": USD}, "other_currency", "discount"),
        ({"shipping__price": USD}, "other_currency", "shipping.price"),
        ({"payment__captured": USD}, "other_currency", "payment.captured"),
        ({"lines__0__discount": rub(160_001)}, "discount_more_than_price", "lines[0].discount"),
        ({"discount": rub(160_001)}, "discount_more_than_price", "discount"),
        ({"lines__0__tax": rub(160_001), "tax_included": True}, "tax_more_than_price",
         "lines[0].tax"),
        ({"lines__0__id": "shipping"}, "line_id_reserved", "lines[0].id"),
        ({"lines__0__unit_price": rub(MOST)}, "amount_too_large", "lines"),
        ({"buyer__id": "s1"}, "buyer_is_seller", "seller.id"),
        ({"promised_by": "2026-04-02T10:00:00Z"}, "given_twice", "promised_by"),
        ({"return_policy": {}}, "given_twice", "return_policy"),
        ({"seller__return_policy": {"change_of_mind_days": 366}}, "return_policy_beyond_limit",
         "seller.return_policy.change_of_mind_days"),
        ({"seller__return_policy": {"restocking_fee_percent": 51}}, "return_policy_beyond_limit",
         "seller.return_policy.restocking_fee_percent"),
        ({"shipping__ship_by": "2026-03-01T09:59:59Z"}, "before_the_order", "shipping.ship_by"),
        ({"shipping__promised_by": "2026-03-01T09:59:59Z"}, "before_the_order", "promised_by"),
        ({"shipping__ship_by": "2031-03-01T10:00:01Z"}, "date_too_far", "shipping.ship_by"),
        ({"shipping__promised_by": "9999-12-31T23:59:59-05:00"}, "date_too_far", "promised_by"),
        ({"placed_at": "2026-03-01T10:00:01Z"}, "in_the_future", "placed_at"),
        ({"placed_at": "1969-12-31T23:59:59Z"}, "date_too_early", "placed_at"),
        ({"placed_at": "0001-01-01T00:00:00+05:00"}, "date_too_early", "placed_at"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_its_field(
    changes: dict[str, Any], rule: str, field: str
) -> None:
    assert refused(put(body(**changes))) == (rule, "invalid", field)


def test_a_line_named_twice_is_refused() -> None:
    outcome = put(two_lines(lines__1__id="1"))
    assert refused(outcome) == ("line_named_twice", "invalid", "lines[1].id")


def test_limits_themselves_are_allowed() -> None:
    at_the_edge = body(
        seller__return_policy={"change_of_mind_days": 365, "restocking_fee_percent": 50},
        shipping__ship_by="2026-03-01T10:00:00Z",
        shipping__promised_by="2031-03-01T10:00:00Z",
        lines__0__discount=rub(160_000),
        payment__captured=rub(0),
    )
    assert only(put(at_the_edge), OrderPlaced).order.refundable == 0


@pytest.mark.parametrize(("length", "fine"), [(56, True), (57, False)])
def test_an_id_leaves_room_for_those_made_from_it(length: int, *, fine: bool) -> None:
    outcome = put(order_id="A" * length)
    if fine:
        assert events(outcome)
    else:
        assert refused(outcome) == ("order_id_too_long", "invalid", "id")


def test_an_old_order_may_be_put_in_later() -> None:
    placed = only(put(at=T0 + 400 * DAY + SECOND), OrderPlaced)
    assert placed.at == T0


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": []},
        {"lines": [body()["lines"][0]] * 201},
        {"lines__0__quantity": 0},
        {"lines__0__quantity": 100_001},
        {"lines__0__quantity": 1.5},
        {"lines__0__unit_price": rub(-1)},
        {"lines__0__tax": rub(-1)},
        {"lines__0__unit_price": rub(MOST + 1)},
        {"lines__0__discount": {"amount": 1.5, "currency": "RUB"}},
        {"currency": None},
        {"buyer__country": "RUS"},
        {"buyer__name": "Ol\x00ga"},
        {"placed_at": "2026-03-01T10:00:00"},
        {"colour": "white"},
        {"buyer__age": 40},
        {"seller__return_policy": {"change_of_mind_days": -1}},
    ],
)
def test_what_the_types_forbid_is_not_even_a_command(changes: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        put(body(**changes))
