"""Verbs of the repositories room; reading files is `browsing`, bringing them here is `fetching`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError

from samoey.domains.repositories import (
    credentials,
    instructing,
    patterns,
    repository,
    sources,
)
from samoey.domains.repositories.errors import (
    FolderInsideRepository,
    FolderNotFound,
    LocalPathRefused,
    RepositoryKnown,
    RepositoryNotFound,
    SourceIsFile,
)
from samoey.domains.repositories.events import (
    RepositoryAdded,
    RepositoryChanged,
    RepositoryDeleted,
    SyncRequested,
)
from samoey.domains.repositories.schemas import (
    InstructionsOut,
    NewRepository,
    RepositoryChange,
    RepositoryOut,
)
from samoey.domains.repositories.sources import Source
from samoey.domains.repositories.tables import Repository, RepositoryStatus, SourceKind
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.ids import new_id
from samoey.kit.ports.git import LocalState
from samoey.kit.secrets import Sealer

# Whoever changes these wants another fetch.
_FETCHED_ANEW = {"branch", "include", "exclude", "credential", "dirty"}
# What adding a folder again can change: the branch tells which entry is meant.
_SAID_ANEW = {"name", "include", "exclude", "dirty", "sync_minutes"}


def readable(actor: Actor) -> Select[UUID]:
    """The ids of the repositories that `actor` may read, for use inside `.in_(...)` only."""
    return repository.readable(actor)


def mirror(tools: Tools, repository_id: UUID) -> Path:
    """The folder of a repository's mirror, which `tools.git` reads."""
    return tools.settings.home / "mirrors" / f"{repository_id}.git"


def chooser(shown: RepositoryOut) -> Callable[[str], bool]:
    """Tell of each path whether its repository's include and exclude patterns want it."""
    return patterns.chooser(shown.include, shown.exclude)


async def list_repositories(ctx: Context, workspace_id: UUID | None = None) -> list[RepositoryOut]:
    """List what the actor may read, by name."""
    found = await repository.all_of(ctx.db, ctx.actor, workspace_id)
    return [RepositoryOut.model_validate(one) for one in found]


async def find(ctx: Context, repository_id: UUID) -> RepositoryOut:
    """Show one repository to somebody who may read it.

    Raises:
        RepositoryNotFound: it does not exist, or the actor may not see it.
    """
    found = await repository.find(ctx.db, ctx.actor, repository_id)
    if found is None:
        raise RepositoryNotFound
    return RepositoryOut.model_validate(found)


async def find_for_system(ctx: Context, repository_id: UUID) -> RepositoryOut | None:
    """Show one repository to work that the system does by itself; None when it was deleted."""
    found = await repository.of_system(ctx.db, repository_id)
    return None if found is None else RepositoryOut.model_validate(found)


async def instructions(
    tools: Tools, actor: Actor, repository_id: UUID, *, commit: str, paths: Sequence[str]
) -> list[InstructionsOut]:
    """Give what the repository tells assistants about these paths: the nearest file of each.

    A file that the repository's patterns leave out is not read.

    Raises:
        RepositoryNotFound: it does not exist, or the actor may not see it.
        RevisionNotFound: there is no such commit.
    """
    async with tools.work(actor) as ctx:
        shown = await find(ctx, repository_id)
    wanted = chooser(shown)
    told = await instructing.nearest(tools, mirror(tools, repository_id), commit, paths)
    return [each for each in told if wanted(each.path)]


async def add_repository(tools: Tools, actor: Actor, new: NewRepository) -> RepositoryOut:
    """Connect a repository; a folder that is connected already is looked at again.

    Of such a folder the fields that are given, and no others, are changed.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        LocalPathRefused: the actor may not add folders of the server.
        FolderNotFound: the path names no folder.
        SourceIsFile: it names a file; says which folder or repository that lies in.
        FolderInsideRepository: it is a part of a git repository; says which.
        SourceRefused, PrivateAddress: the address is not one to fetch from.
        CredentialMisplaced: the credential does not open such a source.
        PatternRefused: an include or exclude pattern cannot be understood.
        RepositoryKnown: the workspace has this source and branch already.
    """
    source = sources.read(new.source, new.credential)
    patterns.chooser(new.include, new.exclude)
    async with tools.work(actor) as ctx:
        await workspaces.require(ctx, new.workspace_id, _role_for(tools, source))
    source, kind = await _look(tools, source)
    try:
        async with tools.work(actor) as ctx:
            return await _keep(ctx, tools.sealer, new, source, kind)
    except IntegrityError:
        # Two people added it at the same moment: the second one finds what the first one made.
        async with tools.work(actor) as ctx:
            return await _keep(ctx, tools.sealer, new, source, kind)


