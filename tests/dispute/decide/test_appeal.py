"""Asking for fresh eyes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute
from amends.dispute.decide import appeal as module
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.confirm_replacement import ConfirmReplacement
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.events.judging import AppealFiled
from amends.dispute.events.negotiation import EvidenceAdded
from amends.dispute.state import Case
from amends.kernel.people import Actor
from amends.order.events.money import TraceRecorded
from amends.order.units import LineQuantity
from tests.dispute.carried import (
    AGREED,
    BACK,
    R1,
    SENT_BACK,
    addressed,
    agreed,
    appealed,
    booked,
    clock,
    expired,
    failed,
    faulted,
    in_dispute,
    paid,
    replaced_by_post,
    replacing,
    returning,
    sent_back,
    telling,
    tracked,
)
from tests.dispute.cases import (
    ESCALATED,
    accepted,
    answered,
    claim,
    mediated,
    of,
    opened,
    refused,
    rub,
    ruled,
    ruling,
    then,
    uploaded,
)
from tests.given import APPEALS, BUYER, DAY, FINANCE, SECOND, SELLER, SUPPORT, shipped, stamp, terms

RULED = ESCALATED + DAY
AT = RULED + DAY
ERROR = FileAppeal(grounds="named_error", text="The chart says M, and it is M.")
NEWS = FileAppeal(grounds="new_evidence", text="A photo of the label.", evidence=("E1",))
MONEY = FileAppeal(grounds="money_did_not_come", text="Nothing came.")
BREACH = FileAppeal(grounds="did_not_comply", text="They do not do it.")


@pytest.mark.parametrize("by", [BUYER, SELLER])
def test_either_side_can_appeal_a_ruling(by: Actor) -> None:
    case = then(ruled(), ERROR, by, AT)
    assert in_dispute(case) == "appeal/appeals"
    assert clock(case, "appeal_decision").at == AT + 7 * DAY
    made = of(case).appeal
    assert made is not None
    assert (made.by, made.back_to, made.outcome) == (by.role.value, "ruled", None)
    assert made.text_ref


def test_up_to_the_last_instant_of_the_window() -> None:
    end = clock(ruled(), "appeal").at
    assert end == RULED + 7 * DAY
    accepted(ruled(), ERROR, BUYER, end - timedelta(microseconds=1))
    _, over = expired(ruled(), end)
    assert refused(over, ERROR, BUYER, end).rule == "money_not_late"


def test_new_evidence_is_put_to_the_dispute() -> None:
    case = uploaded(ruled(), "E1", "E2")
    outcome = accepted(case, replace(NEWS, evidence=("E1", "E2")), BUYER, AT)
    filed, added = outcome.events
    assert isinstance(filed, AppealFiled)
    assert filed.appeal.evidence == ("E1", "E2")
    assert isinstance(added, EvidenceAdded)
    assert added.evidence == ("E1", "E2")


def test_new_evidence_may_be_named_beside_what_is_known() -> None:
    case = uploaded(opened(uploaded_first(), evidence=("E1",)), "E2")
    (_, added) = accepted(ruled_on(case), replace(NEWS, evidence=("E1", "E2")), BUYER, AT).events
    assert isinstance(added, EvidenceAdded)
    assert added.evidence == ("E2",)


def test_known_evidence_is_not_new() -> None:
    case = ruled_on(opened(uploaded_first(), evidence=("E1",)))
    no = refused(case, NEWS, BUYER, AT)
    assert (no.rule, no.field) == ("new_evidence_missing", "evidence")
    accepted(case, replace(ERROR, evidence=("E1",)), BUYER, AT)


def test_new_evidence_that_is_no_file_is_told_in_words() -> None:
    case = ruled_on(opened(uploaded_first(), evidence=("E1",)))
    (filed,) = accepted(case, replace(NEWS, evidence=()), BUYER, AT).events
    assert isinstance(filed, AppealFiled)
    assert filed.appeal.evidence == ()


def uploaded_first() -> Case:
    """A shipped order with a photo of the buyer's on record."""
    return uploaded(shipped(), "E1")


def ruled_on(case: Case) -> Case:
    """m1 ruled on it, on what was given."""
    proofs = tuple(k for k, p in case.order.evidence.items() if p.disputes)
    return ruled(mediated(answered(case)), evidence=proofs, no_evidence=not proofs)


def test_anothers_evidence_does_not_exist() -> None:
    case = uploaded(ruled(), "E1", by=SELLER)
    assert refused(case, NEWS, BUYER, AT).rule == "unknown_evidence"


def test_too_much_evidence() -> None:
    most = terms().limits.evidence_per_side
    ids = tuple(f"E{n}" for n in range(most + 1))
    case = uploaded(ruled(), *ids)
    assert refused(case, replace(NEWS, evidence=ids), BUYER, AT).rule == "too_much_evidence"
    accepted(case, replace(NEWS, evidence=ids[:-1]), BUYER, AT)


