"""A notice as a letter: what happened, whose turn it is, until when, and what comes if nobody
acts."""

from __future__ import annotations

from typing import Any

from amends.dispute.state import Dispute
from amends.entrypoints.mails.letter import Letter, Until
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.clocks import deadline_view
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words.formatting import moment
from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant, from_micros
from amends.kernel.people import STAFF, Actor, Role
from amends.kernel.record import Column
from amends.policy.wording import Wording
from amends.projections.notices import REMINDERS

Payload = dict[str, Column]


def outdated(looking: Looking, payload: Payload) -> bool:
    """Whether a notice has nothing more to ask: a reminder of a deadline that is not theirs any
    more, a request in a dispute that has ended."""
    due, dispute = _due(payload), _dispute(looking, payload)
    if due is None:
        return False
    if payload["kind"] in REMINDERS:
        role = payload["role"]
        return not any(c.at == due and c.turn == role for c in _running(looking, dispute))
    return dispute is not None and dispute.closed_at is not None


def notice_letter(
    looking: Looking, wording: Wording, payload: Payload, url: str, *, answered: bool
) -> Letter:
    """The letter about the event that ``payload`` names, as the case stands now.

    ``looking`` is the recipient's; it holds the texts about what was sold. ``wording`` are their
    pack's own words, ``url`` is where the button leads. ``answered``: what they write back is
    taken in.
    """
    closing = [why_it_came(looking.by)]
    if looking.by.role not in STAFF:
        closing.append(
            _("The button signs you in, once: do not pass this mail on to anybody else.")
        )
    if answered:
        closing.append(_("You can answer this mail: what you write goes to the other side."))
    order, dispute = looking.case.order, _dispute(looking, payload)
    event = looking.words.event(str(payload["kind"]))
    named = {"order": order.id, "dispute": dispute.id if dispute else ""}
    said = event.notice.format(**named)
    until = _until(looking, dispute, payload)
    return Letter(
        subject=event.subject.format(**named),
        preview=until.says if until and until.yours else said,
        paragraphs=(said,),
        button=_("Open the dispute") if dispute else _("Open the order"),
        url=url,
        closing=" ".join(closing),
        facts=_facts(looking, wording, dispute),
        until=until,
    )


def why_it_came(by: Actor) -> str:
    """The last words of a mail about somebody's order or case."""
    match by.role:
        case Role.BUYER:
            return _("You get this mail because you are the buyer.")
        case Role.SELLER:
            return _("You get this mail because you are the seller.")
        case _:
            return _("You get this mail because you work on this case.")


def _until(looking: Looking, dispute: Dispute | None, payload: Payload) -> Until | None:
    """The recipient's own deadline if they have one now, else whoever's turn it is."""
    role, due = str(payload["role"]), _due(payload)
    running = sorted(_running(looking, dispute), key=lambda clock: clock.at)
    mine = [clock for clock in running if clock.turn == role] if due else []
    if payload["kind"] in REMINDERS:
        mine = [clock for clock in mine if clock.at == due]
    if mine:
        says = looking.words.due.format(until=moment(mine[0].at))
        return _told(looking, mine[0], says, yours=True)
    if dispute is None or dispute.closed_at is not None or not running:
        return None
    clock = running[0]
    says = _("It is the turn of {turn}, until {until}.").format(
        turn=looking.words.turn(clock.turn), until=moment(clock.at)
    )
    return _told(looking, clock, says, yours=clock.turn == role)


def _told(looking: Looking, clock: Deadline, says: str, *, yours: bool) -> Until:
    view = deadline_view(clock, looking.terms, looking.words)
    why = _("Reckoned as {why}.").format(why=view.why)
    return Until(says, why, view.then, yours)


def _facts(
    looking: Looking, wording: Wording, dispute: Dispute | None
) -> tuple[tuple[str, str], ...]:
    order, words = looking.case.order, looking.words
    facts = [(_("Order"), order.id)]
    titles: list[Any] = [looking.texts.entry(order.listing_ref, x.id, "title") for x in order.lines]
    if known := [title for title in titles if isinstance(title, str) and title]:
        facts.append((_("Items"), ", ".join(known)))
    if dispute:
        facts.append((_("Dispute"), f"{dispute.id}, {wording.reason(dispute.claim.reason)}"))
        facts.append((_("Where it stands"), words.phase(dispute.phase)))
        if dispute.outcome:
            facts.append((_("How it ended"), words.outcome(dispute.outcome)))
    return tuple(facts)


def _running(looking: Looking, dispute: Dispute | None) -> tuple[Deadline, ...]:
    return dispute.deadlines if dispute else looking.case.order.deadlines


def _dispute(looking: Looking, payload: Payload) -> Dispute | None:
    return looking.case.disputes.get(str(payload.get("dispute") or ""))


def _due(payload: Payload) -> Instant | None:
    due = payload.get("due")
    return None if due is None else from_micros(int(due))
