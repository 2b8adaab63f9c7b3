"""A sandbox's own page: be anybody, and move the clock. No other server has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from amends.entrypoints.api.calls import EVERYBODY
from amends.entrypoints.api.context import is_id
from amends.entrypoints.clock import move_to
from amends.entrypoints.demo.tries import SAMPLE, TRIES
from amends.entrypoints.links import own_path
from amends.entrypoints.service import Sandbox
from amends.entrypoints.web.devices import device_of
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, visitor_of
from amends.entrypoints.web.site import NotThere, Site
from amends.kernel.people import Actor, Role

ADDRESS = "/sandbox"
_SPANS = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
_NEXT = "next"


@get(ADDRESS, sync_to_thread=True)
def show_sandbox(request: Asked, site: TheSite) -> Response[Any]:
    """Whom one can be, and where the clock stands."""
    sandbox = _sandbox(site)
    now = sandbox.clock.now()
    return page(
        "sandbox.html",
        visitor_of(request, site),
        now=now,
        here=ADDRESS,
        tries=TRIES if site.service.store.meta.get(SAMPLE) else (),
        roles=sorted(role.value for role in EVERYBODY),
        next_due=site.service.store.records.next_due(after=now),
    )


@post(f"{ADDRESS}/enter", sync_to_thread=True)
def be_somebody(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Signed in as whoever was asked for; a session before it ends."""
    _sandbox(site)
    site.sessions.check_origin(request)
    role, person = sent.texts.one("role"), sent.texts.one("person").strip()
    if role not in {allowed.value for allowed in EVERYBODY} or not is_id(person):
        return Redirect(ADDRESS, status_code=303)
    if (before := visitor_of(request, site)) is not None:
        site.sessions.end(before)
    device = device_of(request.headers.get("user-agent", ""))
    cookie = site.sessions.begin(
        Actor(person, Role(role)), site.service.clock.now(), device, proven=True
    )
    return Redirect(own_path(sent.texts.one("at") or "/"), status_code=303, cookies=[cookie])


@post(f"{ADDRESS}/clock", sync_to_thread=True)
def move_clock(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Let time pass: everything that falls due in it happens, in its order."""
    sandbox = _sandbox(site)
    site.sessions.check_origin(request)
    now, asked = sandbox.clock.now(), sent.texts.one("ahead")
    target = site.service.store.records.next_due(after=now) if asked == _NEXT else None
    if asked in _SPANS:
        target = now + _SPANS[asked]
    if target is not None:
        move_to(site.service, sandbox, target)
    return Redirect(ADDRESS, status_code=303)


def _sandbox(site: Site) -> Sandbox:
    if site.service.sandbox is None:
        raise NotThere
    return site.service.sandbox
