"""Usage, in rows as narrow as they can be: no keys of its own, no index, names as numbers.

How far a segment of a process' journal was written stands with the rows, so that each is kept
once. Rows lie in a partition for each day, or in a hypertable where TimescaleDB is there.
"""

import sqlalchemy as sa

from samoey.kit.db import METADATA

_MOMENT = sa.DateTime(timezone=True)

USAGE = sa.Table(
    "usage",
    METADATA,
    sa.Column("at", _MOMENT, nullable=False),
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
    postgresql_partition_by="RANGE (at)",
)

NAMES = sa.Table(
    "usage_names",
    METADATA,
    sa.Column("id", sa.Integer(), sa.Identity(always=True), primary_key=True),
    sa.Column("name", sa.Text(), nullable=False, unique=True),
)

# `slot` is how long an answer took, on a scale where each step is a quarter longer; -1 had none.
HOURS = sa.Table(
    "usage_hours",
    METADATA,
    sa.Column("hour", _MOMENT, nullable=False),
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
    sa.Index("ix_usage_hours_hour", "hour"),
    sa.Index("ix_usage_hours_key_id_hour", "key_id", "hour"),
)

SEGMENTS = sa.Table(
    "usage_segments",
    METADATA,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("written", sa.BigInteger(), nullable=False),
    sa.Column("at", _MOMENT, nullable=False),
)

# One row: before this moment everything is summed up in `usage_hours`.
ROLLED = sa.Table("usage_rolled", METADATA, sa.Column("until", _MOMENT, nullable=False))
