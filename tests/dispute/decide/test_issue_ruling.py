from __future__ import annotations

from typing import Literal

import msgspec
import pytest
from msgspec.structs import replace

from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.recuse import Recuse
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.events.effects import DisputeClosed, EffectStarted
from amends.dispute.events.judging import RulingIssued
from amends.kernel.people import Actor, Role
from amends.order.events.money import RefundRecorded
from tests.dispute.cases import (
    ANSWERED,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    appealed,
    mediated,
    of,
    overdue,
    refused,
    rub,
    ruled,
    ruling,
    then,
    uploaded,
)  # fmt: skip
from tests.given import APPEALS, BUYER, DAY, MEDIATOR, SECOND, SELLER, SUPERVISOR, after, terms

AT = ESCALATED + DAY


@pytest.mark.parametrize(
    ("finding", "amount", "turn", "at_the_end"),
    [
        ("for_buyer", 160_000, "seller", "settled_without_refund"),
        ("split", 80_000, "buyer", "settled_without_refund"),
        ("for_seller", 0, "buyer", "refused"),
    ],
)
def test_it_waits_for_the_side_that_may_appeal(
    finding: Literal["for_buyer", "split", "for_seller"], amount: int, turn: str, at_the_end: str
) -> None:
    command = ruling(finding=finding, amount=rub(amount))
    outcome = accepted(mediated(), command, MEDIATOR, AT)
    (issued,) = outcome.events
    assert isinstance(issued, RulingIssued)
    assert [(c.ref, c.owner) for c in outcome.contents] == [("c1.text", "m1")]
    assert (issued.effect.source, issued.effect.without_amount) == ("ruling", at_the_end)
    case = after(mediated(), issued)
    dispute = of(case)
    assert (dispute.phase, dispute.turn, dispute.outcome) == ("ruled", turn, None)
    assert dispute.ruling is not None
    assert (dispute.ruling.by, dispute.ruling.at) == ("m1", AT)
    (clock,) = dispute.deadlines
    assert (clock.what, clock.turn, clock.at) == ("appeal", turn, AT + 7 * DAY)
    assert (clock.since, clock.anchor) == (AT, "ruling_issued")
    assert not case.order.refunds


def test_where_no_appeal_is_known_it_is_carried_out_at_once() -> None:
    final = terms("guide-001")
    outcome = accepted(mediated(), ruling(), MEDIATOR, AT, under=final)
    assert [type(e) for e in outcome.events] == [RulingIssued, EffectStarted, RefundRecorded]
    case = after(mediated(), *outcome.events)
    assert (of(case).phase, case.order.refunded) == ("settling", 80_000)
    lost = ruling(finding="for_seller", amount=None)
    outcome = accepted(mediated(), lost, MEDIATOR, AT, under=final)
    assert [type(e) for e in outcome.events] == [RulingIssued, DisputeClosed]
    dispute = of(after(mediated(), *outcome.events))
    assert (dispute.phase, dispute.outcome) == ("closed", "refused")


def test_nobody_still_silent_is_ruled_on_before_their_time_is_over() -> None:
    until = ANSWERED + 5 * DAY
    case = then(answered(), Escalate(), SELLER, ANSWERED)
    case = then(case, AssignMediator(mediator="m1"), SUPERVISOR, ANSWERED)
    for at in (ANSWERED, until - SECOND):
        no = refused(case, ruling(), MEDIATOR, at)
        assert (no.rule, no.facts) == ("side_not_heard_yet", {"side": "buyer", "until": until})
    for at in (until, until + SECOND):
        accepted(case, ruling(), MEDIATOR, at)
    heard = then(uploaded(case, "E1"), AddEvidence(evidence=("E1",)), BUYER, ANSWERED)
    accepted(heard, ruling(), MEDIATOR, ANSWERED)
    assert of(then(case, ruling(), MEDIATOR, until)).unheard is None


def test_an_answer_that_was_asked_for_is_waited_for() -> None:
    command = RequestInformation(of="seller", question="Which chart?")
    case = then(mediated(), command, MEDIATOR, ESCALATED)
    until = ESCALATED + 3 * DAY
    no = refused(case, ruling(), MEDIATOR, until - SECOND)
    assert (no.rule, no.facts) == ("information_awaited", {"side": "seller", "until": until})
    assert of(then(case, ruling(), MEDIATOR, until)).information is None


def test_a_supervisor_rules_when_it_is_overdue_and_the_mediator_still_may() -> None:
    due = OPENED + 15 * DAY
    assert refused(mediated(), ruling(), SUPERVISOR, due - SECOND).rule == "not_overdue"
    ruling_ = of(then(overdue(), ruling(), SUPERVISOR, due)).ruling
    assert ruling_ is not None
    assert ruling_.by == "v1"
    accepted(overdue(), ruling(), MEDIATOR, due)


def test_nobody_else_rules() -> None:
    assert refused(mediated(), ruling(), Actor("m2", Role.MEDIATOR), AT).rule == "not_assigned"
    assert refused(mediated(), ruling(), APPEALS, AT).rule == "not_for_this_role"
    assert refused(mediated(), ruling(), BUYER, AT).rule == "not_for_this_role"
    tied = Actor("s1", Role.SUPERVISOR)
    assert refused(overdue(), ruling(), tied, OPENED + 15 * DAY).rule == "conflict_of_interest"
    case = then(overdue(), Recuse(), MEDIATOR, OPENED + 15 * DAY)
    again = Actor("m1", Role.SUPERVISOR)
    assert refused(case, ruling(), again, OPENED + 15 * DAY).rule == "recused_before"


def test_only_in_mediation_and_once() -> None:
    for case in (answered(), ruled(), appealed()):
        assert refused(case, ruling(), MEDIATOR, ESCALATED + 3 * DAY).rule == "wrong_phase"


def test_a_ruling_that_cannot_stand_is_refused() -> None:
    assert refused(mediated(), ruling(text=""), MEDIATOR, AT).rule == "text_missing"


def test_it_is_read_from_the_json_of_the_interface() -> None:
    body = {
        "type": "issue_ruling", "remedy": "refund", "amount": {"amount": 80_000, "currency": "RUB"},
        "finding": "for_buyer", "reasons": ["item_differs_from_listing"], "text": "The chart.",
        "clauses": ["not_as_described"], "evidence": ["E1"], "return_postage_paid_by": "seller",
    }  # fmt: skip
    command = msgspec.convert(body, DisputeCommand)
    assert isinstance(command, IssueRuling)
    case = then(uploaded(mediated(), "E1"), AddEvidence(evidence=("E1",)), BUYER, ESCALATED)
    case = then(case, command, MEDIATOR, AT)
    assert case.order.evidence["E1"].relied_on
    issued = of(case).ruling
    assert issued is not None
    assert replace(issued, text_ref="") == replace(
        issued, text_ref="", evidence=("E1",), return_paid_by="seller", no_evidence=False
    )
