"""The table, read and spread out into its cells."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from amends.kernel.people import Actor, Role

HERE = Path(__file__).parent
TABLE = HERE / "table.toml"
Verdict = Literal["hidden", "refused by role", "not now", "may"]
About = Literal["orders", "disputes"]
# The one command that is not about an order that is there.
_PLACING = "place_order"
SECTIONS: dict[About, str] = {"orders": "on_order", "disputes": "on_dispute"}


class Cell(NamedTuple):
    """One expectation: what ``asker`` meets who asks ``command`` in ``situation``."""

    command: str
    asker: str
    situation: str
    verdict: Verdict


@cache
def table() -> dict[str, Any]:
    """The file as it is written."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def samples() -> dict[str, dict[str, Any]]:
    """A well-formed body for each command."""
    return tomllib.loads((HERE / "samples.toml").read_text(encoding="utf-8"))


def actor(asker: str) -> Actor:
    """Whom a name of the table stands for. Raises KeyError when it is not in the table."""
    role, _, person = table()["askers"][asker]["as"].partition(".")
    return Actor(person, Role(role))


def missing(section: str, known: Iterable[str]) -> str:
    """What is wrong with a section, in words for whoever added or took away something; "": nothing.

    ``known`` are the operations that the code has.
    """
    rows, names = set(table()[section]), set(known)
    says = [
        f"{name} is in no row: write who may, and when, under [{section}] in"
        f" tests/authorisation/{TABLE.name} (docs/authorisation.md shows how)"
        for name in sorted(names - rows)
    ]
    says += [
        f"{name} stands under [{section}] in tests/authorisation/{TABLE.name} and is nowhere else"
        for name in sorted(rows - names)
    ]
    return "\n".join(says)


def cells(about: About) -> Iterator[Cell]:
    """Every command × asker × situation.

    Raises ValueError for a name that the table does not explain, and for an asker of a role that
    has a row who is left out of it though they see the case.
    """
    whole, situations = table(), table()[about]
    for command, row in whole[SECTIONS[about]].items():
        roles = {actor(name).role for name in row}
        for asker, facts in whole["askers"].items():
            seen = _named(facts[about], situations)
            if asker not in row and actor(asker).role in roles and seen:
                raise ValueError(f"[{SECTIONS[about]}.{command}] does not say what {asker} meets")
            allowed = _named(row.get(asker, []), situations)
            for situation in situations:
                yield Cell(
                    command, asker, situation,
                    "hidden" if situation not in seen and command != _PLACING
                    else "refused by role" if actor(asker).role not in roles
                    else "may" if situation in allowed
                    else "not now",
                )  # fmt: skip


def _named(written: str | list[str], situations: Mapping[str, str]) -> set[str]:
    """The situations behind names, of which one before the slash stands for all that have it."""
    found: set[str] = set()
    for name in [written] if isinstance(written, str) else written:
        of_name = {s for s in situations if name in ("all", s, s.partition("/")[0])}
        if not of_name and name != "none":
            raise ValueError(f"{name} is no situation of {TABLE.name}")
        found |= of_name
    return found
