"""Who visits: a session behind a cookie, and proof that a form came from our own page."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie

from amends.engine.outside import Ids
from amends.engine.sessions import Session
from amends.engine.store import Store
from amends.entrypoints.staff.standing import acting, member_for
from amends.kernel.instants import Instant
from amends.kernel.people import STAFF, Actor, Member

PARTY_STAYS = timedelta(days=7)
STAFF_STAYS = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=30)
# Looking at a page is noted no more often, so that it does not write each time.
_NOTED_EVERY = timedelta(minutes=1)


class SignInNeeded(Exception):
    """The page is for people who are signed in."""


class NotFromHere(Exception):
    """A form that changes something did not come from a page of ours, or from one too old."""


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in. ``csrf`` is put into each form of theirs, and wanted back.

    ``member``: the account of one of the platform's people, if they have one. ``sandbox``: here is
    one, where they may be somebody else in the next moment.
    """

    actor: Actor
    token: str
    session: Session
    member: Member | None
    sandbox: bool

    @property
    def csrf(self) -> str:
        """Made from the session, so that nothing has to be kept and no other session's fits."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()


class Sessions:
    """Begins and ends sessions, and knows visitors again."""

    def __init__(self, store: Store, new_token: Ids, base_url: str, *, sandbox: bool) -> None:
        """The cookie is sent over TLS only when ``base_url`` is."""
        self._kept = store.sessions
        self._staff = store.staff
        self._new_token = new_token
        self._sandbox = sandbox
        self._host = urlsplit(base_url).netloc
        self._secure = base_url.startswith("https:")
        # The prefix binds the cookie to this very host; browsers take it over TLS only.
        self.cookie = "__Host-amends" if self._secure else "amends"
        self.away_cookie = f"{self.cookie}-away"

    def begin(self, actor: Actor, now: Instant, device: str, *, proven: bool = False) -> Cookie:
        """A new session's cookie. No earlier token is taken over, so none can be planted.

        ``proven``: a second factor was given.
        """
        token = self._new_token()
        stays = STAFF_STAYS if actor.role in STAFF else PARTY_STAYS
        session = Session(
            id=self._new_token(), actor=actor, device=device, begun_at=now, seen_at=now,
            expires_at=now + stays, proven_at=now if proven else None,
        )  # fmt: skip
        self._kept.begin(token, session)
        if actor.role in STAFF:
            self._staff.seen(actor.person, now)
        return self._cookie(self.cookie, token, int(stays.total_seconds()))

    def end(self, visitor: Visitor) -> Cookie:
        """Sign out, here and wherever the cookie was copied to."""
        self._kept.end(visitor.session.id)
        return self._cookie(self.cookie, "", 0)

    def away(self, secret: str, seconds: int) -> Cookie:
        """What this browser has to bring back from the company's sign-in; 0 seconds: nothing."""
        return self._cookie(self.away_cookie, secret, seconds)

    def of(self, by: Actor, now: Instant) -> list[Session]:
        """Somebody's sessions that go on: those of one of the platform's people in whatever role,
        a party's in their own only, since another role's person of that id may be somebody else.
        """
        return [
            session
            for session in self._kept.of(by.person, now)
            if (session.actor == by or {session.actor.role, by.role} <= STAFF)
            and not is_idle(session, now)
        ]

    def end_one(self, among: list[Session], id_: str) -> bool:
        """End the session called so, if it is one of these."""
        return any(s.id == id_ for s in among) and self._kept.end(id_)

    def proven(self, visitor: Visitor, now: Instant) -> None:
        """A second factor was given just now."""
        self._kept.proven(visitor.session.id, now)

    def visitor(self, token: str | None, now: Instant) -> Visitor | None:
        """Who is signed in under ``token``, in the role they have now."""
        session = self._kept.find(token, now) if token else None
        if session is None or token is None or is_idle(session, now):
            return None
        member = member_for(self._staff, session.actor)
        actor = acting(member, session.actor)
        if actor is None:
            return None
        if now - session.seen_at >= _NOTED_EVERY:
            self._kept.seen(session.id, now)
            if member is not None:
                self._staff.seen(member.person, now)
        return Visitor(actor, token, session, member, self._sandbox)

    def check_origin(self, request: Request[Any, Any, Any]) -> None:
        """Raises NotFromHere when the browser says that another site sent this form."""
        headers = request.headers
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise NotFromHere
        origin = headers.get("origin")
        if origin and urlsplit(origin).netloc not in (self._host, headers.get("host", "")):
            raise NotFromHere

    def _cookie(self, name: str, token: str, seconds: int) -> Cookie:
        return Cookie(
            key=name, value=token, max_age=seconds, path="/", httponly=True,
            secure=self._secure, samesite="lax",
        )  # fmt: skip


def is_idle(session: Session, now: Instant) -> bool:
    """Whether one of the platform's people left it lying about."""
    return session.actor.role in STAFF and now - session.seen_at >= STAFF_IDLE


def check_csrf(visitor: Visitor, given: str) -> None:
    """Raises NotFromHere when a form does not hold this session's token."""
    if not hmac.compare_digest(visitor.csrf.encode(), given.encode()):
        raise NotFromHere
