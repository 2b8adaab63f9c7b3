"""Give up the appeal, so that what was ruled can be carried out sooner."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.effects import carry_out
from amends.dispute.events.judging import RulingAccepted
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role, other_side

BY = frozenset({Role.BUYER, Role.SELLER})


class AcceptRuling(Struct, frozen=True, forbid_unknown_fields=True, tag="accept_ruling"):
    """Nothing to fill in. Who has accepted can no longer appeal."""


def may(asked: AskedOfDispute) -> Refused | None:
    """Each side once, while the ruling can be appealed."""
    refused = asked.refuse_phase("ruled")
    if not refused and asked.side in asked.dispute.ruling_accepted_by:
        clock = asked.dispute.deadline("appeal")
        facts: Facts = {"side": asked.side, "appeal_until": clock.at if clock else None}
        refused = Refused("ruling_accepted_before", facts, ("wait_for_other_side",))
    return refused


def decide(asked: AskedOfDispute, command: AcceptRuling) -> Outcome:
    """The second acceptance ends the time to appeal."""
    dispute, other = asked.dispute, other_side(asked.side)
    effect = dispute.effect if other in dispute.ruling_accepted_by else None
    accepted = RulingAccepted(
        at=asked.now,
        dispute=dispute.id,
        phase="ruled",
        turn="platform" if effect else other,
        deadlines=() if effect else tuple(replace(d, turn=other) for d in dispute.deadlines),
        by=asked.side,
    )
    effects = carry_out(asked, effect, "ruling_accepted") if effect else ()
    return Accepted((accepted, *effects))
