"""Every address of the API in one table: what it takes, who may call it, what it answers.

The server, the OpenAPI text and the tests of who may do what are made from this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from amends.dispute.decide.open_dispute import OpenDispute
from amends.engine.outside import ProviderChargeback
from amends.engine.simulated import BookedPayments
from amends.entrypoints.api import (
    callbacks,
    casefile,
    disputes,
    evidence,
    finance,
    health,
    importing,
    ledger,
    lists,
    orders,
    policies,
    portal,
    queue,
    records,
    sandbox,
    similar,
    support,
    webhooks,
)
from amends.entrypoints.api.calls import EVERYBODY, Asked, Call, Reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.desk import DifferenceItem, Summary, TaskItem
from amends.entrypoints.feeds import Imported
from amends.entrypoints.judging.queue import WORKS_WITH, Figures, QueueItem
from amends.entrypoints.judging.watching import Kept
from amends.entrypoints.ledger import SellerBalance, TrialBalance
from amends.entrypoints.links import SignInLink
from amends.entrypoints.records import SellerRecord
from amends.entrypoints.support import DESK, LogEntry, SupportItem
from amends.entrypoints.views import structs
from amends.entrypoints.views.waiting import WaitingView
from amends.entrypoints.webhooks_out.endpoints import Change
from amends.kernel.people import Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.send_message import SendMessage

Handler = Callable[[Api, Call], Reply | Asked]
Body = Literal["none", "json", "form", "stream"]
_PARTIES = frozenset({Role.BUYER, Role.SELLER})
_BOOKKEEPING = frozenset({Role.FINANCE, Role.AUDITOR, Role.ADMIN})
_ORDER_LISTS = EVERYBODY - {Role.MEDIATOR, Role.APPEALS}


@dataclass(frozen=True)
class Route:
    """An address. ``roles`` empty: open to all, without a key. ``takes`` is the body's type, or the
    commands of which it is one; ``answers`` the type of a success, ``status`` its code.

    ``keyed``: an idempotency key is required. ``command``: what is handled comes down to a command,
    and is worked off together with others. ``sandbox``: there only on a sandbox.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    summary: str
    handler: Handler
    roles: frozenset[Role] = EVERYBODY
    answers: Any = None
    status: int = 200
    body: Body = "none"
    takes: Any = None
    keyed: bool = False
    command: bool = False
    versioned: bool = False
    paged: bool = False
    query: tuple[str, ...] = ()
    sandbox: bool = False


