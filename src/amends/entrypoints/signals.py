"""What other cases tell whoever judges one: the same picture elsewhere.

Guidance, never an input to a decision: no command reads it. It names nobody and no other case,
since whoever judges this one may not see that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from amends.dispute.state import Case, Dispute
from amends.engine.store import Views
from amends.entrypoints.service import Service
from amends.kernel.instants import Instant
from amends.kernel.record import Column
from amends.order.state import Evidence
from amends.projections.pictures import PARTS, alike

# Whoever judges needs to know that there are others, not all of them.
_PICTURES = 20
_LOOKED_THROUGH = 50
_CASES = 20


class SamePicture(Struct, frozen=True):
    """A picture of the case that is in ``cases`` others too, first put on record there at
    ``since``. ``same_person``: in how many of them by the same person; ``exact``: in all of them to
    the byte, else in another size or quality."""

    evidence: str
    cases: int
    same_person: int
    exact: bool
    since: Instant


def same_pictures(service: Service, case: Case, dispute: Dispute) -> tuple[SamePicture, ...]:
    """The pictures put to a dispute that were put to disputes about other orders as well."""
    order, views = case.order, service.store.views
    own = views.page("pictures", {"order_id": order.id}, order_by="evidence_id", limit=500).rows
    shown = [row for row in own if dispute.id in order.evidence[str(row["evidence_id"])].disputes]
    found = {str(row["evidence_id"]): _others(views, row) for row in shown[:_PICTURES]}
    orders = {str(row["order_id"]) for rows in found.values() for row in rows[:_CASES]}
    cases = {key: view.state for key, view in service.engine.views(sorted(orders)).items()}
    told = (
        _told(order.evidence[evidence], rows, cases) for evidence, rows in found.items() if rows
    )
    return tuple(one for one in told if one is not None)


def _others(views: Views, own: Mapping[str, Column]) -> list[Mapping[str, Column]]:
    """The same picture, and those like it, on record with other orders: the latest first."""
    asked: list[dict[str, Column]] = [{"digest": own["digest"]}]
    if own["likeness"]:
        asked += [{part: own[part]} for part in PARTS]
    rows = (
        row
        for where in asked
        for row in views.page("pictures", where, order_by="-at", limit=_LOOKED_THROUGH).rows
    )
    like = {
        (str(row["order_id"]), str(row["evidence_id"])): row
        for row in rows
        if row["order_id"] != own["order_id"]
        and (row["digest"] == own["digest"] or _alike(row, own))
    }
    return sorted(like.values(), key=lambda row: -int(row["at"] or 0))


def _alike(row: Mapping[str, Column], own: Mapping[str, Column]) -> bool:
    return alike(str(row["likeness"]), str(own["likeness"]))


def _told(
    own: Evidence, rows: Iterable[Mapping[str, Column]], cases: Mapping[str, Case]
) -> SamePicture | None:
    """What a side keeps back elsewhere does not count: nobody there has seen it."""
    seen: dict[str, Evidence] = {}
    for row in rows:
        order = str(row["order_id"])
        proof = cases[order].order.evidence[str(row["evidence_id"])] if order in cases else None
        if proof is not None and proof.disputes:
            seen[order] = proof
    if not seen:
        return None
    return SamePicture(
        evidence=own.id,
        cases=len(seen),
        same_person=sum(proof.by == own.by for proof in seen.values()),
        exact=all(proof.digest == own.digest for proof in seen.values()),
        since=min(proof.at for proof in seen.values()),
    )
