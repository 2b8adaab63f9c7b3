"""What falls due: reminders, ends, outages, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from amends.dispute.clocks import answer_clocks
from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.events.effects import DisputeClosed, EffectStarted, ReturnInspected, StepResumed
from amends.dispute.events.judging import (
    AppealMissed,
    InformationMissed,
    OperatorAlarmed,
    RulingMissed,
)
from amends.dispute.events.negotiation import DisputeReminded, Escalated, TurnExtended
from amends.dispute.expire import expire
from amends.dispute.lapse import Lapse, lapsed
from amends.dispute.state import Case
from amends.kernel.instants import Instant, Outage
from amends.order.events.life import OrderReminded, ProtectionEnded
from amends.order.events.money import FundsReleased, RefundRecorded
from amends.order.units import LineQuantity
from amends.policy.clocks import start_clock
from tests.dispute.carried import (
    ADDRESSED,
    AGREED,
    BACK,
    R1,
    SENT_BACK,
    addressed,
    agreed,
    appealed,
    clock,
    ends,
    expired,
    faulted,
    held_by_bank,
    in_dispute,
    on_record,
    replaced_by_post,
    replacing,
    returning,
    sent_back,
    telling,
    tracked,
)
from tests.dispute.cases import (
    ANSWERED,
    D1,
    ESCALATED,
    OPENED,
    answered,
    claim,
    mediated,
    of,
    opened,
    rub,
    ruled,
    then,
)
from tests.dispute.decide.test_confirm_replacement import part_paid
from tests.given import (
    APPEALS,
    BUYER,
    DAY,
    MEDIATOR,
    SECOND,
    SELLER,
    SUPERVISOR,
    after,
    shipped,
    stamp,
    terms,
)  # fmt: skip

RULED = ESCALATED + DAY
HOUR = timedelta(hours=1)
CAP = 810_000


def test_nothing_is_due_before_its_time() -> None:
    assert expire(opened(), terms(), stamp(OPENED)) == ()


def test_whoever_must_act_is_told_at_half_time_a_day_and_two_hours_before() -> None:
    brought, case = expired(opened(), OPENED + 5 * DAY - SECOND)
    assert [(e.at, e.what, e.turn, e.due) for e in brought if isinstance(e, DisputeReminded)] == [
        (OPENED + 2.5 * DAY, "answer", "seller", OPENED + 5 * DAY),
        (OPENED + 4 * DAY, "answer", "seller", OPENED + 5 * DAY),
        (OPENED + 5 * DAY - DAY / 12, "answer", "seller", OPENED + 5 * DAY),
    ]
    assert of(case).deadlines[0].reminders == ()
    assert expired(opened(), OPENED + 2.5 * DAY - SECOND)[0] == ()


def test_a_silent_seller_sends_the_case_to_a_mediator() -> None:
    brought, case = ends(opened(), "answer")
    (moved,) = brought
    assert isinstance(moved, Escalated)
    assert (moved.because, moved.by, moved.unheard) == ("seller_silent", None, None)
    assert in_dispute(case) == "mediation/mediator"
    assert clock(case, "ruling").at == OPENED + 15 * DAY


def test_a_silent_buyer_does_not_lose() -> None:
    (moved,), case = ends(answered(), "answer")
    assert isinstance(moved, Escalated)
    assert (moved.because, moved.at) == ("buyer_silent", ANSWERED + 5 * DAY)
    assert of(case).phase == "mediation"


def test_at_the_end_of_negotiation_there_is_one_escalation() -> None:
    late = OPENED + 9 * DAY

    case = then(answered(), MakeOffer(remedy="refund", amount=rub(90_000)), BUYER, ANSWERED + DAY)
    case = then(case, MakeOffer(remedy="refund", amount=rub(30_000)), SELLER, OPENED + 6 * DAY)
    case = then(case, MakeOffer(remedy="refund", amount=rub(80_000)), BUYER, late)
    assert clock(case, "answer").at == clock(case, "negotiation").at == OPENED + 10 * DAY
    brought, case = ends(case, "negotiation")
    assert [type(e) for e in brought] == [Escalated]
    assert of(case).unheard is None
    assert of(case).ruling_due == OPENED + 15 * DAY


def test_negotiation_ends_though_an_answer_has_time_left() -> None:
    case = opened()
    longer = replace(clock(case, "answer"), at=OPENED + 11 * DAY, reminders=())
    case = replace(
        case,
        disputes={D1: replace(of(case), deadlines=(longer, clock(case, "negotiation")))},
    )
    brought, case = ends(case, "negotiation")
    (moved,) = brought
    assert isinstance(moved, Escalated)
    assert (moved.because, moved.unheard) == ("negotiation_over", "seller")
    assert moved.unheard_until == OPENED + 11 * DAY


def test_a_question_that_is_not_answered() -> None:
    asked = RequestInformation(of="buyer", question="Which size?")
    case = then(mediated(), asked, MEDIATOR, RULED)
    assert clock(case, "information").at == RULED + 3 * DAY
    (missed,), case = ends(case, "information")
    assert isinstance(missed, InformationMissed)
    assert missed.of == "buyer"
    assert in_dispute(case) == "mediation/mediator"
    assert of(case).information is None
    assert clock(case, "ruling").at == OPENED + 15 * DAY


def test_a_question_in_an_appeal_that_is_not_answered() -> None:
    asked = RequestInformation(of="seller", question="Which size?")
    case = then(appealed(), asked, APPEALS, RULED + 2 * DAY)
    (missed,), case = ends(case, "information")
    assert isinstance(missed, InformationMissed)
    assert (missed.of, missed.turn) == ("seller", "appeals")


def test_no_ruling_a_supervisor_takes_over() -> None:
    (missed,), case = ends(mediated(), "ruling")
    assert isinstance(missed, RulingMissed)
    assert in_dispute(case) == "mediation/supervisor"
    assert clock(case, "supervisor_ruling").at == OPENED + 20 * DAY
    assert clock(case, "supervisor_ruling").anchor == "ruling_missed"
    assert of(case).deadline("operator_alarm") is None


def test_no_ruling_ends_a_question_too() -> None:
    asked = RequestInformation(of="buyer", question="Which size?")
    case = then(mediated(), asked, MEDIATOR, RULED)
    later = replace(clock(case, "information"), at=OPENED + 16 * DAY)
    dispute = replace(of(case), deadlines=(later, clock(case, "ruling")))
    _, case = ends(replace(case, disputes={D1: dispute}), "ruling")
    assert of(case).information is None


def test_then_the_platform_honours_the_claim() -> None:
    _, case = ends(mediated(), "ruling")
    brought, case = ends(case, "supervisor_ruling")
    assert [type(e) for e in brought] == [EffectStarted, RefundRecorded]
    assert in_dispute(case) == "settling/platform"
    refund = case.order.refunds[R1]
    assert (refund.amount, refund.funded_by) == (160_000, "platform")


def rich(**claimed: object) -> Case:
    """A mediation about an order of 20,000.00 roubles, worth more than the platform's cap."""
    line = replace(shipped().order.lines[0], unit_price=1_000_000, paid=2_000_000)
    return mediated(answered(opened(shipped(lines=(line,), captured=2_000_000), **claimed)))


