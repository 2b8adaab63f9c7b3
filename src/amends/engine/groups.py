"""Requests of many threads in one transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from amends.engine.engine import Engine
from amends.engine.requests import Answer, Request

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
T = TypeVar("T")

_MOST = 64


class _Waiting(Generic[S, C, E]):
    def __init__(self, request: Request[C]) -> None:
        self.request = request
        self.answer: Answer[S, E] | BaseException | None = None
        self.woken = threading.Event()


class Groups(Generic[S, C, E, T]):
    """Lets callers share what a durable commit costs, first come, first served.

    While one thread writes a batch, others line up; then whoever stands first takes everybody in
    line along, up to a bound. Nobody waits for a batch to fill, so a lone request is as quick as
    without.
    """

    def __init__(self, engine: Engine[S, C, E, T]) -> None:
        self._engine = engine
        self._line: deque[_Waiting[S, C, E]] = deque()
        self._lock = threading.Lock()
        self._led = False

    def handle_one(self, request: Request[C]) -> Answer[S, E]:
        """As ``Engine.handle_one``."""
        mine: _Waiting[S, C, E] = _Waiting(request)
        with self._lock:
            self._line.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.woken.wait()
        if mine.answer is None:
            self._lead()
        if not isinstance(mine.answer, Answer):
            assert mine.answer is not None  # noqa: S101 - who leads is in the group
            raise mine.answer
        return mine.answer

    def _lead(self) -> None:
        with self._lock:
            group = [self._line.popleft() for _ in range(min(len(self._line), _MOST))]
        answers: Sequence[Answer[S, E] | BaseException]
        try:
            answers = self._engine.handle([w.request for w in group])
        except BaseException as error:
            # Everybody is told, or they would wait for ever.
            answers = [error] * len(group)
        for waiting, answer in zip(group, answers, strict=True):
            waiting.answer = answer
        with self._lock:
            woken = [*group, *([self._line[0]] if self._line else [])]
            self._led = len(woken) > len(group)
        for waiting in woken:
            waiting.woken.set()