def test_it_needs_words_and_known_grounds() -> None:
    no = refused(ruled(), replace(ERROR, text=" "), BUYER, AT)
    assert (no.rule, no.field) == ("text_missing", "text")
    no = refused(ruled(), replace(ERROR, grounds="bad_luck"), BUYER, AT)
    assert (no.rule, no.field, no.kind) == ("unknown_grounds", "grounds", "invalid")


def test_grounds_belong_to_their_phase() -> None:
    assert refused(ruled(), MONEY, BUYER, AT).rule == "grounds_not_now"
    case = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    assert refused(case, ERROR, BUYER, AGREED).rule == "grounds_not_now"


def test_not_by_a_side_that_accepted_the_ruling() -> None:
    case = then(ruled(), AcceptRuling(), SELLER, RULED)
    assert refused(case, ERROR, SELLER, AT).rule == "ruling_accepted_before"
    accepted(case, ERROR, BUYER, AT)


def test_a_ruling_is_appealed_once_in_a_dispute() -> None:
    once = then(
        appealed(),
        DecideAppeal(
            "changed", "A return, then.", remedy="return_and_refund", finding="for_buyer",
            reasons=("item_damaged",), clauses=("damaged",), amount=ruling().amount,
            no_evidence=True,
        ),
        APPEALS,
        AT + 2 * DAY,
    )  # fmt: skip
    assert in_dispute(once) == "returning/seller"
    again = replace(once, disputes={**once.disputes, of(once).id: replace(of(once), phase="ruled")})
    for by in (BUYER, SELLER):
        assert refused(again, ERROR, by, AT + 3 * DAY).rule == "appealed_before"


def test_a_pack_without_a_window_hears_only_of_money() -> None:
    pack = terms("guide-001")
    case = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    no = refused(case, ERROR, BUYER, AGREED, under=pack)
    assert (no.rule, no.facts["known"]) == ("unknown_grounds", ("money_did_not_come",))
    accepted(case, MONEY, BUYER, AGREED, under=pack)


@pytest.mark.parametrize("again", [True, False])
def test_money_that_failed(again: bool) -> None:
    case = telling(agreed(), failed(AGREED, again=again), at=AGREED)
    case = then(case, MONEY, BUYER, AGREED + SECOND)
    made = of(case).appeal
    assert made is not None
    assert made.back_to == "settling"


def test_money_under_way_is_late_once_the_provider_had_its_time() -> None:
    at = clock(agreed(), "refund").at
    no = refused(agreed(), MONEY, BUYER, at - SECOND)
    assert (no.rule, no.facts["until"], no.field) == ("money_not_late", at, "grounds")
    _, case = expired(agreed(), at)
    accepted(case, MONEY, BUYER, at)


def test_part_of_the_money_beside_a_replacement_has_the_same_time() -> None:
    case = then(ruled(), AcceptRuling(), SELLER, AT)
    assert case.order.refunds == {}
    offer = MakeOffer("replacement", amount=rub(10_000))
    case = then(
        then(opened(), offer, SELLER, AGREED), AcceptOffer("O2", rub(10_000)), BUYER, AGREED
    )
    assert in_dispute(case) == "replacing/seller"
    at = AGREED + terms().refunds.settled_within.span
    assert refused(case, MONEY, BUYER, at - SECOND).rule == "money_not_late"
    accepted(case, MONEY, BUYER, at)


def test_money_that_failed_and_is_sent_again_can_be_heard_of_until_it_is_booked() -> None:
    case = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    _, case = expired(case, AGREED + DAY)
    assert len(case.order.refunds) == 2
    accepted(case, MONEY, BUYER, AGREED + DAY)


def test_booked_money_is_late_once_its_last_day_is_over() -> None:
    until = AGREED + 28 * DAY
    case = telling(agreed(), booked(AGREED, until=until), at=AGREED)
    no = refused(case, MONEY, BUYER, until - SECOND)
    assert (no.rule, no.facts["until"]) == ("money_not_late", until)
    filed = then(case, MONEY, BUYER, until)
    made = of(filed).appeal
    assert made is not None
    assert (made.back_to, made.outcome) == ("closed", "refunded")
    assert (of(filed).outcome, of(filed).closed_at) == (None, None)
    assert filed.order.open_claims


def test_money_that_was_traced_to_the_buyer_has_come() -> None:
    until = AGREED + 28 * DAY
    case = telling(agreed(), booked(AGREED, until=until), at=AGREED)
    found = TraceRecorded(at=until, refund=R1, by=FINANCE.person, outcome="arrived")
    case = telling(case, found, at=until)
    assert refused(case, MONEY, BUYER, until + DAY).rule == "nothing_is_late"


def test_money_that_was_taken_back_after_the_end() -> None:
    case = telling(paid(), failed(AGREED + 3 * DAY, again=True), at=AGREED + 3 * DAY)
    accepted(case, MONEY, BUYER, AGREED + 4 * DAY)


def test_a_failed_refund_whose_retry_was_booked_is_not_missing() -> None:
    case = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    _, case = expired(case, AGREED + DAY)
    (_, retry) = case.order.refunds.values()
    case = telling(case, booked(AGREED + 2 * DAY, retry.id), at=AGREED + 2 * DAY)
    assert refused(case, MONEY, BUYER, AGREED + 3 * DAY).rule == "money_not_late"


