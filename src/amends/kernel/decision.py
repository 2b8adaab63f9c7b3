"""The shape of every decision: accepted with events, or refused with rule, facts, next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from amends.kernel.budgets import MonthlyBudget
from amends.kernel.instants import Calendar, Instant, Outage
from amends.kernel.money import Money
from amends.kernel.people import PersonId, Role, Staff, Ties

Fact = str | int | bool | datetime | Money | tuple[str, ...] | None
Facts = Mapping[str, Fact]
E_co = TypeVar("E_co", covariant=True)


class Stamp(Struct, frozen=True):
    """What the engine adds to a command, once: nothing below reads a clock or makes an id.

    ``at`` is the instant, ``id`` the command's own id, from which references to its texts are
    derived, ``calendar`` the buyer's country's working days as known today, ``outages`` the spans
    in which the service was down, ``staff`` the platform's people as their accounts stand now
    (looked up only when one of them, or the clock, asks), ``ties`` what binds those who judge, or
    are to judge, to the parties, ``goodwill`` what was granted this month of what
    support may, in the order's currency (looked up only when it wants to; None: no budget holds).
    """

    at: Instant
    id: str
    calendar: Calendar = Calendar()
    outages: tuple[Outage, ...] = ()
    staff: Staff = {}
    ties: Mapping[PersonId, Ties] = {}
    goodwill: MonthlyBudget | None = None

    def ref(self, name: str) -> str:
        """The reference under which this command's text called ``name`` is kept."""
        return f"{self.id}.{name}"


class FoundBy(Struct, frozen=True):
    """An e-mail by which whoever has it can be found in a role."""

    email: str
    role: Role


class Content(Struct, frozen=True):
    """A text that belongs to a person, kept apart from the events, encrypted with their key.

    ``found_by``: an e-mail in it that leads to its owner.
    """

    ref: str
    owner: PersonId
    text: str
    found_by: FoundBy | None = None


class Accepted(Struct, Generic[E_co], frozen=True):
    """Yes: what happened, and the texts the events refer to."""

    events: tuple[E_co, ...]
    contents: tuple[Content, ...] = ()


class Refused(Struct, frozen=True):
    """No. ``rule`` names the rule, ``facts`` what it was held against, ``next`` what would help.

    ``kind`` says what sort of no it is: ``unknown`` (does not exist for the asker), ``forbidden``
    (not for this role), ``invalid`` (the request itself cannot be right), ``conflict`` (a rule or
    the state says no). ``field`` names the input field at fault, when there is one.
    """

    rule: str
    facts: Facts = {}
    next: tuple[str, ...] = ()
    kind: Literal["unknown", "forbidden", "invalid", "conflict"] = "conflict"
    field: str | None = None
