"""The admins' pages on who works for the platform: add, change, disable, and reset how they sign
in. Each change asks for a fresh code: who can change accounts can become anybody."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from amends.engine.staff import StaffAccount
from amends.entrypoints.api.context import is_id
from amends.entrypoints.staff.limits import read_limits, written_limits
from amends.entrypoints.staff.queueing import read_away_until, read_capacity
from amends.entrypoints.staff.roster import SetUpLink
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.naming import (
    each_typed,
    goods,
    goods_typed,
    language_typed,
    names_of_staff,
    written,
)
from amends.entrypoints.web.proving import Step, prove_first
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, Sent, TheForm, TheSite, of_visitor, signed_in
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.words import formatting
from amends.kernel.decision import Refused
from amends.kernel.people import STAFF, Actor, Member, Role

_HERE = "/staff"
_PEOPLE = "/staff/people"


class Typed(Struct, frozen=True):
    """An account's form as it is filled in, every field a text."""

    person: str = ""
    name: str = ""
    email: str = ""
    role: str = ""
    languages: str = ""
    categories: str = ""
    limits: str = ""
    reports_to: str = ""
    capacity: str = ""
    away_until: str = ""
    interests: str = ""


@get(_HERE, sync_to_thread=True)
def list_staff(request: Asked, site: TheSite) -> Response[str]:
    """Everybody, disabled ones too."""
    visitor = _admin(signed_in(request, site))
    accounts = site.service.store.staff.accounts()
    return page(
        "staff/list.html",
        visitor,
        now=site.now(),
        here=_HERE,
        accounts=[(a, written_limits(a.member.limits)) for a in accounts],
        names={a.member.person: a.name for a in accounts},
    )


@get(f"{_PEOPLE}/new", sync_to_thread=True)
def ask_for_new(request: Asked, site: TheSite) -> Response[str]:
    """The form of a new account."""
    return _form(site, _admin(signed_in(request, site)), Typed(role="mediator"), None)


