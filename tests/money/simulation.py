"""A seeded simulation of the refund path, with a fault wherever one can strike.

    python -m tests.money.simulation --seeds 1000 [--first 1]

A seed is a whole life of a payment and the order or two paid with it: claims agreed on, by two
processes at once as well, banks that take money back, a provider in moods, cards that are dead, a
network that loses words, a process that dies, reports that come often and out of order, sellers
paid out in between. After every step the money is counted; then the faults end, people do what
they were called for, and everything has to come to rest. A seed that fails is told with what it
did.
"""

from __future__ import annotations

import argparse
import random
import sys
import traceback
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from msgspec import Struct
from structlog.testing import capture_logs

from amends.engine.outside import ProviderUnclear
from amends.engine.simulated import Behaviour, Reporting
from amends.engine.store import Unavailable
from amends.entrypoints.reconciliation import Difference
from amends.kernel.decision import Refused
from amends.kernel.money import Money
from amends.order.state import Refund
from tests.money.faults import Crash, Moment
from tests.money.invariants import Wrong, at_rest, counted
from tests.money.watched import Watched
from tests.money.world import BUYER, FINANCE, MEMORY, SHOP, usd

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MOMENTS: tuple[Moment, ...] = get_args(Moment)
_BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
# In these nobody else takes money of the payment, by hand or through a bank.
_OTHERS = {"already_refunded", "partial_only", "chargeback"}
_ALONE: tuple[Behaviour, ...] = tuple(b for b in _BEHAVIOURS if b not in _OTHERS)
_STEPS = 24
_UNITS, _PRICE = 5, 100
_SHARED = "pay_A-1"  # by both orders, where there are two
_DEAD: list[Behaviour] = ["decline"] * 60


class Life(Struct):
    """What a seed did, and how often which fault struck."""

    seed: int
    steps: list[str]
    faults: dict[str, int]
    refunds: int = 0
    dead_card: bool = False


