"""The Stripe adapter: against localstripe, which speaks the wire well, and against a stand-in that
is as strict as Stripe and breaks on demand."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any, Literal

import httpx
import msgspec
import pytest
import stripe

from amends.adapters.payments.stripe import StripePayments
from amends.adapters.payments.stripe_settings import StripeSettings
from amends.engine.callbacks import AboutChargeback, AboutNothing, AboutRefund, NotGenuine
from amends.engine.outside import (
    PaymentProvider,
    ProviderChargeback,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
)
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from tests.adapters.contract_payments import PaymentProviderContract, RefundingContract, rub
from tests.adapters.stripe_stand_in import KEY, WEBHOOK_SECRET, StripeStandIn, stand_in

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


class StandingClock:
    def now(self) -> Instant:
        return NOW


def connected(url: str, **settings: Any) -> StripePayments:
    return StripePayments(StripeSettings(KEY, WEBHOOK_SECRET, url, **settings), StandingClock())


@pytest.fixture
def server() -> Iterator[StripeStandIn]:
    with stand_in() as made:
        made.capture("pay_1", 160000, "rub")
        yield made


@pytest.fixture
def provider(server: StripeStandIn) -> StripePayments:
    return connected(server.url, timeout_seconds=1.0)


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    program = [sys.executable, "-m", "tests.adapters.localstripe_server"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}"
        finally:
            child.kill()


def paid_on(localstripe: str) -> str:
    """A captured payment; its PaymentIntent's id."""
    client = stripe.StripeClient(KEY, base_addresses={"api": localstripe}).v1
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    method = client.payment_methods.create({"type": "card", "card": card})
    made = client.payment_intents.create(
        {"amount": 160000, "currency": "rub", "payment_method": method.id, "confirm": True}
    )
    return made.id


class TestOnLocalstripe(RefundingContract):
    unknown = "pi_9"

    @pytest.fixture
    def payment(self, localstripe: str) -> str:
        return paid_on(localstripe)

    @pytest.fixture
    def provider(self, localstripe: str) -> Iterator[PaymentProvider]:
        yield connected(localstripe)
        httpx.delete(f"{localstripe}/_config/data").raise_for_status()


