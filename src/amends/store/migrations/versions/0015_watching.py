"""In which open cases watch words are found, and how far each list was looked for.

Lists kept before are looked for by ``amends queue watch``, or when they are kept again.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

_TABLES = (
    """CREATE TABLE watch_matches (
    of_order TEXT NOT NULL, of_dispute TEXT NOT NULL, watcher TEXT NOT NULL,
    PRIMARY KEY (of_order, of_dispute, watcher))""",
    """CREATE TABLE watch_searches (
    person TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL, looked INTEGER NOT NULL,
    whole INTEGER NOT NULL)""",
)
_INDEX = """CREATE INDEX watch_matches_by_watcher
    ON watch_matches (watcher, of_order, of_dispute)"""


def upgrade() -> None:
    """Make the tables and the index."""
    for table in _TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(table.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
        else:
            op.execute(f"{table} STRICT, WITHOUT ROWID")
    op.execute(_INDEX)
