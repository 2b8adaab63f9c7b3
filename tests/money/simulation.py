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
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from msgspec import Struct

from amends.engine.check import check
from amends.engine.outside import Behaviour, RefundReply
from amends.engine.store import Unavailable
from amends.entrypoints.ledger import trial_balance
from amends.kernel.decision import Accepted
from amends.kernel.money import Money
from amends.order.state import Refund
from tests.given import PROVIDER
from tests.money.faults import Crash, Moment
from tests.money.world import FINANCE, MEMORY, SHOP, World, usd

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MOMENTS: tuple[Moment, ...] = get_args(Moment)
# Without those in which others take money of the payment, by hand or through a bank.
_OTHERS = {"already_refunded", "partial_only", "chargeback"}
_BEHAVIOURS: tuple[Behaviour, ...] = tuple(b for b in get_args(Behaviour) if b not in _OTHERS)
_STEPS = 30
_UNITS, _PRICE = 4, 100
_MAY_HAVE_LEFT = ("recorded", "sent", "unknown", "pending", "settled")
_FINAL_TRACES = ("arrived", "paid_another_way")


class Wrong(AssertionError):
    """An invariant does not hold."""


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

    def on_reply(self, intent: str, reply: RefundReply) -> None:
        if reply.code == "exceeds_capture":
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
        standing = {r.intent: r.amount.amount for r in self.standing()}
        out = sum(standing.values()) + (0 if intent in standing else amount.amount)
        if intent not in standing and out + order.taken_by_bank > order.captured:
            self.wrong.append(f"{intent}: {out} out, {order.taken_by_bank} given back by a bank")


def live(seed: int, folder: Path) -> Life:
    """One life on files in ``folder``. Raises Wrong, or whatever the product let through."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    life = Life(seed, [], {})
    chance = dice.choice((0.0, 0.02, 0.1, 0.3))

    def strikes(place: str) -> tuple[Moment, bool] | None:
        if dice.random() >= chance:
            return None
        found = (dice.choice(_MOMENTS), dice.random() < 0.5)
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
            _counted(world)
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
        "claim": 4, "cancel": 1, "chargeback": 1, "outcome": 2, "mood": 4, "run": 6, "reports": 4,
        "hours": 5, "lost": 1, "days": 3, "crash": 1, "trace": 1,
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
            body = {"type": "record_chargeback", "reference": f"cb_{dice.randint(1, 3)}",
                    "amount": usd(dice.choice((50, 150, _PRICE * _UNITS)))}  # fmt: skip
            world.ask("A-1", body, FINANCE)
        case "outcome":
            body = {"type": "record_chargeback_outcome", "reference": f"cb_{dice.randint(1, 3)}",
                    "outcome": dice.choice(("won", "lost"))}  # fmt: skip
            world.ask("A-1", body, FINANCE)
        case "mood":
            world.simulator.set_next(dice.choices(_BEHAVIOURS, k=dice.randint(1, 5)))
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


def _counted(world: _Watched) -> None:
    """What has to hold after every step."""
    if world.wrong:
        raise Wrong("; ".join(world.wrong))
    for of in trial_balance(world.real_store.views).currencies:
        if not of.balanced:
            raise Wrong(f"postings sum to {of.debit.amount - of.credit.amount}")
    booked = [r.intent for r in world.simulator.refunds()]
    if len(booked) != len(set(booked)):
        raise Wrong(f"an intent was booked twice: {booked}")
    order = world.case().order
    standing = sum(r.amount.amount for r in world.standing())
    promised = sum(r.amount for r in world.refunds() if r.state in _MAY_HAVE_LEFT)
    if max(standing, promised) > order.captured:
        raise Wrong(f"{standing} is refunded and {promised} promised of {order.captured}")
    at_provider = {r.intent: r.state for r in world.simulator.refunds()}
    for refund in world.refunds():
        if refund.state == "settled" and not refund.traced:
            world.settled.add(refund.id)
            if at_provider.get(refund.id) not in ("succeeded", "failed", "canceled"):
                raise Wrong(f"{refund.id} is settled, and {at_provider.get(refund.id)} there")
        elif refund.under_way and refund.id in world.settled:
            raise Wrong(f"{refund.id} was settled and is {refund.state} again")
    known = {r["refund_id"] for r in world.real_store.views.page(
        "refunds", {"order_id": "A-1"}, order_by="refund_id").rows}  # fmt: skip
    if not set(booked) <= known:
        raise Wrong(f"the provider has refunds nobody recorded: {set(booked) - known}")


def _comes_to_rest(world: _Watched, life: Life) -> None:
    """The faults end, people do what they were called for, and time passes."""
    world.faults.strikes = lambda _: None
    world.simulator.set_next([])
    world.crash()
    life.steps.append("rest")
    for chargeback in world.case().order.chargebacks.values():
        if not chargeback.outcome:
            body = {"type": "record_chargeback_outcome", "reference": chargeback.id,
                    "outcome": "won"}  # fmt: skip
            world.do("A-1", body, FINANCE)
    # A month, and finance does what it is asked every day.
    for _ in range(4):
        world.live(8 * DAY)
        world.reconcile()
        for refund in world.refunds():
            waits = any(
                d.subject == refund.id and d.what in ("finance", "trace", "refund_retry")
                for d in world.case().order.deadlines
            )
            if waits:
                stands = refund.id in {r.intent for r in world.standing()}
                _trace(world, refund, "arrived" if stands else "paid_another_way", truthful=False)
        _counted(world)
    _same_books(world)


def _same_books(world: _Watched) -> None:
    case = world.case()
    if world.real_store.jobs.next_run() is not None:
        raise Wrong("a job is left in the outbox")
    books = world.reconcile()
    if books.differences or books.heard:
        raise Wrong(f"the books differ: {books}")
    standing = {r.intent: r.amount.amount for r in world.standing()}
    for refund in world.refunds():
        there = standing.get(refund.id)
        if refund.under_way:
            raise Wrong(f"{refund.id} is still {refund.state}")
        if refund.traced in _FINAL_TRACES:
            continue  # a person has said what it is
        if (refund.state == "settled") != (there is not None):
            raise Wrong(f"{refund.id} is {refund.state}, and {there} at the provider")
        if there not in (None, refund.amount):
            raise Wrong(f"{refund.id} is of {refund.amount}, and of {there} at the provider")
    if balance := {k: v for k, v in _pending(world).items() if v}:
        raise Wrong(f"still pending: {balance}")
    for dispute in case.disputes.values():
        if dispute.phase == "settling":
            raise Wrong(f"{dispute.id} waits for money that nobody sends")
    wrong = list(check(world.real_store, world.engine.domain))
    if wrong:
        raise Wrong(f"the record gives other rows: {wrong[:3]}")


def _pending(world: _Watched) -> dict[str, int]:
    nets: dict[str, int] = {}
    for of in trial_balance(world.real_store.views).currencies:
        for entry in of.accounts:
            nets[entry.account] = entry.debit.amount - entry.credit.amount
    return {name: net for name, net in nets.items() if name == "refund_pending"}


def run(first: int, seeds: int) -> tuple[list[Life], list[tuple[int, Exception]]]:
    """So many lives from the seed ``first`` on, and those that went wrong."""
    lives: list[Life] = []
    wrong: list[tuple[int, Exception]] = []
    for seed in range(first, first + seeds):
        with TemporaryDirectory(dir=MEMORY) as folder:
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
