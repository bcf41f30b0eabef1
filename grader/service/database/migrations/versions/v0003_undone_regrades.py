"""Jobs of regrades know which result they replaced, so that a regrade can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what was replaced, and when a regrade was undone; those of before can't be undone."""
    op.add_column("job", sa.Column("replaced_id", sa.BigInteger(), nullable=True))
    op.add_column("regrade", sa.Column("undone_at", sa.BigInteger(), nullable=True))
