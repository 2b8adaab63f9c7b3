"""Signing in by a link that works once, and signing out."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from amends.entrypoints.links import own_path
from amends.entrypoints.web.asking_in import welcome_page
from amends.entrypoints.web.devices import device_of
from amends.entrypoints.web.navigation import navigation_for
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor, visitor_of


@get("/", sync_to_thread=True)
def home(request: Asked, site: TheSite) -> Response[Any]:
    """To where one's work is; how to sign in for everybody else."""
    visitor = visitor_of(request, site)
    if visitor is None and site.service.sandbox is not None:
        return Redirect("/sandbox", status_code=303)
    if visitor is None:
        return welcome_page(site, "/")
    return Redirect(navigation_for(visitor.actor.role)[0].href, status_code=303)


@get("/enter/{token:str}", sync_to_thread=True)
def ask_to_enter(request: Asked, site: TheSite, token: FromPath[str]) -> Response[Any]:
    """A page with a button. Looking at a link uses nothing up, so that programs which open every
    link in a mail do not sign anybody out of theirs. Whoever is in already, as the one it is for,
    is led to its page."""
    visitor, link = visitor_of(request, site), site.service.store.access.find_link(token)
    if visitor is not None and link is not None and link.actor == visitor.actor:
        return Redirect(own_path(link.leads_to), status_code=303)
    return page("enter.html", None, token=token)


@post("/enter/{token:str}", sync_to_thread=True)
def enter(request: Asked, site: TheSite, token: FromPath[str]) -> Response[Any]:
    """Use the link up and begin a session; any session before it ends."""
    site.sessions.check_origin(request)
    now = site.now()
    link = site.service.store.access.redeem_link(token, now)
    if link is None:
        return page("enter_spent.html", None, status=410, token=token)
    before = visitor_of(request, site)
    if before is not None:
        site.sessions.end(before)
    href = own_path(link.leads_to)
    begun = site.sessions.begin(link.actor, now, device_of(request.headers.get("user-agent", "")))
    return Redirect(href, status_code=303, cookies=[begun])


@post("/sign-out", sync_to_thread=True)
def leave(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """End the session."""
    visitor = of_visitor(request, site, sent)
    response = page("left.html", None)
    response.cookies.append(site.sessions.end(visitor))
    return response
