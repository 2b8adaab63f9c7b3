"""Who asks: a person and the hat they wear."""

from __future__ import annotations

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


def other_side(side: Side) -> Side:
    """The buyer's other side is the seller, and the other way round."""
    return "seller" if side == "buyer" else "buyer"
