"""The JSON structures of the interface, field by field.

Fields that only some askers or some states have are left out (``UNSET``) rather than null.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field

from amends.entrypoints.views.advice import GuidanceView, WarningView
from amends.entrypoints.views.texts import Json
from amends.entrypoints.views.working import LineWorkingView
from amends.kernel.instants import Instant
from amends.kernel.money import Money


class WhyView(Struct, frozen=True):
    """A rule behind a window: its name, in words, and where it comes from."""

    rule: str
    text: str
    source: str


class LineProtectionView(Struct, frozen=True):
    """When a dispute about one line's units in one parcel can be opened, and for what.

    ``shipment`` is null for units that were not shipped; left out where a line has one entry.
    """

    line: str
    quantity: int
    open: bool
    opens_at: Instant | None
    closes_at: Instant | None
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    remedies_by_reason: dict[str, tuple[str, ...]]
    why: tuple[WhyView, ...]
    shipment: str | UnsetType | None = UNSET


class ProtectionView(Struct, frozen=True):
    """An order's protection: an entry per line and shipment."""

    lines: tuple[LineProtectionView, ...]


class OptionView(Struct, frozen=True):
    """A command of the asker's role: whether it can be given now, and if not, why."""

    type: str
    allowed: bool
    rule: str | UnsetType = UNSET
    because: str | UnsetType = UNSET
    next: tuple[str, ...] | UnsetType = UNSET


class DeadlineView(Struct, frozen=True):
    """A running clock: for what and whom, until when, what then, and how it was reckoned."""

    what: str
    turn: str
    at: Instant
    then: str
    why: str
    rule: str
    source: str
    subject: str | UnsetType = UNSET


class LineQuantityView(Struct, frozen=True):
    """So many units of one line."""

    line: str
    quantity: int


class EvidenceView(Struct, frozen=True):
    """A proof; the file itself is at ``url``. ``found`` names private data that was in the upload,
    ``removed`` what of it was taken out."""

    id: str
    by: str
    kind: str
    media_type: str
    digest: str
    at: Instant
    disputes: tuple[str, ...]
    opened: bool
    relied_on: bool
    withdrawn: bool
    url: str
    name: str | None
    found: tuple[str, ...]
    removed: tuple[str, ...]
    erased: bool | UnsetType = UNSET


class ParcelView(Struct, frozen=True):
    """A parcel on its way; ``check`` says whether its number can be one of the carrier's."""

    id: str
    kind: str
    carrier: str
    tracking_number: str
    check: str
    lines: tuple[LineQuantityView, ...]
    shipped_at: Instant
    status: str | None
    status_at: Instant | None
    delivered_at: Instant | None


class RefundView(Struct, frozen=True):
    """Money going back: when it left, and when it is expected at the buyer's bank. ``since`` when
    it has been in its state. ``working`` says how it was reckoned. ``provider_reference`` is the
    provider's id of it, ``bank_reference`` what a bank finds it by."""

    id: str
    amount: Money
    state: str
    since: Instant
    recorded_at: Instant
    settled_at: Instant | None
    arrives_from: Instant | None
    arrives_until: Instant | None
    lines: dict[str, int]
    working: tuple[LineWorkingView, ...]
    attempt: int
    reason: str | None
    missing_since: Instant | None
    traced: str | None
    dispute: str | None
    provider_reference: str | None
    bank_reference: str | None


class DifferenceView(Struct, frozen=True):
    """Where our books and the payment provider's part; ``resolution`` null while it is open."""

    id: str
    kind: str
    about: str
    at: Instant
    ours: Money | None
    theirs: Money | None
    resolution: str | None


class PolicyRef(Struct, frozen=True):
    """The version of the pack an order is under."""

    id: str
    version: str


class PersonView(Struct, frozen=True):
    """A party of an order, as far as the asker may know them."""

    id: str
    name: str | None
    country: str | None
    locale: str | None
    email: str | UnsetType | None = UNSET
    return_policy: ReturnPolicyView | UnsetType | None = UNSET
    erased: bool | UnsetType = UNSET


class ReturnPolicyView(Struct, frozen=True):
    """The seller's own return policy as it stood when the order was placed."""

    change_of_mind_days: int
    return_postage_paid_by: str
    restocking_fee_percent: int
    exchange: bool


class LineView(Struct, frozen=True):
    """A line as it was bought; ``paid`` is for all units, without shipping."""

    id: str
    quantity: int
    unit_price: Money
    discount: Money
    tax: Money
    paid: Money
    sku: str | None
    title: str | None
    category: str | None
    weight_grams: int | None
    listing: Json
    erased: bool | UnsetType = UNSET


class ShippingView(Struct, frozen=True):
    """What was promised about shipping, and its price."""

    price: Money
    ship_by: Instant | None
    promised_by: Instant | None


class PaymentView(Struct, frozen=True):
    """How the order was paid, and its share of what was captured."""

    provider: str
    reference: str
    method: str
    captured: Money


class ChargebackView(Struct, frozen=True):
    """Money the buyer's bank took back; ``outcome`` null while it decides. ``evidence_until``: up
    to when it hears our side; ``answered_at``: when it was told."""

    id: str
    amount: Money
    at: Instant
    outcome: str | None
    evidence_until: Instant | None
    answered_at: Instant | None


