"""Who asks: a person and the hat they wear."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

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
    and ``categories`` are what they can deal with; none named: all.
    """

    person: PersonId
    role: Role
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limits: dict[str, int] = {}
    reports_to: PersonId | None = None
    disabled: bool = False

    def limit(self, currency: str) -> int | None:
        """The most they may award on their own, in minor units; None: as much as they like."""
        return self.limits.get(currency, 0) if self.limits else None


# The platform's own people as they are known when something is decided, by id. Whoever has no
# account is not among them.
Staff = Mapping[PersonId, Member]


def other_side(side: Side) -> Side:
    """The buyer's other side is the seller, and the other way round."""
    return "seller" if side == "buyer" else "buyer"
