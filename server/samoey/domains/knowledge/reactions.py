"""What the knowledge room does by itself when repositories change."""

from samoey.domains.knowledge import service
from samoey.domains.knowledge.events import IndexWanted
from samoey.domains.repositories.events import CommitFetched, RepositoryDeleted, RepositoryEvent
from samoey.kit.context import Tools
from samoey.kit.reactions import reacts_to, repeats


def lock(event: RepositoryEvent | IndexWanted) -> str:
    return f"index:{event.repository_id}"


@reacts_to(CommitFetched, queue="index", attempts=3, lock=lock)
async def index_commit(tools: Tools, event: CommitFetched) -> None:
    """Index what was fetched."""
    await service.index(tools, event.repository_id)


@reacts_to(IndexWanted, queue="index", attempts=3, lock=lock)
async def index_afresh(tools: Tools, event: IndexWanted) -> None:
    """Index again, because somebody asked for it or the index is lost."""
    await service.index(tools, event.repository_id, afresh=event.afresh)


@reacts_to(RepositoryDeleted, queue="index", lock=lock)
async def remove_index(tools: Tools, event: RepositoryDeleted) -> None:
    """Remove the index of a repository that is gone."""
    await service.remove_index(tools, event.repository_id)


@repeats("17 * * * *")
async def sweep_snapshots(tools: Tools) -> None:
    """Remove old snapshots from the object store."""
    await service.sweep_snapshots(tools)


@repeats("*/5 * * * *")
async def index_when_store_is_back(tools: Tools) -> None:
    """Index what could not be kept while the object store was away."""
    await service.index_when_store_is_back(tools)
