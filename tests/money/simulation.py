"""A seeded simulation of the refund path, with a fault wherever one can strike.

    python -m tests.money.simulation --seeds 1000 [--first 1]

A seed is a whole life of one order: claims agreed on, banks that take the payment back, a provider
in moods, a network that loses words, a process that dies, reports that come often and out of
order. After every step the money is counted; then the faults end, people do what they were called
for, and everything has to come to rest. A seed that fails is told with what it did.
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
from typing import get_args

from msgspec import Struct
from structlog.testing import capture_logs

from amends.engine.outside import RefundReply
from amends.engine.simulated import Behaviour, Reporting
from amends.engine.store import Unavailable
from amends.entrypoints.reconciliation import Difference
from amends.kernel.decision import Accepted, Refused
from amends.kernel.money import Money
from amends.order.state import Refund
from tests.given import PROVIDER
from tests.money.faults import Crash, Moment
from tests.money.invariants import Wrong, at_rest, counted
from tests.money.world import FINANCE, MEMORY, SHOP, World, usd

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MOMENTS: tuple[Moment, ...] = get_args(Moment)
_BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
# In these nobody else takes money of the payment, by hand or through a bank.
_OTHERS = {"already_refunded", "partial_only", "chargeback"}
_ALONE: tuple[Behaviour, ...] = tuple(b for b in _BEHAVIOURS if b not in _OTHERS)
_STEPS = 30
_UNITS, _PRICE = 4, 100
_MAY_HAVE_LEFT = ("recorded", "sent", "unknown", "pending", "settled")
_FINAL_TRACES = ("arrived", "paid_another_way")


class Life(Struct):
    """What a seed did, and how often which fault struck."""

    seed: int
    steps: list[str]
    faults: dict[str, int]
    refunds: int = 0


class _Watched(World):
    """A world in which every call for money is looked at before the provider gets it, and every
    answer before we do. What is wrong with one is kept, since jobs outlive what is raised."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.wrong: list[str] = []
        self.settled: set[str] = set()
        self._dice = dice
        super().__init__(folder)

    def hidden(self) -> bool:
        """Whether others have taken money of the payment that we cannot know of yet."""
        order = self.case().order
        counted = {r.provider_reference for r in order.refunds.values() if r.difference}
        by_hand = {r.id for r in self.simulator.refunds() if not r.intent} - counted
        taken = sum(c.amount.amount for c in self.simulator.chargebacks() if c.state != "won")
        return bool(by_hand) or taken > order.taken_by_bank

    def on_reply(self, intent: str, reply: RefundReply) -> None:
        if reply.code in ("exceeds_capture", "already_refunded") and not self.hidden():
            self.wrong.append(f"the provider had to see that {intent} is too much")
        if reply.state == "succeeded" and self._dice.random() < 0.3:
            # The report is faster than the answer, and on the same record.
            strikes, self.faults.strikes = self.faults.strikes, lambda _: None
            report = {"type": "refund_settled", "refund": intent, "provider_ref": reply.id}
            self.ask("A-1", report, PROVIDER)
            self.faults.strikes = strikes

    def on_refund(self, intent: str, reference: str, amount: Money) -> None:
        super().on_refund(intent, reference, amount)
        order = self.case().order
        if order.chargeback_open:
            self.wrong.append(f"{intent} is sent while a bank decides")
        if order.open_differences:
            self.wrong.append(f"{intent} is sent while the books differ")
        standing = {r.intent for r in self.standing()}
        out = sum(r.amount.amount for r in self.standing()) + amount.amount + order.taken_by_bank
        if intent not in standing and out > order.captured and not self.hidden():
            self.wrong.append(f"{intent}: with what a bank gave back {out} of {order.captured}")


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

    world = _Watched(folder, dice)
    captured = dice.choice((_PRICE * _UNITS, 250))
    payment = {"provider": "simulator", "reference": "pay_A-1", "captured": usd(captured)}
    try:
        world.place(price=_PRICE, units=_UNITS, payment=payment)
        world.faults.strikes = strikes
        for _ in range(_STEPS):
            _step(world, dice, life)
            _watched(world)
        _comes_to_rest(world, life)
        life.refunds = len(world.refunds())
    except Exception as error:
        error.add_note(f"seed {seed}: " + ", ".join(life.steps))
        raise
    finally:
        world.close()
    return life


