"""``amends serve`` and ``amends clock``: the service itself, and its clock without it."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, BaseUrl, Database
from amends.entrypoints.cli.telling import opened, taught

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.entrypoints.cli.toolkit import Toolkit

Host = Annotated[str, typer.Option(envvar="AMENDS_HOST", help="The address to listen on.")]
Port = Annotated[int, typer.Option(envvar="AMENDS_PORT", help="The port.", min=0, max=65535)]
IsSandbox = Annotated[
    bool,
    typer.Option(
        "--sandbox",
        help="For integrators and tests: a virtual clock, tokens sandbox.ROLE.ID, a payment"
        " provider that does as told. Only on a database of its own.",
    ),
]


def serve_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def serve(
        host: Host = "127.0.0.1",
        port: Port = 8000,
        database: Database = DATABASE,
        base_url: BaseUrl = "",
        sandbox: IsSandbox = False,
    ) -> None:
        """Run pages, API and the clock behind them until stopped.

        A database that is not there is made; one of an older version has to be migrated first.
        """
        url = base_url or f"http://{host}:{port}"
        with taught():
            service = tools.open_service(database, base_url=url, sandbox=sandbox)
            try:
                typer.echo(f"amends is at {url}, its API's documents at {url}/api/v1/docs")
                tools.serve(service, host=host, port=port)
            finally:
                service.close()

    return serve


def clock_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Deadlines and waiting jobs.")

    @app.command("run-once")
    def run_once(database: Database = DATABASE) -> None:
        """Let expire what is due, and do the jobs that wait, until nothing is left; then end.

        The service does this by itself; this is for running it from a timer instead.
        """
        from amends.entrypoints.clock import drain

        with opened(tools, database) as service:
            drain(service)
            waiting = service.store.jobs.next_run()
            due = service.store.records.next_due()
        typer.echo(f"Done. Next job: {waiting or 'none'}; next deadline: {due or 'none'}.")

    return app
