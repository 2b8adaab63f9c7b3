"""``amends serve`` and ``amends clock``: the service itself, and its clock without it."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, BaseUrl, Database
from amends.entrypoints.cli.telling import failure, opened, running, taught

if TYPE_CHECKING:
    from socket import socket as Socket  # noqa: N812

    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import Service

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
Workers = Annotated[
    int,
    typer.Option(envvar="AMENDS_WORKERS", help="How many processes share the port.", min=1, max=64),
]


def serve_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def serve(
        host: Host = "127.0.0.1",
        port: Port = 8000,
        database: Database = DATABASE,
        base_url: BaseUrl = "",
        sandbox: IsSandbox = False,
        workers: Workers = 1,
    ) -> None:
        """Run pages, API and the clock behind them until stopped.

        A database that is not there is made; one of an older version has to be migrated first.
        Files and written mail lie beside it, under its name. Other processes may serve the same
        database, on this machine or, for one on a server, on others: they share the work.

        From the environment: AMENDS_PACKS, a folder of policy packs instead of the shipped ones;
        AMENDS_SMTP_HOST, _PORT, _SECURITY (tls, starttls, none), _USER, _PASSWORD for sending mail,
        which is only written to files otherwise; AMENDS_SENDER, the address mail comes from;
        AMENDS_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET for staff to sign in at their company.
        """
        if workers > 1 and sandbox:
            raise failure(
                "A sandbox is one process: calls move its clock, and everything due by then is"
                " done before they are answered. Leave out --workers, or --sandbox.",
                code=2,
            )
        with taught(), listening(host, port) as (socket, address):
            url = base_url or address
            with running(tools, database, base_url=url, sandbox=sandbox) as service:
                typer.echo(f"amends is at {url}, its API's documents at {url}/api/v1/docs")
                if workers == 1:
                    run_until_stopped(tools, service, socket)
            if workers > 1:
                # What could be wrong with the database was found out by opening it once.
                serve_with(tools, workers, socket, database, url)
            typer.echo("Stopped.", err=True)

    return serve


def serve_with(tools: Toolkit, workers: int, socket: Socket, database: str, url: str) -> None:
    """Several processes on one port until Ctrl-C or SIGTERM; one that dies is started again."""
    from amends.entrypoints.cli.workers import Workers

    def work(number: int) -> None:
        with taught(), running(tools, database, base_url=url) as service:
            run_until_stopped(tools, service, socket, number)

    Workers(workers, work).run()


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[Socket, str]]:
    """A socket that listens, and its address for people. Bound before anything is printed, so that
    a port that is taken is told at once, and port 0 by the number it got."""
    import os
    from socket import AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY, create_server

    family = AF_INET6 if ":" in host else AF_INET
    try:
        socket = create_server((host, port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        hint = "Name another with --port, or another --host."
        raise failure(f"Cannot listen on port {port} of {host}: {why}. {hint}") from None
    with socket:
        # Connections take it over. Without it the second part of an answer waits, some 40 ms, for
        # the client to acknowledge the first; asyncio only sees to it for sockets it makes itself.
        socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        named = f"[{host}]" if ":" in host else host
        yield socket, f"http://{named}:{socket.getsockname()[1]}"


def run_until_stopped(tools: Toolkit, service: Service, socket: Socket, number: int = 1) -> None:
    """Serves until Ctrl-C or SIGTERM, which end it in good order.

    A process is known by its machine, its port and its ``number`` among several there.
    """
    import signal
    from socket import gethostname

    worker = f"{gethostname()}:{socket.getsockname()[1]}/{number}"
    # The server finishes what it is at and then raises the signal again, for us.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        tools.serve(service, socket, worker)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


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
        job, deadline = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "none" for at in (waiting, due))
        typer.echo(f"Done. Next job: {job}; next deadline: {deadline}.")

    return app
