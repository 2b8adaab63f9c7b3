"""What would help while a claim is written, and in the dispute: it decides nothing."""

from __future__ import annotations

import pytest

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Page, Visitor, World
from tests.entrypoints.web.test_claims import answers
from tests.entrypoints.web.test_journeys import OPEN

REMEDY = f"{OPEN}/remedy"


@pytest.fixture
def olga(world: World) -> Visitor:
    """The buyer of two blouses that were delivered."""
    world.place()
    world.deliver()
    return world.visitor(Role.BUYER, "b1")


def up_to_the_remedy(buyer: Visitor, reason: str, received: str = "yes") -> Page:
    page = answers(buyer, buyer.get(OPEN), received=received)
    page = answers(buyer, page, reason=reason)
    return answers(buyer, page, lines__1="1")


def test_who_pays_the_return_is_asked_what_it_costs_and_told_what_is_left(olga: Visitor) -> None:
    page = up_to_the_remedy(olga, "changed_mind")
    assert "ask for its price first" in page.words
    page = answers(olga, page, remedy="return_and_refund", postage="540", then="reckon")
    assert page.url.endswith("/remedy#worth")
    assert "RUB 800.00 once the goods are back, less RUB 540.00" in page.words
    assert "RUB 260.00 is left" in page.words
    page = answers(olga, page, remedy="return_and_refund", postage="900", then="reckon")
    assert "nothing is left" in page.words


def test_a_price_that_cannot_be_read_is_said_beside_it_and_kept(olga: Visitor) -> None:
    page = up_to_the_remedy(olga, "changed_mind")
    told = answers(olga, page, remedy="return_and_refund", postage="a lot", then="reckon")
    assert told.status == 422
    assert 'value="a lot"' in told.html
    assert 'href="#open_dispute-postage"' in told.html
    assert 'id="open_dispute-postage-fault"' in told.html


def test_whom_the_seller_pays_is_not_asked(olga: Visitor) -> None:
    page = up_to_the_remedy(olga, "not_as_described")
    assert "The seller pays the postage." in page.words
    assert 'name="postage"' not in page.html
    assert "90 % would be RUB 720.00" in page.words


def test_nothing_is_left_to_a_seller_who_sent_nothing(world: World) -> None:
    world.place()
    world.wait(2)
    sent = {"type": "ship_order", "carrier": "DHL", "tracking_number": "1234567890",
            "insist": True, "at": "2026-01-02T00:00:00Z"}  # fmt: skip
    world.api("POST", "/orders/A-1/commands", sent)
    world.wait(15)
    buyer = world.visitor(Role.BUYER, "b1")
    page = answers(buyer, buyer.get(OPEN), received="no")
    page = answers(buyer, page, reason="not_received")
    page = answers(buyer, page, lines__1="2")
    assert page.url.endswith("/remedy")
    assert "What each would leave you" in page.words
    for said in ("eaving the seller a little", "small fault", "keep the goods", "90 %"):
        assert said not in page.words


def test_the_buyer_of_a_dispute_reads_it_and_nobody_else(world: World) -> None:
    heavy = {**ORDER["lines"][0], "weight_grams": 350}
    world.place(lines=[heavy])
    world.deliver()
    claim = {
        "received": True, "reason": "changed_mind", "remedy": "return_and_refund",
        "description": "Not for me.", "lines": [{"line": "1", "quantity": 1}],
    }  # fmt: skip
    world.api("POST", "/orders/A-1/disputes", claim, "buyer.b1")
    guidance = world.api("GET", "/disputes/A-1-D1", None, "buyer.b1")["guidance"]
    assert guidance["evidence"]
    assert {proof["state"] for proof in guidance["evidence"]} <= {"record", "missing"}
    told = guidance["remedies"]
    assert told["return_postage"] == {
        "paid_by": "buyer", "amount": {"amount": 54_000, "currency": "RUB"}, "sure": "estimated",
        "source": "003: 350 grams from St. Petersburg to China",
    }  # fmt: skip
    (back,) = [o for o in told["options"] if o["remedy"] == "return_and_refund"]
    assert back["leaves"] == {"amount": 26_000, "currency": "RUB"}
    page = world.visitor(Role.BUYER, "b1").get("/disputes/A-1-D1")
    assert "RUB 260.00 is left" in page.words
    for who in ("seller.s1", "marketplace.shop"):
        assert "guidance" not in world.api("GET", "/disputes/A-1-D1", None, who)
    assert "is left" not in world.visitor(Role.SELLER, "s1").get("/disputes/A-1-D1").words


