"""API keys and links as rows of their tables, whatever database these are in."""

from __future__ import annotations

import json
from datetime import timedelta

from amends.engine.access import ApiKey, Link
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import Actor, Role
from amends.store.batch import Values, instant_or_none
from amends.store.sealing import digest_of

KEY_COLUMNS = "id, person, role, scopes, created_at, revoked_at"
# A link is known for so long after its time, so that a fresh one can be asked for.
LINKS_KEPT = timedelta(days=30)


def key_values(key: ApiKey, secret: str) -> Values:
    """The row of a new key: its secret is kept as a digest."""
    return (
        key.id,
        digest_of(secret),
        key.actor.person,
        key.actor.role.value,
        json.dumps(key.scopes),
        to_micros(key.created_at),
        None if key.revoked_at is None else to_micros(key.revoked_at),
    )


def key_from(
    id_: str, person: str, role: str, scopes: str, created_at: int, revoked_at: int | None
) -> ApiKey:
    """A key from ``KEY_COLUMNS``."""
    return ApiKey(
        id_,
        Actor(person, Role(role)),
        tuple(json.loads(scopes)),
        from_micros(created_at),
        instant_or_none(revoked_at),
    )


def link_from(person: str, role: str, leads_to: str) -> Link:
    """A link from its columns."""
    return Link(Actor(person, Role(role)), leads_to)
