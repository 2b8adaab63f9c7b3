"""Whether the server can serve."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends import __version__
from amends.entrypoints.api.calls import Call, Reply, json_reply
from amends.entrypoints.api.context import Api
from amends.kernel.instants import Instant


class HealthView(Struct, frozen=True):
    """It answers at all only when the record can be read."""

    status: Literal["ok"]
    version: str
    now: Instant
    sandbox: bool


def get_health(api: Api, _call: Call) -> Reply:
    """200 once the record was read."""
    api.service.store.meta.get("health")
    now = api.service.clock.now()
    return json_reply(HealthView("ok", __version__, now, api.service.sandbox is not None))
