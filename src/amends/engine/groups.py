"""Requests of many callers in one transaction, and the bounded, fair line in which they wait."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")
# Answers requests in their order; what it raises is everybody's answer.
Work = Callable[[Sequence[A]], Sequence[B | Exception]]
# Hears what was asked and the answer, of all in a group that are to be told through it.
Told = Callable[[Sequence[tuple[A, B | Exception]]], None]


_IDLE_SECONDS = 5.0
# How long one takes, who was just answered, to ask for the next thing.
_ASKING_SECONDS = 30e-6


class TooBusy(Exception):
    """More is asked than can be answered in time. Nothing was done: ask again later."""


class Place:
    """Somebody's place in the line."""

    __slots__ = ("asked", "begun", "since", "told", "work")

    def __init__(
        self, work: Work[Any, Any], asked: Any, told: Told[Any, Any], since: float
    ) -> None:
        self.work = work
        self.asked = asked
        self.told = told
        self.since = since
        self.begun = False

    def turn_away(self, why: str) -> None:
        """Have TooBusy for an answer; nothing was done."""
        self.begun = True
        self.told([(self.asked, TooBusy(why))])


class Groups:
    """Has one thread work off all that wait at once, so that they share what a commit costs.

    A lone request is taken at once, and whoever comes while a group is worked on goes with the
    next, if they want the same work done. After a group of several, as many are given the moment
    they need to ask again, two milliseconds after the largest: a few and the many would otherwise
    follow each other for as long as there is load, the few paying for a commit of their own while
    the many contend with them for the interpreter. Callers take turns, each of them first come,
    first served: who asks much waits behind who asks little. Who finds the line full, or has stood
    in it for longer than ``patience`` seconds, is told ``TooBusy`` and can be sure that nothing was
    done. What was begun is answered, whatever comes of it.
    """

    def __init__(self, *, group: int = 64, line: int = 512, patience: float = 5.0) -> None:
        """At most ``line`` requests wait, and of one caller no more than half as many."""
        self.patience = patience
        self._group = group
        self._most = line
        self._lines: dict[str, deque[Place]] = {}  # whose turn it is comes first
        self._waiting = 0
        self._changed = threading.Condition()
        self._served = False
        self._at_work = False
        self._went_together = 0

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return self._waiting

    @property
    def busy(self) -> bool:
        """Whether anybody stands in line or is being answered."""
        return self._at_work or self.waiting > 0

    def handle_one(self, work: Work[A, B], asked: A, caller: str = "") -> B:
        """The answer to one request, for which this thread waits.

        Raises TooBusy, and what the request's own decision or the store raised.
        """
        answers: list[B | Exception] = []
        there = threading.Event()

        def told(answered: Sequence[tuple[A, B | Exception]]) -> None:
            answers.extend(answer for _, answer in answered)
            there.set()

        place = self.ask(work, asked, told, caller)
        if not there.wait(self.patience):
            self.give_up(place)
            there.wait()
        (answer,) = answers
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, work: Work[A, B], asked: A, told: Told[A, B], caller: str = "") -> Place:
        """Stand in line. ``told`` hears of it once, by any thread, and must not block.

        Raises TooBusy when the line is full.
        """
        place = Place(work, asked, told, time.monotonic())
        with self._changed:
            mine = self._lines.get(caller)
            if self._waiting >= self._most or (mine and len(mine) >= self._most // 2):
                raise TooBusy("there are too many in line")
            if mine is None:
                mine = self._lines[caller] = deque()
            mine.append(place)
            self._waiting += 1
            if not self._served:
                self._served = True
                threading.Thread(target=self._serve, name="groups", daemon=True).start()
            self._changed.notify()
        return place

    def give_up(self, place: Place) -> None:
        """Leave the line with TooBusy for an answer, unless the request was begun."""
        with self._changed:
            if place.begun:
                return
            place.begun = True
        place.turn_away("the line did not move")

    def _serve(self) -> None:
        while group := self._next():
            alike: dict[Work[Any, Any], list[Place]] = {}
            for place in group:
                alike.setdefault(place.work, []).append(place)
            for work, places in alike.items():
                answers: Sequence[Any]
                try:
                    answers = work([place.asked for place in places])
                except Exception as error:
                    # Everybody is told, or they would wait for ever.
                    answers = [error] * len(places)
                # One call for all who are told the same way: waking another thread for each of
                # them has the two contend for the interpreter, at a tenth of what all of it costs.
                heard: dict[Told[Any, Any], list[tuple[Any, Any]]] = defaultdict(list)
                for place, answer in zip(places, answers, strict=True):
                    heard[place.told].append((place.asked, answer))
                for told, answered in heard.items():
                    told(answered)

    def _next(self) -> list[Place]:
        """Who comes next; nobody: none has come for a while, and this thread is to end."""
        group: list[Place] = []
        with self._changed:
            self._at_work = False
            while not group:
                if not self._changed.wait_for(lambda: self._lines, _IDLE_SECONDS):
                    self._served = False
                    return []
                self._wait_for_the_others()
                late = time.monotonic() - self.patience
                while self._lines and len(group) < self._group:
                    place = self._first()
                    if not place.begun and place.since < late:
                        place.turn_away("the line was too slow")
                    elif not place.begun:
                        place.begun = True
                        group.append(place)
            self._at_work = True
            self._went_together = len(group)
        return group

    def _wait_for_the_others(self) -> None:
        if self._went_together > 1 and self._waiting < self._went_together:
            self._changed.release()
            time.sleep(self._went_together * _ASKING_SECONDS)
            self._changed.acquire()

    def _first(self) -> Place:
        caller = next(iter(self._lines))
        line = self._lines.pop(caller)
        place = line.popleft()
        self._waiting -= 1
        if line:
            self._lines[caller] = line
        return place
