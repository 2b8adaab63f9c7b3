"""What page handlers take from a request: the visitor, and the form that was sent."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType

from amends.entrypoints.api.calls import Upload
from amends.entrypoints.api.forms import NotWhole, form_in
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.site import Site
from amends.entrypoints.web.visitors import SignInNeeded, Visitor, check_csrf

Asked = Request[Any, Any, Any]
# The largest upload an inspector takes is smaller; it answers better than a closed door does.
LARGEST_FORM = 120_000_000


def visitor_of(request: Asked, site: Site) -> Visitor | None:
    """Who is signed in, if anybody is."""
    token = request.cookies.get(site.sessions.cookie)
    return site.sessions.visitor(token, site.now())


def signed_in(request: Asked, site: Site) -> Visitor:
    """Who is signed in. Raises SignInNeeded."""
    visitor = visitor_of(request, site)
    if visitor is None:
        raise SignInNeeded
    return visitor


def address_of(request: Asked) -> str:
    """Where a request came from; behind a proxy of this machine, what that says of it."""
    return request.client.host if request.client else ""


def takes_files(request: Asked) -> bool:
    """Whether the form sent to this address may come with a file."""
    return request.route_handler.resolve_request_max_body_size() == LARGEST_FORM


class Sent:
    """A form as it came: its texts, and its file, if it has one."""

    def __init__(self, texts: Posted, upload: Upload | None) -> None:
        self.texts = texts
        self.upload = upload


TheSite = NamedDependency[Site]
TheForm = NamedDependency[Sent]


async def sent_form(request: Asked, site: TheSite) -> Sent:
    """The form, read but not trusted: ``of_visitor`` says whether it came from our own page.

    Where one may be large, that of a stranger is not read at all: many of those at once would fill
    the memory. Raises SignInNeeded, and NotWhole for one that came broken.
    """
    if takes_files(request) and await to_thread.run_sync(visitor_of, request, site) is None:
        raise SignInNeeded
    form = await form_in(request)
    if not form and request.content_type[0] == RequestEncodingType.MULTI_PART:
        raise NotWhole
    texts: dict[str, list[str]] = {}
    upload: Upload | None = None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            data = await value.read()
            if data or value.filename:
                media_type = value.content_type or "application/octet-stream"
                upload = Upload(data, value.filename, media_type)
        else:
            texts.setdefault(str(name), []).append(str(value))
    sent = Sent(Posted(texts), upload)
    # For the page that is shown when nothing can be looked up.
    request.state.sent = sent
    return sent


def of_visitor(request: Asked, site: Site, sent: Sent) -> Visitor:
    """The visitor who sent a form from a page of ours. Raises SignInNeeded or NotFromHere."""
    visitor = signed_in(request, site)
    site.sessions.check_origin(request)
    check_csrf(visitor, sent.texts.one("csrf"))
    return visitor
