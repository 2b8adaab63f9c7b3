"""A small Stripe in this process that speaks its wire format, and is strict where localstripe is
not: idempotency keys, refunds beyond the charge, disputes, and calls that go wrong on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import stripe

KEY, WEBHOOK_SECRET = "sk_test_stand_in", "whsec_stand_in"
Json = dict[str, Any]


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error.get("message", ""))
        self.status = status
        self.body = {"error": {"type": "invalid_request_error", **error}}


class StripeStandIn:
    """What it has booked, and ``faults``: what the next calls that change something meet.

    ``drop`` closes the line with nothing done, ``drop_after`` when it is done; ``hang`` answers
    too late; a number is the HTTP status it answers with nothing done; anything else is the status
    of the refund that is made.
    """

    def __init__(self) -> None:
        self.url = ""
        self.faults: list[str] = []
        self.charges: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.keys: dict[str, tuple[str, int, Json]] = {}
        self.calls: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        self._numbers = count(1)

    def capture(self, payment: str, amount: int, currency: str) -> None:
        """A captured payment: a PaymentIntent with a charge, or a charge alone."""
        of_intent = payment.startswith("pi_")
        id_ = f"ch_{next(self._numbers)}" if of_intent else payment
        self.charges[id_] = {
            "id": id_, "object": "charge", "amount": amount, "amount_captured": amount,
            "currency": currency, "payment_intent": payment if of_intent else None,
            "status": "succeeded", "captured": True,
            "billing_details": {"name": "Olga", "email": "olga@example.com"},
        }  # fmt: skip

    def dispute(self, payment: str, amount: int, *, status: str = "needs_response",
                due_by: int = 0) -> Json:  # fmt: skip
        """The payer's bank disputes a charge."""
        charge = self._charge(payment)
        made: Json = {
            "id": f"dp_{next(self._numbers)}", "object": "dispute", "amount": amount,
            "currency": charge["currency"], "charge": charge["id"],
            "payment_intent": charge["payment_intent"], "status": status, "reason": "fraudulent",
            "evidence": {}, "evidence_details": {"due_by": due_by, "submission_count": 0},
        }  # fmt: skip
        self.disputes[made["id"]] = made
        return made

    def forget_keys(self) -> None:
        """What Stripe does after 24 hours."""
        self.keys.clear()

    def event(self, kind: str, about: Json, *, id_: str = "", at: int | None = None) -> Json:
        """An event as it would be sent."""
        return {
            "id": id_ or f"evt_{next(self._numbers)}", "object": "event", "type": kind,
            "created": at or int(time.time()), "livemode": False, "data": {"object": about},
        }  # fmt: skip

    @staticmethod
    def signed(event: Json, secret: str = WEBHOOK_SECRET, at: int | None = None) -> Any:
        """Headers and body of a webhook."""
        body = json.dumps(event)
        signature = stripe.WebhookSignature.generate_signature_header(body, secret, at)
        return {"stripe-signature": signature}, body.encode()

    def _charge(self, payment: str) -> Json:
        for charge in self.charges.values():
            if payment in (charge["id"], charge["payment_intent"]):
                return charge
        raise Refused(404, code="resource_missing", message="No such payment", param="charge")

    # --- the wire ---------------------------------------------------------------------------------

    def answer(self, method: str, path: str, form: Json, key: str | None) -> tuple[int, Json]:
        """Status and body. Raises Refused, or ConnectionAbortedError when the line breaks."""
        self.calls.append((method, path))
        with self._lock:
            if method == "GET":
                return 200, self._read(path, form)
            fault = self.faults.pop(0) if self.faults else ""
            if fault == "drop":
                raise ConnectionAbortedError
            if fault.isdigit():
                raise Refused(int(fault), type=_TYPES.get(fault, "api_error"), message="no")
            answered = self._once(path, form, key, fault)
        if fault == "drop_after":
            raise ConnectionAbortedError
        if fault == "hang":
            time.sleep(1.5)
        return answered

    def _once(self, path: str, form: Json, key: str | None, fault: str) -> tuple[int, Json]:
        asked = json.dumps([path, form], sort_keys=True)
        if key in self.keys:
            known, status, body = self.keys[key]
            if known != asked:
                raise Refused(400, type="idempotency_error", message="Keys for other parameters")
            return status, body
        try:
            status, body = 200, self._change(path, form, fault)
        except Refused as refused:
            status, body = refused.status, refused.body
        if key is not None:
            self.keys[key] = (asked, status, body)
        return status, body

    def _read(self, path: str, form: Json) -> Json:
        match path.split("/")[2:]:
            case ["payment_intents", id_]:
                charge = self._charge(id_)
                return {"id": id_, "object": "payment_intent", "currency": charge["currency"]}
            case ["charges", id_]:
                return self._charge(id_)
            case ["refunds"]:
                payment = form.get("payment_intent") or form.get("charge")
                of = self._charge(payment)["id"] if payment else None
                found = [r for r in self.refunds.values() if of in (None, r["charge"])]
                return _page(path, found, form)
            case ["charges"]:
                return _page(path, list(self.charges.values()), form)
            case ["disputes"]:
                return _page(path, list(self.disputes.values()), form)
            case ["disputes", id_] if id_ in self.disputes:
                return self.disputes[id_]
        raise Refused(404, code="resource_missing", message="No such thing")

    def _change(self, path: str, form: Json, fault: str) -> Json:
        match path.split("/")[2:]:
            case ["refunds"]:
                return self._refund(form, fault)
            case ["disputes", id_] if self.disputes[id_]["status"] == "needs_response":
                dispute = self.disputes[id_]
                dispute["evidence"]["uncategorized_text"] = form["evidence[uncategorized_text]"]
                if form.get("submit") == "true":
                    dispute["status"] = "under_review"
                    dispute["evidence_details"]["submission_count"] += 1
                return dispute
        raise Refused(404, code="resource_missing", message="No such thing")

    def _refund(self, form: Json, fault: str) -> Json:
        charge = self._charge(form.get("payment_intent") or form["charge"])
        amount = int(form["amount"])
        standing = sum(
            r["amount"] for r in self.refunds.values()
            if r["charge"] == charge["id"] and r["status"] not in ("failed", "canceled")
        )  # fmt: skip
        disputed = any(
            d["charge"] == charge["id"] and d["status"] in ("needs_response", "under_review")
            for d in self.disputes.values()
        )
        if disputed:
            raise Refused(400, code="charge_disputed", message="This charge is disputed")
        if standing >= charge["amount"]:
            raise Refused(400, code="charge_already_refunded", message="Already refunded")
        if standing + amount > charge["amount"]:
            raise Refused(400, param="amount", message="Amount is greater than what is left")
        states = ("pending", "requires_action", "canceled", "failed")
        made: Json = {
            "id": f"re_{next(self._numbers)}", "object": "refund", "amount": amount,
            "charge": charge["id"], "payment_intent": charge["payment_intent"],
            "currency": charge["currency"], "created": int(time.time()),
            "metadata": {"amends_refund": form["metadata[amends_refund]"]},
            "status": fault if fault in states else "succeeded",
            "failure_reason": "expired_or_canceled_card" if fault == "failed" else None,
            "destination_details": {
                "type": "card", "card": {"reference": "74000000000000000000001"},
            },
        }  # fmt: skip
        self.refunds[made["id"]] = made
        return made


