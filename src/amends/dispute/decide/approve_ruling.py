"""Issue a ruling that somebody else has proposed."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.appeals import refuse_hearing
from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import refuse_conflict
from amends.dispute.deciders import proposal, refuse_unproposed
from amends.dispute.issuing import change_by_appeal, issue, refuse_limit, refuse_outdated
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role

BY = frozenset({Role.SUPERVISOR})


class ApproveRuling(Struct, frozen=True, forbid_unknown_fields=True, tag="approve_ruling"):
    """It is issued as it was proposed."""


def may(asked: AskedOfDispute) -> Refused | None:
    """By a second person without a tie to the case, within their own limit."""
    refused = refuse_unproposed(asked)
    if refused:
        return refused
    ruling, person = proposal(asked.dispute).ruling, asked.by.person
    if ruling.by == person:
        return Refused("second_person_needed", {"person": person}, ("ask_other_supervisor",))
    in_appeal = asked.dispute.phase == "appeal"
    return (
        (refuse_hearing(asked, person) if in_appeal else refuse_conflict(asked, person))
        or refuse_limit(asked, ruling, "ask_other_supervisor")
        or refuse_outdated(asked, ruling)
    )


def decide(asked: AskedOfDispute, command: ApproveRuling) -> Outcome:
    """Its author stays its author; who approved it stands beside them."""
    proposed = proposal(asked.dispute)
    ruling = replace(proposed.ruling, at=asked.now, approved_by=asked.by.person)
    take_effect = change_by_appeal if asked.dispute.phase == "appeal" else issue
    return Accepted(take_effect(asked, ruling, proposed.effect))
