"""The pipeline every command takes, a batch of them in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from msgspec.structs import replace

from amends.engine.domain import Domain
from amends.engine.refusals import decode_refused, encode_refused
from amends.engine.requests import (
    Answer,
    Ask,
    Request,
    View,
    ask_of,
    without_twins,
)
from amends.engine.store import Loaded, NotWritten, SavedAnswer, Store, Write
from amends.engine.streams import Stream, recorded, replay
from amends.kernel.budgets import MonthlyBudget
from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.instants import Calendar, Instant, Outage
from amends.kernel.people import STAFF, Actor, PersonId, Role, Staff, Ties
from amends.kernel.record import Recorded

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
T = TypeVar("T")

# How often an order may be taken from under a batch before its requests are turned away.
_ROUNDS = 5
# No deadline is as long, so no older outage can have held anybody up.
_OUTAGES_FOR = timedelta(days=120)
# Those whose commands may turn on what the accounts of the platform's people say.
_ASK_OF_STAFF = STAFF | {Role.CLOCK}


def _nobody() -> Staff:
    return {}


def _no_ties(
    states: Sequence[object], _command: object, _by: Actor
) -> Sequence[Mapping[PersonId, Ties]]:
    return [{}] * len(states)


def _no_budget(_state: object, _command: object, _by: Actor, _at: Instant) -> MonthlyBudget | None:
    return None


class Engine(Generic[S, C, E, T]):
    """Judges commands for orders and records what follows.

    ``clock`` and ``new_id`` are asked once per request; ``calendar_for`` gives the working days
    that hold for an order (None: one that is not there yet), ``staff`` the platform's people
    as they are known now, ``ties_for`` what binds those who judge orders, or would by a command, to
    the parties of each, ``goodwill_for`` what is granted of a month's budget when a command, or
    (None) what somebody may do, is held to it. It may be used by many threads, and beside other
    engines on the same store.
    """

    def __init__(
        self,
        domain: Domain[S, C, E, T],
        store: Store,
        clock: Callable[[], Instant],
        new_id: Callable[[], str],
        calendar_for: Callable[[S | None], Calendar],
        staff: Callable[[], Staff] = _nobody,
        ties_for: Callable[
            [Sequence[S], C | None, Actor], Sequence[Mapping[PersonId, Ties]]
        ] = _no_ties,
        goodwill_for: Callable[[S, C | None, Actor, Instant], MonthlyBudget | None] = _no_budget,
    ) -> None:
        self.domain = domain
        self.store = store
        self.clock = clock
        self._new_id = new_id
        self._calendar_for = calendar_for
        self._staff = staff
        self._ties_for = ties_for
        self._goodwill_for = goodwill_for

    def handle_one(self, request: Request[C]) -> Answer[S, E]:
        """The answer to one request. Raises what its decision or the store raised."""
        (answer,) = self.handle([request])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def handle(self, requests: Sequence[Request[C]]) -> list[Answer[S, E] | Exception]:
        """The answers, in the requests' order, once they are durably recorded.

        Requests for one order are judged one after the other, each on what the one before left. A
        request whose decision raises has the exception for an answer and leaves nothing behind;
        its neighbours are not touched. Raises when the store as a whole fails.
        """
        at = self.clock()
        asks = [ask_of(i, r, Stamp(at, self._new_id())) for i, r in enumerate(requests)]
        return self._run(asks)

    def expire(self, orders: Sequence[str]) -> list[Answer[S, E] | Exception]:
        """Let go what is due of these orders, each once; the events are in the answers."""
        at = self.clock()
        asks: list[Ask[C]] = [
            Ask(i, order, None, Stamp(at, self._new_id())) for i, order in enumerate(orders)
        ]
        return self._run(asks)

    def view(self, order: str, by: Actor | None = None) -> View[S, T] | None:
        """The order as it stands now, None when there is none. Records nothing.

        ``by``: who would ask, when the view is for judging whether they may.
        """
        found = self.views((order,), by).get(order)
        if found is None or by is None:
            return found
        goodwill = self._goodwill_for(found.state, None, by, found.stamp.at)
        return replace(found, stamp=replace(found.stamp, goodwill=goodwill))

    def views(self, orders: Collection[str], by: Actor | None = None) -> dict[str, View[S, T]]:
        """As ``view``, of those of the orders that exist, all seen at one instant; for lists, in
        which nobody grants anything, so that no month's budget is read for each."""
        at = self.clock()
        asked = Stamp(at, self._new_id(), staff=self.staff_for(by))
        loaded = self.store.records.load(orders, (), at - _OUTAGES_FOR)
        states = {
            order: (stream, stream.state)
            for order in orders
            if (stream := self._stream(order, loaded)).state is not None
        }
        ties: Sequence[Mapping[PersonId, Ties]] = [{}] * len(states)
        if by is not None:
            ties = self._ties_for([state for _, state in states.values()], None, by)
        return {
            order: self._view(stream, state, replace(asked, ties=binding), loaded.outages)
            for (order, (stream, state)), binding in zip(states.items(), ties, strict=True)
        }

    def _view(
        self, stream: Stream[S, C, E, T], state: S, asked: Stamp, outages: tuple[Outage, ...]
    ) -> View[S, T]:
        terms = self.domain.terms(state, None, asked.at)
        if isinstance(terms, Refused):
            raise LookupError(f"the terms of order {stream.order} cannot be found: {terms.rule}")
        stamp = self._stamped(asked, state, outages)
        step = stream.expired(terms, stamp)
        assert step.state is not None  # noqa: S101
        return View(stream.order, step.version, step.state, terms, stamp)

    def events(self, order: str, after: int = 0, upto: int | None = None) -> list[Recorded[E]]:
        """What is on record, from event ``after + 1`` to ``upto``."""
        stored = self.store.records.events(order, after, upto)
        return [recorded(self.domain, order, event) for event in stored]

    def staff_for(self, *askers: Actor | None) -> Staff:
        """The platform's people, when what one of ``askers`` does may turn on them."""
        return self._staff() if any(a and a.role in _ASK_OF_STAFF for a in askers) else {}

    def _run(self, asks: Sequence[Ask[C]]) -> list[Answer[S, E] | Exception]:
        answers: dict[int, Answer[S, E] | Exception] = {}
        waiting = asks
        for _ in range(_ROUNDS):
            if not waiting:
                break
            waiting = self._round(waiting, answers)
        for ask in waiting:
            refused = Refused("too_busy", {"tries": _ROUNDS}, ("send_again_later",))
            answers[ask.place] = Answer(ask.order, refused, 0, None, ask.stamp.at)
        return [answers[i] for i in range(len(asks))]

    def _round(
        self, asks: Sequence[Ask[C]], answers: dict[int, Answer[S, E] | Exception]
    ) -> list[Ask[C]]:
        """Judge and write once; returns who has to be judged again."""
        keys = {key for ask in asks if (key := ask.answer_key)}
        since = asks[0].stamp.at - _OUTAGES_FOR
        writers = {ask.request.by.person for ask in asks if ask.request}
        loaded = self.store.records.load({ask.order for ask in asks}, keys, since, writers)
        staff = self.staff_for(*(ask.request.by for ask in asks if ask.request))
        now, again = without_twins(asks, loaded.answers)
        streams: dict[str, Stream[S, C, E, T]] = {}
        given: dict[int, Answer[S, E] | Exception] = {}
        broken: dict[str, Exception] = {}
        stamps: dict[int, Stamp] = {}
        of_order: dict[str, list[Ask[C]]] = defaultdict(list)
        for ask in now:
            of_order[ask.order].append(ask)

        def judged(order: str) -> Write | None:
            stream = streams[order]
            for ask in of_order[order]:
                try:
                    given[ask.place] = self._judge(stream, ask, loaded, stamps[ask.place])
                except Exception as error:  # one bad request must not take its neighbours with it
                    given[ask.place] = error
            try:
                return stream.write(announced=loaded.listened_to)
            except Exception as error:  # a state that cannot be encoded: the same holds
                broken[order] = error
                return None

        # What is to be read is read before the store begins to write: streams that are rebuilt, and
        # answers given earlier. All other orders are judged while it takes their writes.
        early: dict[str, Write | None] = {}
        for order, asked in of_order.items():
            try:
                streams[order] = self._stream(order, loaded)
                stamps |= {a.place: self._known(streams[order], a, staff) for a in asked}
            except Exception as error:
                broken[order], early[order] = error, None
        answered = {key[0] for key in loaded.answers}
        early |= {order: judged(order) for order in streams if order in answered}
        coming = (early[o] if o in early else judged(o) for o in sorted(of_order))
        clashed, failed = self._write(write for write in coming if write)
        failed |= broken
        for ask in now:
            if ask.order in clashed:
                again.append(ask)
            else:
                answers[ask.place] = failed.get(ask.order) or given[ask.place]
        return sorted(again, key=lambda ask: ask.place)

    def _write(self, coming: Iterator[Write]) -> tuple[frozenset[str], dict[str, Exception]]:
        writes: list[Write] = []

        def each() -> Iterator[Write]:
            for write in coming:
                writes.append(write)
                yield write

        try:
            return self.store.records.write(each()), {}
        except NotWritten as error:
            writes.extend(coming)
            if len(writes) == 1:
                return frozenset(), {writes[0].order: error}
        # One of them cannot be written. Each alone, so that it is the only one to fail.
        clashed: frozenset[str] = frozenset()
        failed: dict[str, Exception] = {}
        for write in writes:
            also_clashed, also_failed = self._write(iter([write]))
            clashed |= also_clashed
            failed |= also_failed
        return clashed, failed

    def _judge(
        self,
        stream: Stream[S, C, E, T],
        ask: Ask[C],
        loaded: Loaded,
        asked: Stamp,
    ) -> Answer[S, E]:
        request, at = ask.request, ask.stamp.at
        key = ask.answer_key
        if request is not None and key is not None and (saved := loaded.answers.get(key)):
            return self._earlier(stream, request, saved, at)
        if request is None and stream.state is None:
            return Answer(ask.order, Accepted(()), 0, None, at)
        command = request.command if request else None
        stamp = self._stamped(asked, stream.state, loaded.outages)
        step, since = stream.now(), stream.version
        outcome: Accepted[E] | Refused
        terms = self.domain.terms(stream.state, command, at)
        if isinstance(terms, Refused):
            outcome = terms
        else:
            step = stream.expired(terms, stamp)
            since = step.version
            outcome = Accepted(step.happened)
            if request is not None:
                outcome = self._decided(step.state, request, terms, stamp)
                if isinstance(outcome, Accepted):
                    step = stream.followed(
                        step, outcome.events, outcome.contents, request.by, stamp
                    )
        refusal = encode_refused(outcome) if isinstance(outcome, Refused) else None
        stream.take(step)
        if request is not None and key is not None:
            stream.answers.append(
                SavedAnswer(key[1], key[2], request.digest, at, since, step.version, refusal)
            )
        return Answer(ask.order, outcome, step.version, step.state, at)

    def _decided(
        self, state: S | None, request: Request[C], terms: T, stamp: Stamp
    ) -> Accepted[E] | Refused:
        if request.if_match is not None and state is not None:
            version = self.domain.version(state, request.command)
            if version != request.if_match:
                return Refused(
                    "changed_meanwhile",
                    {"seen": request.if_match, "now": version},
                    ("look_and_decide_again",),
                )
        return self.domain.decide(state, request.command, request.by, terms, stamp)

    def _earlier(
        self, stream: Stream[S, C, E, T], request: Request[C], saved: SavedAnswer, at: Instant
    ) -> Answer[S, E]:
        order, version = stream.order, saved.version
        if saved.digest != request.digest:
            refused = Refused(
                "idempotency_key_reused",
                {"key": saved.key, "first_used": saved.at},
                ("use_new_key", "send_unchanged"),
                kind="invalid",
            )
            return Answer(order, refused, stream.version, stream.state, at)
        state = stream.state
        if version != stream.version:
            state = replay(self.domain, self.store.records, order, version)
        outcome: Accepted[E] | Refused
        if saved.refusal is not None:
            outcome = decode_refused(saved.refusal)
        else:
            outcome = Accepted(tuple(r.event for r in self.events(order, saved.since, version)))
        return Answer(order, outcome, version, state, saved.at, replayed=True)

    def _stream(self, order: str, loaded: Loaded) -> Stream[S, C, E, T]:
        state, head = loaded.states.get(order), loaded.heads.get(order)
        return Stream(self.domain, self.store.records, order, state, head)

    def _stamped(self, stamp: Stamp, state: S | None, outages: tuple[Outage, ...]) -> Stamp:
        return replace(stamp, calendar=self._calendar_for(state), outages=outages)

    def _known(self, stream: Stream[S, C, E, T], ask: Ask[C], staff: Staff) -> Stamp:
        """The request's stamp with what is read for it from beside the order."""
        request, state = ask.request, stream.state
        if request is None or state is None:
            return replace(ask.stamp, staff=staff)
        return replace(
            ask.stamp,
            staff=staff,
            ties=self._ties_for([state], request.command, request.by)[0],
            goodwill=self._goodwill_for(state, request.command, request.by, ask.stamp.at),
        )
