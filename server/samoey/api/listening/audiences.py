"""Who may listen to what: asked of the room that an audience belongs to."""

from collections.abc import Collection
from uuid import UUID

from samoey.domains.chat import service as chat
from samoey.domains.chat.errors import ConversationNotFound
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.errors import WorkspaceNotFound
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.problems import NotFound


class NoSuchAudience(NotFound):
    """No audience of this name, or none that the person may listen to."""

    title = "There is nothing of this name to listen to."


def conversation_of(audience: str) -> UUID | None:
    """The conversation that an audience is about, if it is about one."""
    kind, _, name = audience.partition(":")
    if kind != "conversation":
        return None
    return _id(name)


async def workspace_to_hear(tools: Tools, actor: Actor, audience: str) -> tuple[UUID, int | None]:
    """Let a person listen: the workspace that it belongs to, and its latest event number if any.

    Raises:
        NoSuchAudience: it does not exist, or this person may not listen.
    """
    kind, _, name = audience.partition(":")
    async with tools.work(actor) as ctx:
        try:
            if kind == "conversation":
                found = await chat.conversation(ctx, _id(name))
                return found.workspace_id, found.seq
            if kind == "workspace":
                await workspaces.require(ctx, _id(name), workspaces.Role.VIEWER)
                return _id(name), None
        except (ConversationNotFound, WorkspaceNotFound) as refused:
            raise NoSuchAudience(audience=audience) from refused
    raise NoSuchAudience(audience=audience)


async def still_allowed(ctx: Context, audiences: Collection[str]) -> set[str]:
    """Those of the audiences that the actor may listen to at this moment."""
    conversations = {it: id_ for it in audiences if (id_ := conversation_of(it))}
    readable = await chat.readable_among(ctx, conversations.values())
    allowed = {it for it, id_ in conversations.items() if id_ in readable}
    mine = {f"workspace:{it.id}" for it in await workspaces.list_workspaces(ctx)}
    return allowed | {it for it in audiences if it in mine}


def _id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise NoSuchAudience from None
