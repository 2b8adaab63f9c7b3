"""From a filled-in form to a command, and back to the page with what was wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from amends.dispute import decide as dispute_commands
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.decide.report_unassigned import ReportUnassigned
from amends.dispute.judge import CaseCommand, decide, tag_of
from amends.engine.requests import caller_of
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.api.commands import is_key
from amends.entrypoints.api.problems import status_of
from amends.entrypoints.service import CaseAnswer
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.forms.answers import answers_in_words
from amends.entrypoints.web.forms.building import FormContext, inputs_of
from amends.entrypoints.web.forms.form import Form, read_command
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.proving import Step, prove_first
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site, checked, give, wording_of
from amends.entrypoints.web.telling import leading_away
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.decision import Facts, Refused
from amends.order import decide as order_commands

# Files come by a form of their own, and opening one is what looking at it does.
NOT_BY_FORM = frozenset({"upload_evidence", "open_evidence"})
# Given on the workbench alone, where what they rest on and bring about is seen first.
DECISIONS = frozenset({"issue_ruling", "propose_ruling", "decide_appeal"})
_ORDER: tuple[type[Struct], ...] = (*order_commands.COMMANDS, OpenDispute)
ORDER_COMMANDS: dict[str, type[Struct]] = {tag_of(command): command for command in _ORDER}
# What the queue alone says is no form.
DISPUTE_COMMANDS: dict[str, type[Struct]] = {
    tag_of(command): command
    for command in dispute_commands.COMMANDS
    if command is not ReportUnassigned
}

Shown = Callable[[Form, int], Response[str]]


class Target(Struct, frozen=True):
    """Where a form's command goes: the case it is about, how it is wrapped, and at what version
    what the page is about stands now (None where it does not matter)."""

    looking: Looking
    context: FormContext
    wrap: Callable[[Any], CaseCommand]
    action: str
    back: str
    version: int | None


def empty_form(
    site: Site, command: type[Struct], context: FormContext, action: str, version: int | None
) -> Form:
    """A command's form with nothing typed in yet, under a key of its own."""
    type_ = tag_of(command)
    return Form(
        type=type_,
        title=site.api.words.command(type_).label,
        action=action,
        key=site.service.new_token(),
        inputs=inputs_of(command, context),
        gives_up=context.gives_up.get(type_, ""),
        version=version,
    )


def carry_out(
    site: Site,
    visitor: Visitor,
    command_type: type[Struct],
    target: Target,
    posted: Posted,
    show: Shown,
    leads_to: Callable[[CaseAnswer], str] | None = None,
) -> Response[Any]:
    """Give the command a form holds, and go on to where it ``leads_to``.

    A final step is shown once more first. Whatever is wrong leads back to the page by ``show``,
    with everything typed still there, and the status that a program would get.
    """
    version = _version(posted) if target.version is not None else None
    form = empty_form(site, command_type, target.context, target.action, version)
    done = f"?done={form.type}"
    read = read_command(command_type, target.context, posted)
    if isinstance(read, dict):
        # What it asked about may be gone because of what happened since, this very form included.
        if taken_before(site, visitor, target, posted):
            return Redirect(target.back + done, status_code=303)
        if version is not None and version != target.version:
            facts: Facts = {"seen": version, "now": target.version}
            changed = Refused("changed_meanwhile", facts, ("look_and_decide_again",))
            failed = _refused(form, posted, changed, site, target)
            return show(replace(failed, errors={**failed.errors, **read}), status_of(changed))
        return show(_with(form, posted, read), 422)
    if posted.one("warned") != "yes" and (warned := leading_away(visitor, read)):
        return show(replace(_with(form, posted, warned), warned=True), 422)
    command = target.wrap(checked(site, read))
    if form.final and posted.one("confirmed") != "yes":
        refused = _dry_run(target.looking, command, visitor)
        if refused:
            return show(_refused(form, posted, refused, site, target), status_of(refused))
        return page(
            "confirm.html",
            visitor,
            now=site.now(),
            form=form,
            answers=answers_in_words(form.inputs, posted),
            carried=[item for item in posted.items() if item[0] != "confirmed"],
            back=target.back,
        )
    if form.grave:
        step = Step(form.title, target.action, posted.items(), target.back)
        asked = prove_first(site, visitor, step)
        if asked is not None:
            refused = _dry_run(target.looking, command, visitor)
            if refused:
                return show(_refused(form, posted, refused, site, target), status_of(refused))
            return asked
    try:
        sent = posted.one("key")
        key = sent if is_key(sent) else form.key
        order = target.looking.case.order.id
        answer = give(site, visitor, order, command, key=key, version=version)
    except Problem as problem:
        if problem.refused.kind == "unknown":
            raise NotThere from None
        failed = _refused(form, posted, problem.refused, site, target)
        return show(failed, problem.status)
    href = leads_to(answer) if leads_to else target.back
    return Redirect(href + done, status_code=303)


def taken_before(site: Site, visitor: Visitor, target: Target, posted: Posted) -> bool:
    """Whether this form was sent once before, and what it asks for is done."""
    key = posted.one("key")
    if not is_key(key):
        return False
    order = target.looking.case.order.id
    kept = (order, caller_of(visitor.actor), key)
    answer = site.service.store.records.load((), {kept}, site.now()).answers.get(kept)
    return answer is not None and answer.refusal is None


def _dry_run(looking: Looking, command: CaseCommand, visitor: Visitor) -> Refused | None:
    """Whether the command would be refused right now, so that nobody confirms it, or proves
    who they are, in vain."""
    outcome = decide(looking.case, command, visitor.actor, looking.terms, looking.stamp)
    return outcome if isinstance(outcome, Refused) else None


def _version(posted: Posted) -> int | None:
    text = posted.one("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _refused(form: Form, posted: Posted, refused: Refused, site: Site, target: Target) -> Form:
    names = {question.name for question in form.inputs}
    field = refused.field if refused.field in names else ""
    wording = wording_of(site, target.looking)
    said = refused_in_words(refused, site.api.words, wording, target.context.units)
    return _with(form, posted, {field or "": said})


def _with(form: Form, posted: Posted, errors: dict[str, str]) -> Form:
    return replace(form, posted=posted, errors=errors)


def forms_of(
    site: Site,
    commands: Sequence[type[Struct]],
    context: FormContext,
    action: str,
    version: int | None,
    failed: Form | None,
) -> dict[str, Form]:
    """An empty form for each command; the one that failed as it was filled in."""
    made = {}
    for command in commands:
        form = empty_form(site, command, context, f"{action}/{tag_of(command)}", version)
        mine = failed is not None and failed.type == form.type
        made[form.type] = failed if mine and failed else form
    return made