def test_above_the_cap_operators_are_told_every_day_and_it_is_honoured_at_the_cap() -> None:
    _, case = ends(rich(), "ruling")
    due = OPENED + 15 * DAY
    alarms, case = expired(case, OPENED + 20 * DAY - SECOND)
    told = [e for e in alarms if isinstance(e, OperatorAlarmed)]
    assert [e.at for e in told] == [due + n * DAY for n in (1, 2, 3, 4)]
    assert {(e.because, e.turn) for e in told} == {("claim_above_cap", "supervisor")}
    brought, case = expired(case, OPENED + 20 * DAY)
    assert [type(e) for e in brought] == [EffectStarted, RefundRecorded]
    assert case.order.refunds[R1].amount == CAP


@pytest.mark.parametrize("answer", [None, 36 * HOUR])
def test_a_question_silences_no_alarm_and_no_alarm_ends_the_question(
    answer: timedelta | None,
) -> None:
    _, case = ends(rich(), "ruling")
    due = OPENED + 15 * DAY
    asked = RequestInformation(of="buyer", question="Which size?")
    case = then(case, asked, SUPERVISOR, due + HOUR)
    brought, case = expired(case, due + 30 * HOUR)
    assert [(type(e), e.at) for e in brought] == [(OperatorAlarmed, due + DAY)]
    assert (in_dispute(case), of(case).information is not None) == ("mediation/buyer", True)
    if answer:
        case = then(case, AnswerInformation(answer="L."), BUYER, due + answer)
    brought, case = expired(case, OPENED + 20 * DAY - SECOND)
    alarms = [e for e in brought if isinstance(e, OperatorAlarmed)]
    assert [e.at for e in alarms] == [due + n * DAY for n in (2, 3, 4)]
    assert in_dispute(case) == "mediation/supervisor"
    assert [d.what for d in of(case).deadlines] == ["supervisor_ruling", "operator_alarm"]


