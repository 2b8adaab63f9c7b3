"""Signals from other cases in words; the sides are measured alike."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.state import Dispute
from amends.entrypoints.records import BuyerRecord, SellerRecord, Share, buyer_record, seller_record
from amends.entrypoints.signals import SamePicture, same_pictures
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import translate_plural as ngettext
from amends.entrypoints.web.records import told
from amends.entrypoints.web.site import Site
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant

MANY = 300
"""So many disputes in a thousand orders are marked, of either side."""


class Measured(Struct, frozen=True):
    """A figure for both sides, and whether it is high."""

    words: str
    buyer: str
    seller: str
    high_buyer: bool = False
    high_seller: bool = False


class Signals(Struct, frozen=True):
    """Sentences on pictures, and figures counted since an instant."""

    pictures: tuple[str, ...]
    measured: tuple[Measured, ...]
    since: Instant


def signals_of(site: Site, looking: Looking, dispute: Dispute) -> Signals:
    """Of a dispute, for somebody who judges it."""
    store, order, now = site.service.store, looking.case.order, looking.stamp.at
    buyer = buyer_record(store.views, order.buyer, now)
    seller = seller_record(store, order.seller, now)
    pictures = same_pictures(site.service, looking.case, dispute)
    return Signals(tuple(map(_picture, pictures)), _measured(buyer, seller), buyer.since)


def _picture(one: SamePicture) -> str:
    if one.exact:
        said = ngettext(
            "{id} is the very file that was given in {n} other case.",
            "{id} is the very file that was given in {n} other cases.",
            one.cases,
        )
    else:
        said = ngettext(
            "{id} looks like the same picture as one given in {n} other case.",
            "{id} looks like the same picture as one given in {n} other cases.",
            one.cases,
        )
    whose = _("Always by others; first on {at}.")
    if one.same_person:
        whose = _("By the same person in {n} of them; first on {at}.")
    since = whose.format(n=one.same_person, at=formatting.moment(one.since))
    return f"{said.format(id=one.evidence, n=one.cases)} {since}"


def _measured(buyer: BuyerRecord, seller: SellerRecord) -> tuple[Measured, ...]:
    return (
        Measured(
            _("Orders with a dispute"), told(buyer.disputed), told(seller.disputed),
            _high(buyer.disputed), _high(seller.disputed),
        ),
        Measured(_("Rulings for the other side"), told(buyer.lost), told(seller.lost)),
        Measured(_("Settled between the two"), told(buyer.settled), told(seller.settled)),
    )  # fmt: skip


def _high(share: Share) -> bool:
    return share.per_thousand is not None and share.per_thousand >= MANY
