"""Who may see what: for everybody else it does not exist."""

from __future__ import annotations

from amends.dispute.state import Case, Dispute
from amends.kernel.people import Actor, Role
from amends.order.state import Order

# Roles whose work is with every order.
_EVERY_ORDER = frozenset(
    {Role.MARKETPLACE, Role.SUPERVISOR, Role.SUPPORT, Role.FINANCE, Role.AUDITOR, Role.ADMIN,
     Role.PROVIDER, Role.CLOCK}
)  # fmt: skip


def is_party(order: Order, by: Actor) -> bool:
    """Whether ``by`` asks as this order's buyer or as its seller."""
    return (by.role is Role.BUYER and by.person == order.buyer) or (
        by.role is Role.SELLER and by.person == order.seller
    )


def sees_order(case: Case, by: Actor) -> bool:
    """A party, staff who work with every order, and whoever decides one of its disputes."""
    if by.role in (Role.MEDIATOR, Role.APPEALS):
        return any(sees_dispute(dispute, by) for dispute in case.disputes.values())
    return by.role in _EVERY_ORDER or is_party(case.order, by)


def sees_dispute(dispute: Dispute, by: Actor) -> bool:
    """Given an order that is seen: a mediator only a dispute assigned to them, an officer only an
    appeal that is theirs or nobody's yet."""
    if by.role is Role.MEDIATOR:
        return dispute.mediator == by.person
    if by.role is Role.APPEALS:
        free = dispute.phase == "appeal" and dispute.officer is None
        return dispute.officer == by.person or free
    return True
