"""What the forms of a case can offer for choice, in words, for whoever looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from amends.dispute.appeals import refuse_grounds
from amends.dispute.asked import AskedOfDispute
from amends.dispute.state import Dispute
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.structs import OrderView, RefundView
from amends.entrypoints.web.comparing import in_a_line, pays_return_of, ruling_given_up
from amends.entrypoints.web.forms.building import FormContext
from amends.entrypoints.web.forms.inputs import ALL, Choice, Unit
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import words_now
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.words import formatting
from amends.kernel.people import STAFF, Role
from amends.policy.terms import Terms
from amends.policy.wording import Wording

_CHANNELS = ("phone", "mail", "chat", "letter")


def order_context(looking: Looking, order: OrderView, wording: Wording) -> FormContext:
    """For the commands on an order, opening a dispute among them."""
    units = tuple(Unit(x.id, x.title or x.id, x.quantity) for x in order.lines)
    choices = {
        **_codes(looking.terms, wording),
        **_on_order(looking, order, wording),
        "open_dispute.reason": _open_reasons(order, wording),
        "open_dispute.remedy": _remedies(
            dict.fromkeys(r for line in order.protection.lines for r in line.remedies), wording
        ),
    }
    return FormContext(
        currency=order.currency, units=units, choices=choices, initial=_initial(order)
    )


def dispute_context(
    looking: Looking, order: OrderView, dispute: Dispute, wording: Wording
) -> FormContext:
    """For the commands on a dispute: about the units it claims."""
    claimed = dispute.claim.lines
    units = tuple(
        Unit(x.id, x.title or x.id, claimed[x.id]) for x in order.lines if x.id in claimed
    )
    choices = {
        **_codes(looking.terms, wording),
        **_on_order(looking, order, wording),
        "report_missing_money.refund": _refunds(
            r for r in order.refunds if r.dispute == dispute.id
        ),
        "grounds": _grounds(looking, dispute, wording),
        "add_evidence.evidence": _own_proofs(looking, order, wording, not_in=dispute.id),
        "remedy": _remedies(_remedies_of(looking.terms, dispute), wording),
        "offer": _offers(looking, dispute, wording, with_amount=False),
        "accept_offer.offer": _offers(looking, dispute, wording, with_amount=True),
    }
    if looking.by.role in STAFF:
        put = tuple(e for e in order.evidence if dispute.id in e.disputes and not e.withdrawn)
        choices["evidence"] = tuple(_proof(e.id, e.name, e.kind, e.by, wording) for e in put)
    officer = looking.by.person if looking.by.role is Role.APPEALS else ""
    return FormContext(
        currency=order.currency, units=units, choices=choices,
        initial={"assign_appeals_officer.officer": officer},
        gives_up={"accept_offer": ruling_given_up(looking, dispute, wording)},
    )  # fmt: skip


def _codes(terms: Terms, wording: Wording) -> dict[str, tuple[Choice, ...]]:
    return {
        "reasons": tuple(Choice(c, wording.ruling_reason(c)) for c in terms.ruling_reasons),
        "clauses": tuple(
            Choice(c, wording.clause(c), wording.clause_text(c)) for c in terms.clauses
        ),
        "route": tuple(Choice(c, wording.route(c)) for c in terms.refunds.other_routes.routes),
        "channel": tuple(Choice(c, words_now().label(c)) for c in _CHANNELS),
    }


def _on_order(
    looking: Looking, order: OrderView, wording: Wording
) -> dict[str, tuple[Choice, ...]]:
    own = _own_proofs(looking, order, wording)
    parcels = looking.case.order.parcels
    chargebacks = tuple(
        Choice(c.id, f"{c.id}: {formatting.money(c.amount)}") for c in order.chargebacks
    )
    return {
        "evidence": own,
        "pictures": own,
        "refund": _refunds(order.refunds),
        "difference": tuple(
            Choice(d.id, words_now().label(d.kind), d.id)
            for d in looking.case.order.differences.values()
            if d.open
        ),
        "answers": _requests(looking, "message", "follow_up"),
        "request": _requests(looking, "raised"),
        "record_tracking.tracking_number": tuple(
            Choice(p.tracking_number, f"{p.carrier} {p.tracking_number}")
            for p in parcels
            if p.tracking_number
        ),
        "record_chargeback_answer.reference": chargebacks,
        "record_chargeback_outcome.reference": chargebacks,
    }


def _refunds(refunds: Iterable[RefundView]) -> tuple[Choice, ...]:
    return tuple(Choice(r.id, f"{r.id}: {formatting.money(r.amount)}") for r in refunds)


def _requests(looking: Looking, *kinds: str) -> tuple[Choice, ...]:
    """What waits for support, or for a supervisor: what it is, who waits, and what was said."""
    words = words_now()
    return tuple(
        Choice(
            r.id,
            f"{words.label(f'task_{r.kind}')}{_(', ')}{words.person(r.side).lower()} ({r.id})",
            looking.texts.get(r.ref) or "",
        )
        for r in looking.case.order.requests
        if r.kind in kinds
    )


def _open_reasons(order: OrderView, wording: Wording) -> tuple[Choice, ...]:
    codes = dict.fromkeys(code for line in order.protection.lines for code in line.reasons)
    return tuple(Choice(c, wording.reason(c), wording.reason_hint(c)) for c in codes)


def _grounds(looking: Looking, dispute: Dispute, wording: Wording) -> tuple[Choice, ...]:
    """Those that can be appealed on now come first; of the others it is said why not."""
    appeals = looking.terms.appeals
    asked = AskedOfDispute(looking.case, dispute, looking.by, looking.terms, looking.stamp)
    choices = []
    for grounds in (*appeals.grounds_in_window, *appeals.grounds_any_time):
        refused = refuse_grounds(asked, grounds)
        why_not = refused_in_words(refused, words_now(), wording) if refused else ""
        choices.append(Choice(grounds, wording.ground(grounds), why_not=why_not))
    return tuple(sorted(choices, key=lambda choice: bool(choice.why_not)))


def _remedies_of(terms: Terms, dispute: Dispute) -> Iterable[str]:
    """What can be agreed or ruled: what the reason allows, and money with the goods kept."""
    allowed = (r.remedy for r in terms.reasons[dispute.claim.reason].remedies)
    return dict.fromkeys(("refund", *allowed))


def _remedies(codes: Iterable[str], wording: Wording) -> tuple[Choice, ...]:
    return tuple(Choice(code, wording.remedy(code)) for code in codes)


def _own_proofs(
    looking: Looking, order: OrderView, wording: Wording, not_in: str = ""
) -> tuple[Choice, ...]:
    """The asker's own; ``not_in``: without those that were put to this dispute."""
    mine = {k for k, e in looking.case.order.evidence.items() if e.by == looking.by.person}
    return tuple(
        _proof(e.id, e.name, e.kind, e.by, wording)
        for e in order.evidence
        if e.id in mine and not e.withdrawn and not_in not in e.disputes
    )


def _proof(key: str, name: str | None, kind: str, by: str, wording: Wording) -> Choice:
    label = f"{key}: {name}" if name else key
    words = words_now()
    shows = wording.evidence.get(kind) or words.label(kind)
    return Choice(key, label, f"{shows}{_(', ')}{words.person(by).lower()}")


def _offers(
    looking: Looking, dispute: Dispute, wording: Wording, *, with_amount: bool
) -> tuple[Choice, ...]:
    """Standing offers the asker may answer: the other side's, and the platform's."""
    side = looking.by.role.value
    money = looking.case.order.money
    by_rule = pays_return_of(looking, dispute)
    return tuple(
        Choice(
            f"{o.id}|{o.amount} {looking.case.order.currency}" if with_amount else o.id,
            f"{words_now().label(o.by)}: "
            + in_a_line(o.remedy, money(o.amount), o.return_paid_by or by_rule, wording),
        )
        for o in dispute.offers
        if o.status == "standing" and o.by != side and side not in o.agreed_by
    )


def _initial(order: OrderView) -> Mapping[str, str]:
    """What most people would fill in themselves."""
    carriers = [p.carrier for p in order.shipments]
    return {"open_dispute.lines": ALL, "ship_order.carrier": carriers[-1] if carriers else ""}
