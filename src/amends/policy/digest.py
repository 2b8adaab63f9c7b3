"""The fingerprint of a pack's values, by which an order knows that its law has not been changed."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from amends.policy.terms import Terms

UNJUDGED = frozenset({"digest", "title"})  # changing these changes no decision


def digest_of(terms: Terms) -> str:
    """SHA-256, in hex, of the canonical JSON of the values.

    A field that has its default is left out, so that a field added later, with a default that
    keeps the old meaning, leaves the digests that orders have pinned as they were.
    """
    values = {k: v for k, v in _values(terms).items() if k not in UNJUDGED}
    return sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()


def _values(struct: Struct) -> dict[str, object]:
    return {
        field.name: _plain(value)
        for field in fields(struct)
        if (value := getattr(struct, field.name)) != field.default
    }


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        return _values(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
