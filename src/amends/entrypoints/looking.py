"""Reading an order for somebody: as it stands, or as a command left it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from amends.dispute.case import CaseEvent
from amends.dispute.state import Case, Dispute, order_of
from amends.dispute.visibility import sees_dispute, sees_order
from amends.dispute.waiting import waiting
from amends.engine.store import ContentKey
from amends.entrypoints.service import CaseAnswer, Service
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.texts import Texts, refs_in
from amends.entrypoints.views.waiting import WaitingView, waiting_view
from amends.entrypoints.words.catalogue import Words, words
from amends.kernel.decision import Stamp
from amends.kernel.people import Actor
from amends.kernel.record import Recorded


def texts_of(service: Service, order: str, *values: object) -> Texts:
    """The texts that ``values`` refer to."""
    wanted = {(order, ref) for value in values for ref in refs_in(value)}
    found = service.store.records.texts(wanted) if wanted else {}
    return Texts({ref: text for (_, ref), text in found.items()})


def look(service: Service, order: str, by: Actor, catalogue: Words | None = None) -> Looking | None:
    """The order as it stands now; None when there is none, or none that ``by`` may see."""
    view = service.engine.view(order, by)
    if view is None or not sees_order(view.state, by):
        return None
    return Looking(
        view.state,
        view.terms,
        view.stamp,
        by,
        texts_of(service, order, view.state),
        catalogue or words(),
    )


def look_over(
    service: Service, orders: Collection[str], by: Actor, catalogue: Words | None = None
) -> dict[str, Looking]:
    """Those of the orders that ``by`` may see, as they stand now, for a list: of their texts only
    those about people and what was sold are read, and all at once."""
    found = service.engine.views(orders, by)
    seen = {order: view for order, view in found.items() if sees_order(view.state, by)}
    about = {order: view.state.order for order, view in seen.items()}
    refs = {order: (o.buyer_ref, o.seller_ref, o.listing_ref) for order, o in about.items()}
    wanted = {(order, ref) for order, some in refs.items() for ref in some}
    texts = service.store.records.texts(wanted) if wanted else {}
    return {
        order: Looking(
            view.state,
            view.terms,
            view.stamp,
            by,
            Texts({ref: texts[order, ref] for ref in refs[order] if (order, ref) in texts}),
            catalogue or words(),
        )
        for order, view in seen.items()
    }


def look_at_dispute(
    service: Service, dispute_id: str, by: Actor, catalogue: Words | None = None
) -> tuple[Looking, Dispute] | None:
    """A dispute in its order; None when there is none, or none that ``by`` may see."""
    order = order_of(dispute_id)
    looking = look(service, order, by, catalogue) if order else None
    dispute = looking.case.disputes.get(dispute_id) if looking else None
    if looking is None or dispute is None or not sees_dispute(dispute, by):
        return None
    return looking, dispute


def texts_of_each(service: Service, shown: Iterable[tuple[str, object]]) -> list[Texts]:
    """The texts that values refer to, each given with its order; all are read at once."""
    wanted = [{(order, ref) for ref in refs_in(value)} for order, value in shown]
    all_ = set[ContentKey]().union(*wanted)
    found = service.store.records.texts(all_) if all_ else {}
    return [Texts({key[1]: found[key] for key in keys if key in found}) for keys in wanted]


def case_of(answer: CaseAnswer) -> Case:
    """The case as the command left it. Raises LookupError as ``look_after`` does."""
    if answer.state is None:
        raise LookupError(f"there is no order {answer.order}")
    return answer.state


def look_after(
    service: Service,
    answer: CaseAnswer,
    by: Actor,
    texts: Texts,
    catalogue: Words | None = None,
) -> Looking:
    """The order as the command left it, at the command's instant.

    Raises LookupError when the answer holds no state: nothing was recorded and nothing is there.
    """
    case = case_of(answer)
    calendar = service.calendar_for(case)
    return Looking(
        case,
        service.library.pinned(case.order.pack),
        Stamp(answer.at, "", calendar, staff=service.engine.staff_for(by)),
        by,
        texts,
        catalogue or words(),
    )


def texts_of_events(service: Service, order: str, events: Iterable[Recorded[CaseEvent]]) -> Texts:
    """The texts that events refer to."""
    return texts_of(service, order, tuple(recorded.event for recorded in events))


def waiting_of(service: Service, looking: Looking, dispute: str) -> WaitingView:
    """What a dispute waits for, from the whole record: the same words for whoever may see it."""
    case, terms, stamp = looking.case, looking.terms, looking.stamp
    record = (recorded.event for recorded in service.engine.events(case.order.id))
    told = waiting(record, dispute, terms, stamp)
    return waiting_view(told, terms, looking.words, stamp.at)
