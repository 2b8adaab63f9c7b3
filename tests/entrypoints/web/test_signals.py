"""Signals from other cases are shown to whoever judges, and to neither side."""

from __future__ import annotations

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import World
from tests.entrypoints.web.test_workbench import BENCH, mediate


def test_both_sides_are_measured_alike_and_see_nothing_of_it(world: World) -> None:
    mediate(world)
    bench = world.visitor(Role.MEDIATOR, "m1").get(BENCH).words
    assert "They are no evidence, and nothing is decided by them." in bench
    assert "No picture of this case was given in another." in bench
    assert bench.count("1 of 1: too few to say") == 2
    for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1")):
        assert "Signals" not in world.visitor(role, person).get("/disputes/A-1-D1").words
