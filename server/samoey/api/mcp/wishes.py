"""What a model may ask of each tool; these shapes are the argument schemas that it reads."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from samoey.domains.knowledge.exact.schemas import LONGEST_GLOB, LONGEST_PATTERN, LONGEST_PLACE
from samoey.domains.knowledge.symbols.schemas import LONGEST_NAME, LONGEST_PATH, MOST_PLACES

LONGEST_QUESTION = 10_000
MOST_PASSAGES, MOST_LINES, MOST_LISTED = 50, 200, 200


class Wish(BaseModel):
    """Arguments of a tool; a misspelt one is told, never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


OneRepository = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="Name or id of the repository, as list_repositories tells it.",
    ),
]
MaybeRepository = Annotated[
    str | None,
    Field(min_length=1, max_length=200, description="Only this repository (name or id)."),
]
PathGlob = Annotated[
    str | None,
    Field(max_length=LONGEST_GLOB, description="Only these paths: `*.py`, `src/`, `docs/**`."),
]
Language = Annotated[
    str | None, Field(max_length=40, description="Only files of this language: `python`, `go`.")
]
FilePath = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_PATH, description="From the repository's root."),
]
At = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=255,
        description="A commit, branch or tag; leave it out for the commit that search answers by.",
    ),
]
Skip = Annotated[int, Field(ge=0, le=1_000_000, description="Leave out so many: to go on.")]


class RepositoriesWish(Wish):
    name: str | None = Field(None, max_length=200, description="Only names that hold this text.")
    skip: Skip = 0
    limit: int = Field(50, ge=1, le=MOST_LISTED)


class SearchWish(Wish):
    query: str = Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        description="What to find, in words or identifiers: `where are retries counted`.",
    )
    repository: MaybeRepository = None
    path: PathGlob = None
    language: Language = None
    limit: int = Field(10, ge=1, le=MOST_PASSAGES)


class ExactWish(Wish):
    text: str = Field(
        min_length=1, max_length=LONGEST_PATTERN, description="The text, or the pattern of RE2's."
    )
    regex: bool = Field(False, description="Whether `text` is a regular expression.")
    ignore_case: bool = False
    word: bool = Field(False, description="Match whole words only.")
    repository: MaybeRepository = None
    path: PathGlob = None
    language: Language = None
    limit: int = Field(50, ge=1, le=MOST_LINES)
    after: str | None = Field(
        None, max_length=LONGEST_PLACE, description="`next` of the answer to go on behind."
    )


class FileWish(Wish):
    repository: OneRepository
    path: FilePath
    at: At = None
    start: int = Field(1, ge=1, description="First line.")
    end: int | None = Field(None, ge=1, description="Last line; none reads as much as fits.")


class OutlineWish(Wish):
    repository: OneRepository
    path: FilePath
    at: At = None
    skip: Skip = 0


class SymbolWish(Wish):
    repository: OneRepository
    name: str | None = Field(
        None, min_length=1, max_length=LONGEST_NAME, description="`Class.method`, or only its end."
    )
    path: str | None = Field(
        None,
        max_length=LONGEST_PATH,
        description="The file that the symbol is used or defined in; with `line` and `column` it "
        "stands for the name.",
    )
    line: int | None = Field(None, ge=1)
    column: int | None = Field(None, ge=1, description="In characters, from 1.")


class DefinitionWish(SymbolWish):
    limit: int = Field(20, ge=1, le=100)


class ReferencesWish(SymbolWish):
    skip: int = Field(0, ge=0, lt=MOST_PLACES, description="Leave out so many: to go on.")
    limit: int = Field(50, ge=1, le=200)
