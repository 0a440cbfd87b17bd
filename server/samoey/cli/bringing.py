"""Brings a repository up to date for a command, and shows on stderr how far that is."""

import asyncio
import contextlib
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from samoey.cli.local import jobs_of
from samoey.cli.terminal import line
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.schemas import IndexOut
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.errors import FolderNotFound, RepositoryKnown, RepositoryNotFound
from samoey.domains.repositories.schemas import NewRepository, RepositoryOut
from samoey.kit.context import Actor, Tools
from samoey.kit.fitting import fitting
from samoey.kit.problems import InvalidRequest, Problem
from samoey.kit.settings import JobSettings

_LOOK_EACH_S = 0.2
_PATIENCE_S = 10
# Whoever waits for another process asks why when nothing has moved for so long.
_STILL_S = 3.0
# `https://host/path`, and git's short form of SSH, `user@host:path`.
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[^/\s]+@[^/\s]+:")
_GIVEN_UP = "The work on it came to no end; `samoey jobs list` names what failed."


class RepositoryNotReady(Problem):
    """It could not be fetched or indexed; says why."""

    status, title = 409, "This repository cannot be read."


async def bring(
    tools: Tools,
    actor: Actor,
    workspace_id: UUID,
    source: str,
    *,
    branch: str | None = None,
    dirty: bool = False,
    older_will_do: bool = False,
) -> RepositoryOut:
    """Connect a repository or look at it again, and wait until its index answers.

    With `older_will_do` one that cannot be brought up to date is given too, if an earlier commit
    of it answers. One that was connected here and cannot be fetched at all is not kept: a slip
    in an address or a branch would stand beside the others for good.

    Raises:
        InvalidRequest: the source or the branch cannot be one.
        FolderNotFound: it is no address, and there is no such folder.
        RepositoryNotReady: it could not be fetched or indexed.
        Problem: what `repositories.add_repository` refuses.
    """
    whole = whole_source(source)
    # Not wanting changes this time takes nothing back from those who share the repository.
    wish = {"dirty": True} if dirty else {}
    with fitting():
        new = NewRepository(workspace_id=workspace_id, source=whole, branch=branch, **wish)
    async with tools.work(actor) as ctx:
        known_before = {each.id for each in await repositories.list_repositories(ctx)}
    try:
        repository_id = (await repositories.add_repository(tools, actor, new)).id
    except RepositoryKnown as known:
        repository_id = UUID(str(known.extra["repository_id"]))
        async with tools.work(actor) as ctx:
            await repositories.sync_repository(ctx, repository_id)
    try:
        return await brought(tools, actor, repository_id, older_will_do=older_will_do)
    except RepositoryNotReady:
        if repository_id not in known_before:
            await _leave_out(tools, actor, repository_id)
        raise


async def _leave_out(tools: Tools, actor: Actor, repository_id: UUID) -> None:
    """Disconnect what nothing could be fetched of; what has a commit is kept."""
    with contextlib.suppress(RepositoryNotFound):
        async with tools.work(actor) as ctx:
            found = await repositories.find(ctx, repository_id)
            if found.status == "failed" and found.commit is None:
                await repositories.delete_repository(ctx, repository_id)


async def brought(
    tools: Tools, actor: Actor, repository_id: UUID, *, older_will_do: bool = False
) -> RepositoryOut:
    """Wait until the index of a repository answers that somebody wants to be up to date.

    Raises:
        RepositoryNotReady: it could not be fetched or indexed.
    """
    try:
        with contextlib.closing(Progress()) as progress:
            return await _wait(tools, actor, repository_id, progress)
    except RepositoryNotReady:
        repository, index = await _standing(tools, actor, repository_id)
        if older_will_do and index is not None and index.snapshot_commit:
            return repository
        raise


def whole_source(source: str) -> str:
    """The whole path of a folder that is there, or an address.

    Raises:
        InvalidRequest: it is empty, or a folder whose name cannot be kept.
        FolderNotFound: it is no address, and there is no such folder.
    """
    if not source.strip():
        raise _no_source("It is empty. Name a folder, or the address of a git repository.")
    try:
        path = Path(source).expanduser()
        there = path.exists()
    except (OSError, RuntimeError, ValueError):
        there = False
    if not there and _ADDRESS.match(source):
        return source
    if not there:
        raise FolderNotFound(f"{line(source)} is no folder here, and no address of a repository.")
    whole = str(path.resolve())
    if line(whole) != whole:
        # It is kept as text, and a path is bytes.
        found = "holds a control character, or bytes that are no text"
        raise _no_source(f"{line(whole)} {found}. Rename the folder.")
    return whole


