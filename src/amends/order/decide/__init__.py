"""Every command of an order, one file each; here they are listed, and a command finds its file."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.kernel.decision import Stamp
from amends.kernel.people import Actor
from amends.kernel.refusals import refuse_role
from amends.order.asked import Asked, OrderCommandModule, OrderOutcome
from amends.order.decide import (
    amend_order,
    answer_raised,
    cancel_order,
    choose_refund_route,
    confirm_receipt,
    hold_funds,
    leave_feedback,
    open_evidence,
    open_goodwill_case,
    place_order,
    raise_to_supervisor,
    record_agreement,
    record_chargeback,
    record_chargeback_answer,
    record_chargeback_outcome,
    record_contact,
    record_difference,
    record_trace,
    record_tracking,
    refund_failed,
    refund_pending,
    refund_sent,
    refund_settled,
    refund_unknown,
    release_funds,
    report_missing_money,
    resolve_difference,
    send_message,
    ship_order,
    take_raised,
    upload_evidence,
    withdraw_evidence,
)
from amends.order.decide.amend_order import AmendOrder
from amends.order.decide.answer_raised import AnswerRaised
from amends.order.decide.cancel_order import CancelOrder
from amends.order.decide.choose_refund_route import ChooseRefundRoute
from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.decide.hold_funds import HoldFunds
from amends.order.decide.leave_feedback import LeaveFeedback
from amends.order.decide.open_evidence import OpenEvidence
from amends.order.decide.open_goodwill_case import OpenGoodwillCase
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.raise_to_supervisor import RaiseToSupervisor
from amends.order.decide.record_agreement import RecordAgreement
from amends.order.decide.record_chargeback import RecordChargeback
from amends.order.decide.record_chargeback_answer import RecordChargebackAnswer
from amends.order.decide.record_chargeback_outcome import RecordChargebackOutcome
from amends.order.decide.record_contact import RecordContact
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.record_trace import RecordTrace
from amends.order.decide.record_tracking import RecordTracking
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_pending import ReportRefundPending
from amends.order.decide.refund_sent import ReportRefundSent
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.refund_unknown import ReportRefundUnknown
from amends.order.decide.release_funds import ReleaseFunds
from amends.order.decide.report_missing_money import ReportMissingMoney
from amends.order.decide.resolve_difference import ResolveDifference
from amends.order.decide.send_message import SendMessage
from amends.order.decide.ship_order import ShipOrder
from amends.order.decide.take_raised import TakeRaised
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.decide.withdraw_evidence import WithdrawEvidence
from amends.order.state import Order
from amends.policy.terms import Terms

OrderCommand = (
    PlaceOrder
    | AmendOrder
    | CancelOrder
    | ShipOrder
    | RecordTracking
    | ConfirmReceipt
    | SendMessage
    | LeaveFeedback
    | RecordContact
    | RaiseToSupervisor
    | TakeRaised
    | AnswerRaised
    | OpenGoodwillCase
    | HoldFunds
    | ReleaseFunds
    | RecordChargeback
    | RecordChargebackAnswer
    | RecordChargebackOutcome
    | ReportRefundSent
    | ReportRefundPending
    | ReportRefundSettled
    | ReportRefundFailed
    | ReportRefundUnknown
    | ReportMissingMoney
    | ChooseRefundRoute
    | RecordTrace
    | RecordDifference
    | RecordAgreement
    | ResolveDifference
    | UploadEvidence
    | OpenEvidence
    | WithdrawEvidence
)

# What can be asked of an order that exists; placing one is not among them.
COMMANDS: dict[type[Struct], OrderCommandModule] = {
    AmendOrder: amend_order,
    CancelOrder: cancel_order,
    ShipOrder: ship_order,
    RecordTracking: record_tracking,
    ConfirmReceipt: confirm_receipt,
    SendMessage: send_message,
    LeaveFeedback: leave_feedback,
    RecordContact: record_contact,
    RaiseToSupervisor: raise_to_supervisor,
    TakeRaised: take_raised,
    AnswerRaised: answer_raised,
    OpenGoodwillCase: open_goodwill_case,
    HoldFunds: hold_funds,
    ReleaseFunds: release_funds,
    RecordChargeback: record_chargeback,
    RecordChargebackAnswer: record_chargeback_answer,
    RecordChargebackOutcome: record_chargeback_outcome,
    ReportRefundSent: refund_sent,
    ReportRefundPending: refund_pending,
    ReportRefundSettled: refund_settled,
    ReportRefundFailed: refund_failed,
    ReportRefundUnknown: refund_unknown,
    ReportMissingMoney: report_missing_money,
    ChooseRefundRoute: choose_refund_route,
    RecordTrace: record_trace,
    RecordDifference: record_difference,
    RecordAgreement: record_agreement,
    ResolveDifference: resolve_difference,
    UploadEvidence: upload_evidence,
    OpenEvidence: open_evidence,
    WithdrawEvidence: withdraw_evidence,
}


def decide(asked: Asked, command: OrderCommand) -> OrderOutcome:
    """Judge one command on an order the asker is known to see.

    Raises KeyError for ``PlaceOrder``, which has no order to be asked of: that is ``place``.
    """
    module = COMMANDS[type(command)]
    if isinstance(command, ReportMissingMoney):
        asked = replace(asked, dispute=command.dispute, refund=command.refund)
    return refuse_role(asked.by, module.BY) or module.may(asked) or module.decide(asked, command)


def place(
    order: Order | None, order_id: str, command: PlaceOrder, by: Actor, terms: Terms, stamp: Stamp
) -> OrderOutcome:
    """Judge the placing of an order; ``order`` is the one of that id, when there is one already."""
    return refuse_role(by, place_order.BY) or place_order.decide(
        order, order_id, command, by, terms, stamp
    )
