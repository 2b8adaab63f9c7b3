from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.propose_settlement import ProposeSettlement
from amends.dispute.events.effects import DisputeClosed, EffectStarted
from amends.dispute.events.negotiation import OfferAccepted, OfferAgreed
from amends.dispute.judge import dispute_options
from amends.dispute.state import Case
from amends.kernel.money import Money
from amends.order.events.money import ChargebackOutcomeRecorded, ChargebackRecorded, RefundRecorded
from amends.order.state import Chargeback
from amends.policy.terms import Payer, Remedy
from tests.dispute.cases import (
    ANSWERED,
    D1,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    rub,
    ruled,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, MEDIATOR, SECOND, SELLER, after, stamp, terms


def offered(remedy: Remedy, amount: int | None, payer: Payer | None = None) -> Case:
    """The seller's first answer is such an offer, O2."""
    money = None if amount is None else rub(amount)
    offer = MakeOffer(remedy=remedy, amount=money, note="So.", return_postage_paid_by=payer)
    return then(opened(), offer, SELLER, ANSWERED)


def test_the_seller_accepts_the_claim_and_the_money_goes_back() -> None:
    command = AcceptOffer(offer="O1", amount=rub(160_000))
    outcome = accepted(opened(), command, SELLER, ANSWERED)
    assert [type(e) for e in outcome.events] == [OfferAccepted, EffectStarted, RefundRecorded]
    case = after(opened(), *outcome.events)
    dispute = of(case)
    assert (dispute.phase, dispute.turn, dispute.seller_answered) == ("settling", "platform", True)
    assert dispute.offers[0].status == "accepted"
    assert [(r.amount, r.dispute) for r in case.order.refunds.values()] == [(160_000, D1)]
    assert case.order.refundable == 0


def test_other_offers_lapse() -> None:
    case = then(answered(), AcceptOffer(offer="O2", amount=rub(20_000)), BUYER, ANSWERED)
    assert [o.status for o in of(case).offers] == ["lapsed", "accepted"]


@pytest.mark.parametrize(
    ("remedy", "amount", "phase"),
    [("return_and_refund", 100, "returning"), ("replacement", None, "replacing")],
)
def test_goods_move_before_the_dispute_is_over(
    remedy: Remedy, amount: int | None, phase: str
) -> None:
    command = AcceptOffer(offer="O2", amount=None if amount is None else rub(amount))
    dispute = of(then(offered(remedy, amount), command, BUYER, ANSWERED))
    assert (dispute.phase, dispute.turn) == (phase, "seller")


def test_the_policy_names_the_payer_of_the_return_when_the_offer_does_not() -> None:
    by_policy: tuple[Payer | None, Payer] = (None, "seller")
    for named, payer in (by_policy, ("buyer", "buyer")):
        case = offered("return_and_refund", 100, named)
        case = then(case, AcceptOffer(offer="O2", amount=rub(100)), BUYER, ANSWERED)
        back = of(case).return_
        assert back is not None
        assert back.paid_by == payer


def test_agreeing_to_nothing_closes_without_a_refund() -> None:
    for command in (AcceptOffer(offer="O2"), AcceptOffer(offer="O2", amount=rub(0))):
        outcome = accepted(offered("refund", 0), command, BUYER, ANSWERED)
        assert isinstance(outcome.events[-1], DisputeClosed)
        dispute = of(after(offered("refund", 0), *outcome.events))
        assert (dispute.phase, dispute.outcome) == ("closed", "settled_without_refund")


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (AcceptOffer(offer="O9", amount=rub(1)), "unknown_offer"),
        (AcceptOffer(offer="O1", amount=rub(160_000)), "own_offer"),
        (AcceptOffer(offer="O2"), "amount_missing"),
        (AcceptOffer(offer="O2", amount=rub(20_001)), "offer_has_other_amount"),
        (AcceptOffer(offer="O2", amount=rub(19_999)), "offer_has_other_amount"),
        (AcceptOffer(offer="O2", amount=Money(20_000, "USD")), "offer_has_other_amount"),
    ],
)
def test_binds_to_the_other_side_s_offer_as_it_was_seen(command: AcceptOffer, rule: str) -> None:
    assert refused(answered(), command, BUYER, ANSWERED).rule == rule


