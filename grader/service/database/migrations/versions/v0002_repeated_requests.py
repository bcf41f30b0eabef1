"""Hand-ins know the request that made them, so that a repeat of it makes no other."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the digest of a request's key; hand-ins that are there already have none."""
    op.add_column("hand_in", sa.Column("request_digest", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_hand_in_request",
        "hand_in",
        ["assignment_id", "person_id", "request_digest"],
        unique=True,
    )
