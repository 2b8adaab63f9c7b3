"""Notices by mail, to whoever must know, once."""

from __future__ import annotations

import html
import re
from datetime import UTC, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from amends.engine.access import Link
from amends.engine.store import JobToRun
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column
from tests.entrypoints.sandbox import (
    BUYER,
    MEDIATOR,
    SELLER,
    SUPERVISOR,
    Json,
    Shop,
    claim,
    order,
    rub,
)  # fmt: skip
from tests.entrypoints.staff.people import colleague


def arrived(tmp_path: Path, to: str) -> list[EmailMessage]:
    """What came to an address, in no order."""
    found = []
    for path in sorted((tmp_path / "sandbox.db.mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if str(mail["To"]) == to:
            found.append(mail)
    return found


def english() -> dict[str, Json]:
    """Both parties of the example, with English for their language."""
    return {side: {**order()[side], "locale": "en"} for side in ("buyer", "seller")}


def disputed(shop: Shop) -> None:
    """The example's dispute, opened on 9 March at noon by people who read English."""
    shop.shipped("A-1001", **english())
    shop.move_to("2026-03-09T12:00:00Z")
    shop.post("/orders/A-1001/disputes", claim(), BUYER, 201)


def mails(tmp_path: Path, to: str) -> list[tuple[str, str]]:
    """Subjects and texts."""
    return [(str(mail["Subject"]), part(mail, "plain")) for mail in arrived(tmp_path, to)]


def part(mail: EmailMessage, kind: str) -> str:
    """The form of a mail that is ``plain`` or ``html``."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def visible(page: str) -> str:
    """The words of a page on one line, without what is only for the head of it."""
    body = re.sub(
        r"<(title|style)>.*?</\1>|<div style=\"display:none.*?</div>", " ", page, flags=re.S
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_both_sides_are_told_and_whoever_must_act_until_when(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    told = dict(mails(tmp_path, "shop@example.com"))
    text = told["Dispute A-1001-D1 is open"]
    assert "Please act by Sat 14 Mar 2026, 12:00 UTC." in text
    assert "5 days after Mon 9 Mar 12:00 UTC, when the dispute was opened" in text
    assert "Without an answer the case goes to a mediator." in text
    assert "http://127.0.0.1:8000/enter/" in text
    buyer = dict(mails(tmp_path, "olga@example.com"))
    assert "Please act" not in buyer["Dispute A-1001-D1 is open"]
    assert (
        "It is the turn of the seller, until Sat 14 Mar 2026, 12:00 UTC."
        in (buyer["Dispute A-1001-D1 is open"])
    )


def test_text_and_page_say_the_same_with_one_button(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    for mail in (*arrived(tmp_path, "shop@example.com"), *arrived(tmp_path, "olga@example.com")):
        assert mail.get_content_type() == "multipart/alternative"
        text, page = part(mail, "plain"), part(mail, "html")
        words = visible(page)
        for line in filter(None, (line.strip() for line in text.splitlines())):
            said = line.rstrip(":").removeprefix("- ")
            assert said in words or said in page or line == "--", (line, words)
        assert page.count('class="press"') == 1
        assert str(mail["Subject"]) in words
        assert "<table" not in page
        assert "<img" not in page, "nothing is fetched when a mail is looked at"


def test_what_people_wrote_is_no_part_of_the_page(shop: Shop, tmp_path: Path) -> None:
    lines = order()["lines"]
    lines[0]["title"] = "<img src=x onerror=alert(1)> & co"
    shop.service.store.correspondence.choose(Actor("b1", Role.BUYER), "at_once")
    shop.move_to("2026-03-01T10:00:00Z")
    shop.put("/orders/A-1001", order(lines=lines, **english()))
    shop.on_order("A-1001", "ship_order", carrier="DHL", tracking_number="1234567890")
    (mail,) = arrived(tmp_path, "olga@example.com")
    assert "&lt;img src=x" in part(mail, "html")
    assert "<img src=x onerror=alert(1)> & co" in part(mail, "plain")


def test_whoever_must_act_is_reminded_before_the_deadline(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    shop.advance("P4D")
    reminders = [s for s, _ in mails(tmp_path, "shop@example.com") if s.startswith("A reminder")]
    assert len(reminders) == 2
    shop.advance("P1D")
    assert any("goes to a mediator" in s for s, _ in mails(tmp_path, "olga@example.com"))


def test_a_mail_that_was_overtaken_is_not_sent(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    shop.advance("P3D")
    shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    before = len(arrived(tmp_path, "shop@example.com"))
    found = shop.service.store.views.page(
        "notices", {"person": "s1", "role": "seller"}, order_by="-at"
    )
    due = next(row["due_at"] for row in found.rows if row["kind"] == "dispute_reminded")
    for kind in ("dispute_reminded", "offer_made"):
        shop.service.handlers["mail"](late_job(kind=kind, due=due))
    assert len(arrived(tmp_path, "shop@example.com")) == before
    shop.service.handlers["mail"](late_job(kind="offer_made", due=None))
    assert len(arrived(tmp_path, "shop@example.com")) == before + 1


def late_job(**payload: Column) -> JobToRun:
    """A mail to the seller that comes to be sent long after it was asked for."""
    whole = {"person": "s1", "role": "seller", "dispute": "A-1001-D1", **payload}
    name = f"late:{payload['kind']}:{payload['due']}"
    return JobToRun("A-1001", name, "mail", Instant.now(UTC), whole, 2, {})


def test_a_mediator_is_told_at_the_address_of_their_account(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    shop.advance("P6D")
    colleague(shop.service, "m1", Role.MEDIATOR)
    shop.on("A-1001-D1", "assign_mediator", SUPERVISOR, mediator="m1")
    (mail,) = arrived(tmp_path, "m1@amends.example")
    assert "Please act by" in part(mail, "plain")
    shop.on("A-1001-D1", "recuse", MEDIATOR, note="I know the seller.")
    left = shop.service.store.staff.account("m1")
    assert left
    shop.service.store.staff.change(replace(left, member=replace(left.member, disabled=True)))
    shop.advance("P1D")
    assert len(arrived(tmp_path, "m1@amends.example")) == 1


def test_a_person_without_an_address_holds_nothing_up(shop: Shop, tmp_path: Path) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    body = order()
    body["buyer"] = {"id": "b1", "email": "not an address\r\nBcc: x@example.com"}
    status = shop.call("PUT", "/orders/A-1001", json=body).status_code
    if status == 422:
        body["buyer"] = {"id": "b1"}
        shop.put("/orders/A-1001", body)
    shop.on_order("A-1001", "ship_order", carrier="DHL", tracking_number="1234567890")
    assert shop.service.store.jobs.next_run() is None
    assert mails(tmp_path, "olga@example.com") == []


def test_what_follows_from_one_step_is_told_in_one_mail(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    for to in ("olga@example.com", "shop@example.com"):
        text = dict(mails(tmp_path, to))["Dispute A-1001-D1 is closed"]
        said = [
            "Dispute A-1001-D1 has ended.",
            "What else happened:",
            "- An offer in dispute A-1001-D1 was accepted.",
            "- What was agreed or decided in dispute A-1001-D1 is being carried out.",
            "- A refund of order A-1001 has left the payment provider.",
            "How it ended: The money was given back",
        ]
        places = [text.index(one) for one in said]
        assert places == sorted(places)
        assert "answer this mail" not in text, "nobody would hear it"
        before = len(mails(tmp_path, to))
        shop.advance("P2D")
        assert len(mails(tmp_path, to)) == before, "nothing of it is left for the day's mail"


ASKS: dict[str, Column] = {"kind": "offer_made", "dispute": "A-1001-D1", "due": 1, "n": 8}
ASKS_LATER: dict[str, Column] = {**ASKS, "dispute": "A-1001-D2", "n": 9}
MOVED_MONEY: dict[str, Column] = {"kind": "refund_settled", "dispute": "", "due": None, "n": 10}
ON_THE_WAY: dict[str, Column] = {"kind": "parcel_sent", "dispute": "", "due": None, "n": 11}


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        ((ON_THE_WAY, MOVED_MONEY, ASKS_LATER, ASKS), "An offer in dispute A-1001-D1"),
        ((ON_THE_WAY, ASKS_LATER), "An offer in dispute A-1001-D2"),
        ((MOVED_MONEY, ON_THE_WAY), "A refund of order A-1001 is on its way"),
        ((MOVED_MONEY, {**ASKS, "due": None}), "A refund of order A-1001 is on its way"),
    ],
    ids=["what is due first", "what is due", "no step on the way", "the latest"],
)
def test_what_they_must_do_first_leads(
    shop: Shop, tmp_path: Path, told: tuple[dict[str, Column], ...], subject: str
) -> None:
    disputed(shop)
    shop.on("A-1001-D1", "make_offer", SELLER, remedy="refund", amount=rub(10_000))
    shop.advance("PT2H")
    shop.post("/orders/A-1001/disputes", claim(), BUYER, 201)
    shop.on("A-1001-D2", "make_offer", SELLER, remedy="refund", amount=rub(10_000))
    before = arrived(tmp_path, "olga@example.com")
    job = late_job(person="b1", role="buyer", **told[0])
    others = {str(n): {"person": "b1", "role": "buyer", **one} for n, one in enumerate(told[1:])}
    shop.service.handlers["mail"](replace(job, others=others))
    ids = {mail["Message-ID"] for mail in before}
    (mail,) = (m for m in arrived(tmp_path, "olga@example.com") if m["Message-ID"] not in ids)
    assert mail["Subject"] == subject
    text = part(mail, "plain")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(told) - 1
    assert text.count("Please act by") == sum(one["due"] is not None for one in told), (
        "each with its own deadline"
    )


def test_the_same_is_told_once(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    both = {"person": "b1", "role": "buyer", **MOVED_MONEY}
    job = late_job(**both)
    shop.service.handlers["mail"](replace(job, others={"2": both, "3": both}))
    text = dict(mails(tmp_path, "olga@example.com"))["A refund of order A-1001 is on its way"]
    assert text.count("has left the payment provider") == 1
    assert "What else" not in text


def test_the_button_signs_a_party_in_once_and_leads_to_that_case(
    shop: Shop, tmp_path: Path
) -> None:
    disputed(shop)
    (mail,) = arrived(tmp_path, "shop@example.com")
    (path,) = re.findall(r"http://127.0.0.1:8000(/enter/\S+)", part(mail, "plain"))
    assert f'href="http://127.0.0.1:8000{path}"' in part(mail, "html")
    assert "do not pass it on" in part(mail, "plain")
    access = shop.service.store.access
    found = access.find_link(path.removeprefix("/enter/"))
    assert found == Link(Actor("s1", Role.SELLER), "/disputes/A-1001-D1")
    token = path.removeprefix("/enter/")
    assert access.redeem_link(token, shop.service.clock.now() + timedelta(days=8)) is None
    assert access.redeem_link(token, shop.service.clock.now()) == found
    assert access.redeem_link(token, shop.service.clock.now()) is None


def test_the_platforms_people_are_signed_in_by_no_mail(shop: Shop, tmp_path: Path) -> None:
    disputed(shop)
    shop.advance("P6D")
    colleague(shop.service, "m1", Role.MEDIATOR)
    shop.on("A-1001-D1", "assign_mediator", SUPERVISOR, mediator="m1")
    (mail,) = arrived(tmp_path, "m1@amends.example")
    assert "http://127.0.0.1:8000/disputes/A-1001-D1" in part(mail, "plain")
    assert "/enter/" not in part(mail, "plain")
