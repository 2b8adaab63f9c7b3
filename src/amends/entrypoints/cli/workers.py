"""Several processes that do the same work side by side, and one that sees to it that they run.

The one that sees to it has no thread and no connection of its own, so that it can be forked at any
time. What holds the others to it is a pipe that it never writes to: when it is closed, because they
are to stop or because the one they belong to is dead, each of them stops in good order.
"""

from __future__ import annotations

import gc
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
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
# A worker that ends sooner than this after its start waits as long before it is started again.
_LIVES_SECONDS = 2.0
# In good order one stops within this.
_STOPS_ITSELF_SECONDS = 10.0
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
        # Signals are taken one by one, when it is their turn, so that none comes amid a fork.
        self._unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        # What is there is shared by all of them as long as nobody's collector writes to it. And
        # what is to be dropped of it, such as what made the database, is not dropped by one of them
        # just as a signal comes, which would be lost in the callbacks of that.
        gc.freeze()
        try:
            for number in range(1, self._count + 1):
                self._start(number)
            while signal.sigwait(_SIGNALS) == signal.SIGCHLD:
                self._replace()
            self._stop()
            # Who asked again while they were stopping has been heard, too.
            while signal.sigpending() & _SIGNALS:
                signal.sigwait(_SIGNALS)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._unblocked)

    def _start(self, number: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            self._be(number)
        self._running[pid] = (number, time.monotonic())

    def _replace(self) -> None:
        died, wait = [], False
        while ended := self._ended():
            pid, status = ended
            if pid not in self._running:
                continue  # an orphan that became ours, as they do of a container's first process
            number, began = self._running.pop(pid)
            _log.error("worker_died", worker=number, code=os.waitstatus_to_exitcode(status))
            died.append(number)
            wait |= time.monotonic() - began < _LIVES_SECONDS
        if wait:
            time.sleep(_LIVES_SECONDS)
        for number in died:
            self._start(number)

    def _ended(self) -> tuple[int, int] | None:
        """One that has ended and was not asked about yet, and how."""
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        return (pid, status) if pid else None

    def _stop(self) -> None:
        os.close(self._held_open)
        until = time.monotonic() + _STOPS_SECONDS
        while self._running:
            if ended := self._ended():
                self._running.pop(ended[0], None)
            elif time.monotonic() > until:
                _log.error("workers_killed", workers=[n for n, _ in self._running.values()])
                for stuck in self._running:
                    os.kill(stuck, signal.SIGKILL)
                until = float("inf")
            else:
                time.sleep(0.02)

    def _be(self, number: int) -> NoReturn:
        """The life of one of them, which ends here."""
        code = 1
        try:
            os.close(self._held_open)
            # Ctrl-C in a terminal reaches a whole group; it is for the one who sees to us.
            os.setpgid(0, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._unblocked)
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
        # A signal that comes while the server is only being built may be swallowed by whatever is
        # under way then; it would go on for ever.
        while True:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(_STOPS_ITSELF_SECONDS)
