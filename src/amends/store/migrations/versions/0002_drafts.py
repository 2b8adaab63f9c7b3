"""Forms somebody has begun to fill in, sealed with their own key, so that they go on elsewhere."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_SQLITE = """CREATE TABLE drafts (
    order_id TEXT NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL, key_id TEXT NOT NULL,
    sealed BLOB NOT NULL, PRIMARY KEY (order_id, person)) STRICT, WITHOUT ROWID"""
_POSTGRES = """CREATE TABLE drafts (
    order_id TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL, sealed BYTEA NOT NULL, PRIMARY KEY (order_id, person))"""


def upgrade() -> None:
    """Make the table."""
    op.execute(_POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE)
