"""Runs localstripe in a process of its own, on 127.0.0.1 and in memory only; prints its port.

Its own command line listens on every address and keeps what it has in a shared temporary file.
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from localstripe.resources import Charge, store  # type: ignore[import-untyped]
from localstripe.server import app  # type: ignore[import-untyped]


def _amount_captured(charge: Charge) -> int:
    return int(charge.amount) if charge.captured else 0


async def _main() -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)  # noqa: T201 - whoever started it reads it
    await asyncio.Event().wait()


if __name__ == "__main__":
    type(store).dump_to_disk = lambda _store: None
    Charge.amount_captured = property(_amount_captured)  # it is behind Stripe's own by this
    asyncio.run(_main())
