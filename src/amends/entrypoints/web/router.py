"""The pages put together, and what is answered when a page cannot be."""

from __future__ import annotations

import re
from typing import Any

import structlog
from litestar import Response, Router, get, route
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from amends.engine.groups import TooBusy
from amends.engine.store import BadCursor, Unavailable
from amends.entrypoints.api.forms import NotWhole
from amends.entrypoints.api.server import PREFIX, api_exception
from amends.entrypoints.service import Service
from amends.entrypoints.web import (
    account,
    asking_in,
    casefile,
    correspondence,
    design,
    disputes,
    entering,
    helping,
    live,
    orders,
    queue,
    roster,
    rulings,
    sandbox,
    shop,
    signin,
    support,
    tongue,
)
from amends.entrypoints.web.asking_in import welcome_page
from amends.entrypoints.web.away import away_page, typed_in
from amends.entrypoints.web.claims import routes as claims
from amends.entrypoints.web.money import balance, desk, order, refund
from amends.entrypoints.web.rendering import SECURITY_HEADERS, page
from amends.entrypoints.web.requests import Asked, TheSite, sent_form, takes_files, visitor_of
from amends.entrypoints.web.site import NotThere, Site, site_for
from amends.entrypoints.web.templating import static_file, static_url
from amends.entrypoints.web.visitors import NotFromHere, SignInNeeded
from amends.entrypoints.web.workbench import routes as workbench

_TYPES = {
    "style.css": "text/css", "icon.svg": "image/svg+xml", "workbench.css": "text/css",
    "workbench.js": "text/javascript", "live.js": "text/javascript",
    "queue.js": "text/javascript", "looking.js": "text/javascript",
}  # fmt: skip
_log = structlog.get_logger(__name__)
# What an address a form is sent to has behind the page that the form is on.
_FORM_OF = re.compile(
    r"/(commands/[^/]+|draft|evidence|missing|again|words|reminders|[^/]+/looking|set-up|sign-out|reset|enable|disable"
    r"|sessions/[^/]+/end|mail|calendar(/end)?)$"
)
_FOR_EVER = "public, max-age=31536000, immutable"


