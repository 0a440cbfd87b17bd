"""The shape in which what a model saw is kept with an answer, and shown."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

PartWhy = Literal[
    "named", "found", "readme", "map", "calls", "called-by", "encloses", "members", "imports",
    "instructions", "overview",
]  # fmt: skip


class ContextPart(BaseModel):
    """Lines of a file (or what stands beside them), why they are there, and what they take."""

    why: PartWhy = Field(
        description="`named` by the question, `found` by the search, `readme` and `map` for a "
        "question about the whole, what a passage `calls` or is `called-by`, what `encloses` it, "
        "the `members` of a type, the `imports` that it uses; beside the sources `instructions` of "
        "the repository to assistants and the `overview` of its files."
    )
    given: bool = Field(description="Whether it was given; else there was no room for it.")
    repository_id: UUID
    repository_name: str
    commit: str
    path: str | None = Field(description="None for an overview, which is of many files.")
    start: int | None = Field(description="None where it is not told by lines.")
    end: int | None
    symbol: str | None
    of: str | None = Field(
        description="What it is there for: the definition that calls it, is called or is around."
    )
    tokens: int = Field(description="Estimated: three characters to a token.")


class Context(BaseModel):
    """What an answer was made from, as it is kept."""

    model: bool = Field(description="Whether a model was asked; else passages were laid out.")
    budget: int | None = Field(description="The tokens that there were; none without a model.")
    rules: int = Field(description="Tokens of what stands in front: rules and instructions.")
    history: int = Field(description="Tokens of what was said before.")
    said: int = Field(description="How many earlier messages that is.")
    parts: list[ContextPart]

    @property
    def tokens(self) -> int:
        """What was given, all together."""
        return self.rules + self.history + sum(part.tokens for part in self.parts if part.given)


class ContextOut(Context):
    """What an answer was made from, as far as the reader may see it now."""

    total: int = Field(description="Tokens that were given, all together.")
    hidden: int = Field(description="Parts of repositories that the reader may not see now.")