def test_a_webhook_of_localstripe_is_heard(localstripe: str) -> None:
    """Signed by somebody else's hand."""
    got: Queue[tuple[dict[str, str], bytes]] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            got.put(({name.lower(): value for name, value in self.headers.items()}, body))

        def log_request(self, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{receiver.server_port}/callbacks/stripe"
        told = {"url": url, "secret": WEBHOOK_SECRET, "events": ["payment_intent.succeeded"]}
        httpx.post(f"{localstripe}/_config/webhooks/w1", json=told).raise_for_status()
        paid_on(localstripe)
        headers, body = got.get(timeout=20)
    provider = connected(localstripe)
    heard = provider.hear(headers, body)
    assert heard.kind == "payment_intent.succeeded"
    assert provider.about(heard.kind, heard.body) == AboutNothing()
    with pytest.raises(NotGenuine):
        provider.hear(headers, body.replace(b"160000", b"160001"))


class TestOnAStandIn(PaymentProviderContract):
    @pytest.fixture
    def provider(self, provider: StripePayments) -> PaymentProvider:
        return provider


def test_the_key_and_the_secret_are_not_shown() -> None:
    shown = repr(StripeSettings(KEY, WEBHOOK_SECRET, "http://127.0.0.1"))
    assert KEY not in shown
    assert WEBHOOK_SECRET not in shown


class TestARefund:
    def test_is_asked_for_under_the_intents_key_and_carries_it(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        server.capture("pi_1", 500, "usd")
        provider.refund("A-1-R1", "pi_1", Money(200, "USD"), "A-1-R1")
        (booked,) = server.refunds.values()
        assert booked["metadata"] == {"amends_refund": "A-1-R1"}
        assert list(server.keys) == ["A-1-R1"]
        found = provider.find_refund("A-1-R1", "pi_1")
        assert found is not None
        assert (found.reference, found.bank_ref) == ("pi_1", "74000000000000000000001")

    @pytest.mark.parametrize(
        ("fault", "reason", "booked"),
        [("drop", "timeout", 0), ("drop_after", "timeout", 1), ("hang", "timeout", 1),
         ("500", "unavailable", 0), ("503", "unavailable", 0), ("409", "unavailable", 0),
         ("429", "unavailable", 0), ("401", "not_permitted", 0), ("403", "not_permitted", 0)],
    )  # fmt: skip
    def test_whose_answer_is_unclear_is_found_by_reading_and_sent_again_only_if_it_is_not(
        self, server: StripeStandIn, provider: StripePayments, fault: str, reason: str, booked: int
    ) -> None:
        server.faults = [fault]
        with pytest.raises(ProviderUnclear) as caught:
            provider.refund("R1", "pay_1", rub(100), "R1")
        assert caught.value.reason == reason
        assert len(server.refunds) == booked
        assert (provider.find_refund("R1", "pay_1") is not None) == bool(booked)
        assert provider.refund("R1", "pay_1", rub(100), "R1").state == "succeeded"
        assert len(server.refunds) == 1
        posted = [call for call in server.calls if call[0] == "POST"]
        assert len(posted) == 2, "the library repeats nothing by itself"

    @pytest.mark.parametrize(
        ("status", "state", "code"),
        [("pending", "pending", None), ("requires_action", "pending", None),
         ("canceled", "declined", "failed_at_provider"),
         ("failed", "declined", "expired_or_canceled_card")],
    )  # fmt: skip
    def test_says_how_far_it_is(
        self, server: StripeStandIn, provider: StripePayments, status: str, state: str, code: Any
    ) -> None:
        server.faults = [status]
        reply = provider.refund("R1", "pay_1", rub(100), "R1")
        assert (reply.state, reply.code) == (state, code)
        assert (reply.id is None) == (state == "declined")
        found = provider.find_refund("R1", "pay_1")
        assert found is not None
        assert found.state == status
        assert found.stands == (state == "pending")

    def test_in_a_state_nobody_knows_may_stand(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        provider.refund("R1", "pay_1", rub(100), "R1")
        server.refunds[next(iter(server.refunds))]["status"] = "being_considered"
        found = provider.find_refund("R1", "pay_1")
        assert found is not None
        assert (found.state, found.stands) == ("pending", True)

    def test_already_refunded_is_read(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        """Our own earlier call did it, and its key is forgotten; or somebody did it by hand."""
        first = provider.refund("R1", "pay_1", rub(160000), "R1")
        server.forget_keys()
        assert provider.refund("R1", "pay_1", rub(160000), "R1") == first
        other = provider.refund("R2", "pay_1", rub(1), "R2")
        assert (other.state, other.code) == ("declined", "already_refunded")
        assert len(server.refunds) == 1

    def test_is_declined_with_stripes_own_code_or_ours(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        server.faults = ["402", "400"]
        for intent in ("R1", "R2"):
            reply = provider.refund(intent, "pay_1", rub(1), intent)
            assert (reply.state, reply.code) == ("declined", "declined_by_provider")
        server.dispute("pay_1", 160000)
        assert provider.refund("R3", "pay_1", rub(1), "R3").code == "charge_disputed"

    def test_of_another_amount_under_the_same_key_is_our_mistake(
        self, provider: StripePayments
    ) -> None:
        provider.refund("R1", "pay_1", rub(1), "R1")
        with pytest.raises(ProviderConflict):
            provider.refund("R1", "pay_1", rub(2), "R1")

    def test_that_failed_does_not_hide_the_one_that_stands(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        server.faults = ["failed"]
        provider.refund("R1", "pay_1", rub(1), "k1")
        provider.refund("R1", "pay_1", rub(1), "k2")
        found = provider.find_refund("R1", "pay_1")
        assert found is not None
        assert found.state == "succeeded"


@pytest.mark.parametrize(
    ("amount", "booked"),
    [
        (Money(1234, "USD"), 1234), (Money(500, "JPY"), 500), (Money(1230, "KWD"), 1230),
        (Money(5, "ISK"), 500), (Money(7, "UGX"), 700), (Money(1000, "MGA"), 10),
        (Money(1200, "HUF"), 1200),
    ],
)  # fmt: skip
def test_amounts_are_in_stripes_own_unit(
    server: StripeStandIn, provider: StripePayments, amount: Money, booked: int
) -> None:
    server.capture("pi_1", booked, amount.currency.lower())
    assert provider.refund("R1", "pi_1", amount, "R1").state == "succeeded"
    (refund,) = server.refunds.values()
    assert refund["amount"] == booked
    found = provider.find_refund("R1", "pi_1")
    assert found is not None
    assert found.amount == amount
    assert amount in [capture.amount for capture in provider.captures()]


@pytest.mark.parametrize("amount", [Money(1234, "KWD"), Money(1050, "MGA")])
def test_what_stripe_cannot_move_is_not_rounded(
    server: StripeStandIn, provider: StripePayments, amount: Money
) -> None:
    server.capture("pi_1", 10_000, amount.currency.lower())
    assert provider.refund("R1", "pi_1", amount, "R1").code == "amount_not_possible"
    assert server.refunds == {}


def test_lists_are_read_to_their_end(server: StripeStandIn, provider: StripePayments) -> None:
    for number in range(8):
        provider.refund(f"R{number}", "pay_1", rub(1), f"R{number}")
        server.capture(f"pi_{number}", 100, "rub")
        server.dispute(f"pi_{number}", 100)
    server.charges["ch_0"] = {**server.charges["pay_1"], "id": "ch_0", "amount_captured": 0}
    assert len(list(provider.refunds())) == 8
    assert len(list(provider.captures())) == 9
    assert len(list(provider.chargebacks())) == 8
    assert provider.find_refund("R0", "pay_1") is not None


def test_nothing_is_listed_while_stripe_cannot_be_reached() -> None:
    unplugged = connected("http://127.0.0.1:9", timeout_seconds=0.5)
    for read in (unplugged.refunds, unplugged.captures, unplugged.chargebacks):
        with pytest.raises(ProviderUnclear):
            list(read())
    for find in (lambda: unplugged.find_refund("R1", "pay_1"),
                 lambda: unplugged.find_chargeback("dp_1"),
                 lambda: unplugged.hand_over("dp_1", "It came.")):  # fmt: skip
        with pytest.raises(ProviderUnclear):
            find()


class TestChargebacks:
    DUE = NOW + timedelta(days=7)

    @pytest.mark.parametrize(
        ("status", "state"),
        [("needs_response", "open"), ("under_review", "open"), ("appeal_under_review", "open"),
         ("won", "won"), ("lost", "lost"), ("warning_needs_response", None),
         ("warning_closed", None), ("prevented", None)],
    )  # fmt: skip
    def test_are_disputes_in_which_the_bank_takes_money(
        self,
        server: StripeStandIn,
        provider: StripePayments,
        status: str,
        state: Literal["open", "won", "lost"] | None,
    ) -> None:
        server.capture("pi_1", 500, "usd")
        due = int(self.DUE.timestamp())
        id_ = server.dispute("pi_1", 300, status=status, due_by=due)["id"]
        found = provider.find_chargeback(id_)
        if state is None:
            assert found is None
            assert list(provider.chargebacks()) == []
        else:
            expected = ProviderChargeback(id_, "pi_1", Money(300, "USD"), state, self.DUE)
            assert found == expected
            assert list(provider.chargebacks()) == [expected]
        assert provider.find_chargeback("dp_99") is None

    def test_are_answered_once(self, server: StripeStandIn, provider: StripePayments) -> None:
        dispute = server.dispute("pay_1", 300, due_by=int(self.DUE.timestamp()))
        server.faults = ["drop_after"]
        with pytest.raises(ProviderUnclear):
            provider.hand_over(dispute["id"], "It was delivered.")
        assert provider.hand_over(dispute["id"], "It was lost.")
        assert dispute["evidence"] == {"uncategorized_text": "It was delivered."}
        assert dispute["evidence_details"]["submission_count"] == 1
        found = provider.find_chargeback(dispute["id"])
        assert found is not None
        assert found.answered

    @pytest.mark.parametrize(
        ("status", "days"), [("under_review", 7), ("lost", 7), ("needs_response", -1)]
    )
    def test_are_not_answered_when_the_bank_does_not_hear_us(
        self, server: StripeStandIn, provider: StripePayments, status: str, days: int
    ) -> None:
        due = int((NOW + timedelta(days=days)).timestamp())
        dispute = server.dispute("pay_1", 300, status=status, due_by=due)
        assert not provider.hand_over(dispute["id"], "Here.")
        assert not provider.hand_over("dp_99", "Here.")
        assert dispute["evidence"] == {}


class TestWebhooks:
    def test_are_reduced_to_what_money_needs(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        provider.refund("R1", "pay_1", rub(1), "R1")
        (refund,) = server.refunds.values()
        refund["destination_details"]["card"]["holder"] = "Olga"
        event = server.event("refund.created", refund, id_="evt_1")
        heard = provider.hear(*server.signed(event))
        assert (heard.id, heard.kind) == ("evt_1", "refund.created")
        assert "Olga" not in heard.body
        assert msgspec.json.decode(heard.body)["data"]["object"] == {
            "id": refund["id"], "object": "refund", "status": "succeeded", "amount": 1,
            "currency": "rub", "charge": "pay_1", "metadata": {"amends_refund": "R1"},
        }  # fmt: skip
        assert provider.about(heard.kind, heard.body) == AboutRefund("R1", "pay_1")

    @pytest.mark.parametrize(
        ("kind", "about", "speaks_of"),
        [
            ("refund.failed", {"object": "refund", "id": "re_1", "payment_intent": "pi_1"},
             AboutRefund("", "pi_1")),
            ("charge.dispute.created", {"object": "dispute", "id": "dp_1"},
             AboutChargeback("dp_1")),
            ("charge.refunded", {"object": "charge", "id": "ch_1"}, AboutNothing()),
            ("payout.paid", {"object": "payout", "id": "po_1"}, None),
            ("v2.core.something", {}, None),
        ],
    )  # fmt: skip
    def test_say_what_they_speak_of(
        self, server: StripeStandIn, provider: StripePayments, kind: str, about: Any,
        speaks_of: object,
    ) -> None:  # fmt: skip
        heard = provider.hear(*server.signed(server.event(kind, about)))
        assert provider.about(heard.kind, heard.body) == speaks_of

    def test_that_are_not_stripes_are_not_heard(
        self, server: StripeStandIn, provider: StripePayments
    ) -> None:
        event = server.event("refund.created", {"object": "refund"})
        headers, body = server.signed(event)
        no_event, no_body = server.signed({"hello": 1})
        listed, list_body = server.signed([1])  # type: ignore[arg-type]
        for sent, data in (
            (headers, body + b" "),
            ({}, body),
            ({"stripe-signature": "t=1,v1="}, body),
            ({"stripe-signature": "nonsense"}, body),
            (headers, b"\xff\xfe"),
            (no_event, no_body),
            (listed, list_body),
            server.signed(event, "whsec_other"),
            server.signed(event, at=1_700_000_000),
        ):
            with pytest.raises(NotGenuine):
                provider.hear(sent, data)

    def test_are_not_heard_without_a_secret(self, server: StripeStandIn) -> None:
        deaf = StripePayments(StripeSettings(KEY), StandingClock())
        with pytest.raises(NotGenuine):
            deaf.hear(*server.signed(server.event("refund.created", {}), ""))


def test_a_refund_read_has_nothing_we_do_not_know(
    server: StripeStandIn, provider: StripePayments
) -> None:
    provider.refund("R1", "pay_1", rub(1), "R1")
    (read,) = provider.refunds()
    assert read == ProviderRefund(
        read.id, "pay_1", "R1", rub(1), "succeeded", bank_ref="74000000000000000000001"
    )
