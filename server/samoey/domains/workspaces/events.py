"""What the people of a workspace learn about each other."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class _InWorkspace(Event):
    workspace_id: UUID

    def audience(self) -> str:
        return f"workspace:{self.workspace_id}"


class WorkspaceRenamed(_InWorkspace):
    """It is called something else now."""

    name: ClassVar[str] = "workspaces.workspace_renamed"


class MemberJoined(_InWorkspace):
    """Somebody is in."""

    name: ClassVar[str] = "workspaces.member_joined"
    user_id: UUID
    role: str


class MemberChanged(_InWorkspace):
    """Somebody has another role."""

    name: ClassVar[str] = "workspaces.member_changed"
    user_id: UUID
    role: str


class MemberLeft(_InWorkspace):
    """Somebody went, or was removed: from now on they see nothing of the workspace."""

    name: ClassVar[str] = "workspaces.member_left"
    user_id: UUID


class InvitationMade(_InWorkspace):
    """Somebody may be asked in by a link."""

    name: ClassVar[str] = "workspaces.invitation_made"
    invitation_id: UUID


class InvitationRevoked(_InWorkspace):
    """A link opens nothing any more."""

    name: ClassVar[str] = "workspaces.invitation_revoked"
    invitation_id: UUID
