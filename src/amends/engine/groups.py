"""Requests of many threads in one transaction."""

from __future__ import annotations

import threading
from collections import deque
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
        self.answer: Answer[S, E] | Exception | None = None


class Groups(Generic[S, C, E, T]):
    """Lets callers share what a durable commit costs, first come, first served.

    While one thread's batch is being written, others line up; whoever is let in next takes
    everybody in line along, up to a bound. Nobody waits for a batch to fill, so a lone request is
    as quick as without.
    """

    def __init__(self, engine: Engine[S, C, E, T]) -> None:
        self._engine = engine
        self._line: deque[_Waiting[S, C, E]] = deque()
        self._turn = threading.Lock()

    def handle_one(self, request: Request[C]) -> Answer[S, E]:
        """As ``Engine.handle_one``."""
        mine: _Waiting[S, C, E] = _Waiting(request)
        self._line.append(mine)
        while mine.answer is None:
            with self._turn:
                if mine.answer is None:
                    self._take_along()
        if isinstance(mine.answer, Exception):
            raise mine.answer
        return mine.answer

    def _take_along(self) -> None:
        group = [self._line.popleft() for _ in range(min(len(self._line), _MOST))]
        try:
            answers = self._engine.handle([w.request for w in group])
        except Exception as error:
            # The store as a whole failed: everybody is told, or they would wait for ever.
            answers = [error] * len(group)
        for waiting, answer in zip(group, answers, strict=True):
            waiting.answer = answer
