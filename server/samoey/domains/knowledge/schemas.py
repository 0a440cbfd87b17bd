"""The shapes in which indexes, hits, outlines and citations come in and go out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from samoey.domains.knowledge.tables import IndexState
from samoey.domains.knowledge.vectors.schemas import VectorsOut

LONGEST_QUERY = 1_000_000
LONGEST_GLOB = 512
MOST_HITS = 100


class NewIndex(BaseModel):
    """A wish to index a repository at its present commit."""

    model_config = ConfigDict(extra="forbid")

    repository_id: UUID


class IndexOut(BaseModel):
    """How far the index of one repository is, and what stands in it."""

    model_config = ConfigDict(from_attributes=True)

    repository_id: UUID
    commit: str
    state: IndexState
    files_done: int
    files_total: int
    chunks: int
    windowed: int = Field(description="Files that no parser understood; indexed by line windows.")
    skipped: int = Field(description="Files left out: binary, or larger than the setting allows.")
    bytes: int
    started_at: datetime | None
    finished_at: datetime | None
    problem: dict[str, object] | None
    snapshot_commit: str | None = Field(
        description="The commit that answers searches, also while another one is being indexed."
    )
    note: str | None = Field(None, description="A plain sentence when the index holds nothing.")
    vectors: VectorsOut | None = Field(
        None, description="How far the search by meaning is; none where nothing was indexed yet."
    )

    @property
    def why(self) -> str:
        """The problem in words."""
        told = self.problem or {}
        return str(told.get("detail") or told.get("title") or "It has failed.")


class PartHeld(BaseModel):
    """One kind of what an index is made of, as it stands on disk."""

    files: int = Field(description="Files of the commit for which it is there.")
    bytes: int


class HeldOut(BaseModel):
    """What this machine holds of the index that answers for a repository."""

    files: int = Field(description="Files of the commit that answers.")
    words: PartHeld
    symbols: PartHeld
    exact: PartHeld
    vectors_bytes: int
    all_bytes: int = Field(description="With the snapshots of other commits; shared files once.")


class Query(BaseModel):
    """What to look for, and where."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(max_length=LONGEST_QUERY)
    workspace_id: UUID | None = None
    repository_ids: tuple[UUID, ...] = ()
    path: str | None = Field(None, max_length=LONGEST_GLOB)
    language: str | None = Field(None, max_length=40)
    limit: int = Field(20, ge=1, le=MOST_HITS)
    per_file: int | None = Field(None, ge=1, description="At most so many hits of one file.")
    prior: bool = Field(True, description="Let tests, docs and vendored files step back a little.")
    explain: bool = Field(False, description="Whether each hit says what its score is made of.")


class SearchAsked(BaseModel):
    """A search as it is asked at the door."""

    q: str = Field("", max_length=LONGEST_QUERY)
    workspace_id: UUID | None = None
    repository_id: list[UUID] = []
    path: str | None = Field(None, max_length=LONGEST_GLOB)
    language: str | None = Field(None, max_length=40)
    limit: int = Field(20, ge=1, le=MOST_HITS)
    prior: bool = Field(
        True,
        description="Let tests, docs, generated and vendored files step back, unless the query is "
        "about them.",
    )
    explain: bool = Field(False, description="Let each hit say what its score is made of.")

    def query(self) -> Query:
        """Say it as the verb takes it."""
        return Query(
            text=self.q,
            workspace_id=self.workspace_id,
            repository_ids=tuple(self.repository_id),
            path=self.path or None,
            language=self.language or None,
            limit=self.limit,
            prior=self.prior,
            explain=self.explain,
        )


class Place(BaseModel):
    """Where the same stands once more."""

    repository_id: UUID
    path: str
    start: int
    end: int


class Why(BaseModel):
    """What the score of a hit is the sum of, and what that was measured from."""

    words: float | None = Field(description="How well the words fit: BM25, its fields added.")
    meaning: float | None = Field(description="How near the meaning is: a cosine.")
    stepped_back: list[str] = Field(description="The sorts of file that stepped back: test, ...")
    parts: dict[str, float] = Field(
        description="The summands: words and meaning in deviations from what else was found, the "
        "share of the name that the question says, how much the best hits use it, the prior, what "
        "the question names, and what makes the least of all nothing."
    )


class HitOut(BaseModel):
    """A passage that answers a query, as a citation: path, lines and commit."""

    repository_id: UUID
    repository_name: str
    path: str
    start: int
    end: int
    commit: str
    symbol: str | None
    kind: str
    language: str | None
    score: float
    text: str
    also: list[Place] = Field([], description="Where nearly the same stands; shown once.")
    why: Why | None = None


class Searched(BaseModel):
    """What was found, and from how many of the repositories that were to be asked."""

    hits: list[HitOut]
    answered: int = Field(description="Repositories that were searched.")
    repositories: int = Field(description="Repositories that were to be searched.")
    note: str | None = Field(
        None, description="A plain sentence when not all of them were searched: why not."
    )


class SearchOut(Searched):
    query: str
    took_ms: float


class SymbolOut(BaseModel):
    """A definition in a file."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: str
    start: int
    end: int


class Citation(BaseModel):
    """A claim that something stands in these lines of this file at this commit."""

    model_config = ConfigDict(frozen=True)

    repository_id: UUID
    path: str
    start: int
    end: int
    commit: str
    text: str | None = Field(None, description="What is said to stand there; none: lines only.")


class Verified(BaseModel):
    """A citation that holds: what really stands in those lines."""

    model_config = ConfigDict(frozen=True)

    citation: Citation
    symbol: str | None
    text: str


Reason = Literal["no-repository", "no-commit", "no-file", "no-such-lines", "other-text"]


class Verdict(BaseModel):
    """The judgement on one citation: `verified`, or the reason why it was dropped."""

    model_config = ConfigDict(frozen=True)

    verified: Verified | None = None
    reason: Reason | None = None
