"""Prompt templates with their versions, and which versions answered when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class Prompt(Row):
    """A name, what it is for, and the number of its newest version."""

    __tablename__ = "prompts"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    purpose: Mapped[str]
    latest: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)


class PromptVersion(Row):
    """One text of a template; it never changes."""

    __tablename__ = "prompt_versions"
    __table_args__ = (UniqueConstraint("prompt_id", "number"),)

    prompt_id: Mapped[UUID] = mapped_column(ForeignKey("prompts.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )


class PromptExperiment(Row):
    """Since when some versions answer, each its share; a workspace has one that has not ended."""

    __tablename__ = "prompt_experiments"
    __table_args__ = (
        Index(
            "ix_prompt_experiments_running",
            "workspace_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_prompt_experiments_workspace_id", "workspace_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    # Counts every decision, also over experiments.
    version: Mapped[int]
    ended_at: Mapped[datetime | None]


class PromptArm(Row):
    """A version and its share; one without a number is what is built in.

    The name stays when the template is gone.
    """

    __tablename__ = "prompt_arms"
    __table_args__ = (UniqueConstraint("experiment_id", "place"),)

    experiment_id: Mapped[UUID] = mapped_column(
        ForeignKey("prompt_experiments.id", ondelete="CASCADE")
    )
    place: Mapped[int]
    share: Mapped[int]
    version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("prompt_versions.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str]
    number: Mapped[int | None]
