"""What has to hold of money after every step of a life, and at its end."""

from __future__ import annotations

import json

from amends.engine.check import check
from amends.engine.outside import ProviderRefund
from amends.entrypoints.ledger import trial_balance
from amends.order.state import Refund
from tests.money.world import World

_UNDER_WAY = ("recorded", "sent", "unknown", "pending")
FINAL_TRACES = ("arrived", "paid_another_way")

Booked = tuple[ProviderRefund, ...]


class Wrong(AssertionError):
    """An invariant does not hold."""


def counted(world: World, settled: set[str]) -> None:
    """After every step: G1 to G3 and G5. ``settled`` remembers which refunds ever were."""
    if over := world.rows(
        "SELECT currency, sum(amount) FROM postings GROUP BY 1 HAVING sum(amount)"
    ):
        raise Wrong(f"postings sum to {over}")
    order, booked = world.case().order, world.simulator.refunds()
    _at_most_once(world, booked)
    standing = sum(r.amount.amount for r in booked if r.stands)
    # Reckoned here and not asked of the order, whose own sums may be what is wrong.
    going = [r for r in order.refunds.values() if r.state in (*_UNDER_WAY, "settled")]
    promised = sum(refund.amount for refund in going)
    if max(standing, promised) > order.captured:
        raise Wrong(f"{standing} is refunded and {promised} promised of {order.captured}")
    for line in order.lines:
        back = sum(refund.lines.get(line.id, 0) for refund in going)
        if back > line.paid:
            raise Wrong(f"{back} goes back of {line.paid} for {line.id}")
    if order.taken_by_bank > order.captured:
        raise Wrong(f"banks are said to have taken {order.taken_by_bank} of {order.captured}")
    for refund in order.refunds.values():
        _moves_forward(booked, refund, settled)
    _acted_on(world)


def _at_most_once(world: World, booked: Booked) -> None:
    intents = [r.intent for r in booked if r.intent]
    if len(intents) != len(set(intents)):
        raise Wrong(f"an intent was booked twice: {intents}")
    known = {id_ for (id_,) in world.rows("SELECT refund_id FROM refunds")}
    if not set(intents) <= known:
        raise Wrong(f"the provider has refunds nobody recorded: {set(intents) - known}")


def _moves_forward(booked: Booked, refund: Refund, settled: set[str]) -> None:
    if refund.state == "settled" and not refund.traced and not refund.difference:
        settled.add(refund.id)
        there = {r.state for r in booked if r.intent == refund.id}
        if not there & {"succeeded", "failed", "canceled"}:
            raise Wrong(f"{refund.id} is settled, and {there or 'nothing'} there")
    elif refund.under_way and refund.id in settled:
        raise Wrong(f"{refund.id} was settled and is {refund.state} again")


def _acted_on(world: World) -> None:
    """Whatever is under way has its job in the outbox, and no report that was answered is gone."""
    payloads = world.rows("SELECT payload FROM jobs WHERE kind = 'refund'")
    # As recorded: a view shows what is due, too, which nobody has recorded yet.
    refunds = world.rows("SELECT refund_id, state FROM refunds")
    reports = world.rows("SELECT id, state = 'waiting' AND run_at IS NULL FROM callbacks")
    if stuck := [id_ for id_, waits_for_nothing in reports if waits_for_nothing]:
        raise Wrong(f"reports wait for nothing: {stuck}")
    kept = {id_ for id_, _ in reports}
    if lost := world.taken_in - kept:
        raise Wrong(f"reports were answered and are not kept: {lost}")
    jobs = {json.loads(payload)["refund"] for (payload,) in payloads}
    if idle := {id_ for id_, state in refunds if state in _UNDER_WAY} - jobs:
        raise Wrong(f"nobody is going to send or read {idle}")


def at_rest(world: World) -> None:
    """With the faults gone: G16, and both sides' books the same to the last unit."""
    case = world.case()
    if world.real_store.jobs.next_run() is not None:
        raise Wrong("a job is left in the outbox")
    if world.real_store.callbacks.next_run() is not None:
        raise Wrong("a report is left that nobody has understood")
    books = world.reconcile()
    if books.differences or books.heard:
        raise Wrong(f"the books differ: {books}")
    _same_refunds(world)
    _same_chargebacks(world)
    if pending := balance(world, "refund_pending"):
        raise Wrong(f"still pending: {pending}")
    for dispute in case.disputes.values():
        if dispute.phase == "settling":
            raise Wrong(f"{dispute.id} waits for money that nobody sends")
    wrong = list(check(world.real_store, world.engine.domain))
    if wrong:
        raise Wrong(f"the record gives other rows: {wrong[:3]}")


def _same_refunds(world: World) -> None:
    standing = {r.intent or r.id: r.amount.amount for r in world.standing()}
    for refund in world.refunds():
        name = refund.provider_reference if refund.difference else refund.id
        there = standing.pop(name, None)
        if refund.under_way:
            raise Wrong(f"{refund.id} is still {refund.state}")
        if refund.traced in FINAL_TRACES:
            continue  # a person has said what it is
        if (refund.state == "settled") != (there is not None):
            raise Wrong(f"{refund.id} is {refund.state}, and {there} at the provider")
        if there not in (None, refund.amount):
            raise Wrong(f"{refund.id} is of {refund.amount}, and of {there} at the provider")
    explained = {d.about for d in world.case().order.differences.values() if not d.open}
    if unheard := set(standing) - explained:
        raise Wrong(f"nobody has heard of {unheard}")


def _same_chargebacks(world: World) -> None:
    ours = {c.id: (c.amount, c.outcome) for c in world.case().order.chargebacks.values()}
    theirs = {c.id: (c.amount.amount, c.state) for c in world.simulator.chargebacks()}
    # One that was won before anybody heard of it has left nothing to hear.
    missing = {id_ for id_, (_, state) in theirs.items() if state == "won"} - ours.keys()
    if ours != {id_: known for id_, known in theirs.items() if id_ not in missing}:
        raise Wrong(f"banks have decided {theirs}, and we know {ours}")


def balance(world: World, account: str) -> int:
    """What an account comes to over everything."""
    return sum(
        entry.debit.amount - entry.credit.amount
        for of in trial_balance(world.real_store.views).currencies
        for entry in of.accounts
        if entry.account == account
    )
