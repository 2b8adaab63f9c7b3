"""``amends demo``: a sample marketplace, served."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import BaseUrl
from amends.entrypoints.cli.progress import counted
from amends.entrypoints.cli.serving import Port, listening, run_until_stopped
from amends.entrypoints.cli.telling import failure, running, taught

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.entrypoints.cli.toolkit import Toolkit

Folder = Annotated[Path, typer.Option(help="Where to keep it; made once, then used again.")]


def demo_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def demo(
        port: Port = 8000,
        folder: Folder = Path("var/demo"),
        base_url: BaseUrl = "",
    ) -> None:
        """Serve a sample marketplace with disputes in every phase, on 127.0.0.1.

        It is made the first time and then used again, with whatever you did in it. Its clock stands
        until you move it, on its first page.
        """
        with taught(), listening("127.0.0.1", port) as (socket, address):
            url = base_url or address
            database = str(make_demo(tools, folder))
            with running(tools, database, base_url=url, sandbox=True) as service:
                typer.echo(f"A sample marketplace is at {url}, with whom to be and what to try.")
                typer.echo(f"The API's documents: {url}/api/v1/docs. Stop with Ctrl-C.")
                run_until_stopped(tools, service, socket)
                typer.echo("Stopped.", err=True)

    return demo


def make_demo(tools: Toolkit, folder: Path) -> Path:
    """The sample's database, made when it is not there; nothing is left of one made halfway."""
    import os
    import shutil
    from datetime import UTC, datetime

    from amends.entrypoints.demo import live

    database = folder / "amends.db"
    if database.exists():
        return database
    if folder.exists() and any(folder.iterdir()):
        raise failure(f"{folder} holds something else; name an empty folder with --folder.")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    now = datetime.now(UTC)
    with (
        running(tools, str(unfinished / database.name), sandbox=True, synced=False) as service,
        counted("Making a sample marketplace", 100) as advance,
    ):
        live(service, now, advance)
    os.sync()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rmdir()
    unfinished.rename(folder)
    return database
