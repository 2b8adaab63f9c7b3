"""What is kept of a report is understood when the world lets us, and not before."""

from __future__ import annotations

from datetime import timedelta

from amends.engine.callbacks import KeptCallback
from amends.engine.store import Unavailable
from tests.money.faults import Moment
from tests.money.world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def pending(world: World) -> None:
    """A refund that has succeeded at the provider, whose report has just come in."""
    world.place()
    world.agree(60)
    world.simulator.set_next(["pending"])
    world.run()
    world.to(world.now() + DAY)
    for report in world.simulator.due_reports(world.now()):
        world.intake.receive("simulator", report.headers, report.body)
        world.simulator.mark_delivered(report.id)


def kept(world: World) -> list[KeptCallback]:
    return world.real_store.callbacks.page()


def test_while_the_provider_cannot_be_read_it_waits(world: World) -> None:
    pending(world)
    world.faults.strikes = lambda place: ("instead", False) if place == "read" else None
    assert world.intake.understand_due() == 2
    assert {(c.state, c.note) for c in kept(world)} == {
        ("waiting", "the payment provider gave no clear answer: unavailable")
    }
    assert world.intake.understand_due() == 0, "it is not tried again at once"
    world.faults.strikes = lambda _: None
    world.to(world.now() + MINUTE)
    assert world.intake.understand_due() == 2
    assert {c.state for c in kept(world)} == {"understood"}
    assert [r.state for r in world.refunds()] == ["settled"]


def test_while_the_record_is_out_of_reach_it_waits(world: World) -> None:
    pending(world)
    struck: list[str] = []

    def strike(place: str) -> tuple[Moment, bool] | None:
        if place == "commit":
            struck.append(place)
            return ("instead", False)
        return None

    world.faults.strikes = strike
    world.intake.understand_due()
    assert struck
    assert ("waiting", Unavailable.__name__) in {(c.state, c.note) for c in kept(world)}
    world.faults.strikes = lambda _: None
    world.to(world.now() + HOUR)
    while world.intake.understand_due():
        pass
    assert [r.state for r in world.refunds()] == ["settled"]


def test_what_the_provider_reports_and_never_shows_is_a_persons(world: World) -> None:
    pending(world)
    world.provider.find_refund = lambda intent, reference: None  # type: ignore[method-assign]
    for _ in range(100):
        world.intake.understand_due()
        world.to(world.now() + HOUR)
    assert {(c.state, c.note) for c in kept(world)} == {("refused", "not_shown_by_provider")}
    assert world.real_store.callbacks.next_run() is None


def test_a_process_that_dies_while_it_understands_leaves_it_to_the_next(world: World) -> None:
    pending(world)
    world.real_store.callbacks.take(world.now(), 9, world.now() + MINUTE)
    world.crash()
    assert world.intake.understand_due() == 0
    world.to(world.now() + MINUTE)
    assert world.intake.understand_due() == 2
    assert [r.state for r in world.refunds()] == ["settled"]
