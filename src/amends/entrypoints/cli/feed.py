"""``amends import``: orders, shipments and tracking from files."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from amends.entrypoints.cli.options import DATABASE, Database, actor
from amends.entrypoints.cli.progress import counted
from amends.entrypoints.cli.telling import failure, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.feeds import Imported
    from amends.entrypoints.service import Service
    from amends.entrypoints.sharing import OpenService
    from amends.kernel.people import Actor

_BAD_SHOWN = 50
_MOST_HELPERS = 4  # beyond, they wait for the database


class Format(StrEnum):
    """How a feed is written."""

    NDJSON = "ndjson"
    CSV = "csv"


Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Taken in this order; - is stdin.")
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="By the file's name when not given.")
]
By = Annotated[str, typer.Option("--as", metavar="ROLE:PERSON", help="On whose behalf.")]


def import_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def import_(
        files: Files,
        format_: FormatOption = None,
        by: By = "marketplace:import",
        database: Database = DATABASE,
    ) -> None:
        """Take in orders, shipments and tracking events.

        NDJSON: a JSON object a line, with "type": "order", "shipment" or "tracking". CSV: orders
        (a row per line of an order), shipments, or tracking events, told apart by their columns.
        examples/ has one of each. The same file again changes nothing.

        Exit code 0: every line was taken. 1: some were not; they are named, the others are kept.
        2: a file could not be read at all.
        """
        asker = actor(by)
        bad = 0
        another = partial(tools.open_service, database, sandbox=None)
        with opened(tools, database, make=True) as service:
            for name in files:
                kind = format_ or _format(name)
                imported = _take(service, another, name, kind, asker)
                _tell(name, imported)
                bad += imported.bad_lines
        raise typer.Exit(1 if bad else 0)

    return import_


def _format(name: str) -> Format:
    suffix = Path(name).suffix.casefold()
    known = {".csv": Format.CSV, ".ndjson": Format.NDJSON, ".jsonl": Format.NDJSON}
    if name == "-":
        return Format.NDJSON
    if suffix not in known:
        raise failure(f"{name}: say how it is written: --format ndjson or --format csv.", code=2)
    return known[suffix]


def _take(service: Service, another: OpenService, name: str, kind: Format, by: Actor) -> Imported:
    from amends.entrypoints.csv_feed import BadHeader
    from amends.entrypoints.taking import take

    count = min(_MOST_HELPERS, os.cpu_count() or 1)
    helpers = (another, count) if count > 1 else None
    with _stream(name) as (stream, size), counted(name, size) as advance:
        try:
            return take(service, stream, kind.value, by, advance, helpers=helpers)
        except BadHeader as error:
            raise failure(f"{name}: {error}.", code=2) from None


@contextmanager
def _stream(name: str) -> Iterator[tuple[BinaryIO, int | None]]:
    if name == "-":
        yield sys.stdin.buffer, None
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise failure(f"{name} cannot be read: {error.strerror}.", code=2) from None
    with file:
        yield file, Path(name).stat().st_size


def _tell(name: str, imported: Imported) -> None:
    kinds = (
        ("orders", imported.orders),
        ("shipments", imported.shipments),
        ("tracking", imported.tracking),
    )
    counts = [f"{kind}: {c.new} new, {c.same} same" for kind, c in kinds if c.new or c.same]
    typer.echo(f"{name}: {'; '.join([*counts, f'bad: {imported.bad_lines}'])}")
    for line in imported.bad[:_BAD_SHOWN]:
        field = f" [{line.field}]" if line.field else ""
        typer.echo(f"{name}:{line.line}:{field} {line.why} ({line.rule})", err=True)
    if imported.bad_lines > _BAD_SHOWN:
        typer.echo(f"{name}: and {imported.bad_lines - _BAD_SHOWN} more bad lines", err=True)
