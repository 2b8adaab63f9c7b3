"""The double refunds that are open bugs in systems people run, each by name, and their kin.

Real engine, outbox, jobs and provider; only time is virtual.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

import pytest

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.judge import OnDispute
from amends.entrypoints.service import CaseAnswer, CaseEngine, CaseRequest
from amends.kernel.decision import Refused
from amends.kernel.money import Money
from amends.projections.ledger import balances
from amends.store import open_store
from tests.given import APPEALS, PROVIDER
from tests.money.faults import Moment
from tests.money.world import BUYER, FINANCE, MEMORY, SELLER, World, usd
from tests.postgres_server import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """One order's world, on either database."""
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(dir=MEMORY)))
        url = ""
        if request.param == "postgresql":
            server: Server = request.getfixturevalue("postgres")
            url = held.enter_context(server.database())
        made = World(folder, url)
        held.callback(made.close)
        yield made


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def outcome(world: World, dispute: str) -> str | None:
    return world.case().disputes[dispute].outcome


def at_rest(world: World) -> None:
    """Nothing waits, and both sides' books say the same."""
    assert world.real_store.jobs.next_run() is None
    ours = [(r.id, r.amount) for r in world.refunds() if r.state == "settled"]
    assert sorted(world.paid()) == sorted(ours)
    assert sum(balances(world.case().order).values()) == 0


def test_a_lost_reply_then_a_retry(world: World) -> None:
    """The provider has paid, its answer is lost, and so is the look that follows."""
    world.place()
    dispute = world.agree(60)
    world.simulator.set_next(["timeout_but_done", "timeout_but_done"])
    world.run()
    assert world.paid() == [("A-1-R1", 60)]
    world.live(2 * DAY, callbacks=False)
    assert world.paid() == [("A-1-R1", 60)]
    assert outcome(world, dispute) == "refunded"
    at_rest(world)


def test_a_call_that_arrives_just_before_it_is_sent_again(world: World) -> None:
    """Nothing was booked when it was read, and then the first call arrives after all: under a key
    of its own the second would pay once more."""
    world.place()
    world.agree(60)
    calls: list[str] = []

    def strike(place: str) -> tuple[Moment, bool] | None:
        calls.append(place)
        return ("instead", False) if place == "refund" and calls.count("refund") == 1 else None

    world.faults.strikes = strike
    world.live(DAY, callbacks=False)
    assert calls.count("refund") == 2
    assert [r.intent for r in world.simulator.refunds()] == ["A-1-R1"]
    at_rest(world)


@pytest.mark.parametrize("hours", [1, 13, 25, 24 * 30])
def test_a_process_that_dies_after_paying_and_comes_back_later(world: World, hours: int) -> None:
    """Nobody has recorded that it was paid; the key may be forgotten by then."""
    world.place()
    world.agree(60)
    (job,) = [j for j in world.store.jobs.take(world.now(), 9, world.now() + MINUTE)
              if j.kind == "refund"]  # fmt: skip
    intent = str(job.payload["refund"])
    world.provider.refund(intent, "pay_A-1", world.case().order.money(60), intent)
    world.crash()
    world.to(world.now() + hours * HOUR)
    world.live(DAY, callbacks=False)
    assert world.paid() == [("A-1-R1", 60)]
    assert len(world.asked) == 1
    at_rest(world)


@pytest.mark.parametrize("times", [0, 1, 2, 50])
@pytest.mark.parametrize("behaviour", ["pending", "fail_later"])
def test_a_webhook_that_comes_so_many_times(world: World, behaviour: str, times: int) -> None:
    world.place()
    world.agree(60)
    world.simulator.set_next([behaviour])  # type: ignore[list-item]
    world.run()
    world.live(2 * DAY, callbacks=False)
    world.callbacks(times)
    world.run()
    world.callbacks(times)
    world.live(10 * DAY, callbacks=False)
    if behaviour == "pending":
        assert world.paid() == [("A-1-R1", 60)]
        at_rest(world)
    elif times:
        assert world.paid() == [("A-1-R2", 60)]
        assert [r.state for r in world.refunds()] == ["reversed", "settled"]
        at_rest(world)
    else:
        # Nobody has heard that it failed, until the books are compared.
        assert world.paid() == []
        assert [r.state for r in world.refunds()] == ["settled"]
        assert world.reconcile().heard == 1
        world.live(2 * DAY, callbacks=False)
        assert world.paid() == [("A-1-R2", 60)]
        at_rest(world)


