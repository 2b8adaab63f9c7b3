"""The API alone on a clock that others move: one of several processes on one database.

``python -m tests.durability.race_server DATABASE CLOCK``; its address is the first line it writes.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn
from litestar import Litestar

from amends.bootstrap import Settings, build_service
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.server import api_handlers
from tests.durability.shared_clock import SharedClock


def main(database: str, clock: str) -> None:
    """Serve until killed."""
    home = Path(clock).parent
    service = build_service(Settings(database, clock=SharedClock(Path(clock)), home=home))
    # Without the thread that lets deadlines go: the races do that themselves, and know when.
    app = Litestar(api_handlers(Api(service)), openapi_config=None, logging_config=None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
