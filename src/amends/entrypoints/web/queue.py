"""The queue's pages: what there is to decide, one's own words and reminders, and the loads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import asdict

from amends.entrypoints.judging import own, queue, watching
from amends.entrypoints.judging.looking_at import look_at
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.live import scripted
from amends.entrypoints.web.money.plots import plot
from amends.entrypoints.web.naming import goods_typed, language_typed, names_of, names_of_staff
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor, signed_in
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site, see_dispute
from amends.entrypoints.web.templating import static_url
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.words.catalogue import Words
from amends.entrypoints.words.languages import spoken
from amends.kernel.decision import Refused
from amends.kernel.people import Role
from amends.policy.library import Library

HERE = "/queue"
SIZES = (25, 50, 100, 200)
# Those of Arabic and Chinese keyboards too.
_COMMAS = "[,\u060c\uff0c\u3001\n]"
_LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN})
_NOTHING = Posted()


class Shown(Struct, frozen=True):
    """A case and what can be done about it from here: its page, and a step of one click, as the
    command's type ("" for none) with the fields it is sent with."""

    item: queue.QueueItem
    href: str
    step: str
    fields: tuple[tuple[str, str], ...]
    give_back: bool


@get(HERE, sync_to_thread=True)
def show_queue(
    request: Asked,
    site: TheSite,
    phase: FromQuery[str] = "",
    who: FromQuery[str] = "",
    turn: FromQuery[str] = "",
    language: FromQuery[str] = "",
    category: FromQuery[str] = "",
    reason: FromQuery[str] = "",
    find: FromQuery[str] = "",
    words: FromQuery[str] = "",
    size: FromQuery[int] = 50,
    cursor: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The cases the visitor works with, the earliest due first; every filter is in the address."""
    visitor = _works_here(signed_in(request, site))
    filters = queue.Filters(
        phase, _person_typed(site, who), turn, language_typed(language), goods_typed(category),
        reason, find.strip(), words,
    )  # fmt: skip
    return _queue(site, visitor, filters, size, cursor, done=bool(done))


@post(f"{HERE}/words", sync_to_thread=True)
def watch(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Watch for other words."""
    visitor = _works_here(of_visitor(request, site, sent))
    typed = sent.texts.one("words")
    words = re.split(_COMMAS, typed)
    refused = watching.watch(site.service.store, visitor.actor.person, words, site.now())
    return _kept(site, visitor, refused, sent.texts)


@post(f"{HERE}/reminders", sync_to_thread=True)
def remind(request: Asked, site: TheSite, sent: TheForm) -> Response[Any]:
    """Be reminded of a case, or no more."""
    visitor = _works_here(of_visitor(request, site, sent))
    dispute = sent.texts.one("dispute")
    see_dispute(site, visitor, dispute)
    refused = own.remind(
        site.service.store.drafts, visitor.actor.person, dispute, sent.texts.one("day"),
        sent.texts.one("note"), site.now(),
    )  # fmt: skip
    return _kept(site, visitor, refused, sent.texts)


@post(f"{HERE}/{{dispute_id:str}}/looking", sync_to_thread=True, status_code=204)
def still_looking(request: Asked, site: TheSite, sent: TheForm, dispute_id: FromPath[str]) -> None:
    """The page of a case still lies open before somebody who uses it."""
    visitor = _works_here(of_visitor(request, site, sent))
    see_dispute(site, visitor, dispute_id)
    look_at(site.service.store.leases, dispute_id, visitor.actor.person, site.now())


@get(f"{HERE}/load", sync_to_thread=True)
def show_load(request: Asked, site: TheSite) -> Response[str]:
    """How many cases everybody has, and how old they are."""
    visitor = signed_in(request, site)
    if visitor.actor.role not in _LEADS:
        raise NotThere
    found, names = queue.figures(site.service), names_of_staff(site)
    plots = (
        plot("load", _("Open cases by person"), _("Person"),
             [(names.get(x.person, x.person), x.cases) for x in found.loads]),
        plot("age", _("Open cases by days since they were opened"), _("Days"),
             [(str(age.days), age.count) for age in found.ages]),
    )  # fmt: skip
    return page(
        "queue_load.html", visitor, now=site.now(), here=HERE, found=found, names=names,
        plots=[p for p in plots if p.bars],
    )  # fmt: skip


def _queue(
    site: Site,
    visitor: Visitor,
    filters: queue.Filters,
    size: int,
    cursor: str,
    *,
    done: bool = False,
    refused: Refused | None = None,
    typed: Posted = _NOTHING,
) -> Response[str]:
    service, by = site.service, visitor.actor
    size = size if size in SIZES else 50
    found = queue.queue(service, by, filters, after=cursor or None, limit=size)
    kept = own.own_of(service.store.drafts, by.person)
    asked = {name: value for name, value in asdict(filters).items() if value}
    asked |= {"size": str(size)} if size != 50 else {}
    today = site.now().date()
    more = f"{HERE}?{urlencode({**asked, 'cursor': found.next})}" if found.next else ""
    return scripted(
        page(
            "queue.html",
            visitor,
            now=site.now(),
            here=HERE,
            status=422 if refused else 200,
            errors=refused is not None,
            fault=refused_in_words(refused, site.api.words) if refused else "",
            typed=typed,
            flash=_("Kept.") if done else "",
            shown=[_shown(visitor, item) for item in found.items],
            more=more,
            filters=filters,
            own=kept,
            search=service.store.watching.search(by.person) if kept.words else None,
            due_reminders=[r for r in kept.reminders if r.day <= today],
            later_reminders=[r for r in kept.reminders if r.day > today],
            lane=queue.lane_of(by, filters),
            leads=by.role in _LEADS,
            sizes=SIZES,
            size=size,
            key=service.new_token,
            marked=_marked,
            names=names_of(site, _people(found, filters)),
            why=partial(_why, site.api.words),
            reasons=_reasons(service.library),
            script=static_url("queue.js"),
        )
    )


def _why(words: Words, code: str) -> str:
    """What stands in the way, in a few words: of a case, or of a person."""
    return words.labels.get(f"unassigned_{code}") or words.title(code)


def _person_typed(site: Site, text: str) -> str:
    """The id of whoever somebody means by name; nobody in the reader's own word."""
    text = text.strip()
    if text.casefold() in (queue.NOBODY, _("nobody").casefold()):
        return queue.NOBODY
    if not text or site.service.store.staff.member(text):
        return text
    ids = {name.casefold(): person for person, name in names_of_staff(site).items()}
    return ids.get(text.casefold(), text)


def _people(found: queue.QueuePage, filters: queue.Filters) -> Iterator[object]:
    """Everybody of the platform who stands on a page."""
    yield filters.who
    for item in found.items:
        yield item.has
        yield from item.looking


def _reasons(library: Library) -> dict[str, str]:
    """What a claim may be about, each as the newest pack that knows it has it."""
    return {
        code: library.wording(terms.id, terms.version, spoken()).reason(code)
        for terms in library.all()
        for code in terms.reasons
    }


def _shown(visitor: Visitor, item: queue.QueueItem) -> Shown:
    role, me = visitor.actor.role, visitor.actor.person
    mine = item.has == me
    work = mine or (role is Role.SUPERVISOR and item.turn == "supervisor")
    href = f"/disputes/{item.dispute}" + ("/workbench" if work else "")
    takes = role is Role.APPEALS and item.has is None and not item.conflict
    return Shown(
        item,
        href,
        "assign_appeals_officer" if takes else "",
        (("officer", me),) if takes else (),
        mine and role is not Role.SUPERVISOR and item.turn in ("mediator", "appeals"),
    )


def _marked(text: str, words: tuple[str, ...]) -> Markup:
    """``text`` with the words put forward, as far as it is shown."""
    shown, rest = Markup(), text[:300]
    while rest:
        small = rest.casefold()
        if len(small) != len(rest):  # some letters are longer when they are small
            return shown + escape(rest)
        found = [(small.find(word), word) for word in words if word in small]
        if not found:
            return shown + escape(rest)
        at, word = min(found, key=lambda one: (one[0], -len(one[1])))
        shown += escape(rest[:at]) + Markup("<mark>{}</mark>").format(rest[at : at + len(word)])
        rest = rest[at + len(word) :]
    return shown


def _kept(site: Site, visitor: Visitor, refused: Refused | None, typed: Posted) -> Response[Any]:
    if refused is not None:
        return _queue(site, visitor, queue.Filters(), 50, "", refused=refused, typed=typed)
    return Redirect(f"{HERE}?done=kept", status_code=303)


def _works_here(visitor: Visitor) -> Visitor:
    if visitor.actor.role not in queue.WORKS_WITH:
        raise NotThere
    return visitor
