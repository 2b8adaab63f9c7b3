"""``amends seller``: what a seller is known by."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, Database
from amends.entrypoints.cli.telling import as_json, opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit


def seller_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def seller(
        person: Annotated[str, typer.Argument(metavar="SELLER", help="The seller's id.")],
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Show what a seller is known by, over the last twelve months."""
        from amends.entrypoints.records import seller_record

        with opened(tools, database) as service:
            record = seller_record(service.store, person, service.clock.now())
        if json:
            as_json(record)
            return
        shares = {
            "disputed": record.disputed,
            "settled": record.settled,
            "lost": record.lost,
            "undelivered": record.undelivered,
            "silent": record.silent,
        }
        table(
            ("figure", "count", "of", "per_thousand"),
            [(name, str(s.count), str(s.of), _said(s.per_thousand)) for name, s in shares.items()],
        )
        typer.echo(
            f"Since {record.since:%Y-%m-%d}. Withdrawn: {record.withdrawn}; honoured by the"
            f" platform: {record.honoured}. Median first answer in seconds:"
            f" {_said(record.answer_seconds)}. Mean stars in tenths: {_said(record.stars_tenths)}"
            f" of {sum(record.stars)} reviews."
        )

    return seller


def _said(value: int | None) -> str:
    return "too few" if value is None else str(value)
