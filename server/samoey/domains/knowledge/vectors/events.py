"""What happened to the vectors of an index."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class VectorsEvent(Event):
    """Something that the members of a workspace may know about the vectors of a repository."""

    workspace_id: UUID
    repository_id: UUID

    def audience(self) -> str:
        return f"workspace:{self.workspace_id}"


class VectorsWanted(VectorsEvent):
    """The vectors of a snapshot are to be made; those of one lane are made one after the other."""

    name: ClassVar[str] = "knowledge.vectors_wanted"

    lane: str


class VectorsMade(VectorsEvent):
    """A commit can be searched by meaning too."""

    name: ClassVar[str] = "knowledge.vectors_made"

    vectors: int


class VectorsNotMade(VectorsEvent):
    """The vectors could not be made; the problem says why."""

    name: ClassVar[str] = "knowledge.vectors_not_made"

    problem: str


class VectorsPaused(VectorsEvent):
    """An admin had the making of vectors wait."""

    name: ClassVar[str] = "knowledge.vectors_paused"


class VectorsResumed(VectorsEvent):
    """An admin had the making of vectors go on."""

    name: ClassVar[str] = "knowledge.vectors_resumed"
