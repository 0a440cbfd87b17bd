"""Prompt templates, which versions answer, what people say of answers and what these took."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _templates()
    _experiments()
    _answers()


def _templates() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="fk_prompts_workspace_id_workspaces",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("workspace_id", "name", name="uq_prompts_workspace_id_name"),
    )
    op.create_table(
        "prompt_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prompt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_versions"),
        sa.ForeignKeyConstraint(
            ["prompt_id"],
            ["prompts.id"],
            name="fk_prompt_versions_prompt_id_prompts",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name="fk_prompt_versions_author_id_users",
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("prompt_id", "number", name="uq_prompt_versions_prompt_id_number"),
    )
    op.create_index("ix_prompt_versions_author_id", "prompt_versions", ["author_id"])


def _experiments() -> None:
    op.create_table(
        "prompt_experiments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_experiments"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="fk_prompt_experiments_workspace_id_workspaces",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name="fk_prompt_experiments_author_id_users",
            ondelete="SET NULL",
        ),
    )
    op.create_index("ix_prompt_experiments_author_id", "prompt_experiments", ["author_id"])
    op.create_index("ix_prompt_experiments_workspace_id", "prompt_experiments", ["workspace_id"])
    # Of two who begin one at once, the second is told.
    op.create_index(
        "ix_prompt_experiments_running",
        "prompt_experiments",
        ["workspace_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "prompt_arms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("experiment_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_arms"),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["prompt_experiments.id"],
            name="fk_prompt_arms_experiment_id_prompt_experiments",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["prompt_versions.id"],
            name="fk_prompt_arms_version_id_prompt_versions",
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("experiment_id", "place", name="uq_prompt_arms_experiment_id_place"),
    )
    op.create_index("ix_prompt_arms_version_id", "prompt_arms", ["version_id"])


def _answers() -> None:
    op.add_column("messages", sa.Column("arm_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("cost_micro", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("ms", sa.Integer(), nullable=True))
    op.add_column("messages", sa.Column("first_ms", sa.Integer(), nullable=True))
    op.create_foreign_key(
        "fk_messages_arm_id_prompt_arms",
        "messages",
        "prompt_arms",
        ["arm_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_messages_arm_id", "messages", ["arm_id"])
    op.create_table(
        "answer_ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_ratings"),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name="fk_answer_ratings_message_id_messages",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_answer_ratings_user_id_users",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("message_id", "user_id", name="uq_answer_ratings_message_id_user_id"),
    )
    op.create_index("ix_answer_ratings_user_id", "answer_ratings", ["user_id"])
