"""What an order's page and a dispute's say beyond their forms: tracking, offers, pictures."""

from __future__ import annotations

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, World

CLAIM = {
    "received": True, "reason": "not_as_described", "remedy": "refund",
    "amount": {"amount": 72000, "currency": "RUB"}, "lines": [{"line": "1", "quantity": 1}],
    "description": "The chart says M.", "evidence": [],
}  # fmt: skip


def test_tracking_is_a_line_of_events_the_latest_first(world: World) -> None:
    world.place()
    world.deliver()
    told = {"type": "record_tracking", "tracking_number": "1234567890", "status": "in_transit",
            "at": "2026-01-05T00:00:00Z", "place": "Leipzig"}  # fmt: skip
    world.api("POST", "/orders/A-1/commands", told)
    words = world.visitor(Role.BUYER, "b1").get("/orders/A-1").words
    delivered, transit, sent = (
        words.index(text)
        for text in ("Delivered Sat 10 Jan", "Leipzig Mon 5 Jan", "Sent Fri 2 Jan")
    )
    assert delivered < transit < sent


def test_offers_stand_side_by_side_with_who_pays_and_sends_and_when(world: World) -> None:
    world.place()
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    offer = {"type": "make_offer", "remedy": "return_and_refund",
             "amount": {"amount": 50000, "currency": "RUB"}, "note": "Send it back."}  # fmt: skip
    world.api("POST", "/disputes/A-1-D1/commands", offer, "seller.s1")
    words = world.visitor(Role.BUYER, "b1").get("/disputes/A-1-D1").words
    assert "Asked by the buyer" in words
    assert "Offered by the seller" in words
    assert "The seller pays RUB 500.00" in words
    assert "Nobody: nothing is sent back" in words
    assert "The buyer sends the goods back" in words
    assert "working days after the goods are back and were looked at" in words


def test_a_picture_of_the_thread_becomes_evidence_by_one_click(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    csrf = buyer.get("/orders/A-1").csrf
    buyer.post("/orders/A-1/evidence", {"csrf": csrf, "key": ["up"]},
               files={"file": ("size.txt", b"bust 86 cm", "text/plain")})  # fmt: skip
    buyer.does_on_order("A-1", "send_message", text="Look.", pictures="E1")
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    page = buyer.get("/disputes/A-1-D1")
    assert "Use E1 as evidence" in page.words
    after = buyer.fill(page, "/disputes/A-1-D1/commands/add_evidence", evidence="E1")
    assert "Use E1 as evidence" not in after.words
    assert world.visitor(Role.SELLER, "s1").get("/disputes/A-1-D1").words.count("Use E1") == 0
    seen = world.visitor(Role.SELLER, "s1").get("/orders").words
    assert "1 new message" in seen


def test_a_seller_can_begin_with_what_is_due_or_with_what_is_at_risk(world: World) -> None:
    for order, amount in (("A-1", 10000), ("A-2", 79000)):
        parcel = {"payment": {**ORDER["payment"], "reference": f"pay_{order}"}}
        world.place(order, **parcel)
        told = {"type": "ship_order", "carrier": "X", "tracking_number": f"T-{order}"}
        world.api("POST", f"/orders/{order}/commands", told)
        came = {"type": "record_tracking", "tracking_number": f"T-{order}", "status": "delivered"}
        world.api("POST", f"/orders/{order}/commands", came)
        world.wait(7)
        claim = {**CLAIM, "amount": {"amount": amount, "currency": "RUB"}}
        world.api("POST", f"/orders/{order}/disputes", claim, "buyer.b1")
    seller = world.visitor(Role.SELLER, "s1")

    def first(**query: str) -> str:
        page = seller.get("/disputes", **query).html
        return "A-1-D1" if page.index("A-1-D1") < page.index("A-2-D1") else "A-2-D1"

    assert first(sort="amount") == "A-2-D1"
    assert "A-1-D1" not in seller.get("/disputes", phase="closed").html


def test_a_parcel_of_which_nothing_is_heard_is_noticed_on_both_sides_pages(world: World) -> None:
    world.place()
    told = {"type": "ship_order", "carrier": "DHL", "tracking_number": "1234567890"}
    world.api("POST", "/orders/A-1/commands", told)
    assert "Nothing heard" not in world.visitor(Role.BUYER, "b1").get("/orders").words
    world.wait(10)
    buyer, seller = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    assert "The carrier has reported nothing since" in buyer.get("/orders").words
    page = buyer.get("/orders/A-1").words
    assert "Ask the carrier by its tracking number, and write to the seller." in page
    assert "A dispute about it can be opened now, until" in page
    assert "Have the carrier look for it" in seller.get("/orders/A-1").words


def test_a_delivery_the_buyer_has_not_confirmed_is_the_buyers_to_say(world: World) -> None:
    world.place()
    world.deliver()
    world.wait(2)
    said = "Confirm receipt if it came."
    assert said in world.visitor(Role.BUYER, "b1").get("/orders/A-1").words
    assert "Receipt not confirmed" not in world.visitor(Role.SELLER, "s1").get("/orders/A-1").words


def test_an_order_that_was_not_sent_in_time_says_so(world: World) -> None:
    world.place(shipping={"ship_by": "2026-01-03T00:00:00Z"})
    world.wait(3)
    buyer, seller = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    page = buyer.get("/orders/A-1").words
    assert "Not sent in time" in page
    assert "Ask the seller when it leaves." in page
    assert "Send it now, or tell the buyer when it leaves." in seller.get("/orders/A-1").words
