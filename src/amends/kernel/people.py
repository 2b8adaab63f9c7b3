"""Who asks: a person and the hat they wear."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from amends.kernel.instants import Instant

PersonId = str
Side = Literal["buyer", "seller"]
# Whom a notice may go to: a side, the side that did not act, the side asked, whoever's turn it is,
# the deciders of a dispute, or a staff role as a whole.
Who = Literal[
    "buyer", "seller", "other", "asked", "turn", "mediator", "officer", "supervisor", "appeals",
    "finance", "support", "admin",
]  # fmt: skip
BOTH_SIDES: tuple[Who, ...] = ("buyer", "seller")


class Role(StrEnum):
    """The hats. One person may hold several; a mediator who is also a party is told apart by id."""

    BUYER = "buyer"
    SELLER = "seller"
    MARKETPLACE = "marketplace"  # the marketplace's own server
    MEDIATOR = "mediator"
    APPEALS = "appeals"
    SUPERVISOR = "supervisor"
    SUPPORT = "support"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PROVIDER = "provider"  # a payment provider or carrier, through its callbacks
    CLOCK = "clock"  # deadlines and waiting jobs


STAFF = frozenset(
    {Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR, Role.SUPPORT, Role.FINANCE, Role.AUDITOR,
     Role.ADMIN}
)  # fmt: skip


class Actor(Struct, frozen=True):
    """``person`` acting as ``role``."""

    person: PersonId
    role: Role


CLOCK = Actor("clock", Role.CLOCK)


class Member(Struct, frozen=True):
    """Somebody who works for the platform, as far as a decision may depend on it: no name, no
    address. The account behind it is ``amends.engine.staff.StaffAccount``.

    ``limits`` are the most they may award on their own, in minor units by currency; without any
    there is no limit, with some a currency that is not among them has none to spend. ``languages``
    and ``categories`` are what they can deal with; none named: all. ``capacity`` is how many cases
    they can have open at once; None: as many as come. They have no time before ``away_until``.
    ``interests`` are the persons they have a tie to by their own word. ``seen_at`` is when they
    were last signed in, as far as that is known.
    """

    person: PersonId
    role: Role
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limits: dict[str, int] = {}
    reports_to: PersonId | None = None
    disabled: bool = False
    capacity: int | None = None
    away_until: Instant | None = None
    interests: tuple[PersonId, ...] = ()
    seen_at: Instant | None = None

    def limit(self, currency: str) -> int | None:
        """The most they may award on their own, in minor units; None: as much as they like."""
        return self.limits.get(currency, 0) if self.limits else None


class Ties(Struct, frozen=True):
    """What binds somebody to the parties of an order, as it is on record when something is decided.

    ``same_address``: the sides that have the same e-mail, so that they are one person or one house;
    ``dealt_with``: those they ever traded or wrote with. ``seller_cases`` is how many disputes of
    the order's seller they were given, opened as lately as the pack says.
    """

    same_address: tuple[Side, ...] = ()
    dealt_with: tuple[Side, ...] = ()
    seller_cases: int = 0


def above(staff: Staff, person: PersonId) -> tuple[PersonId, ...]:
    """Whom ``person`` reports to, and whom these report to, nearest first."""
    found: list[PersonId] = []
    member = staff.get(person)
    while member and member.reports_to and member.reports_to not in (person, *found):
        found.append(member.reports_to)
        member = staff.get(member.reports_to)
    return tuple(found)


# The platform's own people as they are known when something is decided, by id. Whoever has no
# account is not among them.
Staff = Mapping[PersonId, Member]


def other_side(side: Side) -> Side:
    """The buyer's other side is the seller, and the other way round."""
    return "seller" if side == "buyer" else "buyer"
