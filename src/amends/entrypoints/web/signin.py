"""The platform's people sign in: password and code, or their company's account; and set both up."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from amends.engine.outside import NotIdentified
from amends.entrypoints.links import own_path
from amends.entrypoints.staff.codes import picture_of, uri_of
from amends.entrypoints.staff.signing_in import Typed
from amends.entrypoints.web.devices import device_of
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, address_of, visitor_of
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site
from amends.kernel.decision import Refused
from amends.kernel.people import STAFF, Actor, Member

_STATUS = {"too_many_tries": 429, "sign_in_failed": 403}
_WAY_BACK = "/staff/company/back"
_MINUTES_AWAY = 10


@get("/staff/sign-in", sync_to_thread=True)
def ask_to_sign_in(request: Asked, site: TheSite, leads_to: FromQuery[str] = "/") -> Response[Any]:
    """The form, or on to where one is going when one is signed in."""
    visitor = visitor_of(request, site)
    if visitor is not None and visitor.actor.role in STAFF:
        return Redirect(own_path(leads_to), status_code=303)
    return _sign_in_page(site, leads_to)


@post("/staff/sign-in", sync_to_thread=True)
def sign_in(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Begin a session; any session before it ends."""
    site.sessions.check_origin(request)
    texts = sent.texts
    typed = Typed(texts.one("email"), texts.one("password"), texts.one("code"))
    member = site.sign_in.sign_in(typed, address_of(request), site.now())
    if isinstance(member, Refused):
        return _sign_in_page(site, texts.one("leads_to"), typed.email, member)
    href = own_path(texts.one("leads_to"))
    return Redirect(href, status_code=303, cookies=[_begun(request, site, member, proven=True)])


@get("/staff/set-up/{token:str}", sync_to_thread=True)
def ask_to_set_up(site: TheSite, token: FromPath[str]) -> Response[str]:
    """The page of a link on which a password and a second factor are chosen."""
    return _set_up_page(site, token)


@post("/staff/set-up/{token:str}", sync_to_thread=True)
def set_up(request: Asked, site: TheSite, sent: TheForm, token: FromPath[str]) -> Response[Any]:
    """Take both, begin a session, and show the recovery codes this once."""
    site.sessions.check_origin(request)
    now = site.now()
    setting = site.service.store.staff.setting_up(token, now)
    if setting is None:
        return _set_up_page(site, token)
    password, code = sent.texts.one("password"), sent.texts.one("code")
    codes: tuple[str, ...] | Refused
    if password != sent.texts.one("again"):
        codes = Refused("passwords_differ", {}, ("type_it_twice",), "invalid", "again")
    elif not password and site.provider is None:
        codes = Refused("password_missing", {}, ("use_a_sentence",), "invalid", "password")
    else:
        codes = site.sign_in.set_up(token, setting, password or None, code, now)
    if isinstance(codes, Refused):
        return _set_up_page(site, token, codes)
    member = site.service.store.staff.member(setting.person)
    answer = page("staff/recovery_codes.html", None, codes=codes)
    if member is not None and not member.disabled:
        answer.cookies.append(_begun(request, site, member, proven=True))
    return answer


@get("/staff/company", sync_to_thread=True)
def go_to_company(site: TheSite, leads_to: FromQuery[str] = "/") -> Response[Any]:
    """Off to the company's own sign-in; what is brought back has to fit this browser's cookie."""
    if site.provider is None:
        raise NotThere
    secret = site.service.new_token()
    state, nonce, verifier = (_part(secret, name) for name in ("state", "nonce", "verifier"))
    try:
        href = site.provider.sign_in_at(state, nonce, verifier, _back(site))
    except NotIdentified:
        return _not_from_company(site)
    away = f"{secret}.{own_path(leads_to)}"
    return Redirect(href, status_code=303, cookies=[site.sessions.away(away, _MINUTES_AWAY * 60)])


@get(_WAY_BACK, sync_to_thread=True)
def back_from_company(request: Asked, site: TheSite) -> Response[Any]:
    """Back from there: whoever it says it is signs in, if they have an account here.

    Somebody without a second factor sets it up first: rulings and exports ask for it.
    """
    state, code = (request.query_params.get(name, "") for name in ("state", "code"))
    away = request.cookies.get(site.sessions.away_cookie, "")
    secret, _dot, leads_to = away.partition(".")
    fits = hmac.compare_digest(_part(secret, "state").encode(), state.encode())
    if site.provider is None or not secret or not fits:
        return _not_from_company(site)
    try:
        who = site.provider.identify(
            code, _part(secret, "nonce"), _part(secret, "verifier"), _back(site)
        )
    except NotIdentified:
        return _not_from_company(site)
    staff = site.service.store.staff
    person = staff.person_at(who.email) if who.verified else None
    member = staff.member(person) if person else None
    if person is None or member is None or member.disabled:
        return _not_from_company(site)
    href = own_path(leads_to)
    if not staff.secrets(person).second:
        link = site.roster.renew(person, site.now())
        href = "/" if isinstance(link, Refused) else link.path
    answer = Redirect(href, status_code=303, cookies=[_begun(request, site, member)])
    answer.cookies.append(site.sessions.away("", 0))
    return answer


def _begun(request: Asked, site: Site, member: Member, *, proven: bool = False) -> Cookie:
    before = visitor_of(request, site)
    if before is not None:
        site.sessions.end(before)
    by = Actor(member.person, member.role)
    device = device_of(request.headers.get("user-agent", ""))
    return site.sessions.begin(by, site.now(), device, proven=proven)


def _sign_in_page(
    site: Site, leads_to: str, email: str = "", refused: Refused | None = None
) -> Response[str]:
    return page(
        "staff/sign_in.html",
        None,
        status=_STATUS.get(refused.rule, 403) if refused else 200,
        errors=refused is not None,
        fault=refused_in_words(refused, site.api.words) if refused else "",
        email=email,
        leads_to=own_path(leads_to),
        company=site.provider is not None,
    )


def _not_from_company(site: Site) -> Response[str]:
    refused = Refused("company_sign_in_failed", {}, ("try_again", "ask_admin_for_link"))
    answer = _sign_in_page(site, "/", "", refused)
    answer.cookies.append(site.sessions.away("", 0))
    return answer


def _set_up_page(site: Site, token: str, refused: Refused | None = None) -> Response[str]:
    setting = site.service.store.staff.setting_up(token, site.now())
    account = site.service.store.staff.account(setting.person) if setting else None
    if setting is None or account is None:
        return page("staff/set_up_spent.html", None, status=410)
    uri = uri_of(setting.second, account.email)
    return page(
        "staff/set_up.html",
        None,
        status=422 if refused else 200,
        errors=refused is not None,
        fault=refused_in_words(refused, site.api.words) if refused else "",
        field=refused.field if refused else None,
        account=account,
        token=token,
        secret=" ".join(setting.second[i : i + 4] for i in range(0, len(setting.second), 4)),
        uri=uri,
        picture=picture_of(uri, _("QR code for your authenticator app")),
        company=site.provider is not None,
    )


def _back(site: Site) -> str:
    return f"{site.service.base_url}{_WAY_BACK}"


def _part(secret: str, name: str) -> str:
    """One of the values that go out and have to fit what comes back, all from one secret."""
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()
