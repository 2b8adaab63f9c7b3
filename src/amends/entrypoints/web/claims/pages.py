"""The pages of a claim: one for each question, and one on which all answers are checked."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response
from msgspec import Struct

from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.negotiation import DisputeOpened
from amends.entrypoints.views.advice import RemediesView
from amends.entrypoints.views.structs import EvidenceView, OptionView
from amends.entrypoints.web.claims.hinting import hints_of, text_hints
from amends.entrypoints.web.claims.offered import try_command
from amends.entrypoints.web.claims.steps import STEPS, Claiming, Step
from amends.entrypoints.web.forms.amounts import NoAmount
from amends.entrypoints.web.forms.answers import Answer, answers_in_words
from amends.entrypoints.web.forms.building import inputs_of
from amends.entrypoints.web.forms.form import Form, read_command
from amends.entrypoints.web.forms.inputs import Choice
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import mark
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.protection import protection_lines
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import Site, checked
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.words import formatting
from amends.guidance.claims import Proof, checklist
from amends.kernel.decision import Refused

_HELD = "units_already_in_dispute"
# The field that names the disputes alike that were shown before the claim is sent.
SHOWN = "shown"
TITLES = {
    "received": mark("Did it reach you?"),
    "reason": mark("What is wrong?"),
    "items": mark("Which items is it about?"),
    "remedy": mark("What would put it right?"),
    "story": mark("Tell what happened"),
    "proof": mark("Show what you can"),
}


class Asked(Struct, frozen=True):
    """A proof that helps, and whether it is there: ``record``, ``added`` or ``missing``."""

    label: str
    state: str
    needed: bool


class Checked(Struct, frozen=True):
    """A step on the page where all is checked."""

    step: str
    title: str
    answers: tuple[Answer, ...]


def where(order: str, step: str = "") -> str:
    """The address of a claim's page."""
    return f"/orders/{order}/dispute/new" + (f"/{step}" if step else "")


def not_now_page(visitor: Visitor, claiming: Claiming, option: OptionView) -> Response[str]:
    """Why no dispute can be opened now, and what can be done instead."""
    order = claiming.order
    return page(
        "claim_not_now.html",
        visitor,
        now=claiming.looking.stamp.at,
        order=order,
        option=option,
        held_by=tuple(claiming.looking.case.order.open_claims) if option.rule == _HELD else (),
        protected=protection_lines(order, claiming.looking.stamp.at),
        titles={line.id: line.title or line.id for line in order.lines},
    )


def step_page(
    site: Site,
    visitor: Visitor,
    claiming: Claiming,
    step: Step,
    *,
    posted: Posted | None = None,
    errors: Mapping[str, str] | None = None,
    upload_fault: str = "",
    status: int = 200,
) -> Response[str]:
    """One question, with what was answered before."""
    order = claiming.order
    names = [s.name for s in claiming.steps]
    at = names.index(step.name)
    form = Form(
        type="open_dispute",
        title=_(TITLES[step.name]),
        action=where(order.id, step.name),
        key=site.service.new_token(),
        inputs=claiming.inputs(step),
        posted=posted or claiming.begun.posted,
        errors=errors or {},
    )
    return page(
        "claim_step.html",
        visitor,
        now=claiming.looking.stamp.at,
        status=status,
        errors=bool(errors or upload_fault),
        form=form,
        step=step.name,
        number=at + 1,
        steps=len(names) + 1,
        back=where(order.id, names[at - 1]) if at else f"/orders/{order.id}",
        order=order,
        saved_at=claiming.begun.saved_at,
        clocks=claiming.looking.terms.clocks,
        paid=claiming.looking.case.order.money(max(claiming.remedies.values(), default=0)),
        files=_own_files(claiming) if step.name == "proof" else (),
        ticked=_ticked(claiming, form.posted),
        asked=_asked(claiming, form.posted) if step.name == "proof" else (),
        kinds=_kinds(claiming),
        upload_fault=upload_fault,
        wording=claiming.wording,
        worth=_worth(claiming) if step.name == "remedy" else None,
        hints=text_hints(claiming) if step.name in ("story", "proof") else (),
    )


def _worth(claiming: Claiming) -> RemediesView | None:
    """None where what was typed for the postage cannot be read; it is said beside that."""
    try:
        return claiming.worth
    except NoAmount:
        return None