def live(seed: int, folder: Path) -> Life:
    """One life on files in ``folder``. Raises Wrong, or whatever the product let through."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    life = Life(seed, [], {})
    chance = dice.choice((0.0, 0.02, 0.1, 0.3))
    slow_line = dice.choice((0.0, 0.0, 0.4))

    def strikes(place: str) -> tuple[Moment, bool] | None:
        if place == "refund" and dice.random() < slow_line:
            found: tuple[Moment, bool] = ("instead", False)  # it may be late, and arrive yet
        elif dice.random() < chance:
            found = (dice.choice(_MOMENTS), dice.random() < 0.5)
        else:
            return None
        name = f"{place} {found[0]}"
        life.faults[name] = life.faults.get(name, 0) + 1
        return found

    world = Watched(folder, dice)
    life.dead_card = dice.random() < 0.1
    try:
        captured = dice.choice((_PRICE * _UNITS, 250))
        _place(world, "A-1", _UNITS, captured)
        if dice.random() < 0.25:
            _place(world, "A-2", 2, 2 * _PRICE)
        if life.dead_card:
            world.simulator.set_next(_DEAD)
        if dice.random() < 0.5:
            _provider(world, dice, "manner")
        world.faults.strikes = strikes
        for _ in range(_STEPS):
            _step(world, dice, life)
            _watched(world)
        _comes_to_rest(world, dice, life)
        life.refunds = sum(len(world.refunds(order)) for order in world.orders)
    except Exception as error:
        error.add_note(f"seed {seed}: " + ", ".join(life.steps))
        raise
    finally:
        world.close()
    return life


def _place(world: Watched, order: str, units: int, captured: int) -> None:
    payment = {"provider": "simulator", "reference": _SHARED, "captured": usd(captured)}
    world.place(order, price=_PRICE, units=units, payment=payment)


def _no_commits(place: str) -> tuple[Moment, bool] | None:
    return ("instead", False) if place == "commit" else None


def _step(world: Watched, dice: random.Random, life: Life) -> None:
    steps = {
        "claim": 3, "twins": 1, "race": 1, "cancel": 0.5, "chargeback": 1, "outcome": 2,
        "mood": 0 if life.dead_card else 4, "manner": 1, "run": 6, "reports": 4, "outage": 1,
        "hours": 5, "lost": 1, "days": 3, "month": 0.2, "crash": 1, "missing": 0.5, "trace": 1,
        "reconcile": 1,
    }  # fmt: skip
    (name,) = dice.choices(list(steps), list(steps.values()))
    life.steps.append(name)
    try:
        _act(world, dice, name)
    except Crash:
        life.steps[-1] += "!"
        world.crash()
    except (Unavailable, ProviderUnclear):
        life.steps[-1] += "?"  # whoever asked may ask again, or not


def _watched(world: Watched) -> None:
    if world.wrong:
        raise Wrong("; ".join(world.wrong))
    counted(world)


def _act(world: Watched, dice: random.Random, name: str) -> None:
    match name:
        case "claim" | "twins" | "race":
            _claims(world, dice, name)
        case "mood" | "manner":
            _provider(world, dice, name)
        case "chargeback" | "outcome":
            _bank(world, dice, name)
        case "cancel":
            world.ask(dice.choice(world.orders), {"type": "cancel_order"}, SHOP)
        case "missing":
            world.ask(dice.choice(world.orders), {"type": "report_missing_money"}, BUYER)
        case "reconcile":
            world.reconcile()
        case "run":
            world.run(rounds=5)
        case "reports":
            world.callbacks(dice.choice((1, 1, 2, 5)), newest_first=dice.random() < 0.5)
        case "outage":  # reports can be kept, and not put on record
            strikes, world.faults.strikes = world.faults.strikes, _no_commits
            world.callbacks()
            world.faults.strikes = strikes
        case "lost":
            world.callbacks(0)
        case "hours":
            world.to(world.now() + dice.randint(1, 30) * HOUR)
        case "days":
            world.to(world.now() + dice.randint(1, 4) * DAY)
        case "month":
            world.to(world.now() + 30 * DAY)
        case "crash":
            raise Crash
        case "trace":
            order = dice.choice(world.orders)
            known = world.refunds(order)
            if known:
                outcome = dice.choice(("arrived", "not_arrived", "paid_another_way", "retry"))
                _trace(world, order, dice.choice(known), outcome, truthful=True)


def _claims(world: Watched, dice: random.Random, name: str) -> None:
    """One claim or two of the same amount, agreed on one by one or by two processes at once."""
    order = dice.choice(world.orders)
    amount = dice.choice((1, 33, 50, 60, _PRICE))
    claims = [world.claim(amount, 1, order) for _ in range(1 if name == "claim" else 2)]
    known = [dispute for dispute in claims if dispute]
    if name == "race" and len(known) == 2:
        world.race(known[0], known[1], amount, order)
        return
    for dispute in known:
        world.accept(dispute, amount, order)


def _provider(world: Watched, dice: random.Random, name: str) -> None:
    if name == "mood":
        # By hand and for the whole payment: whose order it is of, a person has to say.
        moods = _ALONE if dice.random() < 0.9 or len(world.orders) > 1 else _BEHAVIOURS
        weights = [3 if mood == "fail_later" else 1 for mood in moods]
        world.simulator.set_next(dice.choices(moods, weights, k=dice.randint(1, 5)))
        return
    late = dice.choice((timedelta(0), HOUR, 3 * DAY))
    often = dice.choice((0, 1, 1, 1, 2, 50))
    world.simulator.set_reporting(Reporting(often, late, dice.random() < 0.5))


def _bank(world: Watched, dice: random.Random, name: str) -> None:
    if name == "chargeback":
        taken = dice.choice((Money(50, "USD"), Money(150, "USD"), None))
        with suppress(ValueError):  # nothing is left to take
            world.simulator.open_chargeback(_SHARED, taken)
        return
    opened = [c.id for c in world.simulator.chargebacks() if c.state == "open"]
    if opened:
        world.simulator.decide_chargeback(opened[0], dice.choice(("won", "lost")))


def _trace(world: Watched, order: str, refund: Refund, outcome: str, *, truthful: bool) -> None:
    """Finance's finding; a truthful one says of the provider what is so."""
    stands = refund.id in {r.intent for r in world.standing(order)}
    if truthful and stands != (outcome == "arrived"):
        return
    body = {"type": "record_trace", "refund": refund.id, "outcome": outcome, "note": "Seen."}
    world.ask(order, body, FINANCE)


