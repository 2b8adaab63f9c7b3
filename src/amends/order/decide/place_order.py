"""Put an order in."""

from __future__ import annotations

import msgspec
from msgspec import Struct, convert

from amends.kernel.decision import Accepted, Content, Facts, FoundBy, Refused, Stamp
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.kernel.texts import Id
from amends.order.asked import OrderOutcome, When, in_utc
from amends.order.dates import refuse_dates
from amends.order.events.life import OrderPlaced
from amends.order.pricing import Bill, price
from amends.order.purchase import (
    Buyer,
    Lines,
    Listing,
    Paid,
    Seller,
    SellersReturns,
    Shipping,
    refuse_returns,
)
from amends.order.repeated import as_it_stands, digest_of, line_digests
from amends.order.state import Order, Payment, ReturnPolicy
from amends.policy.terms import Terms

BY = frozenset({Role.MARKETPLACE})
# Ids of disputes and refunds are the order's with a little behind it, and have to be ids as well.
_LONGEST_ID = 56


class PlaceOrder(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="place_order"
):
    """One seller's order. ``purchase`` is the same for all orders of one checkout. ``discount`` is
    spread over the lines. ``tax_included``: prices hold the tax. ``policy``: the pack's id.
    ``promised_by`` and ``return_policy`` may stand here, or with the shipping and the seller."""

    placed_at: When
    currency: str
    buyer: Buyer
    seller: Seller
    lines: Lines
    payment: Paid
    policy: Id = "aliexpress"
    purchase: Id | None = None
    shipping: Shipping = Shipping()
    promised_by: When | None = None
    return_policy: SellersReturns | None = None
    discount: Money | None = None
    tax_included: bool = False

    @property
    def promise(self) -> When | None:
        """Until when the order was promised, wherever that stands."""
        return self.promised_by or self.shipping.promised_by

    @property
    def returns(self) -> SellersReturns | None:
        """The seller's own return policy, wherever it stands."""
        return self.return_policy or self.seller.return_policy

    @property
    def bill(self) -> Bill:
        """What is to be paid for it."""
        return Bill(
            currency=self.currency,
            lines=self.lines,
            captured=self.payment.captured,
            shipping=self.shipping.price,
            discount=self.discount,
            tax_included=self.tax_included,
        )


def decide(
    order: Order | None, order_id: str, command: PlaceOrder, by: Actor, terms: Terms, stamp: Stamp
) -> OrderOutcome:
    """On record under the pack's version in force; the same again changes nothing, be it as it was
    first put in or as it was amended since."""
    digest = digest_of(command)
    if order is not None:
        if order.digest == digest or as_it_stands(order, command):
            return Accepted(())
        return Refused("order_differs", {"order": order.id}, ("amend_order",))
    promised_by, returns = command.promise, command.returns
    refused = (
        _names(order_id, command)
        or _twice(command)
        or refuse_dates(command.placed_at, command.shipping.ship_by, promised_by, stamp.at)
        or refuse_returns(returns, terms)
    )
    if refused:
        return refused
    priced = price(command.bill)
    if isinstance(priced, Refused):
        return priced
    buyer, seller, listing = contents = _contents(command, stamp)
    placed_at, ship_by = in_utc(command.placed_at), command.shipping.ship_by
    paid = command.payment
    placed = Order(
        id=order_id,
        buyer=command.buyer.id,
        seller=command.seller.id,
        currency=command.currency,
        placed_at=placed_at,
        pack=terms.ref,
        digest=digest,
        line_digests=line_digests(command),
        lines=priced.lines,
        shipping_paid=priced.shipping,
        captured=priced.captured,
        payment=Payment(paid.provider, paid.reference, paid.method),
        changed_at=placed_at,
        buyer_ref=buyer.ref,
        seller_ref=seller.ref,
        listing_ref=listing.ref,
        purchase=command.purchase or "",
        buyer_country=command.buyer.country or "",
        buyer_language=(command.buyer.locale or "").partition("-")[0].casefold(),
        ship_by=in_utc(ship_by) if ship_by else None,
        promised_by=in_utc(promised_by) if promised_by else None,
        return_policy=convert(returns, ReturnPolicy, from_attributes=True) if returns else None,
    )
    return Accepted((OrderPlaced(at=placed_at, order=placed),), contents)


def _contents(command: PlaceOrder, stamp: Stamp) -> tuple[Content, Content, Content]:
    """The buyer's details, the seller's, and by line id what was for sale, each as JSON."""
    listings = {
        line.id: {"title": line.title, "listing": line.listing or Listing()}
        for line in command.lines
    }
    return (
        _details(stamp, Role.BUYER, command.buyer),
        _details(stamp, Role.SELLER, command.seller),
        Content(stamp.ref("listing"), command.seller.id, _json(listings)),
    )


def _details(stamp: Stamp, role: Role, of: Buyer | Seller) -> Content:
    found_by = FoundBy(of.email, role) if of.email.strip() else None
    return Content(stamp.ref(role.value), of.id, _json(of), found_by)


def _json(thing: object) -> str:
    return msgspec.json.encode(thing).decode("utf-8")


def _names(order_id: str, command: PlaceOrder) -> Refused | None:
    if len(order_id) > _LONGEST_ID:
        facts: Facts = {"length": len(order_id), "most": _LONGEST_ID}
        return Refused("order_id_too_long", facts, ("use_shorter_id",), "invalid", "id")
    if command.buyer.id == command.seller.id:
        person: Facts = {"person": command.buyer.id}
        return Refused("buyer_is_seller", person, ("name_two_people",), "invalid", "seller.id")
    return None


def _twice(command: PlaceOrder) -> Refused | None:
    """Refuses two answers to one question."""
    for field, here, there in (
        ("promised_by", command.promised_by, command.shipping.promised_by),
        ("return_policy", command.return_policy, command.seller.return_policy),
    ):
        if here is not None and there is not None and here != there:
            return Refused("given_twice", {"field": field}, ("give_once",), "invalid", field)
    return None
