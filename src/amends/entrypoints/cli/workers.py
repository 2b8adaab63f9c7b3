"""Several processes that do the same work side by side, and one that sees to it that they run.

The one that sees to it is forked before it has a thread or a connection, and never gets one. What
holds the others to it is a pipe that it never writes to: when it is closed, because they are to
stop or because the one they belong to is dead, each of them stops in good order.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import structlog
import typer

_log = structlog.get_logger(__name__)
# A worker that ends sooner than this after its start waits as long before it is started again.
_LIVES_SECONDS = 2.0
# How long those that are told to stop are given.
_STOPS_SECONDS = 40.0


class Workers:
    """``count`` processes that each do ``work`` under a number from 1, and end when sent SIGTERM.

    One that ends by itself is started again under its number.
    """

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        self._count = count
        self._work = work
        self._until_closed, self._held_open = os.pipe()
        self._running: dict[int, tuple[int, float]] = {}

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C; returns when all have stopped."""
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            for number in range(1, self._count + 1):
                self._start(number)
            while True:
                self._replace(*os.waitpid(-1, 0))
        except KeyboardInterrupt:
            # From here on being told again changes nothing.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._stop()
        finally:
            signal.signal(signal.SIGTERM, before)

    def _start(self, number: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            self._be(number)
        self._running[pid] = (number, time.monotonic())

    def _replace(self, pid: int, status: int) -> None:
        if pid not in self._running:
            return  # an orphan that became ours, as they do of a container's first process
        number, began = self._running.pop(pid)
        _log.error("worker_died", worker=number, code=os.waitstatus_to_exitcode(status))
        if time.monotonic() - began < _LIVES_SECONDS:
            time.sleep(_LIVES_SECONDS)
        self._start(number)

    def _stop(self) -> None:
        os.close(self._held_open)
        until = time.monotonic() + _STOPS_SECONDS
        while self._running:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            self._running.pop(pid, None)
            if not pid and time.monotonic() > until:
                _log.error("workers_killed", workers=[n for n, _ in self._running.values()])
                for stuck in self._running:
                    os.kill(stuck, signal.SIGKILL)
                until = float("inf")
            elif not pid:
                time.sleep(0.02)

    def _be(self, number: int) -> NoReturn:
        """The life of one of them, which ends here."""
        code = 1
        try:
            os.close(self._held_open)
            # Ctrl-C in a terminal reaches a whole group; it is for the one who sees to us.
            os.setpgid(0, 0)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            threading.Thread(target=self._wait, daemon=True, name="told to stop").start()
            self._work(number)
            code = 0
        except (SystemExit, typer.Exit):
            pass  # it has said why
        except BaseException as error:
            _log.error("worker_failed", worker=number, error=type(error).__name__, exc_info=error)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _wait(self) -> None:
        os.read(self._until_closed, 1)
        os.kill(os.getpid(), signal.SIGTERM)
