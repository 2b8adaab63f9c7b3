"""Notices are looked for by person and role; the list by person alone is asked for by nobody, and
every command wrote it."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Take the index away."""
    op.execute("DROP INDEX notices_by_person_at")
