"""Offers side by side: who pays what, who sends goods, and when money comes."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.views.structs import OfferView
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.policy.terms import Terms
from amends.policy.wording import Wording


class Compared(Struct, frozen=True):
    """An offer in words; ``kind`` says what it is to the others: asked, offered or countered."""

    offer: OfferView
    kind: str
    what: str
    pays: str
    sends: str
    money: str


def compared(offers: tuple[OfferView, ...], terms: Terms, wording: Wording) -> tuple[Compared, ...]:
    """Each offer, in the order in which they were made; the claim is the first."""
    return tuple(
        Compared(
            offer,
            _kind(number, offer),
            _("No refund") if _is_refusal(offer) else wording.remedy(offer.remedy),
            _pays(offer),
            _sends(offer),
            _money(offer, terms),
        )
        for number, offer in enumerate(offers)
    )


def _is_refusal(offer: OfferView) -> bool:
    return offer.remedy == "refund" and not offer.amount.amount


def _kind(number: int, offer: OfferView) -> str:
    if number == 0:
        return _("Asked by the buyer")
    if offer.by == "platform":
        return _("Proposed by the mediator")
    return _("Offered by the seller") if offer.by == "seller" else _("Countered by the buyer")


def _pays(offer: OfferView) -> str:
    if not offer.amount.amount:
        return _("Nobody pays")
    return _("The seller pays {amount}").format(amount=formatting.money(offer.amount))


def _sends(offer: OfferView) -> str:
    match offer.remedy, offer.return_postage_paid_by:
        case "return_and_refund", "seller":
            return _("The buyer sends the goods back, the seller pays the postage")
        case "return_and_refund", "buyer":
            return _("The buyer sends the goods back and pays the postage")
        case "return_and_refund", "platform":
            return _("The buyer sends the goods back, the platform pays the postage")
        case "return_and_refund", _:
            return _("The buyer sends the goods back")
        case "replacement", _:
            return _("The seller sends new goods")
        case _:
            return _("Nobody: the buyer keeps the goods")


def _money(offer: OfferView, terms: Terms) -> str:
    if not offer.amount.amount:
        return _("No money moves")
    days = {
        "least": terms.refunds.arrives_from_working_days.days,
        "most": terms.refunds.arrives_until_working_days.days,
    }
    if offer.remedy == "return_and_refund":
        text = _("{least} to {most} working days after the goods are back and were looked at")
    else:
        text = _("{least} to {most} working days after both have agreed")
    return text.format(**days)
