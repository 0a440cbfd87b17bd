"""What others may learn about people and their sessions."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class _AboutUser(Event):
    user_id: UUID

    def audience(self) -> str:
        return f"user:{self.user_id}"


class UserCreated(_AboutUser):
    """Somebody has an account now."""

    name: ClassVar[str] = "identity.user_created"


class UserChanged(_AboutUser):
    """Somebody's name is another one now."""

    name: ClassVar[str] = "identity.user_changed"


class UserDisabled(_AboutUser):
    """An operator closed the door to somebody; every session of theirs has ended."""

    name: ClassVar[str] = "identity.user_disabled"


class UserEnabled(_AboutUser):
    """An operator let somebody in again."""

    name: ClassVar[str] = "identity.user_enabled"


class PasswordChanged(_AboutUser):
    """Somebody has a new password; their other sessions have ended."""

    name: ClassVar[str] = "identity.password_changed"


class SessionOpened(_AboutUser):
    """Somebody signed in."""

    name: ClassVar[str] = "identity.session_opened"
    session_id: UUID


class SessionClosed(_AboutUser):
    """Somebody signed out, or a session was ended for them."""

    name: ClassVar[str] = "identity.session_closed"
    session_id: UUID


class KeyMade(_AboutUser):
    """Somebody made an API key."""

    name: ClassVar[str] = "identity.key_made"
    key_id: UUID


class KeyRevoked(_AboutUser):
    """An API key opens no door any more."""

    name: ClassVar[str] = "identity.key_revoked"
    key_id: UUID
