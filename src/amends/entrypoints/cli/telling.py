"""What the command line says: tables, and failures in a line or two instead of a traceback."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import typer

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import Service
    from amends.kernel.decision import Refused

_WORD = re.compile(r"[a-z]+(?=[ ,]|$)")


def failure(*lines: str, code: int = 1) -> typer.Exit:
    """Says ``lines`` on stderr; to be raised."""
    for line in lines:
        typer.echo(line, err=True)
    return typer.Exit(code)


def refusal(refused: Refused) -> typer.Exit:
    """Says a refusal in words: the rule with its facts, and what would help; to be raised."""
    from amends.entrypoints.words.catalogue import words

    catalogue = words()
    field = f" [{refused.field}]" if refused.field else ""
    lines = [f"Refused by {refused.rule}{field}: {catalogue.detail(refused.rule, refused.facts)}"]
    steps = catalogue.steps_to_take(refused.next)
    return failure(*lines, *([f"Next: {' '.join(steps)}"] if steps else []))


@contextmanager
def opened(
    tools: Toolkit, database: str, *, base_url: str = "", make: bool = False
) -> Iterator[Service]:
    """The service on ``database`` while the block runs, a sandbox's too and then on its clock; what
    goes wrong is said in words.

    ``make``: also when the database is not there yet, as for what comes before all else.
    """
    with taught():
        if not make:
            existing(tools, database)
        with running(tools, database, base_url=base_url, sandbox=None) as service:
            yield service


def existing(tools: Toolkit, database: str) -> None:
    """Nothing when there is such a database, else a teaching exit."""
    if not _exists(tools, database):
        raise failure(
            f"There is no database {shown(database)}. Name another with --database or"
            " AMENDS_DATABASE, or make one: amends db migrate"
        )


def shown(database: str) -> str:
    """The database's name or URL without a password."""
    return re.sub(r"(?<=://)([^/@]*?):[^/]*@", r"\1@", database)


def _exists(tools: Toolkit, database: str) -> bool:
    try:
        return tools.database_exists(database)
    except ValueError as error:
        raise failure(sentence(str(error))) from None


@contextmanager
def running(tools: Toolkit, database: str, **how: Any) -> Iterator[Service]:
    """The service while the block runs; why it cannot be put together is said in words."""
    from amends.engine.store import SchemaNotCurrent
    from amends.policy.problems import PackError

    try:
        service = tools.open_service(database, **how)
    except PackError as error:
        raise failure(*map(str, error.problems)) from None
    except SchemaNotCurrent as error:
        # With its name, since the sample's, for one, is not the one that is looked for unnamed.
        here = f"Here: amends db migrate --database {shown(database)}"
        raise failure(sentence(str(error)), here) from None
    except (LookupError, ValueError) as error:
        raise failure(sentence(str(error))) from None
    try:
        yield service
    finally:
        service.close()


@contextmanager
def taught() -> Iterator[None]:
    """Turns what can go wrong for a person's reasons into a line or two on stderr."""
    from amends.engine.store import Unavailable
    from amends.entrypoints.api.calls import Problem

    try:
        yield
    except Unavailable as error:
        raise failure(sentence(str(error).strip())) from None
    except Problem as problem:
        raise refusal(problem.refused) from None
    except OSError as error:
        said = sentence(error.strerror or str(error))
        raise failure(f"{error.filename}: {said}" if error.filename else said) from None
    except Exception as error:
        # The migrations' library wraps what the database says.
        cause = error if isinstance(error, sqlite3.Error) else error.__cause__
        if not isinstance(cause, sqlite3.Error):
            raise
        raise failure(f"The database cannot be used: {cause}.") from None


def sentence(text: str) -> str:
    """``text`` ending with a full stop, and beginning with a capital if it begins with a word: a
    path, a URL or a setting stays as it was typed."""
    if _WORD.match(text):
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def as_json(value: object) -> None:
    """A value on stdout, for a script and still to be read."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns on stdout, as wide as they need to be, which a person and a script can both read."""
    widths = [max(len(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
    for row in (headings, *rows):
        typer.echo("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
