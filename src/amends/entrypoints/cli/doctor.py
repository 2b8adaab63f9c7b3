"""``amends doctor``: whether everything is there and well."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, BaseUrl, Database
from amends.entrypoints.cli.progress import working
from amends.entrypoints.cli.telling import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.entrypoints.cli.toolkit import Toolkit

Sample = Annotated[int, typer.Option(min=1, help="How many orders are replayed and compared.")]


def doctor_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def doctor(
        json: AsJson = False, sample: Sample = 100, base_url: BaseUrl = "",
        database: Database = DATABASE,
    ) -> None:  # fmt: skip
        """See whether everything is there and well, and say what to do where it is not.

        Settings, folders, mail, the database and whether it keeps what it acknowledged, packs,
        clocks, files, what waits too long, a sample of orders, payment providers. A server may be
        running; no mail is sent, no money moved.

        Exit code 0: nothing fails, though there may be warnings. 1: something fails.
        """
        from amends.entrypoints.doctor import examine

        found = []
        with working("Examining"):
            for finding in examine(lambda: tools.premises(database, base_url), sample):
                found.append(finding)
        failed = any(finding.status == "failure" for finding in found)
        if json:
            told = {"ok": not failed, "checks": found}
            as_json(told)
        else:
            for finding in found:
                typer.echo(f"{finding.status:8} {finding.check:10} {finding.says}")
                if finding.do:
                    typer.echo(f"{'':19} -> {finding.do}")
        raise typer.Exit(1 if failed else 0)

    return doctor
