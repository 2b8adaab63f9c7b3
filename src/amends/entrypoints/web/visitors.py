"""Who visits: a session behind a cookie, and proof that a form came from our own page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie

from amends.engine.store import Access
from amends.kernel.instants import Instant
from amends.kernel.people import STAFF, Actor

PARTY_STAYS = timedelta(days=7)
STAFF_STAYS = timedelta(hours=12)


class SignInNeeded(Exception):
    """The page is for people who are signed in."""


class NotFromHere(Exception):
    """A form that changes something did not come from a page of ours, or from one too old."""


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in. ``csrf`` is put into each form of theirs, and wanted back."""

    actor: Actor
    token: str

    @property
    def csrf(self) -> str:
        """Made from the session, so that nothing has to be kept and no other session's fits."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()


class Sessions:
    """Begins and ends sessions, and knows visitors again."""

    def __init__(self, access: Access, base_url: str) -> None:
        """The cookie is sent over TLS only when ``base_url`` is."""
        self._access = access
        self._host = urlsplit(base_url).netloc
        self._secure = base_url.startswith("https:")
        # The prefix binds the cookie to this very host; browsers take it over TLS only.
        self.cookie = "__Host-amends" if self._secure else "amends"

    def begin(self, actor: Actor, now: Instant) -> Cookie:
        """A new session's cookie. No earlier token is taken over, so none can be planted."""
        token = secrets.token_urlsafe(32)
        stays = STAFF_STAYS if actor.role in STAFF else PARTY_STAYS
        self._access.add_session(token, actor, now + stays)
        return self._cookie(token, int(stays.total_seconds()))

    def end(self, visitor: Visitor) -> Cookie:
        """Sign out, here and wherever the cookie was copied to."""
        self._access.end_session(visitor.token)
        return self._cookie("", 0)

    def visitor(self, token: str | None, now: Instant) -> Visitor | None:
        """Who is signed in under ``token``."""
        actor = self._access.session(token, now) if token else None
        return Visitor(actor, token) if actor and token else None

    def check_origin(self, request: Request[Any, Any, Any]) -> None:
        """Raises NotFromHere when the browser says that another site sent this form."""
        headers = request.headers
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise NotFromHere
        origin = headers.get("origin")
        if origin and urlsplit(origin).netloc not in (self._host, headers.get("host", "")):
            raise NotFromHere

    def _cookie(self, token: str, seconds: int) -> Cookie:
        return Cookie(
            key=self.cookie, value=token, max_age=seconds, path="/", httponly=True,
            secure=self._secure, samesite="lax",
        )  # fmt: skip


def check_csrf(visitor: Visitor, given: str) -> None:
    """Raises NotFromHere when a form does not hold this session's token."""
    if not hmac.compare_digest(visitor.csrf.encode(), given.encode()):
        raise NotFromHere
