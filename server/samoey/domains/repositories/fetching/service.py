"""Bringing one repository up to date: once, however often and by however many it is asked for."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from samoey.domains.repositories import credentials, repository, service
from samoey.domains.repositories.errors import BranchNotFound, FolderNotFound
from samoey.domains.repositories.events import CommitFetched, RepositoryChanged
from samoey.domains.repositories.fetching.progress import telling
from samoey.domains.repositories.tables import Repository, RepositoryStatus, SourceKind
from samoey.kit.context import SYSTEM, Context, Tools
from samoey.kit.ports.git import Credential, OnProgress, Remote, RevisionNotFound, Snapshot, SshKey
from samoey.kit.problems import Problem, ServerError

_SHOWN_BRANCHES = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What a fetch is to bring, as the row said when it began."""

    repository_id: UUID
    workspace_id: UUID
    kind: str
    source: str
    branch: str | None
    dirty_wanted: bool
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a fetch has brought."""

    commit: str
    kind: SourceKind
    default_branch: str | None = None
    dirty: bool = False
    notes: tuple[str, ...] = ()
    credential: Credential | None = None


async def fetch(tools: Tools, repository_id: UUID) -> None:
    """Bring a repository up to date, and tell when another commit answers from now on.

    Raises:
        Problem: one that may pass by itself; any other is kept with the repository.
    """
    wish = await _begin(tools, repository_id)
    if wish is None:
        return
    try:
        async with telling(tools, wish.repository_id, wish.workspace_id) as tell:
            brought = await _bring(tools, wish, tell)
    except Problem as problem:
        await _fail(tools, wish, problem)
        if problem.transient:
            raise
    except Exception:
        await _fail(tools, wish, ServerError())
        raise
    else:
        await _finish(tools, wish, brought)


async def _begin(tools: Tools, repository_id: UUID) -> Wish | None:
    async with tools.work(SYSTEM) as ctx:
        row = await repository.of_system(ctx.db, repository_id, locked=True)
        if row is None:
            return None
        row.status, row.progress = RepositoryStatus.FETCHING, None
        _tell_changed(ctx, row)
        return Wish(
            repository_id=row.id,
            workspace_id=row.workspace_id,
            kind=row.kind,
            source=row.source,
            branch=row.branch,
            dirty_wanted=row.dirty_wanted,
            sealed=row.credential,
        )


async def _bring(tools: Tools, wish: Wish, tell: OnProgress) -> Brought:
    mirror = service.mirror(tools, wish.repository_id)
    if wish.kind == SourceKind.GIT:
        brought = await _bring_remote(tools, wish, mirror, tell)
    else:
        brought = await _bring_local(tools, wish, mirror, tell)
    await tools.git.keep(mirror, brought.commit)
    return brought


async def _bring_remote(tools: Tools, wish: Wish, mirror: Path, tell: OnProgress) -> Brought:
    credential = credentials.unseal(tools.sealer, wish.repository_id, wish.sealed)
    fetched = await tools.git.fetch(mirror, Remote(wish.source, credential), on_progress=tell)
    pinned = None
    if fetched.host_key is not None and isinstance(credential, SshKey):
        pinned = SshKey(credential.secret, fetched.host_key)
    commit = await _chosen(tools, mirror, wish.branch, fetched.head)
    return Brought(commit, SourceKind.GIT, default_branch=fetched.default_branch, credential=pinned)


async def _bring_local(tools: Tools, wish: Wish, mirror: Path, tell: OnProgress) -> Brought:
    folder = Path(wish.source)
    state = await tools.git.local_state(None, folder)
    if state is None or state.file is not None:
        raise FolderNotFound(f"The folder {folder} is gone, or the server may not read it.")
    if not state.is_git:
        taken = await tools.git.snapshot(mirror, folder, on_progress=tell)
        return Brought(taken.commit, SourceKind.FOLDER, notes=_left_out(tools, taken))
    fetched = await tools.git.fetch(mirror, Remote(wish.source), on_progress=tell)
    commit = await _chosen(tools, mirror, wish.branch, fetched.head)
    # Only the branch that is checked out can have changes that were never committed.
    looked = await tools.git.local_state(mirror, folder) if commit == fetched.head else None
    dirty = looked is not None and looked.dirty
    notes: tuple[str, ...] = ()
    if dirty and wish.dirty_wanted:
        taken = await tools.git.snapshot(mirror, folder, parent=commit, on_progress=tell)
        commit, notes = taken.commit, _left_out(tools, taken)
    return Brought(commit, SourceKind.LOCAL, fetched.default_branch, dirty, notes)


async def _chosen(tools: Tools, mirror: Path, branch: str | None, head: str | None) -> str:
    """The commit that shall answer."""
    if branch is None and head is not None:
        return head
    if branch is not None:
        with suppress(RevisionNotFound):
            return await tools.git.resolve(mirror, branch)
    names = [one.name for one in await tools.git.branches(mirror)]
    shown = ", ".join(names[:_SHOWN_BRANCHES]) + (" …" if len(names) > _SHOWN_BRANCHES else "")
    what = f"There is no branch “{branch}”" if branch else "Its default branch does not exist"
    raise BranchNotFound(f"{what}. Choose one of: {shown}.", branches=names[:_SHOWN_BRANCHES])


def _left_out(tools: Tools, taken: Snapshot) -> tuple[str, ...]:
    most = tools.settings.repositories.max_file_mb
    notes = []
    if taken.too_large:
        notes.append(f"{taken.too_large} of its files are over {most:g} MB and were left out.")
    if taken.unreadable:
        notes.append(f"{taken.unreadable} of its files cannot be read and were left out.")
    return tuple(notes)


async def _fail(tools: Tools, wish: Wish, problem: Problem) -> None:
    """Keep what went wrong with the repository; the commit that answered goes on answering."""
    async with tools.work(SYSTEM) as ctx:
        row = await repository.of_system(ctx.db, wish.repository_id, locked=True)
        if row is not None:
            row.status, row.progress = RepositoryStatus.FAILED, None
            row.problem = problem.document()
            _tell_changed(ctx, row)


async def _finish(tools: Tools, wish: Wish, brought: Brought) -> None:
    async with tools.work(SYSTEM) as ctx:
        row = await repository.of_system(ctx.db, wish.repository_id, locked=True)
        if row is not None:
            _keep(tools, row, brought)
            _tell_commit(ctx, row, brought.commit)
            _tell_changed(ctx, row)
    if row is None:
        # It was deleted while it was being fetched, perhaps after its mirror had been removed.
        await service.remove_mirror(tools, wish.repository_id)


def _keep(tools: Tools, row: Repository, brought: Brought) -> None:
    row.status, row.problem, row.progress = RepositoryStatus.READY, None, None
    row.kind, row.default_branch = brought.kind, brought.default_branch
    row.dirty, row.notes = brought.dirty, list(brought.notes)
    row.synced_at = datetime.now(UTC)
    if brought.credential is not None:
        row.credential = credentials.keep(tools.sealer, row.id, brought.credential)


def _tell_commit(ctx: Context, row: Repository, commit: str) -> None:
    filters: dict[str, Any] = row.filters
    if row.commit == commit and row.told_filters == filters:
        return
    row.previous, row.commit, row.told_filters = row.commit, commit, filters
    ctx.emit(
        CommitFetched(
            repository_id=row.id,
            workspace_id=row.workspace_id,
            commit=commit,
            previous=row.previous,
        )
    )


def _tell_changed(ctx: Context, row: Repository) -> None:
    ctx.emit(RepositoryChanged(repository_id=row.id, workspace_id=row.workspace_id))
