"""A bank takes the payment back before, during and after our dispute, and both tracks are shown.

The bank acts at the simulated provider, which reports it: nothing is recorded by hand.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.entrypoints.sandbox import (
    BUYER,
    FINANCE,
    MEDIATOR,
    SELLER,
    SUPERVISOR,
    Json,
    Shop,
    claim,
    order,
    rub,
)

D1 = "A-1001-D1"


def bank(shop: Shop, **acts: Any) -> Json:
    return shop.post("/sandbox/payments/chargebacks", acts, key=None)


def balance(shop: Shop) -> dict[str, int]:
    (of,) = shop.get("/ledger/balance", FINANCE)["currencies"]
    assert of["balanced"]
    return {a["account"]: a["debit"]["amount"] - a["credit"]["amount"] for a in of["accounts"]}


def paid_out(shop: Shop) -> int:
    """What the buyer has from us and from the bank."""
    booked = shop.booked()
    standing: list[int] = [
        r["amount"]["amount"] for r in booked["refunds"] if r["state"] == "succeeded"
    ]
    taken: list[int] = [
        c["amount"]["amount"] for c in booked.get("chargebacks", ()) if c["state"] == "lost"
    ]
    return sum(standing) + sum(taken)


def test_it_is_on_record_as_soon_as_it_is_reported(shop: Shop) -> None:
    shop.shipped()
    opened = bank(shop, reference="pay_1", amount=rub(60_000))
    (seen,) = shop.get("/orders/A-1001")["chargebacks"]
    assert (seen["id"], seen["amount"], seen["outcome"]) == (opened["id"], rub(60_000), None)
    assert seen["evidence_until"] == "2026-03-12T12:00:00Z"
    assert balance(shop)["chargeback_loss"] == 60_000


@pytest.mark.parametrize(
    ("outcome", "refunded", "account"), [("won", 72_000, "escrow"), ("lost", 0, "escrow")]
)
def test_opened_before_our_dispute(shop: Shop, outcome: str, refunded: int, account: str) -> None:
    """The same money is frozen: what is agreed meanwhile waits for the bank."""
    shop.shipped()
    shop.move_to("2026-03-09T12:00:00Z")
    bank(shop, reference="pay_1")
    shop.post("/orders/A-1001/disputes", claim(), BUYER, 201)
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    shop.advance("P3D")
    waiting = shop.dispute(D1)
    assert (waiting["phase"], waiting["refunds"]) == ("settling", [])
    assert waiting["chargebacks"][0]["outcome"] is None
    assert paid_out(shop) == 0
    bank(shop, chargeback="cb_1", outcome=outcome)
    shop.advance("P1D")
    closed = shop.dispute(D1)
    assert (closed["phase"], closed["outcome"]) == ("closed", "refunded")
    assert paid_out(shop) == (refunded if outcome == "won" else 160_000)
    assert balance(shop).get("chargeback_loss", 0) == 0
    assert balance(shop)[account] == (-88_000 if outcome == "won" else 0)


def test_opened_while_a_mediator_has_the_case(shop: Shop) -> None:
    shop.disputed()
    shop.on(D1, "decline_offer", SELLER, offer="O1", note="No.")
    shop.on(D1, "escalate", BUYER)
    shop.on(D1, "assign_mediator", SUPERVISOR, mediator="m1")
    bank(shop, reference="pay_1")
    ruling: Json = {
        "finding": "for_buyer", "remedy": "refund", "amount": rub(72_000),
        "reasons": ["item_differs_from_listing"], "clauses": ["not_as_described"],
        "evidence": [], "no_evidence": True, "text": "The size is another.",
    }  # fmt: skip
    shop.on(D1, "issue_ruling", MEDIATOR, **ruling)
    shop.on(D1, "accept_ruling", BUYER)
    shop.on(D1, "accept_ruling", SELLER)
    assert shop.dispute(D1)["phase"] == "settling"
    assert paid_out(shop) == 0
    bank(shop, chargeback="cb_1", outcome="won")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert paid_out(shop) == 72_000
    record = shop.get(f"/disputes/{D1}/events", BUYER)["items"]
    banks = [event["type"] for event in record if event["type"].startswith("chargeback")]
    assert banks == ["chargeback_recorded", "chargeback_outcome_recorded"]


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_opened_after_our_dispute(shop: Shop, outcome: str) -> None:
    """The buyer has had the money from us, and the bank is told so. Should it give it once more,
    the buyer owes it: a seller never pays more than was paid for the goods."""
    shop.disputed(amount=rub(80_000))
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(80_000))
    assert shop.dispute(D1)["outcome"] == "refunded"
    bank(shop, reference="pay_1")
    told = shop.service.simulator.evidence("cb_1") or ""
    assert "RUB 800.00" in told
    assert "A-1001-R1" in told
    (seen,) = shop.dispute(D1)["chargebacks"]
    assert seen["answered_at"] == "2026-03-09T12:00:00Z"
    bank(shop, chargeback="cb_1", outcome=outcome)
    after = balance(shop)
    if outcome == "won":
        assert (after["escrow"], after.get("chargeback_loss", 0)) == (-80_000, 0)
    else:
        assert (after["escrow"], after["buyer"], after["clearing"]) == (0, 80_000, -80_000)
    assert shop.dispute(D1)["outcome"] == "refunded"
    shop.advance("P60D")
    assert len(shop.booked()["refunds"]) == 1


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_opened_while_a_refund_is_pending(shop: Shop, outcome: str) -> None:
    shop.disputed()
    shop.post("/sandbox/payments/behaviour", {"next": ["chargeback"]}, key=None)
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    assert shop.dispute(D1)["refunds"][0]["state"] == "pending"
    shop.advance("PT1H")
    seen = shop.dispute(D1)
    assert (seen["refunds"][0]["state"], seen["refunds"][0]["reason"]) == (
        "failed", "charge_disputed",
    )  # fmt: skip
    assert seen["chargebacks"][0]["amount"] == rub(160_000)
    shop.advance("P5D")
    assert paid_out(shop) == 0
    bank(shop, chargeback="cb_1", outcome=outcome)
    shop.advance("P3D")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert paid_out(shop) == (72_000 if outcome == "won" else 160_000)


def reporting(shop: Shop, times: int) -> None:
    body = {"next": [], "callbacks": {"times": times}}
    shop.post("/sandbox/payments/behaviour", body, key=None)


def test_what_a_bank_gave_back_it_can_take_once_more(shop: Shop) -> None:
    """That it gave it back was reported, and the report was lost."""
    shop.placed()
    bank(shop, reference="pay_1", amount=rub(100_000))
    reporting(shop, 0)
    bank(shop, chargeback="cb_1", outcome="won")
    reporting(shop, 1)
    bank(shop, reference="pay_1", amount=rub(160_000))
    seen = shop.get("/orders/A-1001")["chargebacks"]
    assert [(c["id"], c["amount"]["amount"], c["outcome"]) for c in seen] == [
        ("cb_1", 100_000, "won"), ("cb_2", 160_000, None),
    ]  # fmt: skip


def test_what_came_and_went_unheard_leaves_nothing(shop: Shop) -> None:
    shop.placed()
    reporting(shop, 0)
    bank(shop, reference="pay_1")
    reporting(shop, 1)
    bank(shop, chargeback="cb_1", outcome="won")
    assert shop.get("/orders/A-1001")["chargebacks"] == []
    (kept,) = shop.get("/callbacks", FINANCE)["items"]
    assert (kept["state"], kept["note"]) == ("irrelevant", "nothing_of_ours_taken")


def test_opened_after_the_payout_it_is_recovered_from_the_seller(shop: Shop) -> None:
    shop.shipped()
    shop.on_order("A-1001", "confirm_receipt", BUYER)
    shop.advance("P60D")
    assert shop.get("/orders/A-1001")["status"] == "completed"
    bank(shop, reference="pay_1", amount=rub(60_000))
    bank(shop, chargeback="cb_1", outcome="lost")
    assert balance(shop)["clearing"] == 100_000


class TestOurSide:
    def test_waits_for_our_own_dispute(self, shop: Shop) -> None:
        shop.disputed()
        bank(shop, reference="pay_1")
        shop.advance("P1D")
        assert shop.service.simulator.evidence("cb_1") is None
        shop.on(D1, "cancel_dispute", BUYER)
        shop.advance("PT12H")
        told = shop.service.simulator.evidence("cb_1") or ""
        assert "2 x Blouse: RUB 1,600.00" in told
        assert "tracking number 1234567890" in told
        assert "15 days to return" in told
        assert re.search(r"A-1001-D1, opened by the buyer 2026-03-09 12:00 UTC: ", told)
        for private in ("Olga", "olga@example.com", "The size chart", "shop@example.com"):
            assert private not in told

    def test_but_not_beyond_two_days_before_the_bank_stops_listening(self, shop: Shop) -> None:
        shop.disputed()
        bank(shop, reference="pay_1")
        shop.advance("P7DT23H59M")
        assert shop.service.simulator.evidence("cb_1") is None
        shop.advance("PT1M")
        assert "Open:" in (shop.service.simulator.evidence("cb_1") or "")

    def test_is_not_handed_over_when_the_bank_has_decided(self, shop: Shop) -> None:
        shop.disputed()
        bank(shop, reference="pay_1")
        bank(shop, chargeback="cb_1", outcome="lost")
        shop.advance("P20D")
        assert shop.service.simulator.evidence("cb_1") is None


class TestOnePaymentOverSeveralOrders:
    def placed(self, shop: Shop, *captured: int) -> None:
        shop.move_to("2026-03-01T10:00:00Z")
        for number, share in enumerate(captured, 1):
            paid = {**order()["payment"], "captured": rub(share)}
            shop.put(f"/orders/A-{number}", order(payment=paid))

    def taken(self, shop: Shop, orders: int) -> list[list[int]]:
        return [
            [c["amount"]["amount"] for c in shop.get(f"/orders/A-{number}")["chargebacks"]]
            for number in range(1, orders + 1)
        ]

    def test_each_bears_its_share(self, shop: Shop) -> None:
        self.placed(shop, 30_000, 60_000, 10_000)
        bank(shop, reference="pay_1")
        assert self.taken(shop, 3) == [[30_000], [60_000], [10_000]]
        bank(shop, chargeback="cb_1", outcome="lost")
        for number in (1, 2, 3):
            (seen,) = shop.get(f"/orders/A-{number}")["chargebacks"]
            assert seen["outcome"] == "lost"
        (kept,) = [
            c for c in shop.get("/callbacks", FINANCE)["items"] if c["kind"].endswith("lost")
        ]
        assert kept["note"] == "A-1 A-2 A-3"

    def test_what_does_not_divide_goes_to_the_largest_remainders(self, shop: Shop) -> None:
        self.placed(shop, 100, 100, 100)
        bank(shop, reference="pay_1", amount=rub(200))
        assert self.taken(shop, 3) == [[67], [67], [66]]
        bank(shop, reference="pay_1", amount=rub(100))
        assert self.taken(shop, 3) == [[67, 33], [67, 33], [66, 34]]

    def test_the_bank_hears_of_all_of_them_once(self, shop: Shop) -> None:
        self.placed(shop, 30_000, 60_000)
        bank(shop, reference="pay_1")
        told = shop.service.simulator.evidence("cb_1") or ""
        assert ("Order A-1," in told, "Order A-2," in told) == (True, True)
        for number in (1, 2):
            assert shop.get(f"/orders/A-{number}")["chargebacks"][0]["answered_at"]

    def test_an_order_of_another_payment_is_left_alone(self, shop: Shop) -> None:
        self.placed(shop, 30_000)
        other = {**order()["payment"], "reference": "pay_2"}
        shop.put("/orders/B-1", order(payment=other))
        bank(shop, reference="pay_1")
        assert shop.get("/orders/B-1")["chargebacks"] == []


@pytest.mark.parametrize(
    "acts",
    [{}, {"reference": "pay_1", "outcome": "won"}, {"chargeback": "cb_1"},
     {"reference": "pay_9"}, {"reference": "pay_1", "amount": rub(160_001)},
     {"chargeback": "cb_9", "outcome": "won"}],
)  # fmt: skip
def test_what_a_bank_cannot_do(shop: Shop, acts: Json) -> None:
    shop.placed()
    refused = shop.post("/sandbox/payments/chargebacks", acts, status=422)
    assert refused["rule"] in ("take_or_decide", "bank_cannot")
