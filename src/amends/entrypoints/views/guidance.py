"""What would help a buyer, in words: what each remedy would leave them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import UNSET, UnsetType

from amends.dispute.asked import AskedOfDispute
from amends.dispute.state import NEGOTIATING, Dispute
from amends.entrypoints.views.advice import (
    GuidanceView,
    PostageBackView,
    ProofAskedView,
    RemediesView,
    RemedyWorthView,
)
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.words import formatting
from amends.guidance.claims import checklist
from amends.guidance.remedies import (
    ASK_PERCENT,
    Compared,
    Postage,
    Rate,
    Worth,
    claimable,
    compare,
    fault_in_part,
    postage_back,
)
from amends.kernel.people import Role
from amends.policy.terms import Remedy


def guidance_of(looking: Looking, dispute: Dispute) -> GuidanceView | UnsetType:
    """For the buyer of an open dispute; left out for everybody else. What each remedy would leave
    is left out once there is nothing more to agree on: after an agreement or a ruling."""
    if looking.by.role is not Role.BUYER or dispute.closed_at is not None:
        return UNSET
    asked = AskedOfDispute(looking.case, dispute, looking.by, looking.terms, looking.stamp)
    claim, order = dispute.claim, looking.case.order
    open_yet = dispute.phase in (*NEGOTIATING, "mediation") and dispute.ruling is None
    own = [e for e in order.evidence.values() if e.by == looking.by.person and not e.withdrawn]
    added = frozenset(e.kind for e in own if dispute.id in e.disputes)
    proofs = checklist(asked.reason, added, written=order.thread.count > 0)
    return GuidanceView(
        evidence=tuple(ProofAskedView(p.code, p.state, p.needed) for p in proofs),
        remedies=remedies_view(
            looking,
            claim.reason,
            claimable(dispute, asked),
            claim.lines,
            received=claim.received,
            claimed=claim.amount,
        )
        if open_yet
        else UNSET,
    )


def remedies_view(
    looking: Looking,
    reason: str,
    remedies: Mapping[Remedy, int],
    lines: Mapping[str, int],
    *,
    received: bool,
    quote: int | None = None,
    claimed: int | None = None,
) -> RemediesView:
    """What each of ``remedies`` would leave, for units by line id; ``quote``: what the buyer was
    told the postage back costs, and ``claimed``: what the dispute asks for, in minor units."""
    order, terms = looking.case.order, looking.terms.reasons[reason]
    route = (order.buyer_country, looking.texts.entry(order.seller_ref, "country") or "")
    postage = postage_back(order, terms, lines, route, _rates(), quote)
    percent = looking.terms.returns.suggest_without_return_above_percent
    in_part = fault_in_part(terms, received=received)
    found = compare(remedies, postage, percent, in_part=in_part, claimed=claimed)
    money = order.money
    return RemediesView(
        options=tuple(
            RemedyWorthView(
                remedy=worth.remedy,
                comes_back=money(worth.comes_back),
                leaves=None if worth.leaves is None else money(worth.leaves),
                text=_told(looking, worth, postage, received=received),
            )
            for worth in found.options
        ),
        return_postage=_postage(looking, found.postage),
        ask=None if found.ask is None else money(found.ask),
        advice=tuple(_advice(looking, found, percent)),
    )


def _postage(looking: Looking, postage: Postage | None) -> PostageBackView | None:
    if postage is None:
        return None
    amount = None if postage.amount is None else looking.case.order.money(postage.amount)
    return PostageBackView(postage.paid_by, amount, postage.sure, postage.source)


def _told(looking: Looking, worth: Worth, postage: Postage, *, received: bool) -> str:
    match worth.remedy:
        case "return_and_refund" if postage.paid_by == "seller":
            code = "returned_free"
        case "return_and_refund" if worth.leaves is None:
            code = "returned_unknown"
        case "return_and_refund":
            code = "returned" if (worth.leaves or 0) > 0 else "returned_in_vain"
        case "replacement":
            code = "replaced"
        case "refund" if not received:
            code = "money_back"
        case _:
            code = "kept"
    return _said(looking, code, worth, postage)


def _said(looking: Looking, code: str, worth: Worth, postage: Postage) -> str:
    return looking.words.advice[code].format(
        amount=_amount(looking, worth.comes_back),
        postage=_amount(looking, postage.amount or 0),
        leaves=_amount(looking, worth.leaves or 0),
    )


def _advice(looking: Looking, found: Compared, percent: int) -> Iterator[str]:
    say, postage = looking.words.advice, found.postage
    if found.without_return:
        yield say["without_return"].format(percent=percent)
    if found.ask is not None:
        ask = _amount(looking, found.ask)
        yield say["ask_less"].format(percent=ASK_PERCENT, ask=ask)
    if postage and postage.sure == "estimated":
        yield say["estimated"]


def _amount(looking: Looking, amount: int) -> str:
    return formatting.money(looking.case.order.money(amount), looking.words.locale)


@cache
def _rates() -> tuple[Rate, ...]:
    text = files("amends.entrypoints").joinpath("postage.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["rates"], tuple[Rate, ...])
