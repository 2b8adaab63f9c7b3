"""Each call of the refund path fails once, before, instead and after, with the process and without:
whoever asked asks again, and the end is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec import Struct
from structlog.testing import capture_logs

from amends.engine.simulated import Behaviour
from amends.engine.store import Unavailable
from amends.projections.ledger import balances
from tests.money.faults import Crash, Moment
from tests.money.invariants import at_rest, counted
from tests.money.watched import Watched
from tests.money.world import MEMORY

DAY = timedelta(days=1)
# A call that fails before it is made cannot be told from one that dies there.
WAYS: tuple[tuple[Moment, bool], ...] = (
    ("before", True), ("instead", False), ("instead", True), ("after", False), ("after", True),
)  # fmt: skip


class End(Struct, frozen=True):
    """What it came to."""

    paid: tuple[int, ...]
    outcome: str | None
    balances: dict[str, int]


class Striking:
    """The fault strikes at the ``nth`` call, and never again; None: only the calls are noted."""

    def __init__(self, nth: int | None, way: tuple[Moment, bool]) -> None:
        self.places: list[str] = []
        self._nth, self._way = nth, way

    def __call__(self, place: str) -> tuple[Moment, bool] | None:
        self.places.append(place)
        return self._way if len(self.places) == self._nth else None


def insist(world: Watched, step: Callable[[], object]) -> None:
    """Until it goes through: a person asks again, a server is started again."""
    for _ in range(3):
        try:
            step()
            return
        except Unavailable:
            continue
        except Crash:
            world.crash()
    raise AssertionError("one fault has struck more than once")


def live(behaviours: list[Behaviour], striking: Striking) -> End:
    """A refund from the claim to its end."""
    with TemporaryDirectory(dir=MEMORY) as folder, capture_logs():
        world = Watched(Path(folder))
        world.place()
        world.simulator.set_next(behaviours)
        world.faults.strikes = striking
        insist(world, lambda: world.case().disputes or world.claim(60))
        (dispute,) = world.case().disputes
        insist(world, lambda: world.refunds() or world.accept(dispute, 60))
        for _ in range(2):
            insist(world, lambda: world.live(2 * DAY))
        world.faults.strikes = lambda _: None
        world.live(2 * DAY)
        world.reconcile()  # by now the buyer's bank has a reference, which nobody reports
        world.run()
        world.resting = True
        counted(world)
        at_rest(world)
        case = world.case()
        paid = tuple(sorted(amount for _, amount in world.paid()))
        end = End(paid, case.disputes[dispute].outcome, balances(case.order))
        world.close()
    return end


@pytest.mark.parametrize(
    "behaviours",
    [["ok"], ["pending"], ["fail_later"], ["unavailable", "timeout_but_done"]],
    ids=" then ".join,
)
def test_fail_at_n(behaviours: list[Behaviour]) -> None:
    calls = Striking(None, WAYS[0])
    end = live(behaviours, calls)
    assert (end.paid, end.outcome) == ((60,), "refunded")
    assert {"commit", "outbox", "refund", "callbacks"} <= set(calls.places)
    for nth, place in enumerate(calls.places, 1):
        for way in WAYS:
            assert live(behaviours, Striking(nth, way)) == end, f"call {nth}, {place}: {way}"
