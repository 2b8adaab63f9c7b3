"""What has to hold of money after every step of a life, and at its end."""

from __future__ import annotations

import json
from collections.abc import Sequence

from amends.engine.check import check
from amends.engine.outside import ProviderRefund
from amends.entrypoints.ledger import trial_balance
from amends.order.state import Order, Refund
from tests.given import terms
from tests.money.watched import Watched

_UNDER_WAY = ("recorded", "sent", "unknown", "pending")
FINAL_TRACES = ("arrived", "paid_another_way")

Booked = tuple[ProviderRefund, ...]


class Wrong(AssertionError):
    """An invariant does not hold."""


def counted(world: Watched) -> None:
    """After every step: G1 to G3 and G5."""
    if over := world.rows(
        "SELECT currency, sum(amount) FROM postings GROUP BY 1 HAVING sum(amount)"
    ):
        raise Wrong(f"postings sum to {over}")
    booked = world.simulator.refunds()
    orders = [world.case(name).order for name in world.orders]
    _at_most_once(world, booked)
    for order in orders:
        _within_what_was_paid(world, order)
        _as_agreed(world, order)
        for refund in order.refunds.values():
            _moves_forward(world, booked, refund)
    _taken_once(world, orders)
    _acted_on(world)
    _heard(world, orders)


def _within_what_was_paid(world: Watched, order: Order) -> None:
    standing = sum(r.amount.amount for r in world.standing(order.id))
    # Reckoned here and not asked of the order, whose own sums may be what is wrong.
    going = _going(order)
    promised = sum(refund.amount for refund in going)
    if max(standing, promised) > order.captured:
        raise Wrong(f"{standing} is refunded and {promised} promised of {order.captured}")
    for line in order.lines:
        back = sum(refund.lines.get(line.id, 0) for refund in going)
        if back > line.paid:
            raise Wrong(f"{back} goes back of {line.paid} for {line.id}")
    if order.taken_by_bank > order.captured:
        raise Wrong(f"banks are said to have taken {order.taken_by_bank} of {order.captured}")


def _as_agreed(world: Watched, order: Order) -> None:
    """For no dispute more goes back than was agreed on, and what failed is tried again once, and
    not for ever."""
    for dispute, agreed in world.agreed.items():
        # What a person counted was paid by somebody else, whatever was agreed on.
        back = sum(r.amount for r in _going(order) if r.dispute == dispute and not r.difference)
        if back > agreed:
            raise Wrong(f"{back} goes back for {dispute}, and {agreed} was agreed on")
    replaced = [r.retry_of for r in order.refunds.values() if r.retry_of and not r.difference]
    if len(replaced) != len(set(replaced)):
        raise Wrong(f"tried again twice: {replaced}")
    most = terms().refunds.retries + 1
    for refund in order.refunds.values():
        if refund.attempt > most and not (refund.difference or _by_a_person(order, refund)):
            raise Wrong(f"{refund.id} is attempt {refund.attempt}, and {most} are made")
        if refund.reason == "provider_conflict":
            raise Wrong(f"the key of {refund.id} stands for another refund")


def _by_a_person(order: Order, refund: Refund) -> bool:
    """Whether finance had it sent again, or one of those before it, or had it give way."""
    before = order.refunds.get(refund.retry_of)
    if before is None:
        return False
    decided = before.traced or before.reason in ("counted_elsewhere", "not_at_provider")
    return bool(decided) or _by_a_person(order, before)


def _going(order: Order) -> list[Refund]:
    return [r for r in order.refunds.values() if r.state in (*_UNDER_WAY, "settled")]


def _at_most_once(world: Watched, booked: Booked) -> None:
    intents = [r.intent for r in booked if r.intent]
    if len(intents) != len(set(intents)):
        raise Wrong(f"an intent was booked twice: {intents}")
    known = {id_ for (id_,) in world.rows("SELECT refund_id FROM refunds")}
    if not set(intents) <= known:
        raise Wrong(f"the provider has refunds nobody recorded: {set(intents) - known}")


