"""A sandbox's own page: being somebody, and moving the clock."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.entrypoints.cli.test_serve import served
from tests.entrypoints.web.conftest import World


def test_anybody_can_be_anybody(world: World) -> None:
    world.place("A-1")
    browser = world.browser()
    assert browser.get("/").headers["location"] == "/sandbox"
    assert browser.get("/sandbox").status_code == 200
    buyer = {"role": "buyer", "person": "b1", "at": "/orders"}
    assert browser.post("/sandbox/enter", data=buyer).headers["location"] == "/orders"
    assert "A-1" in browser.get("/orders").text
    seller = {"role": "seller", "person": "nobody", "at": "//elsewhere.example/"}
    assert browser.post("/sandbox/enter", data=seller).headers["location"] == "/"
    assert "A-1" not in browser.get("/orders").text


def test_nobody_is_signed_in_as_what_there_is_not(world: World) -> None:
    browser = world.browser()
    for role, person in (("emperor", "b1"), ("buyer", "a b"), ("buyer", ""), ("", "b1")):
        form = {"role": role, "person": person}
        assert browser.post("/sandbox/enter", data=form).headers["location"] == "/sandbox"
        assert browser.get("/orders").status_code == 401
    elsewhere = {"origin": "https://elsewhere.example"}
    form = {"role": "buyer", "person": "b1"}
    assert browser.post("/sandbox/enter", data=form, headers=elsewhere).status_code == 403


def test_the_clock_moves_by_spans_and_to_the_next_deadline(world: World) -> None:
    world.place()
    world.deliver()
    browser, clock = world.browser(), world.service.clock
    before = clock.now()
    shown = browser.get("/sandbox").text
    assert "It stands at <time" in shown
    assert "The next deadline of any order: <time" in shown
    browser.post("/sandbox/clock", data={"ahead": "day"})
    assert (clock.now() - before).days == 1
    due = world.service.store.records.next_due(after=clock.now())
    assert due is not None
    browser.post("/sandbox/clock", data={"ahead": "next"})
    assert clock.now() == due
    browser.post("/sandbox/clock", data={"ahead": "backwards"})
    assert clock.now() == due


def test_who_is_signed_out_by_the_clock_is_led_back_to_be_somebody(world: World) -> None:
    browser = world.browser()
    browser.post("/sandbox/enter", data={"role": "mediator", "person": "m1"})
    assert browser.get("/queue").status_code == 200
    browser.post("/sandbox/clock", data={"ahead": "hour"})
    out = browser.get("/queue")
    assert out.status_code == 401
    assert 'href="/sandbox">Choose whom to be<' in out.text


def test_no_other_server_has_it(tmp_path: Path) -> None:
    with (
        served(tmp_path, "serve", "--database", "live.db") as (address, _),
        httpx.Client(base_url=address) as browser,
    ):
        assert browser.get("/sandbox").status_code == 404
        assert "/sandbox" not in browser.get("/").text
        form = {"role": "admin", "person": "o1"}
        assert browser.post("/sandbox/enter", data=form).status_code == 404
        assert browser.post("/sandbox/clock", data={"ahead": "day"}).status_code == 404
