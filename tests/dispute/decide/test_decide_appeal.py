"""The last word."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.appeals import appeal_of
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.effects import effect_of
from amends.dispute.events.effects import StepResumed
from amends.dispute.events.judging import AppealDecided
from amends.dispute.rulings import RulingOnLine
from amends.dispute.state import Case
from amends.kernel.people import Actor, Role, Side
from tests.dispute.carried import (
    AGREED,
    BACK,
    R1,
    addressed,
    agreed,
    appealed,
    booked,
    clock,
    decided_by_bank,
    ends,
    expired,
    failed,
    faulted,
    held_by_bank,
    in_dispute,
    on_record,
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
    mediated,
    of,
    opened,
    refused,
    rub,
    ruled,
    then,
    two_lines,
)
from tests.given import APPEALS, DAY, MEDIATOR, SUPERVISOR

RULED = ESCALATED + DAY
FILED = RULED + 2 * DAY
AT = FILED + DAY
UPHELD = DecideAppeal(decision="upheld", text="The mediator is right.")
CHANGED = DecideAppeal(
    decision="changed",
    text="All of it.",
    remedy="refund",
    finding="for_buyer",
    reasons=("item_differs_from_listing",),
    clauses=("not_as_described",),
    amount=rub(160_000),
    no_evidence=True,
)


def money_appeal(case: Case) -> Case:
    """The buyer says that the money did not come."""
    return on_record(case, AGREED + DAY, "buyer", "money_did_not_come")


def step_appeal(case: Case, by: Side = "buyer") -> Case:
    """A side says that the other does not do its step."""
    return on_record(case, BACK + DAY, by, "did_not_comply")


def test_upheld_the_ruling_is_carried_out() -> None:
    outcome = accepted(appealed(), UPHELD, APPEALS, AT)
    decided = outcome.events[0]
    assert isinstance(decided, AppealDecided)
    assert (decided.appeal.decided, decided.appeal.decided_by) == ("upheld", "a1")
    assert outcome.contents[0].ref == decided.appeal.decided_ref
    case = then(appealed(), UPHELD, APPEALS, AT)
    assert in_dispute(case) == "settling/platform"
    assert case.order.refunds[R1].amount == 80_000
    assert case.order.refunds[R1].recorded_at == AT


def test_changed_the_new_ruling_is() -> None:
    case = then(appealed(), CHANGED, APPEALS, AT)
    made, effect = of(case).ruling, of(case).effect
    assert made is not None
    assert effect is not None
    assert (made.by, made.amount, effect.source) == ("a1", 160_000, "appeal")
    assert appeal_of(of(case)).decided == "changed"
    assert appeal_of(of(case)).decided_ref == made.text_ref
    assert case.order.refunds[R1].amount == 160_000


def test_changed_in_the_sellers_favour_ends_without_money() -> None:
    nothing = replace(CHANGED, finding="for_seller", amount=None)
    case = then(appealed(), nothing, APPEALS, AT)
    assert (of(case).outcome, case.order.refunds) == ("refused", {})


def test_changed_into_a_return_or_a_replacement() -> None:
    back = replace(CHANGED, remedy="return_and_refund")
    assert in_dispute(then(appealed(), back, APPEALS, AT)) == "returning/seller"
    other = replace(CHANGED, remedy="replacement", amount=None)
    assert in_dispute(then(appealed(), other, APPEALS, AT)) == "replacing/seller"


def test_what_was_paid_is_part_of_what_is_due() -> None:
    gone = booked(AGREED, until=AGREED + DAY)
    case = money_appeal(telling(agreed(opened(amount=rub(60_000))), gone, at=AGREED))
    case = then(case, CHANGED, APPEALS, AT)
    assert [r.amount for r in case.order.refunds.values()] == [60_000, 100_000]
    assert in_dispute(case) == "settling/platform"
    same = telling(agreed(), gone, at=AGREED)
    case = then(money_appeal(same), CHANGED, APPEALS, AT)
    assert (of(case).outcome, len(case.order.refunds)) == ("refunded", 1)


def test_no_more_than_was_paid_altogether() -> None:
    case = then(appealed(), CHANGED, APPEALS, AT)
    assert case.order.refundable == 0
    no = refused(appealed(), replace(CHANGED, amount=rub(160_001)), APPEALS, AT)
    assert (no.rule, no.field) == ("amount_too_large", "amount")


def test_money_under_way_is_waited_for_and_only_the_rest_is_sent() -> None:
    case = then(money_appeal(agreed(opened(amount=rub(60_000)))), CHANGED, APPEALS, AT)
    assert [r.amount for r in case.order.refunds.values()] == [60_000, 100_000]
    case = telling(case, booked(AT, "A-1001-R2"), at=AT)
    assert in_dispute(case) == "settling/platform"
    case = telling(case, booked(AT, R1), at=AT)
    assert of(case).outcome == "refunded"


def test_less_than_is_under_way_sends_nothing_more() -> None:
    case = then(money_appeal(agreed()), replace(CHANGED, amount=rub(1)), APPEALS, AT)
    assert list(case.order.refunds) == [R1]
    assert in_dispute(case) == "settling/platform"
    assert of(telling(case, booked(AT), at=AT)).outcome == "refunded"


def test_money_that_failed_is_sent_anew_and_once() -> None:
    case = money_appeal(telling(agreed(), failed(AGREED, again=False), at=AGREED))
    case = then(case, CHANGED, APPEALS, AT)
    (_, again) = case.order.refunds.values()
    assert (again.amount, again.retry_of) == (160_000, R1)
    assert not [d for d in case.order.deadlines if d.subject == R1]
    assert of(telling(case, booked(AT, again.id), at=AT)).outcome == "refunded"


def test_money_that_will_be_tried_again_is_waited_for() -> None:
    case = money_appeal(telling(agreed(), failed(AGREED, again=True), at=AGREED + DAY / 2))
    case = then(case, CHANGED, APPEALS, AGREED + DAY)
    assert list(case.order.refunds) == [R1]
    _, case = expired(case, AGREED + 2 * DAY)
    assert case.order.refunded == 160_000


def test_by_line_what_was_paid_is_taken_off_each() -> None:
    lines = (
        RulingOnLine("1", "for_buyer", "refund", rub(50_000)),
        RulingOnLine("2", "for_seller", "refund"),
    )
    split = replace(CHANGED, finding="split", amount=rub(50_000), lines=lines)
    case = agreed(opened(two_lines(), amount=rub(16_900)))
    first = case.order.refunds[R1]
    case = then(money_appeal(case), split, APPEALS, AT)
    second = case.order.refunds["A-1001-R2"]
    assert second.amount == 50_000 - 16_900
    assert set(second.lines) == {"1"}
    assert first.lines["1"] + second.lines["1"] <= 50_000


@pytest.mark.parametrize(
    ("case", "by", "going_on", "what", "days"),
    [
        (returning(), "buyer", "returning/seller", "return_address", 5),
        (addressed(), "seller", "returning/buyer", "return_shipment", 10),
        (sent_back(), "buyer", "returning/seller", "return_arrival", 23),
        (
            telling(sent_back(), tracked(BACK), at=BACK),
            "buyer", "returning/seller", "inspection", 3,
        ),
        (faulted(), "seller", "returning/buyer", "inspection_answer", 5),
        (replacing(), "buyer", "replacing/seller", "replacement_shipment", 5),
        (replaced_by_post(), "buyer", "replacing/buyer", "replacement_arrival", 23),
    ],
)  # fmt: skip
def test_upheld_the_step_goes_on_with_its_clock_anew(
    case: Case, by: Side, going_on: str, what: str, days: int
) -> None:
    at = BACK + 3 * DAY
    case = step_appeal(case, by)
    outcome = accepted(case, UPHELD, APPEALS, at)
    assert isinstance(outcome.events[-1], StepResumed)
    case = then(case, UPHELD, APPEALS, at)
    assert in_dispute(case) == going_on
    assert clock(case, what).at == at + days * DAY
    assert clock(case, what).anchor == "appeal_decided"


def test_a_parcel_that_arrives_meanwhile_is_noted_and_then_inspected() -> None:
    case = step_appeal(sent_back())
    case = telling(case, tracked(BACK + 2 * DAY), at=BACK + 2 * DAY)
    assert in_dispute(case) == "appeal/appeals"
    case = then(case, UPHELD, APPEALS, BACK + 3 * DAY)
    assert clock(case, "inspection").at == BACK + 6 * DAY


def test_a_return_under_way_goes_on_under_the_changed_terms() -> None:
    other = replace(
        CHANGED, remedy="return_and_refund", amount=rub(90_000), return_postage_paid_by="buyer"
    )
    case = then(step_appeal(sent_back()), other, APPEALS, BACK + 2 * DAY)
    assert in_dispute(case) == "returning/seller"
    back = of(case).return_
    assert back is not None
    assert (back.parcel, back.paid_by) == ("S2", "buyer")
    assert clock(case, "return_arrival").at == BACK + 25 * DAY
    assert effect_of(of(case)).amount == 90_000


def test_upheld_money_under_way_is_waited_for_anew() -> None:
    case = then(money_appeal(agreed()), UPHELD, APPEALS, AT)
    assert in_dispute(case) == "settling/platform"
    assert clock(case, "refund").at == AT + 5 * DAY
    assert list(case.order.refunds) == [R1]


def test_money_that_came_during_the_appeal_ends_the_dispute() -> None:
    case = telling(money_appeal(agreed()), booked(AT), at=AT)
    assert in_dispute(case) == "appeal/appeals"
    case = then(case, UPHELD, APPEALS, AT)
    assert (of(case).outcome, of(case).phase) == ("refunded", "closed")


def test_a_bank_that_decided_during_the_appeal_frees_the_money() -> None:
    held = agreed(held_by_bank(opened()))
    filed = replace(
        of(money_appeal(agreed())), withheld=True, effect=of(held).effect
    )  # the appeal of a refund that a bank holds
    case = replace(held, disputes={filed.id: filed})
    waiting = then(case, UPHELD, APPEALS, AT)
    assert in_dispute(waiting) == "settling/platform"
    assert not waiting.order.refunds
    case = telling(case, decided_by_bank(AT, won=True), at=AT)
    assert not case.order.refunds
    case = then(case, UPHELD, APPEALS, AT)
    assert case.order.refunds[R1].amount == 160_000
    assert not of(case).withheld


def test_upheld_a_closed_dispute_ends_as_it_had() -> None:
    case = telling(paid(), failed(AGREED + 2 * DAY, again=True), at=AGREED + 2 * DAY)
    case = money_appeal(case)
    case = then(case, UPHELD, APPEALS, AT)
    assert (of(case).phase, of(case).outcome) == ("closed", "refunded")
    assert not case.order.open_claims


def test_overdue_a_supervisor_decides_who_had_no_part() -> None:
    _, case = ends(appealed(), "appeal_decision")
    at = FILED + 8 * DAY
    assert of(then(case, UPHELD, SUPERVISOR, at)).phase == "settling"
    assert of(then(case, UPHELD, APPEALS, at)).phase == "settling"
    for person, rule in (("m1", "author_of_ruling"), ("b1", "conflict_of_interest")):
        assert refused(case, UPHELD, Actor(person, Role.SUPERVISOR), at).rule == rule
    assert refused(appealed(), UPHELD, SUPERVISOR, AT).rule == "not_overdue"


def test_nor_the_mediator_where_another_ruled() -> None:
    _, case = ends(appealed(), "appeal_decision")
    made = of(case).ruling
    assert made is not None
    dispute = replace(of(case), ruling=replace(made, by="v9"))
    case = replace(case, disputes={dispute.id: dispute})
    no = refused(case, UPHELD, Actor("m1", Role.SUPERVISOR), FILED + 8 * DAY)
    assert no.rule == "mediator_of_dispute"


def test_only_its_own_officer() -> None:
    assert refused(appealed(), UPHELD, Actor("a2", Role.APPEALS), AT).rule == "not_assigned"
    assert refused(ruled(), UPHELD, APPEALS, RULED).rule == "wrong_phase"
    assert refused(appealed(), UPHELD, MEDIATOR, AT).rule == "not_for_this_role"


def test_an_officer_takes_an_appeal_that_is_nobodys() -> None:
    nobodys = appealed()
    dispute = replace(of(nobodys), officer=None)
    nobodys = replace(nobodys, disputes={dispute.id: dispute})
    for command in (UPHELD, CHANGED):
        case = then(nobodys, command, Actor("a2", Role.APPEALS), AT)
        assert (of(case).officer, appeal_of(of(case)).decided_by) == ("a2", "a2")
    asked = RequestInformation(of="seller", question="Where is the chart?")
    assert of(then(nobodys, asked, Actor("a2", Role.APPEALS), AT)).officer == "a2"
    for person, rule in (("m1", "author_of_ruling"), ("b1", "conflict_of_interest")):
        assert refused(nobodys, UPHELD, Actor(person, Role.APPEALS), AT).rule == rule
        assert refused(nobodys, asked, Actor(person, Role.APPEALS), AT).rule == rule


def test_not_while_a_side_is_asked_for_more() -> None:
    question = RequestInformation(of="seller", question="Where is the chart?")
    case = then(appealed(), question, APPEALS, AT)
    no = refused(case, UPHELD, APPEALS, AT + DAY)
    assert (no.rule, no.facts["until"]) == ("information_awaited", AT + 3 * DAY)


@pytest.mark.parametrize(
    ("command", "rule", "field"),
    [
        (replace(UPHELD, text=" "), "text_missing", "text"),
        (replace(UPHELD, remedy="refund"), "ruling_without_change", "decision"),
        (replace(CHANGED, remedy=None), "ruling_field_missing", "remedy"),
        (replace(CHANGED, finding=None), "ruling_field_missing", "finding"),
        (replace(CHANGED, clauses=()), "ruling_needs_clause", "clauses"),
    ],
)
def test_refusals_of_what_is_said(command: DecideAppeal, rule: str, field: str) -> None:
    no = refused(appealed(), command, APPEALS, AT)
    assert (no.rule, no.field) == (rule, field)


def test_the_decision_is_the_last_word_on_the_ruling() -> None:
    case = then(appealed(ruled(mediated(answered()))), UPHELD, APPEALS, AT)
    assert of(case).phase == "settling"
    assert of(case).appealed == ("seller.named_error.appeal",)


def test_a_damaged_record_is_told_apart() -> None:
    with pytest.raises(ValueError, match="no appeal"):
        appeal_of(of(opened()))
    with pytest.raises(ValueError, match="no effect"):
        effect_of(of(opened()))
