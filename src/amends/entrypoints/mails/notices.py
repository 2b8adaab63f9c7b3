"""Notices as a letter: what happened, whose turn it is, until when, and what comes if nobody
acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from amends.dispute.state import Dispute
from amends.entrypoints.mails.letter import Letter, Until
from amends.entrypoints.views.advice import WarningView
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


def leading_first(looking: Looking, told: Iterable[Payload]) -> list[Payload]:
    """Notices of one letter, the one it is headed by in front, the others as they happened.

    That is what the recipient must do first, else the latest that is more than a step on the way.
    """
    told = sorted(told, key=lambda payload: int(payload.get("n") or 0))

    def weight(payload: Payload) -> tuple[bool, Instant | None, bool]:
        mine = _mine(looking, payload)
        can_wait = looking.words.event(str(payload["kind"])).can_wait
        return (not mine, mine[0].at if mine else None, can_wait)

    lead = min(reversed(told), key=weight)
    return [lead, *(payload for payload in told if payload is not lead)]


def notice_letter(
    looking: Looking,
    wording: Wording,
    told: Sequence[Payload],
    url: str,
    warnings: tuple[WarningView, ...] = (),
    *,
    answered: bool,
) -> Letter:
    """The letter about the events that ``told`` names, the leading one first, as the case stands
    now.

    ``looking`` is the recipient's; it holds the texts about what was sold. ``wording`` are their
    pack's own words, ``url`` is where the button leads. ``answered``: what they write back is
    taken in.
    """
    lead, *others = told
    closing = [why_it_came(looking.by)]
    if looking.by.role not in STAFF:
        closing.append(_("This mail signs you in, once: do not pass it on to anybody else."))
    if answered:
        closing.append(_("You can answer this mail: what you write goes to the other side."))
    dispute = _dispute(looking, lead)
    said = _said(looking, lead)
    until = _until(looking, lead)
    lines = dict.fromkeys(_line(looking, payload, lead) for payload in others)
    return Letter(
        subject=looking.words.event(str(lead["kind"])).subject.format(**_named(looking, lead)),
        preview=until.says if until and until.yours else said,
        paragraphs=(said,),
        button=_("Open the dispute") if dispute else _("Open the order"),
        url=url,
        closing=" ".join(closing),
        also=tuple(line for line in lines if line != said),
        facts=_facts(looking, wording, dispute),
        until=until,
        warnings=warnings,
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


def _named(looking: Looking, payload: Payload) -> dict[str, str]:
    dispute = _dispute(looking, payload)
    return {"order": looking.case.order.id, "dispute": dispute.id if dispute else ""}


def _said(looking: Looking, payload: Payload) -> str:
    event = looking.words.event(str(payload["kind"]))
    return event.notice.format(**_named(looking, payload))


def _line(looking: Looking, payload: Payload, lead: Payload) -> str:
    """A notice beside the leading one, with its deadline unless that is the leading one's."""
    said, mine = _said(looking, payload), _mine(looking, payload)[:1]
    same = payload["dispute"] == lead["dispute"] and mine == _mine(looking, lead)[:1]
    return said if same or not mine else f"{said} {_act_by(looking, mine[0])}"


def _act_by(looking: Looking, clock: Deadline) -> str:
    return looking.words.due.format(until=moment(clock.at))


def _mine(looking: Looking, payload: Payload) -> list[Deadline]:
    """The recipient's own deadlines that a notice asks them to keep, as they are now, the first
    one first."""
    due, role = _due(payload), payload["role"]
    running = _running(looking, _dispute(looking, payload)) if due else ()
    mine = sorted((clock for clock in running if clock.turn == role), key=lambda clock: clock.at)
    if payload["kind"] in REMINDERS:
        mine = [clock for clock in mine if clock.at == due]
    return mine


def _until(looking: Looking, payload: Payload) -> Until | None:
    """The recipient's own deadline if they have one now, else whoever's turn it is."""
    dispute = _dispute(looking, payload)
    if mine := _mine(looking, payload):
        return _told(looking, mine[0], _act_by(looking, mine[0]), yours=True)
    if dispute is None or dispute.closed_at is not None or not dispute.deadlines:
        return None
    clock = min(dispute.deadlines, key=lambda clock: clock.at)
    says = _("It is the turn of {turn}, until {until}.").format(
        turn=looking.words.turn(clock.turn), until=moment(clock.at)
    )
    return _told(looking, clock, says, yours=clock.turn == payload["role"])


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