@post(f"{_PEOPLE}/new", sync_to_thread=True)
def add(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Add it, and show the link once on which they choose how they sign in."""
    visitor, asked = _about_to(request, site, sent, _("Add the account"), f"{_PEOPLE}/new", _HERE)
    if asked is not None:
        return asked
    typed = _typed(sent.texts)
    account = _read(typed, StaffAccount(Member("", Role.MEDIATOR), "", "", site.now()))
    link = account if isinstance(account, Refused) else site.roster.add(account)
    if isinstance(link, Refused):
        return _form(site, visitor, typed, None, link)
    return _link_page(site, visitor, link)


@get(f"{_PEOPLE}/{{person:str}}", sync_to_thread=True)
def show(
    request: Asked, site: TheSite, person: FromPath[str], done: FromQuery[str] = ""
) -> Response[str]:
    """One account."""
    visitor = _admin(signed_in(request, site))
    account = _account(site, person)
    return _form(site, visitor, _written(account), account, done=bool(done))


@post(f"{_PEOPLE}/{{person:str}}", sync_to_thread=True)
def change(request: Asked, site: TheSite, sent: TheForm, person: FromPath[str]) -> Response[Any]:
    """Change it; that counts from their next request on."""
    where = f"{_PEOPLE}/{person}"
    visitor, asked = _about_to(request, site, sent, _("Change the account"), where, where)
    account = _account(site, person)
    if asked is not None:
        return asked
    typed = replace(_typed(sent.texts), person=person)
    changed = _read(typed, account)
    refused = changed if isinstance(changed, Refused) else site.roster.change(changed)
    if refused is not None:
        return _form(site, visitor, typed, account, refused)
    return Redirect(f"{where}?done=changed", status_code=303)


@post(f"{_PEOPLE}/{{person:str}}/disable", sync_to_thread=True)
def disable(request: Asked, site: TheSite, sent: TheForm, person: FromPath[str]) -> Response[Any]:
    """Sign them out everywhere and let them in no more."""
    return _disable(request, site, sent, person, _("Disable the account"), disabled=True)


@post(f"{_PEOPLE}/{{person:str}}/enable", sync_to_thread=True)
def enable(request: Asked, site: TheSite, sent: TheForm, person: FromPath[str]) -> Response[Any]:
    """Let them in again."""
    return _disable(request, site, sent, person, _("Enable the account"), disabled=False)


@post(f"{_PEOPLE}/{{person:str}}/reset", sync_to_thread=True)
def reset(request: Asked, site: TheSite, sent: TheForm, person: FromPath[str]) -> Response[Any]:
    """Sign them out everywhere, and show the link once on which they choose anew."""
    where = f"{_PEOPLE}/{person}"
    title = _("Reset how they sign in")
    visitor, asked = _about_to(request, site, sent, title, f"{where}/reset", where)
    _account(site, person)
    if asked is not None:
        return asked
    link = site.roster.reset(person, site.now())
    if isinstance(link, Refused):
        raise NotThere
    return _link_page(site, visitor, link)


@post(f"{_PEOPLE}/{{person:str}}/sessions/{{session_id:str}}/end", sync_to_thread=True)
def end_session(
    request: Asked, site: TheSite, sent: TheForm, person: FromPath[str], session_id: FromPath[str]
) -> Response[Any]:
    """End one of theirs."""
    _admin(of_visitor(request, site, sent))
    account = _account(site, person)
    theirs = site.sessions.of(Actor(person, account.member.role), site.now())
    if not site.sessions.end_one(theirs, session_id):
        raise NotThere
    return Redirect(f"{_PEOPLE}/{person}?done=ended", status_code=303)


def _disable(
    request: Asked, site: Site, sent: Sent, person: str, title: str, *, disabled: bool
) -> Response[Any]:
    where = f"{_PEOPLE}/{person}"
    visitor, asked = _about_to(request, site, sent, title, request.url.path, where)
    account = _account(site, person)
    if asked is not None:
        return asked
    refused = site.roster.disable(person, disabled=disabled)
    if refused is not None:
        return _form(site, visitor, _written(account), account, refused)
    return Redirect(f"{where}?done=changed", status_code=303)


def _admin(visitor: Visitor) -> Visitor:
    if visitor.actor.role is not Role.ADMIN:
        raise NotThere
    return visitor


def _account(site: Site, person: str) -> StaffAccount:
    account = site.service.store.staff.account(person)
    if account is None:
        raise NotThere
    return account


def _about_to(
    request: Asked, site: Site, sent: Sent, title: str, action: str, back: str
) -> tuple[Visitor, Response[str] | None]:
    visitor = _admin(of_visitor(request, site, sent))
    return visitor, prove_first(site, visitor, Step(title, action, sent.texts.items(), back))


def _typed(posted: Posted) -> Typed:
    return Typed(**{name: posted.one(name).strip() for name in Typed.__struct_fields__})


def _written(account: StaffAccount) -> Typed:
    member = account.member
    return Typed(
        member.person, account.name, account.email, member.role.value,
        written(member.languages, formatting.language, language_typed),
        written(member.categories, goods, goods_typed),
        written_limits(member.limits), member.reports_to or "",
        "" if member.capacity is None else str(member.capacity),
        f"{member.away_until:%Y-%m-%d}" if member.away_until else "",
        ", ".join(member.interests),
    )  # fmt: skip


def _read(typed: Typed, known: StaffAccount) -> StaffAccount | Refused:
    """The account as it was filled in."""
    if not is_id(typed.person):
        return Refused("id_malformed", {}, ("mend_field",), "invalid", "person")
    limits = read_limits(typed.limits)
    capacity, away_until = read_capacity(typed.capacity), read_away_until(typed.away_until)
    if isinstance(limits, Refused):
        return limits
    if isinstance(capacity, Refused):
        return capacity
    if isinstance(away_until, Refused):
        return away_until
    if typed.role not in {role.value for role in STAFF}:
        facts = {"roles": tuple(sorted(STAFF))}
        return Refused("not_a_staff_role", facts, ("choose_staff_role",), "invalid", "role")
    member = replace(
        known.member,
        person=typed.person,
        role=Role(typed.role),
        languages=each_typed(typed.languages, language_typed),
        categories=each_typed(typed.categories, goods_typed),
        limits=limits,
        reports_to=typed.reports_to or None,
        capacity=capacity,
        away_until=away_until,
        interests=each_typed(typed.interests, str),
    )
    return replace(known, member=member, name=typed.name, email=typed.email)


def _form(
    site: Site,
    visitor: Visitor,
    typed: Typed,
    account: StaffAccount | None,
    refused: Refused | None = None,
    *,
    done: bool = False,
) -> Response[str]:
    now = site.now()
    by = Actor(typed.person, account.member.role) if account else None
    return page(
        "staff/account.html",
        visitor,
        now=now,
        here=_HERE,
        status=422 if refused else 200,
        errors=refused is not None,
        flash=_("Done. It counts from their next request on.") if done else "",
        fault=refused_in_words(refused, site.api.words) if refused else "",
        field=refused.field if refused else None,
        typed=typed,
        account=account,
        roles=sorted(role.value for role in STAFF),
        others={p: n for p, n in names_of_staff(site).items() if p != typed.person},
        sessions=site.sessions.of(by, now) if by else [],
        codes_left=site.service.store.staff.recovery_codes_left(typed.person) if account else 0,
    )


def _link_page(site: Site, visitor: Visitor, link: SetUpLink) -> Response[str]:
    return page(
        "staff/link.html",
        visitor,
        now=site.now(),
        here=_HERE,
        account=link.account,
        link=f"{site.service.base_url}{link.path}",
        until=link.until,
    )
