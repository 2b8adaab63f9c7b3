"""What pages say to whom: rules in words, sources to staff, every notice within reach."""

from __future__ import annotations

import re

import pytest

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, World
from tests.entrypoints.web.test_journeys import DISPUTE, opens

SOURCE = re.compile(r"\((?:Guide 00\d, |our own rule)[^)]*\)")


def test_where_a_rule_was_taken_from_is_said_to_staff_only(world: World) -> None:
    world.place()
    world.deliver()
    opens(world.visitor(Role.BUYER, "b1"))
    for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1")):
        for path in ("/orders/A-1", f"/disputes/{DISPUTE}"):
            words = world.visitor(role, person).get(path).words
            assert not SOURCE.search(words), words
    staff = world.visitor(Role.SUPERVISOR, "v1")
    assert SOURCE.search(staff.get("/orders/A-1").words)
    assert SOURCE.search(staff.get(f"/disputes/{DISPUTE}").words)


def test_a_look_marks_what_is_new_and_else_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = world.service.store.access
    marked: list[int] = []
    mark = access.mark_read

    def and_count(person: str, order: str, number: int) -> None:
        marked.append(number)
        mark(person, order, number)

    monkeypatch.setattr(access, "mark_read", and_count)
    world.place()
    olga = world.visitor(Role.BUYER, "b1")
    olga.get("/orders/A-1")
    assert marked == []
    world.api("POST", "/orders/A-1/messages", {"text": "When is it sent?"}, "seller.s1")
    olga.get("/orders/A-1")
    olga.get("/orders/A-1")
    assert marked == [1]
    assert access.read_marks("b1", ["A-1"]) == {"A-1": 1}


def test_a_reminder_names_the_step(world: World) -> None:
    world.place()
    world.deliver()
    olga = world.visitor(Role.BUYER, "b1")
    opens(olga)
    world.wait(3)
    words = olga.get(f"/disputes/{DISPUTE}").words
    assert "A reminder was sent to the seller. An answer: until" in words, words


def test_a_refused_file_is_said_on_the_disputes_own_page(world: World) -> None:
    world.place()
    world.deliver()
    olga = world.visitor(Role.BUYER, "b1")
    opens(olga)
    page = olga.get(f"/disputes/{DISPUTE}")
    refused = olga.post("/orders/A-1/evidence", page.form("/orders/A-1/evidence"))
    assert refused.status == 422
    assert "Nothing was uploaded yet" in refused.words
    assert "What the buyer says" in refused.words
    assert "<title>Error:" in refused.html


def test_older_notices_of_a_role_are_within_reach(world: World) -> None:
    for n in range(1, 29):
        payment = {**ORDER["payment"], "reference": f"pay_{n}"}
        world.place(f"A-{n}", payment=payment)
        raised = {"type": "raise_to_supervisor", "text": "Please look at this."}
        world.api("POST", f"/orders/A-{n}/commands", raised, "support.u1")
    staff = world.visitor(Role.SUPERVISOR, "v1")
    page = staff.get("/notices")
    assert "To everybody who works as supervisor" in page.words
    first = set(re.findall(r'href="/orders/(A-\d+)"', page.html))
    older = re.search(r'href="(/notices\?shared=[^"]+)"', page.html)
    assert older
    rest = set(re.findall(r'href="/orders/(A-\d+)"', staff.get(older[1]).html))
    assert len(first) == 25
    assert first | rest == {f"A-{n}" for n in range(1, 29)}
    assert not first & rest