def _role_for(tools: Tools, source: Source) -> Role:
    """Who may add such a source."""
    return _for_folders(tools) if source.local else Role.ADMIN


def _for_folders(tools: Tools) -> Role:
    """Who may choose folders of this machine."""
    allowed = tools.settings.repositories.local_paths
    if allowed == "nobody":
        raise LocalPathRefused("The setting repositories.local_paths allows it to nobody.")
    return Role(allowed)


async def _look(tools: Tools, source: Source) -> tuple[Source, SourceKind]:
    """What the source is, and where a folder really lies."""
    if not source.local:
        tools.git.check_source(source.text)
        return source, SourceKind.GIT
    state = await tools.git.local_state(None, Path(source.text))
    if state is None:
        raise FolderNotFound(f"The server finds no folder {source.text} that it can read.")
    home = tools.settings.home
    if home.is_relative_to(state.folder) or state.folder.is_relative_to(home):
        raise LocalPathRefused("This folder holds the installation's own files and keys.")
    if state.file is not None:
        raise _a_file(state, state.file)
    if state.root is not None:
        part = patterns.of_folder(str(state.folder.relative_to(state.root)))
        raise FolderInsideRepository(
            f"Connect the repository, {state.root}; to read this folder alone, include “{part}”.",
            root=str(state.root),
            include=[part],
        )
    kind = SourceKind.LOCAL if state.is_git else SourceKind.FOLDER
    return replace(source, text=str(state.folder)), kind


def _a_file(state: LocalState, file: Path) -> SourceIsFile:
    """What to connect instead of a file."""
    root = state.folder if state.is_git else state.root
    if root is None:
        return SourceIsFile(f"Connect the folder that {file.name} lies in, {state.folder}.")
    part = file.relative_to(root)
    return SourceIsFile(
        f"Connect the repository that holds {part}, which is {root}.", root=str(root)
    )


async def _keep(
    ctx: Context, sealer: Sealer, new: NewRepository, source: Source, kind: SourceKind
) -> RepositoryOut:
    known = await repository.same_source(ctx.db, new.workspace_id, source.text, new.branch)
    if known is not None:
        return await _again(ctx, sealer, known, new)
    row = Repository(
        id=new_id(),
        workspace_id=new.workspace_id,
        name=new.name or source.name,
        source=source.text,
        kind=kind,
        branch=new.branch,
        include=new.include,
        exclude=new.exclude,
        dirty_wanted=new.dirty,
        sync_minutes=new.sync_minutes,
        asked_at=datetime.now(UTC),
    )
    if source.credential is not None:
        row.credential = credentials.seal(sealer, row.id, source.credential)
    ctx.db.add(row)
    await ctx.db.flush()
    ctx.emit(RepositoryAdded(repository_id=row.id, workspace_id=row.workspace_id))
    return RepositoryOut.model_validate(row)


async def _again(
    ctx: Context, sealer: Sealer, known: Repository, new: NewRepository
) -> RepositoryOut:
    """A folder is added anew to say that it has changed; an address is not.

    What is said about it anew is a change of just that: the rest was chosen by others.
    """
    if known.kind == SourceKind.GIT:
        raise RepositoryKnown(f"It is “{known.name}”.", repository_id=str(known.id))
    change = RepositoryChange(**new.model_dump(exclude_unset=True, include=_SAID_ANEW))
    if change.model_fields_set:
        _apply(sealer, known, change)
        ctx.emit(RepositoryChanged(repository_id=known.id, workspace_id=known.workspace_id))
    _ask(ctx, known)
    await ctx.db.flush()
    return RepositoryOut.model_validate(known)


