"""How disputes ended, how soon sellers answered, and reviews: what a seller's record is made of.

What was before comes with ``amends db rebuild``.
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"

_TABLES = (
    """CREATE TABLE case_ends (
    order_id TEXT NOT NULL, dispute_id TEXT NOT NULL, buyer TEXT NOT NULL, seller TEXT NOT NULL,
    ended TEXT NOT NULL, undelivered TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (order_id, dispute_id))""",
    """CREATE TABLE first_answers (
    order_id TEXT NOT NULL, dispute_id TEXT NOT NULL, seller TEXT NOT NULL, answered TEXT NOT NULL,
    seconds INTEGER, at INTEGER NOT NULL,
    PRIMARY KEY (order_id, dispute_id))""",
    """CREATE TABLE reviews (
    order_id TEXT NOT NULL, seller TEXT NOT NULL, stars TEXT NOT NULL, ref TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (order_id))""",
)
_INDEXES = (
    "case_ends_by_seller_ended_at ON case_ends (seller, ended, at, order_id, dispute_id)",
    "case_ends_by_buyer_ended_at ON case_ends (buyer, ended, at, order_id, dispute_id)",
    "case_ends_by_undelivered_at ON case_ends (seller, undelivered, at, order_id, dispute_id)",
    "first_answers_by_answered_at ON first_answers (seller, answered, at, order_id, dispute_id)",
    "reviews_by_seller_at ON reviews (seller, at, order_id)",
    "reviews_by_seller_stars_at ON reviews (seller, stars, at, order_id)",
)


def upgrade() -> None:
    """Make the tables, and the indexes by which they are counted and listed."""
    for table in _TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(table.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"'))
        else:
            op.execute(f"{table} STRICT, WITHOUT ROWID")
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")
