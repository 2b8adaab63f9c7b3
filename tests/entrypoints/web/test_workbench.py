"""A mediator's workbench, driven with nothing but its forms."""

from __future__ import annotations

from typing import Any

import pytest

from amends.engine.staff import StaffAccount
from amends.kernel.people import Member, Role
from tests.entrypoints.web.conftest import ORDER, Visitor, World

BENCH = "/disputes/A-1-D1/workbench"
DRAFT, ISSUE = f"{BENCH}/draft", f"{BENCH}/commands/issue_ruling"
LISTING = {
    "text": "Chest 96 cm in M.", "size_chart": "S 92 cm", "attributes": {"colour": "white"},
}  # fmt: skip
CLAIM: dict[str, Any] = {
    "received": True, "reason": "not_as_described", "remedy": "refund",
    "amount": {"amount": 72000, "currency": "RUB"}, "lines": [{"line": "1", "quantity": 1}],
    "description": "The chest measures 91 cm; the colour is grey.", "evidence": [],
}  # fmt: skip


def mediate(world: World, evidence: int = 0) -> None:
    """A dispute that m1 has; the seller never answered and had the time to. The buyer put so many
    files to it."""
    world.place(lines=[{**ORDER["lines"][0], "listing": LISTING, "weight_grams": 350}])
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    buyer = world.visitor(Role.BUYER, "b1")
    for number in range(evidence):
        form = buyer.get("/disputes/A-1-D1").form("/orders/A-1/evidence")
        file = (f"chart-{number}.txt", f"{90 + number} cm".encode(), "text/plain")
        assert buyer.post("/orders/A-1/evidence", form, {"file": file}).status == 200
    world.wait(6)
    assigned = {"type": "assign_mediator", "mediator": "m1"}
    world.api("POST", "/disputes/A-1-D1/commands", assigned, "supervisor.v1")


@pytest.fixture
def mediator(world: World) -> Visitor:
    mediate(world)
    return world.visitor(Role.MEDIATOR, "m1")


def test_the_case_is_on_one_page_with_a_draft_made_from_the_claim(mediator: Visitor) -> None:
    page = mediator.get(BENCH)
    assert page.status == 200, page.words
    assert "91 cm</mark>" in page.html
    assert "96 cm</mark>" in page.html
    assert "92 cm</mark>" in page.html
    assert "spoken of in the claim" in page.words
    assert "Weight of one, as listed 350 g" in page.words
    assert "Tracking number 1234567890" in page.words
    assert "Delivered Sat 10 Jan 2026" in page.words
    draft = page.form(DRAFT)
    assert draft["remedy"] == ["refund"]
    assert draft["amount"] == ["720.00"]
    assert "not_as_described" in draft["clauses"]
    assert draft["no_evidence"] == ["yes"]
    # For whom is never suggested.
    assert "finding" not in draft


def test_what_there_is_to_award_stands_beside_the_question(world: World, mediator: Visitor) -> None:
    words = mediator.get(BENCH).words
    assert "blouse</b> × 2 RUB 1,600.00 The most that can be awarded" in words
    assert "You may award alone" not in words
    known = Member("m1", Role.MEDIATOR, limits={"RUB": 50_000})
    world.service.store.staff.add(
        StaffAccount(known, "M", "m1@example.com", world.service.clock.now())
    )
    assert "You may award alone Up to RUB 500.00." in mediator.get(BENCH).words


def test_a_ruling_names_evidence_or_says_that_there_is_none(mediator: Visitor) -> None:
    answers = {"finding": "for_buyer", "reasons": "item_differs_from_listing", "text": "It is 91."}
    page = mediator.get(BENCH)
    refused = mediator.fill(page, DRAFT, then="preview", no_evidence="", **answers)
    assert "Name the evidence. Or say that no evidence was given." in refused.words


def test_what_was_never_opened_is_not_ticked_and_named_all_the_same_is_warned_of(
    world: World,
) -> None:
    mediate(world, evidence=2)
    mediator = world.visitor(Role.MEDIATOR, "m1")
    draft = mediator.get(BENCH).form(DRAFT)
    assert "evidence" not in draft
    assert "no_evidence" not in draft
    assert mediator.client.get("/orders/A-1/evidence/E2").status_code == 200
    page = mediator.get(BENCH)
    assert page.form(DRAFT)["evidence"] == ["E2"]
    answers = {"finding": "for_buyer", "reasons": "item_differs_from_listing", "text": "It is 91."}
    warned = "You name evidence that you have not opened: E1 ."
    seen = mediator.fill(page, DRAFT, then="preview", evidence=["E1", "E2"], **answers)
    assert warned in seen.words
    assert mediator.client.get("/orders/A-1/evidence/E1").status_code == 200
    seen = mediator.fill(page, DRAFT, then="preview", evidence=["E1", "E2"], **answers)
    assert "that you have not opened" not in seen.words
    assert "What would come of it" in seen.words


