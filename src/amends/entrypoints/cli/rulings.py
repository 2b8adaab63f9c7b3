"""``amends rulings``: what became of rulings on appeal, by who wrote them."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, Database
from amends.entrypoints.cli.telling import opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit


def rulings_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def rulings(json: AsJson = False, database: Database = DATABASE) -> None:
        """Count each author's rulings, those appealed, and those changed by an appeal."""
        from amends.entrypoints.precedents import overturned

        with opened(tools, database) as service:
            found = overturned(service.store.views)
        if json:
            typer.echo(msgspec.json.encode(found).decode())
            return
        table(
            ("author", "issued", "appealed", "changed", "changed_percent"),
            [
                (o.author, str(o.issued), str(o.appealed), str(o.changed), str(o.changed_percent))
                for o in found
            ],
        )

    return rulings
