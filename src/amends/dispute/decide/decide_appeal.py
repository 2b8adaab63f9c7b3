"""Decide an appeal. It is the last word."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.appeals import appeal_of, refuse_hearing, resumed
from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.case import evolve
from amends.dispute.deciders import refuse_decider, taken_appeal
from amends.dispute.events.judging import AppealDecided
from amends.dispute.issuing import change_by_appeal, refuse_alone
from amends.dispute.rulings import RulingFields, RulingOnLine, build_ruling
from amends.dispute.state import Finding
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Code, Id, Prose
from amends.policy.terms import Payer, Remedy

BY = frozenset({Role.APPEALS, Role.SUPERVISOR})


class DecideAppeal(Struct, frozen=True, forbid_unknown_fields=True, tag="decide_appeal"):
    """``upheld``: what was ruled or is under way stays, and only ``text`` is given. ``changed``:
    with the fields of a ruling, amounts being the whole that is due, with what was paid before."""

    decision: Literal["upheld", "changed"]
    text: Prose
    remedy: Remedy | None = None
    finding: Finding | None = None
    reasons: tuple[Code, ...] = ()
    clauses: tuple[Code, ...] = ()
    amount: Money | None = None
    evidence: tuple[Id, ...] = ()
    no_evidence: bool = False
    return_postage_paid_by: Payer | None = None
    lines: tuple[RulingOnLine, ...] = ()


def may(asked: AskedOfDispute) -> Refused | None:
    """By the appeal's officer, or by a supervisor when it is overdue; neither had a part before."""
    refused = (
        asked.refuse_phase("appeal")
        or refuse_decider(asked)
        or refuse_hearing(asked, asked.by.person)
    )
    if refused:
        return refused
    question = asked.dispute.deadline("information")
    if question is None:
        return None
    waiting: Facts = {"side": question.turn, "until": question.at}
    return Refused("information_awaited", waiting, ("wait_for_answer",))


def decide(asked: AskedOfDispute, command: DecideAppeal) -> Outcome:
    """Upheld, things go on as they were; changed, the new ruling is carried out."""
    if not command.text.strip():
        return Refused("text_missing", {}, ("say_why",), "invalid", "text")
    if command.decision == "changed":
        return _changed(asked, command)
    if command != DecideAppeal("upheld", command.text):
        return Refused("ruling_without_change", {}, ("decide_changed",), "invalid", "decision")
    text_ref, contents = asked.text("text", command.text)
    decided = AppealDecided(
        at=asked.now,
        dispute=asked.dispute.id,
        appeal=replace(
            appeal_of(asked.dispute),
            decided="upheld",
            decided_by=asked.by.person,
            decided_ref=text_ref,
        ),
    )
    case = evolve(asked.case, decided)
    follows = resumed(
        case, case.disputes[asked.dispute.id], asked.terms, asked.now, "appeal_decided"
    )
    return Accepted((*taken_appeal(asked), decided, *follows), contents)


def _changed(asked: AskedOfDispute, command: DecideAppeal) -> Outcome:
    if command.remedy is None or command.finding is None:
        field = "remedy" if command.remedy is None else "finding"
        return Refused("ruling_field_missing", {"field": field}, ("rule",), "invalid", field)
    fields = RulingFields(
        remedy=command.remedy,
        finding=command.finding,
        reasons=command.reasons,
        text=command.text,
        clauses=command.clauses,
        amount=command.amount,
        evidence=command.evidence,
        no_evidence=command.no_evidence,
        return_postage_paid_by=command.return_postage_paid_by,
        lines=command.lines,
    )
    built = build_ruling(asked, fields, "appeal")
    if isinstance(built, Refused):
        return built
    changed = change_by_appeal(asked, built.ruling, built.effect)
    refused = refuse_alone(asked, built.ruling)
    return refused or Accepted((*taken_appeal(asked), *changed), built.contents)
