"""What sellers have at hand: return addresses, replies, versions of their return policy."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_SQLITE = """CREATE TABLE seller_papers (
    person TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
    key_id TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (person, kind, number))
    STRICT, WITHOUT ROWID"""
_POSTGRES = """CREATE TABLE seller_papers (
    person TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
    at BIGINT NOT NULL, key_id TEXT COLLATE "C" NOT NULL, sealed BYTEA NOT NULL,
    PRIMARY KEY (person, kind, number))"""


def upgrade() -> None:
    """Make the table."""
    op.execute(_POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE)
