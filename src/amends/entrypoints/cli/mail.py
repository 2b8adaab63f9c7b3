"""``amends mail``: replies by mail, from a mail server on this machine."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from amends.entrypoints.cli.options import DATABASE, Database
from amends.entrypoints.cli.telling import failure, opened

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit

# What a mail server takes for "try again later" (EX_TEMPFAIL).
_LATER = 75


def mail_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Replies by mail.")

    @app.callback()
    def about() -> None:
        """Replies by mail."""

    @app.command()
    def receive(database: Database = DATABASE) -> None:
        """Take one message from standard input, as a mail server's pipe gives it.

        The exit code is 75 when the message should come again later.
        """
        from amends.entrypoints.api.calls import Problem
        from amends.entrypoints.mail_in.reading import LARGEST
        from amends.entrypoints.mail_in.receiving import receive as take

        raw = sys.stdin.buffer.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise failure(f"the message is larger than {LARGEST:,} bytes")
        try:
            with opened(tools, database) as service:
                received = take(service, raw)
        except (Problem, typer.Exit):
            raise typer.Exit(_LATER) from None
        if received.ignored:
            typer.echo(f"ignored: {received.ignored}")
        for rule in received.refused:
            typer.echo(f"refused: {rule}")
        if received.said:
            typer.echo("it stands in the thread")

    return app
