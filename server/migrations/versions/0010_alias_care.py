"""What an alias does about a prompt that is too long, and about an answer of the wrong shape."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: a process of the version before names aliases without these columns.
    op.add_column(
        "model_aliases", sa.Column("trim", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "model_aliases", sa.Column("repairs", sa.Integer(), nullable=False, server_default="0")
    )
