"""Whether this process lives, and whether it should be sent requests: for whoever runs it.

Outside of the interface, open to all, and telling nothing that a stranger could use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from anyio import move_on_after, to_thread
from litestar import HttpMethod, Response
from litestar.handlers import HTTPRouteHandler

from amends.entrypoints.api.calls import JSON
from amends.entrypoints.api.server import SECURITY_HEADERS
from amends.entrypoints.service import Service

# Who asks whether we are ready asks again in some seconds.
_PATIENCE_SECONDS = 3.0
# Some monitors want no more than the status.
_ASKED_BY = (HttpMethod.GET, HttpMethod.HEAD)
_log = structlog.get_logger(__name__)


@dataclass
class Running:
    """What is known of this process: ``stopping`` once it was told to stop."""

    stopping: bool = False


def probe_handlers(
    service: Service, running: Running, clock_runs: Callable[[], bool]
) -> list[HTTPRouteHandler]:
    """``/livez`` and ``/readyz``: 200, or 503 with what is amiss."""

    async def livez() -> Response[bytes]:
        return _answer({"clock": clock_runs()})

    async def readyz() -> Response[bytes]:
        found: dict[str, bool] = {}
        if not running.stopping:
            with move_on_after(_PATIENCE_SECONDS):
                found = await to_thread.run_sync(_looked, service, abandon_on_cancel=True)
        checks = {
            "serving": not running.stopping,
            "clock": clock_runs(),
            "database": found.get("database", False),
            "schema": found.get("schema", False),
        }
        return _answer(checks)

    return [
        HTTPRouteHandler("/livez", http_method=_ASKED_BY, name="livez")(livez),
        HTTPRouteHandler("/readyz", http_method=_ASKED_BY, name="readyz")(readyz),
    ]


def _looked(service: Service) -> dict[str, bool]:
    try:
        service.store.meta.get("health")
        return {"database": True, "schema": service.schema_is_current()}
    except Exception as error:  # whatever it is, requests would meet it too
        _log.warning("not_ready", error=type(error).__name__, why=str(error))
        return {}


def _answer(checks: Mapping[str, bool]) -> Response[bytes]:
    well = all(checks.values())
    body: dict[str, Any] = {"status": "ok" if well else "failing", "checks": checks}
    return Response(
        msgspec.json.encode(body),
        status_code=200 if well else 503,
        media_type=JSON,
        headers=SECURITY_HEADERS,
    )
