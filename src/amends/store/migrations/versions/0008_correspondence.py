"""Addresses by which mail is answered and calendars are read, choices, and what waits."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = (
    """mail_addresses (
    kind TEXT NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL, order_id TEXT NOT NULL,
    salt BLOB NOT NULL, secret BLOB NOT NULL UNIQUE,
    PRIMARY KEY (kind, person, role, order_id))""",
    """mail_choices (
    person TEXT NOT NULL, role TEXT NOT NULL, choice TEXT NOT NULL, PRIMARY KEY (person, role))""",
    """mail_waiting (
    order_id TEXT NOT NULL, job TEXT NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL,
    at INTEGER NOT NULL, kind TEXT NOT NULL, dispute_id TEXT NOT NULL,
    PRIMARY KEY (order_id, job))""",
)
_INDEXES = (
    "mail_waiting_by_person ON mail_waiting (person, role, at, order_id, job)",
    "mail_addresses_by_person ON mail_addresses (person)",
)
_POSTGRES = {"INTEGER": "BIGINT", "BLOB": "BYTEA", "TEXT": 'TEXT COLLATE "C"'}


def upgrade() -> None:
    """Make the tables, then every index."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in _TABLES:
        statement = f"CREATE TABLE {table}"
        if postgres:
            for ours, theirs in _POSTGRES.items():
                statement = statement.replace(ours, theirs)
        else:
            statement += " STRICT, WITHOUT ROWID"
        op.execute(statement)
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")
