"""``amends money``: finance's desk, and holding our books against the payment providers'."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.callbacks import callbacks_app
from amends.entrypoints.cli.do import give_to_order
from amends.entrypoints.cli.look import OPERATOR, Limit, listed
from amends.entrypoints.cli.options import DATABASE, As, AsJson, Database, actor
from amends.entrypoints.cli.progress import counted
from amends.entrypoints.cli.telling import as_json, failure, opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.kernel.money import Money


def money_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Finance's desk, and the providers' books.")
    app.add_typer(callbacks_app(tools), name="callbacks")

    @app.command()
    def reconcile(json: AsJson = False, database: Database = DATABASE) -> None:
        """Compare refunds and captures with the providers' own, both ways.

        A report of a refund that was lost is taken now. What differs is recorded on its order,
        whose money it freezes until it is decided on (amends money resolve) or agrees again. A
        running server does the same every day.

        Exit code 0: nothing differs. 1: each open difference is printed.
        """
        from amends.engine.outside import ProviderUnclear
        from amends.entrypoints.reconciliation import reconcile as compare

        with opened(tools, database) as service, counted("Reading both books", None) as advance:
            try:
                found = compare(
                    service.engine, service.store, service.provider_for, service.clock, advance
                )
            except ProviderUnclear as error:
                raise failure(f"{error}; try again later.") from None
        if json:
            as_json(found)
        else:
            typer.echo(
                f"Compared: {found.orders} orders, {found.refunds} refunds;"
                f" {found.heard} lost reports taken, {found.agreed} differences gone."
            )
            if found.not_connected:
                typer.echo(f"Not compared, as their provider is not connected:"
                           f" {found.not_connected} orders.")  # fmt: skip
            rows = [(d.id, d.kind, d.order, d.about, _said(d.ours), _said(d.theirs))
                    for d in found.differences]  # fmt: skip
            if rows:
                table(("id", "difference", "order", "about", "ours", "theirs"), rows)
        if found.differences:
            raise failure(
                f"{len(found.differences)} differ; look each up at the provider, then: amends money"
                " resolve ID explained|count_as_refund|send_again --as finance:YOU --reason ..."
            )

    @app.command()
    def tasks(
        kind: Annotated[str | None, typer.Option(help="Such as difference.")] = None,
        limit: Limit = 50,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List what is asked of finance, the oldest first."""
        from amends.entrypoints.api.finance import get_tasks

        filters = {"kind": kind, "limit": str(limit)}
        columns = ("order", "kind", "subject", "amount", "since", "due_at")
        listed(tools, database, get_tasks, filters, OPERATOR, columns, json=json)

    @app.command()
    def refunds(
        state: Annotated[
            str | None, typer.Option(help="In this state, longest first; else a count of each.")
        ] = None,
        limit: Limit = 50,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Count refunds by state, or list those of one state by how long they have been in it."""
        from amends.entrypoints.api.lists import get_refunds
        from amends.entrypoints.desk import summary

        if state is not None:
            filters = {"state": state, "sort": "age", "limit": str(limit)}
            columns = ("id", "state", "since", "amount", "provider", "reference")
            return listed(tools, database, get_refunds, filters, OPERATOR, columns, json=json)
        with opened(tools, database) as service:
            found = summary(service.store.views, service.clock.now())
        if json:
            as_json(found)
        else:
            table(("state", "refunds"), [(of.state, str(of.count)) for of in found.refunds])
        return None

    @app.command()
    def differences(
        state: Annotated[str, typer.Option(help="open or resolved.")] = "open",
        limit: Limit = 50,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List where our books and the providers' part, newest first."""
        from amends.entrypoints.api.finance import get_differences

        filters = {"state": state, "limit": str(limit)}
        columns = ("id", "kind", "about", "ours", "theirs", "resolution", "at")
        listed(tools, database, get_differences, filters, OPERATOR, columns, json=json)

    @app.command()
    def resolve(
        difference: Annotated[str, typer.Argument(help="Its id, such as A-1001-X1.")],
        resolution: Annotated[
            str, typer.Argument(help="explained, count_as_refund or send_again.")
        ],
        by: As,
        reason: Annotated[str, typer.Option(help="How that is known.")],
        reference: Annotated[
            str, typer.Option(help="To count it: the provider's id, where it is not known.")
        ] = "",
        refund: Annotated[
            str, typer.Option(help="To count it: the refund of ours in whose place it was made.")
        ] = "",
        paid_by: Annotated[str, typer.Option(help="To count it: seller or platform.")] = "seller",
        database: Database = DATABASE,
    ) -> None:
        """Decide what a difference means. With an order's last one its money moves again."""
        from amends.order.books import order_of_difference

        order = order_of_difference(difference)
        if order is None:
            raise failure(f"{difference} is no difference's id; those end in -X and a number.")
        fields = {
            "difference": difference, "resolution": resolution, "reason": reason,
            "reference": reference, "refund": refund, "paid_by": paid_by,
        }  # fmt: skip
        with opened(tools, database) as service:
            give_to_order(service, order, "resolve_difference", fields, actor(by))

    return app


def _said(amount: Money | None) -> str:
    from amends.entrypoints.words.formatting import money

    return "-" if amount is None else money(amount)
