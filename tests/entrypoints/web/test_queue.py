"""The queue's pages: what there is to decide, filters in the address, own words and reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from amends.entrypoints.clock import drain
from amends.entrypoints.judging.own import keep_words
from amends.kernel.people import Role
from tests.entrypoints.staff.people import account
from tests.entrypoints.web.conftest import ORDER, World

CLAIM: dict[str, Any] = {
    "received": True, "reason": "not_as_described", "remedy": "refund",
    "amount": {"amount": 72000, "currency": "RUB"}, "description": "The size <chart> says M.",
    "lines": [{"line": "1", "quantity": 1}], "evidence": [],
}  # fmt: skip


def hire(world: World, person: str, role: Role = Role.MEDIATOR, **facts: Any) -> None:
    world.service.store.staff.add(account(world.service, person, role, **facts))


@pytest.fixture
def busy(world: World) -> World:
    """A-1-D1 to A-3-D1 are in mediation; of A-3 somebody else is the seller."""
    for n in (1, 2, 3):
        seller = {**ORDER["seller"], "id": "s2" if n == 3 else "s1"}
        line = {**ORDER["lines"][0], "category": "clothing" if n == 2 else "toys"}
        payment = {**ORDER["payment"], "reference": f"pay_{n}"}
        world.place(f"A-{n}", seller=seller, lines=[line], payment=payment)
    for n in (1, 2, 3):
        world.deliver(f"A-{n}") if n == 1 else _deliver(world, n)
        claim = {**CLAIM, "description": "A doll without hair." if n == 3 else CLAIM["description"]}
        world.api("POST", f"/orders/A-{n}/disputes", claim, "buyer.b1")
        answers = "seller.s2" if n == 3 else "seller.s1"
        at = f"/disputes/A-{n}-D1/commands"
        world.api("POST", at, {"type": "decline_offer", "offer": "O1", "note": "No."}, answers)
        world.api("POST", at, {"type": "escalate"}, "buyer.b1")
    return world


def _deliver(world: World, n: int) -> None:
    number = {"tracking_number": f"123456789{n}"}
    ship = {"type": "ship_order", "carrier": "DHL", **number, "insist": True}
    world.api("POST", f"/orders/A-{n}/commands", {**ship, "at": "2026-01-02T00:00:00Z"})
    told = {"type": "record_tracking", **number, "status": "delivered"}
    world.api("POST", f"/orders/A-{n}/commands", {**told, "at": "2026-01-10T00:00:00Z"})


def assign(world: World, n: int, person: str = "m1") -> None:
    body = {"type": "assign_mediator", "mediator": person}
    world.api("POST", f"/disputes/A-{n}-D1/commands", body, "supervisor.v1")


def test_a_mediator_sees_only_their_own_and_gives_back_by_a_click(busy: World) -> None:
    assign(busy, 1)
    assign(busy, 2, "m2")
    mia = busy.visitor(Role.MEDIATOR, "m1")
    page = mia.get("/queue")
    assert "A-1-D1" in page.words
    assert "A-2-D1" not in page.words
    assert "RUB 720.00" in page.words
    assert 'href="/disputes/A-1-D1/workbench"' in page.html
    given = mia.post("/disputes/A-1-D1/commands/recuse",
                     page.form("/disputes/A-1-D1/commands/recuse"))  # fmt: skip
    assert given.status in (200, 404)  # the case is not theirs any more
    assert "Nothing waits here" in mia.get("/queue").words
    view = busy.service.engine.view("A-1")
    assert view is not None
    assert view.state.disputes["A-1-D1"].recused == ("m1",)


def test_a_supervisor_filters_by_the_address(busy: World) -> None:
    assign(busy, 1)
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    found = {n for n in (1, 2, 3) if f"A-{n}-D1" in vera.get("/queue").words}
    assert found == {1, 2, 3}
    for query, expected in (
        ({"who": "nobody"}, {2, 3}), ({"who": "m1"}, {1}), ({"category": "toys"}, {1, 3}),
        ({"language": "ru", "category": "clothing"}, {2}), ({"language": "fr"}, set()),
        ({"find": "s2"}, {3}), ({"find": "A-2-D1"}, {2}), ({"phase": "appeal"}, set()),
        ({"reason": "not_as_described", "turn": "mediator", "who": "nobody", "find": "s1"}, {2}),
        ({"turn": "supervisor"}, set()),
    ):  # fmt: skip
        page = vera.get("/queue", **query)
        assert {n for n in (1, 2, 3) if f"A-{n}-D1" in page.words} == expected, query
    assert "Nobody's yet" in vera.get("/queue", who="nobody").words


def test_languages_goods_and_people_are_read_and_typed_by_name(busy: World) -> None:
    hire(busy, "m1", capacity=1)
    assign(busy, 1)
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    words = vera.get("/queue").words
    assert "Russian Clothing" in words
    assert "With M1 Kayode ." in words
    assert "It is not what was described" in words
    for query, expected in (
        ({"category": "Toys"}, {1, 3}), ({"language": "russian", "category": "Clothing"}, {2}),
        ({"who": "M1 Kayode"}, {1}), ({"who": "Nobody"}, {2, 3}), ({"language": "French"}, set()),
    ):  # fmt: skip
        page = vera.get("/queue", **query)
        assert {n for n in (1, 2, 3) if f"A-{n}-D1" in page.words} == expected, query
        for name, typed in query.items():
            assert page.form("/queue")[name][0].casefold() == typed.casefold()
    vera.client.headers["Accept-Language"] = "ru"
    page = vera.get("/queue", language="русский", category="одежда")
    assert {n for n in (1, 2, 3) if f"A-{n}-D1" in page.words} == {2}
    assert "русский Одежда" in page.words


def test_pages_go_on_by_cursor(busy: World) -> None:
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    assert vera.get("/queue", size="25").html.count("data-row") == 3
    assert vera.get("/queue", size="7").html.count("data-row") == 3
    assert vera.get("/queue", cursor="nonsense").status == 404


def test_why_nobody_has_it_and_who_is_bound(busy: World) -> None:
    hire(busy, "full", capacity=0)
    hire(busy, "b1")
    busy.wait(0.1)  # the sandbox deals
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    words = vera.get("/queue").words
    assert "Nobody's: A conflict of interest; No room." in words
    assign(busy, 1)
    account_ = account(busy.service, "m1", Role.MEDIATOR)
    member = replace(account_.member, interests=("s1",))
    busy.service.store.staff.add(replace(account_, member=member))
    assert "Conflict: An interest was declared" in vera.get("/queue", who="m1").words


def test_who_is_looking_is_shown_to_the_others(busy: World) -> None:
    assign(busy, 1)
    mia, vera = busy.visitor(Role.MEDIATOR, "m1"), busy.visitor(Role.SUPERVISOR, "v1")
    assert "Looked at by" not in vera.get("/queue").words
    mia.get("/disputes/A-1-D1")
    assert "Looked at by m1" in vera.get("/queue").words
    assert "Looked at by" not in mia.get("/queue").words
    busy.api("POST", "/sandbox/clock", {"advance": "PT3M"})
    assert "Looked at by" not in vera.get("/queue").words
    csrf = mia.get("/queue").csrf
    assert mia.post("/queue/A-1-D1/looking", {"csrf": csrf}).status == 204
    assert "Looked at by m1" in vera.get("/queue").words
    assert mia.post("/queue/A-2-D1/looking", {"csrf": csrf}).status == 404


def test_own_words_are_put_forward_and_nobody_elses(busy: World) -> None:
    vera, ada = busy.visitor(Role.SUPERVISOR, "v1"), busy.visitor(Role.ADMIN, "root")
    page = vera.fill(vera.get("/queue"), "/queue/words", words="Size, hair")
    assert "<mark>size</mark> &lt;chart&gt;" in page.html
    assert "<mark>" not in ada.get("/queue").html
    assert "They were looked for in 0 open cases so far" in page.words
    drain(busy.service)
    assert "They were looked for" not in vera.get("/queue").words
    only = vera.get("/queue", words="1", find="s2")
    assert only.html.count("data-row") == 1
    assert "<mark>hair</mark>" in only.html
    page = vera.fill(vera.get("/queue"), "/queue/words", words="hair\u060c doll\uff0csize\n")
    assert 'value="hair, doll, size"' in page.html
    wrong = vera.fill(vera.get("/queue"), "/queue/words", words="x" * 61)
    assert (wrong.status, "Up to 50 words" in wrong.words) == (422, True)


def test_words_kept_by_an_older_version_are_told_from_those_that_were_looked_for(
    busy: World,
) -> None:
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    assert "were not looked for" not in vera.get("/queue").words
    keep_words(busy.service.store.drafts, "v1", ("hair",), busy.service.clock.now())
    page = vera.get("/queue")
    assert "They were not looked for in all open cases yet" in page.words
    kept = vera.post("/queue/words", page.form("/queue/words"))
    assert "They were looked for in 0 open cases so far" in kept.words


def test_reminders_come_on_their_day_and_go(busy: World) -> None:
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    day = f"{busy.service.clock.now() + timedelta(days=1):%Y-%m-%d}"
    fields = {"csrf": vera.get("/queue").csrf, "dispute": ["A-1-D1"]}
    page = vera.post("/queue/reminders", {**fields, "day": [day], "note": ["Call <them>"]})
    assert "Reminders to come" in page.words
    assert "Call <them>" in page.words
    busy.wait(1)
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    page = vera.get("/queue")
    assert "To look at again" in page.words
    fields["csrf"] = page.csrf
    assert "To look at again" not in vera.post("/queue/reminders", fields).words
    wrong = vera.post("/queue/reminders", {**fields, "day": ["soon"]})
    assert (wrong.status, "Write a day like" in wrong.words) == (422, True)
    passed = {**fields, "day": ["2025-12-31"], "note": ["Call <again>"]}
    wrong = vera.post("/queue/reminders", passed)
    assert (wrong.status, "2025-12-31 has passed" in wrong.words) == (422, True)
    kept = wrong.form("/queue/reminders")
    assert (kept["day"], kept["note"]) == (["2025-12-31"], ["Call <again>"])
    wrong = vera.post("/queue/words", {**fields, "words": ["x" * 61]})
    assert wrong.form("/queue/words")["words"] == ["x" * 61]
    assert vera.post("/queue/reminders", {**fields, "dispute": ["X-1-D1"]}).status == 404


def test_loads_and_ages_are_for_those_who_lead(busy: World) -> None:
    hire(busy, "m1", capacity=3)
    busy.wait(0.1)
    vera = busy.visitor(Role.SUPERVISOR, "v1")
    page = vera.get("/queue/load")
    assert "0 cases are nobody's" in page.words
    assert "<title>M1 Kayode: 3</title>" in page.html
    assert page.html.count("<svg") == 2
    assert busy.visitor(Role.MEDIATOR, "m1").get("/queue/load").status == 404


@pytest.mark.parametrize("role", [Role.BUYER, Role.SUPPORT, Role.FINANCE, Role.AUDITOR])
def test_it_is_nothing_for_the_others(world: World, role: Role) -> None:
    visitor = world.visitor(role, "x1")
    assert visitor.get("/queue").status == 404
    assert visitor.get("/queue/load").status == 404
