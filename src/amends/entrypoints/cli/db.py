"""``amends db``: the schema, and holding what is derived against the record."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from amends.entrypoints.cli.options import DATABASE, Database
from amends.entrypoints.cli.progress import working
from amends.entrypoints.cli.telling import failure, opened, sentence, shown, taught

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit


def db_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="The database: make, migrate, check, rebuild.")

    @app.command()
    def migrate(database: Database = DATABASE) -> None:
        """Make the database if there is none, and bring it to this version's schema."""
        with taught():
            try:
                tools.migrate(database)
            except ValueError as error:
                raise failure(sentence(str(error))) from None
        typer.echo(f"{shown(database)} has the schema this version needs.")

    @app.command()
    def check(database: Database = DATABASE) -> None:
        """Replay every order; compare state, lists and ledger byte for byte, and the hash chain;
        see that the ledger's postings sum to zero.

        Exit code 0: nothing differs. 1: each difference is printed.
        """
        from amends.engine.check import check as differences
        from amends.entrypoints.ledger import in_units, trial_balance

        count = 0
        with opened(tools, database) as service, working("Checking"):
            for difference in differences(service.store, service.engine.domain):
                typer.echo(f"{difference.order}: {difference.what}")
                count += 1
            for of in trial_balance(service.store.views).currencies:
                if not of.balanced:
                    over = in_units(of.debit.amount - of.credit.amount, of.currency)
                    typer.echo(f"ledger: postings sum to {over} {of.currency}, not to zero")
                    count += 1
        if count:
            noun = "difference" if count == 1 else "differences"
            raise failure(
                f"{count} {noun}. What is derived is made anew by: amends db rebuild",
                "What is said of events, texts or the chain can only come from a backup.",
            )
        typer.echo("Nothing differs from the record.")

    @app.command()
    def rebuild(database: Database = DATABASE) -> None:
        """Make every state, list and ledger anew from the events. Nothing is sent or paid again."""
        from amends.engine.check import rebuild as rebuilt

        with opened(tools, database) as service, working("Rebuilding"):
            count = rebuilt(service.store, service.engine.domain)
        typer.echo(f"Made anew: {count} {'order' if count == 1 else 'orders'}.")

    return app
