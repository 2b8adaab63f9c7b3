"""The HTTP server, and how it comes to an end.

Whoever starts and stops processes commonly gives them ten seconds; the steps here make nine.
"""

from __future__ import annotations

import signal
import threading
from functools import partial
from types import FrameType

import uvicorn
from litestar import Litestar

from amends.entrypoints.probes import Running

_NOT_READY_SECONDS = 1.0
_REQUESTS_SECONDS = 5


class Server(uvicorn.Server):
    """On SIGTERM it says for a second that it is not ready, so that no more is sent to it, and
    answers what comes all the same; then it takes nobody any more and finishes what is under way.
    Ctrl-C, and a second SIGTERM, go without the second.
    """

    def __init__(self, app: Litestar, running: Running) -> None:
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=_REQUESTS_SECONDS
        )
        super().__init__(config)
        self._running = running

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal does."""
        soon = sig == signal.SIGTERM and not self._running.stopping
        self._running.stopping = True
        stop = partial(super().handle_exit, sig, frame)
        if soon:
            threading.Timer(_NOT_READY_SECONDS, stop).start()
        else:
            stop()
