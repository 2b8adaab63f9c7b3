"""Signals from other cases are shown to whoever judges, and to neither side."""

from __future__ import annotations

import pytest

from amends.kernel.people import Role
from tests.adapters.test_evidence_likeness import as_file, drawn
from tests.entrypoints.web.conftest import ORDER, World
from tests.entrypoints.web.test_workbench import BENCH, CLAIM, mediate

JUDGES = "They are no evidence, and nothing is decided by them."


def test_both_sides_are_measured_alike_and_see_nothing_of_it(world: World) -> None:
    mediate(world)
    bench = world.visitor(Role.MEDIATOR, "m1").get(BENCH).words
    assert JUDGES in bench
    assert "No picture of this case was given in another." in bench
    assert bench.count("1 of 1: too few to say") == 2
    for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1")):
        assert JUDGES not in world.visitor(role, person).get("/disputes/A-1-D1").words


def give(world: World, order: str, buyer: str, *, smaller: bool) -> None:
    """A picture of the same thing, put to the order's dispute."""
    size = (320, 240) if smaller else (640, 480)
    visitor = world.visitor(Role.BUYER, buyer)
    form = visitor.get(f"/disputes/{order}-D1").form(f"/orders/{order}/evidence")
    file = ("dress.png", as_file(drawn().resize(size), "PNG"), "image/png")
    assert visitor.post(f"/orders/{order}/evidence", form, {"file": file}).status == 200


@pytest.mark.parametrize(
    ("buyer", "smaller", "said"),
    [
        ("b1", False, "E1 is the very file that was given in 1 other case. By the same person"),
        ("b2", True, "E1 looks like the same picture as one given in 1 other case. Always by"),
    ],
)
def test_a_picture_of_another_case_is_told_without_whose_it_is(
    world: World,
    buyer: str,
    smaller: bool,
    said: str,
) -> None:
    mediate(world)
    paid = {**ORDER["payment"], "reference": "pay_2"}
    world.place("A-2", payment=paid, buyer={**ORDER["buyer"], "id": buyer})
    world.api("POST", "/orders/A-2/commands",
              {"type": "ship_order", "carrier": "X", "tracking_number": "T-2",
               "at": "2026-01-06T00:00:00Z"})  # fmt: skip
    world.api("POST", "/orders/A-2/disputes", CLAIM, f"buyer.{buyer}")
    give(world, "A-1", "b1", smaller=False)
    give(world, "A-2", buyer, smaller=smaller)
    bench = world.visitor(Role.MEDIATOR, "m1").get(BENCH).words
    assert said in bench
    assert "A-2" not in bench
