"""The address to which payment providers report: ``POST /callbacks/<provider>``.

There is no key: a callback is let in by its provider's signature. 204 says that it is kept, again
or for the first time; anything else has its provider send it again, 415 plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from anyio import to_thread
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from amends.engine.callbacks import NotGenuine
from amends.engine.store import Unavailable
from amends.entrypoints.api.codings import TAKEN, codings_of
from amends.entrypoints.clock import drain
from amends.entrypoints.service import Service
from amends.entrypoints.webhooks_in.intake import UnknownProvider, intake_of

PATH = "/callbacks/{provider:str}"
_LARGEST = 1_000_000
_log = structlog.get_logger(__name__)


class _TooLarge(Exception):
    pass


def callback_handler(service: Service) -> HTTPRouteHandler:
    """The address on a server."""
    intake = intake_of(service)

    def keep(provider: str, headers: dict[str, str], body: bytes) -> int:
        try:
            intake.receive(provider, headers, body)
        except UnknownProvider:
            return 404
        except NotGenuine as error:
            # Neither body nor signature: whoever sends it chooses what stands there.
            _log.warning("callback_not_genuine", provider=provider, why=str(error))
            return 400
        except Unavailable:
            return 503
        if service.sandbox is not None:
            drain(service)
        return 204

    async def handle(request: Request[Any, Any, Any]) -> Response[None]:
        provider = str(request.path_params["provider"])
        try:
            body = await _read(request)
        except _TooLarge:
            return _answer(413)
        if codings_of(request.scope["headers"]):
            return _answer(415, TAKEN)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return _answer(await to_thread.run_sync(keep, provider, headers, body))

    return HTTPRouteHandler(PATH, http_method="POST", status_code=204, name="POST /callbacks")(
        handle
    )


async def _read(request: Request[Any, Any, Any]) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _LARGEST:
            raise _TooLarge
        parts.append(chunk)
    return b"".join(parts)


def _answer(status: int, more: Mapping[str, str] = {}) -> Response[None]:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **more}
    return Response(None, status_code=status, headers=headers)
