"""``amends ledger``: the trial balance, statements, and the postings for another program."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, Database
from amends.entrypoints.cli.telling import as_json, failure, opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.ledger import Posting, TrialBalance

_COLUMNS = ("at", "order", "event", "kind", "seller", "account", "amount", "currency")


class Format(StrEnum):
    """How postings are written."""

    CSV = "csv"
    NDJSON = "ndjson"


def ledger_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Where the money is: double entry, per currency.")

    @app.command()
    def balance(json: AsJson = False, database: Database = DATABASE) -> None:
        """Print the trial balance: every account over all orders, by currency.

        Exit code 0: each currency's debits equal its credits. 1: one's do not.
        """
        from amends.entrypoints.ledger import trial_balance

        with opened(tools, database) as service:
            found = trial_balance(service.store.views)
        if json:
            as_json(found)
        else:
            _tell(found)
        wrong = [entry.currency for entry in found.currencies if not entry.balanced]
        if wrong:
            raise failure(f"Debits and credits differ in {', '.join(wrong)}; see: amends db check")

    @app.command()
    def statement(
        order: Annotated[str | None, typer.Option(help="Of this order.")] = None,
        seller: Annotated[str | None, typer.Option(help="Of this seller's orders.")] = None,
        payment: Annotated[
            str | None,
            typer.Option(metavar="PROVIDER/REFERENCE", help="Of the orders of this payment."),
        ] = None,
        database: Database = DATABASE,
    ) -> None:
        """Print the postings of an order, a seller or a payment, and what they come to."""
        from amends.entrypoints.ledger import (
            balance_of,
            postings_of_order,
            postings_of_payment,
            postings_of_seller,
        )

        named = {"order": order, "seller": seller, "payment": payment}
        given = [(what, name) for what, name in named.items() if name is not None]
        if len(given) != 1:
            raise failure("Name one of --order, --seller and --payment.", code=2)
        ((what, name),) = given
        sums: dict[tuple[str, str], int] = defaultdict(int)
        with opened(tools, database) as service:
            views = service.store.views
            provider, _, reference = name.partition("/")
            found = {
                "order": lambda: postings_of_order(views, name),
                "seller": lambda: postings_of_seller(views, name),
                "payment": lambda: postings_of_payment(views, provider, reference),
            }[what]()
            for entry in found:
                sums[entry.currency, entry.account] += entry.amount
                typer.echo(_line(entry))
        if not sums:
            raise failure(f"Nothing is posted for {what} {name}; see: amends orders list")
        typer.echo("")
        _tell(balance_of(sums))

    @app.command()
    def export(
        format_: Annotated[Format, typer.Option("--format", help="How.")] = Format.CSV,
        database: Database = DATABASE,
    ) -> None:
        """Write all postings to stdout, the oldest first. A debit is positive, a credit negative.

        CSV: amounts in the currency's unit. NDJSON: in its minor unit.
        """
        from amends.entrypoints.ledger import postings

        with opened(tools, database) as service:
            found = postings(service.store.views)
            if format_ is Format.CSV:
                writer = csv.writer(sys.stdout, lineterminator="\n")
                writer.writerow(_COLUMNS)
                writer.writerows(_cells(found))
            else:
                for entry in found:
                    typer.echo(msgspec.json.encode(entry))

    return app


def _cells(entries: Iterable[Posting]) -> Iterator[tuple[str | int, ...]]:
    from amends.entrypoints.ledger import in_units

    for entry in entries:
        at, amount = entry.at.isoformat(), in_units(entry.amount, entry.currency)
        yield (
            at, entry.order, entry.event, entry.kind, entry.seller, entry.account, amount,
            entry.currency,
        )  # fmt: skip


def _line(entry: Posting) -> str:
    """One posting; lines are as wide as they usually need to be, since they are not gathered."""
    from amends.entrypoints.ledger import in_units

    amount = f"{in_units(entry.amount, entry.currency):>16} {entry.currency}"
    at = f"{entry.at:%Y-%m-%d %H:%M} UTC"
    what = f"{entry.event:>4} {entry.kind:<20}"
    return f"{at}  {entry.order:<16}  {what}  {entry.account:<16}  {amount}"


def _tell(found: TrialBalance) -> None:
    from amends.entrypoints.ledger import in_units

    rows: list[tuple[str, ...]] = []
    for of in found.currencies:
        sums = [(entry.account, entry.debit, entry.credit) for entry in of.accounts]
        for account, debit, credit in (*sums, ("sum", of.debit, of.credit)):
            sides = (in_units(side.amount, of.currency) for side in (debit, credit))
            rows.append((of.currency, account, *sides))
    table(("currency", "account", "debit", "credit"), rows)
