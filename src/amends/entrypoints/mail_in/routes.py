"""The address to which a mail server hands replies: ``POST /mail``, the raw message as the body.

It is let in by ``Authorization: Bearer`` with the key from the settings. 204 says that there is
nothing left to do with the message, whatever came of it; 503 that it should be sent again, and 415
that it should be sent plain.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from amends.engine.store import Unavailable
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.api.codings import TAKEN, codings_of
from amends.entrypoints.clock import drain
from amends.entrypoints.mail_in.reading import LARGEST
from amends.entrypoints.mail_in.receiving import receive
from amends.entrypoints.service import Service

PATH = "/mail"


def mail_handler(service: Service) -> HTTPRouteHandler:
    """The address on a server."""

    def take(raw: bytes) -> int:
        try:
            receive(service, raw)
        except (Problem, Unavailable):
            return 503
        if service.sandbox is not None:
            drain(service)
        return 204

    async def handle(request: Request[Any, Any, Any]) -> Response[None]:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        key = service.mail_in_key
        if not key:
            return _answer(404)
        if not hmac.compare_digest(given.encode(), key.encode()):
            return _answer(401)
        parts: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST:
                return _answer(413)
            parts.append(chunk)
        if codings_of(request.scope["headers"]):
            return _answer(415, TAKEN)
        return _answer(await to_thread.run_sync(take, b"".join(parts)))

    return HTTPRouteHandler(
        PATH, http_method="POST", status_code=204, name="POST /mail", request_max_body_size=LARGEST
    )(handle)


def _answer(status: int, more: Mapping[str, str] = {}) -> Response[None]:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **more}
    return Response(None, status_code=status, headers=headers)
