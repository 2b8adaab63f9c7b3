"""A claim, one question a page: what is asked, kept, shown again, and sent."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Page, Visitor, World
from tests.entrypoints.web.test_journeys import DISPUTE, OPEN, opens


@pytest.fixture
def olga(world: World) -> Visitor:
    """The buyer of two blouses that were delivered."""
    world.place()
    world.deliver()
    return world.visitor(Role.BUYER, "b1")


def answers(buyer: Visitor, page: Page, **given: str | list[str]) -> Page:
    """Answer the question of the page."""
    return buyer.fill(page, urlsplit(page.url).path, **given)


def up_to_the_check(buyer: Visitor) -> Page:
    page = answers(buyer, buyer.get(OPEN), received="yes")
    page = answers(buyer, page, reason="not_as_described")
    page = answers(buyer, page, lines__1="1")
    page = answers(buyer, page, remedy="refund", amount="720")
    page = answers(buyer, page, description="The chart says M.")
    return answers(buyer, page)


def test_each_question_leads_to_the_next_and_all_are_checked_and_sent(olga: Visitor) -> None:
    page = olga.get(OPEN)
    seen = [page.url.rpartition("/")[2]]
    for given in (
        {"received": "yes"}, {"reason": "not_as_described"}, {"lines__1": "1"},
        {"remedy": "refund", "amount": "720"}, {"description": "The chart says M."}, {},
    ):  # fmt: skip
        page = answers(olga, page, **given)
        seen.append(page.url.rpartition("/")[2])
    assert seen == ["received", "reason", "items", "remedy", "story", "proof", "check"]
    for said in ("White <b>blouse</b> × 1", "RUB 720.00", "The chart says M.",
                 "Sent now, the seller has to answer until Fri 16 Jan 2026, 00:00 UTC",
                 "Needed proof is still missing: A photo that shows the difference"):  # fmt: skip
        assert said in page.words, page.words
    sent = olga.post(OPEN, page.form(OPEN))
    assert sent.url.endswith(f"/disputes/{DISPUTE}?done=open_dispute")
    assert "RUB 720.00" in sent.words
    # What was sent is no draft any more.
    assert olga.get(OPEN).url.endswith("/received")


def test_a_claim_goes_on_where_it_was_left_on_another_device(world: World, olga: Visitor) -> None:
    page = answers(olga, olga.get(OPEN), received="yes")
    answers(olga, page, reason="damaged")
    elsewhere = world.visitor(Role.BUYER, "b1")
    page = elsewhere.get(OPEN)
    assert page.url.endswith("/items")
    assert "Your answers are kept, last saved" in page.words
    assert elsewhere.get(f"{OPEN}/reason").form(f"{OPEN}/reason")["reason"] == ["damaged"]
    assert elsewhere.get(f"{OPEN}/check").url.endswith("/items")


def test_changing_an_answer_leads_back_to_the_check(olga: Visitor) -> None:
    up_to_the_check(olga)
    page = answers(olga, olga.get(f"{OPEN}/remedy"), amount="500")
    assert page.url.endswith("/check")
    assert "RUB 500.00" in page.words


def test_an_answer_that_rules_out_later_ones_asks_these_again(olga: Visitor) -> None:
    up_to_the_check(olga)
    page = answers(olga, olga.get(f"{OPEN}/received"), received="no")
    assert page.url.endswith("/reason")
    assert "not_as_described" not in page.html
    page = answers(olga, page, reason="not_received")
    # A refund can still be asked, so only what nobody answered is left.
    assert page.url.endswith("/check")


def test_what_cannot_be_is_said_beside_its_question(olga: Visitor) -> None:
    page = answers(olga, olga.get(OPEN), received="yes")
    page = answers(olga, page)
    assert page.status == 422
    assert 'href="#open_dispute-reason"' in page.html
    page = answers(olga, page, reason="not_as_described")
    page = answers(olga, page, lines__1="0")
    assert "Choose at least one" in page.words
    page = answers(olga, page, lines__1="1")
    page = answers(olga, page, remedy="refund", amount="800.01")
    assert page.status == 422
    assert "RUB 800.00" in page.words
    assert page.form(f"{OPEN}/remedy")["amount"] == ["800.01"]
    assert answers(olga, page, amount="").url.endswith("/story")


def test_a_file_is_added_in_place_and_goes_with_the_claim(world: World, olga: Visitor) -> None:
    up_to_the_check(olga)
    where = f"{OPEN}/proof"
    page = olga.get(where)
    fields = {**page.form(where), "then": ["stay"], "kind": ["measurements"]}
    refused = olga.post(where, fields)
    assert refused.status == 422
    assert "Nothing was uploaded yet" in refused.words
    assert "Choose a file first." in refused.words
    page = olga.post(where, fields, files={"file": ("size.txt", b"bust 86 cm", "text/plain")})
    assert "Measurements added" in page.words, page.words
    assert page.form(where)["evidence"] == ["E1"]
    # A file that is chosen and sent on with the page's own button comes along too.
    going_on = {**page.form(where), "kind": ["photo_of_difference"]}
    page = olga.post(where, going_on, files={"file": ("b.txt", b"see", "text/plain")})
    assert page.url.endswith("/check")
    assert "still missing" not in page.words
    olga.post(OPEN, page.form(OPEN))
    shop = world.visitor(Role.SELLER, "s1")
    assert "size.txt" in shop.get(f"/disputes/{DISPUTE}").words


def test_no_goods_are_kept_where_none_came(olga: Visitor) -> None:
    page = up_to_the_check(olga)
    assert "Money back, and the goods are kept" in page.words
    page = answers(olga, olga.get(f"{OPEN}/received"), received="no")
    page = answers(olga, page, reason="not_received")
    assert page.url.endswith("/check")
    choices = olga.get(f"{OPEN}/remedy")
    sent = olga.post(OPEN, page.form(OPEN))
    assert sent.url.endswith(f"/disputes/{DISPUTE}?done=open_dispute")
    for shown in (page, choices, sent):
        assert "Money back" in shown.words
        assert "goods are kept" not in shown.words
        assert "keeps the goods" not in shown.words


def test_messages_count_as_proof_once_somebody_has_written(olga: Visitor) -> None:
    up_to_the_check(olga)
    messages = "The messages between buyer and seller on record already"
    page = olga.get(f"{OPEN}/proof")
    assert messages not in page.words
    assert "on record already" in page.words
    olga.fill(olga.get("/orders/A-1"), "/orders/A-1/commands/send_message", text="It is an S.")
    page = olga.get(f"{OPEN}/proof")
    assert messages in page.words, page.words


def test_questions_with_one_possible_answer_are_not_asked(world: World) -> None:
    line = {**ORDER["lines"][0], "quantity": 1}
    paid = {**ORDER["payment"], "captured": {"amount": 80000, "currency": "RUB"}}
    world.place(lines=[line], payment=paid)
    world.deliver()
    olga = world.visitor(Role.BUYER, "b1")
    olga.does_on_order("A-1", "confirm_receipt")
    page = olga.get(OPEN)
    assert page.url.endswith("/reason")
    assert answers(olga, page, reason="damaged").url.endswith("/remedy")


def test_no_page_says_both_that_a_dispute_can_be_opened_and_that_it_cannot(
    world: World, olga: Visitor
) -> None:
    assert "A dispute can be opened now" in olga.get("/orders").words
    claim = {
        "received": True, "reason": "not_as_described", "remedy": "refund",
        "lines": [{"line": "1", "quantity": 2}], "evidence": [],
        "amount": {"amount": 72000, "currency": "RUB"}, "description": "The chart says M.",
    }  # fmt: skip
    world.api("POST", "/orders/A-1/disputes", claim, "buyer.b1")
    page = olga.get(OPEN)
    assert "A dispute cannot be opened now" in page.words
    assert "A dispute can be opened now" not in page.words
    assert "A dispute can be opened now" not in olga.get("/orders").words


def test_without_protection_there_is_no_question(world: World) -> None:
    world.place()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    page = olga.get(OPEN)
    assert "A dispute cannot be opened now" in page.words
    assert olga.get(f"{OPEN}/story").url.endswith(OPEN)
    assert shop.get(OPEN).status == 404
    assert olga.get(f"{OPEN}/nothing").status == 404


def test_the_same_claim_from_a_second_page_leads_to_the_dispute_there_is(olga: Visitor) -> None:
    claimed = {"amount": "1440", "lines__1": "2"}
    assert "Your dispute is open" in opens(olga, key="k" * 20, **claimed).words
    again = opens(olga, key="k" * 20, **claimed)
    assert again.url.endswith("/disputes/A-1-D1?done=open_dispute"), "the very same form"
    other = opens(olga, key="j" * 20, **claimed)
    assert other.status == 409
    assert "A dispute about this is open already" in other.words
    assert "Nothing was sent" not in other.words
    assert '<a href="/disputes/A-1-D1">' in other.html
    assert other.form(OPEN)["description"], "what was typed is still there"
    begun = olga.get(OPEN)
    assert "A dispute cannot be opened now" in begun.words
    assert '<a href="/disputes/A-1-D1">' in begun.html
    assert "A-1-D2" not in olga.get("/disputes").words


def test_a_second_claim_of_one_kind_leads_to_the_open_dispute_before_it_is_sent(
    olga: Visitor,
) -> None:
    told = "A dispute with this reason is open about such an item"
    first = up_to_the_check(olga)
    assert told not in first.words
    sent = olga.post(OPEN, first.form(OPEN))
    assert "Your dispute is open" in sent.words
    again = olga.post(OPEN, first.form(OPEN))
    assert again.url.endswith(f"/disputes/{DISPUTE}?done=open_dispute"), "the very same form"
    # Another tab, in which all was answered before the first was sent.
    stale = {**first.form(OPEN), "key": ["j" * 20]}
    page = olga.post(OPEN, stale)
    assert page.status == 409
    assert told in page.words
    assert f'<a href="/disputes/{DISPUTE}">' in page.html
    assert page.form(OPEN)["description"] == ["The chart says M."]
    other = olga.post(OPEN, page.form(OPEN))
    assert other.url.endswith("/disputes/A-1-D2?done=open_dispute"), "it is about another piece"


def test_another_reason_is_another_thing(olga: Visitor) -> None:
    assert "Your dispute is open" in opens(olga).words
    assert "Your dispute is open" in opens(olga, reason="damaged").words
