"""What a seller keeps for every order, and what orders, forms and buyers make of it."""

from __future__ import annotations

from typing import Any

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Visitor, World

PLAIN: dict[str, Any] = {
    "seller": {k: v for k, v in ORDER["seller"].items() if k != "return_policy"},
}
CLAIM = {
    "received": True, "reason": "not_as_described", "remedy": "return_and_refund",
    "lines": [{"line": "1", "quantity": 2}], "description": "The chart says M.", "evidence": [],
}  # fmt: skip


def policy(seller: Visitor, days: str, payer: str) -> None:
    page = seller.get("/shop")
    after = seller.fill(
        page, "/shop/return_policy", change_of_mind_days=days, return_postage_paid_by=payer,
        restocking_fee_percent="0",
    )  # fmt: skip
    assert "That is your policy" in after.words, after.words


def test_an_order_without_a_policy_keeps_the_version_it_was_placed_with(world: World) -> None:
    seller, buyer = world.visitor(Role.SELLER, "s1"), world.visitor(Role.BUYER, "b1")
    world.place("A-1", **PLAIN)
    policy(seller, "14", "seller")
    world.place("A-2", **PLAIN)
    policy(seller, "20", "buyer")
    world.place("A-3", **PLAIN)
    for order in ("A-1", "A-2", "A-3"):
        world.place(order, **PLAIN)  # the same again changes nothing
    assert "days to change your mind" not in buyer.get("/orders/A-1").words
    assert "14 days to change your mind. The seller pays" in buyer.get("/orders/A-2").words
    assert "20 days to change your mind. The buyer pays" in buyer.get("/orders/A-3").words
    shop = seller.get("/shop").words
    assert "version 2" in shop
    assert "Version 1" in shop
    assert world.api("GET", "/orders/A-2", None)["seller"]["return_policy"] == {
        "change_of_mind_days": 14, "return_postage_paid_by": "seller",
        "restocking_fee_percent": 0, "exchange": False,
    }  # fmt: skip


def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World) -> None:
    seller = world.visitor(Role.SELLER, "s1")
    page = seller.fill(
        seller.get("/shop"), "/shop/return_policy", change_of_mind_days="4000",
        return_postage_paid_by="seller", restocking_fee_percent="7",
    )  # fmt: skip
    assert page.status == 422
    assert "Not sent yet" in page.words
    assert page.form("/shop/return_policy")["restocking_fee_percent"] == ["7"]


def test_an_address_and_a_reply_stand_in_the_forms_that_ask_for_them(world: World) -> None:
    seller = world.visitor(Role.SELLER, "s1")
    seller.fill(seller.get("/shop"), "/shop/return_address", name="Blouse House",
                street="1 Silk Road", city="Hangzhou", country="CN")  # fmt: skip
    kept = seller.fill(seller.get("/shop"), "/shop/reply", title="Sorry", text="We are sorry.")
    assert "Sorry" in kept.words
    world.place()
    world.deliver()
    seller = world.visitor(Role.SELLER, "s1")
    written = seller.get("/orders/A-1", reply="1").form("/orders/A-1/commands/send_message")
    assert written["text"] == ["We are sorry."]
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    offered = seller.get("/disputes/A-1-D1", reply="1")
    assert offered.form("/disputes/A-1-D1/commands/make_offer")["note"] == ["We are sorry."]
    accept = {"type": "accept_offer", "offer": "O1",
              "amount": {"amount": 160000, "currency": "RUB"}}  # fmt: skip
    world.api("POST", "/disputes/A-1-D1/commands", accept, "seller.s1")
    form = seller.get("/disputes/A-1-D1").form("/disputes/A-1-D1/commands/provide_return_address")
    assert form["address.street"] == ["1 Silk Road"]
    gone = seller.fill(seller.get("/shop"), "/shop/return_address/1/remove")
    assert "1 Silk Road" not in gone.words


def test_a_shop_is_its_sellers_own(world: World) -> None:
    mine = world.visitor(Role.SELLER, "s1")
    assert "Mine." in mine.fill(mine.get("/shop"), "/shop/reply", title="A", text="Mine.").words
    assert world.visitor(Role.BUYER, "b1").get("/shop").status == 404
    other = world.visitor(Role.SELLER, "s2")
    assert "0 of 0" in other.get("/shop").words
    assert "Mine." not in other.get("/shop").words
    csrf = other.get("/shop").csrf
    assert other.post("/shop/return_policy/1/remove", {"csrf": csrf}).status == 404
    assert other.post("/shop/diary", {"csrf": csrf}).status == 404
