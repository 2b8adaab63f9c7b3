"""A stream while it is being worked on: its state, and what is to be written of it."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from amends.engine.domain import Domain
from amends.engine.store import NewEvent, Records, SavedAnswer, StoredEvent, StoredState, Write
from amends.kernel.decision import Content, Stamp
from amends.kernel.people import CLOCK, Actor
from amends.kernel.record import Job, Recorded, Row

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
T = TypeVar("T")

# No order has as many deadlines; an expiry that never ends is a fault and must not hang the clock.
_MOST_EXPIRIES = 1000


class NeverExpires(RuntimeError):
    """The domain says that something is due, but nothing comes of letting it expire."""


class _Type(Struct):
    type: str


_TYPE = msgspec.json.Decoder(_Type)


def recorded(domain: Domain[S, C, E, T], order: str, stored: StoredEvent) -> Recorded[E]:
    """A stored event with its meaning. Raises msgspec.MsgspecError when it cannot be read."""
    event = domain.decode_event(stored.body)
    return Recorded(order, stored.number, stored.at, stored.by, stored.command_id, event)


def replay(
    domain: Domain[S, C, E, T], records: Records, order: str, upto: int | None = None
) -> S | None:
    """The state after event ``upto``, made from the events alone; None before the first."""
    state: S | None = None
    for stored in records.events(order, upto=upto):
        state = domain.evolve(state, domain.decode_event(stored.body))
    return state


def state_of(
    domain: Domain[S, C, E, T], records: Records, order: str, stored: StoredState
) -> S | None:
    """A stored state, made from the events where other code wrote it. Raises what the domain raises
    on events it cannot replay."""
    state = _decoded(domain, stored)
    return replay(domain, records, order, stored.version) if state is None else state


def _decoded(domain: Domain[S, C, E, T], stored: StoredState) -> S | None:
    """None for what other code wrote, be it another shape under the same name."""
    if stored.code != domain.state_code:
        return None
    try:
        return domain.decode_state(stored.state)
    except msgspec.MsgspecError:
        return None


class Step(Struct, Generic[S, E], frozen=True):
    """What one command, or the clock, adds to a stream: all of it, or nothing when it fails.

    ``happened`` are the events themselves, in the order of ``events``.
    """

    state: S | None
    version: int
    happened: tuple[E, ...] = ()
    events: tuple[NewEvent, ...] = ()
    rows: tuple[Row, ...] = ()
    jobs: tuple[Job, ...] = ()


class Stream(Generic[S, C, E, T]):
    """One order within one round: loaded once, then judged again and again in memory."""

    def __init__(
        self,
        domain: Domain[S, C, E, T],
        records: Records,
        order: str,
        stored: StoredState | None,
        head: bytes | None,
    ) -> None:
        self.order = order
        self._domain = domain
        self._head = head
        self._stale = False
        self.loaded = stored.version if stored else 0
        self.version = self.loaded
        self.state = self._read(records, stored) if stored else None
        self._events: list[NewEvent] = []
        self._rows: dict[tuple[object, ...], Row] = {}
        self._jobs: list[Job] = []
        self.answers: list[SavedAnswer] = []

    def _read(self, records: Records, stored: StoredState) -> S | None:
        state = _decoded(self._domain, stored)
        self._stale = state is None
        return replay(self._domain, records, self.order, stored.version) if self._stale else state

    def now(self) -> Step[S, E]:
        """The stream as it is, with nothing added."""
        return Step(self.state, self.version)

    def expired(self, terms: T, stamp: Stamp) -> Step[S, E]:
        """The stream once everything due at the stamp's instant has expired, in order."""
        step = self.now()
        for _ in range(_MOST_EXPIRIES):
            state = step.state
            due = None if state is None else self._domain.next_due(state)
            if state is None or due is None or due > stamp.at:
                return step
            events = self._domain.expire(state, terms, stamp)
            if not events:
                raise NeverExpires(f"what was due at {due.isoformat()} does not expire")
            step = self.followed(step, events, (), CLOCK, stamp)
        raise NeverExpires(f"more than {_MOST_EXPIRIES} instants expired at once")

    def followed(
        self,
        step: Step[S, E],
        events: tuple[E, ...],
        contents: tuple[Content, ...],
        by: Actor,
        stamp: Stamp,
    ) -> Step[S, E]:
        """``step`` with more events, and what is projected from each. Texts go with the first."""
        if contents and not events:
            raise ValueError("texts were to be kept without an event that refers to them")
        domain, state, version = self._domain, step.state, step.version
        new, rows, jobs = list(step.events), list(step.rows), list(step.jobs)
        for event in events:
            version += 1
            at = domain.happened_at(event)
            body = domain.encode_event(event)
            type_ = _TYPE.decode(body).type
            new.append(NewEvent(at, by, stamp.id, type_, body, contents))
            contents = ()
            after = domain.evolve(state, event)
            seen = domain.project(
                state, Recorded(self.order, version, at, by, stamp.id, event), after
            )
            rows += seen.rows
            jobs += seen.jobs
            state = after
        happened = (*step.happened, *events)
        return Step(state, version, happened, tuple(new), tuple(rows), tuple(jobs))

    def take(self, step: Step[S, E]) -> None:
        """Make a step part of what is to be written."""
        self.state, self.version = step.state, step.version
        self._events += step.events
        self._jobs += step.jobs
        for row in step.rows:
            # A row says how it now is, so the last one counts.
            key = row.key.items()
            self._rows[(row.table, *(sorted(key) if len(key) > 1 else key))] = row

    def write(self, *, announced: bool) -> Write | None:
        """All that changed since the stream was loaded; None: nothing did."""
        state: StoredState | None = None
        if self.state is not None and (self._events or self._stale):
            domain = self._domain
            state = StoredState(
                self.version,
                domain.encode_state(self.state),
                domain.state_code,
                domain.next_due(self.state),
            )
        if state is None and not self.answers:
            return None
        return Write(
            self.order,
            self.loaded,
            tuple(self._events),
            state,
            tuple(self._rows.values()),
            tuple(self._jobs),
            tuple(self.answers),
            self._head,
            announced,
        )
