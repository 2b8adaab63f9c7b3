"""Bounded kinds of text as commands carry them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

# Python's "$" also matches before a last newline; this end does not, and other readers of the
# published schema take it the same way.
END = r"$(?!\n)"

# Ids go into addresses and keys: printable ASCII without separators, so they need no escaping.
Id = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=rf"^[A-Za-z0-9][A-Za-z0-9._~:@-]*{END}")
]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=rf"^[a-z0-9_]+{END}")]
Country = Annotated[str, Meta(pattern=rf"^[A-Z]{{2}}{END}", description="ISO 3166-1 alpha-2")]
Locale = Annotated[
    str,
    Meta(min_length=2, max_length=35, pattern=rf"^[A-Za-z]{{2,3}}([-_][A-Za-z0-9]{{2,8}})*{END}"),
]
# No NUL: no database, mail or PDF carries it faithfully. Everything else people write is theirs.
Prose = Annotated[str, Meta(max_length=10_000, pattern=r"^[^\x00]*$", extra={"personal": True})]
Name = Annotated[
    str, Meta(max_length=300, pattern=rf"^[^\x00-\x1f]*{END}", extra={"personal": True})
]
