"""What was asked of models and what it cost, in partitions by day, and sums by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _usage()
    op.create_table(
        "usage_names",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage_names"),
        sa.UniqueConstraint("name", name="uq_usage_names_name"),
    )
    _hours()
    op.create_table(
        "usage_segments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage_segments"),
    )
    op.create_table("usage_rolled", sa.Column("until", MOMENT, nullable=False))
    op.execute("INSERT INTO usage_rolled (until) VALUES (date_trunc('hour', now(), 'UTC'))")


def _usage() -> None:
    there = sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'")
    hypertable = bool(op.get_bind().scalar(there))
    op.create_table(
        "usage",
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("cost_micro", sa.BigInteger(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.Integer(), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        postgresql_partition_by=None if hypertable else "RANGE (at)",
    )
    if hypertable:
        op.execute(
            "SELECT create_hypertable('usage', 'at', chunk_time_interval => INTERVAL '1 day', "
            "create_default_indexes => FALSE)"
        )


def _hours() -> None:
    op.create_table(
        "usage_hours",
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("cost_micro", sa.BigInteger(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_count", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
    )
    op.create_index("ix_usage_hours_hour", "usage_hours", ["hour"])
    op.create_index("ix_usage_hours_key_id_hour", "usage_hours", ["key_id", "hour"])
