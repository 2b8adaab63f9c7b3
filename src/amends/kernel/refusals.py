"""Refusals that every layer words the same way."""

from __future__ import annotations

from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor, Role


def refuse_role(by: Actor, allowed: frozenset[Role]) -> Refused | None:
    """Refuses a hat that a command is not for."""
    if by.role in allowed:
        return None
    facts: Facts = {"role": by.role, "allowed": tuple(sorted(allowed))}
    return Refused("not_for_this_role", facts, kind="forbidden")


def unknown(what: str, key: str) -> Refused:
    """The answer for what does not exist, and for what the asker may not see: the same."""
    return Refused(f"unknown_{what}", {what: key}, kind="unknown")