@pytest.mark.parametrize(("amount", "alarmed"), [(CAP, False), (CAP + 1, True)])
def test_the_cap_itself_is_honoured_without_alarm(amount: int, alarmed: bool) -> None:

    _, case = ends(rich(amount=rub(amount)), "ruling")
    assert (of(case).deadline("operator_alarm") is not None) is alarmed


def test_a_replacement_claim_is_honoured_with_what_was_paid() -> None:
    _, case = ends(mediated(answered(opened(remedy="replacement"))), "ruling")
    _, case = ends(case, "supervisor_ruling")
    assert case.order.refunds[R1].amount == 160_000


def test_honouring_never_passes_what_is_left() -> None:
    case = held_by_bank(mediated(), 100_000)
    bank = replace(case.order.chargebacks["C1"], outcome="lost")
    case = replace(case, order=replace(case.order, chargebacks={"C1": bank}))
    _, case = ends(case, "ruling")
    _, case = ends(case, "supervisor_ruling")
    assert case.order.refunds[R1].amount == 60_000


def test_the_window_to_appeal_over_the_ruling_is_carried_out() -> None:
    brought, case = ends(ruled(), "appeal")
    assert [type(e) for e in brought] == [EffectStarted, RefundRecorded]
    assert case.order.refunds[R1].recorded_at == RULED + 7 * DAY
    started = brought[0]
    assert isinstance(started, EffectStarted)
    assert started.deadlines[0].anchor == "appeal_window_over"


def test_no_decision_on_an_appeal_the_ruling_stands() -> None:
    (missed,), case = ends(appealed(), "appeal_decision")
    assert isinstance(missed, AppealMissed)
    assert in_dispute(case) == "appeal/supervisor"
    made = of(case).appeal
    assert made is not None
    assert made.overdue
    filed = RULED + 2 * DAY
    assert clock(case, "supervisor_appeal_decision").at == filed + 12 * DAY
    _, case = ends(case, "supervisor_appeal_decision")
    made = of(case).appeal
    assert made is not None
    assert made.decided == "stands"
    assert case.order.refunds[R1].amount == 80_000


def test_no_decision_on_a_step_the_step_goes_on() -> None:
    case = on_record(returning(), ADDRESSED, "buyer", "did_not_comply")
    _, case = ends(case, "appeal_decision")
    brought, case = ends(case, "supervisor_appeal_decision")
    assert isinstance(brought[-1], StepResumed)
    assert clock(case, "return_address").at == ADDRESSED + 17 * DAY
    assert clock(case, "return_address").anchor == "appeal_not_decided"


def test_no_address_the_refund_needs_no_return() -> None:
    assert clock(returning(), "return_address").at == AGREED + 5 * DAY
    _, case = ends(returning(), "return_address")
    assert in_dispute(case) == "settling/platform"
    assert case.order.refunds[R1].amount == 160_000


def test_a_return_that_is_not_shipped_is_abandoned() -> None:
    (closed,), case = ends(addressed(), "return_shipment")
    assert isinstance(closed, DisputeClosed)
    assert (closed.outcome, closed.because) == ("abandoned", "return_not_shipped")
    assert not case.order.refunds


def test_a_return_lost_at_the_sellers_cost_is_refunded() -> None:
    _, case = ends(sent_back(), "return_arrival")
    assert in_dispute(case) == "settling/platform"
    assert case.order.refunds[R1].recorded_at == SENT_BACK + 23 * DAY


def test_one_at_the_buyers_cost_goes_to_a_mediator() -> None:
    case = sent_back(addressed(returning(reason="changed_mind")))
    (moved,), case = ends(case, "return_arrival")
    assert isinstance(moved, Escalated)
    assert moved.because == "return_lost"
    assert clock(case, "ruling").at == SENT_BACK + 28 * DAY


def test_packs_may_say_otherwise() -> None:
    pack = terms()
    swapped = replace(
        pack,
        returns=replace(
            pack.returns, lost_when_seller_pays="mediation", lost_when_buyer_pays="refund"
        ),
    )
    _, case = ends(sent_back(), "return_arrival", pack=swapped)
    assert of(case).phase == "mediation"
    buyers = sent_back(addressed(returning(reason="changed_mind")))
    _, case = ends(buyers, "return_arrival", pack=swapped)
    assert of(case).phase == "settling"


