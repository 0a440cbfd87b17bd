"""What comes in and goes out about people, sessions and passwords."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
    model_validator,
)

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]+@[^@\s\"(),:;<>\\]+")
_LONGEST_EMAIL = 254


def plain_email(text: str) -> str:
    """The one spelling under which an e-mail address is kept and looked for."""
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > _LONGEST_EMAIL or not email.isprintable() or not _EMAIL.fullmatch(email):
        message = "must be an e-mail address"
        raise ValueError(message)
    return email


def plain_name(text: str) -> str:
    """A name on one line: what cannot be seen cannot be used to look like somebody else."""
    if not text.isprintable():
        message = "must be one line of visible characters"
        raise ValueError(message)
    return text


def _whole(secret: SecretStr) -> SecretStr:
    # JSON can spell half a surrogate pair; pydantic refuses it in a `str`, but lets a secret pass.
    secret.get_secret_value().encode()
    return secret


def _told(secret: SecretStr) -> str:
    return secret.get_secret_value()


Kind = Literal["person", "operator"]
Email = Annotated[str, Field(max_length=1000), AfterValidator(plain_email)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(plain_name),
]
# At sign-in any password may be tried; one to be kept must be long enough to be worth keeping.
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024), AfterValidator(_whole)]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=1024), AfterValidator(_whole)]
Token = Annotated[SecretStr, Field(min_length=1, max_length=2000), AfterValidator(_whole)]
# A secret that its owner is told, once, on the wire; nowhere else does it print.
Told = Annotated[SecretStr, PlainSerializer(_told, return_type=str, when_used="json")]


class Incoming(BaseModel):
    """What a client sends; a misspelt key is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Incoming):
    """A browser gets cookies; a program gets the tokens in the answer."""

    email: Email
    password: Password
    kind: Literal["browser", "program"] = "browser"


class Refresh(Incoming):
    """A program sends its refresh token; a browser sends the cookie and nothing here."""

    refresh_token: Token | None = None


class PasswordReset(Incoming):
    """The token of a `/reset/#...` link, and the password to have from now on."""

    token: Token
    password: NewPassword


class UserChange(Incoming):
    """What one may change about oneself; a new password asks for the current one."""

    name: Name | None = None
    password: NewPassword | None = None
    current_password: Password | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.password is not None and self.current_password is None:
            message = "a new password asks for the current one"
            raise ValueError(message)
        return self


class UserOut(BaseModel):
    """Somebody, as others see them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str


class SessionOut(BaseModel):
    """Who signed in, and for how many seconds until the next refresh."""

    user: UserOut
    expires_in: int
    access_token: Told | None = None
    refresh_token: Told | None = None


class OpenSession(BaseModel):
    """A place where one is signed in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: Literal["browser", "program"]
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = False


class LiveTicket(BaseModel):
    """Opens `/live?ticket=` once, within `expires_in` seconds."""

    ticket: Told
    expires_in: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as other rooms may know them."""

    id: UUID
    name: str
    email: str
    kind: Kind
    disabled: bool
