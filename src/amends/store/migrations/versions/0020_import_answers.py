"""What feeds were answered has a table of its own, and an end.

It stood among the values about the database as a whole, under ``import:<caller>:<key>`` and without
an instant; what is there is taken over as if it had been answered now.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from alembic import op
from sqlalchemy import text

revision = "0020"
down_revision = "0019"

_TABLE = """CREATE TABLE import_answers (
    caller TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, answer TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (caller, key))"""
_INDEX = "CREATE INDEX import_answers_by_at ON import_answers (at)"
_OLD = {"names": "import:%"}
_READ = text("SELECT name, value FROM meta WHERE name LIKE :names")
_PUT = text("INSERT INTO import_answers VALUES (:caller, :key, :digest, :answer, :at)")
_DROP = text("DELETE FROM meta WHERE name LIKE :names")


def upgrade() -> None:
    """Make the table and its index, and take over what was kept."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TABLE.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
    else:
        op.execute(f"{_TABLE} STRICT")
    op.execute(_INDEX)
    at = int(datetime.now(UTC).timestamp()) * 1_000_000
    found = op.get_bind().execute(_READ, _OLD)
    if rows := [_row(name, value, at) for name, value in found]:
        op.get_bind().execute(_PUT, rows)
        op.get_bind().execute(_DROP, _OLD)


def _row(name: str, value: str, at: int) -> dict[str, Any]:
    caller, _, key = name.removeprefix("import:").partition(":")
    saved = json.loads(value)
    answer = json.dumps(saved["answer"])
    return {"caller": caller, "key": key, "digest": saved["digest"], "answer": answer, "at": at}