def test_a_webhook_that_comes_before_the_reply(world: World) -> None:
    """What the provider reports is taken while our own call still waits for its answer."""
    world.place()
    dispute = world.agree(60)
    order = "A-1"
    reported = {"type": "refund_settled", "refund": "A-1-R1", "provider_ref": "re_1"}
    send = world.simulator.refund

    def refund(*what: object) -> object:
        reply = send(*what)  # type: ignore[arg-type]
        world.do(order, reported, PROVIDER)
        return reply

    world.simulator.refund = refund  # type: ignore[method-assign,assignment]
    world.run()
    assert outcome(world, dispute) == "refunded"
    assert world.paid() == [("A-1-R1", 60)]
    at_rest(world)


def test_an_unclear_answer_after_the_report_unlearns_nothing(world: World) -> None:
    """The report came, our own call broke off, and reading is not possible either."""
    world.place()
    dispute = world.agree(60)
    reported = {"type": "refund_settled", "refund": "A-1-R1", "provider_ref": "re_1"}

    def strike(place: str) -> tuple[Moment, bool] | None:
        if place == "refund":
            world.faults.strikes = lambda where: ("instead", False) if where == "read" else None
            world.simulator.refund("A-1-R1", "pay_A-1", Money(60, "USD"), "A-1-R1")
            world.do("A-1", reported, PROVIDER)
            return ("instead", False)
        return None

    world.faults.strikes = strike
    world.run()
    assert [r.state for r in world.refunds()] == ["settled"]
    assert outcome(world, dispute) == "refunded"
    world.live(DAY)
    at_rest(world)


def test_a_refund_that_is_booked_after_its_successor_was(world: World) -> None:
    """Declined, sent again under another name, paid; and now the first is said to be booked too.
    It is not counted a second time: a person looks."""
    world.place(units=2)
    world.agree(60)
    world.simulator.set_next(["decline"])
    world.live(2 * DAY)
    reported = {"type": "refund_settled", "refund": "A-1-R1", "provider_ref": "re_9"}
    world.do("A-1", reported, PROVIDER)
    order = world.case().order
    assert [r.state for r in world.refunds()] == ["failed", "settled"]
    assert (order.refunded, order.refundable) == (60, 140)
    assert [(d.what, d.subject) for d in order.deadlines if d.subject] == [("finance", "A-1-R1")]


def test_nobody_sends_again_what_is_unclear(world: World) -> None:
    """Finance has to find out first that it did not arrive."""
    world.place()
    world.agree(60)
    world.simulator.set_next(["timeout"])
    world.run()
    assert [r.state for r in world.refunds()] == ["unknown"]
    trace = {"type": "record_trace", "refund": "A-1-R1", "note": "Now."}
    for impatient in ("retry", "paid_another_way"):
        refused = world.ask("A-1", {**trace, "outcome": impatient}, FINANCE).outcome
        assert isinstance(refused, Refused)
        assert refused.rule == "refund_unclear"
    world.live(DAY)
    assert world.paid() == [("A-1-R1", 60)]
    at_rest(world)


@pytest.mark.parametrize("newest_first", [False, True])
def test_webhooks_out_of_order(world: World, newest_first: bool) -> None:
    """One refund succeeds and another fails, and the reports come in either order, doubled."""
    world.place(units=2)
    first, second = world.agree(60), world.agree(70)
    world.simulator.set_next(["pending", "fail_later"])
    world.run()
    world.live(3 * DAY, callbacks=False)
    world.callbacks(2, newest_first=newest_first)
    world.live(3 * DAY)
    assert sorted(amount for _, amount in world.paid()) == [60, 70]
    assert [r.state for r in world.refunds()].count("reversed") == 1
    assert (outcome(world, first), outcome(world, second)) == ("refunded", "refunded")
    at_rest(world)


def test_two_equal_partial_refunds_are_both_paid_once_each(world: World) -> None:
    """A key of payment and amount would pay one of them."""
    world.place(units=2)
    world.agree(50)
    world.agree(50)
    world.simulator.set_next(["timeout_but_done", "timeout_but_done"])
    world.run()
    world.live(2 * DAY)
    assert sorted(world.paid()) == [("A-1-R1", 50), ("A-1-R2", 50)]
    at_rest(world)


