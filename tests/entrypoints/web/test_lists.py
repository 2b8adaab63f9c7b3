"""Lists read what they show at once, however long they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from amends.engine.staff import TiesAsked
from amends.engine.store import AnswerKey, Loaded
from amends.entrypoints.web import searching
from amends.kernel.instants import Instant
from amends.kernel.people import Role, Ties
from tests.entrypoints.web.conftest import World

BOTH = ("A-1", "A-2")


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many orders each look at the record was for."""
    looks: list[int] = []
    records = world.service.store.records
    load = records.load

    def counted(
        orders: list[str], keys: list[AnswerKey], since: Instant, *rest: list[str]
    ) -> Loaded:
        looks.append(len(orders))
        return load(orders, keys, since, *rest)

    monkeypatch.setattr(records, "load", counted)
    return looks


def _dispute_both(world: World) -> None:
    """Two orders of one buyer at one seller, delivered and disputed."""
    for order in BOTH:
        world.place(order, payment=_paid(f"pay_{order}"))
    world.deliver(*BOTH)
    claim = {"received": True, "reason": "damaged", "remedy": "refund", "description": "Torn."}
    for order in BOTH:
        world.api("POST", f"/orders/{order}/disputes", claim, "buyer.b1")


def _paid(reference: str) -> dict[str, Any]:
    captured = {"amount": 160000, "currency": "RUB"}
    return {"provider": "simulator", "reference": reference, "captured": captured}


@pytest.mark.parametrize("path", ["/orders", "/disputes", "/notices"])
def test_the_orders_of_a_list_are_looked_at_together(
    world: World, asked: list[int], path: str
) -> None:
    _dispute_both(world)
    seller = world.visitor(Role.SELLER, "s1")
    asked.clear()
    shown = seller.get(path)
    assert all(order in shown.words for order in BOTH), shown.words
    assert asked == [2]


def test_what_binds_a_judge_to_the_parties_is_asked_for_a_list_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _dispute_both(world)
    for order in BOTH:
        answer = {"type": "decline_offer", "offer": "O1", "note": "No."}
        world.api("POST", f"/disputes/{order}-D1/commands", answer, "seller.s1")
        world.api("POST", f"/disputes/{order}-D1/commands", {"type": "escalate"}, "buyer.b1")
    mia = world.visitor(Role.SUPERVISOR, "mia")
    asked: list[set[str]] = []
    staff = world.service.store.staff
    ties = staff.ties

    def heard(questions: Sequence[TiesAsked]) -> list[Ties]:
        asked.append({f"{question.person} {question.order}" for question in questions})
        return ties(questions)

    monkeypatch.setattr(staff, "ties", heard)
    shown = mia.get("/disputes")
    assert "A-1-D1" in shown.words
    assert [each for each in asked if each] == [{"mia A-1", "mia A-2"}]


def test_orders_are_found_by_what_was_bought(world: World) -> None:
    line = {"id": "1", "quantity": 1, "unit_price": {"amount": 160000, "currency": "RUB"}}
    for order, title in (("A-1", "Straßen-Schuhe rot"), ("A-2", "Rote Bluse"), ("A-3", "Hut")):
        world.place(order, lines=[{**line, "title": title}], payment=_paid(f"pay_{order}"))
    buyer = world.visitor(Role.BUYER, "b1")

    def found(words: str) -> set[str]:
        page = buyer.get("/orders", find=words)
        assert page.status == 200
        shown = {order for order in ("A-1", "A-2", "A-3") if f"Order {order} from" in page.words}
        return shown if "The newest orders of" in page.words else set()

    assert found("ROT") == {"A-1", "A-2"}
    assert found("strassen") == {"A-1"}
    assert found("rot blu") == {"A-2"}
    assert found("lus") == set(), "words are found by how they begin"
    assert "nor an item called so: <b>" in buyer.get("/orders", find="<b>").words
    assert buyer.get("/orders", find="A-3").url == f"{world.base}/orders/A-3"
    other = world.visitor(Role.BUYER, "b2")
    assert "nor an item" in other.get("/orders", find="Hut").words
    support = world.visitor(Role.SUPPORT, "u1").get("/orders", find="Hut").words
    assert "No order has the number Hut" in support


def test_no_page_is_at_an_address_with_a_nul(world: World) -> None:
    # PostgreSQL takes no text that holds one, so it must not come as far.
    mia = world.visitor(Role.SUPERVISOR, "mia")
    assert mia.get("/queue", find="a").status == 200
    assert mia.get("/queue", find="\x00").status == 404
    assert mia.get("/staff/people/%00").status == 404
    assert mia.get("/disputes/A%00-D1").status == 404


def test_a_search_looks_at_five_hundred_orders_at_most(
    world: World, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_AT_ONCE", 1)
    monkeypatch.setattr(searching, "_MOST_LOOKED_AT", 2)
    world.wait(1)
    for n in range(3):
        placed_at = f"2026-01-01T00:00:0{n}Z"
        world.place(f"A-{n}", placed_at=placed_at, payment=_paid(f"pay_{n}"))
    buyer = world.visitor(Role.BUYER, "b1")
    asked.clear()
    assert "nor an item" in buyer.get("/orders", find="nothing").words
    assert sum(asked[:-1]) - 1 == 2, "the id that it might be, the two newest, then the list"
