"""Keeping prompt templates in numbered versions, and showing what they come to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from samoey.domains.identity import service as identity
from samoey.domains.models.errors import ModelNameTaken, PromptInUse, PromptNotFound
from samoey.domains.models.events import PromptAdded, PromptChanged, PromptRemoved
from samoey.domains.models.prompts import repository, templates
from samoey.domains.models.prompts.builtin import BUILT_IN
from samoey.domains.models.prompts.schemas import (
    BUILT_IN_NAME,
    BuiltInPrompt,
    NewPrompt,
    NewPromptVersion,
    PromptChange,
    PromptDraft,
    PromptMessage,
    PromptOut,
    PromptPreview,
    PromptVersionOut,
)
from samoey.domains.models.prompts.tables import Prompt, PromptVersion
from samoey.domains.models.providers import service as providers
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Context
from samoey.kit.ids import new_id


def built_in() -> BuiltInPrompt:
    """The instructions that are always there."""
    return BuiltInPrompt(name=BUILT_IN_NAME, text=BUILT_IN)


async def list_prompts(ctx: Context) -> list[PromptOut]:
    """The templates of one's workspaces, by name."""
    rows = await repository.all_of(ctx.db, ctx.actor)
    latest = await repository.latest_of(ctx.db, rows)
    versions = await _shown_versions(ctx, list(latest.values()))
    by_prompt = {it.prompt_id: it for it in versions}
    return [_shown(row, by_prompt[row.id]) for row in rows]


async def list_versions(ctx: Context, prompt_id: UUID) -> list[PromptVersionOut]:
    """All versions of a template, the newest first.

    Raises:
        PromptNotFound: the actor may not see it.
    """
    if await repository.find(ctx.db, ctx.actor, prompt_id) is None:
        raise PromptNotFound
    return await _shown_versions(ctx, await repository.versions_of(ctx.db, prompt_id))


async def add_prompt(ctx: Context, new: NewPrompt) -> PromptOut:
    """Keep a template with its first version.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        PromptVariablesMisfit: the assistant's instructions take no variables.
        ModelNameTaken: the workspace has a template of this name.
    """
    await workspaces.require(ctx, new.workspace_id, Role.ADMIN)
    _require_fitting(new.purpose, new.text)
    row = Prompt(
        id=new_id(), workspace_id=new.workspace_id, name=new.name, purpose=new.purpose, version=1
    )
    row.latest = 0
    ctx.db.add(row)
    await _flush(ctx, row.name)
    version = await _keep(ctx, row, new.text, new.note)
    ctx.emit(PromptAdded(workspace_id=row.workspace_id, prompt_id=row.id))
    return _shown(row, version)


async def change_prompt(ctx: Context, prompt_id: UUID, change: PromptChange) -> PromptOut:
    """Give a template another name; of two who change the same version, the second is told.

    Raises:
        PromptNotFound, NotPermitted: the actor may not see it, or is no admin.
        ChangedMeanwhile: somebody else changed it since.
        ModelNameTaken: the workspace has a template of this name.
    """
    row = await _for_admin(ctx, prompt_id)
    providers.require_version(row.version, change.version)
    row.name, row.version = change.name, row.version + 1
    await _flush(ctx, row.name)
    ctx.emit(PromptChanged(workspace_id=row.workspace_id, prompt_id=row.id))
    latest = await repository.latest_of(ctx.db, [row])
    [version] = await _shown_versions(ctx, [latest[row.id]])
    return _shown(row, version)


async def add_version(ctx: Context, prompt_id: UUID, new: NewPromptVersion) -> PromptOut:
    """Keep the next version of a template; those before stay as they are.

    Raises:
        PromptNotFound, NotPermitted: the actor may not see it, or is no admin.
        ChangedMeanwhile: somebody else changed it since.
        PromptVariablesMisfit: the assistant's instructions take no variables.
    """
    row = await _for_admin(ctx, prompt_id)
    providers.require_version(row.version, new.version)
    _require_fitting(row.purpose, new.text)
    row.version += 1
    version = await _keep(ctx, row, new.text, new.note)
    ctx.emit(PromptChanged(workspace_id=row.workspace_id, prompt_id=row.id))
    return _shown(row, version)


async def remove_prompt(ctx: Context, prompt_id: UUID) -> None:
    """Remove a template with its versions; what they answered stays counted.

    Raises:
        PromptNotFound, NotPermitted: the actor may not see it, or is no admin.
        PromptInUse: a version of it answers conversations.
    """
    row = await _for_admin(ctx, prompt_id)
    if await repository.answering(ctx.db, row.id):
        raise PromptInUse("Let other versions answer first, then remove it.")
    await ctx.db.delete(row)
    await ctx.db.flush()
    ctx.emit(PromptRemoved(workspace_id=row.workspace_id, prompt_id=row.id))


async def preview(ctx: Context, draft: PromptDraft) -> PromptPreview:
    """What a free template comes to with these values; nothing is kept.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no member of the workspace, or a viewer.
        PromptVariablesMisfit: a variable has no value, or a value no variable.
    """
    await workspaces.require(ctx, draft.workspace_id, Role.MEMBER)
    text = templates.rendered(draft.text, draft.values)
    return PromptPreview(
        messages=[PromptMessage(role="user", text=text)],
        variables=templates.variables_of(draft.text),
        tokens=templates.tokens([text]),
    )


def _require_fitting(purpose: str, text: str) -> None:
    if purpose == "assistant":
        templates.require_none(text)


async def _keep(ctx: Context, row: Prompt, text: str, note: str) -> PromptVersionOut:
    row.latest += 1
    version = PromptVersion(
        id=new_id(),
        prompt_id=row.id,
        number=row.latest,
        text=text,
        note=note,
        author_id=ctx.actor.user_id,
    )
    ctx.db.add(version)
    await ctx.db.flush()
    [shown] = await _shown_versions(ctx, [version])
    return shown


async def _for_admin(ctx: Context, prompt_id: UUID) -> Prompt:
    row = await repository.find(ctx.db, ctx.actor, prompt_id, locked=True)
    if row is None:
        raise PromptNotFound
    await workspaces.require(ctx, row.workspace_id, Role.ADMIN)
    return row


async def _flush(ctx: Context, name: str) -> None:
    try:
        await ctx.db.flush()
    except IntegrityError:
        raise ModelNameTaken(f"There is a prompt “{name}” already.") from None


async def _shown_versions(ctx: Context, rows: Sequence[PromptVersion]) -> list[PromptVersionOut]:
    authors = await identity.people(ctx, {row.author_id for row in rows if row.author_id})
    return [
        PromptVersionOut(
            id=row.id,
            prompt_id=row.prompt_id,
            number=row.number,
            text=row.text,
            note=row.note,
            author=authors[row.author_id].name if row.author_id in authors else None,
            variables=templates.variables_of(row.text),
            created_at=row.created_at,
        )
        for row in rows
    ]


def _shown(row: Prompt, latest: PromptVersionOut) -> PromptOut:
    fields = PromptOut.model_fields.keys() - {"latest"}
    return PromptOut(latest=latest, **{name: getattr(row, name) for name in fields})