def test_two_refunds_of_60_on_100_racing(world: World) -> None:
    """Two processes, two hundred rounds: one wins, the other is told that it is too much by now."""
    stores = [open_store(world.database) for _ in range(2)]
    engines = [world.engine_on(store) for store in stores]
    starts = Barrier(2)

    def accept(engine: CaseEngine, order: str, dispute: str | None) -> CaseAnswer:
        accepted = AcceptOffer(offer="O1", amount=Money(60, "USD"))
        request = CaseRequest(order, OnDispute(order, dispute or "", accepted), SELLER)
        starts.wait()
        return engine.handle_one(request)

    rounds = 200
    for i in range(rounds):
        order = f"A-{i}"
        # Two units at 60 of which a share of 100 was captured.
        payment = {"provider": "simulator", "reference": f"pay_{order}", "captured": usd(100)}
        world.place(order, price=60, units=2, payment=payment)
        claims = [world.claim(60, 1, order), world.claim(60, 1, order)]
        assert None not in claims
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(accept, engines, [order] * 2, claims))
        (lost,) = [a.outcome for a in answers if isinstance(a.outcome, Refused)]
        assert lost.rule == "more_than_is_left"
        world.run()
        assert world.paid(order) == [(f"{order}-R1", 60)]
        assert sum(balances(world.case(order).order).values()) == 0
    for store in stores:
        store.close()
    assert len(world.simulator.refunds()) == rounds


@pytest.mark.parametrize("behaviour", ["ok", "timeout", "unavailable", "timeout_but_done"])
@pytest.mark.parametrize("result", ["won", "lost"])
def test_a_refund_racing_a_chargeback(world: World, behaviour: str, result: str) -> None:
    """The bank takes the payment back when the refund is recorded, or was just tried."""
    world.place()
    dispute = world.agree(60)
    tried = behaviour != "ok"
    if tried:
        world.simulator.set_next([behaviour])  # type: ignore[list-item]
        world.run()
    chargeback = {"type": "record_chargeback", "reference": "cb_1", "amount": usd(100)}
    world.do("A-1", chargeback, FINANCE)
    world.live(3 * DAY)
    before = [("A-1-R1", 60)] if behaviour == "timeout_but_done" else []
    assert world.paid() == before, "while a bank decides nothing is sent"
    world.do("A-1", {"type": "record_chargeback_outcome", "reference": "cb_1", "outcome": result},
             FINANCE)  # fmt: skip
    world.live(10 * DAY)
    if result == "won":
        assert sum(amount for _, amount in world.paid()) == 60
        assert outcome(world, dispute) == "refunded"
        at_rest(world)
    else:
        assert world.paid() == before, "the bank has paid the buyer: we do not pay again"
        assert world.real_store.jobs.next_run() is None
        assert world.case().disputes[dispute].phase == "closed"


def test_what_a_bank_has_paid_a_person_can_say(world: World) -> None:
    """The refund was unclear when the bank took all: with the finding the dispute ends."""
    world.place()
    dispute = world.agree(60)
    world.simulator.set_next(["timeout"])
    world.run()
    trace = {"type": "record_trace", "refund": "A-1-R1", "note": "Asked the provider."}
    world.do("A-1", {**trace, "outcome": "not_arrived"}, FINANCE)
    world.do("A-1", {"type": "record_chargeback", "reference": "cb_1", "amount": usd(100)}, FINANCE)
    world.do("A-1", {"type": "record_chargeback_outcome", "reference": "cb_1", "outcome": "lost"},
             FINANCE)  # fmt: skip
    world.live(3 * DAY)
    assert outcome(world, dispute) is None
    world.do("A-1", {**trace, "outcome": "arrived"}, FINANCE)
    assert outcome(world, dispute) == "refunded"
    assert world.paid() == []
    world.live(2 * DAY)
    at_rest(world)


def test_a_refund_waits_for_a_bank_that_has_taken_a_part(world: World) -> None:
    """There would be enough for it, and what the bank will decide is not known."""
    world.place()
    dispute = world.agree(60)
    world.do("A-1", {"type": "record_chargeback", "reference": "cb_1", "amount": usd(30)}, FINANCE)
    world.live(3 * DAY)
    assert world.paid() == []
    world.do("A-1", {"type": "record_chargeback_outcome", "reference": "cb_1", "outcome": "won"},
             FINANCE)  # fmt: skip
    world.live(2 * DAY)
    assert world.paid() == [("A-1-R1", 60)]
    assert outcome(world, dispute) == "refunded"
    at_rest(world)


def test_a_bank_that_takes_a_part_leaves_the_rest(world: World) -> None:
    world.place()
    dispute = world.agree(60)
    world.do("A-1", {"type": "record_chargeback", "reference": "cb_1", "amount": usd(70)}, FINANCE)
    world.do("A-1", {"type": "record_chargeback_outcome", "reference": "cb_1", "outcome": "lost"},
             FINANCE)  # fmt: skip
    world.live(5 * DAY)
    assert world.paid() == [("A-1-R2", 30)]
    assert outcome(world, dispute) == "refunded"
    at_rest(world)


