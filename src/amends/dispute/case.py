"""An order and its disputes as one stream: what each event makes of the case."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.effects import DisputeClosed
from amends.dispute.events.judging import (
    AppealDecided,
    AppealFiled,
    NoteWritten,
    RulingIssued,
)
from amends.dispute.events.negotiation import DisputeOpened, EvidenceAdded
from amends.dispute.state import Case
from amends.kernel.instants import Instant
from amends.order.escrow import release_due
from amends.order.events.base import OrderEvent, without_clock
from amends.order.events.life import OrderPlaced
from amends.order.state import Claimed, Order

CaseEvent = OrderEvent | DisputeEvent


def evolve(case: Case | None, event: CaseEvent) -> Case:
    """The case after ``event``.

    Raises ValueError when an event other than the placing meets no order, which only a damaged
    record can hold.
    """
    if isinstance(event, OrderPlaced):
        return Case(order=event.order, version=1)
    if case is None:
        raise ValueError(f"{type(event).__name__} before the order was placed")
    order, disputes = case.order, case.disputes
    if isinstance(event, OrderEvent):
        order = event.on(order)
    elif isinstance(event, DisputeOpened):
        disputes = {**disputes, event.dispute: event.opened()}
    else:
        dispute = event.on(disputes[event.dispute])
        if not isinstance(event, NoteWritten):
            # A side's open form must not be refused for what it may not even know of.
            dispute = replace(dispute, version=dispute.version + 1)
        disputes = {**disputes, event.dispute: dispute}
    if isinstance(event, DisputeEvent):
        order = _seen_by_order(order, event)
    order = replace(order, changed_at=max(order.changed_at, event.at))
    return Case(order=order, disputes=disputes, version=case.version + 1)


def _seen_by_order(order: Order, event: DisputeEvent) -> Order:
    """The order keeps what it must know of a dispute: units held, proofs used, whether it ended."""
    match event:
        case DisputeOpened():
            held = Claimed(event.claim.reason, event.claim.lines)
            # Whether a message was answered no longer matters once there is a dispute.
            order = replace(order, deadlines=without_clock(order, "message_answer"))
            return _with_claim(order, event.dispute, held)
        case DisputeClosed():
            held = order.claims[event.dispute]
            return _with_claim(
                order, event.dispute, replace(held, open=False, outcome=event.outcome)
            )
        case AppealFiled():
            held = order.claims[event.dispute]
            return _with_claim(order, event.dispute, replace(held, open=True, outcome=""))
        case EvidenceAdded():
            return _with_evidence(order, event.evidence, put_to=event.dispute)
        case RulingIssued() | AppealDecided() if event.ruling:
            return _with_evidence(order, event.ruling.evidence, relied_on=True)
        case _:
            return order


def _with_claim(order: Order, dispute: str, claim: Claimed) -> Order:
    return replace(order, claims={**order.claims, dispute: claim})


def _with_evidence(
    order: Order, ids: tuple[str, ...], *, put_to: str | None = None, relied_on: bool = False
) -> Order:
    evidence = dict(order.evidence)
    for key in ids:
        proof = evidence[key]
        disputes = proof.disputes
        if put_to is not None and put_to not in disputes:
            disputes = (*disputes, put_to)
        evidence[key] = replace(proof, disputes=disputes, relied_on=proof.relied_on or relied_on)
    return replace(order, evidence=evidence)


def next_due(case: Case) -> Instant | None:
    """The next instant at which something of this case expires or is reminded of."""
    due = [d.next_due for d in case.order.deadlines]
    for dispute in case.disputes.values():
        due.extend(d.next_due for d in dispute.deadlines)
    release = release_due(case.order)
    if release is not None:
        due.append(release)
    return min(due, default=None)
