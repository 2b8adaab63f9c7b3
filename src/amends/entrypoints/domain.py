"""Orders with their disputes as the engine meets them: its port, filled by the layers below."""

from __future__ import annotations

from amends.dispute import codec
from amends.dispute.case import CaseEvent, evolve, next_due
from amends.dispute.expire import expire
from amends.dispute.judge import CaseCommand, OnDispute, decide
from amends.dispute.state import Case
from amends.kernel.decision import Accepted, Facts, Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor
from amends.kernel.record import Projected, Recorded
from amends.kernel.refusals import unknown
from amends.order.decide.place_order import PlaceOrder
from amends.policy.library import Library
from amends.policy.terms import Terms
from amends.projections import project


class OrderDomain:
    """``amends.engine.domain.Domain`` for orders with disputes, under the packs of a library."""

    state_code = codec.state_code()

    def __init__(self, library: Library) -> None:
        self._library = library

    def terms(
        self, state: Case | None, command: CaseCommand | None, at: Instant
    ) -> Terms | Refused:
        """The pack an order is under; for a new one the version in force when it was placed."""
        if state is not None:
            return self._library.pinned(state.order.pack)
        if command is None or not isinstance(command.command, PlaceOrder):
            return unknown("order", command.order if command else "")
        placing = command.command
        found = self._library.in_force(placing.policy, placing.placed_at)
        if found is None:
            known = tuple(dict.fromkeys(terms.id for terms in self._library.all()))
            facts: Facts = {"policy": placing.policy, "at": placing.placed_at, "known": known}
            return Refused("unknown_policy", facts, ("name_known_policy",), "invalid", "policy")
        return found

    def decide(
        self, state: Case | None, command: CaseCommand, by: Actor, terms: Terms, stamp: Stamp
    ) -> Accepted[CaseEvent] | Refused:
        """Judge one command."""
        return decide(state, command, by, terms, stamp)

    def expire(self, state: Case, terms: Terms, stamp: Stamp) -> tuple[CaseEvent, ...]:
        """What the earliest due instant brings."""
        return expire(state, terms, stamp)

    def evolve(self, state: Case | None, event: CaseEvent) -> Case:
        """The case after ``event``."""
        return evolve(state, event)

    def happened_at(self, event: CaseEvent) -> Instant:
        """When it happened."""
        return event.at

    def next_due(self, state: Case) -> Instant | None:
        """The next instant at which something expires."""
        return next_due(state)

    def version(self, state: Case, command: CaseCommand) -> int:
        """A dispute's own version for its commands, else the order's."""
        if isinstance(command, OnDispute) and command.dispute in state.disputes:
            return state.disputes[command.dispute].version
        return state.version

    def project(self, before: Case | None, recorded: Recorded[CaseEvent], after: Case) -> Projected:
        """Rows and jobs."""
        return project(before, recorded, after)

    def encode_state(self, state: Case) -> bytes:
        """Compact bytes of a case."""
        return codec.encode_state(state)

    def decode_state(self, data: bytes) -> Case:
        """The case behind ``data``."""
        return codec.decode_state(data)

    def encode_event(self, event: CaseEvent) -> bytes:
        """JSON of an event."""
        return codec.encode_event(event)

    def decode_event(self, data: bytes) -> CaseEvent:
        """The event behind ``data``."""
        return codec.decode_event(data)
