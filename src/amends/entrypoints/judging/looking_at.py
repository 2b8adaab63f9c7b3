"""Who is looking at which case, so that two do not work on one.

A short lease for each of them, renewed by the page as long as it lies open. It keeps nobody out:
what two decide at once, the case's version settles.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from amends.engine.leases import Leases
from amends.kernel.instants import Instant
from amends.kernel.people import PersonId

# Twice as long as the page waits before it says so again.
LOOKS_FOR = timedelta(minutes=2)
_LOOKING = "looking/"


def look_at(leases: Leases, dispute: str, person: PersonId, now: Instant) -> None:
    """Say that somebody looks at a case, for two minutes from now."""
    leases.take((f"{_LOOKING}{dispute}/{person}",), person, now, now + LOOKS_FOR)


def who_looks(leases: Leases, now: Instant) -> dict[str, tuple[PersonId, ...]]:
    """The people by the case they look at."""
    found: dict[str, list[PersonId]] = defaultdict(list)
    for lease in leases.held(now):
        if lease.name.startswith(_LOOKING):
            dispute, _, person = lease.name.removeprefix(_LOOKING).partition("/")
            found[dispute].append(person)
    return {dispute: tuple(people) for dispute, people in found.items()}
