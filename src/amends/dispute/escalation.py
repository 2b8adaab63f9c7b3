"""To a mediator: asked for, by silence, at the end of negotiation, or back from a return."""

from __future__ import annotations

from amends.dispute.clocks import ruling_clock
from amends.dispute.events.negotiation import Escalated
from amends.dispute.state import NEGOTIATING, Dispute
from amends.kernel.instants import Instant
from amends.kernel.people import Side
from amends.policy.terms import Terms


def escalated(
    dispute: Dispute,
    terms: Terms,
    now: Instant,
    because: str,
    *,
    by: Side | None = None,
    note_ref: str = "",
) -> Escalated:
    """The move of ``dispute`` to mediation at ``now``; ``because`` names the step or rule.

    Out of negotiation the ruling is due as reckoned from the opening, and a side other than ``by``
    whose answer this cuts short keeps the time it had. Out of a return the ruling has days of its
    own from ``now``.
    """
    unheard: Side | None = None
    unheard_until: Instant | None = None
    if dispute.phase in NEGOTIATING:
        clock = ruling_clock(
            terms.clocks.ruling_due_after, dispute.opened_at, "dispute_opened", now=now
        ).moved_to(dispute.ruling_due)
        answer = dispute.deadline("answer")
        asked: Side = "seller" if dispute.phase == "awaiting_seller" else "buyer"
        if answer and asked != by and answer.at > now:
            unheard, unheard_until = asked, answer.at
    else:
        clock = ruling_clock(terms.clocks.ruling_after_return_due_after, now, because)
    return Escalated(
        at=now,
        dispute=dispute.id,
        phase="mediation",
        turn="mediator",
        deadlines=(clock,),
        because=because,
        ruling_due=clock.at,
        by=by,
        unheard=unheard,
        unheard_until=unheard_until,
        note_ref=note_ref,
    )
