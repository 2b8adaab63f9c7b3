"""What would come of a decision, found out by deciding: nothing is recorded, nothing made up."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.case import CaseEvent, evolve
from amends.dispute.expire import expire
from amends.dispute.judge import CaseCommand, decide
from amends.dispute.state import Case, Dispute
from amends.entrypoints.service import Service
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.structs import DisputeView
from amends.entrypoints.views.texts import Texts, refs_in
from amends.kernel.decision import Content, Refused
from amends.kernel.instants import Instant
from amends.kernel.people import CLOCK, Actor, Role
from amends.kernel.record import Recorded, Row
from amends.projections import project

# A clock that went on for ever would be a fault of its own; a page shall not hang by it.
_MOST_STEPS = 200


class Posting(Struct, frozen=True):
    """A line the ledger would hold: a debit is positive, in minor units."""

    account: str
    amount: int
    currency: str


class Told(Struct, frozen=True):
    """Who would be told what: a role, its person ("" for the role as a whole), and the kind."""

    role: str
    person: str
    kind: str


class Preview(Struct, frozen=True):
    """The dispute as buyer, seller and staff would see it, who would be told, and the ledger.

    ``now``: what is booked at once. ``later``: what is booked at ``final_at``, when the time to
    appeal is over and nobody did anything.
    """

    buyer: DisputeView
    seller: DisputeView
    staff: DisputeView
    told: tuple[Told, ...]
    now: tuple[Posting, ...]
    later: tuple[Posting, ...]
    final_at: Instant | None


class _Done(Struct, frozen=True):
    case: Case
    rows: tuple[Row, ...]


def preview(
    service: Service, looking: Looking, dispute: Dispute, command: CaseCommand
) -> Preview | Refused:
    """What everybody would see if ``command`` were given at this instant."""
    outcome = decide(looking.case, command, looking.by, looking.terms, looking.stamp)
    if isinstance(outcome, Refused):
        return outcome
    done = _after(looking.case, outcome.events, looking.by)
    texts = _texts(service, done.case, outcome.contents)
    order = looking.case.order
    clock = done.case.disputes[dispute.id].deadline("appeal")
    later = _wait(done.case, looking, clock.at) if clock else ()

    def seen_by(by: Actor) -> DisputeView:
        seen = replace(looking, case=done.case, by=by, texts=texts)
        return dispute_view(seen, done.case.disputes[dispute.id])

    return Preview(
        buyer=seen_by(Actor(order.buyer, Role.BUYER)),
        seller=seen_by(Actor(order.seller, Role.SELLER)),
        staff=seen_by(looking.by),
        told=tuple(
            Told(str(row.values["role"]), str(row.values["person"]), str(row.values["kind"]))
            for row in done.rows
            if row.table == "notices" and row.values
        ),
        now=_postings(done.rows),
        later=_postings(later),
        final_at=clock.at if clock else None,
    )


def _after(case: Case, events: tuple[CaseEvent, ...], by: Actor) -> _Done:
    rows: list[Row] = []
    for event in events:
        after = evolve(case, event)
        recorded = Recorded(case.order.id, after.version, event.at, by, "", event)
        rows += project(case, recorded, after).rows
        case = after
    return _Done(case, tuple(rows))


def _wait(case: Case, looking: Looking, until: Instant) -> tuple[Row, ...]:
    """The rows of all that falls due up to then."""
    stamp, rows = replace(looking.stamp, at=until), list[Row]()
    for _step in range(_MOST_STEPS):
        events = expire(case, looking.terms, stamp)
        if not events:
            break
        done = _after(case, events, CLOCK)
        rows += done.rows
        case = done.case
    return tuple(rows)


def _postings(rows: tuple[Row, ...]) -> tuple[Posting, ...]:
    return tuple(
        Posting(
            str(row.values["account"]), int(row.values["amount"] or 0), str(row.values["currency"])
        )
        for row in rows
        if row.table == "postings" and row.values
    )


def _texts(service: Service, case: Case, contents: tuple[Content, ...]) -> Texts:
    order = case.order.id
    wanted = {(order, ref) for ref in refs_in(case)}
    found = service.store.records.texts(wanted)
    known = {ref: text for (_order, ref), text in found.items()}
    return Texts({**known, **{content.ref: content.text for content in contents}})
