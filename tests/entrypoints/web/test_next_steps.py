"""What a dispute's page says of the next step: who does what, what is possible now, and why not."""

from __future__ import annotations

import re
from typing import Any

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import Page, Visitor, World
from tests.entrypoints.web.test_offered import ADDRESS, RULING, claim, does, money

DISPUTE = "A-1-D1"
APPEAL = f"/disputes/{DISPUTE}/commands/appeal"


def after(world: World, *steps: tuple[str, str, dict[str, Any]]) -> Visitor:
    """The buyer of an order that was delivered, once people did ``steps`` about it."""
    world.place()
    world.deliver()
    for who, path, body in steps:
        world.api("POST", path, body, who)
    return world.visitor(Role.BUYER, "b1")


RETURNING = (
    claim("return_and_refund", None),
    does("seller.s1", "accept_offer", offer="O1", amount=money(160000)),
)
ADDRESSED = (*RETURNING, does("seller.s1", "provide_return_address", address=ADDRESS))


def grounds(page: Page) -> dict[str, bool]:
    """Each of the appeal's grounds on the page, and whether it can be chosen."""
    found = re.findall(r'<input type="radio" name="grounds" value="([a-z_]+)"([^>]*)>', page.html)
    return {code: "disabled" not in rest for code, rest in found}


def test_an_appeal_says_which_grounds_are_possible_and_why_the_others_are_not(world: World) -> None:
    olga = after(world, *ADDRESSED)
    page = olga.get(f"/disputes/{DISPUTE}")
    assert list(grounds(page).items()) == [
        ("did_not_comply", True), ("new_evidence", False), ("named_error", False),
        ("money_did_not_come", False),
    ]  # fmt: skip
    assert page.form(APPEAL)["grounds"] == ["did_not_comply"], "there is no other"
    assert "is not possible while the dispute is waiting for goods on their way back" in page.words
    # Whoever sends another all the same is told by the rule, and keeps what they wrote.
    refused = olga.fill(page, APPEAL, grounds="money_did_not_come", text="Where is it?")
    assert refused.status == 409
    assert "Money and goods still have time to come." in refused.words
    assert refused.form(APPEAL)["text"] == ["Where is it?"]
    filed = olga.does(DISPUTE, "appeal", text="Nobody is at that address.")
    assert "Your appeal was filed" in filed.words


def test_before_anything_is_late_the_page_says_until_when_there_is_time(world: World) -> None:
    olga = after(world, *RETURNING)
    page = olga.get(f"/disputes/{DISPUTE}")
    assert not page.has_form(APPEAL)
    assert "The next step has until" in page.words


RULED_ON = (
    claim("refund", 160000),
    does("seller.s1", "make_offer", remedy="refund", amount=money(0), note="It is as shown."),
    does("buyer.b1", "escalate", note="It is not."),
    does("supervisor.v1", "assign_mediator", mediator="m1"),
)


def test_a_return_that_was_ruled_says_who_does_what_until_when(world: World) -> None:
    ruling = {**RULING, "remedy": "return_and_refund"}
    olga = after(world, *RULED_ON, does("mediator.m1", "issue_ruling", **ruling))
    words = olga.get(f"/disputes/{DISPUTE}").words
    appeal_until = "Sun 18 Jan 2026, 00:00 UTC"
    assert f"Either side may appeal until {appeal_until}" in words
    assert (
        "If nobody does, the seller says by Fri 23 Jan 2026, 00:00 UTC where the goods are to be"
        " sent. Without an address the money goes back and the goods are kept."
        " From then on the buyer has 10 days to send them. If they are not sent, the dispute is"
        " closed without a refund. When they have come, the seller has 3 days to look at them."
    ) in words
    assert "nobody has to do anything" not in words


def test_a_replacement_that_was_ruled_has_to_be_sent(world: World) -> None:
    ruling = {**RULING, "remedy": "replacement", "amount": None}
    olga = after(world, *RULED_ON, does("mediator.m1", "issue_ruling", **ruling))
    words = olga.get(f"/disputes/{DISPUTE}").words
    assert "the seller sends the replacement by Fri 23 Jan 2026, 00:00 UTC" in words
    assert "nobody has to do anything" not in words


def test_a_mediator_has_the_case_only_as_long_as_it_is_theirs(world: World) -> None:
    olga = after(world, *RULED_ON)
    assert "An impartial person has the case." in olga.get(f"/disputes/{DISPUTE}").words
    agreed = does("buyer.b1", "accept_offer", offer="O2", amount=money(0))
    world.api("POST", agreed[1], agreed[2], agreed[0])
    words = olga.get(f"/disputes/{DISPUTE}").words
    assert "Settled without a refund" in words
    assert "An impartial person had the case." in words
    assert "An impartial person has the case." not in words


def test_what_is_lowered_before_anybody_answered_counters_nothing(world: World) -> None:
    lowered = does("buyer.b1", "make_offer", remedy="refund", amount=money(90000), note="Less.")
    countered = does("seller.s1", "make_offer", remedy="refund", amount=money(20000), note="This.")
    olga = after(world, claim("refund", 160000), lowered)
    words = olga.get(f"/disputes/{DISPUTE}").words
    assert "Changed by the buyer" in words
    assert "Countered by the buyer" not in words
    for who, path, body in (countered, lowered):
        world.api("POST", path, body, who)
    words = olga.get(f"/disputes/{DISPUTE}").words
    assert "Countered by the buyer" in words
    assert words.count("Changed by the buyer") == 1


def test_evidence_is_added_from_the_record_only_where_there_is_some(world: World) -> None:
    olga = after(world, claim("refund", 160000))
    page = olga.get(f"/disputes/{DISPUTE}")
    assert not page.has_form(f"/disputes/{DISPUTE}/commands/add_evidence")
    assert "Upload a file to this dispute" in page.words
    fields = page.form("/orders/A-1/evidence")
    olga.post("/orders/A-1/evidence", fields, {"file": ("chart.txt", b"96 cm", "text/plain")})
    in_it = olga.get(f"/disputes/{DISPUTE}")
    assert "chart.txt" in in_it.words
    assert not in_it.has_form(f"/disputes/{DISPUTE}/commands/add_evidence"), "it is in there"
    of_order = olga.get("/orders/A-1").form("/orders/A-1/evidence")
    olga.post("/orders/A-1/evidence", of_order, {"file": ("seam.txt", b"91 cm", "text/plain")})
    page = olga.get(f"/disputes/{DISPUTE}")
    olga.fill(page, f"/disputes/{DISPUTE}/commands/add_evidence", evidence="E2")
    assert "seam.txt" in olga.get(f"/disputes/{DISPUTE}").words
