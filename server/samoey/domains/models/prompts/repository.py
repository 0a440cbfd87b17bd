"""Every SQL statement about prompt templates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.models.prompts.tables import (
    Prompt,
    PromptArm,
    PromptExperiment,
    PromptVersion,
)
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor

Arms = dict[UUID, list[PromptArm]]


def visible(actor: Actor) -> Select[Prompt]:
    """The templates that `actor` may know about: those of their workspaces."""
    return select(Prompt).where(Prompt.workspace_id.in_(workspaces.readable(actor)))


async def all_of(db: AsyncSession, actor: Actor) -> Sequence[Prompt]:
    """The templates that the actor sees, by name."""
    wanted = visible(actor).order_by(func.lower(Prompt.name), Prompt.id)
    return (await db.scalars(wanted)).all()


async def find(
    db: AsyncSession, actor: Actor, prompt_id: UUID, *, locked: bool = False
) -> Prompt | None:
    """One template that the actor sees; `locked` until the end of the work."""
    wanted = visible(actor).where(Prompt.id == prompt_id)
    return await db.scalar(wanted.with_for_update(of=Prompt) if locked else wanted)


async def latest_of(db: AsyncSession, prompts: Iterable[Prompt]) -> dict[UUID, PromptVersion]:
    """The newest version of each template."""
    rows = await db.scalars(
        select(PromptVersion)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(Prompt.id.in_([it.id for it in prompts]), PromptVersion.number == Prompt.latest)
    )
    return {row.prompt_id: row for row in rows}


async def versions_of(db: AsyncSession, prompt_id: UUID) -> Sequence[PromptVersion]:
    """All versions of a template, the newest first."""
    wanted = select(PromptVersion).where(PromptVersion.prompt_id == prompt_id)
    return (await db.scalars(wanted.order_by(PromptVersion.number.desc()))).all()


async def named(
    db: AsyncSession, workspace_id: UUID, version_ids: Iterable[UUID]
) -> dict[UUID, tuple[str, int]]:
    """What the given versions of the assistant's templates are called; no template goes meanwhile.

    Those of other workspaces, and of other templates, are not found.
    """
    rows = await db.execute(
        select(PromptVersion.id, Prompt.name, PromptVersion.number)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(
            Prompt.workspace_id == workspace_id,
            Prompt.purpose == "assistant",
            PromptVersion.id.in_(list(version_ids)),
        )
        .with_for_update(of=Prompt, read=True)
    )
    return {version_id: (name, number) for version_id, name, number in rows}


async def running(
    db: AsyncSession, workspace_id: UUID, *, locked: bool = False
) -> PromptExperiment | None:
    """The experiment of a workspace that has not ended."""
    wanted = select(PromptExperiment).where(
        PromptExperiment.workspace_id == workspace_id, PromptExperiment.ended_at.is_(None)
    )
    if not locked:
        return await db.scalar(wanted)
    held = wanted.with_for_update()
    # Whoever waited for one that ended meanwhile finds nothing at first, and then the next one.
    return await db.scalar(held) or await db.scalar(held)


async def ended(db: AsyncSession, workspace_id: UUID, *, most: int) -> Sequence[PromptExperiment]:
    """The last experiments of a workspace that have ended, the latest first."""
    wanted = select(PromptExperiment).where(
        PromptExperiment.workspace_id == workspace_id, PromptExperiment.ended_at.is_not(None)
    )
    ordered = wanted.order_by(PromptExperiment.ended_at.desc(), PromptExperiment.id.desc())
    return (await db.scalars(ordered.limit(most))).all()


async def end(db: AsyncSession, experiment_id: UUID) -> None:
    """Have an experiment be over."""
    await db.execute(
        update(PromptExperiment)
        .where(PromptExperiment.id == experiment_id)
        .values(ended_at=datetime.now(UTC))
    )


async def arms_of(db: AsyncSession, experiment_ids: Iterable[UUID]) -> Arms:
    """The arms of some experiments, in order."""
    rows = await db.scalars(
        select(PromptArm)
        .where(PromptArm.experiment_id.in_(list(experiment_ids)))
        .order_by(PromptArm.place)
    )
    found: Arms = defaultdict(list)
    for row in rows:
        found[row.experiment_id].append(row)
    return found


async def answering(db: AsyncSession, prompt_id: UUID) -> bool:
    """Whether a version of this template answers now."""
    wanted = (
        select(PromptArm.id)
        .join(PromptExperiment, PromptExperiment.id == PromptArm.experiment_id)
        .join(PromptVersion, PromptVersion.id == PromptArm.version_id)
        .where(PromptVersion.prompt_id == prompt_id, PromptExperiment.ended_at.is_(None))
    )
    return await db.scalar(wanted.limit(1)) is not None


async def text_of(db: AsyncSession, version_id: UUID) -> str | None:
    """What a version says, as the system needs it."""
    return await db.scalar(select(PromptVersion.text).where(PromptVersion.id == version_id))
