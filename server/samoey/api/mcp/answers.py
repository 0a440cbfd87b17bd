"""What each tool answers: for programs by its fields, for models as text with citations.

Paths, names and code are other people's words: in the text a citation is on one line whatever it
holds, and lines of code bear their numbers, so that nothing of them can pass for ours.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

# About 10,000 tokens, which the usual clients take without cutting by themselves.
MOST_CHARACTERS = 40_000
LONGEST_LINE, LONGEST_READ_LINE, LONGEST_PASSAGE = 400, 2_000, 80

# What ends a line, moves a cursor, or turns the direction of writing.
_OBEYED = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

Item = TypeVar("Item")

CITATION = "Cite it by this: `path:lines@commit`."
MORE = "How to get what is left out; none when this is all."


def on_one_line(text: str) -> str:
    """The same text with every sign written out that would end its line or hide a part of it."""
    return _OBEYED.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def cited(path: str, start: int, end: int, commit: str) -> str:
    lines = f"{start}" if start == end else f"{start}-{end}"
    return f"{on_one_line(path)}:{lines}@{commit[:12]}"


def numbered(text: str, start: int) -> str:
    """Code with the number of each line in front of it."""
    lines = enumerate(text.split("\n"), start)
    return "\n".join(f"{number}| {on_one_line(line.rstrip())}" for number, line in lines)


def shortened(line: str, longest: int) -> str:
    return line if len(line) <= longest else f"{line[:longest]}… (+{len(line) - longest:,})"


def as_fits(items: Sequence[Item], told: Sequence[str]) -> Sequence[Item]:
    """Those items, from the first on, whose texts together are not too much; at least one."""
    kept, left = 0, MOST_CHARACTERS
    for text in told:
        left -= len(text)
        if left < 0 and kept:
            break
        kept += 1
    return items[:kept]


class Answer(BaseModel, ABC):
    """What a tool answers."""

    @abstractmethod
    def text(self) -> str:
        """Tell it to a model."""


class ListedRepository(BaseModel):
    id: UUID
    name: str
    source: str
    branch: str | None
    commit: str | None = Field(description="The commit that read_file reads by itself.")
    searched: str | None = Field(description="The commit that searches answer by.")
    state: str = Field(description="How far its index is; `ready` when all can be searched.")
    files: int

    def text(self) -> str:
        about = f"{on_one_line(self.name)}  id={self.id}  index={self.state}  {self.files:,} files"
        where = f"  branch={on_one_line(self.branch)}" if self.branch else ""
        commit = f"  @{self.searched[:12]}" if self.searched else "  (nothing to search yet)"
        return f"{about}{where}{commit}  from {on_one_line(self.source)}"


class RepositoriesAnswer(Answer):
    repositories: list[ListedRepository]
    total: int
    more: str | None = Field(description=MORE)

    def text(self) -> str:
        if not self.repositories:
            return "There are no such repositories that you can read."
        return _told([each.text() for each in self.repositories], self.more, apart="\n")


class Passage(BaseModel):
    citation: str = Field(description=CITATION)
    repository: str
    repository_id: UUID
    path: str
    start: int
    end: int
    commit: str
    symbol: str | None
    kind: str
    language: str | None
    code: str = Field(description="What stands there; long passages are cut, as `cut` says.")
    cut: bool

    def told(self) -> str:
        named = f"  {on_one_line(self.symbol)} ({self.kind})" if self.symbol else ""
        head = f"{on_one_line(self.repository)}: {self.citation}{named}"
        rest = "\n… (cut; read_file has the rest)" if self.cut else ""
        return f"{head}\n{numbered(self.code, self.start)}{rest}"


class SearchAnswer(Answer):
    passages: list[Passage]
    searched: int = Field(description="Repositories that were searched.")
    repositories: int = Field(description="Repositories that were to be searched.")
    note: str | None = Field(description="Why not all of them were searched.")
    more: str | None = Field(description=MORE)

    def text(self) -> str:
        nothing = [] if self.passages else ["Nothing found."]
        return _told([*nothing, *(each.told() for each in self.passages)], self.note, self.more)


class Line(BaseModel):
    citation: str = Field(description=CITATION)
    repository: str
    repository_id: UUID
    path: str
    line: int
    end_line: int
    column: int
    commit: str
    code: str

    def told(self) -> str:
        head = f"{on_one_line(self.repository)}: {self.citation}"
        return f"{head}\n{numbered(self.code, self.line)}"


class ExactAnswer(Answer):
    lines: list[Line]
    searched: int = Field(description="Repositories that were searched through.")
    repositories: int = Field(description="Repositories that were to be searched.")
    note: str | None = Field(description="Why not all of them were searched.")
    next: str | None = Field(description="Give it as `after` to go on; none when this is all.")

    def text(self) -> str:
        nothing = [] if self.lines else ["Nothing found."]
        more = self.next and f"There is more: ask again with after={self.next}"
        return _told([*nothing, *(each.told() for each in self.lines)], self.note, more)


class FileAnswer(Answer):
    citation: str = Field(description=CITATION)
    repository: str
    repository_id: UUID
    path: str
    commit: str
    kind: Literal["text", "binary", "large", "link"]
    language: str | None
    size: int = Field(description="Of the whole file, in bytes.")
    start: int
    end: int
    lines: int = Field(description="Lines of the whole file.")
    code: str | None = Field(description="The lines; none where the file is no text to read here.")
    more: str | None = Field(description=MORE)

    def text(self) -> str:
        head = f"{on_one_line(self.repository)}: {self.citation}"
        if self.code is None:
            return f"{head}\n{self.more}"
        whole = f" of {self.lines:,} lines" if self.kind == "text" else f" ({self.kind})"
        return _told([f"{head}{whole}\n{numbered(self.code, self.start)}"], self.more)


class Defined(BaseModel):
    citation: str = Field(description=CITATION)
    name: str
    kind: str
    path: str
    start: int
    end: int
    commit: str
    how: str | None = Field(
        None, description="How it was found: by name and place, never by type; none in an outline."
    )

    def told(self) -> str:
        how = f"  [{self.how}]" if self.how else ""
        return f"{self.citation}  {self.kind} {on_one_line(self.name)}{how}"


class OutlineAnswer(Answer):
    repository: str
    path: str
    commit: str
    symbols: list[Defined]
    total: int
    more: str | None = Field(description=MORE)

    def text(self) -> str:
        nothing = [] if self.symbols else ["Nothing is defined there; read_file shows the lines."]
        told = [*nothing, *(each.told() for each in self.symbols)]
        return _told(told, self.more, apart="\n")


class DefinitionAnswer(Answer):
    name: str
    commit: str
    definitions: list[Defined] = Field(description="The likeliest first.")

    def text(self) -> str:
        return "\n".join(each.told() for each in self.definitions)


class Referred(BaseModel):
    citation: str = Field(description=CITATION)
    name: str
    kind: str = Field(description="call, import, inherit or read.")
    path: str
    line: int
    column: int
    commit: str
    within: str | None = Field(description="The definition that it stands in.")
    how: str = Field(description="How sure it is: same-file, imported, same-package, name.")

    def told(self) -> str:
        within = f" in {on_one_line(self.within)}" if self.within else ""
        return f"{self.citation}  {self.kind}{within}  [{self.how}]"


class ReferencesAnswer(Answer):
    name: str
    commit: str
    definition: Defined | None = Field(description="The definition that was taken to be meant.")
    references: list[Referred] = Field(description="The surest first.")
    total: int
    more: str | None = Field(description=MORE)

    def text(self) -> str:
        of = f"Defined at {self.definition.told()}" if self.definition else "Defined elsewhere."
        head = f"{of}\n{self.total:,} references."
        told = [head, *(each.told() for each in self.references)]
        return _told(told, self.more, apart="\n")


def _told(parts: Sequence[str], *notes: str | None, apart: str = "\n\n") -> str:
    return apart.join([*parts, *(note for note in notes if note)])
