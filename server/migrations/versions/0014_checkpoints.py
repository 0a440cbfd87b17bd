"""Where a model that runs on this server has its files, and how it is run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "model_deployments",
        sa.Column("checkpoint", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