ROUTES: tuple[Route, ...] = (
    Route("GET", "/health", "Whether the server can serve", health.get_health, frozenset(),
          health.HealthView),
    Route("GET", "/orders", "List orders", lists.get_orders, _ORDER_LISTS, lists.OrderItem,
          paged=True, query=("buyer", "seller", "status", "purchase")),
    Route("POST", "/orders/import", "Take in a feed of orders, shipments and tracking",
          importing.post_import, frozenset({Role.MARKETPLACE}), Imported, body="stream",
          keyed=True),
    Route("PUT", "/orders/{order_id}", "Place an order, or put it in again", orders.put_order,
          frozenset({Role.MARKETPLACE}), structs.OrderView, 201, body="json", takes=PlaceOrder,
          command=True),
    Route("GET", "/orders/{order_id}", "Read an order", orders.get_order,
          answers=structs.OrderView),
    Route("GET", "/orders/{order_id}/protection", "When a dispute can be opened, and for what",
          orders.get_protection, answers=structs.ProtectionView),
    Route("POST", "/orders/{order_id}/commands", "Give a command on an order",
          orders.post_command, answers=structs.OrderView, body="json", takes=orders.COMMANDS,
          keyed=True, command=True, versioned=True),
    Route("GET", "/orders/{order_id}/messages", "Read the thread", orders.get_messages,
          answers=structs.MessageView, paged=True),
    Route("POST", "/orders/{order_id}/messages", "Write in the thread", orders.post_message,
          _PARTIES | {Role.SUPPORT}, structs.MessageView, 201, body="json", takes=SendMessage,
          keyed=True, command=True),
    Route("POST", "/orders/{order_id}/disputes", "Open a dispute", orders.post_dispute,
          EVERYBODY, structs.DisputeView, 201, body="json", takes=OpenDispute, keyed=True,
          command=True, versioned=True),
    Route("POST", "/orders/{order_id}/evidence", "Put a file on record with an order",
          evidence.post_evidence, EVERYBODY, evidence.UploadedView, 201, body="form", keyed=True),
    Route("GET", "/orders/{order_id}/evidence/{evidence_id}", "Read a file on record",
          evidence.get_evidence),
    Route("GET", "/disputes", "List disputes", lists.get_disputes, answers=lists.DisputeItem,
          paged=True, query=("phase", "turn", "buyer", "seller", "mediator", "order")),
    Route("GET", "/disputes/{dispute_id}", "Read a dispute", disputes.get_dispute,
          answers=structs.DisputeView),
    Route("POST", "/disputes/{dispute_id}/commands", "Give a command on a dispute",
          disputes.post_command, answers=structs.DisputeView, body="json",
          takes=disputes.COMMANDS, keyed=True, command=True, versioned=True),
    Route("GET", "/disputes/{dispute_id}/events", "Read the record of a dispute",
          disputes.get_events, answers=structs.EventView, paged=True),
    Route("GET", "/disputes/{dispute_id}/casefile",
          "Take the case file: PDF, or ZIP with data, evidence and proofs", casefile.get_casefile,
          query=("format", "language")),
    Route("GET", "/casefile-key", "Read the key that case files are signed with",
          casefile.get_casefile_key, frozenset()),
    Route("GET", "/disputes/{dispute_id}/waiting", "Say what a dispute waits for",
          disputes.get_waiting, answers=WaitingView),
    Route("GET", "/disputes/{dispute_id}/similar", "Read how like cases were decided",
          similar.get_similar, frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR}),
          similar.SimilarRulings),
    Route("GET", "/sellers/{seller_id}/record", "Read what a seller is known by",
          records.get_seller_record, answers=SellerRecord),
    Route("GET", "/support", "List who waits for support, the earliest due first",
          support.get_support, DESK, SupportItem, paged=True, query=support.FILTERS),
    Route("GET", "/orders/{order_id}/support", "Read what support did for an order",
          support.get_log, answers=tuple[LogEntry, ...]),
    Route("GET", "/queue", "List what somebody of the platform decides, the earliest due first",
          queue.get_queue, WORKS_WITH, QueueItem, paged=True, query=queue.FILTERS),
    Route("GET", "/queue/load", "Count everybody's open cases, and how old they are",
          queue.get_load, frozenset({Role.SUPERVISOR, Role.ADMIN}), Figures),
    Route("GET", "/queue/own", "Read one's own watch words and reminders", queue.get_own,
          WORKS_WITH, Kept),
    Route("PUT", "/queue/own/words", "Watch for other words", queue.put_words, WORKS_WITH, Kept,
          body="json", takes=queue.KeepWords),
    Route("PUT", "/queue/own/reminders/{dispute_id}", "Be reminded of a case, or no more",
          queue.put_reminder, WORKS_WITH, Kept, body="json", takes=queue.KeepReminder),
    Route("GET", "/refunds", "List refunds", lists.get_refunds,
          frozenset({Role.FINANCE, Role.AUDITOR, Role.ADMIN, Role.MARKETPLACE}),
          lists.RefundItem, paged=True, query=("state", "order", "provider", "reference", "sort")),
    Route("GET", "/ledger", "List the ledger's postings", ledger.get_ledger, _BOOKKEEPING,
          ledger.PostingItem, paged=True,
          query=("order", "seller", "provider", "reference", "account")),
    Route("GET", "/ledger/balance", "Read the trial balance", ledger.get_balance, _BOOKKEEPING,
          TrialBalance, query=("order", "seller", "provider", "reference")),
    Route("GET", "/balance", "Read one's own balances as a seller", ledger.get_own_balance,
          frozenset({Role.SELLER}), SellerBalance, paged=True),
    Route("GET", "/balance/statement", "List what moved one's own balance as a seller",
          ledger.get_own_statement, frozenset({Role.SELLER}), ledger.PostingItem, paged=True,
          query=("account",)),
    Route("GET", "/finance/tasks", "List what is asked of finance", finance.get_tasks,
          _BOOKKEEPING, TaskItem, paged=True, query=("kind", "order")),
    Route("GET", "/finance/differences", "List where the books and the providers' part",
          finance.get_differences, _BOOKKEEPING, DifferenceItem, paged=True,
          query=("state", "order")),
    Route("GET", "/finance/summary", "Count refunds, tasks and differences", finance.get_summary,
          _BOOKKEEPING, Summary),
    Route("GET", "/callbacks", "List what payment providers reported", callbacks.get_callbacks,
          _BOOKKEEPING, callbacks.CallbackItem, paged=True, query=("state",)),
    Route("GET", "/policies", "List the policy packs", policies.get_policies,
          answers=policies.PolicyItem, paged=True),
    Route("GET", "/policies/{policy_id}/{version}", "Read a policy pack", policies.get_policy,
          answers=policies.PolicyView),
    Route("POST", "/portal-sessions", "Make a new link that signs a buyer or seller in",
          portal.post_portal_session, frozenset({Role.MARKETPLACE}), SignInLink, 201, body="json",
          takes=portal.AskPortalSession),
    Route("GET", "/webhook-endpoints", "List one's webhook endpoints", webhooks.get_endpoints,
          webhooks.LISTENS, webhooks.EndpointView, paged=True),
    Route("POST", "/webhook-endpoints", "Make a webhook endpoint", webhooks.post_endpoint,
          webhooks.LISTENS, webhooks.EndpointView, 201, body="json", takes=webhooks.MakeEndpoint),
    Route("GET", "/webhook-endpoints/{endpoint_id}", "Read a webhook endpoint",
          webhooks.get_endpoint, webhooks.LISTENS, webhooks.EndpointView),
    Route("PATCH", "/webhook-endpoints/{endpoint_id}", "Change a webhook endpoint",
          webhooks.patch_endpoint, webhooks.LISTENS, webhooks.EndpointView, body="json",
          takes=Change),
    Route("DELETE", "/webhook-endpoints/{endpoint_id}", "Remove a webhook endpoint",
          webhooks.delete_endpoint, webhooks.LISTENS, webhooks.EndpointView),
    Route("POST", "/webhook-endpoints/{endpoint_id}/secret", "Have messages signed anew",
          webhooks.post_secret, webhooks.LISTENS, webhooks.EndpointView),
    Route("POST", "/webhook-endpoints/{endpoint_id}/test", "Send a test message",
          webhooks.post_test, webhooks.LISTENS, webhooks.SentView),
    Route("POST", "/webhook-endpoints/{endpoint_id}/replay", "Send messages again",
          webhooks.post_replay, webhooks.LISTENS, webhooks.ReplayedView, body="json",
          takes=webhooks.AskReplay),
    Route("GET", "/webhook-endpoints/{endpoint_id}/deliveries", "List messages and their attempts",
          webhooks.get_deliveries, webhooks.LISTENS, webhooks.DeliveryView, paged=True),
    Route("GET", "/events", "Read what endpoints are told as a feed", webhooks.get_events,
          webhooks.LISTENS, webhooks.FeedView, query=(*webhooks.FILTERS, "limit")),
    Route("GET", "/sandbox/clock", "Where the virtual clock stands", sandbox.get_clock,
          answers=sandbox.ClockView, sandbox=True),
    Route("POST", "/sandbox/clock", "Move the virtual clock forward", sandbox.post_clock,
          answers=sandbox.ClockView, body="json", takes=sandbox.MoveClock, sandbox=True),
    Route("POST", "/sandbox/payments/behaviour", "Set how the payment provider behaves",
          sandbox.post_behaviour, answers=sandbox.SetBehaviour, body="json",
          takes=sandbox.SetBehaviour, sandbox=True),
    Route("POST", "/sandbox/payments/chargebacks", "Have a bank take money back, or decide",
          sandbox.post_chargeback, answers=ProviderChargeback, body="json",
          takes=sandbox.BankActs, sandbox=True),
    Route("GET", "/sandbox/payments", "What the payment provider has booked",
          sandbox.get_payments, answers=BookedPayments, sandbox=True),
)  # fmt: skip
