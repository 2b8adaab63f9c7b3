"""A server of one's own with Stripe behind it: refunds, webhooks and chargebacks, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from amends.adapters.clock import VirtualClock
from amends.adapters.payments.stripe_settings import StripeSettings
from amends.bootstrap import Settings, build_service
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnDispute, OnOrder
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.application import build_app
from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.decision import Accepted
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.ship_order import ShipOrder
from amends.order.state import Order
from tests.adapters.stripe_stand_in import KEY, WEBHOOK_SECRET, StripeStandIn, stand_in
from tests.entrypoints.sandbox import Json, claim, order, rub

START, DAY = datetime(2026, 3, 1, 10, tzinfo=UTC), timedelta(days=1)
SHOP, BUYER = Actor("shop", Role.MARKETPLACE), Actor("b1", Role.BUYER)
SELLER = Actor("s1", Role.SELLER)
PAID = {"provider": "stripe", "reference": "pi_1", "method": "card", "captured": rub(160_000)}


class Live:
    """The server, its clock and the Stripe behind it."""

    def __init__(self, folder: Path, stripe: StripeStandIn) -> None:
        self.stripe = stripe
        self.clock = VirtualClock(lambda: START, lambda _: None)
        settings = Settings.read(folder / "live.db", clock=self.clock, environment={})
        connected = StripeSettings(KEY, WEBHOOK_SECRET, stripe.url, timeout_seconds=1.0)
        self.service: Service = build_service(replace(settings, stripe=connected))

    def order(self) -> Order:
        view = self.service.engine.view("A-1")
        assert view is not None
        return view.state.order

    def dispute(self) -> str:
        """A delivered order, disputed by its buyer."""
        self.ask(struct_in(order(payment=PAID), PlaceOrder), SHOP)
        self.ask(ShipOrder(carrier="DHL", tracking_number="1234567890"), SHOP)
        self.clock.move_to(START + 8 * DAY)
        self.ask(struct_in(claim(), OpenDispute), BUYER)
        return "A-1-D1"

    def settle(self) -> None:
        """The same, and the seller agrees."""
        accepted = AcceptOffer(offer="O1", amount=Money(72_000, "RUB"))
        on = OnDispute("A-1", self.dispute(), accepted)
        outcome = self.service.engine.handle_one(CaseRequest("A-1", on, SELLER)).outcome
        assert isinstance(outcome, Accepted), outcome

    def ask(self, command: object, by: Actor) -> None:
        request = CaseRequest("A-1", OnOrder("A-1", command), by)  # type: ignore[arg-type]
        outcome = self.service.engine.handle_one(request).outcome
        assert isinstance(outcome, Accepted), outcome


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with stand_in() as stripe:
        stripe.capture("pi_1", 160_000, "rub")
        made = Live(tmp_path, stripe)
        yield made
        made.service.close()


@pytest.fixture
def client(live: Live) -> Iterator[TestClient[Litestar]]:
    with TestClient(build_app(live.service)) as opened:
        yield opened


def until(holds: Callable[[], object]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within a minute")


def send(live: Live, client: TestClient[Litestar], kind: str, about: Json) -> int:
    headers, body = live.stripe.signed(live.stripe.event(kind, about))
    return client.post("/callbacks/stripe", content=body, headers=headers).status_code


def test_a_refund_goes_to_stripe_and_its_webhook_ends_it(
    live: Live, client: TestClient[Litestar]
) -> None:
    live.stripe.faults = ["pending"]
    live.settle()
    until(lambda: live.order().refunds["A-1-R1"].state == "pending")
    (refund,) = live.stripe.refunds.values()
    assert (refund["amount"], refund["payment_intent"]) == (72_000, "pi_1")
    refund["status"] = "succeeded"
    assert send(live, client, "refund.updated", refund) == 204
    assert send(live, client, "charge.refunded", live.stripe.charges[refund["charge"]]) == 204
    assert send(live, client, "customer.created", {"object": "customer", "id": "cus_1"}) == 204
    until(lambda: live.order().refunds["A-1-R1"].state == "settled")
    until(lambda: live.service.store.callbacks.next_run() is None)
    states = [callback.state for callback in live.service.store.callbacks.page()]
    assert sorted(states) == ["irrelevant", "understood", "unknown"]
    kept = "".join(callback.body for callback in live.service.store.callbacks.page())
    assert "Olga" not in kept
    assert "olga@" not in kept
    service = live.service
    books = reconcile(service.engine, service.store, service.provider_for, service.clock)
    assert (books.differences, books.not_connected) == ((), 0)


@pytest.mark.parametrize("fault", ["drop", "drop_after", "hang", "500"])
def test_an_unclear_answer_of_stripe_never_pays_twice(
    live: Live, client: TestClient[Litestar], fault: str
) -> None:
    live.stripe.faults = [fault]
    live.settle()
    done = fault in ("drop_after", "hang")
    until(lambda: live.order().refunds["A-1-R1"].state == ("settled" if done else "unknown"))
    live.stripe.forget_keys()

    def settled() -> bool:
        """As time goes on, to whatever was put off."""
        coming = live.service.store.jobs.next_run()
        if coming and coming > live.clock.now():
            live.clock.move_to(coming)
        return live.order().refunds["A-1-R1"].state == "settled"

    until(settled)
    (refund,) = live.stripe.refunds.values()
    assert refund["metadata"] == {"amends_refund": "A-1-R1"}


def test_a_webhook_signed_with_another_secret_is_not_let_in(
    live: Live, client: TestClient[Litestar]
) -> None:
    event = live.stripe.event("refund.updated", {"object": "refund", "id": "re_1"})
    headers, body = live.stripe.signed(event, "whsec_other")
    assert client.post("/callbacks/stripe", content=body, headers=headers).status_code == 400
    assert live.service.store.callbacks.page() == []


def test_a_dispute_at_stripe_is_a_chargeback(live: Live, client: TestClient[Litestar]) -> None:
    live.dispute()
    due = int((START + 15 * DAY).timestamp())
    dispute = live.stripe.dispute("pi_1", 160_000, due_by=due)
    assert send(live, client, "charge.dispute.created", dispute) == 204
    until(lambda: live.order().chargeback_open)
    live.clock.move_to(START + 13 * DAY)
    until(lambda: live.order().chargebacks[dispute["id"]].answered_at)
    assert "Order A-1" in dispute["evidence"]["uncategorized_text"]
    dispute["status"] = "won"
    assert send(live, client, "charge.dispute.closed", dispute) == 204
    until(lambda: live.order().chargebacks[dispute["id"]].outcome == "won")
    assert not live.order().chargeback_open


def test_an_inquiry_holds_nothing(live: Live, client: TestClient[Litestar]) -> None:
    live.dispute()
    asked = live.stripe.dispute("pi_1", 160_000, status="warning_needs_response")
    assert send(live, client, "charge.dispute.created", asked) == 204
    until(lambda: live.service.store.callbacks.next_run() is None)
    (kept,) = live.service.store.callbacks.page()
    assert (kept.state, kept.note) == ("irrelevant", "no_money_taken")
    assert live.order().chargebacks == {}
