"""The web server's application, and a process that serves it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.router import Router

from amends.entrypoints.api.context import Api
from amends.entrypoints.api.server import api_exception, api_handlers
from amends.entrypoints.clock import Ticker
from amends.entrypoints.mail_in.routes import mail_handler
from amends.entrypoints.probes import Running, probe_handlers
from amends.entrypoints.service import Service
from amends.entrypoints.webhooks_in.routes import callback_handler

# See ``amends.entrypoints.stopping``.
_CLOCK_STOPS_SECONDS = 3.0

Routed = HTTPRouteHandler | Router
AnyRequest = Request[Any, Any, Any]


def build_app(
    service: Service,
    pages: Sequence[Routed] = (),
    *,
    worker: str = "1",
    running: Running | None = None,
) -> Litestar:
    """The web server: the API, and ``pages``. A sandbox has no clock running by itself.

    ``worker``: this process's name among all that serve the database. ``running``: what its probes
    are to know of it.
    """
    api = Api(service)
    ticker = Ticker(service, worker) if service.sandbox is None else None

    @asynccontextmanager
    async def life(_app: Litestar) -> AsyncIterator[None]:
        if ticker:
            ticker.start()
        try:
            yield
        finally:
            if ticker:
                ticker.stop(_CLOCK_STOPS_SECONDS)

    def failed(request: AnyRequest, error: Exception) -> Response[bytes]:
        return api_exception(api, request, error)

    return Litestar(
        [
            *api_handlers(api),
            callback_handler(service),
            mail_handler(service),
            *probe_handlers(service, running or Running(), lambda: ticker.runs if ticker else True),
            *pages,
        ],
        exception_handlers={Exception: failed},
        lifespan=[life],
        openapi_config=None,
        logging_config=None,
    )


def run_app(app: Litestar, listening: socket.socket, running: Running | None = None) -> None:
    """An application in this process, until it is told to stop; ``running`` is told so too."""
    from amends.entrypoints.memory import settle  # noqa: PLC0415
    from amends.entrypoints.stopping import Server  # noqa: PLC0415

    server = Server(app, running or Running())
    settle()
    server.run(sockets=[listening])
