"""The state of an order: what later decisions need of what happened, and nothing more.

No names, texts or listings: those are references to contents kept apart. Amounts are in minor units
of the order's one currency.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import PersonId, Side
from amends.policy.terms import PackRef

FundedBy = Literal["seller", "platform"]
RefundState = Literal[
    "recorded", "sent", "unknown", "pending", "settled", "failed", "reversed"
]  # fmt: skip
DifferenceKind = Literal[
    "not_at_provider", "not_recorded", "other_amount", "booked_twice", "not_settled_here",
    "captured_less",
]  # fmt: skip
Resolution = Literal["", "explained", "count_as_refund", "send_again", "books_agree"]
OrderStatus = Literal[
    "placed", "partly_shipped", "shipped", "delivered", "received", "completed", "cancelled"
]  # fmt: skip
ParcelKind = Literal["outbound", "return", "replacement"]
TrackingStatus = Literal[
    "accepted", "in_transit", "out_for_delivery", "available_for_pickup", "delivered",
    "failed_attempt", "returned_to_sender", "lost", "exception",
]  # fmt: skip


class ReturnPolicy(Struct, frozen=True, omit_defaults=True):
    """The seller's own return policy as it stood when the order was placed."""

    change_of_mind_days: int = 0
    return_postage_paid_by: Side = "buyer"
    restocking_fee_percent: int = 0
    exchange: bool = False


class Line(Struct, frozen=True, omit_defaults=True):
    """What was bought. ``paid`` is for all units: price less discounts plus tax, no shipping."""

    id: str
    quantity: int
    unit_price: int
    paid: int
    discount: int = 0  # the line's own and its share of the order's
    tax: int = 0
    sku: str = ""
    weight_grams: int | None = None
    category: str = ""

    def paid_for(self, quantity: int) -> int:
        """What was paid for ``quantity`` of the units; odd minor units lie on the first ones."""
        base, odd = divmod(self.paid, self.quantity)
        return quantity * base + min(quantity, odd)


class Payment(Struct, frozen=True):
    """How the order was paid: the provider's reference is what refunds go back to."""

    provider: str
    reference: str
    method: str


class Parcel(Struct, frozen=True, omit_defaults=True):
    """One parcel: outbound, or a dispute's return or replacement.

    ``check`` says whether the tracking number is one the carrier could have given out. ``seen``
    holds the tracking events already recorded, so that repeated ones change nothing.
    """

    id: str
    carrier: str
    tracking_number: str
    lines: dict[str, int]
    shipped_at: Instant
    check: Literal["valid", "invalid", "unchecked"] = "unchecked"
    kind: ParcelKind = "outbound"
    dispute: str = ""
    status: TrackingStatus | None = None
    status_at: Instant | None = None
    delivered_at: Instant | None = None
    seen: tuple[str, ...] = ()


class Evidence(Struct, frozen=True, omit_defaults=True):
    """A proof someone uploaded, never changed: what it is, and the disputes it was put to."""

    id: str
    by: PersonId
    side: str  # buyer, seller or staff
    kind: str
    media_type: str
    digest: str
    ref: str  # content holding the file's key and name
    at: Instant
    disputes: tuple[str, ...] = ()
    sent: bool = False  # as a picture in the thread
    opened: bool = False  # by the other side or a mediator
    relied_on: bool = False
    withdrawn: bool = False


class Claimed(Struct, frozen=True, omit_defaults=True):
    """What the order has to know of a dispute: the units and money it holds, and how it ended."""

    reason: str
    lines: dict[str, int]
    open: bool = True
    outcome: str = ""


