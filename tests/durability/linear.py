"""Whether what many clients were told can have been told by one that served them one by one.

The search of Wing and Gong: try every order of the calls that keeps each call between its beginning
and its end, and let the pure domain judge them in that order. An order in which it gives everybody
the answer that they got, is a legal one. Nothing of engine or store takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.codec import encode_event, encode_state
from amends.dispute.events.base import DisputeEvent
from amends.dispute.judge import CaseCommand, OnDispute
from amends.dispute.state import Case
from amends.entrypoints.domain import OrderDomain
from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.instants import Calendar, Instant
from amends.kernel.people import CLOCK, Actor

Seen = dict[str, Any]
CalendarFor = Callable[[Case | None], Calendar]
_TURNED_AWAY = "too_busy"


class Told(Struct, frozen=True):
    """A call and its answer. ``command`` None: the deadlines that were due were let go.

    ``called`` and ``returned`` are of one clock of the machine's; ``instants`` are those the
    order's own clock stood at in between. ``seen`` is the answer, in the shape that ``shown``
    or ``said_no`` gives it.
    """

    client: int
    command: CaseCommand | None
    by: Actor
    if_match: int | None
    called: int
    returned: int
    instants: tuple[Instant, ...]
    seen: Seen


class Standing(Struct, frozen=True):
    """A case, and what was recorded of it since the round began."""

    case: Case
    events: tuple[tuple[Actor, CaseEvent], ...] = ()


def shown(case: Case, dispute: str | None) -> Seen:
    """What an accepted command's answer is compared by: how it left the dispute, or the order."""
    if dispute is None:
        order = case.order
        return {
            "version": case.version,
            "shipments": len(order.outbound),
            "cancelled_at": msgspec.to_builtins(order.cancelled_at),
            "disputes": list(case.disputes),
        }
    of = case.disputes[dispute]
    return {
        "version": of.version,
        "phase": of.phase,
        "turn": of.turn,
        "outcome": of.outcome,
        "offers": [[o.id, o.by, o.status, o.amount] for o in of.offers],
    }


def said_no(refused: Refused) -> Seen:
    """What a refusal is compared by."""
    facts = msgspec.json.decode(msgspec.json.encode(dict(refused.facts)))
    return {"rule": refused.rule, "kind": refused.kind, "facts": facts}


class Model:
    """The pure domain under the packs of a library, answering as a server would."""

    def __init__(self, domain: OrderDomain, calendar_for: CalendarFor) -> None:
        self._domain = domain
        self._calendar_for = calendar_for

    def answered(self, was: Standing, told: Told, at: Instant) -> tuple[Seen, Standing]:
        """What is answered at ``at``, and how things stand then."""
        domain, command = self._domain, told.command
        case = was.case
        terms = domain.terms(case, command, at)
        assert not isinstance(terms, Refused)
        stamp = Stamp(at, "", self._calendar_for(case))
        events = list(was.events)
        while (due := domain.next_due(case)) is not None and due <= at:
            for event in domain.expire(case, terms, stamp):
                case = domain.evolve(case, event)
                events.append((CLOCK, event))
        now = Standing(case, tuple(events))
        if command is None:
            return {}, now
        if told.if_match is not None and domain.version(case, command) != told.if_match:
            facts = {"seen": told.if_match, "now": domain.version(case, command)}
            return self._no(now, command, Refused("changed_meanwhile", facts)), now
        outcome = domain.decide(case, command, told.by, terms, stamp)
        if not isinstance(outcome, Accepted):
            return self._no(now, command, outcome), now
        for event in outcome.events:
            case = domain.evolve(case, event)
            events.append((told.by, event))
        return shown(case, dispute_of(command)), Standing(case, tuple(events))

    @staticmethod
    def _no(now: Standing, command: CaseCommand, refused: Refused) -> Seen:
        seen = said_no(refused)
        if isinstance(command, OnDispute) and refused.kind == "conflict":
            # A conflict names who was quicker, and when. What happened before the round is no race.
            of = [e for e in now.events if getattr(e[1], "dispute", None) == command.dispute]
            last = next(((by, e) for by, e in reversed(of) if isinstance(e, DisputeEvent)), None)
            if last:
                by, event = last
                seen["last"] = {
                    "last_step": str(type(event).__struct_config__.tag),
                    "last_by": by.role.value,
                    "last_at": msgspec.to_builtins(event.at),
                }
        return seen


def dispute_of(command: CaseCommand) -> str | None:
    """The dispute a command is about."""
    return command.dispute if isinstance(command, OnDispute) else None


def legal_order(
    model: Model, start: Case, history: Sequence[Told], recorded: Sequence[CaseEvent]
) -> list[Told] | None:
    """An order of ``history`` in which everybody is answered as they were and exactly the events
    ``recorded`` are recorded; None: there is none."""
    wanted = [_plain(event) for event in recorded]
    dead: set[tuple[frozenset[int], bytes, int]] = set()

    def searched(left: frozenset[int], now: Standing) -> list[Told] | None:
        if not left:
            return [] if len(now.events) == len(wanted) else None
        key = (left, encode_state(now.case), len(now.events))
        if key in dead:
            return None
        # Whatever ended before another began comes before it.
        first_end = min(history[i].returned for i in left)
        for i in sorted(left, key=lambda i: history[i].called):
            told = history[i]
            if told.called > first_end:
                break
            for at in told.instants:
                seen, then = model.answered(now, told, at)
                if told.seen.get("rule") == _TURNED_AWAY:
                    then = now
                elif not _agrees(seen, told.seen) or not _as_recorded(now, then, wanted):
                    continue
                rest = searched(left - {i}, then)
                if rest is not None:
                    return [told, *rest]
        dead.add(key)
        return None

    return searched(frozenset(range(len(history))), Standing(start))


def _agrees(judged: Seen, seen: Seen) -> bool:
    """Who was quicker is compared where the way the command was asked in tells it, and only when
    that was in this race."""
    if "last" in judged and "last" in seen and judged["last"] != seen["last"]:
        return False
    return {**judged, "last": None} == {**seen, "last": None}


def _as_recorded(was: Standing, now: Standing, wanted: Sequence[Any]) -> bool:
    new = range(len(was.events), len(now.events))
    return all(i < len(wanted) and _plain(now.events[i][1]) == wanted[i] for i in new)


def _plain(event: CaseEvent) -> Any:
    """An event without the references that are made from the id of the command it came of."""
    return _without_refs(msgspec.json.decode(encode_event(event)))


def _without_refs(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: bool(v) if k.endswith("_ref") else _without_refs(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_refs(v) for v in value]
    return value
