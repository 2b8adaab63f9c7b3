"""Taking the case file from a dispute's page."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from amends.engine.groups import TooBusy
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.api.casefile import get_casefile
from amends.entrypoints.api.sending import sent
from amends.entrypoints.web.requests import Asked, TheSite, signed_in
from amends.entrypoints.web.site import NotThere, call_of, see_dispute
from amends.entrypoints.words.languages import spoken


@get("/disputes/{dispute_id:str}/casefile", sync_to_thread=True)
def take_case_file(
    request: Asked, site: TheSite, dispute_id: FromPath[str], kind: FromQuery[str] = "pdf"
) -> Response[Any]:
    """The case file in the language of the page; ``kind``: ``pdf`` or ``zip``."""
    visitor = signed_in(request, site)
    see_dispute(site, visitor, dispute_id)
    call = call_of(
        visitor.actor,
        "/disputes/{dispute_id}/casefile",
        {"dispute_id": dispute_id},
        query={"format": kind, "language": spoken()},
    )
    try:
        reply = get_casefile(site.api, call)
    except Problem as problem:
        raise TooBusy if problem.status == 503 else NotThere from None
    return sent(reply, reply.headers)
