"""The pages' own words for states, roles and what was done; rules and clocks have theirs elsewhere.

``amends.entrypoints.words`` says what rules, deadlines and notices are called.
"""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.web.language import mark as _
from amends.kernel.people import Role

STATUSES: dict[str, str] = {
    "placed": _("Waiting to be sent"),
    "partly_shipped": _("Partly sent"),
    "shipped": _("On its way"),
    "delivered": _("Delivered"),
    "received": _("Received"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
}
PHASES: dict[str, str] = {
    "awaiting_seller": _("Waiting for the seller's answer"),
    "awaiting_buyer": _("Waiting for the buyer's answer"),
    "mediation": _("With a mediator"),
    "ruled": _("Decided; an appeal is still possible"),
    "appeal": _("Appealed"),
    "returning": _("The goods go back"),
    "replacing": _("A replacement is coming"),
    "settling": _("The money is on its way"),
    "closed": _("Closed"),
}
OUTCOMES: dict[str, str] = {
    "refunded": _("The money was given back"),
    "replaced": _("A replacement was sent"),
    "refused": _("The claim was refused"),
    "settled_without_refund": _("Settled without a refund"),
    "cancelled": _("Cancelled by the buyer"),
    "abandoned": _("Ended: the goods were not sent back in time"),
    "honoured_by_platform": _("Paid by the platform"),
}
REFUND_STATES: dict[str, str] = {
    "recorded": _("Being sent to the payment provider"),
    "unknown": _("The payment provider is being asked what became of it"),
    "settled": _("Sent back by the payment provider"),
    "failed": _("Did not go through; it is tried again or another way"),
    "reversed": _("Sent, and came back to us; another way is looked for"),
}
ROLES: dict[str, str] = {
    "buyer": _("buyer"),
    "seller": _("seller"),
    "marketplace": _("marketplace"),
    "mediator": _("mediator"),
    "appeals": _("appeals officer"),
    "supervisor": _("supervisor"),
    "support": _("support"),
    "finance": _("finance"),
    "auditor": _("auditor"),
    "admin": _("administrator"),
    "provider": _("payment provider or carrier"),
    "clock": _("the clock"),
}
TURNS: dict[str, str] = {
    "buyer": _("the buyer"),
    "seller": _("the seller"),
    "mediator": _("the mediator"),
    "supervisor": _("the supervisor"),
    "appeals": _("the appeals officer"),
    "platform": _("the platform"),
}
# Said on the page one comes to after a command.
DONE: dict[str, str] = {
    "open_dispute": _("Your dispute is open. The seller has been told."),
    "make_offer": _("Your offer was sent. The other side has been told."),
    "accept_offer": _("You agreed to the offer. It is being carried out."),
    "decline_offer": _("You declined the offer. The other side has been told."),
    "cancel_dispute": _("The dispute is cancelled."),
    "escalate": _("A mediator will look at the case."),
    "send_message": _("Your message was sent."),
    "confirm_receipt": _("You confirmed that the order reached you."),
    "upload": _("The file is on record with the order."),
    "issue_ruling": _("Your ruling is published to both sides."),
    "decide_appeal": _("Your decision is published to both sides."),
    "accept_ruling": _("You accepted the ruling."),
    "appeal": _("Your appeal was filed. Somebody who did not rule will hear it."),
    "add_evidence": _("The files were added to the dispute."),
}


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
    NavLink("/notices", _("Notices")),
)
_DECIDER = (NavLink("/disputes", _("My cases")), NavLink("/notices", _("Notices")))
_STAFF = (
    NavLink("/disputes", _("Disputes")),
    NavLink("/orders", _("Orders")),
    NavLink("/notices", _("Notices")),
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
        case _:
            return _STAFF


def done_in_words(what: str) -> str:
    """What is said after a command; "" for an empty or unknown code."""
    return DONE.get(what, _("Done. It is on record.") if what else "")
