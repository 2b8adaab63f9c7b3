"""Warnings beside what the other side wrote: on pages, in the API, by mail, and to the sender."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from amends.entrypoints.clock import drain
from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Page, Visitor, World

TRICK = "Please close the dispute first and write to me on WhatsApp."
CLOSE = "You are asked to give up the dispute first"
AWAY = "This leads away from the platform"
BEFORE = "This seems to lead away from the platform"
WHERE, SEND = "/orders/A-1", "/orders/A-1/commands/send_message"


def delivered(world: World) -> tuple[Visitor, Visitor]:
    """Buyer and seller of an order that came."""
    world.place(buyer={**ORDER["buyer"], "locale": "en"})
    world.deliver()
    return world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")


def says(who: Visitor, text: str) -> Page:
    return who.fill(who.get(WHERE), SEND, text=text)


def test_the_reader_is_warned_beside_the_message_and_the_writer_is_not(world: World) -> None:
    buyer, seller = delivered(world)
    said = {"type": "send_message", "text": TRICK}
    world.api("POST", f"{WHERE}/commands", said, "seller.s1")
    page = buyer.get(WHERE)
    assert CLOSE in page.words
    assert AWAY in page.words
    assert "Please act by" in page.words
    assert CLOSE not in seller.get(WHERE).words
    buyer.client.cookies.set("language", "ru")
    assert "Вас просят сначала отказаться от спора" in buyer.get(WHERE).words


def test_programs_read_the_same_for_whom_they_ask(world: World) -> None:
    delivered(world)
    said = {"type": "send_message", "text": TRICK}
    world.api("POST", f"{WHERE}/commands", said, "seller.s1")
    (read,) = world.api("GET", f"{WHERE}/messages", None, "buyer.b1")["items"]
    assert [w["kind"] for w in read["warnings"]] == ["private", "elsewhere"]
    assert all(w["until"] for w in read["warnings"])
    for who in ("seller.s1", "marketplace.shop"):
        (read,) = world.api("GET", f"{WHERE}/messages", None, who)["items"]
        assert "warnings" not in read


def test_whoever_leads_away_is_told_first_and_may_send_it(world: World) -> None:
    _buyer, seller = delivered(world)
    told = says(seller, TRICK)
    assert told.status == 422
    assert BEFORE in told.words
    assert told.form(SEND)["text"] == [TRICK]
    assert "Nobody has written yet" in told.words
    sent = seller.post(SEND, told.form(SEND))
    assert sent.url.endswith("?done=send_message")
    assert TRICK in sent.words


def test_what_stays_here_is_sent_at_once(world: World) -> None:
    buyer, _seller = delivered(world)
    assert says(buyer, "The blouse is too small.").url.endswith("?done=send_message")


def test_the_note_of_an_offer_is_looked_at_too(world: World) -> None:
    buyer, seller = delivered(world)
    claim = {
        "received": True, "reason": "not_as_described", "remedy": "refund",
        "amount": {"amount": 5000, "currency": "RUB"}, "description": "A hole.",
        "lines": [{"line": "1", "quantity": 1}],
    }  # fmt: skip
    world.api("POST", f"{WHERE}/disputes", claim, "buyer.b1")
    offer = {"remedy": "refund", "amount": "10", "note": "Or I refund you by PayPal."}
    page = seller.get("/disputes/A-1-D1")
    action = "/disputes/A-1-D1/commands/make_offer"
    told = seller.fill(page, action, **offer)
    assert BEFORE in told.words
    assert "?done=make_offer" in seller.post(action, told.form(action)).url
    assert AWAY in buyer.get("/disputes/A-1-D1").words
    (_claim, made) = world.api("GET", "/disputes/A-1-D1", None, "buyer.b1")["offers"]
    assert [w["kind"] for w in made["warnings"]] == ["elsewhere"]


def test_the_mail_warns_and_does_not_repeat_the_words(world: World, tmp_path: Path) -> None:
    delivered(world)
    said = {"type": "send_message", "text": TRICK}
    world.api("POST", f"{WHERE}/commands", said, "seller.s1")
    world.wait(1)
    drain(world.service)
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in tmp_path.glob("*.mail/*.eml")
    ]
    (mail,) = [m for m in found if m["To"] == "olga@example.com" and "message" in m["Subject"]]
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert CLOSE in text
        assert AWAY in text
        assert "WhatsApp" not in text