class OrderView(Struct, frozen=True):
    """An order as the asker may see it; ``differences`` are for staff."""

    id: str
    version: int
    status: str
    placed_at: Instant
    purchase: str | None
    currency: str
    policy: PolicyRef
    buyer: PersonView
    seller: PersonView
    lines: tuple[LineView, ...]
    shipping: ShippingView
    payment: PaymentView
    shipments: tuple[ParcelView, ...]
    received_at: Instant | None
    cancelled_at: Instant | None
    protection: ProtectionView
    disputes: tuple[str, ...]
    refunds: tuple[RefundView, ...]
    refunded: Money
    refundable: Money
    chargebacks: tuple[ChargebackView, ...]
    evidence: tuple[EvidenceView, ...]
    messages: int
    deadlines: tuple[DeadlineView, ...]
    options: tuple[OptionView, ...]
    released: Money | None
    differences: tuple[DifferenceView, ...] | UnsetType = UNSET


class ClaimView(Struct, frozen=True):
    """What the buyer says and asks for."""

    received: bool
    reason: str
    remedy: str
    amount: Money
    lines: tuple[LineQuantityView, ...]
    description: str | None
    tried_to_settle: str | None
    erased: bool | UnsetType = UNSET


class OfferView(Struct, frozen=True):
    """A proposal on the table; ``by`` is ``platform`` for a mediator's. ``warnings``: of what its
    note asks the reader."""

    id: str
    by: str
    remedy: str
    amount: Money
    note: str | None
    status: str
    at: Instant
    agreed_by: tuple[str, ...]
    return_postage_paid_by: str | None
    erased: bool | UnsetType = UNSET
    warnings: tuple[WarningView, ...] | UnsetType = UNSET


class InformationView(Struct, frozen=True):
    """A question of whoever decides, that a side has yet to answer."""

    of: str
    question: str | None
    at: Instant
    erased: bool | UnsetType = UNSET


class LineRulingView(Struct, frozen=True):
    """What was found and awarded for one line, and on what it rests; ``text`` None: nothing was
    said of it alone."""

    line: str
    finding: str
    remedy: str
    amount: Money
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    evidence: tuple[str, ...]
    text: str | None


class RulingView(Struct, frozen=True):
    """A decision and what it rests on, its lines' grounds among the whole's."""

    at: Instant
    finding: str
    remedy: str
    amount: Money
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    evidence: tuple[str, ...]
    no_evidence: bool
    text: str | None
    return_postage_paid_by: str
    lines: tuple[LineRulingView, ...]
    accepted_by: tuple[str, ...]
    by: str | UnsetType = UNSET
    approved_by: str | UnsetType = UNSET
    erased: bool | UnsetType = UNSET


class AppealView(Struct, frozen=True):
    """A ruling before fresh eyes; ``decision`` null while it is open."""

    by: str
    grounds: str
    text: str | None
    at: Instant
    evidence: tuple[str, ...]
    decision: str | None
    decision_text: str | None
    decided_by: str | UnsetType = UNSET
    erased: bool | UnsetType = UNSET


class ReturnView(Struct, frozen=True):
    """The goods' way back."""

    paid_by: str
    address: Json
    carrier: str | None
    tracking_number: str | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    condition: str | None
    inspected_at: Instant | None
    note: str | None
    erased: bool | UnsetType = UNSET


class ReplacementView(Struct, frozen=True):
    """The goods sent instead of money."""

    carrier: str | None
    tracking_number: str | None
    shipped_at: Instant | None
    delivered_at: Instant | None


class DisputeView(Struct, frozen=True):
    """A dispute as the asker may see it. ``mediated``: somebody impartial has it; who, only staff
    are told. ``proposed``: a ruling that waits for a second person, which only staff see."""

    id: str
    order: str
    phase: str
    turn: str | None
    outcome: str | None
    opened_at: Instant
    closed_at: Instant | None
    claim: ClaimView
    offers: tuple[OfferView, ...]
    evidence: tuple[EvidenceView, ...]
    deadlines: tuple[DeadlineView, ...]
    information: InformationView | None
    ruling: RulingView | None
    appeal: AppealView | None
    return_: ReturnView | None = field(name="return")
    replacement: ReplacementView | None
    refunds: tuple[RefundView, ...]
    chargebacks: tuple[ChargebackView, ...]
    policy: PolicyRef
    version: int
    options: tuple[OptionView, ...]
    mediated: bool
    mediator: str | UnsetType | None = UNSET
    officer: str | UnsetType | None = UNSET
    proposed: RulingView | UnsetType = UNSET
    guidance: GuidanceView | UnsetType = UNSET


class MessageView(Struct, frozen=True):
    """A message of the thread; ``by`` is the writer's role. ``warnings``: of what the other side
    asks the reader in it."""

    number: int
    at: Instant
    by: str
    person: str
    text: str | None
    pictures: tuple[str, ...]
    erased: bool | UnsetType = UNSET
    warnings: tuple[WarningView, ...] | UnsetType = UNSET


class EventView(Struct, frozen=True):
    """Something that happened; ``data`` holds the event's own fields, texts in place."""

    number: int
    at: Instant
    type: str
    by: str
    data: dict[str, Json]
    person: str | UnsetType = UNSET
