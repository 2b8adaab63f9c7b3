"""Ids that sort by time, and secrets nobody can guess."""

from __future__ import annotations

import secrets
import time

# Crockford's alphabet: sorts as it counts, and leaves out letters that are read as digits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(a + b for a in _ALPHABET for b in _ALPHABET)
_RANDOM_BITS = (
    74  # with 56 bits of microseconds (enough until the year 4253) 26 characters of 5 bits
)


def new_id() -> str:
    """A fresh id: 26 lower-case letters and digits, sorting by the microsecond it was made in.

    74 of its bits are random, so two machines need not know of each other. It tells when it was
    made: for links and keys use ``new_token``.
    """
    value = (time.time_ns() // 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])


def new_token() -> str:
    """A secret for a link, a key or a file: 43 URL-safe characters, 256 random bits."""
    return secrets.token_urlsafe(32)
