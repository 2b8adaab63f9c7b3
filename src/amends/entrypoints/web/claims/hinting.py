"""What would make a claim stronger, in words, each with where to act on it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from importlib.resources import files

from msgspec import Struct

from amends.dispute.events.negotiation import DisputeOpened
from amends.entrypoints.records import seller_record
from amends.entrypoints.web.claims.steps import Claiming
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.site import Site
from amends.entrypoints.words import formatting
from amends.guidance.claims import Claim, Hint, Proof, Seller, hints, plain_words
from amends.guidance.remedies import fault_in_part
from amends.guidance.warnings import own_date

_UNKNOWN = Seller(None)
_HOUR = timedelta(hours=1)


class Hinted(Struct, frozen=True):
    """A hint, and a link to what it is about."""

    text: str
    href: str
    act: str


def hints_of(
    site: Site, claiming: Claiming, proofs: tuple[Proof, ...], opened: DisputeOpened | None
) -> tuple[Hinted, ...]:
    """Those for a whole claim; ``opened``: what would come of it, None where it cannot be sent."""
    order = claiming.looking.case.order
    record = seller_record(site.service.store, order.seller, claiming.looking.stamp.at)
    took = record.answer_seconds
    seller = Seller(None if took is None else max(_HOUR, timedelta(seconds=took)))
    return _hinted(claiming, proofs, opened.claim.amount if opened else 0, seller)


def text_hints(claiming: Claiming) -> tuple[Hinted, ...]:
    """Those for what was told, once it was."""
    return _hinted(claiming, (), 0, _UNKNOWN) if "story" in claiming.begun.done else ()


def _hinted(
    claiming: Claiming, proofs: tuple[Proof, ...], amount: int, seller: Seller
) -> tuple[Hinted, ...]:
    if not claiming.reason:
        return ()
    looking, posted = claiming.looking, claiming.begun.posted
    asks_money = posted.one("remedy") == "refund"
    reason = looking.terms.reasons[claiming.reason]
    several = len(claiming.order.lines) > 1
    titles = tuple(unit.title for unit in claiming.units if unit.line in claiming.lines)
    claim = Claim(
        text=posted.one("description").strip(),
        amount=amount if asks_money else 0,
        most=claiming.remedies.get("refund", 0),
        in_part=fault_in_part(reason, received=bool(claiming.received)),
        items=titles if several else (),
        written=bool(looking.case.order.thread.count or posted.one("tried_to_settle").strip()),
    )
    now = looking.stamp.at
    until = own_date(looking.case, looking.by, looking.terms, now)
    within, words = seller.answers_within, looking.words
    facts = {
        "proofs": _("; ").join(_missing(claiming, proofs)),
        "items": _(", ").join(titles),
        "answer": formatting.span(within, words.locale) if within else "",
        "until": words.advice["until_then"].format(until=formatting.moment(until, words.locale))
        if until
        else "",
    }
    return tuple(
        Hinted(words.advice[hint].format(**facts), *_act(claiming, hint))
        for hint in hints(claim, proofs, _rude(), now, until, seller)
    )


def _missing(claiming: Claiming, proofs: Iterable[Proof]) -> list[str]:
    return [claiming.wording.proof(p.code) for p in proofs if p.needed and p.state == "missing"]


def _act(claiming: Claiming, hint: Hint) -> tuple[str, str]:
    order = f"/orders/{claiming.order.id}"
    match hint:
        case "missing_proof":
            return f"{order}/dispute/new/proof", _("Add proof")
        case "write_first":
            return f"{order}#messages", _("Write to the seller")
        case "all_of_it":
            return f"{order}/dispute/new/remedy", _("Change what you ask for")
        case _:
            return f"{order}/dispute/new/story", _("Change what you told")


@cache
def _rude() -> frozenset[str]:
    """Those of all languages: a text does not say what language it is in."""
    text = files(__package__).joinpath("rude_words.toml").read_text("utf-8")
    return frozenset().union(*map(plain_words, tomllib.loads(text).values()))
