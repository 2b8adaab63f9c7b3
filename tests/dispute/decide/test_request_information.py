from __future__ import annotations

from typing import Literal

import pytest

from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.events.judging import InformationRequested
from amends.kernel.people import Actor, Role
from tests.dispute.cases import (
    ESCALATED,
    OPENED,
    accepted,
    answered,
    appeal_overdue,
    appealed,
    mediated,
    of,
    overdue,
    refused,
    ruled,
    then,
)  # fmt: skip
from tests.given import APPEALS, BUYER, DAY, MEDIATOR, SECOND, SELLER, SUPERVISOR, after

ASK = RequestInformation(of="seller", question="Which size chart was shown?")


@pytest.mark.parametrize("of_side", ["buyer", "seller"])
def test_the_case_waits_for_the_side_asked_while_the_ruling_s_clock_runs(
    of_side: Literal["buyer", "seller"],
) -> None:
    command = RequestInformation(of=of_side, question="Which size?")
    outcome = accepted(mediated(), command, MEDIATOR, ESCALATED)
    (requested,) = outcome.events
    assert isinstance(requested, InformationRequested)
    assert (requested.by, outcome.contents[0].ref) == ("m1", "c1.question")
    dispute = of(after(mediated(), requested))
    assert (dispute.phase, dispute.turn) == ("mediation", of_side)
    assert dispute.information is not None
    assert (dispute.information.of, dispute.information.at) == (of_side, ESCALATED)
    assert [(d.what, d.turn, d.at) for d in dispute.deadlines] == [
        ("information", of_side, ESCALATED + 3 * DAY),
        ("ruling", "mediator", OPENED + 15 * DAY),
    ]


def test_not_when_fewer_days_are_left_than_the_answer_gets() -> None:
    latest = OPENED + 12 * DAY
    for at in (latest - SECOND, latest):
        accepted(mediated(), ASK, MEDIATOR, at)
    no = refused(mediated(), ASK, MEDIATOR, latest + SECOND)
    assert (no.rule, no.facts) == (
        "too_late_to_ask", {"days": 3, "due": OPENED + 15 * DAY, "latest": latest},
    )  # fmt: skip


def test_the_same_holds_for_an_officer_and_for_whoever_took_over() -> None:
    filed = ESCALATED + 2 * DAY
    case = then(appealed(), ASK, APPEALS, filed + 4 * DAY)
    assert (of(case).phase, of(case).turn) == ("appeal", "seller")
    assert [d.what for d in of(case).deadlines] == ["information", "appeal_decision"]
    assert refused(appealed(), ASK, APPEALS, filed + 4 * DAY + SECOND).rule == "too_late_to_ask"
    late = OPENED + 17 * DAY
    assert of(then(overdue(), ASK, SUPERVISOR, late)).turn == "seller"
    assert refused(overdue(), ASK, SUPERVISOR, late + SECOND).rule == "too_late_to_ask"
    last = filed + 9 * DAY
    assert of(then(appeal_overdue(), ASK, SUPERVISOR, last)).turn == "seller"
    assert refused(appeal_overdue(), ASK, SUPERVISOR, last + SECOND).rule == "too_late_to_ask"


def test_one_question_at_a_time() -> None:
    case = then(mediated(), ASK, MEDIATOR, ESCALATED)
    no = refused(case, ASK, MEDIATOR, ESCALATED + SECOND)
    assert (no.rule, no.facts) == ("question_open", {"of": "seller", "asked_at": ESCALATED})
    case = then(case, AnswerInformation(answer="The EU one."), SELLER, ESCALATED + DAY)
    accepted(case, ASK, MEDIATOR, ESCALATED + DAY)


def test_a_question_has_words() -> None:
    no = refused(mediated(), RequestInformation(of="buyer", question=" "), MEDIATOR, ESCALATED)
    assert (no.rule, no.field) == ("text_missing", "question")


def test_only_whoever_decides_asks() -> None:
    assert refused(mediated(), ASK, Actor("m2", Role.MEDIATOR), ESCALATED).rule == "not_assigned"
    assert refused(appealed(), ASK, MEDIATOR, ESCALATED).rule == "not_assigned"
    assert refused(mediated(), ASK, APPEALS, ESCALATED).rule == "not_assigned"
    early = refused(mediated(), ASK, SUPERVISOR, ESCALATED)
    assert (early.rule, early.next) == ("not_overdue", ("assign_mediator",))
    early = refused(appealed(), ASK, SUPERVISOR, ESCALATED)
    assert (early.rule, early.next) == ("not_overdue", ("assign_appeals_officer",))
    assert refused(answered(), ASK, MEDIATOR, ESCALATED).rule == "wrong_phase"
    assert refused(ruled(), ASK, MEDIATOR, ESCALATED).rule == "wrong_phase"
    assert refused(mediated(), ASK, BUYER, ESCALATED).rule == "not_for_this_role"


def test_a_supervisor_with_a_tie_or_the_ruling_s_author_does_not_take_over() -> None:
    late = OPENED + 15 * DAY
    tied = Actor("b1", Role.SUPERVISOR)
    assert refused(overdue(), ASK, tied, late).rule == "conflict_of_interest"
    author = Actor("m1", Role.SUPERVISOR)
    assert refused(appeal_overdue(), ASK, author, late).rule == "author_of_ruling"
