"""Who may not judge a case: a party or somebody with a tie to one, who gave it back, who is not
there, and in an appeal whoever stands above or below the ruling's author."""

from __future__ import annotations

from collections.abc import Mapping

from amends.dispute.asked import AskedOfDispute
from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant
from amends.kernel.people import Member, PersonId, Role, Side, Ties, above
from amends.policy.terms import Terms

_OTHERS = ("choose_other_person",)


def refuse_conflict(asked: AskedOfDispute, person: PersonId) -> Refused | None:
    """Refuses ``person``, whatever their hat, as one who deals with the dispute impartially."""
    parties: dict[Side, PersonId] = {"buyer": asked.order.buyer, "seller": asked.order.seller}
    ties, member = asked.stamp.ties.get(person, Ties()), asked.stamp.staff.get(person)
    refused = refuse_tied(person, parties, ties, member)
    if not refused and person in asked.dispute.recused:
        refused = Refused("recused_before", {"person": person}, _OTHERS)
    return refused


def refuse_tied(
    person: PersonId, parties: Mapping[Side, PersonId], ties: Ties, member: Member | None
) -> Refused | None:
    """Refuses a party, and whoever has a tie to one by what is on record or by their own word."""
    for side, party in parties.items():
        facts: Facts = {"person": person, "side": side}
        if person == party:
            return Refused("conflict_of_interest", facts, _OTHERS)
        if side in ties.same_address:
            return Refused("same_address", facts, _OTHERS)
        if side in ties.dealt_with:
            return Refused("dealt_with_party", facts, _OTHERS)
        if member and party in member.interests:
            return Refused("interest_declared", facts, _OTHERS)
    return None


def refuse_assigning(asked: AskedOfDispute, person: PersonId, role: Role) -> Refused | None:
    """Refuses to give a case to ``person`` as ``role``: they are not there, or have had as many of
    this seller's as one person is to have."""
    judging, ties = asked.terms.judging, asked.stamp.ties.get(person, Ties())
    member = asked.stamp.staff.get(person)
    because = absence(member, role, asked.terms, asked.now) if member else None
    if because:
        facts: Facts = {"person": person, "because": because}
        return Refused("judge_absent", facts, _OTHERS)
    most, within = judging.seller_cases, judging.seller_within
    if most is not None and within is not None and ties.seller_cases >= most:
        many: Facts = {"person": person, "cases": ties.seller_cases, "most": most,
                       "days": within.days}  # fmt: skip
        return Refused("too_many_of_seller", many, _OTHERS)
    return None


def refuse_ranks(asked: AskedOfDispute, person: PersonId) -> Refused | None:
    """Refuses, for an appeal, whoever reports to the ruling's author or is reported to by them, on
    whatever detour."""
    ruling, staff = asked.dispute.ruling, asked.stamp.staff
    if ruling is None:
        return None
    facts: Facts = {"person": person, "author": ruling.by}
    if ruling.by in above(staff, person):
        return Refused("reports_to_author", facts, _OTHERS)
    if person in above(staff, ruling.by):
        return Refused("author_reports_to", facts, _OTHERS)
    return None


def absence(member: Member, role: Role, terms: Terms, now: Instant) -> str | None:
    """Why somebody cannot go on judging as ``role``: ``disabled``, ``other_role``, ``away`` or
    ``silent``; None when they are there."""
    silent_after = terms.judging.silent_after
    if member.disabled:
        return "disabled"
    if member.role is not role:
        return "other_role"
    if member.away_until is not None and now < member.away_until:
        return "away"
    if silent_after and member.seen_at and now - member.seen_at >= silent_after.span:
        return "silent"
    return None
