"""The shipped packs against the tables they were written from, value by value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.kernel.money import CURRENCIES
from amends.policy.parse import base_of, parse
from amends.policy.terms import Terms
from tests.policy.documents import documents


def pack(name: str) -> Terms:
    own = documents(name)
    base = base_of(own)
    return parse(own, documents(*base) if base else None)


PACKS = {name: pack(name) for name in ("aliexpress", "guide-000", "guide-001", "guide-004")}
ALIEXPRESS = PACKS["aliexpress"]
CARRIERS = {
    "DHL": 23, "TNT": 23, "UPS": 23, "FedEx": 23,
    "Japan Post EMS": 27, "SF Express": 27,
    "China Post": 39, "Hong Kong Post": 39,
}  # fmt: skip

# pack: openings, days by named carrier, for other carriers, after receipt, how the two combine
WINDOWS: dict[str, tuple[dict[str, int], dict[str, int], dict[str, int], int | None, str]] = {
    "aliexpress": (
        {"after_shipment": 6, "after_ship_by": 6, "on_delivery": 0, "on_receipt": 0},
        CARRIERS,
        {"after_shipment": 15, "after_promised": 15},
        15,
        "later_of",
    ),
    "guide-000": ({"after_shipment": 0, "after_ship_by": 6}, {}, {"after_shipment": 15}, None,
                  "later_of"),
    "guide-001": (
        {"after_shipment": 6, "after_ship_by": 6, "on_delivery": 0, "on_receipt": 0},
        CARRIERS,
        {"after_shipment": 15, "after_promised": 15},
        15,
        "receipt_alone",
    ),
    "guide-004": ({"after_shipment": 6, "after_ship_by": 6}, CARRIERS,
                  {"after_shipment": 15, "after_promised": 15}, None, "later_of"),
}  # fmt: skip

ALL = ["refund", "return_and_refund", "replacement"]
# reason: received, remedies (part where less than all), at fault, buyer's proofs, seller's proofs
REASONS: dict[str, tuple[str, list[str], str, list[str], list[str]]] = {
    "not_received": ("no", ["refund", "replacement"], "seller", [], ["delivery_proof!"]),
    "late": ("either", ["refund part", "return_and_refund"], "seller", ["dates_of_the_order*"], []),
    "not_as_described": ("yes", ALL, "seller",
                         ["photo_of_difference!", "listing_as_bought*", "measurements"], []),
    "damaged": ("yes", [*ALL, "repair_cost"], "seller",
                ["photo_of_damage!", "parcel_and_label"], []),
    "defective": ("yes", [*ALL, "repair_cost"], "seller", ["photo_or_video_of_fault!"], []),
    "wrong_item": ("yes", ALL, "seller", ["photo_of_item_and_label!"], []),
    "missing_parts": ("yes", ["refund part", "return_and_refund", "replacement"], "seller",
                      ["photo_of_what_came!", "list_of_missing"], []),
    "counterfeit": ("yes", ALL, "seller", ["photo_of_brand_marks!", "word_from_maker"], []),
    "broken_promise": ("yes", ALL, "seller", ["the_promise!"], []),
    "changed_mind": ("yes", ["return_and_refund"], "buyer", [], []),
}  # fmt: skip
ON_RECORD = ["chat_with_seller*", "proof_of_payment*"]

CLOCKS = {
    "offer_answered_within": 5,
    "negotiation_ends_after": 10,
    "information_within": 3,
    "ruling_due_after": 15,
    "supervisor_rules_within": 5,
    "ruling_after_return_due_after": 5,
    "message_answered_within": 3,
    "feedback_amendable_for": 30,
    "outage_extends_after": 1,
}
# the seller's answer, and the same once more time was asked for
SELLER = {
    "aliexpress": (5, 7),
    "guide-000": (5, None),
    "guide-001": (7, None),
    "guide-004": (5, 7),
}
IN_WINDOW = ("new_evidence", "named_error")
ANY_TIME = ("money_did_not_come", "did_not_comply")
APPEALS = {
    "aliexpress": (7, IN_WINDOW, ANY_TIME),
    "guide-000": (7, IN_WINDOW, ANY_TIME),
    "guide-001": (None, (), ("money_did_not_come",)),
    "guide-004": (7, IN_WINDOW, ANY_TIME),
}
RULING_REASONS = (
    "item_differs_from_listing", "item_damaged", "item_defective", "item_counterfeit",
    "wrong_item_sent", "parts_missing", "not_delivered", "delivered_late", "delivered_elsewhere",
    "promise_broken", "changed_mind", "not_proven", "buyer_caused", "return_not_as_sent",
    "seller_did_not_answer", "buyer_did_not_answer",
)  # fmt: skip

each_pack = pytest.mark.parametrize("name", PACKS)


@each_pack
def test_in_force(name: str) -> None:
    terms = PACKS[name]
    assert (terms.id, terms.version) == (name, "1")
    assert terms.in_force_from == datetime(2020, 1, 1, tzinfo=UTC)


@each_pack
def test_windows(name: str) -> None:
    opens, by_carrier, others, receipt, combine = WINDOWS[name]
    windows = PACKS[name].windows
    assert {o.kind: o.term.days for o in windows.opens} == opens
    assert {c.kind: c.term.days for c in windows.closes_other_carriers} == others
    after = windows.closes_after_receipt
    assert (after.days if after else None) == receipt
    assert windows.closes_combine == combine
    assert bool(windows.closes_by_carrier) == bool(by_carrier)
    for carrier in CARRIERS:
        assert PACKS[name].carrier_days(carrier).days == by_carrier.get(carrier, 15)
        assert PACKS[name].names_carrier(carrier) == (carrier in by_carrier)
    assert PACKS[name].carrier_days("Pigeon Post").days == 15
    assert not PACKS[name].names_carrier("Pigeon Post")


@pytest.mark.parametrize(
    ("spelling", "days"),
    [("dhl", 23), ("Fed Ex", 23), ("EMS Japan", 27), ("SF", 27), ("sfexpress", 27),
     ("CHINA POST", 39), ("Hongkong Post", 39), ("Japan Post", 15), ("EMS", 15)],
)  # fmt: skip
def test_spellings_of_carriers(spelling: str, days: int) -> None:
    assert ALIEXPRESS.carrier_days(spelling).days == days


@each_pack
@pytest.mark.parametrize("code", REASONS)
def test_reasons(name: str, code: str) -> None:
    received, remedies, at_fault, from_buyer, from_seller = REASONS[code]
    reason = PACKS[name].reasons[code]
    assert reason.code == code
    assert reason.received == received
    assert [r.remedy + (" part" if r.part_only else "") for r in reason.remedies] == remedies
    assert (reason.at_fault, reason.pays_return) == (at_fault, at_fault)
    marked = [
        [p.code + ("!" if p.essential else "") + ("*" if p.on_record else "") for p in proofs]
        for proofs in (reason.evidence_from_buyer, reason.evidence_from_seller)
    ]
    assert marked == [[*from_buyer, *ON_RECORD], from_seller]
    assert reason.own_window == (code == "changed_mind")
    assert reason.no_return_asked == (code == "counterfeit")


@each_pack
def test_the_order_of_the_reasons(name: str) -> None:
    assert list(PACKS[name].reasons) == list(REASONS)


@each_pack
def test_clocks(name: str) -> None:
    clocks = PACKS[name].clocks
    assert {rule: getattr(clocks, rule).days for rule in CLOCKS} == CLOCKS
    more = clocks.seller_answers_within_with_more_time
    assert (clocks.seller_answers_within.days, more.days if more else None) == SELLER[name]


@each_pack
def test_appeals(name: str) -> None:
    window, in_window, any_time = APPEALS[name]
    appeals = PACKS[name].appeals
    assert (appeals.window.days if appeals.window else None) == window
    assert appeals.grounds_in_window == in_window
    assert appeals.grounds_any_time == any_time
    assert appeals.decided_within.days == 7
    assert appeals.supervisor_decides_within.days == 5


@each_pack
def test_returns_and_refunds(name: str) -> None:
    returns, refunds = PACKS[name].returns, PACKS[name].refunds
    assert returns.address_within.days == 5
    assert returns.shipped_within.days == 10
    assert returns.inspected_within.days == 3
    assert returns.inspection_answered_within.days == 5
    assert returns.replacement_shipped_within.days == 5
    assert returns.suggest_without_return_above_percent == 50
    assert (returns.lost_when_seller_pays, returns.lost_when_buyer_pays) == ("refund", "mediation")
    assert refunds.arrives_from_working_days.days == 3
    assert refunds.arrives_until_working_days.days == 20
    assert (refunds.retried_after.days, refunds.retries) == (1, 3)
    assert (refunds.settled_within.days, refunds.finance_alarm_every.days) == (5, 1)


@each_pack
def test_limits_and_the_platforms_cap(name: str) -> None:
    limits, cap = PACKS[name].limits, PACKS[name].platform.honours_up_to
    assert limits.evidence_per_side == 30
    assert (limits.longest_change_of_mind_days, limits.highest_restocking_fee_percent) == (365, 50)
    assert set(cap) == CURRENCIES
    assert cap["USD"] == 10_000
    # worth about as much: a unit too many or too few would be a factor of ten or more
    for currency, most in {"EUR": 8_700, "GBP": 7_600, "JPY": 15_400, "KWD": 30_700}.items():
        assert 0.9 < cap[currency] / most < 1.1
    for currency, most in {"RUB": 810_000, "CNY": 71_200, "KRW": 143_000, "BRL": 53_800}.items():
        assert 0.9 < cap[currency] / most < 1.1


@each_pack
def test_what_rulings_may_say(name: str) -> None:
    terms = PACKS[name]
    assert terms.ruling_reasons == RULING_REASONS
    assert terms.clauses[: len(REASONS)] == tuple(REASONS)
    assert len(set(terms.clauses)) == len(terms.clauses) > len(REASONS)


def test_sources_of_the_table() -> None:
    clocks, windows = ALIEXPRESS.clocks, ALIEXPRESS.windows
    assert windows.opens[0].term.source == "004"
    assert {w.term.source for w in windows.closes_by_carrier} == {"004"}
    assert windows.closes_other_carriers[0].term.source == "000"
    assert windows.closes_after_receipt is not None
    assert windows.closes_after_receipt.source == "001, 003"
    assert clocks.seller_answers_within.source == "000, 003"
    assert clocks.ruling_due_after.source == "001"
    assert ALIEXPRESS.refunds.arrives_until_working_days.source == "003"
    assert ALIEXPRESS.platform.source == "ours, rates"


@pytest.mark.parametrize("name", ["guide-000", "guide-001", "guide-004"])
def test_a_guide_says_what_is_its_own_and_what_it_takes(name: str) -> None:
    terms = PACKS[name]
    assert terms.clocks.information_within.source == "aliexpress 1: 000"
    assert terms.reasons["late"].source == "aliexpress 1: 001"
    number = name.removeprefix("guide-")
    receipt = terms.windows.closes_after_receipt
    assert (receipt.source if receipt else terms.cited["closes_after_receipt"]) == number


def test_each_pack_has_a_digest_of_its_own() -> None:
    assert len({terms.digest for terms in PACKS.values()}) == len(PACKS)
