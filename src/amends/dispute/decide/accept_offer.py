"""Agree to what the other side, or the platform, proposes. Final: it is carried out at once."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.effects import carry_out
from amends.dispute.events.negotiation import OfferAccepted, OfferAgreed
from amends.dispute.offers import refuse_stale
from amends.dispute.state import Effect, Offer
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Id

BY = frozenset({Role.BUYER, Role.SELLER})


class AcceptOffer(Struct, frozen=True, forbid_unknown_fields=True, tag="accept_offer"):
    """``amount`` must be the offer's, so that nobody agrees to what they did not see; it may be
    left out when the offer has none."""

    offer: Id
    amount: Money | None = None


def may(asked: AskedOfDispute) -> Refused | None:
    """Until money moves, while there is something of the other side's to agree to."""
    refused = asked.refuse_phase(
        "awaiting_seller", "awaiting_buyer", "mediation", "ruled", "appeal", "returning"
    )
    if refused:
        return refused
    offers = asked.dispute.offers
    if any(_open_to(asked, offer) for offer in offers):
        return None
    agreed = next((offer for offer in offers if _agreed_to(asked, offer)), None)
    if agreed:
        return _refuse_twice(agreed)
    return Refused("no_offer_to_accept", {}, ("make_offer",))


def decide(asked: AskedOfDispute, command: AcceptOffer) -> Outcome:
    """Both sides are bound to this offer and this amount; the platform's proposal needs both."""
    dispute = asked.dispute
    offer = dispute.offer(command.offer)
    if offer is None:
        facts: Facts = {"offer": command.offer}
        return Refused("unknown_offer", facts, ("see_offers",), "invalid", "offer")
    if _agreed_to(asked, offer):
        return _refuse_twice(offer)
    if not _open_to(asked, offer):
        rule = "own_offer" if offer.by == asked.side else "offer_not_standing"
        return Refused(rule, {"offer": offer.id, "status": offer.status}, ("see_offers",))
    refused = refuse_stale(asked, offer)
    if refused:
        return refused
    named = command.amount
    if named is None and offer.amount:
        return Refused("amount_missing", {}, ("name_amount",), "invalid", "amount")
    if named is not None and named != asked.order.money(offer.amount):
        differs: Facts = {"offered": asked.order.money(offer.amount), "named": named}
        return Refused("offer_has_other_amount", differs, ("see_offers",))
    if offer.by == "platform" and not offer.agreed_by:
        agreed = OfferAgreed(at=asked.now, dispute=dispute.id, offer=offer.id, by=asked.side)
        return Accepted((agreed,))
    accepted = OfferAccepted(at=asked.now, dispute=dispute.id, offer=offer.id, by=asked.side)
    effect = Effect(
        remedy=offer.remedy,
        amount=offer.amount,
        return_paid_by=offer.return_paid_by or asked.pays_return,
        source="agreement",
    )
    return Accepted((accepted, *carry_out(asked, effect, "offer_accepted")))


def _open_to(asked: AskedOfDispute, offer: Offer) -> bool:
    mine = offer.by == asked.side or asked.side in offer.agreed_by
    return offer.status == "standing" and not mine


def _agreed_to(asked: AskedOfDispute, offer: Offer) -> bool:
    return offer.status == "standing" and asked.side in offer.agreed_by


def _refuse_twice(offer: Offer) -> Refused:
    return Refused("agreed_already", {"offer": offer.id}, ("wait_for_other_side",))
