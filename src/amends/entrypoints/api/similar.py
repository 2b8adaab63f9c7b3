"""How like cases ended, for whoever decides a dispute."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.api.calls import Call, Reply, json_reply
from amends.entrypoints.api.context import Api, seen_dispute
from amends.entrypoints.precedents import Precedent, precedents, sought_by
from amends.kernel.instants import Instant
from amends.kernel.money import Money

_MOST = 50


class Spread(Struct, frozen=True):
    """What was awarded, in percent of the amount in dispute: a quarter of the rulings awarded at
    most ``low``, half of them at most ``middle``, three quarters at most ``high``."""

    low: int
    middle: int
    high: int


class SimilarRuling(Struct, frozen=True):
    """A ruling, without what would tell whose case it was. ``same_words``: the words of the dispute
    asked about that are in its case as well, the rarest first. ``same_sentence``: what the
    dispute's claim says, and its claim says too. Neither, and it is like by its reason.
    """

    category: str
    finding: str
    remedy: str
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    awarded: Money
    percent: int
    appeal: str
    at: Instant
    same_words: tuple[str, ...]
    same_sentence: str


class SimilarRulings(Struct, frozen=True):
    """``items`` are the most alike of the ``compared`` rulings of which the spread is made; without
    any there is none."""

    compared: int
    spread: Spread | None
    items: tuple[SimilarRuling, ...]


def get_similar(api: Api, call: Call) -> Reply:
    """Rulings on claims that say the same as the dispute's, in cases that share words with it, then
    of its reason and category."""
    looking, dispute = seen_dispute(api, call)
    service = api.service
    found = precedents(service.store, sought_by(service.rulings, looking.case, dispute))
    spread = None if found.quartiles is None else Spread(*found.quartiles)
    items = tuple(map(_shown, found.found[:_MOST]))
    return json_reply(SimilarRulings(len(found.found), spread, items))


def _shown(one: Precedent) -> SimilarRuling:
    return SimilarRuling(
        category=one.category,
        finding=one.finding,
        remedy=one.remedy,
        reasons=one.reasons,
        clauses=one.clauses,
        awarded=one.awarded,
        percent=one.percent,
        appeal=one.appeal,
        at=one.at,
        same_words=one.same_words,
        same_sentence=one.same_sentence,
    )
