"""Finance's desk: differences between the books, tasks, and what its lists are sorted by.

What rows lack is filled in from the record. Tasks that ran before show with their next alarm,
within a day; ``amends db rebuild`` makes them at once.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = (
    ("orders", "provider", "TEXT"),
    ("orders", "reference", "TEXT"),
    ("refunds", "since", "INTEGER"),
    ("postings", "kind", "TEXT"),
    ("postings", "seller", "TEXT"),
)
_TABLES = (
    """CREATE TABLE differences (
        order_id TEXT NOT NULL, difference_id TEXT NOT NULL, kind TEXT NOT NULL,
        about TEXT NOT NULL, provider TEXT NOT NULL, reference TEXT NOT NULL, ours INTEGER,
        theirs INTEGER, currency TEXT NOT NULL, other_currency TEXT NOT NULL, state TEXT NOT NULL,
        resolution TEXT NOT NULL, at INTEGER NOT NULL, resolved_at INTEGER,
        PRIMARY KEY (order_id, difference_id))""",
    """CREATE TABLE finance_tasks (
        order_id TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL,
        since INTEGER NOT NULL, due_at INTEGER NOT NULL, amount INTEGER NOT NULL,
        currency TEXT NOT NULL, PRIMARY KEY (order_id, what, subject))""",
)
_INDEXES = (
    "orders_by_provider_reference_placed_at ON orders (provider, reference, placed_at, order_id)",
    "refunds_by_state_since ON refunds (state, since, order_id, refund_id)",
    "postings_by_seller_at ON postings (seller, at, order_id, n, i)",
    "postings_by_seller_account_at ON postings (seller, account, at, order_id, n, i)",
    "differences_by_at ON differences (at, order_id, difference_id)",
    "differences_by_state_at ON differences (state, at, order_id, difference_id)",
    "finance_tasks_by_since ON finance_tasks (since, order_id, what, subject)",
    "finance_tasks_by_kind_since ON finance_tasks (kind, since, order_id, what, subject)",
)
# ``body`` of an event by a path: SQLite's way, and PostgreSQL's.
_SQLITE = {
    "provider": "json_extract(e.body, '$.order.payment.provider')",
    "reference": "json_extract(e.body, '$.order.payment.reference')",
    "recorded": "json_extract(e.body, '$.refund.id')",
    "refund": "json_extract(e.body, '$.refund')",
    "state": "json_extract(e.body, '$.state')",
}
_POSTGRES = {
    "provider": "e.body::json #>> '{order,payment,provider}'",
    "reference": "e.body::json #>> '{order,payment,reference}'",
    "recorded": "e.body::json #>> '{refund,id}'",
    "refund": "e.body::json ->> 'refund'",
    "state": "e.body::json ->> 'state'",
}
_FILLED = (
    """UPDATE orders SET (provider, reference) = (SELECT {provider}, {reference} FROM events e
        WHERE e.order_id = orders.order_id AND e.type = 'order_placed' AND e.number = 1)""",
    """UPDATE refunds SET since = (SELECT MAX(e.at) FROM events e
        WHERE e.order_id = refunds.order_id AND CASE
          WHEN e.type = 'refund_recorded' THEN {recorded} = refunds.refund_id
          WHEN e.type IN ('refund_unknown', 'refund_settled', 'refund_failed')
            THEN {refund} = refunds.refund_id
          WHEN e.type = 'trace_recorded'
            THEN {refund} = refunds.refund_id AND {state} IS NOT NULL
          ELSE FALSE END)""",
    """UPDATE postings SET kind = (SELECT e.type FROM events e
        WHERE e.order_id = postings.order_id AND e.number = postings.n),
        seller = (SELECT o.seller FROM orders o WHERE o.order_id = postings.order_id)""",
)


def upgrade() -> None:
    """Add the columns and fill them, then make the tables and every index."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, column, kind in _COLUMNS:
        op.execute(_typed(f"ALTER TABLE {table} ADD COLUMN {column} {kind}", postgres=postgres))
    for statement in _FILLED:
        op.execute(statement.format(**(_POSTGRES if postgres else _SQLITE)))
    for statement in _TABLES:
        op.execute(_typed(statement, postgres=postgres)
                   if postgres else f"{statement} STRICT, WITHOUT ROWID")  # fmt: skip
    for index in _INDEXES:
        op.execute(f"CREATE INDEX {index}")


def _typed(statement: str, *, postgres: bool) -> str:
    if not postgres:
        return statement
    return statement.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"')
