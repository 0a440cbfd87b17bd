"""The shapes in which exact searches come in and go out."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

LONGEST_PATTERN = 1_000
LONGEST_GLOB = 512
LONGEST_PLACE = 4_000
MOST_LINES = 1_000


class ExactQuery(BaseModel):
    """What to look for to the letter, and where; the door takes it as it stands."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    text: str = Field(alias="q", min_length=1, max_length=LONGEST_PATTERN)
    regex: bool = Field(False, description="Whether it is a regular expression, as RE2 has them.")
    case: bool = Field(True, description="Whether upper and lower case differ.")
    word: bool = Field(False, description="Match whole words only.")
    workspace_id: UUID | None = None
    repository_ids: tuple[UUID, ...] = Field((), alias="repository_id")
    path: str | None = Field(None, max_length=LONGEST_GLOB)
    language: str | None = Field(None, max_length=40)
    limit: int = Field(100, ge=1, le=MOST_LINES)
    after: str | None = Field(
        None, max_length=LONGEST_PLACE, description="Go on behind what `next` of an answer named."
    )
    count: bool = Field(False, description="Count on behind the last hit that is given.")


class ExactHit(BaseModel):
    """A line that matches, or several that one match spans."""

    repository_id: UUID
    repository_name: str
    path: str
    commit: str
    language: str | None
    line: int = Field(description="The first line, from 1.")
    end_line: int = Field(description="The last line; another one where a match spans several.")
    column: int = Field(description="Where the first match begins in its line, from 1.")
    text: str = Field(description="What stands in the lines, cut where they are long.")
    cut: bool = Field(description="Whether something of the lines is left out of `text`.")
    matches: list[tuple[int, int]] = Field(
        description="Where in `text` matches begin and end, in characters from 0."
    )


class Totals(BaseModel):
    """How much there is from the beginning of this answer on."""

    hits: int
    files: int
    repositories: int
    exact: bool = Field(description="Whether all was counted; else there are at least so many.")


class ExactOut(BaseModel):
    """The answer to an exact search, in the order of repositories, paths and lines."""

    query: str
    took_ms: float
    hits: list[ExactHit]
    totals: Totals
    searched: int = Field(description="Repositories that were searched through.")
    repositories: int = Field(description="Repositories that were to be searched.")
    note: str | None = Field(
        None, description="A plain sentence when not all of them were searched: why not."
    )
    next: str | None = Field(description="Where to go on; none when there is nothing more.")
    out_of_time: bool = Field(description="Whether the time for one search ended before it did.")
