"""The steps that people wait for: how long each may take by a pack, and counted from when."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from amends.policy.terms import Days, Terms


class Step(Struct, frozen=True):
    """A step by the ``what`` of its clock. ``since`` names when its days begin, among the words of
    the help; ``days`` is None for a parcel, which has its carrier's, and answers None where a pack
    does not have the step."""

    what: str
    since: str
    days: Callable[[Terms], Days | None] | None


# By topic, in the order in which a case meets them.
STEPS: dict[str, tuple[Step, ...]] = {
    "protection": (
        Step("message_answer", "message_sent", lambda t: t.clocks.message_answered_within),
    ),
    "steps": (
        Step("answer", "dispute_opened", lambda t: t.clocks.seller_answers_within),
        Step("answer", "offer_made", lambda t: t.clocks.offer_answered_within),
        Step("negotiation", "dispute_opened", lambda t: t.clocks.negotiation_ends_after),
    ),
    "rulings": (
        Step("information", "information_requested", lambda t: t.clocks.information_within),
        Step("ruling", "dispute_opened", lambda t: t.clocks.ruling_due_after),
        Step("ruling", "came_back", lambda t: t.clocks.ruling_after_return_due_after),
        Step("supervisor_ruling", "ruling_missed", lambda t: t.clocks.supervisor_rules_within),
    ),
    "appeals": (
        Step("appeal", "ruling_issued", lambda t: t.appeals.window),
        Step("appeal_decision", "appeal_filed", lambda t: t.appeals.decided_within),
        Step(
            "supervisor_appeal_decision", "appeal_missed",
            lambda t: t.appeals.supervisor_decides_within,
        ),
    ),
    "returns": (
        Step("return_address", "agreed_or_ruled", lambda t: t.returns.address_within),
        Step("return_shipment", "return_address_given", lambda t: t.returns.shipped_within),
        Step("return_arrival", "return_shipped", None),
        Step("inspection", "return_delivered", lambda t: t.returns.inspected_within),
        Step(
            "inspection_answer", "return_inspected", lambda t: t.returns.inspection_answered_within
        ),
        Step(
            "replacement_shipment", "agreed_or_ruled",
            lambda t: t.returns.replacement_shipped_within,
        ),
        Step("replacement_arrival", "replacement_shipped", None),
    ),
    "money": (
        Step("refund", "refund_recorded", lambda t: t.refunds.settled_within),
        Step("refund_retry", "refund_failed", lambda t: t.refunds.retried_after),
        Step("refund_route", "refund_failed", lambda t: t.refunds.other_routes.chosen_within),
    ),
}  # fmt: skip
# Clocks that buyer and seller never wait for by themselves: alarms of the platform's own people, a
# promise that says its own day, and protection, whose end has a question of its own.
WITHOUT_STEP = frozenset({
    "operator_alarm", "finance", "trace", "follow_up", "difference", "protection",
})  # fmt: skip
