"""The page of a moment in which nothing can be looked up or recorded."""

from __future__ import annotations

from litestar import Response

from amends.engine.groups import TooBusy
from amends.engine.store import Unavailable
from amends.entrypoints.api.problems import not_now
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, Sent
from amends.entrypoints.web.site import Site

# What is never put on a page again.
_SECRETS = frozenset({"password", "again", "code"})
# What is in a form beside what somebody typed.
_OURS = frozenset({"csrf", "key", "version", "confirmed", "type"})


def away_page(site: Site, request: Asked, error: TooBusy | Unavailable) -> Response[str]:
    """503, with all that was typed still there, to be sent again as it is.

    It is shown without knowing who asks, for that cannot be looked up either: a form it carries on
    is only taken with the session it came from.
    """
    sent: Sent | None = getattr(request.state, "sent", None)
    # A form with a secret, or a file, is sent again from where it is.
    carries = sent is not None and not sent.upload and not _SECRETS & sent.texts.texts.keys()
    carried = sent.texts.items() if sent and carries else []
    query = request.url.query
    response = page(
        "away.html",
        None,
        status=503,
        here_again=f"{request.url.path}?{query}" if query else request.url.path,
        sent=sent is not None,
        carries=carries,
        carried=carried,
        typed=typed_in(site, request),
    )
    response.headers.update(not_now(error).headers)
    return response


def typed_in(site: Site, request: Asked) -> list[tuple[str, str]]:
    """What somebody typed into the form of a request that was not taken, with each field's label;
    nothing of a form with a secret."""
    sent: Sent | None = getattr(request.state, "sent", None)
    if sent is None or _SECRETS & sent.texts.texts.keys():
        return []
    return [
        (site.api.words.field("", name).label, text)
        for name, text in sent.texts.items()
        if text.strip() and name not in _OURS
    ]