def check_page(
    site: Site,
    visitor: Visitor,
    claiming: Claiming,
    *,
    failed: Form | None = None,
    status: int = 200,
) -> Response[str]:
    """Every answer with a link to change it, what is claimed, and until when it is answered; or
    the disputes that are open about it already."""
    order = claiming.order
    posted = failed.posted if failed else claiming.complete()
    opened, errors, held_by = _tried(site, claiming, posted)
    alike = _alike(claiming, opened) if opened else ()
    form = Form(
        type="open_dispute",
        title=_("Send my claim to the seller"),
        action=where(order.id),
        key=failed.key if failed else site.service.new_token(),
        inputs=(),
    )
    steps = {name: step.name for step in STEPS for name in step.fields}
    found = dict(failed.errors) if failed else errors
    faults = [(where(order.id, steps.get(_top(name), "")), text) for name, text in found.items()]
    return page(
        "claim_check.html",
        visitor,
        now=claiming.looking.stamp.at,
        status=status,
        errors=bool(faults),
        faults=faults,
        held_by=held_by,
        alike=alike,
        form=form,
        carried=[
            *(item for item in posted.items() if item[0] not in ("csrf", "key", SHOWN)),
            *((SHOWN, dispute) for dispute in alike),
        ],
        rows=_rows(claiming, posted, opened),
        order=order,
        amount=claiming.looking.case.order.money(opened.claim.amount) if opened else None,
        due=opened.deadlines[0] if opened else None,
        hints=hints_of(site, claiming, _proofs(claiming, posted), opened),
        clocks=claiming.looking.terms.clocks,
        wording=claiming.wording,
    )


def _top(name: str) -> str:
    return name.partition(".")[0]


def _tried(
    site: Site, claiming: Claiming, posted: Posted
) -> tuple[DisputeOpened | None, dict[str, str], tuple[str, ...]]:
    """What would come of sending it now: the dispute, or what is against it, the open disputes that
    have its units among that."""
    read = read_command(OpenDispute, claiming.whole, posted)
    if isinstance(read, dict):
        return None, read, ()
    tried = try_command(claiming.looking, checked(site, read))
    if isinstance(tried, Refused):
        units = claiming.context.units
        said = refused_in_words(tried, site.api.words, claiming.wording, units)
        held_by = tried.facts["disputes"] if tried.rule == _HELD else ()
        return None, {tried.field or "": said}, held_by if isinstance(held_by, tuple) else ()
    return tried, {}, ()


def _alike(claiming: Claiming, opened: DisputeOpened) -> tuple[str, ...]:
    """The open disputes with the same reason about units of the same lines: likely the same thing
    told twice, though it may be another piece."""
    claim = opened.claim
    return tuple(
        dispute
        for dispute, other in claiming.looking.case.order.open_claims.items()
        if other.reason == claim.reason and other.lines.keys() & claim.lines.keys()
    )


def not_shown(site: Site, claiming: Claiming, posted: Posted) -> bool:
    """Whether there is an open dispute alike that the sender was not shown before sending."""
    opened, _errors, _held_by = _tried(site, claiming, posted)
    return opened is not None and not {*_alike(claiming, opened)} <= {*posted.all(SHOWN)}


def _rows(claiming: Claiming, posted: Posted, opened: DisputeOpened | None) -> tuple[Checked, ...]:
    """The answers as they were given, in the words of the choices."""
    # Each answer is said whether or not it can still be chosen.
    asked = {question.name: question for question in inputs_of(OpenDispute, claiming.whole)}
    rows = []
    for step in claiming.steps:
        inputs = tuple(asked[name] for name in step.fields)
        answers = list(answers_in_words(inputs, posted))
        if step.name == "remedy" and opened and opened.claim.amount:
            amount = formatting.money(claiming.looking.case.order.money(opened.claim.amount))
            answers = [a for a in answers if a.label != asked["amount"].label]  # type: ignore[attr-defined]
            answers.append(Answer(_("How much"), amount))
        title = _("Proof") if step.name == "proof" else _(TITLES[step.name])
        rows.append(Checked(step.name, title, tuple(answers)))
    return tuple(rows)


def _own_files(claiming: Claiming) -> tuple[EvidenceView, ...]:
    own = claiming.looking.case.order.evidence
    me = claiming.looking.by.person
    return tuple(e for e in claiming.order.evidence if own[e.id].by == me and not e.withdrawn)


def _ticked(claiming: Claiming, posted: Posted) -> frozenset[str]:
    """The files put to the claim: at first all there are that no dispute has yet."""
    if "proof" in claiming.begun.done or "evidence" in posted.texts:
        return frozenset(posted.all("evidence"))
    return frozenset(e.id for e in _own_files(claiming) if not e.disputes)


def _asked(claiming: Claiming, posted: Posted) -> tuple[Asked, ...]:
    """What helps for the reason, in words."""
    proofs = _proofs(claiming, posted)
    return tuple(Asked(claiming.wording.proof(p.code), p.state, p.needed) for p in proofs)


def _proofs(claiming: Claiming, posted: Posted) -> tuple[Proof, ...]:
    if not claiming.reason:
        return ()
    ticked = _ticked(claiming, posted)
    added = frozenset(e.kind for e in _own_files(claiming) if e.id in ticked)
    reason = claiming.looking.terms.reasons[claiming.reason]
    return checklist(reason, added, written=claiming.looking.case.order.thread.count > 0)


def _kinds(claiming: Claiming) -> tuple[Choice, ...]:
    """What an upload can show, by what is asked for."""
    if not claiming.reason:
        return ()
    wanted = claiming.looking.terms.reasons[claiming.reason].evidence_from_buyer
    return tuple(Choice(p.code, claiming.wording.proof(p.code)) for p in wanted if not p.on_record)
