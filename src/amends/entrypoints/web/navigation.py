"""The lists each role works with, as the pages' navigation."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.web.language import mark as _
from amends.kernel.people import Role


class NavLink(Struct, frozen=True):
    """An entry of the navigation."""

    href: str
    words: str


_BUYER = (
    NavLink("/orders", _("My orders")),
    NavLink("/disputes", _("Returns and disputes")),
    NavLink("/notices", _("Notices")),
)
_SELLER = (
    NavLink("/disputes", _("To do")),
    NavLink("/orders", _("Orders")),
    NavLink("/balance", _("Balance")),
    NavLink("/shop", _("My shop")),
    NavLink("/notices", _("Notices")),
)
_FINANCE = (
    NavLink("/finance", _("Finance")),
    NavLink("/orders", _("Orders")),
    NavLink("/disputes", _("Disputes")),
    NavLink("/notices", _("Notices")),
)
_BOOKKEEPING = (
    NavLink("/disputes", _("Disputes")),
    NavLink("/orders", _("Orders")),
    NavLink("/finance", _("Finance")),
    NavLink("/notices", _("Notices")),
)
_DECIDER = (
    NavLink("/queue", _("Queue")),
    NavLink("/disputes", _("My cases")),
    NavLink("/notices", _("Notices")),
)
_SUPPORT = (
    NavLink("/support", _("Support")),
    NavLink("/orders", _("Orders")),
    NavLink("/disputes", _("Disputes")),
    NavLink("/notices", _("Notices")),
)
_SUPERVISOR = (
    NavLink("/queue", _("Queue")),
    NavLink("/support", _("Support")),
    NavLink("/disputes", _("Disputes")),
    NavLink("/orders", _("Orders")),
    NavLink("/rulings", _("Rulings")),
    NavLink("/notices", _("Notices")),
)
_STAFF = (
    NavLink("/disputes", _("Disputes")),
    NavLink("/orders", _("Orders")),
    NavLink("/notices", _("Notices")),
)

_ADMIN = (
    *_BOOKKEEPING,
    NavLink("/queue", _("Queue")),
    NavLink("/support", _("Support")),
    NavLink("/rulings", _("Rulings")),
    NavLink("/staff", _("Staff")),
)


def navigation_for(role: Role) -> tuple[NavLink, ...]:
    """The lists a role works with, the one it starts at first."""
    match role:
        case Role.BUYER:
            return _BUYER
        case Role.SELLER:
            return _SELLER
        case Role.MEDIATOR | Role.APPEALS:
            return _DECIDER
        case Role.SUPERVISOR:
            return _SUPERVISOR
        case Role.SUPPORT:
            return _SUPPORT
        case Role.FINANCE:
            return _FINANCE
        case Role.AUDITOR:
            return _BOOKKEEPING
        case Role.ADMIN:
            return _ADMIN
        case _:
            return _STAFF
