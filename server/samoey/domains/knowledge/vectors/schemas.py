"""The shapes in which the state of vectors comes in and goes out."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from samoey.domains.knowledge.tables import VectorsState


class VectorsOut(BaseModel):
    """How far the vectors of a repository are."""

    model_config = ConfigDict(from_attributes=True)

    repository_id: UUID
    state: VectorsState
    paused: bool
    done: int = Field(description="Passages that can be searched by meaning or soon can.")
    total: int
    left_s: float | None = Field(description="Seconds until the rest is done, as it goes now.")
    started_at: datetime | None
    finished_at: datetime | None
    problem: dict[str, object] | None


class VectorsChange(BaseModel):
    """What an admin wishes of the making of vectors."""

    model_config = ConfigDict(extra="forbid")

    paused: bool
