"""Judging a command on a case: who may see it, who may ask, what follows from what happened.

This is the whole of the domain as the engine meets it: a command, the case it is about, the terms,
and the instant go in; events or a refusal come out.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from amends.dispute import decide as dispute_commands
from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.decide import DisputeCommand, open_dispute
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.follow import with_what_follows
from amends.dispute.state import Case, Dispute
from amends.dispute.visibility import sees_dispute, sees_order
from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.people import Actor
from amends.kernel.refusals import refuse_role, unknown
from amends.order import decide as order_commands
from amends.order.asked import Asked
from amends.order.decide import OrderCommand
from amends.order.decide.place_order import PlaceOrder
from amends.policy.terms import Terms


class OnOrder(Struct, frozen=True):
    """A command about an order as a whole, opening a dispute among them."""

    order: str
    command: OrderCommand | OpenDispute


class OnDispute(Struct, frozen=True):
    """A command about one of an order's disputes."""

    order: str
    dispute: str
    command: DisputeCommand


CaseCommand = OnOrder | OnDispute


class Option(Struct, frozen=True):
    """Whether a command can be asked now, and if not, why: what pages, API and help show."""

    type: str
    refused: Refused | None


def tag_of(command: type[Struct]) -> str:
    """The command's name on every surface: the ``type`` of its JSON."""
    return str(command.__struct_config__.tag)


_ON_ORDER = {tag_of(command): module for command, module in order_commands.COMMANDS.items()}
_ON_DISPUTE = {tag_of(command): module for command, module in dispute_commands.COMMANDS.items()}
_OPENING = tag_of(OpenDispute)


def decide(
    case: Case | None, command: CaseCommand, by: Actor, terms: Terms, stamp: Stamp
) -> Outcome:
    """Judge ``command`` on ``case`` (None: there is no such order yet).

    What follows in disputes from an order's own events, such as a refund that settled, is decided
    here too, so that it is recorded together with them.
    """
    outcome = _judged(case, command, by, terms, stamp)
    if isinstance(outcome, Refused) or case is None:
        return outcome
    return Accepted(with_what_follows(case, outcome.events, terms, stamp), outcome.contents)


def _judged(
    case: Case | None, command: CaseCommand, by: Actor, terms: Terms, stamp: Stamp
) -> Outcome:
    if isinstance(command, OnOrder) and isinstance(command.command, PlaceOrder):
        order = case.order if case else None
        return order_commands.place(order, command.order, command.command, by, terms, stamp)
    if case is None or not sees_order(case, by):
        return unknown("order", command.order)
    if isinstance(command, OnDispute):
        dispute = case.disputes.get(command.dispute)
        if dispute is None or not sees_dispute(dispute, by):
            return unknown("dispute", command.dispute)
        return dispute_commands.decide(
            AskedOfDispute(case, dispute, by, terms, stamp), command.command
        )
    of_order = Asked(case.order, by, terms, stamp)
    if isinstance(command.command, OpenDispute):
        return (
            refuse_role(by, open_dispute.BY)
            or open_dispute.may(of_order)
            or open_dispute.decide(of_order, command.command)
        )
    return order_commands.decide(of_order, command.command)


def order_options(
    case: Case,
    by: Actor,
    terms: Terms,
    stamp: Stamp,
    only: Collection[str] | None = None,
    *,
    dispute: str = "",
    refund: str = "",
) -> tuple[Option, ...]:
    """Each command on the order that the asker's role may give, and whether it can be given now.

    ``only``: the types that are asked about, None for all. ``dispute``, ``refund``: the one that
    they would be about, "" for any.
    """
    asked = Asked(case.order, by, terms, stamp, dispute, refund)
    options = [
        Option(type_, module.may(asked))
        for type_, module in _ON_ORDER.items()
        if by.role in module.BY and (only is None or type_ in only)
    ]
    if by.role in open_dispute.BY and (only is None or _OPENING in only):
        options.append(Option(_OPENING, open_dispute.may(asked)))
    return tuple(options)


def dispute_options(
    case: Case, dispute: Dispute, by: Actor, terms: Terms, stamp: Stamp
) -> tuple[Option, ...]:
    """Each command on the dispute that the asker's role may give, and whether it can be now."""
    asked = AskedOfDispute(case, dispute, by, terms, stamp)
    return tuple(
        Option(type_, module.may(asked))
        for type_, module in _ON_DISPUTE.items()
        if by.role in module.BY
    )
