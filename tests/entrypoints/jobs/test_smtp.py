"""Notices as a real mail server gets them, and as an answer to one comes back."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from litestar.testing import TestClient

from amends.bootstrap import Settings, build_service
from amends.entrypoints.application import build_app
from amends.entrypoints.mail_in.receiving import receive
from tests.adapters.contract_mail import parsed
from tests.adapters.test_mail_smtp import Inbox
from tests.entrypoints.jobs.test_mail import disputed, part, visible
from tests.entrypoints.sandbox import BUYER, SELLER, Shop, rub

INBOX, OLGA = "shop@example.com", "olga@example.com"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A mail server of our own, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    kept = Inbox()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
def shop(empty_database: Path, tmp_path: Path, inbox: tuple[Inbox, int]) -> Iterator[Shop]:
    """A sandbox that sends by SMTP and takes replies in."""
    database = tmp_path / "sandbox.db"
    shutil.copy(empty_database, database)
    environment = {
        "AMENDS_SMTP_HOST": "127.0.0.1", "AMENDS_SMTP_PORT": str(inbox[1]),
        "AMENDS_SMTP_SECURITY": "none", "AMENDS_SENDER": "amends@market.example",
        "AMENDS_REPLY_TO": "reply@market.example",
    }  # fmt: skip
    service = build_service(Settings.read(database, sandbox=True, environment=environment))
    try:
        with TestClient(build_app(service)) as client:
            yield Shop(client, service)
    finally:
        service.close()


def came(inbox: Inbox, to: str) -> list[EmailMessage]:
    return [mail for raw in inbox.messages if (mail := parsed(raw))["To"] == to]


def test_a_notice_goes_by_mail_in_both_forms_and_is_answered(
    shop: Shop, inbox: tuple[Inbox, int]
) -> None:
    disputed(shop)
    (mail,) = came(inbox[0], INBOX)
    assert mail["Subject"] == "Dispute A-1001-D1 is open"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None, "what asks them to act is always sent"
    text, page = part(mail, "plain"), visible(part(mail, "html"))
    for said in (
        "Please act by Sat 14 Mar 2026, 12:00 UTC.",
        "5 days after Mon 9 Mar 12:00 UTC, when the dispute was opened",
        "Without an answer the case goes to a mediator.",
        "This mail signs you in, once",
        "You can answer this mail",
    ):
        assert said in text
        assert said in page
    assert "button" not in text.casefold(), "plain text has none"
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"] = INBOX, str(mail["Reply-To"])
    answer["Message-ID"] = "<a1@shop.example>"
    answer.set_content("We look at it today.\n\n> A dispute about order A-1001 was opened.\n")
    assert receive(shop.service, answer.as_bytes()).said
    thread = shop.get("/orders/A-1001/messages", BUYER)["items"]
    assert [m["text"] for m in thread] == ["We look at it today."]


def test_what_happens_together_is_one_mail_a_side_and_what_does_not_its_own(
    shop: Shop, inbox: tuple[Inbox, int]
) -> None:
    disputed(shop)
    inbox[0].messages.clear()
    shop.advance("PT2H")
    shop.on("A-1001-D1", "make_offer", SELLER, remedy="refund", amount=rub(50_000))
    (offer,) = came(inbox[0], OLGA)
    assert offer["Subject"] == "An offer in dispute A-1001-D1"
    assert "What else" not in part(offer, "plain")
    inbox[0].messages.clear()
    shop.advance("PT2H")
    shop.on("A-1001-D1", "accept_offer", BUYER, offer="O2", amount=rub(50_000))
    for side in (OLGA, INBOX):
        (mail,) = came(inbox[0], side)
        text, page = part(mail, "plain"), visible(part(mail, "html"))
        for said in ("was accepted. It is final", "has left the payment provider", "has ended."):
            assert said in text
            assert said in page


def test_a_year_after_the_end_nobody_has_heard_more(shop: Shop, inbox: tuple[Inbox, int]) -> None:
    disputed(shop)
    shop.on("A-1001-D1", "cancel_dispute", BUYER)
    shop.advance("P1D")
    before = [str(parsed(raw)["Subject"]) for raw in inbox[0].messages]
    shop.advance("P365D")
    later = [str(parsed(raw)["Subject"]) for raw in inbox[0].messages][len(before) :]
    assert not any("A-1001-D1" in subject for subject in later), later
