"""The first schema.

Instants are whole microseconds since 1970 in UTC. The order's id leads every key that a command
touches. Tables are STRICT, so that a value of the wrong kind is an error and not a surprise.
Statements are written as SQLite takes them. On PostgreSQL text is compared by its bytes, as there,
so that no change of the system's collations can spoil an index; and the tables whose rows change
with every command keep room for that in their pages.
"""

from __future__ import annotations

import re

from alembic import op

revision = "0001"
down_revision = None

_RECORD = (
    """CREATE TABLE events (
        order_id TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
        by_person TEXT NOT NULL, by_role TEXT NOT NULL, command_id TEXT NOT NULL,
        type TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (order_id, number)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE states (
        order_id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, state BLOB NOT NULL,
        code TEXT NOT NULL, next_due INTEGER, head BLOB NOT NULL) STRICT""",
    "CREATE INDEX states_due ON states (next_due, order_id) WHERE next_due IS NOT NULL",
    """CREATE TABLE contents (
        order_id TEXT NOT NULL, ref TEXT NOT NULL, number INTEGER NOT NULL, owner TEXT NOT NULL,
        key_id TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (order_id, ref)) STRICT""",
    """CREATE TABLE person_keys (
        person TEXT NOT NULL PRIMARY KEY, key_id TEXT NOT NULL, secret BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE answers (
        order_id TEXT NOT NULL, caller TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
        at INTEGER NOT NULL, since INTEGER NOT NULL, version INTEGER NOT NULL, refusal BLOB,
        PRIMARY KEY (order_id, caller, key)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE jobs (
        order_id TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, run_at INTEGER NOT NULL,
        payload TEXT NOT NULL, attempts INTEGER NOT NULL,
        PRIMARY KEY (order_id, id)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX jobs_due ON jobs (run_at)",
)
_PROJECTIONS = (
    """CREATE TABLE orders (
        order_id TEXT NOT NULL PRIMARY KEY, buyer TEXT NOT NULL, seller TEXT NOT NULL,
        purchase TEXT, status TEXT NOT NULL, placed_at INTEGER NOT NULL, currency TEXT NOT NULL,
        captured INTEGER NOT NULL, disputes INTEGER NOT NULL, version INTEGER NOT NULL,
        updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE disputes (
        order_id TEXT NOT NULL, dispute_id TEXT NOT NULL, buyer TEXT NOT NULL,
        seller TEXT NOT NULL, phase TEXT NOT NULL, turn TEXT, outcome TEXT, reason TEXT NOT NULL,
        remedy TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL, mediator TEXT,
        officer TEXT, opened_at INTEGER NOT NULL, due_at INTEGER, closed_at INTEGER,
        version INTEGER NOT NULL, PRIMARY KEY (order_id, dispute_id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE messages (
        order_id TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, by_person TEXT NOT NULL,
        by_role TEXT NOT NULL, ref TEXT NOT NULL, pictures TEXT NOT NULL,
        PRIMARY KEY (order_id, n)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE refunds (
        order_id TEXT NOT NULL, refund_id TEXT NOT NULL, dispute_id TEXT, provider TEXT NOT NULL,
        reference TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
        state TEXT NOT NULL, recorded_at INTEGER NOT NULL, settled_at INTEGER,
        arrives_until INTEGER, PRIMARY KEY (order_id, refund_id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE postings (
        order_id TEXT NOT NULL, n INTEGER NOT NULL, i INTEGER NOT NULL, account TEXT NOT NULL,
        amount INTEGER NOT NULL, currency TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (order_id, n, i)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE notices (
        order_id TEXT NOT NULL, n INTEGER NOT NULL, i INTEGER NOT NULL, person TEXT NOT NULL,
        role TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, dispute_id TEXT,
        due_at INTEGER, PRIMARY KEY (order_id, n, i)) STRICT, WITHOUT ROWID""",
)
_LISTS = {
    "orders": (
        "placed_at",
        "buyer, placed_at",
        "seller, placed_at",
        "status, placed_at",
        "buyer, status, placed_at",
        "seller, status, placed_at",
        "buyer, seller, placed_at",
        "purchase, placed_at",
    ),
    "disputes": (
        "opened_at",
        "buyer, opened_at",
        "seller, opened_at",
        "phase, opened_at",
        "mediator, opened_at",
        "officer, opened_at",
        "buyer, phase, opened_at",
        "seller, phase, opened_at",
        "buyer, turn, due_at",
        "seller, turn, due_at",
        "turn, due_at",
        "phase, due_at",
        "phase, mediator, due_at",
        "phase, officer, due_at",
    ),
    "refunds": ("recorded_at", "state, recorded_at", "provider, reference, recorded_at"),
    "postings": ("at", "account, at"),
    "notices": ("person, at", "person, role, at"),
}
_KEYS = {
    "orders": "order_id",
    "disputes": "order_id, dispute_id",
    "refunds": "order_id, refund_id",
    "postings": "order_id, n, i",
    "notices": "order_id, n, i",
}
_SERVICE = (
    """CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)
        STRICT, WITHOUT ROWID""",
    "CREATE TABLE beats (one INTEGER NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT",
    """CREATE TABLE outages (since INTEGER NOT NULL PRIMARY KEY, until INTEGER NOT NULL) STRICT""",
    """CREATE TABLE sign_in_links (
        token BLOB NOT NULL PRIMARY KEY, person TEXT NOT NULL, role TEXT NOT NULL,
        leads_to TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sessions (
        token BLOB NOT NULL PRIMARY KEY, person TEXT NOT NULL, role TEXT NOT NULL,
        expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE api_keys (
        id TEXT NOT NULL PRIMARY KEY, secret BLOB NOT NULL UNIQUE, person TEXT NOT NULL,
        role TEXT NOT NULL, scopes TEXT NOT NULL, created_at INTEGER NOT NULL,
        revoked_at INTEGER) STRICT, WITHOUT ROWID""",
    """CREATE TABLE read_marks (
        order_id TEXT NOT NULL, person TEXT NOT NULL, number INTEGER NOT NULL,
        PRIMARY KEY (order_id, person)) STRICT, WITHOUT ROWID""",
)


_CHANGING = ("states", "orders", "disputes")
_POSTGRES = {
    r" STRICT(, WITHOUT ROWID)?$": "",
    r"\bINTEGER\b": "BIGINT",
    r"\bBLOB\b": "BYTEA",
    r"\bTEXT\b": 'TEXT COLLATE "C"',
}


def _on_postgres(statement: str) -> str:
    for pattern, replacement in _POSTGRES.items():
        statement = re.sub(pattern, replacement, statement)
    table = re.match(r"CREATE TABLE (\w+)", statement)
    return f"{statement} WITH (fillfactor = 80)" if table and table[1] in _CHANGING else statement


def upgrade() -> None:
    """Make every table and index."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in (*_RECORD, *_PROJECTIONS, *_SERVICE):
        op.execute(_on_postgres(statement) if postgres else statement)
    for table, lists in _LISTS.items():
        for columns in lists:
            name = f"{table}_by_{columns.replace(', ', '_')}"
            op.execute(f"CREATE INDEX {name} ON {table} ({columns}, {_KEYS[table]})")
