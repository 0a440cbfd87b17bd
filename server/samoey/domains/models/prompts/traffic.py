"""Which versions of the assistant's instructions answer how many conversations."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from samoey.domains.identity import service as identity
from samoey.domains.models.errors import ChangedMeanwhile, PromptVersionUnknown
from samoey.domains.models.events import PromptTrafficChanged
from samoey.domains.models.prompts import repository, templates
from samoey.domains.models.prompts.builtin import BUILT_IN
from samoey.domains.models.prompts.schemas import (
    BUILT_IN_NAME,
    ArmOut,
    ArmShape,
    ExperimentOut,
    TrafficOut,
    TrafficWish,
)
from samoey.domains.models.prompts.sharing import WHOLE, arm_of
from samoey.domains.models.prompts.tables import PromptArm, PromptExperiment
from samoey.domains.models.providers import service as providers
from samoey.domains.models.schemas import Instructions
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Context
from samoey.kit.ids import new_id
from samoey.kit.problems import InvalidRequest

_MOST_EARLIER = 20
_Names = Mapping[UUID, tuple[str, int]]


async def read_traffic(ctx: Context, workspace_id: UUID) -> TrafficOut:
    """Which versions answer in a workspace now, and which did before.

    Raises:
        WorkspaceNotFound: the actor is no member of it.
    """
    await workspaces.require(ctx, workspace_id, Role.VIEWER)
    return await _told(ctx, workspace_id)


async def set_traffic(ctx: Context, wish: TrafficWish) -> TrafficOut:
    """Have versions answer by shares; of two who decide at once, the second is told.

    Other shares for the same versions go on with the same experiment: most conversations keep
    their version, and the figures go on. Other versions begin a new one; a single one that
    answers everything ends the comparison.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        ChangedMeanwhile: somebody else decided since.
        InvalidRequest: the shares do not come to a hundred, or a version is there twice.
        PromptVersionUnknown: the assistant has no such version here.
    """
    await workspaces.require(ctx, wish.workspace_id, Role.ADMIN)
    _require_whole(wish.arms)
    running = await repository.running(ctx.db, wish.workspace_id, locked=True)
    providers.require_version(running.version if running else 0, wish.version)
    wanted = {arm.version_id for arm in wish.arms}
    names = await _require_versions(ctx, wish.workspace_id, wanted)
    arms = (await repository.arms_of(ctx.db, [running.id]))[running.id] if running else []
    if running is not None and {arm.version_id for arm in arms} == wanted:
        shares = {arm.version_id: arm.share for arm in wish.arms}
        for arm in arms:
            arm.share = shares[arm.version_id]
        running.version += 1
        await ctx.db.flush()
    else:
        await _begin(ctx, wish, running, names)
    ctx.emit(PromptTrafficChanged(workspace_id=wish.workspace_id))
    return await _told(ctx, wish.workspace_id)


async def instructions(ctx: Context, workspace_id: UUID, conversation_id: UUID) -> Instructions:
    """By which instructions a conversation is answered: the same ones each time it is asked."""
    running = await repository.running(ctx.db, workspace_id)
    if running is None:
        return Instructions(BUILT_IN)
    arms = (await repository.arms_of(ctx.db, [running.id]))[running.id]
    arm = arms[arm_of(running.id, conversation_id, [it.share for it in arms])]
    text = None if arm.version_id is None else await repository.text_of(ctx.db, arm.version_id)
    return Instructions(BUILT_IN if text is None else templates.rendered(text, {}), arm.id)


def _require_whole(arms: Sequence[ArmShape]) -> None:
    errors = []
    if sum(arm.share for arm in arms) != WHOLE:
        errors.append(f"the shares must come to {WHOLE}")
    if len({arm.version_id for arm in arms}) < len(arms):
        errors.append("a version is named twice")
    if errors:
        raise InvalidRequest(errors=[{"pointer": "/body/arms", "detail": it} for it in errors])


async def _begin(
    ctx: Context, wish: TrafficWish, before: PromptExperiment | None, names: _Names
) -> None:
    if before is not None:
        await repository.end(ctx.db, before.id)
    begun = PromptExperiment(
        id=new_id(),
        workspace_id=wish.workspace_id,
        author_id=ctx.actor.user_id,
        version=wish.version + 1,
    )
    ctx.db.add(begun)
    try:
        await ctx.db.flush()
    except IntegrityError:
        raise ChangedMeanwhile(version=wish.version + 1) from None
    ctx.db.add_all(_arm(begun.id, place, arm, names) for place, arm in enumerate(wish.arms))
    await ctx.db.flush()


def _arm(experiment_id: UUID, place: int, arm: ArmShape, names: _Names) -> PromptArm:
    name, number = (BUILT_IN_NAME, None) if arm.version_id is None else names[arm.version_id]
    return PromptArm(
        experiment_id=experiment_id,
        place=place,
        share=arm.share,
        version_id=arm.version_id,
        name=name,
        number=number,
    )


async def _require_versions(ctx: Context, workspace_id: UUID, wanted: set[UUID | None]) -> _Names:
    version_ids = {it for it in wanted if it is not None}
    names = await repository.named(ctx.db, workspace_id, version_ids)
    if missing := sorted(str(it) for it in version_ids - names.keys()):
        raise PromptVersionUnknown(f"The assistant has no version {', '.join(missing)} here.")
    return names


async def _told(ctx: Context, workspace_id: UUID) -> TrafficOut:
    running = await repository.running(ctx.db, workspace_id)
    ended = await repository.ended(ctx.db, workspace_id, most=_MOST_EARLIER)
    rows = [*([running] if running else []), *ended]
    arms = await repository.arms_of(ctx.db, [row.id for row in rows])
    people = await identity.people(ctx, {row.author_id for row in rows if row.author_id})
    names = {user_id: person.name for user_id, person in people.items()}
    shown = [_shown(row, arms[row.id], names) for row in rows]
    return TrafficOut(
        workspace_id=workspace_id,
        version=running.version if running else 0,
        running=shown[0] if running else None,
        earlier=shown[1:] if running else shown,
    )


def _shown(
    row: PromptExperiment, arms: Sequence[PromptArm], names: Mapping[UUID, str]
) -> ExperimentOut:
    return ExperimentOut(
        id=row.id,
        arms=[
            ArmOut(
                id=arm.id,
                version_id=arm.version_id,
                name=arm.name,
                number=arm.number,
                share=arm.share,
            )
            for arm in arms
        ],
        author=names.get(row.author_id) if row.author_id else None,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
