"""What happened to an index."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class IndexEvent(Event):
    """Something that the members of a workspace may know about an index."""

    workspace_id: UUID
    repository_id: UUID
    commit: str

    def audience(self) -> str:
        return f"workspace:{self.workspace_id}"


class IndexStarted(IndexEvent):
    name: ClassVar[str] = "knowledge.index_started"


class IndexFinished(IndexEvent):
    name: ClassVar[str] = "knowledge.index_finished"

    chunks: int


class IndexFailed(IndexEvent):
    name: ClassVar[str] = "knowledge.index_failed"

    problem: str


class IndexWanted(IndexEvent):
    """A person asked for the index to be made (again)."""

    name: ClassVar[str] = "knowledge.index_wanted"
