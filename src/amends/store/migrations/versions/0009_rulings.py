"""What was ruled, for like cases and for how often rulings are changed.

Rulings issued before come with ``amends db rebuild``.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

_TABLE = """CREATE TABLE rulings (
    order_id TEXT NOT NULL, dispute_id TEXT NOT NULL, reason TEXT NOT NULL, category TEXT NOT NULL,
    finding TEXT NOT NULL, remedy TEXT NOT NULL, reasons TEXT NOT NULL, clauses TEXT NOT NULL,
    currency TEXT NOT NULL, claimed INTEGER NOT NULL, awarded INTEGER NOT NULL,
    share INTEGER NOT NULL, author TEXT NOT NULL, appeal TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (order_id, dispute_id))"""
_INDEXES = (
    "rulings_by_reason_at ON rulings (reason, at, order_id, dispute_id)",
    "rulings_by_reason_category_at ON rulings (reason, category, at, order_id, dispute_id)",
    "rulings_by_author_appeal_at ON rulings (author, appeal, at, order_id, dispute_id)",
)


def upgrade() -> None:
    """Make the table and its indexes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TABLE.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
    else:
        op.execute(f"{_TABLE} STRICT, WITHOUT ROWID")
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")
