"""Offers in words: each in a line, and side by side with who pays, who sends, when money comes."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute
from amends.dispute.state import Dispute
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.structs import OfferView
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.kernel.money import Money
from amends.policy.terms import Payer, Terms
from amends.policy.wording import Wording


class Compared(Struct, frozen=True):
    """An offer in words; ``kind`` says what it is to the others: asked, offered, countered or
    changed."""

    offer: OfferView
    kind: str
    what: str
    pays: str
    sends: str
    money: str


def compared(
    offers: tuple[OfferView, ...], pays_return: Payer, terms: Terms, wording: Wording
) -> tuple[Compared, ...]:
    """Each offer, in the order in which they were made; the claim is the first. ``pays_return``:
    who does where an offer names nobody."""
    return tuple(
        Compared(
            offer,
            _kind(number, offer, answered="seller" in {o.by for o in offers[:number]}),
            _remedy(offer.remedy, offer.amount, wording),
            _pays(offer),
            _sends(offer, pays_return),
            _money(offer, terms),
        )
        for number, offer in enumerate(offers)
    )


def pays_return_of(looking: Looking, dispute: Dispute) -> Payer:
    """Who pays the postage back by the rule, where nobody is named."""
    case, by, terms, stamp = looking.case, looking.by, looking.terms, looking.stamp
    return AskedOfDispute(case, dispute, by, terms, stamp).pays_return


def in_a_line(remedy: str, amount: Money, pays_return: Payer, wording: Wording) -> str:
    """What is offered or awarded, with everything that somebody who agrees is bound to."""
    what = _remedy(remedy, amount, wording)
    if amount.amount:
        sum_ = formatting.money(amount)
        what = _("{remedy}, {amount}").format(remedy=what, amount=sum_)
    if remedy != "return_and_refund":
        return what
    if pays_return == "seller":
        return _("{award}; the seller pays the postage back").format(award=what)
    return _("{award}; the buyer pays the postage back").format(award=what)


def ruling_given_up(looking: Looking, dispute: Dispute, wording: Wording) -> str:
    """What was awarded to whoever agrees to an offer in its place; "" without such a ruling."""
    ruling, effect = dispute.ruling, dispute.effect
    # What both agreed to since has taken the ruling's place already.
    if ruling is None or effect is None or effect.source == "agreement":
        return ""
    amount = looking.case.order.money(ruling.amount)
    if ruling.remedy == "refund" and ruling.amount:
        text = _("The ruling awarded {amount}; agreeing to this takes its place.")
        return text.format(amount=formatting.money(amount))
    award = in_a_line(ruling.remedy, amount, ruling.return_paid_by, wording)
    text = _("The ruling was: {award}. Agreeing to this takes its place.")
    return text.format(award=award)


def _remedy(remedy: str, amount: Money, wording: Wording) -> str:
    if remedy == "refund" and not amount.amount:
        return _("No refund")
    return wording.remedy(remedy)


def _kind(number: int, offer: OfferView, *, answered: bool) -> str:
    if number == 0:
        return _("Asked by the buyer")
    if offer.by == "platform":
        return _("Proposed by the mediator")
    if offer.by == "seller":
        return _("Offered by the seller")
    # Before the seller has offered anything, buyers change what they asked for themselves.
    return _("Countered by the buyer") if answered else _("Changed by the buyer")


def _pays(offer: OfferView) -> str:
    if not offer.amount.amount:
        return _("Nobody pays")
    return _("The seller pays {amount}").format(amount=formatting.money(offer.amount))


def _sends(offer: OfferView, pays_return: Payer) -> str:
    match offer.remedy, offer.return_postage_paid_by or pays_return:
        case "return_and_refund", "seller":
            return _("The buyer sends the goods back, the seller pays the postage")
        case "return_and_refund", _:
            return _("The buyer sends the goods back and pays the postage")
        case "replacement", _:
            return _("The seller sends new goods")
        case _:
            return _("Nobody: nothing is sent back")


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
