"""How often rulings are changed on appeal, for those who answer for whoever writes them; rulings
found by words of their cases."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from amends.entrypoints.precedents import Precedent, Sought, by_words, overturned
from amends.entrypoints.web.naming import names_of_staff
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite, signed_in
from amends.entrypoints.web.site import NotThere, Site
from amends.kernel.people import Role

_OPERATORS = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
_MOST_SHOWN = 50


@get("/rulings", sync_to_thread=True)
def show_rulings(request: Asked, site: TheSite, words: FromQuery[str] = "") -> Response[str]:
    """Each author's rulings, most often changed first; with ``words``, the rulings whose cases have
    any of them."""
    visitor = signed_in(request, site)
    if visitor.actor.role not in _OPERATORS:
        raise NotThere
    found = overturned(site.service.store.views)
    return page(
        "rulings.html",
        visitor,
        now=site.now(),
        here="/rulings",
        names=names_of_staff(site),
        words=words,
        having=_having(site, words) if words.strip() else None,
        authors=sorted(found, key=lambda one: (-one.changed_percent, one.author)),
    )


def _having(site: Site, words: str) -> tuple[Precedent, ...]:
    """Those that have most and the rarest of the words. Whoever may read this sees every case."""
    rulings, store = site.service.rulings, site.service.store
    sought = Sought("", "", "", "", rulings.words_of(words))
    return by_words(store, sought, at_least=1)[:_MOST_SHOWN]
