"""What comes in and goes out about workspaces and their members."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from samoey.domains.identity.schemas import Email, Incoming, Kind, Name, NewPassword, Token
from samoey.domains.workspaces.tables import Role


class SetupState(BaseModel):
    """Whether the first owner is still awaited."""

    open: bool


class NewOwner(Incoming):
    """The first owner, let in by the link that the server printed."""

    token: Token
    name: Name
    email: Email
    password: NewPassword
    workspace_name: Name | None = None


class WorkspaceChange(Incoming):
    """What may be changed about a workspace."""

    name: Name


class WorkspaceOut(BaseModel):
    """A workspace, and the reader's own role in it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    role: Role


class MemberChange(Incoming):
    """Another role for a member."""

    role: Role


class MemberOut(BaseModel):
    """A member, as the others see them."""

    user_id: UUID
    name: str
    email: str
    role: Role
    kind: Kind
    joined_at: datetime
