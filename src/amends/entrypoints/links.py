"""Links that sign somebody in once: from their order at the marketplace, from a mail, from us."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from amends.engine.store import Link
from amends.entrypoints.service import Service
from amends.kernel.instants import Instant
from amends.kernel.people import Actor

# Asked for to be used at once.
AT_ONCE = timedelta(minutes=30)


class SignInLink(Struct, frozen=True):
    """Its address, and until when it works."""

    url: str
    expires_at: Instant


def sign_in_link(service: Service, by: Actor, leads_to: str, lasts: timedelta) -> SignInLink:
    """A fresh link that signs ``by`` in and goes on to the page ``leads_to``, a path of ours."""
    token, until = service.new_token(), service.clock.now() + lasts
    service.store.access.add_link(token, Link(by, leads_to), until)
    return SignInLink(f"{service.base_url}/enter/{token}", until)


def own_path(text: str) -> str:
    """``text`` when it leads to a page of ours, else the first page.

    Browsers take ``//host`` and ``/\\host`` for other sites, and drop what they cannot see.
    """
    if not text.isprintable() or "\\" in text or not text.startswith("/"):
        return "/"
    return "/" if text.startswith("//") else text