async def change_repository(
    tools: Tools, actor: Actor, repository_id: UUID, change: RepositoryChange
) -> RepositoryOut:
    """Rename a repository, or want something else of it; what that takes follows by itself.

    Raises:
        RepositoryNotFound, NotPermitted: the actor may not see it, or is no admin (of a folder:
            may not choose folders).
        CredentialMisplaced: the credential does not open such a source.
        PatternRefused: an include or exclude pattern cannot be understood.
        RepositoryKnown: the workspace has this branch of the source already.
    """
    try:
        async with tools.work(actor) as ctx:
            row = await _for_admin(ctx, repository_id)
            if row.kind != SourceKind.GIT and change.model_fields_set & _FETCHED_ANEW:
                # What is read of a folder was chosen by somebody who may choose folders.
                await workspaces.require(ctx, row.workspace_id, _for_folders(tools))
            _apply(tools.sealer, row, change)
            await ctx.db.flush()
            ctx.emit(RepositoryChanged(repository_id=row.id, workspace_id=row.workspace_id))
            if change.model_fields_set & _FETCHED_ANEW:
                _ask(ctx, row)
            return RepositoryOut.model_validate(row)
    except IntegrityError:
        raise RepositoryKnown("Another entry brings this branch here.") from None


def _apply(sealer: Sealer, row: Repository, change: RepositoryChange) -> None:
    given = change.model_fields_set
    row.name = change.name or row.name
    if "branch" in given:
        row.branch = change.branch
    if "sync_minutes" in given:
        row.sync_minutes = change.sync_minutes
    if "dirty" in given:
        row.dirty_wanted = bool(change.dirty)
    if "include" in given:
        row.include = change.include or []
    if "exclude" in given:
        row.exclude = change.exclude or []
    patterns.chooser(row.include, row.exclude)
    if "credential" in given:
        sources.check_credential(row.source, change.credential)
        row.credential = (
            credentials.seal(sealer, row.id, change.credential) if change.credential else None
        )


async def sync_repository(ctx: Context, repository_id: UUID) -> RepositoryOut:
    """Want a repository to be brought up to date now.

    Raises:
        RepositoryNotFound, NotPermitted: the actor may not see it, or is no member.
    """
    row = await repository.find(ctx.db, ctx.actor, repository_id, locked=True)
    if row is None:
        raise RepositoryNotFound
    await workspaces.require(ctx, row.workspace_id, Role.MEMBER)
    if not repository.asked_just_now(row):
        _ask(ctx, row)
        await ctx.db.flush()
    return RepositoryOut.model_validate(row)


async def delete_repository(ctx: Context, repository_id: UUID) -> None:
    """Disconnect a repository; everything made from it goes too.

    Raises:
        RepositoryNotFound, NotPermitted: the actor may not see it, or is no admin.
    """
    row = await _for_admin(ctx, repository_id)
    await ctx.db.delete(row)
    await ctx.db.flush()
    ctx.emit(RepositoryDeleted(repository_id=row.id, workspace_id=row.workspace_id))


async def ask_for_due(tools: Tools) -> None:
    """Want every repository to be brought up to date whose schedule says so."""
    async with tools.work(SYSTEM) as ctx:
        for row in await repository.due(ctx.db):
            _ask(ctx, row)


async def remove_mirror(tools: Tools, repository_id: UUID) -> None:
    """Delete what a disconnected repository left on the disk."""
    await tools.git.remove(mirror(tools, repository_id))


def _ask(ctx: Context, row: Repository) -> None:
    row.asked_at = datetime.now(UTC)
    if row.status != RepositoryStatus.FETCHING:
        row.status = RepositoryStatus.WAITING
    ctx.emit(SyncRequested(repository_id=row.id, workspace_id=row.workspace_id))


async def _for_admin(ctx: Context, repository_id: UUID) -> Repository:
    row = await repository.find(ctx.db, ctx.actor, repository_id, locked=True)
    if row is None:
        raise RepositoryNotFound
    await workspaces.require(ctx, row.workspace_id, Role.ADMIN)
    return row
