"""What breaks in a pack, in words."""

from __future__ import annotations

from datetime import timedelta

from amends.entrypoints.cli.proving import told
from amends.exploring.paths import Leg, Path
from amends.exploring.proof import Breach, Proof
from amends.exploring.windows import ClosedFirst
from tests.given import terms


def said(*breaches: Breach) -> str:
    return "\n".join(told(terms(), Proof(5, 7, 1, None, None, None, breaches)))


def test_a_breach_is_a_path_to_follow() -> None:
    legs = (
        Leg(timedelta(0), "seller", "make_offer", "refund", lapsed=False,
            phase="awaiting_buyer", turn="buyer"),
        Leg(timedelta(days=5), "buyer", "answer", "", lapsed=True,
            phase="mediation", turn="mediator"),
    )  # fmt: skip
    path = Path("late", "refund", legs, timedelta(days=5))
    assert said(Breach("clock_without_end", what="ruling", path=path)).splitlines() == [
        "aliexpress 1: 1 thing broken",
        "  explored 5 situations and 7 steps between them, from 1 opening",
        "  BROKEN: the clock ruling ends and nothing comes of it",
        "    day   0  buyer opens a dispute: late, asking for refund",
        "    day   0  seller: Make an offer (refund) -> awaiting buyer, buyer's turn",
        (
            "    day   5  the time for 'answer' ends, and the buyer did nothing"
            " -> mediation, mediator's turn"
        ),
    ]


def test_a_window_that_closes_first_is_told_by_its_days() -> None:
    window = ClosedFirst("DHL", 1, None, 4, 7, "opens_after_shipment", 6)
    assert (
        "Sent with DHL on day 1, never delivered, confirmed as received on day 4: it closes on"
        " day 6 and opens on day 7 (opens_after_shipment)"
    ) in said(Breach("window_closed_first", window=window))


def test_a_reason_is_named() -> None:
    told_ = said(Breach("never_opens", "late, refund", "window_closed"), Breach("no_payer", "late"))
    assert "2 things broken" in told_
    assert "BROKEN: late, refund: no dispute can be opened (window_closed)" in told_
    assert "BROKEN: late: nobody pays the return" in told_
