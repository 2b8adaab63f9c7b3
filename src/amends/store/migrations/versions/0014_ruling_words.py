"""Rulings by the words of their cases: keyed digests, whose they are, and which ruling has them.

Rulings issued before come with ``amends db rebuild``.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

_NUMBERS = """CREATE TABLE ruling_numbers (
    n {number} PRIMARY KEY, order_id TEXT NOT NULL, dispute_id TEXT NOT NULL,
    UNIQUE (order_id, dispute_id))"""
_TABLES = (
    """CREATE TABLE ruling_writers (
    n INTEGER NOT NULL, person TEXT NOT NULL, words BLOB NOT NULL, PRIMARY KEY (n, person))""",
    """CREATE TABLE ruling_words (
    digest INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (digest, n))""",
)
_INDEX = "CREATE INDEX ruling_writers_by_person ON ruling_writers (person)"


def upgrade() -> None:
    """Make the tables. A ruling is named by a short number, because every word of it names it."""
    if op.get_bind().dialect.name == "postgresql":
        numbered = "BIGINT GENERATED ALWAYS AS IDENTITY"
        op.execute(_NUMBERS.format(number=numbered).replace("TEXT", 'TEXT COLLATE "C"'))
        for table in _TABLES:
            typed = table.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA")
            op.execute(typed.replace("TEXT", 'TEXT COLLATE "C"'))
    else:
        op.execute(f"{_NUMBERS.format(number='INTEGER')} STRICT")
        for table in _TABLES:
            op.execute(f"{table} STRICT, WITHOUT ROWID")
    op.execute(_INDEX)
