"""Makes what a test is given, through the rooms' own verbs; each room adds what it owns."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity import service as identity
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Actor, Tools
from samoey.kit.credentials import Caller

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of a test, with the workspace they are in (or stand outside of)."""

    id: UUID
    name: str
    email: str
    workspace_id: UUID
    bearer: str

    @property
    def actor(self) -> Actor:
        return Actor(self.id)

    @property
    def headers(self) -> dict[str, str]:
        """What a program that is signed in as this person sends along."""
        return {"authorization": f"Bearer {self.bearer}"}


class Make:
    """People, repositories, conversations: as they would have come to be."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    async def user(self, name: str = "Ada", *, role: str | None = "owner") -> Somebody:
        """Somebody who is signed in; a member of the workspace, unless `role` is None."""
        email = f"{name.lower()}@example.org"
        kept = await identity.hash_password(self.tools, SecretStr(PASSWORD), email=email)
        async with self.tools.work(SYSTEM) as ctx:
            user = await identity.create_person(ctx, name=name, email=email, password_hash=kept)
            _, workspace_id = await workspaces.local_operator(ctx)
            if role is not None:
                await workspaces.join(ctx, workspace_id, user.id, workspaces.Role(role))
            opened = await identity.open_session(
                ctx,
                self.tools.settings.identity,
                user_id=user.id,
                kind="program",
                caller=Caller("127.0.0.1", "test"),
            )
        tokens = identity.admission(self.tools, user, opened).tokens
        bearer = tokens.access.get_secret_value()
        return Somebody(user.id, name, email, workspace_id, bearer)
