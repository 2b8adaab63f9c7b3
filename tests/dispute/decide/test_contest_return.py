"""Disagreeing with an inspection."""

from __future__ import annotations

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.contest_return import ContestReturn
from amends.dispute.events.negotiation import Escalated, EvidenceAdded
from tests.dispute.carried import BACK, clock, faulted, in_dispute, sent_back
from tests.dispute.cases import accepted, of, opened, refused, rub, then, uploaded
from tests.given import BUYER, DAY, SELLER

NO = ContestReturn(text="There was no stain when I packed it.")
AT = BACK + DAY


def test_a_mediator_has_five_days_whatever_day_it_is() -> None:
    case = then(faulted(), NO, BUYER, AT)
    assert in_dispute(case) == "mediation/mediator"
    assert clock(case, "ruling").at == AT + 5 * DAY
    assert of(case).ruling_due == AT + 5 * DAY
    assert of(case).unheard is None
    moved = accepted(faulted(), NO, BUYER, AT).events[-1]
    assert isinstance(moved, Escalated)
    assert (moved.because, moved.by) == ("return_contested", "buyer")


def test_the_sellers_lower_offer_stands_in_mediation() -> None:
    case = then(faulted(amount=rub(100_000)), NO, BUYER, AT)
    case = then(case, AcceptOffer(offer="O2", amount=rub(100_000)), BUYER, AT + DAY)
    assert in_dispute(case) == "settling/platform"


def test_proof_is_put_to_the_dispute() -> None:
    case = uploaded(faulted(), "E1")
    outcome = accepted(case, ContestReturn("See the film.", ("E1",)), BUYER, AT)
    assert isinstance(outcome.events[0], EvidenceAdded)
    assert refused(case, ContestReturn("See.", ("E2",)), BUYER, AT).rule == "unknown_evidence"


def test_it_needs_words_and_an_inspection() -> None:
    no = refused(faulted(), ContestReturn(text=""), BUYER, AT)
    assert (no.rule, no.field) == ("text_missing", "text")
    assert refused(sent_back(), NO, BUYER, AT).rule == "return_not_inspected"
    assert refused(opened(), NO, BUYER, AT).rule == "wrong_phase"
    assert refused(faulted(), NO, SELLER, AT).rule == "not_for_this_role"