def test_a_refund_after_the_payout_is_recovered_from_the_seller(world: World) -> None:
    """An appeal brings the buyer more when the seller has been paid out already."""
    world.place()
    dispute = world.agree(60)
    world.live(30 * DAY)
    order = world.case().order
    assert (order.released, balances(order)["seller"]) == (40, -40)
    world.do("A-1", {"type": "report_missing_money"}, BUYER)
    appeal = {"type": "appeal", "grounds": "money_did_not_come", "text": "Nothing came."}
    world.on(dispute, appeal, BUYER)
    decided = {
        "type": "decide_appeal", "decision": "changed", "text": "It was worth nothing.",
        "remedy": "refund", "amount": usd(100), "finding": "for_buyer",
        "reasons": ["item_differs_from_listing"], "clauses": ["not_as_described"],
        "evidence": [], "no_evidence": True,
    }  # fmt: skip
    world.on(dispute, decided, APPEALS)
    world.live(2 * DAY)
    assert [(r.amount, r.state) for r in world.refunds()] == [
        (60, "settled"), (40, "settled"),
    ]  # fmt: skip
    after = balances(world.case().order)
    assert (after["seller"], after["escrow"], after["clearing"]) == (0, 0, 0)


def test_a_chargeback_after_the_payout_is_recovered_from_the_seller(world: World) -> None:
    world.place()
    world.live(24 * DAY)
    assert balances(world.case().order)["seller"] == -100
    world.do("A-1", {"type": "record_chargeback", "reference": "cb_1", "amount": usd(40)}, FINANCE)
    assert balances(world.case().order)["chargeback_loss"] == 40
    world.do("A-1", {"type": "record_chargeback_outcome", "reference": "cb_1", "outcome": "lost"},
             FINANCE)  # fmt: skip
    after = balances(world.case().order)
    assert (after["seller"], after["chargeback_loss"], after["clearing"]) == (-60, 0, 60)


def test_an_expired_card(world: World) -> None:
    """Declined for good: tried four times under names of their own, then finance's task, which
    another route ends."""
    world.place()
    dispute = world.agree(60)
    world.simulator.set_next(["decline"] * 20)
    world.live(30 * DAY)
    states = [r.state for r in world.refunds()]
    assert states == ["failed"] * 4
    assert world.real_store.jobs.next_run() is None
    last = world.refunds()[-1].id
    waiting = {(d.what, d.subject) for d in world.case().order.deadlines}
    assert ("finance", last) in waiting
    assert outcome(world, dispute) is None
    trace = {"type": "record_trace", "refund": last, "outcome": "paid_another_way",
             "note": "By bank transfer."}  # fmt: skip
    world.do("A-1", trace, FINANCE)
    world.simulator.set_next([])
    world.live(30 * DAY)
    assert world.paid() == []
    assert outcome(world, dispute) == "refunded"
    assert balances(world.case().order)["refund_pending"] == 0


def test_a_provider_that_is_down_for_72_hours(world: World) -> None:
    """Longer than it remembers keys: the first call was done, and nobody could read that."""
    world.place()
    dispute = world.agree(60)
    down = world.now() + 72 * HOUR
    calls: list[str] = []
    strikes = world.faults.strikes

    def strike(place: str) -> tuple[Moment, bool] | None:
        if place not in ("refund", "read") or world.now() >= down:
            return None
        calls.append(place)
        return ("after" if calls == ["refund"] else "instead", False)

    world.faults.strikes = strike
    world.live(71 * HOUR, callbacks=False)
    assert [r.state for r in world.refunds()] == ["unknown"]
    assert calls[0] == "refund"
    assert set(calls[1:]) == {"read"}, "what may have been done is read before it is sent again"
    world.live(2 * DAY)
    world.faults.strikes = strikes
    assert world.paid() == [("A-1-R1", 60)]
    assert len(world.asked) == 1
    assert outcome(world, dispute) == "refunded"
    at_rest(world)


@pytest.mark.parametrize("seed", range(5))
def test_callbacks_and_jobs_in_any_order(world: World, seed: int) -> None:
    """Three refunds, each behaving as it likes, reports none to three times and shuffled."""
    dice = random.Random(seed)  # noqa: S311
    world.place(units=3)
    for amount in (30, 40, 50):
        world.agree(amount)
    ways = ["ok", "pending", "timeout", "timeout_but_done", "fail_later", "decline"]
    world.simulator.set_next(dice.choices(ways, k=4))  # type: ignore[arg-type]
    for _ in range(20):
        world.run()
        world.callbacks(dice.randint(1, 3), newest_first=dice.random() < 0.5)
        world.to(world.now() + dice.randint(1, 30) * HOUR)
    world.live(10 * DAY)
    assert sorted(amount for _, amount in world.paid()) == [30, 40, 50]
    at_rest(world)
