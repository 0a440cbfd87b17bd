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
    """A worker began to read a commit."""

    name: ClassVar[str] = "knowledge.index_started"


class IndexFinished(IndexEvent):
    """A commit can be searched."""

    name: ClassVar[str] = "knowledge.index_finished"

    chunks: int


class IndexFailed(IndexEvent):
    """A commit could not be indexed; the problem says why."""

    name: ClassVar[str] = "knowledge.index_failed"

    problem: str


class IndexWanted(IndexEvent):
    """A person asked for the index to be made (again), or it has to be."""

    name: ClassVar[str] = "knowledge.index_wanted"

    # Whether it is made from scratch even where it stands.
    afresh: bool = True
