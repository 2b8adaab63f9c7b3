"""Our books and the payment provider's were found to differ."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.kernel.decision import Accepted, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.books import known_as, same_figures, still_differs
from amends.order.events.books import DifferenceRecorded
from amends.order.retries import alarm_clock
from amends.order.state import Difference, DifferenceKind

BY = frozenset({Role.CLOCK})


class RecordDifference(Struct, frozen=True, forbid_unknown_fields=True, tag="record_difference"):
    """``about``: our refund, the provider's refund where we have none, or the payment. ``ours`` and
    ``theirs``: what each side has, left out where it has nothing."""

    kind: DifferenceKind
    about: Name
    ours: Money | None = None
    theirs: Money | None = None


def may(asked: Asked) -> Refused | None:
    """Always: what was seen was seen."""
    return None


def decide(asked: Asked, command: RecordDifference) -> OrderOutcome:
    """The payment is frozen until somebody has decided on it. Seen again it is the same one, open
    or decided, unless its figures are others by now."""
    order, now = asked.order, asked.now
    theirs = command.theirs
    seen = Difference(
        id=f"{order.id}-X{len(order.differences) + 1}",
        kind=command.kind,
        about=command.about,
        at=now,
        ours=command.ours.amount if command.ours else None,
        theirs=theirs.amount if theirs else None,
        other_currency=theirs.currency if theirs and theirs.currency != order.currency else "",
    )
    known = known_as(order, seen)
    if known and same_figures(known, seen) and known.resolution != "books_agree":
        return Accepted(())
    if not still_differs(order, seen.kind, seen.about):
        return Accepted(())
    if known and known.open:
        seen = replace(seen, id=known.id, at=known.at)
    again = alarm_clock(asked.terms, "difference", seen.id, now, "difference_recorded")
    return Accepted((DifferenceRecorded(at=now, difference=seen, again=again),))
