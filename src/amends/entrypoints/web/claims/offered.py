"""What can be claimed, found out by asking the rules for each answer: no page keeps one itself."""

from __future__ import annotations

from collections.abc import Mapping

from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.negotiation import DisputeOpened
from amends.dispute.judge import OnOrder, decide
from amends.entrypoints.views.asking import Looking
from amends.kernel.decision import Refused
from amends.kernel.money import Money
from amends.order.units import LineQuantity
from amends.policy.terms import Remedy

Tried = DisputeOpened | Refused


def try_claim(
    looking: Looking,
    *,
    received: bool,
    reason: str,
    remedy: Remedy,
    lines: Mapping[str, int],
    amount: Money | None = None,
) -> Tried:
    """What would come of a claim, whatever else is said in it."""
    units = tuple(LineQuantity(line, units) for line, units in lines.items())
    command = OpenDispute(
        received=received, reason=reason, remedy=remedy, description="-", amount=amount, lines=units
    )
    return try_command(looking, command)


def try_command(looking: Looking, command: OpenDispute) -> Tried:
    """What would come of a whole claim, sent now."""
    asked = OnOrder(looking.case.order.id, command)
    outcome = decide(looking.case, asked, looking.by, looking.terms, looking.stamp)
    if isinstance(outcome, Refused):
        return outcome
    return next(event for event in outcome.events if isinstance(event, DisputeOpened))


def reasons(looking: Looking, *, received: bool) -> tuple[str, ...]:
    """The reasons that can be given for at least one unit of the order."""
    return tuple(
        code
        for code in looking.terms.reasons
        if any(
            units_of(looking, line.id, 1, received=received, reason=code)
            for line in looking.case.order.lines
        )
    )


def remedies(
    looking: Looking, *, received: bool, reason: str, lines: Mapping[str, int]
) -> dict[Remedy, int]:
    """What can be asked for these units, with the amount that is claimed where none is named."""
    found: dict[Remedy, int] = {}
    for allowed in looking.terms.reasons[reason].remedies:
        tried = try_claim(
            looking, received=received, reason=reason, remedy=allowed.remedy, lines=lines
        )
        if isinstance(tried, DisputeOpened):
            found[allowed.remedy] = tried.claim.amount
    return found


def units_of(looking: Looking, line: str, most: int, *, received: bool, reason: str) -> int:
    """How many units of a line, up to ``most``, can be claimed together."""
    least, above = 0, most + 1
    while above - least > 1:
        # All of them is what mostly can be claimed, so it is tried first.
        tried = most if above > most else (least + above) // 2
        if remedies(looking, received=received, reason=reason, lines={line: tried}):
            least = tried
        else:
            above = tried
    return least