def test_a_draft_is_kept_as_it_was_written(mediator: Visitor) -> None:
    page = mediator.get(BENCH)
    saved = mediator.fill(page, DRAFT, then="save", text="Half a <sentence", amount="7 twenty")
    assert "Your draft is saved" in saved.words
    again = mediator.get(BENCH).form(DRAFT)
    assert again["text"] == ["Half a <sentence"]
    assert again["amount"] == ["7 twenty"]


def test_what_it_would_bring_about_is_shown_and_is_what_comes(
    world: World, mediator: Visitor
) -> None:
    answers = {"finding": "for_buyer", "reasons": "item_differs_from_listing", "text": "It is 91."}
    seen = mediator.fill(mediator.get(BENCH), DRAFT, then="preview", **answers)
    assert "What would come of it" in seen.words
    assert "What the buyer sees" in seen.words
    assert "RUB 720.00" in seen.words
    buyer = world.visitor(Role.BUYER, "b1")
    assert "It is 91." not in buyer.get("/disputes/A-1-D1").words
    issued = mediator.post(ISSUE, seen.form(ISSUE))
    assert issued.url.endswith("/disputes/A-1-D1?done=issue_ruling"), issued.words
    told = buyer.get("/disputes/A-1-D1").words
    # Word for word what the preview said.
    assert "It is 91." in told
    assert "Either side may appeal until" in told
    sentence = told[told.index("For the buyer") : told.index("It is 91.")].split("RUB")[0]
    assert sentence in seen.words


def test_a_preview_says_what_is_wrong_and_loses_nothing(mediator: Visitor) -> None:
    page = mediator.get(BENCH)
    failed = mediator.fill(page, DRAFT, then="preview", finding="for_buyer", text="Kept words")
    assert failed.status == 422
    assert "Not sent yet" in failed.words
    assert failed.form(DRAFT)["text"] == ["Kept words"]
    reasons = {"finding": "for_buyer", "reasons": "item_differs_from_listing", "text": "Why"}
    late = mediator.fill(failed, DRAFT, then="preview", amount="9000", **reasons)
    assert late.status == 422, late.words
    assert late.form(DRAFT)["amount"] == ["9000"]


def test_found_for_the_seller_nothing_is_left_of_what_the_claim_suggested(
    world: World, mediator: Visitor
) -> None:
    fields = {"finding": "for_seller", "reasons": "not_proven", "text": "Nothing shows it."}
    seen = mediator.fill(mediator.get(BENCH), DRAFT, then="preview", **fields)
    assert "For the seller: No refund" in seen.words, seen.words
    own = mediator.fill(mediator.get(BENCH), DRAFT, then="preview", amount="700", **fields)
    assert own.status == 422, own.words  # what somebody typed is not put right in silence
    mediator.judges("A-1-D1", "issue_ruling", amount="720.00", **fields)
    assert "Nothing shows it." in world.visitor(Role.SELLER, "s1").get("/disputes/A-1-D1").words


def test_an_order_s_page_leads_no_mediator_to_a_list_they_do_not_have(mediator: Visitor) -> None:
    page = mediator.get("/orders/A-1")
    assert page.status == 200, page.words
    assert 'href="/orders"' not in page.html


def test_the_dispute_s_own_page_leads_to_the_workbench_and_takes_no_ruling(
    mediator: Visitor,
) -> None:
    page = mediator.get("/disputes/A-1-D1")
    assert 'action="/disputes/A-1-D1/workbench"' in page.html
    action = "/disputes/A-1-D1/commands/issue_ruling"
    assert action not in page.html
    fields = {"csrf": page.csrf, "finding": ["for_buyer"], "confirmed": ["yes"]}
    assert mediator.post(action, fields).status == 404
    by_the_queue = "/disputes/A-1-D1/commands/report_unassigned"
    assert mediator.post(by_the_queue, {"csrf": page.csrf, "because": ["absent"]}).status == 404


