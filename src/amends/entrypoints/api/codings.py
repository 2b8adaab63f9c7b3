"""The content codings of a body, such as gzip. Bodies are taken plain only."""

from __future__ import annotations

from collections.abc import Iterable

# What a refusal says is taken, as RFC 9110 (15.5.16) has it.
TAKEN = {"Accept-Encoding": "identity"}


def codings_of(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Those that a request's headers name, as they come on the wire; none for a plain body."""
    given = b",".join(value for name, value in headers if name == b"content-encoding")
    codings = [coding.strip() for coding in given.decode("latin-1").split(",")]
    return [coding for coding in codings if coding.lower() not in ("", "identity")]
