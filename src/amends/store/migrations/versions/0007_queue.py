"""The queue: what it is filtered by, who wrote to whom, and what accounts say of room and ties.

Orders placed before say nothing of their buyer's language; categories come with the next event of
a dispute, or by ``amends db rebuild``.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_COLUMNS = (
    "disputes ADD COLUMN language TEXT NOT NULL DEFAULT ''",
    "disputes ADD COLUMN category TEXT NOT NULL DEFAULT ''",
    "disputes ADD COLUMN unassigned TEXT NOT NULL DEFAULT ''",
    "staff_accounts ADD COLUMN capacity INTEGER",
    "staff_accounts ADD COLUMN away_until INTEGER",
    "staff_accounts ADD COLUMN interests TEXT NOT NULL DEFAULT '[]'",
    "staff_accounts ADD COLUMN seen_at INTEGER",
)
_CONTACTS = """CREATE TABLE contacts (
    order_id TEXT NOT NULL, person TEXT NOT NULL, other TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (order_id, person, other))"""
# Whoever wrote in an order's thread, or was written to, without being a party to it.
_FILLED = """INSERT INTO contacts SELECT m.order_id, m.by_person, p.other, MAX(m.at)
    FROM messages AS m JOIN (SELECT order_id, buyer AS other FROM orders
        UNION ALL SELECT order_id, seller FROM orders) AS p ON p.order_id = m.order_id
    WHERE m.by_role NOT IN ('buyer', 'seller') GROUP BY m.order_id, m.by_person, p.other"""
_INDEXES = (
    "contacts_by_person_other_at ON contacts (person, other, at, order_id)",
    "disputes_by_phase_language_due_at ON disputes (phase, language, due_at, order_id, dispute_id)",
    "disputes_by_phase_category_due_at ON disputes (phase, category, due_at, order_id, dispute_id)",
    "disputes_by_phase_reason_due_at ON disputes (phase, reason, due_at, order_id, dispute_id)",
    "disputes_by_mediator_seller ON disputes (mediator, seller, opened_at)",
    "disputes_by_officer_seller ON disputes (officer, seller, opened_at)",
)


def upgrade() -> None:
    """Add the columns, make the table and fill it, then every index."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for column in _COLUMNS:
        op.execute(_typed(f"ALTER TABLE {column}", postgres=postgres))
    op.execute(
        _typed(_CONTACTS, postgres=True) if postgres else f"{_CONTACTS} STRICT, WITHOUT ROWID"
    )
    op.execute(_FILLED)
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")


def _typed(statement: str, *, postgres: bool) -> str:
    if not postgres:
        return statement
    return statement.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"')
