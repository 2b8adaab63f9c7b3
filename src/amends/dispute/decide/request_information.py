"""Ask one side for what is missing, with a clock of its own."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.clocks import decision_clock, kept_ruling_clocks
from amends.dispute.deciders import refuse_decider, taken_appeal
from amends.dispute.events.judging import InformationRequested
from amends.dispute.state import InformationRequest
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role, Side
from amends.kernel.texts import Prose
from amends.policy.clocks import start_clock

BY = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


class RequestInformation(
    Struct, frozen=True, forbid_unknown_fields=True, tag="request_information"
):
    """``of``: the side that is to answer."""

    of: Side
    question: Prose


def may(asked: AskedOfDispute) -> Refused | None:
    """One question at a time, and never one whose answer may come after the decision is due."""
    refused = refuse_decider(asked)
    if refused:
        return refused
    dispute = asked.dispute
    if dispute.information:
        open_: Facts = {"of": dispute.information.of, "asked_at": dispute.information.at}
        return Refused("question_open", open_, ("wait_for_answer",))
    within = asked.terms.clocks.information_within
    due = decision_clock(dispute).at
    if asked.now + within.span > due:
        facts: Facts = {"days": within.days, "due": due, "latest": due - within.span}
        return Refused("too_late_to_ask", facts, ("decide_on_record",))
    return None


def decide(asked: AskedOfDispute, command: RequestInformation) -> Outcome:
    """The case waits for that side; the clock on the decision runs on."""
    dispute = asked.dispute
    if not command.question.strip():
        return Refused("text_missing", {}, ("ask_question",), "invalid", "question")
    question_ref, contents = asked.text("question", command.question)
    clock = start_clock(
        asked.terms.clocks.information_within, "information", command.of, asked.now,
        "information_requested",
    )  # fmt: skip
    requested = InformationRequested(
        at=asked.now,
        dispute=dispute.id,
        phase=dispute.phase,
        turn=command.of,
        deadlines=(clock, *kept_ruling_clocks(dispute)),
        request=InformationRequest(command.of, question_ref, asked.now),
        by=asked.by.person,
    )
    return Accepted((*taken_appeal(asked), requested), contents)