class Refund(Struct, frozen=True, omit_defaults=True):
    """A refund intent: its id is the provider's idempotency key, so it is paid at most once.

    ``lines`` says what it gives back for which line; the key ``shipping`` is the postage there.
    ``recorded``: nothing was tried yet; ``sent``: an attempt was begun; ``unknown``: its answer was
    unclear; ``pending``: the provider has it and has not decided.
    """

    id: str
    amount: int
    lines: dict[str, int]
    recorded_at: Instant
    funded_by: FundedBy = "seller"
    dispute: str = ""
    state: RefundState = "recorded"
    retry_of: str = ""
    attempt: int = 1
    reason: str = ""  # the provider's code when it failed
    settled_at: Instant | None = None
    counted_from: Instant | None = None  # the returned parcel's receipt, where one came back
    arrives_from: Instant | None = None
    arrives_until: Instant | None = None
    missing_since: Instant | None = None
    traced: str = ""
    moved_at: Instant | None = None  # when it came to be in its state; None: when it was recorded
    provider_reference: str = ""  # the provider's id of it
    bank_reference: str = ""  # what a bank finds it by (for cards the ARN)
    difference: str = ""  # of the two books, by which it was counted; nobody here sent it
    route: str = ""  # where it shall go instead, by the buyer's choice
    route_ref: str = ""  # the contents of what is needed to pay that way

    @property
    def state_since(self) -> Instant:
        """Since when it is in its state."""
        return self.moved_at or self.recorded_at

    @property
    def counts(self) -> bool:
        """Whether the money has left or may have left: it then counts against the cap."""
        return self.under_way or self.state == "settled"

    @property
    def under_way(self) -> bool:
        """Whether its end is still to come."""
        return self.state in ("recorded", "sent", "unknown", "pending")


class Chargeback(Struct, frozen=True, omit_defaults=True):
    """The bank's own track: the money is gone until the outcome says that it came back.

    ``evidence_until``: up to when the bank hears our side; ``answered_at``: when it was told.
    """

    id: str
    amount: int
    at: Instant
    outcome: Literal["", "won", "lost"] = ""
    evidence_until: Instant | None = None
    answered_at: Instant | None = None


class Difference(Struct, frozen=True, omit_defaults=True):
    """Where our books and the payment provider's part. While it is open the payment is frozen.

    ``about``: our refund, the provider's refund where we have none, or the payment. ``ours`` and
    ``theirs`` are amounts, None where that side has nothing; ``theirs`` is in the order's currency
    unless ``other_currency`` names another.
    """

    id: str
    kind: DifferenceKind
    about: str
    at: Instant
    ours: int | None = None
    theirs: int | None = None
    other_currency: str = ""
    resolution: Resolution = ""

    @property
    def open(self) -> bool:
        """Whether it still wants a decision."""
        return not self.resolution


class Thread(Struct, frozen=True, omit_defaults=True):
    """The messages between the sides, as far as a decision needs them."""

    count: int = 0
    last_by_buyer: Instant | None = None
    last_by_seller: Instant | None = None


class SupportRequest(Struct, frozen=True, omit_defaults=True):
    """Somebody waits for support, or for a supervisor: for what was promised, for an answer to a
    message, or for a higher level. ``side``: who waits. ``due``: when it is late."""

    id: str
    kind: Literal["follow_up", "message", "raised"]
    at: Instant
    side: str
    ref: str  # what was said
    due: Instant | None = None
    taken_by: PersonId = ""


