"""Ask for fresh eyes: on a ruling, or because what was agreed or ruled does not come."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.appeals import AFTER_DECISION, refuse_grounds
from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.judging import AppealFiled
from amends.dispute.proof import put_evidence
from amends.dispute.state import Appeal
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Code, Id, Prose
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms

BY = frozenset({Role.BUYER, Role.SELLER})


class FileAppeal(Struct, frozen=True, forbid_unknown_fields=True, tag="appeal"):
    """``grounds``: one of the pack's. ``evidence``: ids of the asker's uploads; when the grounds
    are new evidence, one of those named is new, and what is no file stands in ``text``."""

    grounds: Code
    text: Prose
    evidence: tuple[Id, ...] = ()


def may(asked: AskedOfDispute) -> Refused | None:
    """While any of the pack's grounds holds for the asking side."""
    refused = asked.refuse_phase("ruled", *AFTER_DECISION)
    if refused:
        return refused
    refusals = [refuse_grounds(asked, grounds) for grounds in _known(asked.terms)]
    known = [refusal for refusal in refusals if refusal]
    if len(known) < len(refusals):
        return None
    return max(known, key=_telling)


def _telling(refused: Refused) -> int:
    """How much a no says: least, that such grounds are for another phase."""
    return {"grounds_not_now": 0, "nothing_is_late": 1}.get(refused.rule, 2)


def decide(asked: AskedOfDispute, command: FileAppeal) -> Outcome:
    """The case goes to somebody who did not rule; what was under way stands still till then."""
    dispute, terms = asked.dispute, asked.terms
    if command.grounds not in _known(terms):
        facts: Facts = {"grounds": command.grounds, "known": _known(terms)}
        return Refused("unknown_grounds", facts, ("choose_grounds",), "invalid", "grounds")
    if not command.text.strip():
        return Refused("text_missing", {}, ("say_why",), "invalid", "text")
    refused = refuse_grounds(asked, command.grounds)
    if refused:
        return refused
    put = put_evidence(asked, command.evidence)
    if isinstance(put, Refused):
        return put
    if command.grounds == "new_evidence" and command.evidence and not put:
        return Refused("new_evidence_missing", {}, ("upload_evidence",), field="evidence")
    text_ref, contents = asked.text("text", command.text)
    appeal = Appeal(
        by=asked.side,
        grounds=command.grounds,
        text_ref=text_ref,
        at=asked.now,
        back_to=dispute.phase,
        outcome=dispute.outcome,
        evidence=command.evidence,
    )
    within = terms.appeals.decided_within
    filed = AppealFiled(
        at=asked.now,
        dispute=dispute.id,
        phase="appeal",
        turn="appeals",
        deadlines=(start_clock(within, "appeal_decision", "appeals", asked.now, "appeal_filed"),),
        appeal=appeal,
    )
    return Accepted((filed, *put), contents)


def _known(terms: Terms) -> tuple[str, ...]:
    return (*terms.appeals.grounds_in_window, *terms.appeals.grounds_any_time)
