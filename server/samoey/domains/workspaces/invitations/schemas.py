"""What comes in and goes out about invitations."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from samoey.domains.identity.schemas import Email, Incoming, Name, NewPassword, Token, Told
from samoey.domains.workspaces.tables import Role


class NewInvitation(Incoming):
    """Whom to ask in; with an e-mail, the link is for that address only."""

    role: Role = Role.MEMBER
    email: Email | None = None


class InvitationOut(BaseModel):
    """An invitation that is still open."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    role: Role
    email: str | None
    expires_at: datetime
    created_at: datetime
    invited_by: UUID


class InvitationShown(InvitationOut):
    """The one time that the link is shown."""

    link: Told


class InvitationToken(Incoming):
    """The token of a `/join/#...` link."""

    token: Token


class InvitationGlance(BaseModel):
    """What the holder of a link may know before accepting."""

    workspace_name: str
    role: Role
    email: str | None


class InvitationAnswer(Incoming):
    """A new account to make, or nothing but the token from somebody who is signed in."""

    token: Token
    name: Name | None = None
    email: Email | None = None
    password: NewPassword | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [part is not None for part in (self.name, self.email, self.password)]
        if any(given) and not all(given):
            message = "name, email and password belong together"
            raise ValueError(message)
        return self
