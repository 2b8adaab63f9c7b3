"""Placed, shipped, tracked, received, talked about."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant
from amends.kernel.people import BOTH_SIDES, PersonId, Side, Who
from amends.order.events.base import OrderEvent, protected_until, with_clock, without_clock
from amends.order.state import (
    Line,
    Order,
    Parcel,
    SupportRequest,
    Thread,
    TrackingStatus,
)

_SEEN_AT_MOST = 40  # tracking events remembered per parcel to tell repeated ones


class OrderPlaced(OrderEvent, frozen=True, tag="order_placed"):
    """The order was put in. Its state is what the event holds."""

    order: Order

    def on(self, order: Order) -> Order:
        return self.order


class OrderAmended(OrderEvent, frozen=True, tag="order_amended"):
    """Address, dates or a split: lines moved to another order take their share along."""

    lines: tuple[Line, ...]
    captured: int
    ship_by: Instant | None
    promised_by: Instant | None
    address_ref: str = ""
    split_into: str = ""
    protection: Deadline | None = None

    def on(self, order: Order) -> Order:
        return replace(
            order,
            lines=self.lines,
            captured=self.captured,
            ship_by=self.ship_by,
            promised_by=self.promised_by,
            deadlines=protected_until(order, self.protection),
        )


class OrderCancelled(OrderEvent, frozen=True, tag="order_cancelled"):
    """Called off before anything was shipped; the refund follows as an event of its own."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    def on(self, order: Order) -> Order:
        return replace(order, cancelled_at=self.at, deadlines=without_clock(order, "protection"))


class ParcelSent(OrderEvent, frozen=True, tag="parcel_sent"):
    """A parcel left: outbound, or a dispute's return or replacement."""

    parcel: Parcel
    protection: Deadline | None = None  # when protection now ends; outbound parcels only

    def on(self, order: Order) -> Order:
        parcels = (*order.parcels, self.parcel)
        if self.parcel.kind != "outbound":
            return replace(order, parcels=parcels)
        return replace(order, parcels=parcels, deadlines=protected_until(order, self.protection))


class TrackingRecorded(OrderEvent, frozen=True, tag="tracking_recorded"):
    """A carrier's event. An earlier one that comes late is kept but turns nothing back."""

    parcel: str
    status: TrackingStatus
    place_ref: str = ""

    def on(self, order: Order) -> Order:
        return replace(order, parcels=tuple(map(self._tracked, order.parcels)))

    def _tracked(self, parcel: Parcel) -> Parcel:
        if parcel.id != self.parcel:
            return parcel
        newer = parcel.status_at is None or self.at >= parcel.status_at
        delivered = self.status == "delivered" and parcel.delivered_at is None
        return replace(
            parcel,
            status=self.status if newer else parcel.status,
            status_at=self.at if newer else parcel.status_at,
            delivered_at=self.at if delivered else parcel.delivered_at,
            seen=(*parcel.seen, tracking_key(self.status, self.at))[-_SEEN_AT_MOST:],
        )


def tracking_key(status: TrackingStatus, at: Instant) -> str:
    """Names a tracking event, so that the same one is known again."""
    return f"{status}@{int(at.timestamp())}"


class ReceiptConfirmed(OrderEvent, frozen=True, tag="receipt_confirmed"):
    """The buyer has the goods and says so."""

    protection: Deadline | None = None

    def on(self, order: Order) -> Order:
        return replace(
            order, received_at=self.at, deadlines=protected_until(order, self.protection)
        )


class ProtectionEnded(OrderEvent, frozen=True, tag="protection_ended"):
    """The window is over. ``receipt_assumed``: nobody confirmed receipt, it is taken as such."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    receipt_assumed: bool

    def on(self, order: Order) -> Order:
        return replace(
            order, protection_ended_at=self.at, deadlines=without_clock(order, "protection")
        )


class MessageSent(OrderEvent, frozen=True, tag="message_sent"):
    """A message in the order's thread. ``answer`` is the seller's clock when the buyer wrote."""

    told: ClassVar[tuple[Who, ...]] = ("other",)

    number: int
    by: PersonId
    role: str
    ref: str
    pictures: tuple[str, ...] = ()
    answer: Deadline | None = None
    support_by: Instant | None = None  # support is asked too, and answers by then

    def on(self, order: Order) -> Order:
        thread, deadlines = order.thread, order.deadlines
        if self.role == "seller":
            deadlines = without_clock(order, "message_answer")
        elif self.answer:
            deadlines = with_clock(order, self.answer)
        thread = Thread(
            count=self.number,
            last_by_buyer=self.at if self.role == "buyer" else thread.last_by_buyer,
            last_by_seller=self.at if self.role == "seller" else thread.last_by_seller,
        )
        evidence = dict(order.evidence)
        for picture in self.pictures:
            evidence[picture] = replace(evidence[picture], sent=True)
        return replace(
            order,
            thread=thread,
            deadlines=deadlines,
            evidence=evidence,
            requests=self._requests(order),
        )

    def _requests(self, order: Order) -> tuple[SupportRequest, ...]:
        """Support's own message answers all that were written to it."""
        if self.role == "support":
            return tuple(r for r in order.requests if r.kind != "message")
        if self.support_by is None:
            return order.requests
        asked = SupportRequest(
            f"M{self.number}", "message", self.at, self.role, self.ref, self.support_by
        )
        return (*order.requests, asked)


