"""How mail comes to somebody: what they chose, their calendar's address, and ordering mail off."""

from __future__ import annotations

from typing import Any, cast, get_args

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from amends.engine.correspondence import Addressed, Choice
from amends.entrypoints.web.calendars import calendar_of
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor
from amends.entrypoints.web.site import NotThere, Site
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.words.languages import accepted

_HERE = "/account"


def calendar_address(site: Site, visitor: Visitor) -> str:
    """Where their calendar is, "" where they have none."""
    secret = site.service.store.correspondence.known("calendar", Addressed(visitor.actor, ""))
    return f"{site.service.base_url}/calendar/{secret}.ics" if secret else ""


@post("/account/mail", sync_to_thread=True)
def choose_mail(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Keep how they want to be told of what asks nothing of them."""
    visitor = of_visitor(request, site, sent)
    choice = sent.texts.one("choice")
    if choice not in get_args(Choice):
        raise NotThere
    site.service.store.correspondence.choose(visitor.actor, cast(Choice, choice))
    return Redirect(f"{_HERE}?done=mail", status_code=303)


@post("/account/calendar", sync_to_thread=True)
def make_calendar(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Make an address for their calendar; one that was there leads nowhere from then on."""
    visitor = of_visitor(request, site, sent)
    of, kept = Addressed(visitor.actor, ""), site.service.store.correspondence
    kept.revoke("calendar", of)
    kept.address("calendar", of)
    return Redirect(f"{_HERE}?done=calendar", status_code=303)


@post("/account/calendar/end", sync_to_thread=True)
def end_calendar(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """The address leads nowhere any more."""
    visitor = of_visitor(request, site, sent)
    site.service.store.correspondence.revoke("calendar", Addressed(visitor.actor, ""))
    return Redirect(f"{_HERE}?done=calendar_ended", status_code=303)


@get("/calendar/{name:str}", sync_to_thread=True)
def read_calendar(request: Asked, site: TheSite, name: FromPath[str]) -> Response[bytes]:
    """The calendar behind an address; whoever has it needs no session."""
    secret, dot, kind = name.partition(".")
    found = site.service.store.correspondence.addressed("calendar", secret)
    if found is None or dot + kind != ".ics":
        raise NotThere
    asked = accepted(request.headers.get("accept-language", ""))
    return Response(
        calendar_of(site.service, found.actor, asked),
        media_type="text/calendar",  # the framework adds in what characters
        headers={"Cache-Control": "private, max-age=900", "Content-Disposition": "inline"},
    )


@get("/mail/off/{secret:str}", sync_to_thread=True)
def ask_off(site: TheSite, secret: FromPath[str]) -> Response[str]:
    """A page with a button: programs that open every link in a mail order nothing off."""
    if site.service.store.correspondence.addressed("mail", secret) is None:
        raise NotThere
    return page("mail_off.html", None, secret=secret, done=False)


@post("/mail/off/{secret:str}", sync_to_thread=True)
def order_off(site: TheSite, secret: FromPath[str]) -> Response[str]:
    """Order the day's mail off, by the page's button or by a mail program's own.

    The address is what proves whose it is, so that no session is asked for.
    """
    kept = site.service.store.correspondence
    found = kept.addressed("mail", secret)
    if found is None:
        raise NotThere
    kept.choose(found.actor, "none")
    return page("mail_off.html", None, secret=secret, done=True)
