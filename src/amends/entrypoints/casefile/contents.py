"""What a case file tells: everything about a dispute that the asker may see, as it stands after the
last event on record."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.state import Case, Dispute, order_of
from amends.dispute.visibility import sees_dispute, sees_order
from amends.engine.store import Snapshot
from amends.engine.streams import recorded, state_of
from amends.entrypoints.api.policies import PolicyView, policy_view
from amends.entrypoints.casefile.links import Link, links_of
from amends.entrypoints.looking import look_at_dispute, texts_of
from amends.entrypoints.service import Service
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.record import concerns, event_views
from amends.entrypoints.views.structs import DisputeView, EventView, MessageView, OrderView
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.web.site import without_goods
from amends.entrypoints.words.catalogue import words
from amends.kernel.instants import Instant
from amends.kernel.people import Actor
from amends.order.events.life import MessageSent
from amends.order.proof import sees_evidence
from amends.order.state import Evidence
from amends.policy.wording import Wording

FORMAT = "amends-casefile/1"


class MadeFor(Struct, frozen=True):
    """Through whose eyes the case is seen."""

    role: str
    person: str


class CaseFileView(Struct, frozen=True):
    """The case as data, in the interface's own shapes; ``as_of`` is the instant of the last event.
    What somebody could do at that instant is left out."""

    format: str
    made_for: MadeFor
    language: str
    as_of: Instant
    dispute: DisputeView
    order: OrderView
    messages: tuple[MessageView, ...]
    events: tuple[EventView, ...]
    policy: PolicyView


class Contents(Struct, frozen=True):
    """All that a case file is made of: ``story`` is what happened as sentences are made from it,
    ``proofs`` are the files that go with it."""

    view: CaseFileView
    looking: Looking
    wording: Wording
    story: tuple[EventView, ...]
    proofs: tuple[Evidence, ...]
    links: tuple[Link, ...]


def contents_of(service: Service, dispute_id: str, by: Actor, language: str) -> Contents | None:
    """The case from one snapshot of its record; None where there is none for the asker. In
    ``language``, which must be the one that is spoken."""
    found = look_at_dispute(service, dispute_id, by, words(language))
    order = order_of(dispute_id)
    if found is None or order is None:
        return None
    snapshot = service.store.upkeep.snapshot(order)
    case = _case(service, order, snapshot)
    dispute = case.disputes.get(dispute_id) if case else None
    if case is None or dispute is None or not (sees_order(case, by) and sees_dispute(dispute, by)):
        return None
    happened = [recorded(service.engine.domain, order, stored) for stored in snapshot.events]
    own = [each for each in happened if concerns(each.event, dispute_id, case)]
    sent = [each.event for each in happened if isinstance(each.event, MessageSent)]
    as_of = max(each.at for each in happened)
    texts = texts_of(service, order, case, tuple(each.event for each in own), tuple(sent))
    # As at the last event, not now: the same record gives the same file.
    stamp = replace(found[0].stamp, at=as_of)
    looking = replace(found[0], case=case, texts=texts, stamp=stamp)
    proofs = _proofs(looking, dispute)
    wording = service.library.wording(case.order.pack.id, case.order.pack.version, language)
    view = CaseFileView(
        format=FORMAT,
        made_for=MadeFor(by.role.value, by.person),
        language=language,
        as_of=as_of,
        dispute=replace(dispute_view(looking, dispute), options=()),
        order=_order(looking, proofs),
        messages=tuple(_message(each, texts) for each in sent),
        events=event_views(own, by, texts, case.order.currency),
        policy=policy_view(looking.terms, wording),
    )
    return Contents(
        view=view,
        looking=looking,
        wording=wording if dispute.claim.received else without_goods(wording),
        story=event_views(own, by, texts),
        proofs=proofs,
        links=links_of(
            snapshot.events,
            [each.event for each in happened],
            snapshot.sealed,
            case,
            by,
            {proof.id for proof in proofs},
        ),
    )


def _proofs(looking: Looking, dispute: Dispute) -> tuple[Evidence, ...]:
    """What was put to the dispute or sent in the thread, as far as the asker may see it. What is
    kept back or withdrawn does not go with a case file."""
    return tuple(
        proof
        for proof in looking.case.order.evidence.values()
        if sees_evidence(proof, looking.by) and (dispute.id in proof.disputes or proof.sent)
    )


def _case(service: Service, order: str, snapshot: Snapshot) -> Case | None:
    if snapshot.state is None:
        return None
    return state_of(service.engine.domain, service.store.records, order, snapshot.state)


def _order(looking: Looking, proofs: tuple[Evidence, ...]) -> OrderView:
    shown = order_view(looking)
    ids = {proof.id for proof in proofs}
    evidence = tuple(proof for proof in shown.evidence if proof.id in ids)
    return replace(shown, options=(), evidence=evidence)


def _message(sent: MessageSent, texts: Texts) -> MessageView:
    return MessageView(
        number=sent.number,
        at=sent.at,
        by=sent.role,
        person=sent.by,
        text=texts.get(sent.ref),
        pictures=sent.pictures,
        erased=texts.erased(sent.ref),
    )
