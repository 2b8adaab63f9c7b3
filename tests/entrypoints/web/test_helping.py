"""Help on the pages: for everybody, and with one's own dates where one may see the order."""

from __future__ import annotations

import re

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import Visitor, World
from tests.entrypoints.web.test_order_page import CLAIM


def test_the_rules_in_force_can_be_read_without_signing_in(world: World) -> None:
    nobody = Visitor(world.browser())
    index = nobody.get("/help")
    assert index.status == 200
    topics = re.findall(r'<li><a href="(/help/\w+)"', index.html)
    assert len(topics) == 7
    for topic in topics:
        shown = nobody.get(topic)
        assert shown.status == 200
        assert shown.html.count("<h1>") == 1
    assert 'id="reason_damaged"' in nobody.get("/help/reasons").html
    assert nobody.get("/help/nothing").status == 404
    assert 'href="/help"' in nobody.get("/link").html


def test_on_an_order_it_has_its_own_dates(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    assert 'href="/orders/A-1/help"' in buyer.get("/orders/A-1").html
    own = buyer.get("/orders/A-1/help").words
    # DHL has 23 days from the second of January.
    assert "You can open a dispute from" in own
    assert "to 25 January 00:00 UTC" in own
    assert "Роспотребнадзор" in own
    assert "Your bank" in own
    seller = world.visitor(Role.SELLER, "s1").get("/orders/A-1/help").words
    assert "The buyer can open a dispute" in seller
    assert "Your bank" not in seller
    assert world.visitor(Role.BUYER, "b2").get("/orders/A-1/help").status == 404


def test_on_a_dispute_it_says_what_is_waited_for(world: World) -> None:
    world.place()
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    buyer = world.visitor(Role.BUYER, "b1")
    assert 'href="/disputes/A-1-D1/help"' in buyer.get("/disputes/A-1-D1").html
    own = buyer.get("/disputes/A-1-D1/help").words
    assert "An answer: until" in own
    assert "5 days after" in own
    assert "Without an answer the case goes to a mediator." in own
    assert world.visitor(Role.BUYER, "b2").get("/disputes/A-1-D1/help").status == 404


def test_when_the_time_is_over_it_is_no_dead_end(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    link = 'href="/orders/A-1/help#elsewhere"'
    assert link not in buyer.get("/orders/A-1").html
    world.wait(30)
    shown = world.visitor(Role.BUYER, "b1").get("/orders/A-1")
    assert link in shown.html
    assert "Not satisfied?" in shown.words


def test_places_are_by_country_and_side(world: World) -> None:
    nobody = Visitor(world.browser())
    german = nobody.get("/help/elsewhere", country="DE")
    assert "Universalschlichtungsstelle des Bundes" in german.words
    assert "Last checked" not in german.words
    assert "those without a day have not been opened" in german.words
    selling = nobody.get("/help/elsewhere", country="DE", side="seller").words
    assert "Universalschlichtungsstelle" not in selling
    assert "Small claims" in selling
    assert nobody.get("/help/elsewhere", country="<b>").status == 200
