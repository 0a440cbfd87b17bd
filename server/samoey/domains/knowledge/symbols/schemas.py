"""The shapes in which definitions, references, neighbours and maps come in and go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

LONGEST_NAME = 500
LONGEST_PATH = 4_096
MOST_PLACES = 500
MOST_OF_MAP = 200

HOW = "How it was found: by name and place, never by type; the surest is `same-file`."
How = Literal["same-file", "imported", "same-package", "name"]


class SymbolQuery(BaseModel):
    """A symbol: by a place where it stands (`path`, `line`, `column`), or by its name."""

    model_config = ConfigDict(frozen=True)

    repository_id: UUID
    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    path: str | None = Field(
        None,
        max_length=LONGEST_PATH,
        description="The file that it is seen from; with a name: where it is defined or used.",
    )
    line: int | None = Field(None, ge=1)
    column: int | None = Field(None, ge=1, description="In characters, from 1.")
    limit: int = Field(100, ge=1, le=MOST_PLACES)
    sure: bool = Field(False, description="Of callers only those that more than a name tells.")


class PlaceOut(BaseModel):
    """A definition and where it stands: `path:start-end@commit`."""

    name: str
    kind: str
    path: str
    start: int
    end: int
    line: int = Field(description="Where its name stands, from 1.")
    column: int = Field(description="In characters, from 1.")
    language: str | None
    commit: str
    how: How = Field(description=HOW)


class ReferenceOut(BaseModel):
    """A word that refers to a symbol."""

    name: str
    kind: Literal["call", "import", "inherit", "read"]
    path: str
    line: int
    column: int
    commit: str
    within: str | None = Field(description="The definition that it stands in.")
    how: How = Field(description=HOW)


class DefinitionsOut(BaseModel):
    """The definitions that a symbol may mean, the likeliest first."""

    name: str
    commit: str
    definitions: list[PlaceOut]


class ReferencesOut(BaseModel):
    """Who refers to a symbol, the surest first; `total` counts also those that are not given."""

    name: str
    commit: str
    definition: PlaceOut | None = Field(description="The definition that was taken to be meant.")
    references: list[ReferenceOut]
    total: int


class CalledOut(BaseModel):
    """A definition that is called, or calls, and from which lines."""

    place: PlaceOut
    lines: list[int]


class NeighboursOut(BaseModel):
    """Who calls a definition, and what it calls."""

    definition: PlaceOut
    callers: list[CalledOut]
    calls: list[CalledOut]
    unresolved: list[str] = Field(description="Called names that nothing here defines.")


@dataclass(frozen=True, slots=True)
class Within:
    """A definition of a file: its lines, and the line that its name stands in."""

    name: str
    kind: str
    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Imported:
    """An import of a file: the line of its module, and what the file calls what it takes."""

    module: str
    line: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileAround:
    """A file as it stands around a passage of it."""

    path: str
    language: str | None
    lines: Sequence[str]
    definitions: Sequence[Within]
    imports: Sequence[Imported]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Files of one commit, by path."""

    commit: str
    files: dict[str, FileAround]


class MapSymbolOut(BaseModel):
    name: str
    kind: str
    start: int
    end: int


class MapFileOut(BaseModel):
    """A file of a map: its share of all references, and what others refer to in it."""

    path: str
    language: str | None
    rank: float
    symbols: list[MapSymbolOut]


class MapOut(BaseModel):
    """A repository's files, those first that the others refer to most."""

    commit: str
    total: int
    files: list[MapFileOut]


class FoundSymbolOut(BaseModel):
    """A definition whose name fits what somebody types."""

    repository_id: UUID
    repository_name: str
    name: str
    kind: str
    path: str
    start: int
    end: int
    line: int
    column: int
    language: str | None
    commit: str


class FoundSymbolsOut(BaseModel):
    query: str
    symbols: list[FoundSymbolOut]
    searched: int = Field(description="Repositories that were searched.")
    repositories: int = Field(description="Repositories that were to be searched.")