def test_the_seller_is_owed_no_refund() -> None:
    case = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    assert refused(case, MONEY, SELLER, AGREED + DAY).rule == "nothing_is_late"


@pytest.mark.parametrize(
    ("case", "step"),
    [
        (returning(), "return_address"),
        (sent_back(), "return_arrival"),
        (telling(sent_back(), tracked(BACK), at=BACK), "inspection"),
        (faulted(), "inspection_answer"),
        (replacing(), "replacement_shipment"),
        (replaced_by_post(), "replacement_arrival"),
    ],
)
def test_a_step_with_a_clock_is_left_to_the_clock(case: Case, step: str) -> None:
    until = clock(case, step).at
    for by in (BUYER, SELLER):
        no = refused(case, BREACH, by, until - SECOND)
        assert (no.rule, no.next, no.field) == ("step_not_late", ("wait",), "grounds")
        assert (no.facts["step"], no.facts["until"]) == (step, until)
    _, after_it = expired(case, until)
    assert of(after_it).step != step


@pytest.mark.parametrize(
    "case",
    [
        addressed(),  # an address that nobody is at
        telling(sent_back(), tracked(BACK, "returned_to_sender"), at=BACK),
        telling(replaced_by_post(), tracked(BACK), at=BACK),  # something else came
        then(replaced_by_post(), ConfirmReplacement(), BUYER, BACK),
    ],
)
def test_the_buyer_tells_what_no_clock_sees(case: Case) -> None:
    at = BACK + DAY
    made = of(then(case, BREACH, BUYER, at)).appeal
    assert made is not None
    assert made.back_to == of(case).phase
    no = refused(case, BREACH, SELLER, at)
    assert no.rule == ("dispute_closed" if of(case).phase == "closed" else "step_not_late")


def test_where_money_is_awaited_no_step_is() -> None:
    failing = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    assert refused(failing, BREACH, BUYER, AGREED).rule == "nothing_is_late"
    assert refused(paid(), BREACH, SELLER, BACK).rule == "dispute_closed"


def test_each_side_once_for_each_step() -> None:
    case = appealed(addressed(), SENT_BACK, BUYER, grounds="did_not_comply")
    case = then(case, DecideAppeal("upheld", "They are there by day."), APPEALS, SENT_BACK)
    assert in_dispute(case) == "returning/buyer"
    no = refused(case, BREACH, BUYER, SENT_BACK)
    assert (no.rule, no.next) == ("appealed_before", ("contact_support",))
    case = telling(sent_back(case), tracked(BACK, "returned_to_sender"), at=BACK)
    accepted(case, BREACH, BUYER, BACK)


def test_a_cancelled_dispute_has_nothing_to_appeal() -> None:
    case = then(opened(), CancelDispute(), BUYER, AGREED)
    for by in (BUYER, SELLER):
        assert refused(case, BREACH, by, AGREED).rule == "dispute_closed"
        assert refused(case, MONEY, by, AGREED).rule == "dispute_closed"


def test_units_in_another_open_dispute_are_not_disputed_twice() -> None:
    once = opened(remedy="replacement", lines=(LineQuantity("1", 1),))
    done = then(replaced_by_post(agreed(once)), ConfirmReplacement(), BUYER, BACK)
    other = then(done, claim(lines=(LineQuantity("1", 1),)), BUYER, BACK)
    accepted(other, BREACH, BUYER, BACK)  # one unit each
    both = then(done, claim(), BUYER, BACK)
    no = refused(both, BREACH, BUYER, BACK)
    assert (no.rule, no.facts["disputes"]) == ("units_already_in_dispute", ("A-1001-D2",))


def test_only_sides_and_only_then() -> None:
    assert refused(opened(), ERROR, BUYER, AGREED).rule == "wrong_phase"
    assert refused(appealed(), ERROR, BUYER, AT + 2 * DAY).rule == "wrong_phase"
    assert refused(ruled(), ERROR, SUPPORT, AT).rule == "not_for_this_role"


@pytest.mark.parametrize(
    ("case", "by", "rule"),
    [
        (ruled(), BUYER, None),
        (opened(), BUYER, "wrong_phase"),
        (paid(), BUYER, "money_not_late"),
        (returning(), BUYER, "step_not_late"),
        (paid(), SELLER, "dispute_closed"),
        (then(opened(), CancelDispute(), BUYER, AGREED), BUYER, "dispute_closed"),
        (then(ruled(), AcceptRuling(), SELLER, RULED), SELLER, "ruling_accepted_before"),
    ],
)
def test_options_say_why_not(case: Case, by: Actor, rule: str | None) -> None:
    no = module.may(AskedOfDispute(case, of(case), by, terms(), stamp(AGREED + 5 * DAY)))
    assert (no and no.rule) == rule


def test_while_it_is_heard_the_sides_may_still_agree() -> None:
    case = appealed()
    case = then(case, AcceptOffer("O1", rub(160_000)), SELLER, AT + 2 * DAY)
    assert in_dispute(case) == "settling/platform"