@get("/static/{digest:str}/{name:str}", sync_to_thread=False)
def asset(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of the pages, under the address made from its content."""
    if name not in _TYPES or static_url(name) != f"/static/{digest}/{name}":
        raise NotThere
    headers = {"Cache-Control": _FOR_EVER}
    return Response(static_file(name), media_type=_TYPES[name], headers=headers)


@get(
    [
        "/orders/{key:str}/commands/{type_:str}",
        "/disputes/{key:str}/commands/{type_:str}",
        "/disputes/{key:str}/workbench/commands/{type_:str}",
        "/disputes/{key:str}/workbench/draft",
        "/orders/{key:str}/evidence",
        "/finance/orders/{key:str}/commands/{type_:str}",
        "/refunds/{key:str}/commands/{type_:str}",
        "/refunds/{key:str}/missing",
        "/queue/words",
        "/queue/reminders",
        "/queue/{key:str}/looking",
        "/sign-out",
        "/account/set-up",
        "/account/mail",
        "/account/calendar",
        "/account/calendar/end",
        "/account/sessions/{key:str}/end",
        "/enter/{key:str}/again",
        "/staff/people/{key:str}/reset",
        "/staff/people/{key:str}/disable",
        "/staff/people/{key:str}/enable",
        "/staff/people/{key:str}/sessions/{session:str}/end",
    ],
    sync_to_thread=False,
)
def step_back(request: Asked) -> Redirect:
    """Addresses forms are sent to, when one is loaded again without its form: the page before."""
    return Redirect(_page_of(request.url.path), status_code=303)


def _page_of(sent_to: str) -> str:
    """The page a form is on, by the address it is sent to."""
    return _FORM_OF.sub("", sent_to) or "/"


@route("/{path:path}", http_method=["GET", "POST"], sync_to_thread=False)
def nowhere(request: Asked, site: TheSite) -> Response[Any]:
    """Every other address; those of the interface are answered in its own way."""
    if request.url.path.startswith(f"{PREFIX}/"):
        return api_exception(site.api, request, NotFoundException())
    raise NotThere


def web_router(service: Service) -> Router:
    """All pages, to be registered beside the interface."""
    site = site_for(service)

    def the_site() -> Site:
        return site

    def not_there(request: Asked, _error: Exception) -> Response[str]:
        return page("missing.html", visitor_of(request, site), status=404)

    def sign_in(request: Asked, _error: Exception) -> Response[str]:
        if request.method == "GET":
            return welcome_page(site, request.url.path, status=401)
        unsent = typed_in(site, request)
        return welcome_page(site, _page_of(request.url.path), status=401, unsent=unsent)

    def not_from_here(request: Asked, _error: Exception) -> Response[str]:
        return page("stale.html", visitor_of(request, site), status=403)

    def not_whole(request: Asked, _error: Exception) -> Response[str]:
        back = _page_of(request.url.path)
        return page("not_whole.html", visitor_of(request, site), status=400, back=back)

    def other(request: Asked, error: HTTPException) -> Response[str]:
        status = error.status_code
        if status in (400, 404, 405, 422):
            return not_there(request, error)
        if status != 413:
            return page("trouble.html", visitor_of(request, site), status=status)
        back, files = _page_of(request.url.path), takes_files(request)
        visitor = visitor_of(request, site)
        return page("too_large.html", visitor, status=status, back=back, files=files)

    def not_now(request: Asked, error: TooBusy | Unavailable) -> Response[str]:
        _log.error("page_not_now", error=type(error).__name__, why=str(error))
        return away_page(site, request, error)

    def failed(request: Asked, error: Exception) -> Response[str]:
        _log.error("page_failed", error=type(error).__name__, exc_info=error)
        return page("trouble.html", visitor_of(request, site), status=500)

    return Router(
        path="/",
        route_handlers=[
            entering.home, entering.ask_to_enter, entering.enter, entering.leave,
            signin.ask_to_sign_in, signin.sign_in, signin.ask_to_set_up, signin.set_up,
            signin.go_to_company, signin.back_from_company,
            asking_in.ask_for_link, asking_in.send_link, asking_in.send_fresh_link,
            roster.list_staff, roster.ask_for_new, roster.add, roster.show, roster.change,
            roster.disable, roster.enable, roster.reset, roster.end_session,
            account.show_account, account.end_session, account.set_up_anew,
            correspondence.choose_mail, correspondence.make_calendar, correspondence.end_calendar,
            correspondence.read_calendar, correspondence.ask_off, correspondence.order_off,
            queue.show_queue, queue.watch, queue.remind, queue.still_looking, queue.show_load,
            orders.list_orders, orders.show_order, orders.command_order,
            shop.show_shop, shop.keep, shop.remove,
            live.order_version, design.show_design, design.send_nothing,
            claims.begin_claim, claims.ask_step, claims.ask_proof, claims.answer_step,
            claims.answer_proof, claims.send_claim, orders.upload, orders.show_file,
            disputes.list_disputes, disputes.show_dispute, disputes.command_dispute,
            casefile.take_case_file, helping.show_help, helping.show_topic,
            helping.show_order_help, helping.show_dispute_help,
            workbench.show_workbench, workbench.write_draft, workbench.command_workbench,
            rulings.show_rulings, support.show_support,
            disputes.list_notices, desk.show_desk, desk.list_tasks, desk.list_refunds,
            desk.list_differences, desk.show_ledger, order.show_money, order.command_money,
            refund.show_refund, refund.choose_route, refund.report_missing,
            balance.show_balance, sandbox.show_sandbox, sandbox.be_somebody, sandbox.move_clock,
            tongue.choose, asset, step_back,
            nowhere,
        ],
        dependencies={
            "site": Provide(the_site, sync_to_thread=False),
            "sent": Provide(sent_form),
        },
        exception_handlers={
            NotThere: not_there,
            BadCursor: not_there,
            SignInNeeded: sign_in,
            NotFromHere: not_from_here,
            NotWhole: not_whole,
            HTTPException: other,
            TooBusy: not_now,
            Unavailable: not_now,
            Exception: failed,
        },
        before_request=_received,
        after_request=_secured,
        include_in_schema=False,
        request_max_body_size=2_000_000,
    )  # fmt: skip


async def _received(request: Asked) -> None:
    """In the visitor's language, and no address with a character that nothing here can hold: not
    every database would even look for it."""
    await tongue.listen(request)
    if "\x00" in request.url.path or b"%00" in request.scope["query_string"]:
        raise NotThere


async def _secured(response: Response[Any]) -> Response[Any]:
    """Headers every page has; an answer that says something stricter of itself keeps it."""
    for name, value in SECURITY_HEADERS.items():
        if name not in response.headers:
            response.headers[name] = value
    return response
