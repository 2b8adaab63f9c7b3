"""What kind of database a URL names, and how a server is to be used."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

_SCHEMES = ("postgresql://", "postgres://")
_MOST_CONNECTIONS = 1000


class Target(Struct, frozen=True):
    """What libpq is told (it may hold a password), the most connections one process opens, and
    whether statements may be prepared on the server."""

    conninfo: str
    pool: int = 8
    prepare: bool = True


def is_postgres(url: str | Path) -> bool:
    """Whether a URL names a PostgreSQL database."""
    return str(url).startswith(_SCHEMES)


def database_name(url: str | Path) -> str:
    """The database on the server a URL names, or a name for the one the server picks."""
    return urlsplit(str(url)).path.strip("/").replace("/", "-") or "amends"


def target_of(url: str | Path) -> Target:
    """The target of ``postgresql://user@host:port/database?parameters``.

    Two parameters are ours, all others libpq's: ``pool`` is the most connections this process opens
    (8 unless told), ``prepare=no`` keeps statements from being prepared on the server, for a
    PgBouncer in transaction mode older than 1.21. Raises ValueError for other values of these.
    """
    split = urlsplit(str(url))
    given = dict(parse_qsl(split.query, keep_blank_values=True))
    pool, prepare = given.pop("pool", "8"), given.pop("prepare", "yes")
    if not pool.isdecimal() or not 1 <= int(pool) <= _MOST_CONNECTIONS:
        raise ValueError(f"pool={pool}: say a number of connections from 1 to {_MOST_CONNECTIONS}")
    if prepare not in ("yes", "no"):
        raise ValueError(f"prepare={prepare}: say yes or no")
    # libpq does not read a plus sign as a space.
    query = urlencode(given, quote_via=quote)
    return Target(urlunsplit(split._replace(query=query)), int(pool), prepare == "yes")
