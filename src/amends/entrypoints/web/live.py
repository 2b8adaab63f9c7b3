"""Whether a page that lies open still shows the newest version of its order.

Only the parties' pages ask: a session of staff that is left alone has to end.
"""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Struct

from amends.dispute.visibility import sees_order
from amends.entrypoints.api.context import is_id
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.rendering import SECURITY_HEADERS
from amends.entrypoints.web.requests import Asked, TheSite, signed_in
from amends.entrypoints.web.site import NotThere
from amends.entrypoints.web.templating import static_url
from amends.kernel.people import Role

SCRIPT = "live.js"
_ASKS_EVERY_MS = 10_000
_POLICY = f"{SECURITY_HEADERS['Content-Security-Policy']}; script-src 'self'; connect-src 'self'"


class Live(Struct, frozen=True):
    """What the page's script needs: itself, where to ask, what is shown, and how often."""

    script: str
    at: str
    shown: str
    every: int


def live_of(looking: Looking) -> Live | None:
    """How the page of an order, or of a dispute in it, keeps up; None where it does not."""
    if looking.by.role not in (Role.BUYER, Role.SELLER):
        return None
    order, version = looking.case.order.id, looking.case.version
    return Live(static_url(SCRIPT), f"/orders/{order}/version", _tag(version), _ASKS_EVERY_MS)


def scripted(response: Response[str]) -> Response[str]:
    """A page that may run the site's own scripts, and nobody else's."""
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _tag(version: int) -> str:
    return f'"{version}"'


@get("/orders/{order_id:str}/version", sync_to_thread=True)
def order_version(request: Asked, site: TheSite, order_id: FromPath[str]) -> Response[bytes]:
    """304 while nothing has happened to the order since the version the page shows."""
    by = signed_in(request, site).actor
    view = site.service.engine.view(order_id, by) if is_id(order_id) else None
    if view is None or not sees_order(view.state, by) or by.role not in (Role.BUYER, Role.SELLER):
        raise NotThere
    tag = _tag(view.state.version)
    same = request.headers.get("if-none-match") == tag
    return Response(b"", status_code=304 if same else 200, headers={"ETag": tag})
