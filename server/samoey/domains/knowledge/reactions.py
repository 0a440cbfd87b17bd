"""What the knowledge room does by itself when repositories change."""

from samoey.domains.knowledge import service
from samoey.domains.knowledge.events import IndexFinished, IndexWanted
from samoey.domains.knowledge.vectors import service as vectors
from samoey.domains.knowledge.vectors.events import VectorsResumed, VectorsWanted
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


@reacts_to(IndexFinished, queue="index", attempts=3)
async def want_vectors(tools: Tools, event: IndexFinished) -> None:
    """Have the vectors of what can be searched by words follow."""
    await vectors.want(tools, event.repository_id, event.workspace_id)


@reacts_to(VectorsResumed, queue="index", attempts=3)
async def want_vectors_again(tools: Tools, event: VectorsResumed) -> None:
    """Go on where an admin had it wait."""
    await vectors.want(tools, event.repository_id, event.workspace_id)


@reacts_to(VectorsWanted, queue="vectors", attempts=5, lock=lambda event: event.lane)
async def make_vectors(tools: Tools, event: VectorsWanted) -> None:
    """Make the vectors of what answers now."""
    await vectors.embed(tools, event.repository_id)


@repeats("*/10 * * * *")
async def want_missing_vectors(tools: Tools) -> None:
    """Notice what was never begun, was given up, or is another model's since a setting changed."""
    await vectors.want_what_is_behind(tools)
