"""No page keeps a rule of its own: at every step of several lives of a dispute, what each role is
offered on its pages, and told is not possible, is what the interface's ``options`` say."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from amends.entrypoints.web.commanding import DECISIONS
from amends.entrypoints.web.saying import sentences
from amends.kernel.people import Role
from tests.entrypoints.web.conftest import Page, Visitor, World

WHO = {
    Role.BUYER: "b1", Role.SELLER: "s1", Role.MEDIATOR: "m1", Role.SUPERVISOR: "v1",
    Role.APPEALS: "a1", Role.SUPPORT: "u1", Role.FINANCE: "f1",
}  # fmt: skip
BY_LOOKING = {"open_evidence"}
RUB = "RUB"


def claim(remedy: str, amount: int | None) -> tuple[str, str, dict[str, Any]]:
    body: dict[str, Any] = {
        "received": True, "reason": "not_as_described", "remedy": remedy, "evidence": [],
        "lines": [{"line": "1", "quantity": 2}], "description": "The chart says M.",
    }  # fmt: skip
    if amount is not None:
        body["amount"] = {"amount": amount, "currency": RUB}
    return "buyer.b1", "/orders/A-1/disputes", body


def does(who: str, type_: str, **fields: Any) -> tuple[str, str, dict[str, Any]]:
    return who, "/disputes/A-1-D1/commands", {"type": type_, **fields}


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": RUB}


RULING = {
    "remedy": "refund", "amount": money(50000), "finding": "for_buyer", "text": "As it says.",
    "reasons": ["item_differs_from_listing"], "clauses": ["not_as_described"], "evidence": [],
    "no_evidence": True, "return_postage_paid_by": "seller",
}  # fmt: skip
ADDRESS = {"name": "Blouse House", "street": "1 Silk Road", "city": "Hangzhou", "country": "CN"}
# Each step is what somebody does, or a number of days that pass.
LIVES: dict[str, tuple[Any, ...]] = {
    "ruled and appealed": (
        claim("refund", 160000),
        does("seller.s1", "make_offer", remedy="refund", amount=money(20000), note="A part."),
        does("buyer.b1", "escalate", note="No."),
        does("supervisor.v1", "assign_mediator", mediator="m1"),
        6, does("mediator.m1", "issue_ruling", **RULING),
        does("buyer.b1", "appeal", grounds="named_error", text="Read the chart again."),
        does("appeals.a1", "decide_appeal", decision="upheld", text="Rightly so."),
    ),
    "sent back": (
        claim("return_and_refund", None),
        does("seller.s1", "accept_offer", offer="O1", amount=money(160000)),
        does("seller.s1", "provide_return_address", address=ADDRESS),
        does("buyer.b1", "ship_return", carrier="DHL", tracking_number="1234567897", insist=True),
        does("seller.s1", "inspect_return", condition="as_sent"),
    ),
    "replaced": (
        claim("replacement", None),
        does("seller.s1", "accept_offer", offer="O1", amount=money(0)),
        does("seller.s1", "ship_replacement", carrier="DHL", tracking_number="1234567898",
             insist=True),
        does("buyer.b1", "confirm_replacement"),
    ),
}  # fmt: skip


def offered(page: Page, where: str) -> set[str]:
    """The commands whose forms, or ways to a form, are on the page."""
    forms = re.findall(rf'action="{where}/commands/([a-z_]+)"', page.html)
    found = set(forms)
    if f'href="{where}/dispute/new"' in page.html:
        found.add("open_dispute")
    if where.startswith("/orders") and f'action="{where}/evidence"' in page.html:
        found.add("upload_evidence")
    if f'name="dispute" value="{where.removeprefix("/disputes/")}"' in page.html:
        found.add("add_evidence")  # by uploading it there, when there is none yet to choose
    return found


def _compare(world: World, visitor: Visitor, role: Role, where: str) -> None:
    page = visitor.get(where)
    answer = world.shop.get(
        f"/api/v1{where}", headers={"Authorization": f"Bearer sandbox.{role.value}.{WHO[role]}"}
    )
    assert page.status == answer.status_code, f"{role} {where}"
    if page.status != 200:
        return
    options = answer.json()["options"]
    allowed = {o["type"] for o in options if o["allowed"]} - BY_LOOKING
    assert offered(page, where) == allowed - DECISIONS, f"{role} {where}"
    if allowed & DECISIONS:
        assert f'action="{where}/workbench"' in page.html, f"{role} {where}"
    told = html.unescape(page.html)
    for option in options:
        if not option["allowed"] and option["type"] not in {*BY_LOOKING, "upload_evidence"}:
            assert sentences(option["because"]) in told, f"{role} {where} {option['type']}"


@pytest.mark.parametrize("life", LIVES)
def test_what_a_page_offers_is_what_the_options_say(world: World, life: str) -> None:
    world.place()
    world.deliver()
    for step in (0, *LIVES[life]):
        if isinstance(step, int):
            world.wait(step)
            # Nobody stays signed in for days.
            people = {role: world.visitor(role, person) for role, person in WHO.items()}
        else:
            who, path, body = step
            world.api("POST", path, body, who)
        for role, visitor in people.items():
            _compare(world, visitor, role, "/orders/A-1")
            if step:
                _compare(world, visitor, role, "/disputes/A-1-D1")
