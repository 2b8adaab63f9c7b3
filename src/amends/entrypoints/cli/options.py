"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated

import typer

from amends.entrypoints.cli.telling import failure, refusal
from amends.kernel.people import Actor, Role
from amends.kernel.refusals import refuse_role

Database = Annotated[
    str,
    typer.Option(
        "--database", envvar="AMENDS_DATABASE", help="The database: a file's name or a URL."
    ),
]
DATABASE = "var/amends.db"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
As = Annotated[
    str, typer.Option("--as", metavar="ROLE:PERSON", help="Who asks, such as buyer:olga.")
]
BaseUrl = Annotated[
    str, typer.Option(envvar="AMENDS_BASE_URL", help="How people reach the service, for links.")
]
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63}")


def actor(text: str) -> Actor:
    """``buyer:olga``, or a teaching exit."""
    role, mark, person = text.partition(":")
    if not mark:
        raise failure(f"{text!r} is not ROLE:PERSON; write, for example, buyer:olga.", code=2)
    return Actor(person_id(person), role_called(role))


def asker(text: str, allowed: frozenset[Role]) -> Actor:
    """What ``actor`` reads, or the refusal of a role that this is not for."""
    by = actor(text)
    refused = refuse_role(by, allowed)
    if refused is not None:
        raise refusal(refused)
    return by


def role_called(name: str, among: Collection[Role] = tuple(Role)) -> Role:
    """The role of that name, or a teaching exit that names those ``among`` which to choose."""
    try:
        return Role(name)
    except ValueError:
        known = ", ".join(role for role in Role if role in among)
        raise failure(f"There is no role {name!r}. The roles are: {known}.", code=2) from None


def person_id(text: str) -> str:
    """``text`` when it can be a person's id, or a teaching exit."""
    if not _PERSON.fullmatch(text):
        raise failure(
            f"{text!r} cannot be a person's id: letters, digits and . _ ~ : @ - only, at most 64.",
            code=2,
        )
    return text
