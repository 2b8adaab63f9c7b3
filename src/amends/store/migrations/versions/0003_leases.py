"""Hash slots for what falls due and what waits to be done, and who looks after them.

The slot is what ``amends.engine.slots.slot_of`` says: the first byte of the SHA-256 of the order's
id, modulo 64. The index of what is due next is made anew, led by it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = ("states", "jobs")
_INDEXES = (
    "DROP INDEX states_due",
    "CREATE INDEX states_due ON states (slot, next_due, order_id) WHERE next_due IS NOT NULL",
    "DROP INDEX jobs_due",
    "CREATE INDEX jobs_due ON jobs (slot, run_at)",
)
_LEASES = """CREATE TABLE leases (
    name {text} NOT NULL PRIMARY KEY, holder {text} NOT NULL, until {whole} NOT NULL)"""


def _slot(order: str) -> int:
    return hashlib.sha256(order.encode()).digest()[0] % 64


def upgrade() -> None:
    """Add the column to both tables, fill it, and make the table of leases."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(f"ALTER TABLE {table} ADD COLUMN slot BIGINT NOT NULL DEFAULT 0")
            op.execute(
                f"UPDATE {table} SET slot ="  # noqa: S608
                " get_byte(sha256(convert_to(order_id, 'UTF8')), 0) % 64"
            )
            # Every row is written with its own: one that is forgotten must be an error.
            op.execute(f"ALTER TABLE {table} ALTER COLUMN slot DROP DEFAULT")
        op.execute(_LEASES.format(text='TEXT COLLATE "C"', whole="BIGINT"))
    else:
        driver: Any = op.get_bind().connection.driver_connection
        driver.create_function("slot_of", 1, _slot, deterministic=True)
        for table in _TABLES:
            # A column that is added must have a value for the rows that are there.
            op.execute(f"ALTER TABLE {table} ADD COLUMN slot INTEGER NOT NULL DEFAULT 0")
            op.execute(f"UPDATE {table} SET slot = slot_of(order_id)")  # noqa: S608
        op.execute(_LEASES.format(text="TEXT", whole="INTEGER") + " STRICT, WITHOUT ROWID")
    for statement in _INDEXES:
        op.execute(statement)
