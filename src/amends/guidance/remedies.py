"""Which remedy leaves a buyer how much: what comes back, less the postage that they pay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute
from amends.dispute.claims import claimed_amount, payer_of_return
from amends.dispute.remedies import refuse_remedy
from amends.dispute.state import Dispute
from amends.kernel.money import percent_of
from amends.order.state import Order
from amends.policy.terms import Payer, Reason, Remedy

Sure = Literal["known", "estimated", "unknown"]
ASK_PERCENT = 90
"""Of all that could be claimed for goods that are kept: the guide's example leaves the rest."""


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """What sending a parcel costs, in minor units, between two countries (ISO codes), up to so many
    grams; ``source`` says where that was found."""

    from_country: str
    to_country: str
    up_to_grams: int
    amount: int
    currency: str
    source: str


class Postage(Struct, frozen=True):
    """What sending the goods back costs, in minor units of the order's currency, None where nobody
    knows; who pays it, and how sure the figure is."""

    paid_by: Payer
    amount: int | None = None
    sure: Sure = "unknown"
    source: str = ""


class Worth(Struct, frozen=True):
    """A remedy: what comes back, and what of that is left; None where it cannot be told. What goods
    that are kept are worth to somebody comes on top."""

    remedy: Remedy
    comes_back: int
    leaves: int | None


class Compared(Struct, frozen=True):
    """All remedies that can be asked for. ``without_return``: the postage back is more than the
    pack's part of what would come back. ``ask``: what a seller gives more readily, or None."""

    options: tuple[Worth, ...]
    postage: Postage | None
    without_return: bool
    ask: int | None


def compare(
    remedies: Mapping[Remedy, int],
    postage: Postage,
    percent: int,
    *,
    in_part: bool,
    claimed: int | None = None,
) -> Compared:
    """The ``remedies``, each with the most that can be claimed; ``percent``: the pack's part of
    what comes back above which postage is too dear; ``in_part``: goods with a fault are kept;
    ``claimed``: what a dispute asks for now, below which alone asking for less is named."""
    back, kept = remedies.get("return_and_refund"), remedies.get("refund")
    ask = percent_of(kept, ASK_PERCENT) if in_part and kept is not None else None
    dear = back is not None and (postage.amount or 0) * 100 > percent * back
    return Compared(
        options=tuple(_worth(remedy, most, postage) for remedy, most in remedies.items()),
        postage=None if back is None else postage,
        without_return=dear and kept is not None,
        ask=None if ask is not None and claimed is not None and ask >= claimed else ask,
    )


def fault_in_part(reason: Reason, *, received: bool) -> bool:
    """Whether goods came that may still be of use: where none came, all of the money is owed, and
    counterfeits are of no use to anybody."""
    return received and reason.at_fault == "seller" and not reason.no_return_asked


def claimable(dispute: Dispute, asked: AskedOfDispute) -> dict[Remedy, int]:
    """What can be agreed on in a dispute as it stands, each with the most of it."""
    claim, order, found = dispute.claim, asked.order, dict[Remedy, int]()
    for allowed in asked.reason.remedies:
        most = claimed_amount(order, asked.reason, allowed.remedy, None, claim.lines)
        if isinstance(most, int) and refuse_remedy(asked, allowed.remedy) is None:
            found[allowed.remedy] = most
    return found


def postage_back(
    order: Order,
    reason: Reason,
    lines: Mapping[str, int],
    route: tuple[str, str],
    rates: Iterable[Rate],
    quote: int | None = None,
) -> Postage:
    """What sending units (by line id) back costs: a buyer's own ``quote``, or an estimate by weight
    and by ``route``, the buyer's country and the seller's."""
    payer = payer_of_return(order, reason)
    if quote is not None:
        return Postage(payer, quote, "known")
    weights = [
        None if line.weight_grams is None else line.weight_grams * lines[line.id]
        for line in order.lines
        if line.id in lines
    ]
    grams = sum(weight or 0 for weight in weights)
    if not weights or None in weights:
        return Postage(payer)
    fitting = [
        rate
        for rate in rates
        if (rate.from_country, rate.to_country, rate.currency) == (*route, order.currency)
        and grams <= rate.up_to_grams
    ]
    if not fitting:
        return Postage(payer)
    rate = min(fitting, key=lambda rate: rate.up_to_grams)
    return Postage(payer, rate.amount, "estimated", rate.source)


def _worth(remedy: Remedy, most: int, postage: Postage) -> Worth:
    if remedy == "replacement":
        return Worth(remedy, 0, 0)
    if remedy != "return_and_refund" or postage.paid_by == "seller":
        return Worth(remedy, most, most)
    return Worth(remedy, most, None if postage.amount is None else most - postage.amount)
