"""What is taking so long: never a wrong turn, and no date that is not on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from amends.dispute.case import CaseEvent
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnOrder, decide
from amends.dispute.waiting import Late, Waiting, waiting
from amends.kernel.decision import Accepted, Stamp
from amends.kernel.instants import Instant, Outage
from amends.kernel.people import Actor
from amends.order.events.life import OrderPlaced, ParcelSent
from amends.order.units import LineQuantity
from tests.given import BUYER, T0, after, order, parcel, shipped, terms
from tests.notices.simulation import Held, Life

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_AT_ONCE = 25


class WatchedLife(Life):
    """A life in which the service is down for days now and then, with its record kept."""

    def __init__(self, seed: int) -> None:
        self.record: list[CaseEvent] = []
        self.outages: tuple[Outage, ...] = ()
        self.chance = Random(seed)  # noqa: S311 - repeatable on purpose
        self.seen: list[Waiting] = []
        super().__init__(seed)

    def _stamp(self) -> Stamp:
        return Stamp(self.now, f"c{self.steps}", outages=self.outages)

    def _move_to(self, at: Instant) -> None:
        if self.chance.random() < 0.3:
            self.outages = (*self.outages, Outage(at - 3 * DAY, at - HOUR))
        super()._move_to(at)
        self._compare()

    def _ask(self, command: Any, actor: Actor) -> None:
        super()._ask(command, actor)
        self._compare()

    def _append(self, event: CaseEvent, by: Actor) -> None:
        self.record.append(event)
        super()._append(event, by)

    def _look_back(self, held: Held, had_since: Instant) -> None:
        """Reminders are not what is looked at here, and an outage swallows some."""

    def _compare(self) -> None:
        """Each dispute's account against the state itself, and against every date on record."""
        known = set(
            _instants([msgspec.to_builtins(e, builtin_types=(Instant,)) for e in self.record])
        )
        known |= {at for outage in self.outages for at in (outage.since, outage.until)}
        for dispute in self.now_case.disputes.values():
            told = waiting(self.record, dispute.id, self.terms, self._stamp())
            self.seen.append(told)
            assert (told.turn, told.phase) == (dispute.turn, dispute.phase)
            assert told.clock in (*dispute.deadlines, None)
            assert (told.clock is None) == all(d.turn != told.turn for d in dispute.deadlines)
            assert told.since <= self.now
            assert {told.since, *(late.due for late in told.late)} <= known
            assert {at for e in told.extended for at in (e.due, e.since, e.until)} <= known
            assert all(late.due <= self.now for late in told.late)
            assert all(late.by is None or late.due + late.by in known for late in told.late)
            if told.turn is None:
                assert all(late.by is not None or late.went_on for late in told.late)


OPENED = T0 + 8 * DAY
D1 = "A-1001-D1"


def opened() -> list[CaseEvent]:
    """A dispute about an order that was shipped."""
    record: list[CaseEvent] = [
        OrderPlaced(at=T0, order=order()),
        ParcelSent(at=T0 + DAY, parcel=parcel()),
    ]
    claim = OpenDispute(
        True, "not_as_described", "refund", "Size S.", lines=(LineQuantity("1", 1),)
    )
    case = after(shipped())
    outcome = decide(case, OnOrder("A-1001", claim), BUYER, terms(), Stamp(OPENED, "c1"))
    assert isinstance(outcome, Accepted), outcome
    return [*record, *outcome.events]


def _instants(value: object) -> Iterator[Instant]:
    if isinstance(value, Instant):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _instants(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _instants(part)


@pytest.mark.parametrize("first", range(1, 76, _AT_ONCE))
def test_it_names_the_turn_and_only_dates_on_record(first: int) -> None:
    seen: list[Waiting] = []
    for seed in range(first, first + _AT_ONCE):
        life = WatchedLife(seed)
        life.live()
        seen += life.seen
    # A property of lives in which nothing is late shows nothing.
    late = [late for told in seen for late in told.late]
    assert {late.went_on for late in late} == {True, False}
    assert any(late.by is None and not late.went_on for late in late)
    assert any(late.by for late in late)
    assert any(told.extended for told in seen)


def test_what_fell_due_since_the_record_was_written_is_told() -> None:
    """A page is shown as things stand, even before the sweep has recorded it."""
    record = opened()
    told = waiting(record, D1, terms(), Stamp(OPENED + 16 * DAY, "c9"))
    assert (told.phase, told.turn, told.since) == ("mediation", "supervisor", OPENED + 15 * DAY)
    assert told.clock is not None
    assert (told.clock.what, told.clock.at) == ("supervisor_ruling", OPENED + 20 * DAY)
    assert told.late == (
        Late("answer", OPENED + 5 * DAY, went_on=True),
        Late("ruling", OPENED + 15 * DAY),
    )
    assert told.late[1].so_far(OPENED + 16 * DAY) == DAY
    ended = waiting(record, D1, terms(), Stamp(OPENED + 21 * DAY, "c9"))
    ruling = next(late for late in ended.late if late.what == "ruling")
    assert ruling.so_far(OPENED + 21 * DAY) == ruling.by == 5 * DAY


def test_a_record_without_the_dispute_says_so() -> None:
    with pytest.raises(KeyError, match="A-1001-D9"):
        waiting(opened(), "A-1001-D9", terms(), Stamp(OPENED, "c9"))
