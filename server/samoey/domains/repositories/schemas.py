"""The shapes in which repositories come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from samoey.domains.repositories.tables import RepositoryStatus, SourceKind
from samoey.kit.ports.git import EntryKind

# No control characters: the database takes no zero byte, and nobody means the others.
_VISIBLE = r"^[^\x00-\x1f\x7f]+$"
# The same, and what turns the direction of writing: shown, it would be taken for something else.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_HOLDS = "It holds a line break or another control character"


def _seen(given: object) -> object:
    if isinstance(given, str) and _INVISIBLE.search(given.strip()):
        raise PydanticCustomError("invisible", f"{_HOLDS}; type it anew.")
    return given


def _source(given: object) -> object:
    if isinstance(given, str) and _INVISIBLE.search(given.strip()):
        folder = given.strip().startswith(("/", "file:"))
        advice = "a folder whose name has one must be renamed" if folder else "no address has one"
        raise PydanticCustomError("invisible", f"{_HOLDS}; {advice}.")
    return given


def _line(longest: int) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=1, max_length=longest, pattern=_VISIBLE
    )


Name = Annotated[str, _line(200), BeforeValidator(_seen)]
Source = Annotated[str, _line(4096), BeforeValidator(_source)]
BranchName = Annotated[str, _line(255), BeforeValidator(_seen)]
Pattern = Annotated[str, _line(500), BeforeValidator(_seen)]
Patterns = Annotated[list[Pattern], Field(max_length=200)]
# Every minute at most, every four weeks at least.
SyncMinutes = Annotated[int, Field(ge=1, le=40_320)]


class NewCredential(BaseModel):
    """What opens a private repository: a token over HTTPS, or a deploy key over SSH."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["token", "ssh_key"]
    secret: SecretStr = Field(max_length=20_000)
    username: Annotated[str, Field(max_length=200)] | None = None
    host_key: Annotated[str, Field(max_length=20_000)] | None = Field(
        None, description="The SSH server's public key, as `ssh-keyscan` prints it."
    )

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        # A token may stand where a name is asked for, with nothing as its password.
        token = self.username if self.kind == "token" else None
        if not self.secret.get_secret_value().strip() and not token:
            raise PydanticCustomError("empty", "The secret is empty.")
        return self


class NewRepository(BaseModel):
    """A repository to connect: a git URL, or the path of a folder on the server."""

    model_config = ConfigDict(extra="forbid")

    workspace_id: UUID
    source: Source
    name: Name | None = None
    branch: BranchName | None = None
    include: Patterns = []
    exclude: Patterns = []
    credential: NewCredential | None = None
    sync_minutes: SyncMinutes | None = None
    dirty: bool = False


class RepositoryChange(BaseModel):
    """What shall be different; fields that are left out stay, `null` takes a value away."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    branch: BranchName | None = None
    include: Patterns | None = None
    exclude: Patterns | None = None
    credential: NewCredential | None = None
    sync_minutes: SyncMinutes | None = None
    dirty: bool | None = None


class ProgressOut(BaseModel):
    """How far a running fetch is, in counted objects."""

    model_config = ConfigDict(from_attributes=True)

    stage: str
    done: int
    total: int


class RepositoryOut(BaseModel):
    """A connected repository.

    `commit` is the one that answers. `dirty` says that its work tree has changes which were never
    committed: when they are wanted they are part of the answer, else `HEAD` answers alone. `notes`
    tell what was left out.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    workspace_id: UUID
    name: str
    source: str
    kind: SourceKind
    branch: str | None
    default_branch: str | None
    include: list[str]
    exclude: list[str]
    commit: str | None
    dirty: bool
    dirty_wanted: bool
    notes: list[str]
    sync_minutes: int | None
    synced_at: datetime | None
    status: RepositoryStatus
    problem: dict[str, object] | None
    has_credential: bool
    progress: ProgressOut | None
    created_at: datetime


class InstructionsOut(BaseModel):
    """What a repository tells assistants about some of its paths, as it was committed."""

    path: str
    commit: str
    text: str
    holds_for: list[str]


class BranchOut(BaseModel):
    """One branch of a repository."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    commit: str
    is_default: bool


class EntryOut(BaseModel):
    """One entry of a folder; folders and submodules have no size."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    path: str
    kind: EntryKind
    size: int | None


class TreeOut(BaseModel):
    """The entries of one folder at one commit, folders first."""

    commit: str
    path: str
    entries: list[EntryOut]


class FileOut(BaseModel):
    """One file at one commit; binary and large ones are said to be so and carry no text.

    A link's text is where it points to; it is never followed.
    """

    commit: str
    path: str
    size: int
    language: str | None
    kind: Literal["text", "binary", "large", "link"]
    text: str | None


class FollowedOut(BaseModel):
    """Where lines of an older commit stand in `commit`, the one that answers now.

    `same`: as they were, where they were. `moved`: as they were, on other lines or in another file.
    `changed`: most of them stand there. `gone`: they were not found, and there is no
    place.
    """

    state: Literal["same", "moved", "changed", "gone"]
    commit: str
    path: str | None = None
    start: int | None = None
    end: int | None = None
