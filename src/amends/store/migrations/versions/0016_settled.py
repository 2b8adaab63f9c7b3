"""Notices that an offer was accepted or an appeal decided ask nobody for anything."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Take away the deadlines that were still running when they were written."""
    op.execute(
        "UPDATE notices SET due_at = NULL"
        " WHERE kind IN ('offer_accepted', 'appeal_decided') AND due_at IS NOT NULL"
    )
