"""What the pages about money have in common: pages of a list, and who may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from msgspec import Struct

from amends.engine.store import Views
from amends.entrypoints.web.requests import Asked, signed_in
from amends.entrypoints.web.site import NotThere, Site
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.people import Role
from amends.kernel.record import Column

BOOKKEEPING = frozenset({Role.FINANCE, Role.AUDITOR, Role.ADMIN})
A_PAGE = 25


class Shown(Struct, frozen=True):
    """A page of a list; ``more`` is the address of the next one, "" at the end."""

    items: tuple[object, ...]
    more: str


def bookkeeper(request: Asked, site: Site) -> Visitor:
    """Somebody of finance, an auditor or an admin; for everybody else the desk does not exist.

    Raises SignInNeeded or NotThere.
    """
    visitor = signed_in(request, site)
    if visitor.actor.role not in BOOKKEEPING:
        raise NotThere
    return visitor


def listed(
    views: Views,
    table: str,
    where: Mapping[str, Column],
    order_by: str,
    show: Callable[[dict[str, Column]], object],
    *,
    here: str,
    kept: Mapping[str, str],
    cursor: str,
) -> Shown:
    """A page of a table; ``kept`` are the parameters the next page's address keeps.

    Raises BadCursor for a cursor nobody was given.
    """
    page = views.page(table, where, order_by=order_by, after=cursor or None, limit=A_PAGE)
    more = f"{here}?{urlencode({**kept, 'cursor': page.next})}" if page.next else ""
    return Shown(tuple(show(row) for row in page.rows), more)
