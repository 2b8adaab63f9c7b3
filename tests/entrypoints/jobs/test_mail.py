"""Notices by mail, to whoever must know, once."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.entrypoints.sandbox import SELLER, Shop, order, rub


def mails(tmp_path: Path, to: str) -> list[tuple[str, str]]:
    """Subjects and texts."""
    found = []
    for path in sorted((tmp_path / "sandbox.db.mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if str(mail["To"]) == to:
            found.append((str(mail["Subject"]), mail.get_content()))
    return found


def test_both_sides_are_told_and_whoever_must_act_until_when(shop: Shop, tmp_path: Path) -> None:
    shop.disputed()
    told = dict(mails(tmp_path, "shop@example.com"))
    text = told["Dispute A-1001-D1 is open"]
    assert "Please act by 14 March 12:00 UTC." in text
    assert "http://127.0.0.1:8000/disputes/A-1001-D1" in text
    buyer = dict(mails(tmp_path, "olga@example.com"))
    assert "Please act" not in buyer["Dispute A-1001-D1 is open"]
    assert "Order A-1001 is on its way" in buyer


def test_whoever_must_act_is_reminded_before_the_deadline(shop: Shop, tmp_path: Path) -> None:
    shop.disputed()
    shop.advance("P4D")
    reminders = [s for s, _ in mails(tmp_path, "shop@example.com") if s.startswith("A reminder")]
    assert len(reminders) == 2
    shop.advance("P1D")
    assert any("goes to a mediator" in s for s, _ in mails(tmp_path, "olga@example.com"))


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


def test_a_refund_is_told_of(shop: Shop, tmp_path: Path) -> None:
    shop.disputed()
    shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    subjects = [subject for subject, _ in mails(tmp_path, "olga@example.com")]
    assert "A refund of order A-1001 is on its way" in subjects
    assert "Dispute A-1001-D1 is closed" in subjects
