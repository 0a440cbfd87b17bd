"""The REST door to repositories."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from samoey.domains.repositories import service
from samoey.domains.repositories.browsing import service as browsing
from samoey.domains.repositories.errors import (
    CredentialMisplaced,
    FolderInsideRepository,
    FolderNotFound,
    LocalPathRefused,
    NotFetchedYet,
    PatternRefused,
    RepositoryKnown,
    RepositoryNotFound,
    SourceIsFile,
)
from samoey.domains.repositories.schemas import (
    BranchOut,
    FileOut,
    FollowedOut,
    NewRepository,
    RepositoryChange,
    RepositoryOut,
    TreeOut,
)
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import ActorDep, Ctx, ToolsDep, problems
from samoey.kit.ports.git import (
    PathNotFound,
    PathRefused,
    RevisionNotFound,
    SourceRefused,
)
from samoey.kit.ports.network import PrivateAddress
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/repositories", tags=["repositories"])

At = Annotated[
    str | None,
    Query(max_length=255, description="A branch, a tag or a commit; none is the one that answers."),
]
Path = Annotated[str, Query(max_length=4096, description="Inside the repository, parted by `/`.")]


@router.get("", responses=problems(Unauthenticated, InvalidRequest))
async def list_repositories(ctx: Ctx, workspace_id: UUID | None = None) -> list[RepositoryOut]:
    """List the repositories that one may read, by name."""
    return await service.list_repositories(ctx, workspace_id)


@router.post(
    "",
    status_code=201,
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        NotPermitted,
        LocalPathRefused,
        FolderNotFound,
        SourceIsFile,
        FolderInsideRepository,
        SourceRefused,
        PrivateAddress,
        CredentialMisplaced,
        PatternRefused,
        RepositoryKnown,
        InvalidRequest,
    ),
)
async def add_repository(tools: ToolsDep, actor: ActorDep, new: NewRepository) -> RepositoryOut:
    """Connect a repository; it is fetched and indexed by itself."""
    return await service.add_repository(tools, actor, new)


@router.get("/{repository_id}", responses=problems(Unauthenticated, RepositoryNotFound))
async def get_repository(ctx: Ctx, repository_id: UUID) -> RepositoryOut:
    """Read how one repository stands."""
    return await service.find(ctx, repository_id)


@router.patch(
    "/{repository_id}",
    responses=problems(
        Unauthenticated,
        RepositoryNotFound,
        NotPermitted,
        CredentialMisplaced,
        PatternRefused,
        RepositoryKnown,
        InvalidRequest,
    ),
)
async def change_repository(
    tools: ToolsDep, actor: ActorDep, repository_id: UUID, change: RepositoryChange
) -> RepositoryOut:
    """Rename a repository, or choose another branch, other paths or another credential."""
    return await service.change_repository(tools, actor, repository_id, change)


@router.delete(
    "/{repository_id}",
    status_code=204,
    responses=problems(Unauthenticated, RepositoryNotFound, NotPermitted),
)
async def delete_repository(ctx: Ctx, repository_id: UUID) -> None:
    """Disconnect a repository; its mirror and its index go along."""
    await service.delete_repository(ctx, repository_id)


@router.post(
    "/{repository_id}/sync",
    status_code=202,
    responses=problems(Unauthenticated, RepositoryNotFound, NotPermitted),
)
async def sync_repository(ctx: Ctx, repository_id: UUID) -> RepositoryOut:
    """Bring a repository up to date now."""
    return await service.sync_repository(ctx, repository_id)


@router.get(
    "/{repository_id}/branches",
    responses=problems(Unauthenticated, RepositoryNotFound, NotFetchedYet),
)
async def list_branches(tools: ToolsDep, actor: ActorDep, repository_id: UUID) -> list[BranchOut]:
    """List the branches of a repository."""
    return await browsing.branches(tools, actor, repository_id)


@router.get(
    "/{repository_id}/tree",
    responses=problems(
        Unauthenticated,
        RepositoryNotFound,
        NotFetchedYet,
        RevisionNotFound,
        PathNotFound,
        PathRefused,
    ),
)
async def read_tree(
    tools: ToolsDep, actor: ActorDep, repository_id: UUID, at: At = None, path: Path = ""
) -> TreeOut:
    """List one folder at a commit."""
    return await browsing.tree(tools, actor, repository_id, at=at, path=path)


@router.get(
    "/{repository_id}/file",
    responses=problems(
        Unauthenticated,
        RepositoryNotFound,
        NotFetchedYet,
        RevisionNotFound,
        PathNotFound,
        PathRefused,
    ),
)
async def read_file(
    tools: ToolsDep, actor: ActorDep, repository_id: UUID, path: Path, at: At = None
) -> FileOut:
    """Read one file at a commit."""
    return await browsing.file(tools, actor, repository_id, at=at, path=path)


@router.get(
    "/{repository_id}/follow",
    responses=problems(
        Unauthenticated,
        RepositoryNotFound,
        NotFetchedYet,
        RevisionNotFound,
        PathNotFound,
        PathRefused,
    ),
)
async def follow_lines(
    tools: ToolsDep,
    actor: ActorDep,
    repository_id: UUID,
    at: Annotated[str, Query(max_length=255)],
    path: Path,
    start: Annotated[int, Query(ge=1)],
    end: Annotated[int, Query(ge=1)],
) -> FollowedOut:
    """Tell where lines of an older commit stand now."""
    return await browsing.follow(
        tools, actor, repository_id, at=at, path=path, start=start, end=end
    )
