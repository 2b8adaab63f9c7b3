"""Support's desk and an order's log as pages, without JavaScript."""

from __future__ import annotations

import re
from html import unescape

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import Page, World


def listed(page: Page) -> str:
    """What stands below the filters, which name every kind."""
    return page.words.partition(" Show ")[2]


def test_support_answers_what_waits_from_the_desk(world: World) -> None:
    world.place()
    support = world.visitor(Role.SUPPORT, "u1")
    assert "Nobody waits" in support.get("/support").words
    assert "Nobody was in touch yet" in support.get("/orders/A-1").words
    buyer = world.visitor(Role.BUYER, "b1")
    wrote = buyer.does_on_order("A-1", "send_message", text="Where is it?", to_support="yes")
    assert wrote.status == 200
    buyer.does_on_order("A-1", "raise_to_supervisor", text="Nobody <answers>.")

    desk = listed(support.get("/support"))
    assert "A message to support" in desk
    assert "Raised to a supervisor" in desk
    assert "A message to support" not in listed(support.get("/support", kind="raised"))
    logged = support.does_on_order(
        "A-1", "record_contact", channel="phone", with_side="buyer", text="Called her.",
        answers="M1", follow_up="2026-01-03T12:00",
    )  # fmt: skip
    assert logged.status == 200
    assert "Called her." in logged.words
    assert "Telephone" in logged.words
    assert "A message to support" not in listed(support.get("/support", kind="all"))
    assert "Promised follow-up" in listed(support.get("/support", kind="follow_up"))
    world.wait(4)
    # Those of the platform sign in anew each day.
    assert "Late" in world.visitor(Role.SUPPORT, "u1").get("/support").words


def test_a_supervisor_begins_with_what_was_raised_and_takes_it_over(world: World) -> None:
    world.place()
    buyer = world.visitor(Role.BUYER, "b1")
    buyer.does_on_order("A-1", "raise_to_supervisor", text="Nobody answers.")
    buyer.does_on_order("A-1", "send_message", text="Hello?", to_support="yes")
    supervisor = world.visitor(Role.SUPERVISOR, "v1")
    desk = listed(supervisor.get("/support"))
    assert "Nobody has taken it over" in desk
    assert "A message to support" not in desk
    assert "A message to support" in listed(supervisor.get("/support", kind="all"))
    supervisor.does_on_order("A-1", "take_raised", request="R1")
    assert "Taken over by v1" in supervisor.get("/support").words
    supervisor.does_on_order("A-1", "answer_raised", request="R1", text="It left today.")
    assert "Nobody waits" in supervisor.get("/support").words
    seen = buyer.get("/orders/A-1").words
    assert "What you asked a supervisor" in seen
    assert "It left today." in seen
    assert "It left today." not in world.visitor(Role.SELLER, "s1").get("/orders/A-1").words


def test_pages_of_the_desk_keep_their_filters(world: World) -> None:
    for n in range(26):
        payment = {"provider": "simulator", "reference": f"pay_{n}", "method": "card",
                   "captured": {"amount": 160000, "currency": "RUB"}}  # fmt: skip
        world.place(f"A-{n}", payment=payment)
        body = {"type": "raise_to_supervisor", "text": "Please."}
        world.api("POST", f"/orders/A-{n}/commands", body, "buyer.b1")
    support = world.visitor(Role.SUPPORT, "u1")
    first = support.get("/support", kind="raised")
    assert "Later ones" in first.words
    more = re.search(r'href="(/support\?kind=raised&amp;size=25&amp;cursor=[^"]+)"', first.html)
    assert more
    last = listed(support.get(unescape(more[1])))
    assert last.count("Raised to a supervisor") == 1
    assert "Later ones" not in support.get("/support", kind="raised", size="50").words
    assert support.get("/support", cursor="made-up").status == 404


def test_what_takes_so_long_is_said_to_both_sides_and_support_alike(world: World) -> None:
    world.place()
    world.deliver()
    claim = {"received": True, "reason": "not_as_described", "remedy": "refund",
             "amount": {"amount": 72000, "currency": "RUB"}, "description": "Size S.",
             "lines": [{"line": "1", "quantity": 1}], "evidence": []}  # fmt: skip
    world.api("POST", "/orders/A-1/disputes", claim, "buyer.b1")
    world.wait(6)
    for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1"), (Role.SUPPORT, "u1")):
        page = world.visitor(role, person).get("/disputes/A-1-D1").words
        assert "What is taking so long?" in page
        assert "it has been the turn of the mediator." in page
        assert "and it did not come: An answer. The case went on without it." in page