def _no_source(detail: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"pointer": "/source", "detail": detail}])


async def _wait(
    tools: Tools, actor: Actor, repository_id: UUID, progress: "Progress"
) -> RepositoryOut:
    jobs, left = jobs_of(tools), {"todo"}
    working = asyncio.create_task(jobs.drain())
    try:
        while True:
            repository, index = await _standing(tools, actor, repository_id)
            if _answers(repository, index):
                # Its job is all but over; what else it began is handed back.
                await asyncio.wait({working}, timeout=_PATIENCE_S)
                return repository
            if not left:
                raise RepositoryNotReady(_GIVEN_UP)
            progress.show(repository, index)
            if working.done():
                await working
                # Another process may hold the job; ours are looked for again until it is done.
                left = await jobs.unfinished()
                progress.wait(waited_for(left, tools.settings.jobs))
                working = asyncio.create_task(jobs.drain())
            await asyncio.sleep(_LOOK_EACH_S)
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


async def _standing(
    tools: Tools, actor: Actor, repository_id: UUID
) -> tuple[RepositoryOut, IndexOut | None]:
    async with tools.work(actor) as ctx:
        repository = await repositories.find(ctx, repository_id)
        indexes = await knowledge.indexes(ctx, workspace_id=repository.workspace_id)
    return repository, next((it for it in indexes if it.repository_id == repository_id), None)


def waited_for(left: set[str], settings: JobSettings) -> str:
    """Why nothing is done here: a sentence for a person, empty when nothing is waited for."""
    if "doing" in left:
        return (
            "another process of this installation is at work on it; if that one is gone, this "
            f"goes on after {settings.stalled_after_s:g} s"
        )
    return "it is tried again in a moment" if left else ""


def _answers(repository: RepositoryOut, index: IndexOut | None) -> bool:
    if repository.status == "failed":
        told = repository.problem or {}
        # That is said to those who have a worker; here nobody is left to try again.
        detail = str(told.get("detail") or "").replace("It is tried again by itself.", "")
        raise RepositoryNotReady(f"{told.get('title') or 'It has failed.'} {detail}".strip())
    if repository.status != "ready":
        return False
    if repository.commit is None:
        raise RepositoryNotReady("It has no commit yet.")
    if index is None or index.commit != repository.commit:
        return False
    if index.state == "failed":
        raise RepositoryNotReady(f"It could not be indexed: {index.why}")
    return index.state == "ready"


class Progress:
    """The stage and real counts on stderr: one line on a screen, else one per change."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._screen, self._clock = sys.stderr.isatty(), clock
        self._shown = self._waited = self._stage = ""
        self._moved = clock()

    def show(self, repository: RepositoryOut, index: IndexOut | None) -> None:
        """Tell how far it is, if that has changed, and why it does not change."""
        told = line(f"{repository.name}: {_stage(repository, index)}")
        if told != self._stage:
            self._stage, self._moved = told, self._clock()
        if self._waited and self._clock() - self._moved >= _STILL_S:
            told += f" ({self._waited})"
        if told == self._shown:
            return
        sys.stderr.write(f"\r\x1b[K{told}" if self._screen else f"{told}\n")
        sys.stderr.flush()
        self._shown = told

    def wait(self, reason: str) -> None:
        """Remember why nothing is done here; an empty reason is none."""
        self._waited = reason

    def close(self) -> None:
        """Leave a clean line behind."""
        if self._screen and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _stage(repository: RepositoryOut, index: IndexOut | None) -> str:
    if repository.status != "ready":
        fetched = repository.progress
        return f"fetching {fetched.done:,} of {fetched.total:,}" if fetched else "fetching"
    if index is None or not index.files_total:
        return "indexing"
    return f"indexing {index.files_done:,} of {index.files_total:,} files"