def _comes_to_rest(world: Watched, dice: random.Random, life: Life) -> None:
    """The faults end, banks decide, people do what they were called for, and time passes."""
    world.faults.strikes = lambda _: None
    world.resting = True
    world.simulator.set_next(_DEAD if life.dead_card else [])
    world.simulator.set_reporting(Reporting())
    world.crash()
    life.steps.append("rest")
    world.live(timedelta(hours=2))  # a bank may be about to step in
    _banks_decide(world, "won")
    # A month, and finance does what it is asked every day.
    for _ in range(4):
        world.live(8 * DAY)
        for difference in world.reconcile().differences:
            _resolve(world, difference)
        for order in world.orders:
            _findings(world, order)
        _watched(world)
    if dice.random() < 0.2:  # long after the seller was paid out
        with suppress(ValueError):
            world.simulator.open_chargeback(_SHARED, Money(30, "USD"))
        world.live(DAY)
        _watched(world)
        _banks_decide(world, "lost")
        world.live(DAY)
        _watched(world)
    at_rest(world)


def _banks_decide(world: Watched, outcome: Literal["won", "lost"]) -> None:
    for chargeback in world.simulator.chargebacks():
        if chargeback.state == "open":
            world.simulator.decide_chargeback(chargeback.id, outcome)


def _findings(world: Watched, order: str) -> None:
    for refund in world.refunds(order):
        waits = any(
            d.subject == refund.id and d.what in ("finance", "trace", "refund_retry")
            for d in world.case(order).order.deadlines
        )
        if waits:
            stands = refund.id in {r.intent for r in world.standing(order)}
            outcome = "arrived" if stands else "paid_another_way"
            _trace(world, order, refund, outcome, truthful=False)


def _resolve(world: Watched, difference: Difference) -> None:
    """Finance counts what somebody refunded by hand, as far as it is not promised already."""
    body = {"type": "resolve_difference", "difference": difference.id, "reason": "Seen."}
    count = {**body, "resolution": "count_as_refund"}
    if isinstance(world.ask(difference.order, count, FINANCE).outcome, Refused):
        world.do(difference.order, {**body, "resolution": "explained"}, FINANCE)


def run(first: int, seeds: int) -> tuple[list[Life], list[tuple[int, Exception]]]:
    """So many lives from the seed ``first`` on, and those that went wrong."""
    lives: list[Life] = []
    wrong: list[tuple[int, Exception]] = []
    for seed in range(first, first + seeds):
        # What fails on purpose is logged, at length, and nobody reads it.
        with capture_logs(), TemporaryDirectory(dir=MEMORY) as folder:
            try:
                lives.append(live(seed, Path(folder)))
            except Exception as error:
                wrong.append((seed, error))
    return lives, wrong


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    asked = parser.parse_args()
    lives, wrong = run(asked.first, asked.seeds)
    for _, error in wrong[:10]:
        traceback.print_exception(error, limit=-3)
    struck = sum(sum(life.faults.values()) for life in lives)
    refunds = sum(life.refunds for life in lives)
    sys.stdout.write(
        f"{len(lives)} of {asked.seeds} lives came to rest:"
        f" {refunds} refunds, {struck} faults, {len(wrong)} wrong"
        f"{': seeds ' + ', '.join(str(seed) for seed, _ in wrong) if wrong else ''}\n"
    )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
