"""Pictures on record, by which the same one is found in another case.

Those that were there before come with ``amends db rebuild``, by their digests alone.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

_TABLE = """CREATE TABLE pictures (
    order_id TEXT NOT NULL, evidence_id TEXT NOT NULL, digest TEXT NOT NULL,
    likeness TEXT NOT NULL, part1 TEXT NOT NULL, part2 TEXT NOT NULL, part3 TEXT NOT NULL,
    part4 TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (order_id, evidence_id))"""
_BY = ("digest", "part1", "part2", "part3", "part4")


def upgrade() -> None:
    """Make the table, and an index for the digest and for each part of the likeness."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TABLE.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
    else:
        op.execute(f"{_TABLE} STRICT, WITHOUT ROWID")
    for by in _BY:
        op.execute(
            f"CREATE INDEX pictures_by_{by}_at ON pictures ({by}, at, order_id, evidence_id)"
        )
