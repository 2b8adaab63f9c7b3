"""Disputes to start tests from, made by the commands themselves, and short ways to ask.

The order is the one of ``tests.given``: two blouses, 1600.00 RUB, shipped by DHL a day after T0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute import decide as commands
from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.case import CaseEvent
from amends.dispute.decide import open_dispute
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.judging import (
    AppealFiled,
    AppealMissed,
    AppealsOfficerAssigned,
    RulingMissed,
)
from amends.dispute.state import Appeal, Case, Dispute
from amends.kernel.decision import Accepted, Refused
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import Actor, PersonId, Staff, Ties
from amends.kernel.refusals import refuse_role
from amends.order.asked import Asked
from amends.order.events.life import ParcelSent
from amends.order.events.proof import EvidenceUploaded
from amends.order.state import Evidence, Line
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms
from tests.given import (
    APPEALS,
    BUYER,
    DAY,
    MEDIATOR,
    SELLER,
    SUPERVISOR,
    T0,
    after,
    parcel,
    placed,
    shipped,
    stamp,
    terms,
)  # fmt: skip

OPENED = T0 + 8 * DAY
ANSWERED = OPENED + DAY
ESCALATED = OPENED + 2 * DAY
D1 = "A-1001-D1"
NOBODY: Staff = {}


def rub(amount: int) -> Money:
    """``amount`` kopecks."""
    return Money(amount, "RUB")


def claim(**changes: Any) -> OpenDispute:
    """Both blouses are not as described: all the money back."""
    plain = OpenDispute(
        received=True, reason="not_as_described", remedy="refund", description="Size S, not M."
    )
    return replace(plain, **changes)


def ruling(**changes: Any) -> IssueRuling:
    """Half of the money for the buyer, nobody having given evidence."""
    plain = IssueRuling(
        remedy="refund",
        finding="for_buyer",
        reasons=("item_differs_from_listing",),
        text="The chart says M.",
        clauses=("not_as_described",),
        amount=rub(80_000),
        no_evidence=True,
    )
    return replace(plain, **changes)


def ask(
    case: Case,
    command: Struct,
    by: Actor,
    at: Instant,
    *,
    under: Terms | None = None,
    dispute: str = D1,
    staff: Staff = NOBODY,
    ties: Mapping[PersonId, Ties] | None = None,
) -> Outcome:
    """What is answered to ``command`` on the order (a new dispute) or on the dispute."""
    pack = under or terms()
    if isinstance(command, OpenDispute):
        asked = Asked(case.order, by, pack, stamp(at))
        return (
            refuse_role(by, open_dispute.BY)
            or open_dispute.may(asked)
            or open_dispute.decide(asked, command)
        )
    with_staff = replace(stamp(at), staff=staff, ties=ties or {})
    of_dispute = AskedOfDispute(case, case.disputes[dispute], by, pack, with_staff)
    return commands.decide(of_dispute, command)  # type: ignore[arg-type]


def accepted(
    case: Case,
    command: Struct,
    by: Actor,
    at: Instant,
    *,
    under: Terms | None = None,
    dispute: str = D1,
    staff: Staff = NOBODY,
) -> Accepted[CaseEvent]:
    """The same, when the answer has to be yes."""
    outcome = ask(case, command, by, at, under=under, dispute=dispute, staff=staff)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def refused(
    case: Case,
    command: Struct,
    by: Actor,
    at: Instant,
    *,
    under: Terms | None = None,
    dispute: str = D1,
    staff: Staff = NOBODY,
) -> Refused:
    """The same, when the answer has to be no, and a no that says what would help."""
    outcome = ask(case, command, by, at, under=under, dispute=dispute, staff=staff)
    assert isinstance(outcome, Refused), outcome
    assert outcome.next or outcome.kind == "forbidden"
    return outcome


def then(
    case: Case,
    command: Struct,
    by: Actor,
    at: Instant,
    *,
    under: Terms | None = None,
    dispute: str = D1,
    staff: Staff = NOBODY,
) -> Case:
    """``case`` after ``command``."""
    done = accepted(case, command, by, at, under=under, dispute=dispute, staff=staff)
    return after(case, *done.events)


def of(case: Case, dispute: str = D1) -> Dispute:
    """The dispute."""
    return case.disputes[dispute]


def uploaded(case: Case, *ids: str, by: Actor = BUYER, at: Instant = OPENED) -> Case:
    """``case`` with proofs on record that are in no dispute yet."""
    side = by.role.value if by in (BUYER, SELLER) else "staff"
    proofs = [Evidence(i, by.person, side, "photo", "image/png", "d", f"c.{i}", at) for i in ids]
    return after(case, *(EvidenceUploaded(at=at, evidence=proof) for proof in proofs))


def two_lines(**changes: Any) -> Case:
    """A shipped order of a blouse at 1000.00 and two scarves at 300.00 each, postage 90.00."""
    lines = (Line("1", 1, 100_000, 100_000), Line("2", 2, 30_000, 60_000))
    case = placed(lines=lines, shipping_paid=9_000, captured=169_000, **changes)
    return after(case, ParcelSent(at=T0 + DAY, parcel=parcel(lines={"1": 1, "2": 2})))


def opened(case: Case | None = None, **changes: Any) -> Case:
    """A dispute, opened at OPENED."""
    return then(case or shipped(), claim(**changes), BUYER, OPENED)


def answered(case: Case | None = None, amount: int = 20_000) -> Case:
    """The seller answered with an offer of ``amount`` (O2); it is the buyer's turn."""
    offer = MakeOffer(remedy="refund", amount=rub(amount), note="For the trouble.")
    return then(case or opened(), offer, SELLER, ANSWERED)


