"""No ruling stands without a clause and evidence, nor before a silent side's time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.events.judging import RulingIssued
from amends.dispute.state import Case
from amends.kernel.decision import Accepted
from amends.kernel.people import Side
from tests.dispute.cases import (
    ANSWERED,
    ESCALATED,
    answered,
    ask,
    mediated,
    of,
    opened,
    rub,
    ruling,
    then,
    uploaded,
)
from tests.given import DAY, MEDIATOR, SELLER, SUPERVISOR, shipped, terms


def _cut_short() -> Case:
    """The seller countered and escalated at once: the buyer's own time to answer still runs."""
    counter = MakeOffer(remedy="refund", amount=rub(1_000), note="No more.")
    case = then(opened(), counter, SELLER, ANSWERED)
    case = then(case, Escalate(), SELLER, ANSWERED + timedelta(hours=1))
    return then(case, AssignMediator(mediator="m1"), SUPERVISOR, ANSWERED + timedelta(hours=2))


def _proven() -> Case:
    """Nobody is left unheard, and E1 was put to the dispute."""
    case = uploaded(shipped(), "E1", at=ANSWERED)
    return mediated(answered(opened(case, evidence=("E1",))))


CASES = {"heard": mediated(), "proven": _proven(), "cut short": _cut_short()}
CODES = st.lists(st.sampled_from((*terms().clauses, "no_such_clause")), max_size=3)


@given(
    case=st.sampled_from(sorted(CASES)),
    clauses=CODES,
    evidence=st.lists(st.sampled_from(("E1", "E9")), max_size=2),
    no_evidence=st.booleans(),
    hours=st.integers(0, 24 * 12),
)
def test_a_ruling_that_is_taken_holds_to_both(
    *, case: str, clauses: list[str], evidence: list[str], no_evidence: bool, hours: int,
) -> None:  # fmt: skip
    before = CASES[case]
    at = ESCALATED + timedelta(hours=hours)
    fields: dict[str, Any] = {
        "clauses": tuple(clauses), "evidence": tuple(evidence), "no_evidence": no_evidence
    }  # fmt: skip
    outcome = ask(before, ruling(**fields), MEDIATOR, at)
    dispute = of(before)
    silent: Side | None = dispute.unheard
    waits = silent is not None and dispute.unheard_until is not None and at < dispute.unheard_until
    if isinstance(outcome, Accepted):
        (issued,) = [e for e in outcome.events if isinstance(e, RulingIssued)]
        assert set(issued.ruling.clauses) <= set(terms().clauses)
        assert issued.ruling.clauses
        assert bool(issued.ruling.evidence) != issued.ruling.no_evidence
        assert not waits
        assert len(set(clauses)) == len(clauses)
    else:
        told = outcome.rule in ("clause_twice", "unknown_clause", "ruling_needs_clause")
        refused = (waits, told, bool(evidence), not no_evidence)
        assert any(refused), outcome


def test_both_kinds_are_taken_when_all_is_there() -> None:
    at = ESCALATED + 10 * DAY
    for case, fields in (
        ("heard", {"no_evidence": True}),
        ("proven", {"no_evidence": False, "evidence": ("E1",)}),
        ("cut short", {"no_evidence": True}),
    ):
        assert isinstance(ask(CASES[case], ruling(**fields), MEDIATOR, at), Accepted), case
