"""The answer a page becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from amends.entrypoints.web.navigation import navigation_for
from amends.entrypoints.web.templating import environment
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.words.languages import direction, spoken
from amends.kernel.instants import Instant

# Nothing from elsewhere, nothing that runs, and nobody may frame a page with buttons about money.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def page(
    template: str,
    visitor: Visitor | None,
    *,
    now: Instant | None = None,
    here: str = "",
    status: int = 200,
    **values: Any,
) -> Response[str]:
    """A page as an answer."""
    known: Mapping[str, Any] = {
        "me": visitor.actor if visitor else None,
        "csrf": visitor.csrf if visitor else "",
        "navigation": navigation_for(visitor.actor.role) if visitor else (),
        "here": here,
        "sandbox": visitor.sandbox if visitor else False,
        "now": now,
        "lang": spoken(),
        "direction": direction(spoken()),
        "flash": "",
        "errors": False,
    }
    text = environment().get_template(template).render({**known, **values})
    return Response(
        text,
        media_type="text/html",
        status_code=status,
        headers=SECURITY_HEADERS,
    )
