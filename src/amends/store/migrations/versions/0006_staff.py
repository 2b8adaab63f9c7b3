"""Accounts of the platform's people, sessions that can be listed, tries, and e-mails' digests.

Sessions begun before end: what the new ones say of themselves is not known of them.
"""

from __future__ import annotations

import re

from alembic import op

revision = "0006"
down_revision = "0005"

_STATEMENTS = (
    "DROP TABLE sessions",
    """CREATE TABLE sessions (
        token BLOB NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL,
        role TEXT NOT NULL, device TEXT NOT NULL, begun_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, proven_at INTEGER)
        STRICT, WITHOUT ROWID""",
    "CREATE INDEX sessions_by_person ON sessions (person, seen_at)",
    "ALTER TABLE sign_in_links ADD COLUMN used_at INTEGER",
    """CREATE TABLE staff_accounts (
        person TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, languages TEXT NOT NULL,
        categories TEXT NOT NULL, limits TEXT NOT NULL, reports_to TEXT, disabled INTEGER NOT NULL,
        since INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE, key_id TEXT NOT NULL,
        sealed BLOB NOT NULL, password TEXT, second BLOB, next_second BLOB, step INTEGER,
        set_up BLOB UNIQUE, set_up_until INTEGER)
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE recovery_codes (
        person TEXT NOT NULL, code BLOB NOT NULL, PRIMARY KEY (person, code))
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE tries (
        what BLOB NOT NULL PRIMARY KEY, made INTEGER NOT NULL, last_at INTEGER NOT NULL,
        free_at INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE email_digests (
        order_id TEXT NOT NULL, role TEXT NOT NULL, person TEXT NOT NULL, digest BLOB NOT NULL,
        PRIMARY KEY (order_id, role)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX email_digests_by_digest ON email_digests (digest, person, role)",
)
_POSTGRES = {
    r" STRICT, WITHOUT ROWID$": "",
    r"\bINTEGER\b": "BIGINT",
    r"\bBLOB\b": "BYTEA",
    r"\bTEXT\b": 'TEXT COLLATE "C"',
}


def _on_postgres(statement: str) -> str:
    statement = " ".join(statement.split())
    for pattern, replacement in _POSTGRES.items():
        statement = re.sub(pattern, replacement, statement)
    return statement


def upgrade() -> None:
    """Make the tables."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _STATEMENTS:
        op.execute(_on_postgres(statement) if postgres else statement)
