"""Putting together what a model would be sent: the same search, the same prompt, no model."""

from samoey.domains.chat import chain
from samoey.domains.chat.answers.gathering import Asked, gather
from samoey.domains.chat.context.building import build
from samoey.domains.chat.previewing.schemas import PreviewMessage, PreviewOut, PreviewWish
from samoey.domains.models import service as models
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Actor, Tools
from samoey.kit.ports.models import Role as Speaker

_ROLES: dict[str, Speaker] = {"system": "system", "human": "user", "ai": "assistant"}


async def preview(tools: Tools, actor: Actor, wish: PreviewWish) -> PreviewOut:
    """What a model would be sent for a question in a new conversation of the actor.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no member of the workspace, or a viewer.
        PromptVariablesMisfit: the assistant's instructions take no variables.
    """
    async with tools.work(actor) as ctx:
        await workspaces.require(ctx, wish.workspace_id, Role.MEMBER)
    told = models.BUILT_IN if wish.instructions is None else models.drafted(wish.instructions)
    asked = Asked(actor, wish.workspace_id, tuple(wish.repository_ids), wish.question)
    found = await gather(tools, asked)
    material = await build(tools, actor, found.passages, found.asides)
    composed = chain.composed(
        told, wish.question, material, (), tokens=tools.settings.chat.prompt_tokens
    )
    messages = composed.messages
    nothing = [] if found.nothing is None else [found.nothing]
    return PreviewOut(
        messages=[PreviewMessage(role=_ROLES[role], text=text) for role, text in messages],
        tokens=models.prompt_tokens(text for _, text in messages),
        notes=[*found.notes, *nothing],
    )
