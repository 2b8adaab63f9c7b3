"""How often rulings are changed on appeal, for those who answer for whoever writes them."""

from __future__ import annotations

from litestar import Response, get

from amends.entrypoints.precedents import overturned
from amends.entrypoints.web.naming import names_of_staff
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite, signed_in
from amends.entrypoints.web.site import NotThere
from amends.kernel.people import Role

_OPERATORS = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})


@get("/rulings", sync_to_thread=True)
def show_rulings(request: Asked, site: TheSite) -> Response[str]:
    """Each author's rulings, most often changed first."""
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
        authors=sorted(found, key=lambda one: (-one.changed_percent, one.author)),
    )
