"""How mail comes, ordering it off, and somebody's deadlines as a calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
from icalendar import Calendar

from amends.engine.correspondence import Addressed
from amends.kernel.people import Actor, Role
from tests.entrypoints.web.conftest import Page, World

SHOP_OWNER, OLGA = Actor("s1", Role.SELLER), Actor("b1", Role.BUYER)
CLAIM = {
    "received": True, "reason": "not_as_described", "remedy": "refund",
    "amount": {"amount": 72000, "currency": "RUB"}, "description": "The chart says M.",
    "lines": [{"line": "1", "quantity": 1}], "evidence": [],
}  # fmt: skip


def disputed(world: World) -> None:
    world.place()
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")


def address_in(page: Page) -> str:
    found = re.search(r"/calendar/[a-z0-9]{32}\.ics", page.html)
    assert found, page.words
    return found[0]


def entries(answer: httpx.Response) -> dict[str, datetime]:
    """What a calendar program sees: each entry's heading, and when it is."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    return {str(e["SUMMARY"]): e.decoded("DTSTART") for e in calendar.walk("VEVENT")}


def test_a_choice_is_kept_for_the_next_mails(world: World) -> None:
    world.place()
    olga = world.visitor(Role.BUYER, "b1")
    page = olga.get("/account")
    assert page.form("/account/mail")["choice"] == ["daily"]
    after = olga.fill(page, "/account/mail", choice="at_once")
    assert "mail comes as you chose" in after.words
    assert after.form("/account/mail")["choice"] == ["at_once"]
    assert olga.fill(after, "/account/mail", choice="never").status == 404
    assert world.service.store.correspondence.choice(OLGA) == "at_once"


def test_one_click_orders_the_days_mail_off(world: World) -> None:
    world.place()
    secret = world.service.store.correspondence.address("mail", Addressed(OLGA, ""))
    program = world.browser()
    looked = program.get(f"/mail/off/{secret}")
    assert looked.status_code == 200
    assert world.service.store.correspondence.choice(OLGA) == "daily", "looking orders nothing off"
    clicked = program.post(f"/mail/off/{secret}", data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code in (200, 201)
    assert world.service.store.correspondence.choice(OLGA) == "none"
    assert program.get("/mail/off/" + "a" * 32).status_code == 404
    assert program.post("/mail/off/" + "a" * 32).status_code == 404


def test_a_calendar_holds_what_its_owner_has_to_do(world: World) -> None:
    disputed(world)
    shop = world.visitor(Role.SELLER, "s1")
    page = shop.fill(shop.get("/account"), "/account/calendar")
    address = address_in(page)
    program = world.browser()
    program.headers["Accept-Language"] = "en"
    mine = entries(program.get(address))
    opened = world.api("GET", "/disputes/A-1-D1", None, "seller.s1")
    due = datetime.fromisoformat(opened["deadlines"][0]["at"])
    assert mine["An answer: A-1-D1"] == due.astimezone(UTC)
    olga = world.visitor(Role.BUYER, "b1")
    theirs = address_in(olga.fill(olga.get("/account"), "/account/calendar"))
    assert "An answer: A-1-D1" not in entries(program.get(theirs)), "it is the seller's turn"
    shop.does("A-1-D1", "accept_offer")
    assert "An answer: A-1-D1" not in entries(program.get(address)), "it is settled"


def test_a_calendar_speaks_as_its_owners_mail_where_its_program_says_nothing(world: World) -> None:
    disputed(world)
    kept, program = world.service.store.correspondence, world.browser()
    program.headers.pop("Accept-Language", None)
    address = f"/calendar/{kept.address('calendar', Addressed(Actor('s1', Role.SELLER), ''))}.ics"
    answer = program.get(address)
    assert "答复: A-1-D1" in entries(answer)
    assert "An answer" not in answer.text
    english = program.get(address, headers={"Accept-Language": "xx, en"})
    assert "An answer: A-1-D1" in entries(english)


def test_an_address_is_ended_and_made_anew(world: World) -> None:
    world.place()
    olga, program = world.visitor(Role.BUYER, "b1"), world.browser()
    first = address_in(olga.fill(olga.get("/account"), "/account/calendar"))
    second = address_in(olga.fill(olga.get("/account"), "/account/calendar"))
    assert program.get(first).status_code == 404
    assert program.get(second).status_code == 200
    ended = olga.fill(olga.get("/account"), "/account/calendar/end")
    assert "leads nowhere" in ended.words
    assert program.get(second).status_code == 404
    assert program.get(second.replace(".ics", "")).status_code == 404


def test_a_mediators_calendar_holds_their_cases(world: World) -> None:
    disputed(world)
    world.wait(6)
    assigned = {"type": "assign_mediator", "mediator": "m1"}
    world.api("POST", "/disputes/A-1-D1/commands", assigned, "supervisor.v1")
    kept, program = world.service.store.correspondence, world.browser()
    mias = kept.address("calendar", Addressed(Actor("m1", Role.MEDIATOR), ""))
    others = kept.address("calendar", Addressed(Actor("m2", Role.MEDIATOR), ""))
    assert list(entries(program.get(f"/calendar/{mias}.ics"))) == ["The ruling: A-1-D1"]
    assert entries(program.get(f"/calendar/{others}.ics")) == {}
