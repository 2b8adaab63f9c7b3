"""Asking for a link: by e-mail or order number, or in place of one that was used.

Known or not, the answer is the same and comes after the same work: a job is put in, which finds out
later whether there is anybody to send a link to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litestar import Response, get, post
from litestar.params import FromPath

from amends.entrypoints.api.context import is_id
from amends.entrypoints.jobs.links import KIND
from amends.entrypoints.links import own_path
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, address_of
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import Site, come_to_rest
from amends.kernel.decision import Refused
from amends.kernel.record import Column, Job

_FREE, _FREE_FROM_ONE_ADDRESS = 3, 30
_LONGEST = 200
# The order that a page is about.
_ORDER = re.compile(r"/(?:orders|disputes)/(?P<order>[^/]+?)(?:-D\d+)?(?:/|$)")


@get("/link", sync_to_thread=True)
def ask_for_link(site: TheSite) -> Response[str]:
    """The form."""
    return welcome_page(site, "/")


@post("/link", sync_to_thread=True)
def send_link(request: Asked, site: TheSite, sent: TheForm) -> Response[str]:
    """Have a link sent to whoever it is, if they are known."""
    site.sessions.check_origin(request)
    typed = sent.texts.one("who").strip()
    leads_to = own_path(sent.texts.one("leads_to"))
    payload: dict[str, Column]
    if "@" in typed and len(typed) <= _LONGEST:
        payload = {"email": site.service.store.emails.digest(typed)}
    elif is_id(typed):
        payload = {"order": typed}
        leads_to = leads_to if leads_to != "/" else f"/orders/{typed}"
    else:
        refused = Refused("nobody_named", {}, ("write_email_or_order",), "invalid", "who")
        return welcome_page(site, leads_to, typed, refused)
    refused_often = _refuse_often(request, site, typed)
    if refused_often:
        return welcome_page(site, leads_to, typed, refused_often)
    return _sent(site, {**payload, "leads_to": leads_to})


@post("/enter/{token:str}/again", sync_to_thread=True)
def send_fresh_link(request: Asked, site: TheSite, token: FromPath[str]) -> Response[str]:
    """Have one sent in place of a link that was used or is too old, leading to the same page."""
    site.sessions.check_origin(request)
    refused = _refuse_often(request, site, token)
    if refused:
        return welcome_page(site, "/", "", refused)
    link = site.service.store.access.find_link(token)
    payload: dict[str, Column] = {"person": "", "role": "", "leads_to": "/"}
    if link is not None:
        by = link.actor
        payload = {"person": by.person, "role": by.role.value, "leads_to": own_path(link.leads_to)}
    return _sent(site, payload)


def welcome_page(
    site: Site,
    leads_to: str,
    typed: str = "",
    refused: Refused | None = None,
    status: int = 200,
    unsent: Sequence[tuple[str, str]] | None = None,
) -> Response[str]:
    """How to come in, for everybody who is not signed in; ``leads_to`` where they wanted to go.

    ``unsent``: what was typed into a form that was not taken for it, by label; None: no form was.
    """
    if refused is not None:
        status = 429 if refused.rule == "too_many_tries" else 422
    found = _ORDER.match(leads_to)
    return page(
        "welcome.html",
        None,
        status=status,
        errors=refused is not None,
        fault=refused_in_words(refused, site.api.words) if refused else "",
        typed=typed or (found["order"] if found else ""),
        leads_to=own_path(leads_to),
        unsent=unsent,
        sandbox=site.service.sandbox is not None,
    )


def _sent(site: Site, payload: dict[str, Column]) -> Response[str]:
    job = Job(site.service.new_token(), KIND, site.now(), payload)
    site.service.store.jobs.add(job)
    come_to_rest(site)
    return page("link_sent.html", None)


def _refuse_often(request: Asked, site: Site, what: str) -> Refused | None:
    tries, now = site.service.store.tries, site.now()
    until = tries.count(
        f"link from {address_of(request)}", now, free=_FREE_FROM_ONE_ADDRESS
    ) or tries.count(f"link {what}", now, free=_FREE)
    if until is None:
        return None
    return Refused("too_many_tries", {"until": until}, ("wait_and_try_again",))