_TYPES = {"401": "invalid_request_error", "402": "card_error", "429": "invalid_request_error"}


def _page(path: str, found: list[Json], form: Json) -> Json:
    found = found[::-1]  # the newest first
    if after := form.get("starting_after"):
        found = found[[one["id"] for one in found].index(after) + 1 :]
    limit = min(int(form.get("limit", 10)), 3)
    return {"object": "list", "url": path, "has_more": len(found) > limit, "data": found[:limit]}


@contextmanager
def stand_in() -> Iterator[StripeStandIn]:
    """One that listens on this machine alone."""
    server = StripeStandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            url = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(size).decode() if self.command == "POST" else url.query
            form = {name: values[0] for name, values in parse_qs(text).items()}
            if self.headers["Authorization"] != f"Bearer {KEY}":
                return self._send(401, {"error": {"message": "Invalid API key"}})
            try:
                key = self.headers.get("Idempotency-Key")
                return self._send(*server.answer(self.command, url.path, form, key))
            except Refused as refused:
                return self._send(refused.status, refused.body)
            except ConnectionAbortedError:
                self.close_connection = True

        do_GET = do_POST = _serve  # noqa: N815

        def _send(self, status: int, body: Json) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            try:
                self.wfile.write(data)
            except BrokenPipeError:  # whoever asked has given up
                self.close_connection = True

        def log_request(self, *args: Any) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
