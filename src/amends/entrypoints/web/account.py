"""Everybody's own account: where they are signed in, and for staff how they sign in."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from amends.entrypoints.staff.limits import written_limits
from amends.entrypoints.web.correspondence import calendar_address
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.naming import names_of
from amends.entrypoints.web.proving import Step, prove_first
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor, signed_in
from amends.entrypoints.web.site import NotThere
from amends.kernel.decision import Refused

_HERE = "/account"
_DONE = {
    "ended": lambda: _("That session is ended."),
    "mail": lambda: _("From now on mail comes as you chose."),
    "calendar": lambda: _("Your calendar has a new address."),
    "calendar_ended": lambda: _("Your calendar's address leads nowhere any more."),
}


@get(_HERE, sync_to_thread=True)
def show_account(request: Asked, site: TheSite, done: FromQuery[str] = "") -> Response[str]:
    """The visitor's sessions, this one first, and what their account says of them."""
    visitor, now = signed_in(request, site), site.now()
    sessions = site.sessions.of(visitor.actor, now)
    sessions.sort(key=lambda session: session.id != visitor.session.id)
    staff, member = site.service.store.staff, visitor.member
    return page(
        "account.html",
        visitor,
        now=now,
        here=_HERE,
        flash=_DONE.get(done, lambda: "")(),
        sessions=sessions,
        this=visitor.session.id,
        member=member,
        account=staff.account(member.person) if member else None,
        names=names_of(site, (member.reports_to,)) if member else {},
        limits=written_limits(member.limits) if member else "",
        choice=site.service.store.correspondence.choice(visitor.actor),
        calendar=calendar_address(site, visitor),
        codes_left=staff.recovery_codes_left(member.person) if member else 0,
    )


@post("/account/sessions/{session_id:str}/end", sync_to_thread=True)
def end_session(
    request: Asked, site: TheSite, sent: TheForm, session_id: FromPath[str]
) -> Response[Any]:
    """End one of the visitor's own; ``others`` ends all but this one."""
    visitor, now = of_visitor(request, site, sent), site.now()
    mine = site.sessions.of(visitor.actor, now)
    if session_id == "others":
        for session in mine:
            if session.id != visitor.session.id:
                site.sessions.end_one(mine, session.id)
    elif not site.sessions.end_one(mine, session_id):
        raise NotThere
    return Redirect(f"{_HERE}?done=ended", status_code=303)


@post("/account/set-up", sync_to_thread=True)
def set_up_anew(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """On to a link of one's own to choose password and second factor anew."""
    visitor = of_visitor(request, site, sent)
    if visitor.member is None:
        raise NotThere
    step = Step(_("Set up anew"), "/account/set-up", sent.texts.items(), _HERE)
    asked = prove_first(site, visitor, step)
    if asked is not None:
        return asked
    link = site.roster.renew(visitor.actor.person, site.now())
    if isinstance(link, Refused):
        raise NotThere
    return Redirect(link.path, status_code=303)
