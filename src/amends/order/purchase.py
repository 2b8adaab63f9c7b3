"""The parts of an order as a marketplace puts it in: people, lines, listings, postage, payment."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amends.kernel.decision import Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Side
from amends.kernel.texts import Country, Id, Locale, Name, Prose
from amends.order.address import Address
from amends.order.asked import When
from amends.order.units import Quantity
from amends.policy.terms import Terms

Percent = Annotated[int, Meta(ge=0, le=100)]
Grams = Annotated[int, Meta(ge=0, le=1_000_000_000)]
DayCount = Annotated[int, Meta(ge=0, le=36_500)]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Left out and given as the default are the same, also to the digest of an order."""


class SellersReturns(_Part, frozen=True):
    """The seller's own return policy, as it stands when the order is placed."""

    change_of_mind_days: DayCount = 0
    return_postage_paid_by: Side = "buyer"
    restocking_fee_percent: Percent = 0
    exchange: bool = False


class Buyer(_Part, frozen=True):
    """Who bought. All but the id and the country is kept apart from the record."""

    id: Id
    name: Name = ""
    email: Name = ""
    phone: Name = ""
    locale: Locale | None = None
    country: Country | None = None
    address: Address | None = None


class Seller(_Part, frozen=True):
    """Who sold."""

    id: Id
    name: Name = ""
    email: Name = ""
    phone: Name = ""
    locale: Locale | None = None
    country: Country | None = None
    address: Address | None = None
    return_policy: SellersReturns | None = None


class Listing(_Part, frozen=True):
    """The item's page as it stood when it was bought."""

    text: Prose = ""
    attributes: Annotated[dict[Name, Prose], Meta(max_length=200)] = {}
    size_chart: Prose = ""
    pictures: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    url: Name = ""


class OrderLine(_Part, frozen=True):
    """``discount`` and ``tax`` are for all units of the line."""

    id: Id
    title: Name
    quantity: Quantity
    unit_price: Money
    discount: Money | None = None
    tax: Money | None = None
    sku: Name = ""
    weight_grams: Grams | None = None
    category: Name = ""
    listing: Listing | None = None


class Shipping(_Part, frozen=True):
    """What the buyer pays for postage, and what was promised."""

    price: Money | None = None
    ship_by: When | None = None
    promised_by: When | None = None


class Paid(_Part, frozen=True):
    """``captured``: this order's share of the payment. ``reference``: the provider's, to which
    refunds go back."""

    provider: Id
    reference: Name
    captured: Money
    method: Name = ""


MOST_LINES = 200
Lines = Annotated[tuple[OrderLine, ...], Meta(min_length=1, max_length=MOST_LINES)]


def refuse_returns(returns: SellersReturns | None, terms: Terms) -> Refused | None:
    """The seller's own return policy is taken as it is, within the pack's limits."""
    if returns is None:
        return None
    limits = terms.limits
    for name, given, most in (
        ("change_of_mind_days", returns.change_of_mind_days, limits.longest_change_of_mind_days),
        ("restocking_fee_percent", returns.restocking_fee_percent,
         limits.highest_restocking_fee_percent),
    ):  # fmt: skip
        if given > most:
            facts: Facts = {"given": given, "most": most, "source": limits.source}
            field = f"seller.return_policy.{name}"
            return Refused("return_policy_beyond_limit", facts, ("lower_it",), "invalid", field)
    return None
