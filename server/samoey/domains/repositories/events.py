"""Facts about repositories that other rooms react to."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class RepositoryEvent(Event):
    """Something happened to one repository of a workspace."""

    repository_id: UUID
    workspace_id: UUID

    def audience(self) -> str:
        """Everybody in the workspace."""
        return f"workspace:{self.workspace_id}"


class RepositoryAdded(RepositoryEvent):
    """A repository was connected; it has not been fetched yet."""

    name: ClassVar[str] = "repositories.repository_added"


class RepositoryChanged(RepositoryEvent):
    """What is shown of a repository is stale: its name, its filters, its status."""

    name: ClassVar[str] = "repositories.repository_changed"


class SyncRequested(RepositoryEvent):
    """Somebody, or the clock, wants a repository to be brought up to date."""

    name: ClassVar[str] = "repositories.sync_requested"


class CommitFetched(RepositoryEvent):
    """Another commit answers from now on, or the same one with other filters.

    `previous` is the commit that answered before, if any.
    """

    name: ClassVar[str] = "repositories.commit_fetched"

    commit: str
    previous: str | None = None


class RepositoryDeleted(RepositoryEvent):
    """A repository was disconnected; everything made from it goes."""

    name: ClassVar[str] = "repositories.repository_deleted"