class Order(Struct, frozen=True, omit_defaults=True):
    """One order of one seller, with its own share of what was captured."""

    id: str
    buyer: PersonId
    seller: PersonId
    currency: str
    placed_at: Instant
    pack: PackRef
    digest: str  # of the order as it was put in, to tell a replay from a change
    lines: tuple[Line, ...]
    shipping_paid: int
    captured: int
    payment: Payment
    changed_at: Instant
    buyer_ref: str  # contents: the buyer's details, the seller's, and titles with listings
    seller_ref: str
    listing_ref: str
    line_digests: dict[str, str] = {}  # by line put in, of all that no amendment changes
    purchase: str = ""
    buyer_country: str = ""
    buyer_language: str = ""
    ship_by: Instant | None = None
    promised_by: Instant | None = None
    return_policy: ReturnPolicy | None = None
    parcels: tuple[Parcel, ...] = ()
    cancelled_at: Instant | None = None
    received_at: Instant | None = None
    protection_ended_at: Instant | None = None
    thread: Thread = Thread()
    evidence: dict[str, Evidence] = {}
    claims: dict[str, Claimed] = {}
    refunds: dict[str, Refund] = {}
    chargebacks: dict[str, Chargeback] = {}
    differences: dict[str, Difference] = {}
    finance_hold: bool = False
    released: int | None = None  # what the seller was paid out; None while it is held
    fee: int = 0  # what the platform kept of the seller's share when it was paid out
    goodwill_cases: int = 0
    contacts: int = 0
    raised: int = 0
    requests: tuple[SupportRequest, ...] = ()
    feedback_at: Instant | None = None
    deadlines: tuple[Deadline, ...] = ()

    def request(self, request_id: str) -> SupportRequest | None:
        """The open request called ``request_id``, or None."""
        return next((r for r in self.requests if r.id == request_id), None)

    def without_requests(self, *ids: str) -> tuple[SupportRequest, ...]:
        """The open requests but for these."""
        return tuple(r for r in self.requests if r.id not in ids)

    @property
    def goodwill_given(self) -> int:
        """What support has given, and is giving, at the platform's cost."""
        return sum(
            r.amount
            for r in self.refunds.values()
            if r.counts and r.funded_by == "platform" and not r.dispute
        )

    def line(self, line_id: str) -> Line | None:
        """The line called ``line_id``, or None."""
        return next((line for line in self.lines if line.id == line_id), None)

    def money(self, amount: int) -> Money:
        """``amount`` minor units in the order's currency."""
        return Money(amount, self.currency)

    @property
    def outbound(self) -> tuple[Parcel, ...]:
        """The parcels from seller to buyer that carry the order itself."""
        return tuple(p for p in self.parcels if p.kind == "outbound")

    def shipped(self, line_id: str) -> int:
        """How many units of a line were shipped."""
        return sum(p.lines.get(line_id, 0) for p in self.outbound)

    @property
    def delivered_at(self) -> Instant | None:
        """When the last outbound parcel arrived, once all units were shipped and have arrived."""
        arrivals = [p.delivered_at for p in self.outbound]
        known = [at for at in arrivals if at is not None]
        if not known or len(known) < len(arrivals):
            return None
        complete = all(self.shipped(line.id) >= line.quantity for line in self.lines)
        return max(known) if complete else None

    @property
    def open_claims(self) -> dict[str, Claimed]:
        """The disputes that are open."""
        return {key: claim for key, claim in self.claims.items() if claim.open}

    @property
    def refunded(self) -> int:
        """Refunds done and under way."""
        return sum(r.amount for r in self.refunds.values() if r.counts)

    @property
    def taken_by_bank(self) -> int:
        """What chargebacks have taken and not given back."""
        return sum(c.amount for c in self.chargebacks.values() if c.outcome != "won")

    @property
    def chargeback_open(self) -> bool:
        """Whether a bank is still deciding; refunds of the payment wait for it."""
        return any(not c.outcome for c in self.chargebacks.values())

    @property
    def open_differences(self) -> tuple[str, ...]:
        """The differences with the provider's books that nobody has decided on."""
        return tuple(d.id for d in self.differences.values() if d.open)

    @property
    def frozen(self) -> bool:
        """Whether no money may move: a bank decides, or the books differ."""
        return self.chargeback_open or bool(self.open_differences)

    @property
    def refundable(self) -> int:
        """What can still be refunded: captured, less refunds and what a bank has taken."""
        return max(0, self.captured - self.refunded - self.taken_by_bank)

    def retried(self, refund_id: str) -> bool:
        """Whether another refund was recorded in the place of this one."""
        return any(r.retry_of == refund_id for r in self.refunds.values())

    def refunded_of(self, line_id: str, *, beside: str = "") -> int:
        """What was or is being refunded for one line (or ``shipping``), ``beside`` one dispute."""
        return sum(
            refund.lines.get(line_id, 0)
            for refund in self.refunds.values()
            if refund.counts and not (beside and refund.dispute == beside)
        )

    @property
    def status(self) -> OrderStatus:
        """Derived, never stored; ``completed``: protection is over and the seller is paid."""
        if self.cancelled_at:
            return "cancelled"
        if self.released is not None:
            return "completed"
        if self.received_at:
            return "received"
        if self.delivered_at:
            return "delivered"
        if not self.outbound:
            return "placed"
        whole = all(self.shipped(line.id) >= line.quantity for line in self.lines)
        return "shipped" if whole else "partly_shipped"