def test_a_return_that_is_not_inspected_counts_as_sent() -> None:
    case = telling(sent_back(), tracked(BACK), at=BACK)
    brought, case = ends(case, "inspection")
    assert [type(e) for e in brought] == [ReturnInspected, EffectStarted, RefundRecorded]
    assert isinstance(brought[0], ReturnInspected)
    assert brought[0].taken_as_sent
    assert case.order.refunds[R1].recorded_at == BACK + 3 * DAY


def test_a_buyer_silent_on_an_inspection_does_not_lose() -> None:
    (moved,), case = ends(faulted(), "inspection_answer")
    assert isinstance(moved, Escalated)
    assert moved.because == "inspection_unanswered"
    assert clock(case, "ruling").at == BACK + 10 * DAY


def test_no_replacement_is_sent_money_instead() -> None:
    _, case = ends(replacing(), "replacement_shipment")
    assert in_dispute(case) == "settling/platform"
    assert case.order.refunds[R1].amount == 160_000
    _, case = ends(replacing(lines=(LineQuantity("1", 1),)), "replacement_shipment")
    assert case.order.refunds[R1].amount == 80_000


def test_money_that_went_with_the_replacement_is_part_of_it() -> None:

    brought, case = ends(part_paid(), "replacement_arrival")
    assert [type(e) for e in brought] == [EffectStarted, RefundRecorded]
    assert [r.amount for r in case.order.refunds.values()] == [10_000, 150_000]


def test_a_replacement_that_does_not_come() -> None:
    assert clock(replaced_by_post(), "replacement_arrival").at == ADDRESSED + 23 * DAY
    _, case = ends(replaced_by_post(), "replacement_arrival")
    assert in_dispute(case) == "settling/platform"


def test_one_that_came_and_is_not_confirmed() -> None:
    case = telling(replaced_by_post(), tracked(BACK), at=BACK)
    (closed,), case = ends(case, "replacement_arrival")
    assert isinstance(closed, DisputeClosed)
    assert (closed.outcome, closed.because) == ("replaced", "replacement_delivered")


def test_a_refund_that_takes_too_long_is_somebodys_task_every_day() -> None:
    (alarm,), case = ends(agreed(), "refund")
    assert isinstance(alarm, OperatorAlarmed)
    assert (alarm.at, alarm.because) == (AGREED + 5 * DAY, "refund_overdue")
    assert in_dispute(case) == "settling/platform"
    alarms, _ = expired(case, AGREED + 7 * DAY)
    assert [e.at for e in alarms] == [AGREED + 6 * DAY, AGREED + 7 * DAY]
    (held,), _ = ends(agreed(held_by_bank(opened())), "refund")
    assert isinstance(held, OperatorAlarmed)
    assert held.because == "chargeback_open"


def test_a_step_that_has_no_end_is_a_damaged_record() -> None:
    case = opened()
    odd = replace(clock(case, "answer"), what="wait")
    with pytest.raises(KeyError):
        lapsed(Lapse(case, of(case), odd, terms()))


# Which comes first


def test_the_order_comes_before_its_disputes() -> None:
    case = opened()
    at = clock(case, "answer").reminders[0]
    end = start_clock(terms().clocks.seller_answers_within, "protection", "buyer", at, "x")
    end = replace(end, at=at, reminders=())
    case = replace(case, order=replace(case.order, deadlines=(end,)))
    first = expire(case, terms(), stamp(at + DAY))
    assert [type(e) for e in first] == [ProtectionEnded]
    second = expire(after(case, *first), terms(), stamp(at + DAY))
    assert [type(e) for e in second] == [DisputeReminded]
    earlier = replace(end, at=at + SECOND)
    case = replace(case, order=replace(case.order, deadlines=(earlier,)))
    assert [type(e) for e in expire(case, terms(), stamp(at + DAY))] == [DisputeReminded]


def test_disputes_come_in_the_order_of_their_opening() -> None:
    one = claim(lines=(LineQuantity("1", 1),))
    case = then(then(shipped(), one, BUYER, OPENED), one, BUYER, OPENED)
    brought, _ = expired(case, OPENED + 5 * DAY)
    moved = [e.dispute for e in brought if isinstance(e, Escalated)]
    assert moved == [D1, "A-1001-D2"]


