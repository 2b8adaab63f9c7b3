"""What was given out of goodwill, for the sum of a month.

Cases opened before come with ``amends db rebuild``.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

_TABLE = """CREATE TABLE goodwill_cases (
    order_id TEXT NOT NULL, n INTEGER NOT NULL, month TEXT NOT NULL, currency TEXT NOT NULL,
    amount INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (order_id, n))"""
_INDEXES = (
    "goodwill_cases_by_month_at ON goodwill_cases (month, at, order_id, n)",
    "goodwill_cases_totals ON goodwill_cases (month, currency, amount)",
)


def upgrade() -> None:
    """Make the table, and the indexes by which a month's cases are listed and summed."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TABLE.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
    else:
        op.execute(f"{_TABLE} STRICT, WITHOUT ROWID")
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")
