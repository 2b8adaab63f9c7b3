"""What is asked of the engine, and what it answers."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from amends.engine.store import AnswerKey
from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
T = TypeVar("T")


class Request(Struct, Generic[C], frozen=True):
    """A command for one order, and who asks.

    ``key`` is the caller's idempotency key and ``digest`` one of the request's body, by which a key
    used again for something else is found out; without a key nothing is saved. ``if_match`` is the
    version the caller last saw.
    """

    order: str
    command: C
    by: Actor
    key: str | None = None
    digest: str = ""
    if_match: int | None = None


class Answer(Struct, Generic[S, E], frozen=True):
    """What came of a request.

    ``version`` and ``state`` are the stream's after it (0 and None: there is no such order, or it
    was too busy to be looked at), ``at`` is the instant it was judged at. ``replayed``: it is the
    answer given earlier under the same key, with the state as it was then; its texts are not
    repeated.
    """

    order: str
    outcome: Accepted[E] | Refused
    version: int
    state: S | None
    at: Instant
    replayed: bool = False


class View(Struct, Generic[S, T], frozen=True):
    """An order as it stands at ``stamp.at``, with all that is due expired though not yet recorded.

    State, terms and stamp are what a dry run of a decision needs.
    """

    order: str
    version: int
    state: S
    terms: T
    stamp: Stamp


class Ask(Struct, Generic[C], frozen=True):
    """A request on its way through; without one, the order is only to let go what is due."""

    place: int
    order: str
    request: Request[C] | None
    stamp: Stamp
    answer_key: AnswerKey | None = None


def ask_of(place: int, request: Request[C], stamp: Stamp) -> Ask[C]:
    """The ask of a request, with the key its answer is saved under."""
    key = request.key and (request.order, caller_of(request.by), request.key)
    return Ask(place, request.order, request, stamp, key or None)


def caller_of(by: Actor) -> str:
    """Whose an idempotency key is: a person's in one role."""
    return f"{by.role.value}/{by.person}"


def without_twins(
    asks: Sequence[Ask[C]], answered: Container[AnswerKey]
) -> tuple[list[Ask[C]], list[Ask[C]]]:
    """The requests that can be dealt with together, and those that bear the key of one of these.

    The latter wait for the former's saved answer, unless the key was answered before.
    """
    seen: set[AnswerKey] = set()
    firsts: list[Ask[C]] = []
    twins: list[Ask[C]] = []
    for ask in asks:
        key = ask.answer_key
        if key is not None and key in seen and key not in answered:
            twins.append(ask)
            continue
        firsts.append(ask)
        if key is not None:
            seen.add(key)
    return firsts, twins
