"""Shapes that come into and go out of conversations."""

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _storable(text: str) -> str:
    # PostgreSQL keeps every character but this one.
    if "\x00" in text:
        message = "must not contain the NUL character"
        raise ValueError(message)
    return text


Storable = AfterValidator(_storable)
MessageStatus = Literal["waiting", "writing", "done", "stopped", "failed"]
Stage = Literal["searching", "thinking", "writing"]
Speaker = Literal["person", "assistant"]
Thumb = Literal["up", "down"]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Storable
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100), Storable]
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]


class NewConversation(BaseModel):
    """A conversation to begin; without a title it takes the first question's words."""

    workspace_id: UUID
    title: Title | None = None
    repository_ids: list[UUID] = Field(
        default_factory=list,
        max_length=100,
        description="Where answers are looked for; empty means every repository of the workspace.",
    )
    shared: bool = Field(default=False, description="Whether the whole workspace may read along.")


class ConversationChange(BaseModel):
    """What to change; what is left out stays."""

    title: Title | None = None
    shared: bool | None = None


class ConversationOut(BaseModel):
    """A conversation without its messages."""

    id: UUID
    workspace_id: UUID
    title: str = Field(description="Empty until the first question, unless a person chose one.")
    owner_id: UUID
    owner_name: str
    shared: bool
    repository_ids: list[UUID]
    seq: int = Field(description="The number of its latest lasting event; watch from here.")
    created_at: datetime
    updated_at: datetime


class NewMessage(BaseModel):
    """A question."""

    text: Annotated[str, StringConstraints(pattern=r"\S"), Storable]
    key: Key | None = Field(
        default=None, description="Made by the client: posting twice with one key posts once."
    )
    model: ModelName | None = Field(
        default=None, description="The model that shall answer; none means the default."
    )


class ChatLimits(BaseModel):
    """What the settings allow, so that a client can tell before it sends."""

    message_max_bytes: int = Field(description="Largest question, in bytes of UTF-8.")


class Author(BaseModel):
    """A person who wrote a message."""

    id: UUID
    name: str


class CitationOut(BaseModel):
    """A place in the code that the server has checked; `[^number]` in the text points here."""

    model_config = ConfigDict(frozen=True)

    number: int
    repository_id: UUID
    repository_name: str
    path: str
    start: int
    end: int
    commit: str
    symbol: str | None = None
    text: str


class OutlineItem(BaseModel):
    """A symbol that the answer is about."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str
    repository_id: UUID
    path: str
    start: int
    end: int
    commit: str


class MessageOut(BaseModel):
    """A question or an answer."""

    id: UUID
    conversation_id: UUID
    number: int
    role: Speaker
    author: Author | None
    text: str
    citations: list[CitationOut]
    outline: list[OutlineItem]
    context_tokens: int | None = Field(
        description="The tokens that it was made from; `…/context` tells of which parts. None when "
        "that was not kept."
    )
    dropped_citations: int = Field(
        description="How many citations of the model did not hold and were left out."
    )
    model: str | None
    notes: list[str] = Field(description="What a reader should know about how this was answered.")
    status: MessageStatus
    problem: str | None = Field(description="What went wrong and what to do, in plain words.")
    answers: UUID | None = Field(description="The question that this message answers.")
    attempt: int
    rating: Thumb | None = Field(description="What the reader said of this answer; theirs alone.")
    created_at: datetime


class RunningAnswer(BaseModel):
    """An answer that waits or is being written now."""

    message_id: UUID
    attempt: int


class TextPiece(BaseModel):
    """Words to append to what is on screen."""

    kind: Literal["text"] = "text"
    text: str


class CitationPiece(BaseModel):
    """A checked citation; it comes before the words that point to it."""

    kind: Literal["citation"] = "citation"
    citation: CitationOut


class StatusPiece(BaseModel):
    """What the copilot is doing now."""

    kind: Literal["status"] = "status"
    stage: Stage


class EndPiece(BaseModel):
    """Nothing more comes; what is kept equals what was shown."""

    kind: Literal["end"] = "end"
    status: MessageStatus


AnswerPiece = TextPiece | CitationPiece | StatusPiece | EndPiece


class ToldPiece(TypedDict):
    """A piece as it travels: which answer it is of, its place there, and what its kind holds."""

    type: Literal["piece"]
    conversation_id: str
    message_id: str
    attempt: int
    index: int
    kind: Literal["text", "citation", "status", "end"]
    text: NotRequired[str]
    citation: NotRequired[dict[str, Any]]
    stage: NotRequired[Stage]
    status: NotRequired[MessageStatus]
