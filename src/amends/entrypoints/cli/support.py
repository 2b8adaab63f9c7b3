"""``amends support``: who waits for support, an order's log, and what takes so long."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.look import OPERATOR, Limit, listed
from amends.entrypoints.cli.options import DATABASE, As, AsJson, Database, actor
from amends.entrypoints.cli.telling import as_json, opened

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit


def support_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Who waits for support.")

    @app.command("list")
    def list_(
        kind: Annotated[
            str | None,
            typer.Option(help="follow_up, message, raised, missing_money or goodwill."),
        ] = None,
        taken_by: Annotated[str | None, typer.Option(help="A supervisor's id.")] = None,
        order: Annotated[str | None, typer.Option(help="An order's id.")] = None,
        limit: Limit = 50,
        by: As = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List who waits, the earliest due first, and what goodwill took this month."""
        from amends.entrypoints.api.support import get_support
        from amends.entrypoints.support import DESK, goodwill_said

        filters = {"kind": kind, "taken_by": taken_by, "order": order, "limit": str(limit)}
        columns = ("due_at", "order", "subject", "kind", "side", "since", "taken_by")
        listed(tools, database, get_support, filters, by, columns, json=json, allowed=DESK)
        if json:
            return
        with opened(tools, database) as service:
            for month in goodwill_said(service):
                typer.echo(
                    f"Goodwill granted this month: {month.granted} of {month.budget},"
                    f" until {month.ends:%Y-%m-%d %H:%M} UTC"
                )

    @app.command()
    def waiting(
        dispute: Annotated[str, typer.Argument(help="The dispute's id.")],
        by: As = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Say what a dispute waits for and what was late, to be read out."""
        from amends.entrypoints.looking import look_at_dispute, waiting_of

        with opened(tools, database) as service:
            found = look_at_dispute(service, dispute, actor(by))
            told = waiting_of(service, found[0], dispute) if found else None
        if told is None:
            typer.echo(f"There is no dispute {dispute}.", err=True)
            raise typer.Exit(1)
        if json:
            as_json(told)
            return
        for sentence in (*told.said, *told.so_far):
            typer.echo(sentence)

    return app
