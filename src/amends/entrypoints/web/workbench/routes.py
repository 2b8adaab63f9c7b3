"""The workbench's addresses: the case, the draft, what it would bring about, and issuing it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.judge import OnDispute
from amends.dispute.state import Dispute
from amends.entrypoints.api.problems import status_of
from amends.entrypoints.judging.looking_at import look_at
from amends.entrypoints.looking import look_at_dispute
from amends.entrypoints.service import CaseAnswer
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.order import order_view
from amends.entrypoints.web.commanding import DECISIONS, DISPUTE_COMMANDS, Target, carry_out
from amends.entrypoints.web.forms.contexts import dispute_context
from amends.entrypoints.web.forms.form import Form, read_command
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor, signed_in
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site, checked, see_dispute, wording_of
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.web.workbench.arguments import missing, put_together
from amends.entrypoints.web.workbench.draft import Written, as_found, drop, keep, written_by
from amends.entrypoints.web.workbench.pages import (
    appealed,
    preview_page,
    ruling_form,
    ruling_type,
    where,
    workbench_page,
)
from amends.entrypoints.web.workbench.preview import preview
from amends.kernel.decision import Refused
from amends.kernel.people import Role

_JUDGES = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


def _case(site: Site, visitor: Visitor, dispute_id: str) -> tuple[Looking, Dispute]:
    """The case of somebody who judges it. Raises NotThere."""
    if visitor.actor.role not in _JUDGES:
        raise NotThere
    return see_dispute(site, visitor, dispute_id)


@get("/disputes/{dispute_id:str}/workbench", sync_to_thread=True)
def show_workbench(
    request: Asked,
    site: TheSite,
    dispute_id: FromPath[str],
    left: FromQuery[str] = "",
    right: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The case; ``left`` and ``right`` are the pictures to be seen side by side."""
    visitor = signed_in(request, site)
    looking, dispute = _case(site, visitor, dispute_id)
    look_at(site.service.store.leases, dispute_id, visitor.actor.person, site.now())
    return workbench_page(site, visitor, looking, dispute, chosen=(left, right), done=done)


@post("/disputes/{dispute_id:str}/workbench/draft", sync_to_thread=True)
def write_draft(
    request: Asked, site: TheSite, sent: TheForm, dispute_id: FromPath[str]
) -> Response[Any]:
    """Keep the draft as it is written, however little it is, and show what would come of it when
    that is asked for."""
    visitor = of_visitor(request, site, sent)
    looking, dispute = _case(site, visitor, dispute_id)
    posted = sent.texts
    at = keep(site, visitor, dispute, posted)
    match posted.one("then"):
        case "preview":
            return _preview(site, visitor, looking, dispute, posted)
        case "quietly":
            return Response(at.isoformat(), media_type="text/plain")
        case _:
            saved = _("Your draft is saved. Nobody but you sees it.")
            return workbench_page(site, visitor, looking, dispute, flash=saved)


def _preview(
    site: Site, visitor: Visitor, looking: Looking, dispute: Dispute, posted: Posted
) -> Response[str]:
    """What would come of the draft; where one person may not issue it alone, of proposing it."""
    own = ruling_type(dispute)
    arguments = appealed(looking, dispute)
    unanswered = missing(arguments, posted)
    if unanswered:
        form = ruling_form(site, looking, dispute, Written(posted))
        failed = replace(form, errors=unanswered)
        return workbench_page(site, visitor, looking, dispute, failed=failed, status=422)
    written, posted = posted, put_together(arguments, as_found(posted, looking, dispute))
    found = _would_be(site, visitor, looking, dispute, posted, own)
    if isinstance(found, Refused) and "propose_ruling" in found.next:
        found = _would_be(site, visitor, looking, dispute, posted, "propose_ruling")
    if isinstance(found, Response):
        return found
    form = ruling_form(site, looking, dispute, Written(written))
    status = 422
    if isinstance(found, Refused):
        field = found.field if found.field in {ask.name for ask in form.inputs} else ""
        status = status_of(found)
        wording = wording_of(site, looking)
        found = {field or "": refused_in_words(found, site.api.words, wording)}
    failed = replace(form, errors=found)
    return workbench_page(site, visitor, looking, dispute, failed=failed, status=status)


def _would_be(
    site: Site, visitor: Visitor, looking: Looking, dispute: Dispute, posted: Posted, type_: str
) -> Response[str] | Refused | dict[str, str]:
    """The preview of one command; why not; or what is wrong with its fields."""
    command = _tried(site, looking, dispute, DISPUTE_COMMANDS[type_], posted)
    if isinstance(command, dict):
        return command
    found = preview(site.service, looking, dispute, command)
    if isinstance(found, Refused):
        return found
    form = ruling_form(site, looking, dispute, Written(posted), type_)
    return preview_page(site, visitor, looking, dispute, form, found)


def _tried(
    site: Site, looking: Looking, dispute: Dispute, command: type[Struct], posted: Posted
) -> OnDispute | dict[str, str]:
    """The command as it is written, or what is wrong with it by field."""
    context = dispute_context(looking, order_view(looking), dispute, wording_of(site, looking))
    read = read_command(command, context, posted)
    if isinstance(read, dict):
        return read
    return OnDispute(looking.case.order.id, dispute.id, checked(site, read))


@post("/disputes/{dispute_id:str}/workbench/commands/{type_:str}", sync_to_thread=True)
def command_workbench(
    request: Asked, site: TheSite, sent: TheForm, dispute_id: FromPath[str], type_: FromPath[str]
) -> Response[Any]:
    """Issue the decision, or do something else about the case and come back here."""
    visitor = of_visitor(request, site, sent)
    looking, dispute = _case(site, visitor, dispute_id)
    command = DISPUTE_COMMANDS.get(type_)
    if command is None:
        raise NotThere

    def show(failed: Form, status: int) -> Response[str]:
        now, as_it_is = _case(site, visitor, dispute_id)
        seen = replace(failed, version=as_it_is.version)
        if type_ in DECISIONS:
            # What was written, not what was made of it for the preview.
            written = written_by(site, visitor, now, as_it_is)
            posted = written.posted if written.saved_at else failed.posted
            seen = replace(seen, type=ruling_type(as_it_is), posted=posted)
        return workbench_page(site, visitor, now, as_it_is, failed=seen, status=status)

    def leads_to(_answer: CaseAnswer) -> str:
        if type_ in DECISIONS:
            drop(site, visitor, dispute)
            return f"/disputes/{dispute_id}"
        # Whoever gave the case back sees it no more.
        still = look_at_dispute(site.service, dispute_id, visitor.actor)
        return where(dispute_id) if still else "/disputes"

    order = looking.case.order.id
    target = Target(
        looking=looking,
        context=dispute_context(looking, order_view(looking), dispute, wording_of(site, looking)),
        wrap=lambda c: OnDispute(order, dispute_id, c),
        action=where(dispute_id, f"commands/{type_}"),
        back=where(dispute_id),
        version=dispute.version,
    )
    return carry_out(site, visitor, command, target, sent.texts, show, leads_to)
