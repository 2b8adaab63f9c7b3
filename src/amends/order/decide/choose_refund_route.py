"""Say where money shall go instead, when the way it was paid is dead."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Code, Name, Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank
from amends.order.events.money import RefundRouteChosen
from amends.order.retries import alarm_clock, find_refund, refuse_without_refunds
from amends.order.state import Refund

BY = frozenset({Role.BUYER})


class ChooseRefundRoute(Struct, frozen=True, forbid_unknown_fields=True, tag="choose_refund_route"):
    """``route``: one of those the pack allows. ``details``: what is needed to pay that way, such as
    an account and its holder."""

    refund: Name
    route: Code
    details: Prose


def may(asked: Asked) -> Refused | None:
    """When a refund could not go back the way it was paid, and nothing stands in its place."""
    refused = refuse_without_refunds(asked.order)
    if refused:
        return refused
    refusals = [_refused(asked, refund) for refund in asked.order.refunds.values()]
    return None if None in refusals else refusals[-1]


def decide(asked: Asked, command: ChooseRefundRoute) -> OrderOutcome:
    """Finance pays it that way, on a clock. It may be chosen again until then."""
    refund = find_refund(asked.order, command.refund)
    if isinstance(refund, Refused):
        return refund
    refused = _refused(asked, refund)
    if refused:
        return refused
    known = asked.terms.refunds.other_routes.routes
    if command.route not in known:
        facts: Facts = {"route": command.route, "known": known}
        return Refused("unknown_route", facts, ("choose_known_route",), "invalid", "route")
    blank = refuse_blank(command.details, "details")
    if blank:
        return blank
    ref, contents = asked.text("details", command.details)
    chosen = RefundRouteChosen(
        at=asked.now,
        refund=refund.id,
        route=command.route,
        details_ref=ref,
        again=alarm_clock(asked.terms, "finance", refund.id, asked.now, "route_chosen"),
    )
    return Accepted((chosen,), contents)


def _refused(asked: Asked, refund: Refund) -> Refused | None:
    order, others = asked.order, asked.terms.refunds.other_routes
    facts: Facts = {"refund": refund.id, "state": refund.state}
    stuck = refund.state in ("failed", "reversed") and others.is_dead(refund.reason)
    if not stuck or refund.traced or order.retried(refund.id):
        return Refused("no_other_route", facts, ("see_refunds",))
    return None