class SupportOffered(OrderEvent, frozen=True, tag="support_offered"):
    """The seller left a message unanswered; the buyer is told of support and, when the window
    allows, of the dispute."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    dispute_possible: bool

    def on(self, order: Order) -> Order:
        return replace(order, deadlines=without_clock(order, "message_answer"))


class FeedbackLeft(OrderEvent, frozen=True, tag="feedback_left"):
    """One side's feedback; amending it is another event."""

    by: PersonId
    stars: int
    ref: str = ""

    def on(self, order: Order) -> Order:
        return replace(order, feedback_at=order.feedback_at or self.at)


class ContactRecorded(OrderEvent, frozen=True, tag="contact_recorded"):
    """Support's log: who, when, by which channel, what was said, and when to follow up."""

    number: int
    by: PersonId
    channel: str
    with_side: Side
    ref: str
    follow_up: Deadline | None = None
    answers: str = ""  # what waited for support and is answered by this

    def on(self, order: Order) -> Order:
        requests = order.without_requests(self.answers)
        if self.answers.startswith("F"):
            order = replace(order, deadlines=without_clock(order, "follow_up", self.answers[1:]))
        if self.follow_up:
            due = self.follow_up.at
            promised = SupportRequest(
                f"F{self.number}", "follow_up", self.at, self.with_side, self.ref, due
            )
            requests = (*requests, promised)
            order = replace(order, deadlines=with_clock(order, self.follow_up))
        return replace(order, contacts=self.number, requests=requests)


class FollowUpDue(OrderEvent, frozen=True, tag="follow_up_due"):
    """A follow-up support promised has come."""

    told: ClassVar[tuple[Who, ...]] = ("support",)

    contact: str

    def on(self, order: Order) -> Order:
        return replace(order, deadlines=without_clock(order, "follow_up", self.contact))


class RaisedToSupervisor(OrderEvent, frozen=True, tag="raised_to_supervisor"):
    """Somebody asked for a higher level."""

    told: ClassVar[tuple[Who, ...]] = ("supervisor",)

    by: PersonId
    role: str
    ref: str
    answer_by: Instant | None = None

    def on(self, order: Order) -> Order:
        number = order.raised + 1
        asked = SupportRequest(f"R{number}", "raised", self.at, self.role, self.ref, self.answer_by)
        return replace(order, raised=number, requests=(*order.requests, asked))


class RaisedTaken(OrderEvent, frozen=True, tag="raised_taken"):
    """A supervisor sees to what was raised."""

    told: ClassVar[tuple[Who, ...]] = ("support",)

    request: str
    by: PersonId

    def on(self, order: Order) -> Order:
        return replace(
            order,
            requests=tuple(
                replace(r, taken_by=self.by) if r.id == self.request else r for r in order.requests
            ),
        )


class RaisedAnswered(OrderEvent, frozen=True, tag="raised_answered"):
    """A supervisor's answer; support is told, and the side that had asked."""

    told: ClassVar[tuple[Who, ...]] = ("support",)

    request: str
    by: PersonId
    side: str
    ref: str

    def on(self, order: Order) -> Order:
        return replace(order, requests=order.without_requests(self.request))


class OrderReminded(OrderEvent, frozen=True, tag="order_reminded"):
    """Whoever must act on the order was told again, before the deadline ``due``."""

    told: ClassVar[tuple[Who, ...]] = ("turn",)

    what: str
    turn: str
    due: Instant
    subject: str = ""

    def on(self, order: Order) -> Order:
        return replace(
            order,
            deadlines=tuple(
                d.reminded() if (d.what, d.subject) == (self.what, self.subject) else d
                for d in order.deadlines
            ),
        )
