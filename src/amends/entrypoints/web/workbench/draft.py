"""A ruling as far as it was written, kept between visits; what stands in it before a word was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import Struct

from amends.dispute.state import Dispute
from amends.engine.drafts import Draft
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.forms.amounts import write_amount
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.site import Site
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.instants import Instant
from amends.order.events.proof import EvidenceOpened
from amends.order.proof import sees_evidence

_NOT_KEPT = ("csrf", "key", "version", "then", "confirmed")


class Written(Struct, frozen=True):
    """A draft: what was typed by the inputs' names, and when it was saved."""

    posted: Posted
    saved_at: Instant | None = None


# An order's disputes share one draft of a person; each has its own part of it at each stage.
_Kept = dict[str, dict[str, list[str]]]


def written_by(site: Site, visitor: Visitor, looking: Looking, dispute: Dispute) -> Written:
    """What the visitor wrote last; what the claim suggests, where that is nothing."""
    found = site.service.store.drafts.find(_order(dispute), visitor.actor.person)
    kept = _read(found)
    if found and (part := _part(dispute)) in kept:
        return Written(Posted(kept[part]), found.at)
    opened = opened_by(site, visitor, looking)
    return Written(Posted(suggested(looking, dispute, opened)))


def keep(site: Site, visitor: Visitor, dispute: Dispute, posted: Posted) -> Instant:
    """Save it as it is written; returns when."""
    texts = {n: [*t] for n, t in posted.texts.items() if n not in _NOT_KEPT and any(t)}
    return _change(site, visitor, dispute, texts)


def drop(site: Site, visitor: Visitor, dispute: Dispute) -> None:
    """Forget it: it was issued."""
    _change(site, visitor, dispute, None)


def _change(
    site: Site, visitor: Visitor, dispute: Dispute, texts: dict[str, list[str]] | None
) -> Instant:
    drafts, order, me = site.service.store.drafts, _order(dispute), visitor.actor.person
    kept = _read(drafts.find(order, me))
    kept.pop(_part(dispute), None)
    if texts is not None:
        kept[_part(dispute)] = texts
    now = site.now()
    if kept:
        drafts.keep(order, me, Draft(now, msgspec.json.encode(kept).decode()))
    else:
        drafts.drop(order, me)
    return now


def _order(dispute: Dispute) -> str:
    return dispute.id.rpartition("-D")[0]


def _part(dispute: Dispute) -> str:
    return f"{dispute.id} {dispute.phase}"


def _read(found: Draft | None) -> _Kept:
    return msgspec.json.decode(found.text, type=_Kept) if found else {}


def as_found(posted: Posted, looking: Looking, dispute: Dispute) -> Posted:
    """The form without what the claim suggests and nobody changed, where it is found for the
    seller, who then owes nothing."""
    if posted.one("finding") != "for_seller":
        return posted
    claimed = suggested(looking, dispute, ())
    same = {n for n in ("remedy", "amount") if posted.all(n) == [*claimed.get(n, ())]}
    texts = {n: given for n, given in posted.texts.items() if n not in same}
    return Posted({**texts, "remedy": ["refund"]} if "remedy" in same else texts)


def opened_by(site: Site, visitor: Visitor, looking: Looking) -> frozenset[str]:
    """The order's evidence that the visitor has looked at, or put there."""
    order, me = looking.case.order, visitor.actor.person
    looked = {
        one.event.evidence
        for one in site.service.engine.events(order.id)
        if isinstance(one.event, EvidenceOpened) and one.event.by == me
    }
    return frozenset(looked | {key for key, proof in order.evidence.items() if proof.by == me})


def suggested(
    looking: Looking, dispute: Dispute, opened: Collection[str]
) -> Mapping[str, Sequence[str]]:
    """What most rulings on such a claim would say, except for whom: that is never suggested, and
    for an appeal nothing is. Of the evidence it names what whoever rules has ``opened``."""
    if dispute.phase == "appeal":
        return {}
    claim, order = dispute.claim, looking.case.order
    put = [
        proof.id
        for proof in order.evidence.values()
        if dispute.id in proof.disputes and not proof.withdrawn and sees_evidence(proof, looking.by)
    ]
    return {
        "remedy": [claim.remedy],
        "amount": [write_amount(order.money(claim.amount))] if claim.amount else [],
        "clauses": [claim.reason],
        "evidence": [key for key in put if key in opened],
        **({} if put else {"no_evidence": ["yes"]}),
    }
