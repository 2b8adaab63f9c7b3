"""Endpoints of marketplaces, what they are told, and whether it arrived."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

_TABLES = (
    """CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, url TEXT NOT NULL, types TEXT NOT NULL,
    created_at INTEGER NOT NULL, off TEXT NOT NULL, failing_since INTEGER, key_id TEXT NOT NULL,
    secret BLOB NOT NULL, previous BLOB, previous_until INTEGER)""",
    "CREATE TABLE webhook_feeds (owner TEXT NOT NULL PRIMARY KEY, last INTEGER NOT NULL)",
    """CREATE TABLE webhook_messages (
    owner TEXT NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, order_id TEXT NOT NULL,
    n INTEGER NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (owner, place))""",
    """CREATE TABLE webhook_deliveries (
    endpoint TEXT NOT NULL, message TEXT NOT NULL, owner TEXT NOT NULL, place INTEGER NOT NULL,
    state TEXT NOT NULL, number INTEGER NOT NULL, claims INTEGER NOT NULL, next_at INTEGER,
    attempts TEXT NOT NULL,
    PRIMARY KEY (endpoint, message))""",
)
_INDEXES = (
    "UNIQUE INDEX webhook_messages_by_id ON webhook_messages (id)",
    "INDEX webhook_messages_by_order ON webhook_messages (owner, order_id, place)",
    "INDEX webhook_messages_by_type ON webhook_messages (owner, type, place)",
    "INDEX webhook_messages_by_at ON webhook_messages (owner, at, place)",
    "INDEX webhook_deliveries_by_next ON webhook_deliveries (endpoint, next_at)",
    "INDEX webhook_deliveries_by_place ON webhook_deliveries (endpoint, place)",
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    for table in _TABLES:
        if op.get_bind().dialect.name == "postgresql":
            as_there = table.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA")
            op.execute(as_there.replace("TEXT", 'TEXT COLLATE "C"'))
        else:
            op.execute(f"{table} STRICT, WITHOUT ROWID")
    for index in _INDEXES:
        op.execute(f"CREATE {index}")
