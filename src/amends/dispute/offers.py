"""What any offer has to hold to, whoever makes it."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.dispute.money import worth
from amends.dispute.remedies import refuse_remedy
from amends.dispute.state import Offer
from amends.kernel.decision import Facts, Refused
from amends.kernel.money import Money
from amends.order.refunds import bounded_amount
from amends.policy.terms import Remedy


def offer_amount(
    asked: AskedOfDispute, remedy: Remedy, amount: Money | None, *, least: int = 1
) -> int | Refused:
    """What is offered, in minor units: at least ``least``, at most what is left for the units.

    A replacement may come without money. Refuses a remedy that the dispute does not allow.
    """
    refused = refuse_remedy(asked, remedy)
    if refused:
        return refused
    replacing = remedy == "replacement"
    if amount is None:
        if replacing:
            return 0
        return Refused("amount_missing", {"remedy": remedy}, ("name_amount",), "invalid", "amount")
    most = worth(asked.order, asked.dispute)
    return bounded_amount(asked.order, amount, most, least=0 if replacing else least)


def refuse_stale(asked: AskedOfDispute, offer: Offer) -> Refused | None:
    """Refuses an offer made before money or goods moved that can no longer be kept as it says."""
    refused = refuse_remedy(asked, offer.remedy)
    if refused:
        return refused
    left = worth(asked.order, asked.dispute)
    if offer.amount > left:
        facts: Facts = {
            "offered": asked.order.money(offer.amount), "left": asked.order.money(left),
        }  # fmt: skip
        return Refused("more_than_is_left", facts, ("make_offer",))
    return None
