"""Links that sign somebody in once: from their order at the marketplace, from a mail, from us."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from amends.engine.access import Access, Link
from amends.engine.outside import Clock, Ids
from amends.entrypoints.service import Service
from amends.kernel.instants import Instant
from amends.kernel.people import Actor

# Asked for to be used at once.
AT_ONCE = timedelta(minutes=30)
# Sent unasked, to be used when the mail is read: longer than any first answer may take.
IN_A_NOTICE = timedelta(days=7)


class SignInLink(Struct, frozen=True):
    """Its address, and until when it works."""

    url: str
    expires_at: Instant


class SignInLinks:
    """Makes them."""

    def __init__(self, access: Access, new_token: Ids, clock: Clock, base_url: str) -> None:
        self._access = access
        self._new_token = new_token
        self._clock = clock
        self._base_url = base_url

    def make(self, by: Actor, leads_to: str, lasts: timedelta = AT_ONCE) -> SignInLink:
        """A fresh link that signs ``by`` in and goes on to ``leads_to``, a path of ours."""
        token, until = self._new_token(), self._clock.now() + lasts
        self._access.add_link(token, Link(by, leads_to), until)
        return SignInLink(f"{self._base_url}/enter/{token}", until)


def links_of(service: Service) -> SignInLinks:
    """Those of a service."""
    return SignInLinks(service.store.access, service.new_token, service.clock, service.base_url)


def own_path(text: str) -> str:
    """``text`` when it leads to a page of ours, else the first page.

    Browsers take ``//host`` and ``/\\host`` for other sites, and drop what they cannot see.
    """
    if not text.isprintable() or "\\" in text or not text.startswith("/"):
        return "/"
    return "/" if text.startswith("//") else text
