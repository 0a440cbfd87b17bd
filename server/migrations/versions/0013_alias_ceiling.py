"""What a request by an alias may cost for a model to be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("model_aliases", sa.Column("ceiling_micro", sa.BigInteger(), nullable=True))
