"""``amends casefile``: making a case file, and checking one wherever it was taken to."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, As, BaseUrl, Database, asker
from amends.entrypoints.cli.telling import failure, opened, taught

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit

To = Annotated[Path, typer.Option("--to", help="The file to make: a name ending in .zip or .pdf.")]
CaseFile = Annotated[str, typer.Argument(metavar="FILE", help="A case file, as ZIP.")]
Against = Annotated[
    str,
    typer.Option(metavar="EARLIER", help="An earlier case file, or NUMBER:HASH of an event then."),
]
Key = Annotated[str, typer.Option(help="The platform's key as it states it, as a PEM file.")]


def casefile_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Case files: make one, check one.")

    @app.command()
    def make(
        dispute: Annotated[str, typer.Argument(help="The dispute's id.")],
        by: As,
        to: To,
        language: Annotated[str, typer.Option(help="Such as ru; a party's own if none.")] = "",
        base_url: BaseUrl = "",
        database: Database = DATABASE,
    ) -> None:
        """Make the case file as somebody may see it. Evidence in it counts as looked at."""
        from amends.entrypoints.api.calls import EVERYBODY, Call
        from amends.entrypoints.api.casefile import get_casefile
        from amends.entrypoints.api.context import Api

        who = asker(by, EVERYBODY)
        ending = to.suffix.lower()
        if ending not in (".zip", ".pdf"):
            raise failure(f"{to} ends neither in .zip nor in .pdf, so nobody knows what to make.")
        query = {"format": ending[1:]} | ({"language": language} if language else {})
        with opened(tools, database, base_url=base_url) as service:
            reply = get_casefile(Api(service), Call(who, "GET", "", {"dispute_id": dispute}, query))
        with to.open("wb") as file:
            if reply.file is None:
                file.write(reply.body)
            else:
                with reply.file as packed:
                    shutil.copyfileobj(packed, file)
        typer.echo(f"{to} is made.")

    @app.command()
    def check(file: CaseFile, against: Against = "", key: Key = "") -> None:
        """Check that a case file is as it was given out. Needs no database and no network.

        Exit code 0: nothing was changed. 1: each file that was altered, added or is missing is
        named.
        """
        from amends.entrypoints.casefile.checking import NoCaseFile
        from amends.entrypoints.casefile.checking import check as examine

        with taught():
            try:
                found = examine(file, against=against, key=key)
            except NoCaseFile as error:
                raise failure(f"{error}.") from None
        for fault in found.faults:
            typer.echo(fault)
        if found.faults:
            raise typer.Exit(1)
        proof = found.proof
        who, at = proof.made_for, f"{proof.as_of:%Y-%m-%d %H:%M:%S} UTC"
        typer.echo(
            f"Nothing was changed: dispute {proof.dispute} as {who.role} {who.person} saw it after"
            f" event {proof.number}, {at}."
        )
        if proof.hidden:
            hidden = ", ".join(map(str, proof.hidden))
            typer.echo(f"Events {hidden} are there as hashes alone: their content is not shown.")
        if not key:
            typer.echo(f"Signed with the key {found.key}. Is it the platform's? --key says so.")

    return app
