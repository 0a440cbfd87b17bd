"""What shows who somebody is, and what they take home: the shapes, without the door they cross."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr

from samoey.kit.context import Actor


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows to say who sends it; `repr` shows none of it."""

    cookie: str | None
    bearer: str | None

    def __repr__(self) -> str:
        return "Credentials(***)"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sends a request, and by what: a session or an API key."""

    actor: Actor
    session_id: UUID | None = None
    key_id: UUID | None = None
    # When what was shown stops being good by itself.
    expires_at: datetime | None = None

    def audience(self) -> str:
        """The channel on which the end of this session or key is told."""
        return f"session:{self.session_id}" if self.session_id else f"key:{self.key_id}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from, as far as one can tell."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """What opens the doors for a while (`access`), and what is traded for the next pair."""

    access: SecretStr
    access_s: int
    refresh: SecretStr
    refresh_s: int