def test_an_offer_that_was_replaced_or_declined_is_gone() -> None:
    case = then(answered(), MakeOffer(remedy="refund", amount=rub(9)), SELLER, ANSWERED)
    no = refused(case, AcceptOffer(offer="O2", amount=rub(20_000)), BUYER, ANSWERED)
    assert (no.rule, no.facts["status"]) == ("offer_not_standing", "replaced")


def test_without_an_offer_of_the_other_side_there_is_nothing_to_accept() -> None:
    case = then(opened(), DeclineOffer(offer="O1"), SELLER, ANSWERED)
    command = AcceptOffer(offer="O1", amount=rub(160_000))
    assert refused(case, command, BUYER, ANSWERED).rule == "no_offer_to_accept"
    assert of(then(case, command, SELLER, ANSWERED)).phase == "settling"


def test_agreement_stays_possible_until_money_moves() -> None:
    command = AcceptOffer(offer="O2", amount=rub(20_000))
    for case in (answered(), mediated(), ruled()):
        at = ESCALATED + 2 * DAY
        assert of(then(case, command, BUYER, at)).phase == "settling"
    paid = then(answered(), command, BUYER, ANSWERED)
    assert refused(paid, command, BUYER, ANSWERED).rule == "wrong_phase"
    ended = then(opened(), CancelDispute(), BUYER, OPENED)
    assert refused(ended, command, BUYER, ANSWERED).rule == "dispute_closed"


def test_the_platform_s_proposal_binds_when_both_agree() -> None:
    proposal = ProposeSettlement(remedy="refund", amount=rub(60_000), note="Half way.")
    case = then(mediated(), proposal, MEDIATOR, ESCALATED)
    command = AcceptOffer(offer="O3", amount=rub(60_000))
    first = accepted(case, command, BUYER, ESCALATED + DAY)
    assert [type(e) for e in first.events] == [OfferAgreed]
    case = after(case, *first.events)
    assert (of(case).phase, of(case).offers[2].agreed_by) == ("mediation", ("buyer",))
    case = then(case, command, SELLER, ESCALATED + DAY)
    assert of(case).phase == "settling"
    assert case.order.refunded == 60_000


@pytest.mark.parametrize("first", ["buyer", "seller"])
def test_who_agreed_to_it_waits_for_the_other_side(first: str) -> None:
    """Whether another offer could still be accepted, or none."""
    proposal = ProposeSettlement(remedy="refund", amount=rub(60_000), note="Half way.")
    declined = then(opened(), DeclineOffer(offer="O1"), SELLER, ANSWERED)
    case = then(mediated(declined), proposal, MEDIATOR, ESCALATED)
    command, at = AcceptOffer(offer="O2", amount=rub(60_000)), ESCALATED + DAY
    by = BUYER if first == "buyer" else SELLER
    agreed = then(case, command, by, at)
    again = refused(agreed, command, by, at)
    assert (again.rule, again.facts) == ("agreed_already", {"offer": "O2"})
    assert again.next == ("wait_for_other_side",)
    offered = {
        o.type: o.refused for o in dispute_options(agreed, of(agreed), by, terms(), stamp(at))
    }
    # The claim is the seller's to accept to the last; the buyer has nothing else.
    assert offered["accept_offer"] == (None if by is SELLER else again)


def test_an_offer_above_what_the_bank_left_is_not_kept_in_part() -> None:
    taken = ChargebackRecorded(at=ANSWERED, chargeback=Chargeback("C1", 150_000, ANSWERED))
    command = AcceptOffer(offer="O2", amount=rub(20_000))
    case = after(answered(), taken)
    withheld = of(then(case, command, BUYER, ANSWERED + SECOND))
    assert (withheld.phase, withheld.withheld) == ("settling", True)
    case = after(case, ChargebackOutcomeRecorded(at=ANSWERED, chargeback="C1", won=False))
    no = refused(case, command, BUYER, ANSWERED + SECOND)
    assert (no.rule, no.facts["left"]) == ("more_than_is_left", rub(10_000))


def test_a_return_that_came_back_is_not_agreed_on_again() -> None:
    case = offered("return_and_refund", 100)
    back = then(case, AcceptOffer(offer="O2", amount=rub(100)), BUYER, ANSWERED)
    returned = replace(of(back).return_, condition="empty")  # type: ignore[type-var]
    stuck = replace(of(case), return_=returned)
    no = refused(
        replace(case, disputes={D1: stuck}), AcceptOffer(offer="O2", amount=rub(100)), BUYER,
        ANSWERED,
    )  # fmt: skip
    assert no.rule == "already_returned"