def test_each_line_has_its_own_ground_and_words(world: World) -> None:
    line = {**ORDER["lines"][0], "listing": LISTING}
    world.place(
        lines=[line, {**line, "id": "2", "title": "Scarf"}],
        payment={**ORDER["payment"], "captured": {"amount": 320000, "currency": "RUB"}},
    )
    world.deliver()
    both = [{"line": "1", "quantity": 2}, {"line": "2", "quantity": 2}]
    claim = {**CLAIM, "lines": both, "amount": {"amount": 320000, "currency": "RUB"}}
    world.api("POST", "/orders/A-1/disputes", claim, "buyer.b1")
    world.wait(6)
    assigned = {"type": "assign_mediator", "mediator": "m1"}
    world.api("POST", "/disputes/A-1-D1/commands", assigned, "supervisor.v1")
    mediator = world.visitor(Role.MEDIATOR, "m1")
    page = mediator.get(BENCH)
    assert "Of this item alone" in page.words
    # An item that was begun can be left out again.
    assert 'name="lines.1.finding" value=""' in page.html
    mediator.judges(
        "A-1-D1", "issue_ruling", finding="split", reasons="not_proven", amount="500",
        text="One differs.", lines__1__finding="for_buyer", lines__1__remedy="refund",
        lines__1__amount="500", lines__1__reasons="item_differs_from_listing",
        lines__1__text="It is 91 cm wide.", lines__2__finding="for_seller",
        lines__2__remedy="refund",
    )  # fmt: skip
    told = world.visitor(Role.BUYER, "b1").get("/disputes/A-1-D1")
    first, second = told.html.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:2]
    assert "It is 91 cm wide." in first
    assert "The item differs from its page" in first
    assert "The claim was not shown to be true" not in first
    assert "The claim was not shown to be true" in second
    assert "It is 91 cm wide." not in second


def test_nobody_else_has_a_workbench(world: World, mediator: Visitor) -> None:
    for role, person in (
        (Role.BUYER, "b1"), (Role.SELLER, "s1"), (Role.MEDIATOR, "m2"), (Role.SUPPORT, "u1"),
        (Role.APPEALS, "a1"),
    ):  # fmt: skip
        other = world.visitor(role, person)
        assert other.get(BENCH).status == 404, role
        sent = other.post(DRAFT, {"csrf": other.get("/notices").csrf, "then": ["save"]})
        assert sent.status == 404, role
    assert world.visitor(Role.SUPERVISOR, "v1").get(BENCH).status == 200


def test_a_question_is_asked_from_the_workbench(mediator: Visitor) -> None:
    asked = mediator.fill(
        mediator.get(BENCH), f"{BENCH}/commands/request_information", of="seller",
        question="Which chart?",
    )  # fmt: skip
    assert asked.url.endswith("/workbench?done=request_information"), asked.words
    assert "Which chart?" in asked.words


def test_whoever_gives_the_case_back_is_led_to_the_list(mediator: Visitor) -> None:
    action = f"{BENCH}/commands/recuse"
    given = mediator.fill(mediator.get(BENCH), action, note="A neighbour.")
    assert given.url.rstrip("/").endswith("/disputes?done=recuse"), given.url


def test_what_a_side_said_when_it_went_to_a_mediator_stands_on_its_side(world: World) -> None:
    world.place()
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    no = {"type": "make_offer", "remedy": "refund", "amount": {"amount": 0, "currency": "RUB"},
          "note": "As shown."}  # fmt: skip
    world.api("POST", "/disputes/A-1-D1/commands", no, "seller.s1")
    ask = {"type": "escalate", "note": "Look at the seam."}
    world.api("POST", "/disputes/A-1-D1/commands", ask, "buyer.b1")
    page = world.visitor(Role.SUPERVISOR, "v1").get(BENCH)
    side = page.html.split('id="side-buyer"')[1].split('id="side-seller"')[0]
    assert "Look at the seam." in side
    assert "As shown." in page.html.split('id="side-seller"')[1]


def test_who_answers_for_rulings_sees_what_became_of_them(world: World, mediator: Visitor) -> None:
    answers = {"finding": "for_buyer", "reasons": "item_differs_from_listing", "text": "It is 91."}
    seen = mediator.fill(mediator.get(BENCH), DRAFT, then="preview", **answers)
    mediator.post(ISSUE, seen.form(ISSUE))
    supervisor = world.visitor(Role.SUPERVISOR, "v1")
    assert "m1 1 0 0 0" in supervisor.get("/rulings").words
    assert mediator.get("/rulings").status == 404
    assert world.visitor(Role.BUYER, "b1").get("/rulings").status == 404


def test_the_keys_of_an_appeal_lead_to_its_decision(world: World, mediator: Visitor) -> None:
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("mediator.m1", {
            "type": "issue_ruling", "remedy": "refund", "finding": "split", "clauses": ["proof"],
            "amount": {"amount": 10000, "currency": "RUB"}, "reasons": ["not_proven"],
            "text": "A little is shown.", "evidence": [], "no_evidence": True,
        }),
        ("buyer.b1", {"type": "appeal", "grounds": "named_error", "text": "More is shown."}),
        ("appeals.a1", {"type": "assign_appeals_officer", "officer": "a1"}),
    )  # fmt: skip
    for who, command in steps:
        world.api("POST", "/disputes/A-1-D1/commands", command, who)
    html = world.visitor(Role.APPEALS, "a1").get(BENCH).html
    assert html.count('id="finding"') == 1
    assert html.index('id="finding"') < html.index('name="decision"') < html.index('name="finding"')
