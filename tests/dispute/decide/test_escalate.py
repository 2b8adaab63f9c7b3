from __future__ import annotations

import pytest

from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.events.negotiation import Escalated
from amends.kernel.people import Actor
from tests.dispute.cases import (
    ANSWERED,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, SECOND, SELLER, after


def test_the_buyer_asks_for_a_mediator_on_their_own_turn() -> None:
    outcome = accepted(answered(), Escalate(note="No more letters."), BUYER, ESCALATED)
    (moved,) = outcome.events
    assert isinstance(moved, Escalated)
    assert (moved.because, moved.by, moved.note_ref) == ("asked_for", "buyer", "c1.note")
    assert outcome.contents[0].owner == "b1"
    dispute = of(after(answered(), moved))
    assert (dispute.phase, dispute.turn) == ("mediation", "mediator")
    assert (dispute.unheard, dispute.unheard_until) == (None, None)
    (clock,) = dispute.deadlines
    assert (clock.what, clock.turn, clock.at) == ("ruling", "mediator", OPENED + 15 * DAY)
    assert (clock.since, clock.anchor) == (OPENED, "dispute_opened")
    assert dispute.ruling_due == clock.at


def test_the_side_whose_answer_is_cut_short_keeps_its_time() -> None:
    dispute = of(then(answered(), Escalate(), SELLER, ANSWERED + DAY))
    assert (dispute.unheard, dispute.unheard_until) == ("buyer", ANSWERED + 5 * DAY)
    declined = then(answered(), DeclineOffer(offer="O2"), BUYER, ANSWERED + DAY)
    dispute = of(then(declined, Escalate(), BUYER, ANSWERED + DAY))
    assert (dispute.unheard, dispute.unheard_until) == ("seller", ANSWERED + 6 * DAY)


@pytest.mark.parametrize(("by", "next_"), [(BUYER, "wait_for_other_side"), (SELLER, "make_offer")])
def test_not_before_the_seller_has_answered(by: Actor, next_: str) -> None:
    no = refused(opened(), Escalate(), by, OPENED + 5 * DAY - SECOND)
    assert (no.rule, no.facts["answer_due"]) == ("seller_has_not_answered", OPENED + 5 * DAY)
    assert no.next[0] == next_


def test_a_mediation_is_not_escalated_again() -> None:
    assert refused(mediated(), Escalate(), BUYER, ESCALATED).rule == "wrong_phase"
