"""Support's desk as a page: who waits, the earliest due first, with filters in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery

from amends.entrypoints.support import DESK, KINDS, goodwill_said, support_item
from amends.entrypoints.web.naming import names_of
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite, signed_in
from amends.entrypoints.web.site import NotThere
from amends.kernel.people import Role

SIZES = (25, 50, 100)


@get("/support", sync_to_thread=True)
def show_support(
    request: Asked,
    site: TheSite,
    kind: FromQuery[str] = "",
    size: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[Any]:
    """Everybody who waits for support; a supervisor begins with what was raised (``kind=all``
    shows them the rest)."""
    visitor = signed_in(request, site)
    if visitor.actor.role not in DESK:
        raise NotThere
    asked = kind or ("raised" if visitor.actor.role is Role.SUPERVISOR else "all")
    where = {"kind": asked} if asked in KINDS else {}
    limit = int(size) if size in map(str, SIZES) else SIZES[0]
    found = site.service.store.views.page(
        "support_tasks", where, order_by="due_at", after=cursor or None, limit=limit
    )
    tasks = tuple(support_item(row) for row in found.rows)
    kept = {"kind": asked if where else "all", "size": str(limit)}
    return page(
        "support.html",
        visitor,
        now=site.now(),
        here="/support",
        names=names_of(site, (task.taken_by for task in tasks)),
        tasks=tasks,
        more=f"/support?{urlencode({**kept, 'cursor': found.next})}" if found.next else "",
        kind=asked if where else "",
        kinds=KINDS,
        size=limit,
        sizes=SIZES,
        goodwill=goodwill_said(site.service),
    )