def test_an_end_comes_before_a_reminder_of_the_same_instant() -> None:
    case = opened()
    assert OPENED + 5 * DAY in clock(case, "negotiation").reminders
    brought, _ = expired(case, OPENED + 5 * DAY)
    assert [e.what for e in brought if isinstance(e, DisputeReminded)] == ["answer"] * 3


def test_each_clock_runs_out_before_what_it_brings_does() -> None:
    """A long absence is lived through in order, each step at its own instant."""
    brought, case = expired(opened(), OPENED + 60 * DAY)
    instants = [event.at for event in brought if not isinstance(event, OrderReminded)]
    assert instants == sorted(instants)
    ended = [e.at for e in brought if isinstance(e, Escalated | RulingMissed | EffectStarted)]
    assert ended == [OPENED + 5 * DAY, OPENED + 15 * DAY, OPENED + 20 * DAY]
    assert in_dispute(case) == "settling/platform"
    assert not any(isinstance(e, FundsReleased) for e in brought)


# Outages of ours


def down(since: Instant, until: Instant) -> tuple[Outage, ...]:
    return (Outage(since, until),)


DUE = OPENED + 5 * DAY


@pytest.mark.parametrize(
    ("since", "until", "extended"),
    [
        (DUE - DAY, DUE + DAY, True),
        (DUE, DUE + DAY, True),
        (DUE - DAY, DUE, False),  # up again at the last instant
        (DUE + SECOND, DUE + 3 * DAY, False),
        (DUE - DAY / 2, DUE + DAY / 2, True),
        (DUE - DAY / 2, DUE + DAY / 2 - SECOND, False),  # too short to matter
    ],
)
def test_a_turn_that_ran_out_in_an_outage(since: Instant, until: Instant, extended: bool) -> None:
    brought, case = expired(opened(), DUE, outages=down(since, until))
    (last,) = [e for e in brought if not isinstance(e, DisputeReminded)]
    if extended:
        assert last == TurnExtended(
            at=DUE, dispute=D1, what="answer", down_since=since, down_until=until,
            due=DUE + (until - since),
        )  # fmt: skip
        assert clock(case, "answer").at == DUE + (until - since)
        assert in_dispute(case) == "awaiting_seller/seller"
    else:
        assert isinstance(last, Escalated)


def test_it_is_extended_once() -> None:
    outages = down(DUE, DUE + 2 * DAY)
    brought, case = expired(opened(), DUE + 3 * DAY, outages=outages)
    ends_of_turns = [e for e in brought if not isinstance(e, DisputeReminded)]
    assert [type(e) for e in ends_of_turns] == [TurnExtended, Escalated]
    assert [e.at for e in ends_of_turns] == [DUE, DUE + 2 * DAY]
    assert of(case).phase == "mediation"


def test_whoever_decides_for_us_gets_no_more_time() -> None:
    due = OPENED + 15 * DAY
    outages = down(due - DAY, due + DAY)
    brought, _ = expired(mediated(), due, outages=outages)
    assert isinstance(brought[-1], RulingMissed)


def test_the_end_of_negotiation_moves_with_all_that_hangs_on_it() -> None:
    end = OPENED + 10 * DAY
    outages = down(end - DAY, end + DAY)

    offer = MakeOffer(remedy="refund", amount=rub(90_000))
    case = then(answered(), offer, BUYER, OPENED + 6 * DAY - SECOND)
    brought, case = expired(case, end, outages=outages)
    assert [e.what for e in brought if isinstance(e, TurnExtended)] == ["answer", "negotiation"]
    assert of(case).negotiation_ends == end + 2 * DAY
    assert of(case).ruling_due == OPENED + 17 * DAY


def test_later_offers_keep_the_moved_end() -> None:
    end = OPENED + 10 * DAY
    moved = TurnExtended(
        at=end, dispute=D1, what="negotiation", down_since=end, down_until=end + DAY, due=end + DAY
    )
    case = after(answered(), moved)
    clocks = answer_clocks(terms(), of(case), "seller", end + DAY / 2)
    assert {c.at for c in clocks} == {end + DAY}
    case = then(case, Escalate(), BUYER, end)
    assert clock(case, "ruling").at == of(case).ruling_due == OPENED + 16 * DAY


def test_a_return_that_could_not_be_shipped_meanwhile() -> None:
    due = ADDRESSED + 10 * DAY
    brought, case = expired(addressed(), due, outages=down(due - 2 * DAY, due + timedelta(hours=1)))
    assert isinstance(brought[-1], TurnExtended)
    assert clock(case, "return_shipment").at == due + 2 * DAY + timedelta(hours=1)
