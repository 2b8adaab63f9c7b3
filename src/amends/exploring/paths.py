"""The longest way through the situations of a dispute, step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta

from msgspec import Struct

from amends.dispute.state import Dispute, Phase
from amends.exploring.situations import Explored, Step
from amends.kernel.deadlines import Turn

_NO_TIME = timedelta(minutes=1)  # a last moment is a second before the end
_Ends = Callable[[Dispute], bool]
_Goes = Callable[[Step], bool]


class Leg(Struct, frozen=True):
    """One step of a path: ``at`` how long after the opening ``by`` whom ``what`` was done (or, when
    ``lapsed``, was not done in time), and where that leads."""

    at: timedelta
    by: str
    what: str
    choice: str
    lapsed: bool
    phase: Phase
    turn: Turn | None


class Path(Struct, frozen=True):
    """What a person can follow from the opening of a dispute on, and how long it takes."""

    reason: str
    remedy: str
    legs: tuple[Leg, ...]
    takes: timedelta


class Circle(Struct, frozen=True):
    """A way round by which a dispute comes back to where it was, later: it need not end."""

    path: Path


def path_to(explored: Explored, end: int, also: tuple[Step, ...] = ()) -> Path:
    """The way with the fewest steps to situation ``end``, and ``also`` those after it.

    Raises LookupError when no opening leads there.
    """
    for number, start in enumerate(explored.starts):
        steps = _fewest(explored, start, end, lambda _step: True)
        if steps is not None:
            return _told(explored, number, (*steps, *also))
    raise LookupError(end)


def longest(explored: Explored, ended: _Ends, goes: _Goes = lambda _step: True) -> Path | Circle:
    """The path that takes longest from an opening to where ``ended`` first holds, along the steps
    that ``goes`` takes; of equals one with the fewest steps. A circle, when there is one."""
    rounds = list(_rounds(explored, ended, goes))
    inside = {number: place for place, members in enumerate(rounds) for number in members}
    best: list[tuple[timedelta, int]] = []
    exits: list[tuple[int, Step] | None] = []
    for place, members in enumerate(rounds):
        best.append((timedelta(), 0))
        exits.append(None)
        for number in members:
            for step in _out(explored, number, ended, goes):
                to = inside[step.to]
                if to == place:
                    if step.after > _NO_TIME:
                        return Circle(_circle(explored, number, step))
                    continue
                rest, negative_count = best[to]
                candidate = (_whole(step.after + rest), negative_count - 1)
                if candidate > best[place] or exits[place] is None:
                    best[place], exits[place] = candidate, (number, step)
    number = max(range(len(explored.starts)), key=lambda n: best[inside[explored.starts[n]]])
    here = explored.starts[number]
    steps: list[Step] = []
    while (leaves := exits[inside[here]]) is not None:
        last, step = leaves
        steps += (
            _fewest(explored, here, last, lambda one: one.after <= _NO_TIME and goes(one)) or ()
        )
        steps.append(step)
        here = step.to
    return _told(explored, number, tuple(steps))


def _whole(span: timedelta) -> timedelta:
    """Rounded to the minute, so that last moments do not tell equal paths apart."""
    return timedelta(minutes=round(span / timedelta(minutes=1)))


def _circle(explored: Explored, number: int, step: Step) -> Path:
    back = _fewest(explored, step.to, number, lambda _step: True) or ()
    return path_to(explored, number, (step, *back))


def _out(explored: Explored, number: int, ended: _Ends, goes: _Goes) -> list[Step]:
    here = explored.situations[number]
    return [] if ended(here.dispute) else [step for step in here.steps if goes(step)]


def _rounds(explored: Explored, ended: _Ends, goes: _Goes) -> Iterator[list[int]]:
    """Situations that lead to one another, together; those a group leads to come before it
    (Tarjan's strongly connected components, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    held: set[int] = set()
    for start in explored.starts:
        if start in index:
            continue
        work: list[tuple[int, Iterator[Step]]] = []

        def enter(number: int, work: list[tuple[int, Iterator[Step]]] = work) -> None:
            index[number] = low[number] = len(index)
            open_.append(number)
            held.add(number)
            work.append((number, iter(_out(explored, number, ended, goes))))

        enter(start)
        while work:
            number, steps = work[-1]
            step = next(steps, None)
            if step is not None:
                if step.to not in index:
                    enter(step.to)
                elif step.to in held:
                    low[number] = min(low[number], index[step.to])
                continue
            work.pop()
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[number])
            if low[number] == index[number]:
                place = open_.index(number)
                members = open_[place:]
                del open_[place:]
                held.difference_update(members)
                yield members


def _fewest(explored: Explored, start: int, end: int, goes: _Goes) -> tuple[Step, ...] | None:
    """The steps from one situation to another, as few as can be; None when none lead there."""
    came: dict[int, tuple[int, Step] | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came:
        number = waiting.popleft()
        for step in explored.situations[number].steps:
            if goes(step) and step.to not in came:
                came[step.to] = (number, step)
                waiting.append(step.to)
    if end not in came:
        return None
    steps: list[Step] = []
    here = end
    while (before := came[here]) is not None:
        here, step = before
        steps.append(step)
    return tuple(reversed(steps))


def _told(explored: Explored, opening: int, steps: tuple[Step, ...]) -> Path:
    opened = explored.openings[opening]
    legs: list[Leg] = []
    at = timedelta()
    for step in steps:
        at += step.after
        to = explored.situations[step.to].dispute
        legs.append(Leg(at, step.by, step.what, step.choice, step.lapsed, to.phase, to.turn))
    return Path(opened.reason, opened.remedy, tuple(legs), _whole(at))
