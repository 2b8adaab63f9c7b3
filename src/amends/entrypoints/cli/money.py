"""``amends money``: holding our books against the payment providers'."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, Database
from amends.entrypoints.cli.progress import counted
from amends.entrypoints.cli.telling import failure, opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.kernel.money import Money


def money_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Our books and the payment providers'.")

    @app.command()
    def reconcile(json: AsJson = False, database: Database = DATABASE) -> None:
        """Compare refunds and captures with the providers' own, both ways.

        A report of a refund that was lost is taken now. A running server does the same every day.

        Exit code 0: nothing differs. 1: each difference is printed.
        """
        from amends.engine.outside import ProviderUnclear
        from amends.entrypoints.reconciliation import reconcile as compare

        with opened(tools, database) as service, counted("Reading orders", None) as advance:
            try:
                found = compare(
                    service.engine, service.store, service.provider_for, service.clock, advance
                )
            except ProviderUnclear as error:
                raise failure(f"{error}; try again later.") from None
        if json:
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        else:
            typer.echo(
                f"Compared: {found.orders} orders, {found.refunds} refunds;"
                f" {found.heard} lost reports taken."
            )
            if found.not_connected:
                typer.echo(f"Not compared, as their provider is not connected:"
                           f" {found.not_connected} orders.")  # fmt: skip
            rows = [(d.kind, d.order, d.about, _said(d.ours), _said(d.theirs))
                    for d in found.differences]  # fmt: skip
            if rows:
                table(("difference", "order", "about", "ours", "theirs"), rows)
        if found.differences:
            raise failure(f"{len(found.differences)} differ; look into each at the provider.")

    return app


def _said(amount: Money | None) -> str:
    from amends.entrypoints.words.formatting import money

    return "-" if amount is None else money(amount)
