"""Rulings by what sentences of their claims say: places, signatures, and whose they are.

Rulings issued before come with ``amends db rebuild``, where the extra for it is installed.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

_TABLE = """CREATE TABLE ruling_meanings (
    place INTEGER NOT NULL, n INTEGER NOT NULL, part INTEGER NOT NULL, person TEXT NOT NULL,
    signature BLOB NOT NULL, PRIMARY KEY (place, n, part))"""
_INDEXES = (
    "CREATE INDEX ruling_meanings_by_ruling ON ruling_meanings (n)",
    "CREATE INDEX ruling_meanings_by_person ON ruling_meanings (person)",
)


def upgrade() -> None:
    """Make the table, in the order in which it is read; note of each ruling by which model."""
    text = "TEXT"
    if op.get_bind().dialect.name == "postgresql":
        text = 'TEXT COLLATE "C"'
        typed = _TABLE.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA")
        op.execute(typed.replace("TEXT", text))
    else:
        op.execute(f"{_TABLE} STRICT, WITHOUT ROWID")
    for index in _INDEXES:
        op.execute(index)
    op.execute(f"ALTER TABLE ruling_numbers ADD COLUMN model {text} NOT NULL DEFAULT ''")