def _step(world: _Watched, dice: random.Random, life: Life) -> None:
    steps = {
        "claim": 4, "cancel": 1, "chargeback": 1, "outcome": 2, "mood": 4, "manner": 1, "run": 6,
        "reports": 4, "hours": 5, "lost": 1, "days": 3, "crash": 1, "trace": 1, "reconcile": 1,
    }  # fmt: skip
    (name,) = dice.choices(list(steps), list(steps.values()))
    life.steps.append(name)
    try:
        _act(world, dice, name)
    except Crash:
        life.steps[-1] += "!"
        world.crash()
    except Unavailable:
        life.steps[-1] += "?"  # whoever asked may ask again, or not


def _watched(world: _Watched) -> None:
    if world.wrong:
        raise Wrong("; ".join(world.wrong))
    counted(world, world.settled)


def _act(world: _Watched, dice: random.Random, name: str) -> None:
    match name:
        case "claim":
            amount = dice.choice((1, 33, 50, 60, _PRICE))
            dispute = world.claim(amount)
            if dispute:
                world.accept(dispute, amount)
        case "cancel":
            world.ask("A-1", {"type": "cancel_order"}, SHOP)
        case "chargeback":
            taken = dice.choice((Money(50, "USD"), Money(150, "USD"), None))
            with suppress(ValueError):  # nothing is left to take
                world.simulator.open_chargeback("pay_A-1", taken)
        case "outcome":
            opened = [c.id for c in world.simulator.chargebacks() if c.state == "open"]
            if opened:
                world.simulator.decide_chargeback(opened[0], dice.choice(("won", "lost")))
        case "mood":
            moods = _ALONE if dice.random() < 0.9 else _BEHAVIOURS
            world.simulator.set_next(dice.choices(moods, k=dice.randint(1, 5)))
        case "manner":
            late = dice.choice((timedelta(0), HOUR, 3 * DAY))
            often = dice.choice((0, 1, 1, 1, 2, 50))
            world.simulator.set_reporting(Reporting(often, late, dice.random() < 0.5))
        case "reconcile":
            world.reconcile()
        case "run":
            world.run(rounds=5)
        case "reports":
            world.callbacks(dice.choice((1, 1, 2, 5)), newest_first=dice.random() < 0.5)
        case "lost":
            world.callbacks(0)
        case "hours":
            world.to(world.now() + dice.randint(1, 30) * HOUR)
        case "days":
            world.to(world.now() + dice.randint(1, 4) * DAY)
        case "crash":
            raise Crash
        case "trace":
            known = world.refunds()
            if known:
                outcome = dice.choice(("arrived", "not_arrived", "paid_another_way", "retry"))
                _trace(world, dice.choice(known), outcome, truthful=True)


def _trace(world: _Watched, refund: Refund, outcome: str, *, truthful: bool) -> bool:
    """Finance's finding; a truthful one says of the provider what is so."""
    stands = refund.id in {r.intent for r in world.standing()}
    if truthful and stands != (outcome == "arrived"):
        return False
    body = {"type": "record_trace", "refund": refund.id, "outcome": outcome, "note": "Seen."}
    return isinstance(world.ask("A-1", body, FINANCE).outcome, Accepted)


def _comes_to_rest(world: _Watched, life: Life) -> None:
    """The faults end, banks decide, people do what they were called for, and time passes."""
    world.faults.strikes = lambda _: None
    world.simulator.set_next([])
    world.simulator.set_reporting(Reporting())
    world.crash()
    life.steps.append("rest")
    world.live(timedelta(hours=2))  # a bank may be about to step in
    for chargeback in world.simulator.chargebacks():
        if chargeback.state == "open":
            world.simulator.decide_chargeback(chargeback.id, "won")
    # A month, and finance does what it is asked every day.
    for _ in range(4):
        world.live(8 * DAY)
        for difference in world.reconcile().differences:
            _resolve(world, difference)
        for refund in world.refunds():
            waits = any(
                d.subject == refund.id and d.what in ("finance", "trace", "refund_retry")
                for d in world.case().order.deadlines
            )
            if waits:
                stands = refund.id in {r.intent for r in world.standing()}
                _trace(world, refund, "arrived" if stands else "paid_another_way", truthful=False)
        _watched(world)
    at_rest(world)


def _resolve(world: _Watched, difference: Difference) -> None:
    """Finance counts what somebody refunded by hand, as far as it is not promised already."""
    body = {"type": "resolve_difference", "difference": difference.id, "reason": "Seen."}
    count = {**body, "resolution": "count_as_refund"}
    if isinstance(world.ask("A-1", count, FINANCE).outcome, Refused):
        world.do("A-1", {**body, "resolution": "explained"}, FINANCE)


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
