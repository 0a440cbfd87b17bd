"""What happens by itself to repositories: they are fetched, kept in step, and cleared away."""

from samoey.domains.repositories import service
from samoey.domains.repositories.events import (
    RepositoryAdded,
    RepositoryDeleted,
    RepositoryEvent,
    SyncRequested,
)
from samoey.domains.repositories.fetching import service as fetching
from samoey.kit.context import Tools
from samoey.kit.reactions import reacts_to, repeats


def _one_at_a_time(event: RepositoryEvent) -> str:
    return f"fetch:{event.repository_id}"


@reacts_to(RepositoryAdded, attempts=5, lock=_one_at_a_time)
async def fetch_added(tools: Tools, event: RepositoryAdded) -> None:
    """Bring a new repository here."""
    await fetching.fetch(tools, event.repository_id)


@reacts_to(SyncRequested, attempts=5, lock=_one_at_a_time)
async def fetch_again(tools: Tools, event: SyncRequested) -> None:
    """Bring a repository up to date."""
    await fetching.fetch(tools, event.repository_id)


@reacts_to(RepositoryDeleted, attempts=5)
async def remove_mirror(tools: Tools, event: RepositoryDeleted) -> None:
    """Delete a disconnected repository's mirror."""
    await service.remove_mirror(tools, event.repository_id)


@repeats("* * * * *")
async def keep_in_step(tools: Tools) -> None:
    """Ask for the repositories whose schedule says so."""
    await service.ask_for_due(tools)
