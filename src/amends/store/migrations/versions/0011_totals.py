"""What every account comes to is summed from an index that holds nothing else."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the index."""
    op.execute("CREATE INDEX postings_totals ON postings (currency, account, amount)")
