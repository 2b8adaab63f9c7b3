"""``amends erase``: a person who wants to be forgotten."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, Database, person_id
from amends.entrypoints.cli.telling import failure, opened

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit


def erase_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def erase(
        person: Annotated[str, typer.Argument(help="The person's id.")],
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
        database: Database = DATABASE,
    ) -> None:
        """Erase a person for good: name and addresses, words and files, and every way in.

        The record still checks. Back-ups made before hold them until they are thrown away.
        """
        from amends.entrypoints.erasing import erase as erased_by
        from amends.entrypoints.erasing import open_disputes

        name = person_id(person)
        with opened(tools, database) as service:
            if waiting := open_disputes(service, name):
                noun = "dispute that is" if waiting == 1 else "disputes that are"
                raise failure(
                    f"{name} is a side in {waiting} {noun} not over, which nobody could decide"
                    " without what they said. Erase them when it is; see: amends disputes list"
                )
            if not yes:
                typer.confirm(f"Erase {name}? Nobody can bring them back.", abort=True)
            gone = erased_by(service, name)
        if not (gone.words or gone.files or gone.keys):
            raise failure(f"Nothing is kept of {name}.")
        typer.echo(f"{name} is erased. Files: {gone.files}. Keys revoked: {gone.keys}.")

    return erase
