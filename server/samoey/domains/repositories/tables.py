"""The repositories that a workspace has connected."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class SourceKind(StrEnum):
    """Where a repository comes from: a git server, a work tree here, a folder without git."""

    GIT = "git"
    LOCAL = "local"
    FOLDER = "folder"


class RepositoryStatus(StrEnum):
    """How its last fetch stands."""

    WAITING = "waiting"
    FETCHING = "fetching"
    READY = "ready"
    FAILED = "failed"


class Repository(Row):
    """A source, what of it is wanted, and which of its commits answers now."""

    __tablename__ = "repositories"
    __table_args__ = (
        # Two doors on one source are fine only when they look at different branches.
        UniqueConstraint("workspace_id", "source", "branch", postgresql_nulls_not_distinct=True),
        Index(None, "workspace_id", "name"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    source: Mapped[str]
    kind: Mapped[str]
    # The chosen branch; none follows the source's default branch wherever it moves.
    branch: Mapped[str | None]
    default_branch: Mapped[str | None]
    include: Mapped[list[str]] = mapped_column(default=list)
    exclude: Mapped[list[str]] = mapped_column(default=list)
    # Whether the work tree had changes that were never committed when it was last looked at.
    dirty: Mapped[bool] = mapped_column(default=False)
    # Whether such changes shall be part of what answers.
    dirty_wanted: Mapped[bool] = mapped_column(default=False)
    credential: Mapped[bytes | None]
    sync_minutes: Mapped[int | None]
    synced_at: Mapped[datetime | None]
    # When somebody, or the clock, last wanted it to be brought up to date.
    asked_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default=RepositoryStatus.WAITING)
    problem: Mapped[dict[str, Any] | None]
    progress: Mapped[dict[str, Any] | None]
    commit: Mapped[str | None]
    previous: Mapped[str | None]
    # The include and exclude patterns that `commit` was last told with.
    told_filters: Mapped[dict[str, Any] | None]
    # What was left out, in sentences.
    notes: Mapped[list[str]] = mapped_column(default=list)

    @property
    def has_credential(self) -> bool:
        """Whether something is kept that opens the source."""
        return self.credential is not None

    @property
    def filters(self) -> dict[str, Any]:
        """What of the source is wanted."""
        return {"include": self.include, "exclude": self.exclude}
