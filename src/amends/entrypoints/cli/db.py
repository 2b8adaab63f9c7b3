"""``amends db``: the schema, holding all there is against the record, back-ups."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, Database
from amends.entrypoints.cli.progress import steps, working
from amends.entrypoints.cli.telling import existing, failure, opened, sentence, shown, taught

if TYPE_CHECKING:
    from amends.engine.backup import Manifest
    from amends.entrypoints.cli.toolkit import Toolkit

NOT_IN_A_BACKUP = (
    "Not in it: settings and secrets, policy packs of your own, mail that was written to a folder,"
    " what a simulated provider has booked."
)
_AFTER_A_RESTORE = (
    "Before it is served: people who were erased after that instant have to be erased again. Jobs"
    " that were done after it are done again: no refund is paid twice, a mail may come twice."
)
New = Annotated[
    str, typer.Option("--database", help="The database to make: a file's name or a URL.")
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Restore it, replay every order, compare every file.")
]


def db_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(
        no_args_is_help=True, help="The database: make, migrate, check, rebuild, back up, restore."
    )

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
        """Replay every order; compare state, lists and ledger byte for byte, the hash chain, and
        the files of evidence; see that the ledger's postings sum to zero.

        Exit code 0: nothing differs. 1: each difference is printed.
        """
        _check(tools, database)
        typer.echo("Nothing differs from the record.")

    @app.command()
    def rebuild(database: Database = DATABASE) -> None:
        """Make every state, list and ledger anew from the events, and what rulings are found by
        from the texts. Nothing is sent or paid again."""
        from amends.engine.check import rebuild as rebuilt

        with opened(tools, database) as service, working("Rebuilding"):
            count = rebuilt(service.store, service.engine.domain)
            service.rulings.put_all(service.engine.views)
        typer.echo(f"Made anew: {count} {'order' if count == 1 else 'orders'}.")

    @app.command()
    def backup(
        to: Annotated[Path, typer.Argument(metavar="DEST", help="The archive to write.")],
        verify: Verify = False,
        database: Database = DATABASE,
    ) -> None:
        """Write the database and its files, as they stand at one instant, to one archive. The
        service may be running.

        Exit code 1: nothing was written, or what was written is not right.
        """
        begun = time.perf_counter()
        with taught():
            existing(tools, database)
            with steps("Backing up") as tell:
                manifest = tools.back_up(database, to, tell)
        size = to.stat().st_size / 1e6
        seconds = time.perf_counter() - begun
        typer.echo(f"{_held(manifest)} are in {to}: {size:.1f} MB, {seconds:.1f} s.")
        typer.echo(NOT_IN_A_BACKUP)
        if verify:
            # Beside the archive there is room for it, and nobody else may look in.
            with tempfile.TemporaryDirectory(dir=to.resolve().parent, prefix=".verify-") as folder:
                scratch = str(Path(folder, "scratch.db"))
                _restore(tools, to, scratch, verify=True)

    @app.command()
    def restore(
        archive: Annotated[Path, typer.Argument(metavar="SRC", help="The archive to read.")],
        database: New,
        verify: Verify = False,
    ) -> None:
        """Make a new database, and the files beside it, of an archive.

        It may be of another kind than the one that was backed up, and the archive of an older
        version. Where there is anything already, nothing is done.

        Exit code 1: nothing was restored, or what was restored is not right.
        """
        manifest = _restore(tools, archive, database, verify=verify)
        typer.echo(f"{_held(manifest)} are in {shown(database)}.")
        typer.echo(_AFTER_A_RESTORE)

    return app


def _check(tools: Toolkit, database: str) -> None:
    from amends.entrypoints.checking import differences

    count = 0
    with opened(tools, database) as service, working("Checking"):
        for difference in differences(service):
            typer.echo(difference)
            count += 1
    if count:
        noun = "difference" if count == 1 else "differences"
        raise failure(
            f"{count} {noun}. What is derived is made anew by: amends db rebuild",
            "What is said of events, texts, files or the chain can only come from a backup.",
        )


def _restore(tools: Toolkit, archive: Path, database: str, *, verify: bool) -> Manifest:
    from amends.engine.backup import NotAnArchive

    begun = time.perf_counter()
    with taught(), steps("Restoring") as tell:
        try:
            manifest = tools.restore(archive, database, tell)
        except NotAnArchive as error:
            raise failure(f"{archive}: {error}.") from None
        except ValueError as error:
            raise failure(sentence(str(error))) from None
    # Their key is this installation's own, so that they are in no archive.
    with opened(tools, database) as service, working("Indexing rulings"):
        service.rulings.put_all(service.engine.views)
    restored = time.perf_counter() - begun
    typer.echo(f"Restored in {restored:.1f} s; every hash is right.")
    if verify:
        _check(tools, database)
        checked = time.perf_counter() - begun - restored
        typer.echo(f"Replayed byte for byte in {checked:.1f} s: nothing differs from the record.")
    return manifest


def _held(manifest: Manifest) -> str:
    orders, events, files = manifest.rows("states"), manifest.rows("events"), manifest.files.count
    counted = f"{orders:,} orders with {events:,} events, and {files:,} files,"
    return f"{counted} as they stood at {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC,"
