"""What a marketplace may do with its endpoints: all that API and command line have in common."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from amends.dispute.codec import EVENT_TYPES as EVENTS
from amends.dispute.judge import tag_of
from amends.engine.outside import Clock, Ids
from amends.engine.webhooks import Delivery, Endpoint, Webhooks
from amends.entrypoints.views.record import INTERNAL
from amends.entrypoints.webhooks_out.messages import test_message
from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant
from amends.kernel.people import PersonId

# An endpoint's rows are looked at for every message of its owner.
MOST_ENDPOINTS, _LONGEST_URL = 20, 2000
_TYPES = frozenset(tag_of(event) for event in EVENTS if event not in INTERNAL)
OLD_SECRET_SIGNS = timedelta(days=1)
"""How long the secret before signs beside a new one."""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be otherwise about an endpoint; what is left out stays."""

    url: str | UnsetType = UNSET
    types: tuple[str, ...] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Endpoints:
    """One owner's endpoints. ``private``: they may be in networks of our own, and without TLS."""

    def __init__(
        self, webhooks: Webhooks, clock: Clock, new_token: Ids, owner: PersonId, *, private: bool
    ) -> None:
        self._webhooks = webhooks
        self._clock = clock
        self._new_token = new_token
        self._owner = owner
        self._private = private

    def all(self) -> list[Endpoint]:
        """The oldest first."""
        return self._webhooks.endpoints(self._owner)

    def find(self, id_: str) -> Endpoint | None:
        """One of theirs."""
        return next((e for e in self.all() if e.id == id_), None)

    def make(self, url: str, types: tuple[str, ...]) -> tuple[Endpoint, str] | Refused:
        """A new one, and its secret, which is not told again."""
        if refused := self._doubt(url, types):
            return refused
        if len(self.all()) >= MOST_ENDPOINTS:
            return Refused("too_many_endpoints", {"most": MOST_ENDPOINTS}, ("remove_endpoint",))
        id_ = f"we_{hashlib.sha256(self._new_token().encode()).hexdigest()[:20]}"
        endpoint = Endpoint(id_, self._owner, url, types, self._clock.now())
        secret = self._secret()
        self._webhooks.add(endpoint, secret)
        return endpoint, secret

    def change(self, endpoint: Endpoint, change: Change) -> Endpoint | Refused:
        """It as it then is. Switched on again, what still waited goes on."""
        url = endpoint.url if change.url is UNSET else change.url
        types = endpoint.types if change.types is UNSET else change.types
        if refused := self._doubt(url, types):
            return refused
        changed = replace(endpoint, url=url, types=types)
        if change.enabled is False:
            changed = replace(changed, off=endpoint.off or "asked")
        elif change.enabled is True:
            changed = replace(changed, off="", failing_since=None)
        self._webhooks.change(changed)
        return changed

    def remove(self, endpoint: Endpoint) -> None:
        """For good."""
        self._webhooks.remove(endpoint.id)

    def renew_secret(self, endpoint: Endpoint) -> str:
        """A new secret; the one before signs too for a day."""
        secret = self._secret()
        self._webhooks.renew_secret(endpoint.id, secret, self._clock.now() + OLD_SECRET_SIGNS)
        return secret

    def send_test(self, endpoint: Endpoint) -> str:
        """Have a message of type ``test`` sent; its id."""
        now = self._clock.now()
        message = test_message(hashlib.sha256(self._new_token().encode()).hexdigest()[:32], now)
        self._webhooks.send_to(endpoint, message, now)
        return message.id

    def replay(
        self, endpoint: Endpoint, *, since: Instant | None, message: str | None
    ) -> int | Refused:
        """Send one message again, or all about what happened since an instant; how many."""
        if (since is None) == (message is None):
            return Refused("since_or_message", {}, ("send_one_of_them",), "invalid", "since")
        return self._webhooks.replay(endpoint, self._clock.now(), since=since, message=message)

    def deliveries(self, endpoint: Endpoint, before: int | None, limit: int) -> list[Delivery]:
        """The latest first, with their attempts."""
        return self._webhooks.deliveries(endpoint.id, before, limit)

    def _secret(self) -> str:
        random = hashlib.sha256(self._new_token().encode()).digest()
        return f"whsec_{base64.b64encode(random).decode()}"

    def _doubt(self, url: str, types: tuple[str, ...]) -> Refused | None:
        try:
            parts = urlsplit(url)
            readable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            readable = False
        allowed: tuple[str, ...] = ("https", "http") if self._private else ("https",)
        plain = url.isascii() and url.isprintable() and " " not in url
        if (
            not readable or not plain or parts.scheme not in allowed or parts.username
            or parts.fragment or len(url) > _LONGEST_URL
        ):  # fmt: skip
            facts: Facts = {"schemes": allowed, "longest": _LONGEST_URL}
            return Refused("endpoint_url", facts, ("mend_field",), "invalid", "url")
        strange = sorted(set(types) - _TYPES)
        if strange:
            known = tuple(sorted(_TYPES))
            strange_ones: Facts = {"types": tuple(t[:64] for t in strange), "known": known}
            return Refused("event_types_unknown", strange_ones, ("mend_field",), "invalid", "types")
        return None
