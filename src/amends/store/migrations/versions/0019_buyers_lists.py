"""A buyer has few orders and disputes, and those in one state are picked out of them. The lists by
buyer and state were changed with every step of an order."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Take the indexes away."""
    op.execute("DROP INDEX orders_by_buyer_status_placed_at")
    op.execute("DROP INDEX disputes_by_buyer_phase_opened_at")
