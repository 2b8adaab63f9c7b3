"""What payment providers report of their own accord, kept before it is understood."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_SQLITE = """CREATE TABLE callbacks (
    provider TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    body TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, run_at INTEGER,
    attempts INTEGER NOT NULL, PRIMARY KEY (provider, id)) STRICT, WITHOUT ROWID"""
_POSTGRES = """CREATE TABLE callbacks (
    provider TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, body TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL, note TEXT COLLATE "C" NOT NULL, run_at BIGINT,
    attempts BIGINT NOT NULL, PRIMARY KEY (provider, id))"""
_INDEXES = (
    "CREATE INDEX callbacks_due ON callbacks (run_at) WHERE run_at IS NOT NULL",
    "CREATE INDEX callbacks_by_at ON callbacks (at, provider, id)",
    "CREATE INDEX callbacks_by_state_at ON callbacks (state, at, provider, id)",
)


def upgrade() -> None:
    """Make the table and its lists."""
    op.execute(_POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE)
    for index in _INDEXES:
        op.execute(index)
