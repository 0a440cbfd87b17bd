"""How the index of each repository stands, and which snapshot and vectors of it answer."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class IndexState(StrEnum):
    """How the last indexing stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class Index(Row):
    """The index of one repository; `snapshot` answers, also while another one is being made."""

    __tablename__ = "indexes"

    repository_id: Mapped[UUID] = mapped_column(
        ForeignKey("repositories.id", ondelete="CASCADE"), unique=True
    )
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    # What is being indexed, or was last.
    commit: Mapped[str]
    state: Mapped[str] = mapped_column(default=IndexState.WAITING)
    files_done: Mapped[int] = mapped_column(default=0)
    files_total: Mapped[int] = mapped_column(default=0)
    chunks: Mapped[int] = mapped_column(default=0)
    windowed: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None]
    # The folder that answers, and the commit that it is a snapshot of.
    snapshot: Mapped[str | None]
    snapshot_commit: Mapped[str | None]

    @property
    def note(self) -> str | None:
        """Say plainly why a ready index finds nothing."""
        if self.state != IndexState.READY or self.chunks:
            return None
        if not self.files_total:
            return (
                "No file of this commit is to be indexed: it has none, or the filters leave none."
            )
        return "No file of this commit holds text that can be searched."


class VectorsState(StrEnum):
    """How the making of vectors stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    READY = "ready"
    FAILED = "failed"
    OFF = "off"


class IndexVectors(Row):
    """The vectors of one repository's index; `folder` answers, also while more are being made."""

    __tablename__ = "index_vectors"

    repository_id: Mapped[UUID] = mapped_column(
        ForeignKey("repositories.id", ondelete="CASCADE"), unique=True
    )
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(default=VectorsState.WAITING)
    # What an admin wants, whatever is being done now.
    paused: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    left_s: Mapped[float | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None]
    # The folder that answers, the snapshot that it belongs to, and the model that made it.
    folder: Mapped[str | None]
    snapshot: Mapped[str | None]
    model: Mapped[str | None]
