"""What can have happened to an order, and what each event makes of its state.

Events are the record: JSON, tagged by ``type``, never changed once released. ``at`` is when it
happened. Texts are references (``..._ref``) to contents kept apart.
"""

from amends.order.events.base import OrderEvent, with_clock, without_clock
from amends.order.events.life import (
    ContactRecorded,
    FeedbackLeft,
    FollowUpDue,
    MessageSent,
    OrderAmended,
    OrderCancelled,
    OrderPlaced,
    OrderReminded,
    ParcelSent,
    ProtectionEnded,
    RaisedToSupervisor,
    ReceiptConfirmed,
    SupportOffered,
    TrackingRecorded,
    tracking_key,
)
from amends.order.events.money import (
    ChargebackOutcomeRecorded,
    ChargebackRecorded,
    FinanceAlarmed,
    FundsHeld,
    FundsReleased,
    GoodwillCaseOpened,
    HoldLifted,
    MissingMoneyReported,
    RefundEvent,
    RefundFailed,
    RefundRecorded,
    RefundSettled,
    RefundUnknown,
    TraceRecorded,
)
from amends.order.events.proof import EvidenceOpened, EvidenceUploaded, EvidenceWithdrawn

ORDER_EVENTS = (
    OrderPlaced, OrderAmended, OrderCancelled, ParcelSent, TrackingRecorded, ReceiptConfirmed,
    ProtectionEnded, MessageSent, SupportOffered, FeedbackLeft, ContactRecorded, FollowUpDue,
    RaisedToSupervisor, GoodwillCaseOpened, FundsHeld, FundsReleased, HoldLifted,
    ChargebackRecorded, ChargebackOutcomeRecorded, RefundRecorded, RefundUnknown, RefundSettled,
    RefundFailed, FinanceAlarmed, MissingMoneyReported, TraceRecorded, EvidenceUploaded,
    EvidenceOpened, EvidenceWithdrawn, OrderReminded,
)  # fmt: skip

__all__ = [
    "ORDER_EVENTS",
    "ChargebackOutcomeRecorded",
    "ChargebackRecorded",
    "ContactRecorded",
    "EvidenceOpened",
    "EvidenceUploaded",
    "EvidenceWithdrawn",
    "FeedbackLeft",
    "FinanceAlarmed",
    "FollowUpDue",
    "FundsHeld",
    "FundsReleased",
    "GoodwillCaseOpened",
    "HoldLifted",
    "MessageSent",
    "MissingMoneyReported",
    "OrderAmended",
    "OrderCancelled",
    "OrderEvent",
    "OrderPlaced",
    "OrderReminded",
    "ParcelSent",
    "ProtectionEnded",
    "RaisedToSupervisor",
    "ReceiptConfirmed",
    "RefundEvent",
    "RefundFailed",
    "RefundRecorded",
    "RefundSettled",
    "RefundUnknown",
    "SupportOffered",
    "TraceRecorded",
    "TrackingRecorded",
    "tracking_key",
    "with_clock",
    "without_clock",
]
