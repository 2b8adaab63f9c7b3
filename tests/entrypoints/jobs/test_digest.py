"""The day's mail: what asks nothing of somebody, all together, as they chose."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from amends.engine.correspondence import Choice
from amends.kernel.people import Actor, Role
from tests.entrypoints.jobs.test_mail import arrived, disputed, english, part
from tests.entrypoints.sandbox import SELLER, Shop, order, rub

OLGA = Actor("b1", Role.BUYER)
ON_ITS_WAY = "Order A-1001 is on its way"


def subjects(folder: Path, to: str = "olga@example.com") -> list[str]:
    return [str(mail["Subject"]) for mail in arrived(folder, to)]


def digests(folder: Path) -> list[EmailMessage]:
    return [m for m in arrived(folder, "olga@example.com") if m["List-Unsubscribe"]]


def test_what_asks_nothing_comes_once_a_day_together(shop: Shop, tmp_path: Path) -> None:
    shop.shipped("A-1001", **english())
    shop.put("/orders/A-1002", order(**english()))
    shop.move_to("2026-03-02T13:00:00Z")
    shop.on_order("A-1002", "ship_order", carrier="DHL", tracking_number="1234567890")
    assert subjects(tmp_path) == []
    shop.move_to("2026-03-03T07:59:59Z")
    assert subjects(tmp_path) == []
    shop.move_to("2026-03-03T08:00:00Z")
    (digest,) = digests(tmp_path)
    assert digest["Subject"] == "2 things happened in your orders"
    text = part(digest, "plain")
    assert text.index("Order A-1001 is on its way") < text.index("Order A-1002 is on its way")
    assert "http://127.0.0.1:8000/orders/A-1002" in text
    assert "Nothing of this asks you to act today." in text
    assert str(digest["List-Unsubscribe"]).strip(" <>") in text
    shop.advance("P3D")
    assert len(digests(tmp_path)) == 1, "a day without anything has no mail"


@pytest.mark.parametrize(
    ("choice", "at_once", "later"), [("at_once", 1, 0), ("daily", 0, 1), ("none", 0, 0)]
)
def test_everybody_chooses_how(
    shop: Shop, tmp_path: Path, choice: Choice, at_once: int, later: int
) -> None:
    shop.service.store.correspondence.choose(OLGA, choice)
    shop.shipped("A-1001", **english())
    assert subjects(tmp_path).count(ON_ITS_WAY) == at_once
    shop.advance("P1D")
    assert len(digests(tmp_path)) == later


def test_what_matters_comes_whatever_was_chosen(shop: Shop, tmp_path: Path) -> None:
    shop.service.store.correspondence.choose(OLGA, "none")
    disputed(shop)
    shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    came = " ".join(part(mail, "plain") for mail in arrived(tmp_path, "olga@example.com"))
    for said in ("was opened", "offer in dispute A-1001-D1 was acc", "has ended", "A refund of"):
        assert said in came
    assert "What was agreed or decided" not in came


def test_whoever_orders_it_off_meanwhile_gets_none(shop: Shop, tmp_path: Path) -> None:
    shop.shipped("A-1001", **english())
    shop.service.store.correspondence.choose(OLGA, "none")
    shop.advance("P1D")
    assert digests(tmp_path) == []
    shop.service.store.correspondence.choose(OLGA, "daily")
    shop.advance("P1D")
    assert digests(tmp_path) == [], "what was passed over is not told later"
