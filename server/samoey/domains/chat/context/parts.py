"""What a model can be shown of the code, before it is known how much of it fits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from samoey.kit.ports.models import Source

# Why a passage is there.
Why = Literal["named", "found", "readme", "map", "calls", "called-by"]
# Why single lines stand with a passage of their file.
Beside = Literal["encloses", "members", "imports"]
NEIGHBOURS = ("calls", "called-by")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is shown with a passage of its file."""

    number: int
    text: str
    why: Beside


@dataclass(frozen=True, slots=True)
class Passage:
    """A source, the repository it comes from, why it is there, and what stands around it."""

    repository_id: UUID
    source: Source
    why: Why = "found"
    # The definition that led here, of what calls it or is called.
    of: str | None = None
    around: tuple[Line, ...] = ()

    @property
    def file(self) -> tuple[UUID, str, str]:
        """Which file it is of, at which commit."""
        return self.repository_id, self.source.path, self.source.commit

    @property
    def by_lines(self) -> bool:
        """Whether its text is its lines: of a line too long for a passage it is a piece."""
        return self.source.text.count("\n") == self.source.end - self.source.start


@dataclass(frozen=True, slots=True)
class Aside:
    """What is shown beside the sources and cannot be cited."""

    kind: Literal["instructions", "overview"]
    repository_id: UUID
    repository_name: str
    commit: str
    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """All that there is to show, the most wanted first."""

    passages: tuple[Passage, ...] = ()
    asides: tuple[Aside, ...] = ()


def tagged(passages: Sequence[Passage]) -> list[Passage]:
    """The same passages with tags in their order."""
    return [
        replace(each, source=replace(each.source, tag=f"S{number}"))
        for number, each in enumerate(passages, start=1)
    ]


def distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The same passages with no line of a file in two of them.

    What overlaps becomes one passage in the place of the first; a neighbour whose text stands in
    another file too is left out.
    """
    kept: list[Passage] = []
    for each in passages:
        if each.why in NEIGHBOURS and any(each.source.text == it.source.text for it in kept):
            continue
        met = [it for it in kept if overlap(it, each)]
        if not met:
            kept.append(each)
        # What a neighbour has of its own is worth less than that places stay small.
        if not met or each.why in NEIGHBOURS:
            continue
        joined = each
        for it in reversed(met):
            joined = union(it, joined)
        first, *others = met
        kept = [joined if it is first else it for it in kept if not any(it is x for x in others)]
    return kept


def overlap(one: Passage, other: Passage) -> bool:
    """Whether two passages share lines; of pieces of a line only the same one is the same."""
    if one.file != other.file:
        return False
    if not (one.by_lines and other.by_lines):
        return one.source.start == other.source.start and one.source.text == other.source.text
    return one.source.start <= other.source.end and other.source.start <= one.source.end


def union(first: Passage, other: Passage) -> Passage:
    """One passage of two that overlap, in the place of the first."""
    if first.why in NEIGHBOURS and other.why not in NEIGHBOURS:
        first = replace(first, why=other.why, of=None)
    one, two = first.source, other.source
    if (one.start, one.text) == (
        two.start,
        two.text,
    ) or one.start <= two.start <= two.end <= one.end:
        return first
    lines = dict(enumerate(two.text.split("\n"), start=two.start))
    lines |= dict(enumerate(one.text.split("\n"), start=one.start))
    # What was asked for by its name keeps it.
    larger = two.start <= one.start and two.end >= one.end
    named = two if larger and first.why != "named" else one
    whole = replace(
        one,
        start=min(lines),
        end=max(lines),
        text="\n".join(lines[number] for number in sorted(lines)),
        symbol=named.symbol,
        kind=named.kind,
    )
    return replace(first, source=whole)
