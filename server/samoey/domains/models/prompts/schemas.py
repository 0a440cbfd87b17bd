"""The shapes in which prompt templates come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from samoey.domains.models.prompts.sharing import WHOLE
from samoey.domains.models.providers.schemas import Incoming, Version
from samoey.kit.ports.models import Role

Purpose = Literal["assistant", "free"]
BUILT_IN_NAME = "Built-in"
_MOST_ARMS = 10
# What could be taken for something else when it is shown.
_UNSEEN = re.compile("[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069]")


def _seen(name: str) -> str:
    if _UNSEEN.search(name):
        message = "must have no control characters"
        raise ValueError(message)
    if name.casefold() == BUILT_IN_NAME.casefold():
        message = "is the name of what is built in"
        raise ValueError(message)
    return name


def _storable(text: str) -> str:
    # PostgreSQL keeps every character but this one.
    if "\x00" in text:
        message = "must not contain the NUL character"
        raise ValueError(message)
    return text.replace("\r\n", "\n")


PromptName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_seen),
]
# A prompt has room for sources and history beside it.
PromptText = Annotated[
    str,
    StringConstraints(pattern=r"\S", max_length=8_000),
    AfterValidator(_storable),
]
Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_storable)
]
Value = Annotated[str, StringConstraints(max_length=50_000), AfterValidator(_storable)]
Variable = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class NewPrompt(Incoming):
    """A template with its first version.

    `assistant`: the instructions by which conversations are answered, without variables. `free`:
    any text, whose `{{variables}}` are filled in where it is used.
    """

    workspace_id: UUID
    name: PromptName
    purpose: Purpose
    text: PromptText
    note: Note = ""


class PromptChange(Incoming):
    """Another name for a template."""

    version: Version
    name: PromptName


class NewPromptVersion(Incoming):
    """The next version of a template; `version` is that of the template that was read."""

    version: Version
    text: PromptText
    note: Note = ""


class PromptVersionOut(BaseModel):
    """One version; it never changes."""

    id: UUID
    prompt_id: UUID
    number: int
    text: str
    note: str
    author: str | None = Field(description="None is somebody who left.")
    variables: list[str]
    created_at: datetime


class PromptOut(BaseModel):
    """A template, with its newest version."""

    id: UUID
    workspace_id: UUID
    name: str
    purpose: Purpose
    latest: PromptVersionOut
    version: int
    created_at: datetime


class BuiltInPrompt(BaseModel):
    """What is built in: it answers where nobody decided otherwise, and cannot be removed."""

    name: str
    text: str


class PromptDraft(Incoming):
    """A text that is not kept yet, with values to see it filled in."""

    workspace_id: UUID
    text: PromptText
    values: Annotated[dict[Variable, Value], Field(max_length=50)] = Field(default_factory=dict)


class PromptMessage(BaseModel):
    """A message as a model is sent it."""

    role: Role
    text: str


class PromptPreview(BaseModel):
    """Exactly what a model would be sent."""

    messages: list[PromptMessage]
    variables: list[str]
    tokens: int = Field(description="Estimated: bytes divided by four.")


class ArmShape(Incoming):
    """A version and how many of a hundred conversations it answers; none is what is built in."""

    version_id: UUID | None = None
    share: Annotated[int, Field(ge=1, le=WHOLE)]


class TrafficWish(Incoming):
    """Which versions shall answer conversations; `version` is 0 before the first decision."""

    workspace_id: UUID
    version: Version
    arms: Annotated[list[ArmShape], Field(min_length=1, max_length=_MOST_ARMS)]


class ArmOut(BaseModel):
    """A version that answers, or did, and its share."""

    id: UUID
    version_id: UUID | None = Field(description="None is what is built in, or a version gone.")
    name: str
    number: int | None = Field(description="None is what is built in.")
    share: int


class ExperimentOut(BaseModel):
    """Versions that answer side by side, or did until `ended_at`."""

    id: UUID
    arms: list[ArmOut]
    author: str | None
    created_at: datetime
    ended_at: datetime | None


class TrafficOut(BaseModel):
    """Which versions answer conversations now, and which did before, the latest first."""

    workspace_id: UUID
    version: int
    running: ExperimentOut | None = Field(
        description="None: nobody decided yet, and what is built in answers."
    )
    earlier: list[ExperimentOut]