def mediated(case: Case | None = None) -> Case:
    """The buyer went to a mediator, m1, with nobody left unheard."""
    case = then(case or answered(), Escalate(), BUYER, ESCALATED)
    return then(case, AssignMediator(mediator=MEDIATOR.person), SUPERVISOR, ESCALATED)


def ruled(case: Case | None = None, **changes: Any) -> Case:
    """m1 ruled a day after the escalation."""
    return then(case or mediated(), ruling(**changes), MEDIATOR, ESCALATED + DAY)


def overdue(case: Case | None = None) -> Case:
    """No ruling came: the supervisor's clock runs."""
    case = case or mediated()
    due = of(case).ruling_due
    within = terms().clocks.supervisor_rules_within
    clock = start_clock(within, "supervisor_ruling", "supervisor", due, "ruling_missed")
    missed = RulingMissed(
        at=due, dispute=D1, phase="mediation", turn="supervisor", deadlines=(clock,)
    )
    return after(case, missed)


def appealed(case: Case | None = None) -> Case:
    """The seller appealed a day after the ruling, and a1 has it."""
    at = ESCALATED + 2 * DAY
    appeal = Appeal(by="seller", grounds="named_error", text_ref="c.appeal", at=at, back_to="ruled")
    within = terms().appeals.decided_within
    clock = start_clock(within, "appeal_decision", "appeals", at, "appeal_filed")
    filed = AppealFiled(
        at=at, dispute=D1, phase="appeal", turn="appeals", deadlines=(clock,), appeal=appeal
    )
    assigned = AppealsOfficerAssigned(at=at, dispute=D1, officer=APPEALS.person)
    return after(case or ruled(), filed, assigned)


def appeal_overdue(case: Case | None = None) -> Case:
    """Nobody decided the appeal: the supervisor's clock runs."""
    case = case or appealed()
    due = of(case).deadlines[0].at
    within = terms().appeals.supervisor_decides_within
    clock = start_clock(within, "supervisor_appeal_decision", "supervisor", due, "appeal_missed")
    missed = AppealMissed(at=due, dispute=D1, phase="appeal", turn="supervisor", deadlines=(clock,))
    return after(case, missed)
