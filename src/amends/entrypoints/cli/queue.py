"""``amends queue``: what waits for somebody of the platform, and dealing it out."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from amends.entrypoints.cli.look import OPERATOR, Limit, listed
from amends.entrypoints.cli.options import DATABASE, As, AsJson, Database
from amends.entrypoints.cli.telling import opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit


def queue_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Cases that somebody of the platform decides.")

    @app.command("list")
    def list_(
        phase: Annotated[str | None, typer.Option(help="mediation or appeal.")] = None,
        who: Annotated[str | None, typer.Option(help="A person's id, or nobody.")] = None,
        turn: Annotated[str | None, typer.Option(help="Whom it waits for.")] = None,
        language: Annotated[str | None, typer.Option(help="Like ru.")] = None,
        category: Annotated[str | None, typer.Option(help="The goods.")] = None,
        reason: Annotated[str | None, typer.Option(help="Like late.")] = None,
        find: Annotated[str | None, typer.Option(help="A dispute or a seller.")] = None,
        limit: Limit = 50,
        by: As = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List what waits, the earliest due first."""
        from amends.entrypoints.api.queue import get_queue

        filters = {
            "phase": phase, "who": who, "turn": turn, "language": language, "category": category,
            "reason": reason, "find": find, "limit": str(limit),
        }  # fmt: skip
        columns = (
            "due_at", "dispute", "amount", "reason", "language", "phase", "turn", "has", "conflict",
        )  # fmt: skip
        listed(tools, database, get_queue, filters, by, columns, json=json)

    @app.command()
    def load(json: AsJson = False, database: Database = DATABASE) -> None:
        """Count everybody's open cases, and those that are nobody's."""
        from amends.entrypoints.judging.queue import figures

        with opened(tools, database) as service:
            found = figures(service)
        if json:
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
            return
        rows = [
            (
                one.person,
                one.role,
                str(one.cases),
                "" if one.capacity is None else str(one.capacity),
            )
            for one in found.loads
        ]
        table(("person", "role", "cases", "at most"), rows)
        typer.echo(f"{found.waiting} are nobody's.", err=True)

    @app.command()
    def deal(database: Database = DATABASE) -> None:
        """Deal out now what waits, as a running server does by itself."""
        from amends.entrypoints.judging.dealing import Dealer

        with opened(tools, database) as service:
            changed = Dealer(service).deal()
        typer.echo(f"{changed} cases changed hands, or were reported as nobody's.")

    return app
