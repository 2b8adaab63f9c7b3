"""A seller's record in words: each figure with what it is made of."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from amends.entrypoints.records import SellerRecord, Share
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import translate_plural as ngettext
from amends.entrypoints.words import formatting

_HOUR = timedelta(hours=1)


class Figure(Struct, frozen=True):
    """A number about somebody, in words, and what it is made of."""

    words: str
    value: str
    made_of: str


def figures_of(record: SellerRecord) -> tuple[Figure, ...]:
    """A seller's, from what buyers look for first."""
    return (
        Figure(_("Stars"), _stars(record), _("What buyers gave after their orders.")),
        Figure(_("Orders with a dispute"), told(record.disputed),
               _("Every dispute opened, whoever was right, out of the orders that were not"
                 " cancelled.")),
        Figure(_("Found for the buyer"), told(record.lost),
               _("Out of all that was ruled on. What the two settled, what the buyer took back,"
                 " and what the platform was late with do not count.")),
        Figure(_("Settled between the two"), told(record.settled),
               _("Ended by agreement, out of all that ended by agreement or by a ruling.")),
        Figure(_("Never came"), told(record.undelivered),
               _("Orders made good because nothing came. Where a carrier says that it came, only"
                 " those that a ruling found so.")),
        Figure(_("First answer to a claim"), _answer(record), _("The middle one of all answers.")),
        Figure(_("Claims without an answer in time"), told(record.silent),
               _("Out of all claims that were answered or went to a mediator without.")),
    )  # fmt: skip


def told(share: Share) -> str:
    """A share, with what it is of; or that these are too few."""
    of = {"n": share.count, "all": share.of}
    if share.per_thousand is None:
        return _("{n} of {all}: too few to say").format(**of)
    return _("{percent} ({n} of {all})").format(
        percent=formatting.percent(share.per_thousand), **of
    )


def _stars(record: SellerRecord) -> str:
    count = sum(record.stars)
    reviews = ngettext("{n} review", "{n} reviews", count).format(n=count)
    if record.stars_tenths is None:
        return _("{reviews}: too few to say").format(reviews=reviews)
    mean = formatting.tenths(record.stars_tenths)
    return _("{stars} of 5 ({reviews})").format(stars=mean, reviews=reviews)


def _answer(record: SellerRecord) -> str:
    if record.answer_seconds is None:
        return _("Too few answers to say")
    took = max(_HOUR, timedelta(seconds=record.answer_seconds))
    return _("After {span}").format(span=formatting.span(took))
