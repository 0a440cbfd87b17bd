"""Verbs that read a repository at a commit, whoever may see it."""

from pathlib import Path
from uuid import UUID

from samoey.domains.repositories import service
from samoey.domains.repositories.errors import NotFetchedYet
from samoey.domains.repositories.schemas import BranchOut, EntryOut, FileOut, TreeOut
from samoey.kit.context import Actor, Tools
from samoey.kit.languages import language_of
from samoey.kit.ports.git import EntryKind, PathNotFound, TreeEntry

# As git itself tells: a zero byte near the beginning is no text.
_TELLING_BYTES = 8000


async def branches(tools: Tools, actor: Actor, repository_id: UUID) -> list[BranchOut]:
    """List the branches of a repository.

    Raises:
        RepositoryNotFound: the actor may not see it.
        NotFetchedYet: it has not been brought here yet.
    """
    mirror, _ = await _at(tools, actor, repository_id, None)
    return [BranchOut.model_validate(one) for one in await tools.git.branches(mirror)]


async def tree(
    tools: Tools, actor: Actor, repository_id: UUID, *, at: str | None, path: str
) -> TreeOut:
    """List one folder at a branch, a tag or a commit.

    Raises:
        RepositoryNotFound, NotFetchedYet: there is nothing to see.
        RevisionNotFound, PathNotFound, PathRefused: not under this name.
    """
    mirror, commit = await _at(tools, actor, repository_id, at)
    entries = await tools.git.entries(mirror, commit, path)
    return TreeOut(
        commit=commit,
        path=path.strip("/"),
        entries=[EntryOut.model_validate(one) for one in entries],
    )


async def file(
    tools: Tools, actor: Actor, repository_id: UUID, *, at: str | None, path: str
) -> FileOut:
    """Read one file at a branch, a tag or a commit.

    Raises:
        RepositoryNotFound, NotFetchedYet: there is nothing to see.
        RevisionNotFound, PathNotFound, PathRefused: not under this name.
    """
    mirror, commit = await _at(tools, actor, repository_id, at)
    entry = await tools.git.entry(mirror, commit, path)
    if entry.kind in {EntryKind.FOLDER, EntryKind.SUBMODULE}:
        raise PathNotFound(f"“{path}” is a {entry.kind}, not a file.")
    return await _show(tools, mirror, commit, entry)


async def _show(tools: Tools, mirror: Path, commit: str, entry: TreeEntry) -> FileOut:
    size = entry.size or 0
    shown = FileOut(
        commit=commit, path=entry.path, size=size, language=None, kind="large", text=None
    )
    if size > tools.settings.repositories.shown_kb * 1000:
        return shown.model_copy(update={"language": language_of(entry.path)})
    body = await tools.git.blob(mirror, entry.blob)
    if b"\0" in body[:_TELLING_BYTES]:
        return shown.model_copy(update={"kind": "binary"})
    return shown.model_copy(
        update={
            "kind": "link" if entry.kind is EntryKind.LINK else "text",
            "language": language_of(entry.path, body[:_TELLING_BYTES]),
            "text": body.decode("utf-8", "replace"),
        }
    )


async def _at(tools: Tools, actor: Actor, repository_id: UUID, at: str | None) -> tuple[Path, str]:
    """The mirror, and the commit that is meant: the one that answers unless another is named."""
    async with tools.work(actor) as ctx:
        shown = await service.find(ctx, repository_id)
    if shown.commit is None:
        raise NotFetchedYet("Its first fetch is still running, or has failed.")
    mirror = service.mirror(tools, repository_id)
    return mirror, shown.commit if at is None else await tools.git.resolve(mirror, at)
