"""The state of a dispute, and of an order with all its disputes: the case.

Phases, turns and outcomes are the words of the interface. Amounts are in minor units of the order's
currency; texts are references to contents kept apart.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.instants import Instant
from amends.kernel.people import PersonId, Side
from amends.order.state import FundedBy, Order
from amends.policy.terms import Payer, Remedy

Phase = Literal[
    "awaiting_seller", "awaiting_buyer", "mediation", "ruled", "appeal", "returning", "replacing",
    "settling", "closed",
]  # fmt: skip
Outcome = Literal[
    "refunded", "replaced", "refused", "settled_without_refund", "cancelled", "abandoned",
    "honoured_by_platform",
]  # fmt: skip
OfferStatus = Literal["standing", "accepted", "declined", "replaced", "lapsed"]
Finding = Literal["for_buyer", "for_seller", "split"]
Condition = Literal["as_sent", "damaged", "empty", "missing_items", "wrong_item"]
NEGOTIATING: tuple[Phase, ...] = ("awaiting_seller", "awaiting_buyer")


class Claim(Struct, frozen=True, omit_defaults=True):
    """What the buyer says and asks for. ``lines`` are units by line id."""

    received: bool
    reason: str
    remedy: Remedy
    amount: int
    lines: dict[str, int]
    description_ref: str
    tried_ref: str = ""
    whole_order: bool = False  # all units of the order: shipping may be claimed too


class Offer(Struct, frozen=True, omit_defaults=True):
    """A proposal on the table; the claim itself is the first. ``by`` platform: a mediator's."""

    id: str
    by: Literal["buyer", "seller", "platform"]
    remedy: Remedy
    amount: int
    at: Instant
    note_ref: str = ""
    status: OfferStatus = "standing"
    agreed_by: tuple[Side, ...] = ()  # the platform's needs both sides
    return_paid_by: Payer | None = None  # None: as the policy says for the reason


class InformationRequest(Struct, frozen=True, omit_defaults=True):
    """A mediator's or officer's question that a side has yet to answer."""

    of: Side
    question_ref: str
    at: Instant


class LineRuling(Struct, frozen=True, omit_defaults=True):
    """What was found and awarded for one line's units, and on what this rests.

    Without reasons it is an older ruling, whose lines rest on what the whole ruling names.
    """

    line: str
    finding: Finding
    remedy: Remedy
    amount: int
    reasons: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    text_ref: str = ""


class Ruling(Struct, frozen=True, omit_defaults=True):
    """A mediator's decision: what was found, what follows, and on what it rests.

    ``reasons``, ``clauses`` and ``evidence`` hold those of its lines as well.
    """

    by: PersonId
    at: Instant
    finding: Finding
    remedy: Remedy
    amount: int
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    evidence: tuple[str, ...]
    text_ref: str
    return_paid_by: Payer
    lines: tuple[LineRuling, ...] = ()
    no_evidence: bool = False
    approved_by: PersonId = ""  # who issued it, when its author only proposed it


class Appeal(Struct, frozen=True, omit_defaults=True):
    """A ruling, or an effect that did not come, before fresh eyes."""

    by: Side
    grounds: str
    text_ref: str
    at: Instant
    back_to: Phase  # the phase it interrupted, to which an appeal that is turned down returns
    outcome: Outcome | None = None  # how the dispute had ended, when it had
    evidence: tuple[str, ...] = ()
    decided: Literal["", "upheld", "changed", "stands"] = ""  # stands: nobody decided in time
    decided_by: PersonId = ""
    decided_ref: str = ""
    overdue: bool = False


class Effect(Struct, frozen=True, omit_defaults=True):
    """What an agreement, a ruling or the clock brings about: carried out once it is final.

    ``by_line``: how much of the amount is for which line (``shipping`` for the postage), when a
    ruling said so; empty, and it is spread over the claimed units.
    """

    remedy: Remedy
    amount: int
    return_paid_by: Payer
    source: Literal["agreement", "ruling", "appeal", "platform", "fallback"]
    funded_by: FundedBy = "seller"
    without_amount: Outcome = "settled_without_refund"  # how the case ends when no money moves
    by_line: dict[str, int] = {}


class ProposedRuling(Struct, frozen=True, omit_defaults=True):
    """A ruling that waits for a second person, and what it would bring about."""

    ruling: Ruling
    effect: Effect


class Return(Struct, frozen=True, omit_defaults=True):
    """The goods' way back."""

    paid_by: Payer
    address_ref: str = ""
    parcel: str = ""
    delivered_at: Instant | None = None
    condition: Condition | None = None
    inspected_at: Instant | None = None
    note_ref: str = ""


class Replacement(Struct, frozen=True, omit_defaults=True):
    """The goods sent instead of money."""

    parcel: str = ""
    delivered_at: Instant | None = None


class Dispute(Struct, frozen=True, omit_defaults=True):
    """One dispute. ``turn`` None: closed. ``version`` counts its own events, for ``If-Match``, but
    for staff's notes.

    ``unheard`` is the side whose answer the move to mediation cut short, and until when a ruling
    has to wait for it.
    """

    id: str
    phase: Phase
    turn: Turn | None
    opened_at: Instant
    claim: Claim
    offers: tuple[Offer, ...]
    negotiation_ends: Instant
    ruling_due: Instant
    deadlines: tuple[Deadline, ...]
    version: int = 1
    outcome: Outcome | None = None
    seller_answered: bool = False
    more_time: bool = False
    unheard: Side | None = None
    unheard_until: Instant | None = None
    mediator: PersonId | None = None
    recused: tuple[PersonId, ...] = ()
    unassigned: tuple[str, ...] = ()  # why the queue found nobody
    information: InformationRequest | None = None
    ruling: Ruling | None = None
    ruling_accepted_by: tuple[Side, ...] = ()
    proposed: ProposedRuling | None = None
    appeal: Appeal | None = None
    appealed: tuple[str, ...] = ()  # side, grounds and step of each appeal so far
    officer: PersonId | None = None
    effect: Effect | None = None
    withheld: bool = False  # the refund waits for a bank to decide
    return_: Return | None = None
    replacement: Replacement | None = None
    closed_at: Instant | None = None

    def offer(self, offer_id: str) -> Offer | None:
        """The offer called ``offer_id``, or None."""
        return next((o for o in self.offers if o.id == offer_id), None)

    def standing(self, by: str) -> Offer | None:
        """The one offer of ``by`` that stands, or None."""
        return next((o for o in self.offers if o.by == by and o.status == "standing"), None)

    @property
    def step(self) -> str:
        """What the case waits for: its first clock's step, or the phase when none runs."""
        return self.deadlines[0].what if self.deadlines else self.phase

    def deadline(self, what: str) -> Deadline | None:
        """The clock running on step ``what``, or None."""
        return next((d for d in self.deadlines if d.what == what), None)


class Case(Struct, frozen=True, omit_defaults=True):
    """An order together with everything disputed about it: the unit of consistency.

    ``version`` is the number of the stream's last event.
    """

    order: Order
    disputes: dict[str, Dispute] = {}
    version: int = 0


def order_of(dispute_id: str) -> str | None:
    """The order a dispute's id belongs to: the id leads to it without a look-up."""
    order_id, mark, number = dispute_id.rpartition("-D")
    return order_id if mark and number.isascii() and number.isdigit() else None
