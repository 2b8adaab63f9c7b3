"""Like cases on the workbench, and rulings found by words."""

from __future__ import annotations

import pytest

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Visitor, World
from tests.entrypoints.web.test_workbench import CLAIM

SAID = {
    "A-1": "Buttons fell off <twice>; Écru thread is loose.",
    "A-2": "Smells of petrol.",
    "A-3": "Two buttons fell off, the écru thread came loose.",
}


@pytest.fixture
def mediator(world: World) -> Visitor:
    """Who has all three, with the time to answer over."""
    for order in SAID:
        world.place(order, payment={**ORDER["payment"], "reference": order})
    world.deliver("A-1")
    for n, order in enumerate(("A-2", "A-3")):
        sent = {"carrier": "DHL", "tracking_number": f"123456789{n + 1}"}
        at = {"at": "2026-01-02T00:00:00Z"}
        world.api("POST", f"/orders/{order}/commands", {"type": "ship_order", **sent, **at})
        told = {"type": "record_tracking", "status": "delivered", "at": "2026-01-10T00:00:00Z"}
        told["tracking_number"] = sent["tracking_number"]
        world.api("POST", f"/orders/{order}/commands", told)
    for order, said in SAID.items():
        claim = {**CLAIM, "description": said}
        world.api("POST", f"/orders/{order}/disputes", claim, "buyer.b1")
    world.wait(6)
    for order in SAID:
        assigned = {"type": "assign_mediator", "mediator": "m1"}
        world.api("POST", f"/disputes/{order}-D1/commands", assigned, "supervisor.v1")
    return world.visitor(Role.MEDIATOR, "m1")


def rule(mediator: Visitor, order: str) -> None:
    mediator.judges(
        f"{order}-D1", "issue_ruling", finding="for_buyer", reasons="item_differs_from_listing",
        text="Stitched carelessly.",
    )  # fmt: skip


def test_the_workbench_says_which_words_of_the_case_a_ruling_shares(
    world: World, mediator: Visitor
) -> None:
    rule(mediator, "A-1")
    alone = mediator.get("/disputes/A-3-D1/workbench").words
    assert "It awarded 100 % of the amount in dispute." in alone
    rule(mediator, "A-2")
    world.wait(1)
    again = world.visitor(Role.MEDIATOR, "m1")
    words = again.get("/disputes/A-3-D1/workbench").words
    assert "1 ruling in a case that shares rare words with this one." in words
    assert "For this reason, in any category: 1 ruling." in words
    assert "They awarded between 100 % and 100 % of the amount in dispute." in words
    assert "Half of them" not in words
    assert "Same words: buttons , fell , écru , thread , loose" in words
    assert "Same reason" in words
    for hidden in ("twice", "carelessly", "petrol"):
        assert hidden not in words


def test_who_answers_for_rulings_finds_them_by_words(world: World, mediator: Visitor) -> None:
    rule(mediator, "A-1")
    rule(mediator, "A-2")
    world.wait(1)
    supervisor = world.visitor(Role.SUPERVISOR, "v1")
    found = supervisor.get("/rulings", words="ecru <b>BUTTONS</b>, 12 of")
    assert "Same words: ecru , BUTTONS" in found.words
    assert 'href="/disputes/A-1-D1"' in found.html
    assert "A-2-D1" not in found.words
    assert "<b>BUTTONS" not in found.html
    assert "No ruling has any of these words" in supervisor.get("/rulings", words="zip").words
    assert "No ruling has any" not in supervisor.get("/rulings", words=" ").words


def test_with_the_extra_it_quotes_what_another_claim_says_too(
    vectors: None, world: World, mediator: Visitor
) -> None:
    rule(mediator, "A-2")
    rule(mediator, "A-3")
    world.wait(1)
    page = world.visitor(Role.MEDIATOR, "m1").get("/disputes/A-1-D1/workbench")
    assert "1 ruling in a case that shares rare words with this one." in page.words
    said = "Buttons fell off <twice>; Écru thread is loose."
    assert page.words.count("Says the same") == 1
    assert f"Says the same: “ {said} ”" in page.words
    assert "came loose" not in page.words
    assert "<twice>" not in page.html