def _moves_forward(world: Watched, booked: Booked, refund: Refund) -> None:
    """What is settled was booked, when that was heard, and is not under way again."""
    before, world.last[refund.id] = world.last.get(refund.id), refund.state
    if refund.state == "settled" and not refund.traced and not refund.difference:
        world.settled.add(refund.id)
        news = before != "settled" and not world.resting
        there = {r.state for r in booked if r.intent == refund.id}
        if not there & ({"succeeded"} if news else {"succeeded", "failed", "canceled"}):
            raise Wrong(f"{refund.id} is settled, and {there or 'nothing'} there")
    elif refund.under_way and refund.id in world.settled:
        raise Wrong(f"{refund.id} was settled and is {refund.state} again")


def _taken_once(world: Watched, orders: Sequence[Order]) -> None:
    """The orders of a payment bear no more of a chargeback than the bank took."""
    for theirs in world.simulator.chargebacks():
        known = [o.chargebacks[theirs.id].amount for o in orders if theirs.id in o.chargebacks]
        if sum(known) > theirs.amount.amount:
            raise Wrong(f"of {theirs.id} the orders bear {known}, and it is {theirs.amount}")


def _acted_on(world: Watched) -> None:
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


def _heard(world: Watched, orders: Sequence[Order]) -> None:
    """What counts as understood is on record."""
    ours = {r.id: r for order in orders for r in order.refunds.values()}
    for id_, body in world.rows("SELECT id, body FROM callbacks WHERE state = 'understood'"):
        if id_ in world.understood:
            continue
        world.understood.add(id_)
        told = json.loads(body)
        if world.resting:
            continue
        if about := told.get("refund"):
            theirs = world.simulator.find_refund(about["intent"], about["reference"])
            refund = ours[about["intent"]]
            if theirs and theirs.state == "succeeded" and refund.under_way:
                raise Wrong(f"that {refund.id} is booked was understood, and it is {refund.state}")
            if theirs and not theirs.stands and refund.counts and not refund.traced:
                raise Wrong(f"that {refund.id} failed was understood, and it is {refund.state}")
        else:
            taken = world.simulator.find_chargeback(told["chargeback"]["id"])
            known = {o.chargebacks[taken.id].outcome or "open" for o in orders
                     if taken and taken.id in o.chargebacks}  # fmt: skip
            if taken and known != {taken.state}:
                raise Wrong(f"that {taken.id} is {taken.state} was understood, not {known}")


def at_rest(world: Watched) -> None:
    """With the faults gone: G16, and both sides' books the same to the last unit."""
    if world.real_store.jobs.next_run() is not None:
        raise Wrong("a job is left in the outbox")
    if world.real_store.callbacks.next_run() is not None:
        raise Wrong("a report is left that nobody has understood")
    books = world.reconcile()
    if books.differences or books.heard:
        raise Wrong(f"the books differ: {books}")
    cases = [world.case(name) for name in world.orders]
    for case in cases:
        _same_refunds(world, case.order)
        for dispute in case.disputes.values():
            if dispute.phase == "settling":
                raise Wrong(f"{dispute.id} waits for money that nobody sends")
    _same_chargebacks(world, [case.order for case in cases])
    if pending := balance(world, "refund_pending"):
        raise Wrong(f"still pending: {pending}")
    wrong = list(check(world.real_store, world.engine.domain))
    if wrong:
        raise Wrong(f"the record gives other rows: {wrong[:3]}")


def _same_refunds(world: Watched, order: Order) -> None:
    standing = {r.intent or r.id: r.amount.amount for r in world.standing(order.id)}
    for refund in order.refunds.values():
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
    explained = {d.about for d in order.differences.values() if not d.open}
    if unheard := set(standing) - explained:
        raise Wrong(f"nobody has heard of {unheard}")


def _same_chargebacks(world: Watched, orders: Sequence[Order]) -> None:
    for theirs in world.simulator.chargebacks():
        known = [o.chargebacks[theirs.id] for o in orders if theirs.id in o.chargebacks]
        if not known and theirs.state == "won":
            continue  # won before anybody heard of it, it has left nothing to hear
        if sum(c.amount for c in known) != theirs.amount.amount:
            raise Wrong(f"of {theirs.amount} of {theirs.id} we know {known}")
        if {c.outcome for c in known} != {theirs.state}:
            raise Wrong(f"{theirs.id} is {theirs.state}, and we know {known}")


def balance(world: Watched, account: str) -> int:
    """What an account comes to over everything."""
    return sum(
        entry.debit.amount - entry.credit.amount
        for of in trial_balance(world.real_store.views).currencies
        for entry in of.accounts
        if entry.account == account
    )
