"""Support's desk: who waits for it, and for the supervisors it raises things to.

What waited before comes with the next event of its order, or by ``amends db rebuild``.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_TABLE = """CREATE TABLE support_tasks (
    order_id TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, side TEXT NOT NULL,
    since INTEGER NOT NULL, due_at INTEGER NOT NULL, taken_by TEXT NOT NULL,
    PRIMARY KEY (order_id, subject))"""
_INDEXES = (
    "support_tasks_by_due_at ON support_tasks (due_at, order_id, subject)",
    "support_tasks_by_kind_due_at ON support_tasks (kind, due_at, order_id, subject)",
    "support_tasks_by_taken_by_due_at ON support_tasks (taken_by, due_at, order_id, subject)",
)


def upgrade() -> None:
    """Make the table and its indexes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TABLE.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
    else:
        op.execute(f"{_TABLE} STRICT, WITHOUT ROWID")
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")
