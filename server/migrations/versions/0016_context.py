"""What each answer was made from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("context", postgresql.JSONB(), nullable=True))
    op.add_column("messages", sa.Column("context_tokens", sa.Integer(), nullable=True))