def told(buyer: Visitor, text: str, amount: str = "720") -> Page:
    """The page where all is checked."""
    page = up_to_the_remedy(buyer, "not_as_described")
    page = answers(buyer, page, remedy="refund", amount=amount)
    return answers(buyer, answers(buyer, page, description=text))


def test_what_would_make_a_claim_stronger_is_told_where_it_is_checked(olga: Visitor) -> None:
    page = told(olga, "You SCAMMERS!! It is too small.", amount="800")
    assert page.words.count("Change what you told") == 1
    for said in ("Needed proof is still missing:", "Say it calmly", "You ask for all of it",
                 "As it stood when you bought"):  # fmt: skip
        assert said in page.words, page.words
    # Three at once: the next one shows when one of these was acted on.
    assert "Give the facts in figures" not in page.words
    page = answers(olga, olga.get(f"{OPEN}/story"), description="It is too small.")
    page = olga.get(f"{OPEN}/check")
    assert "Say it calmly" not in page.words
    assert "Give the facts in figures" in page.words
    sent = olga.post(OPEN, page.form(OPEN))
    assert "?done=open_dispute" in sent.url


def test_hints_on_the_words_stand_where_one_writes_once_there_are_some(olga: Visitor) -> None:
    page = up_to_the_remedy(olga, "not_as_described")
    page = answers(olga, page, remedy="refund", amount="720")
    assert "make your claim stronger" not in page.words
    page = answers(olga, page, description="It is too small.")
    assert "Give the facts in figures" in page.words
    assert "Give the facts in figures" in olga.get(f"{OPEN}/story").words
    answers(olga, olga.get(f"{OPEN}/story"), description="91 cm, not 96 cm as in the chart.")
    assert "make your claim stronger" not in olga.get(f"{OPEN}/story").words


def dispute(world: World, amount: int) -> Visitor:
    world.place()
    world.deliver()
    claim = {
        "received": True, "reason": "not_as_described", "remedy": "refund",
        "amount": {"amount": amount, "currency": "RUB"}, "description": "The chest is too small.",
        "lines": [{"line": "1", "quantity": 1}],
    }  # fmt: skip
    world.api("POST", "/orders/A-1/disputes", claim, "buyer.b1")
    return world.visitor(Role.BUYER, "b1")


@pytest.mark.parametrize(("amount", "advised"), [(80_000, True), (72_000, False), (50_000, False)])
def test_asking_for_less_is_never_more_than_is_asked_for(
    world: World, amount: int, advised: bool
) -> None:
    page = dispute(world, amount).get("/disputes/A-1-D1")
    assert "What each would leave you" in page.words
    assert ("90 % would be RUB 720.00" in page.words) is advised
    told = world.api("GET", "/disputes/A-1-D1", None, "buyer.b1")["guidance"]["remedies"]
    assert (told["ask"] is not None) is advised


def test_what_each_would_leave_ends_with_the_agreement(world: World) -> None:
    buyer = dispute(world, 80_000)
    amount = {"amount": 80_000, "currency": "RUB"}
    agreed = {"type": "accept_offer", "offer": "O1", "amount": amount}
    world.api("POST", "/disputes/A-1-D1/commands", agreed, "seller.s1")
    assert "What each would leave you" not in buyer.get("/disputes/A-1-D1").words
    shown = world.api("GET", "/disputes/A-1-D1", None, "buyer.b1")
    assert "remedies" not in shown.get("guidance", {})
