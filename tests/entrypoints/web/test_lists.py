"""Lists read what they show at once, however long they are."""

from __future__ import annotations

import pytest

from amends.engine.store import AnswerKey, Loaded
from amends.kernel.instants import Instant
from amends.kernel.people import Role
from tests.entrypoints.web.conftest import World


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


@pytest.mark.parametrize("path", ["/orders", "/disputes", "/notices"])
def test_the_orders_of_a_list_are_looked_at_together(
    world: World, asked: list[int], path: str
) -> None:
    for order in ("A-1", "A-2"):
        world.place(order, payment={"provider": "simulator", "reference": f"pay_{order}",
                                    "captured": {"amount": 160000, "currency": "RUB"}})  # fmt: skip
        world.deliver(order)
        claim = {"received": True, "reason": "damaged", "remedy": "refund", "description": "Torn."}
        world.api("POST", f"/orders/{order}/disputes", claim, "buyer.b1")
    seller = world.visitor(Role.SELLER, "s1")
    asked.clear()
    shown = seller.get(path)
    assert all(order in shown.words for order in ("A-1", "A-2")), shown.words
    assert asked == [2]
