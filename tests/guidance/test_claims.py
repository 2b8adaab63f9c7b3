"""What makes a claim stronger is told only where a plain rule can tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from amends.guidance.claims import (
    MOST_HINTS,
    Claim,
    Hint,
    Proof,
    Seller,
    checklist,
    hints,
    plain_words,
)
from amends.kernel.instants import Instant
from tests.given import DAY, T0, terms

GOOD = Claim("It came on 3 March and measures 91 cm.", 72_000, 80_000, True, written=True)
RUDE = plain_words("scammer 骗子 ladrón")
SLOW = Seller(None)


def given(
    claim: Claim,
    *proofs: Proof,
    seller: Seller = SLOW,
    until: Instant | None = None,
) -> tuple[Hint, ...]:
    return hints(claim, proofs, RUDE, T0, until, seller)


def says(text: str) -> tuple[Hint, ...]:
    return given(replace(GOOD, text=text))


def test_nothing_is_told_of_a_claim_that_has_all() -> None:
    assert given(GOOD, Proof("photo", "added", True), Proof("video", "missing", False)) == ()
    assert says("") == ()


def test_needed_proof_goes_first_and_three_are_the_most() -> None:
    everything = Claim("SCAMMER!! " + "it is bad. " * 6, 80_000, 80_000, True, ("Blouse",))
    found = given(everything, Proof("photo", "missing", True), seller=Seller(timedelta(hours=2)))
    assert found == ("missing_proof", "stay_polite", "write_first")
    assert len(found) == MOST_HINTS


@pytest.mark.parametrize(
    "text",
    [
        "You are a scammer, 91 cm",
        "THIS BLOUSE IS MUCH TOO SMALL, 91 CM",
        "91 cm!!",
        "卖家是骗子，量得91厘米",
        "Es un LADRÓN, 91 cm",
    ],
)
def test_calm_words_are_asked_for(text: str) -> None:
    assert says(text) == ("stay_polite",)


@pytest.mark.parametrize("text", ["The USB-C plug is 91 cm.", "OK, 91 cm!", "衬衫量得91厘米。"])
def test_calm_words_are_left_alone(text: str) -> None:
    assert says(text) == ()


def test_a_little_is_left_to_the_seller_only_where_goods_are_kept_and_all_is_asked() -> None:
    assert given(replace(GOOD, amount=80_000)) == ("all_of_it",)
    assert given(replace(GOOD, amount=80_000, in_part=False)) == ()
    assert given(replace(GOOD, amount=0, most=0)) == ()


def test_one_of_several_items_is_named_by_a_word_of_its_title() -> None:
    several = replace(GOOD, items=("White blouse, M",))
    assert given(several) == ("name_the_item",)
    assert given(replace(several, text="The blouses measure 91 cm.")) == ()
    # Nothing in this title is long enough to tell by.
    assert given(replace(several, items=("T-1",))) == ()


def test_figures_are_asked_for() -> None:
    assert says("It is too small.") == ("say_when",)


def test_several_points_are_numbered_and_sentences_short() -> None:
    points = ["It is 91 cm.", "The chart says 96.", "The seam is open.", "It smells.", "I wrote."]
    assert says(" ".join(points)) == ("number_points",)
    assert says("\n".join(f"{n}. {point}" for n, point in enumerate(points, 1))) == ()
    assert says("。".join("一二三四五") + "。6。") == ("number_points",)
    assert says("It is 91 cm and " * 12) == ("shorter",)
    assert says("量" * 90 + "91") == ("shorter",)


def test_writing_first_is_worth_a_try_when_an_answer_comes_in_time() -> None:
    silent, quick = replace(GOOD, written=False), Seller(timedelta(days=1))
    assert given(silent, seller=quick) == ("write_first",)
    assert given(silent, seller=quick, until=T0 + 3 * DAY) == ("write_first",)
    assert given(silent, seller=quick, until=T0 + 2 * DAY) == ()
    assert given(silent, seller=SLOW) == ()
    assert given(GOOD, seller=quick) == ()


def test_the_checklist_has_what_is_needed_first_and_what_is_on_record_last() -> None:
    reason = terms().reasons["not_as_described"]
    asked = [proof for proof in reason.evidence_from_buyer if not proof.on_record]
    found = checklist(reason, frozenset({asked[0].code}), written=True)
    assert [p.state for p in found if p.code == asked[0].code] == ["added"]
    assert {p.state for p in found} == {"added", "missing", "record"}
    order = [(p.state == "record", not p.needed) for p in found]
    assert order == sorted(order)
    unwritten = checklist(reason, frozenset(), written=False)
    assert {p.code for p in found} - {p.code for p in unwritten} == {"chat_with_seller"}
