"""Which language a visitor reads: the one they chose here, or what their browser asks for."""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar import get
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from amends.entrypoints.links import own_path
from amends.entrypoints.web.requests import Asked, TheSite
from amends.entrypoints.web.site import NotThere
from amends.entrypoints.words.languages import accepted, languages, nearest, speak

_COOKIE = "language"
_YEAR = 365 * 86_400


async def listen(request: Asked) -> None:
    """Answer this request in the visitor's language."""
    header = request.headers.get("accept-language", "")
    speak(nearest(request.cookies.get(_COOKIE), *accepted(header)))


@get("/language/{language:str}", sync_to_thread=False)
def choose(request: Asked, site: TheSite, language: FromPath[str]) -> Redirect:
    """Keep to a language from now on, and go back to the page it was chosen on."""
    if language not in languages():
        raise NotThere
    came_from = urlsplit(request.headers.get("referer", ""))
    ours = came_from.netloc == request.headers.get("host", "")
    back = own_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
    kept = Cookie(
        key=_COOKIE, value=language, max_age=_YEAR, path="/", httponly=True,
        secure=site.service.base_url.startswith("https:"), samesite="lax",
    )  # fmt: skip
    return Redirect(back if ours else "/", status_code=303, cookies=[kept])
