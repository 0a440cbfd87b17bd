"""One search to the letter through some repositories, in a thread."""

import base64
import contextlib
import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from samoey.domains.knowledge.errors import PlaceRefused
from samoey.domains.knowledge.exact.lines import OutOfTime, Span, normal, shown, spans
from samoey.domains.knowledge.exact.pattern import Pattern, path_pattern
from samoey.domains.knowledge.exact.postings import Candidate, Snapshots, Spoiled
from samoey.domains.knowledge.exact.schemas import ExactHit, ExactQuery, Totals
from samoey.domains.knowledge.parse.chunks import NotText
from samoey.kit.ports.git import RevisionNotFound

# Who has all hits that were asked for waits no longer than this to hear how many more there are.
CHEAP_S = 0.005

Read = Callable[[Path, Iterator[str]], Generator[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A repository to be searched: its snapshot, and the mirror that holds its files."""

    repository_id: UUID
    name: str
    commit: str
    snapshot: Path
    mirror: Path

    @property
    def order(self) -> tuple[str, str]:
        return self.name, str(self.repository_id)


@dataclass(frozen=True, slots=True, order=True)
class Behind:
    """Where an answer ended: its last line, in the order in which hits come."""

    name: str
    repository_id: str
    path: str
    line: int

    @classmethod
    def read(cls, told: str) -> "Behind":
        """Read what `said` gave.

        Raises:
            PlaceRefused: it is something else.
        """
        try:
            name, repository_id, path, line = json.loads(base64.urlsafe_b64decode(told))
        except ValueError as error:
            raise PlaceRefused from error
        if not isinstance(line, int) or not all(
            isinstance(each, str) for each in (name, repository_id, path)
        ):
            raise PlaceRefused
        return cls(name, repository_id, path, line)

    def said(self) -> str:
        told = [self.name, self.repository_id, self.path, self.line]
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


NOWHERE = Behind("", "", "", 0)


@dataclass(slots=True)
class Looked:
    """What was found until the search ended, however it ended."""

    hits: list[ExactHit] = field(default_factory=list)
    count: int = 0
    files: int = 0
    repositories: set[UUID] = field(default_factory=set)
    searched: int = 0
    # Repositories whose index cannot be read, and is to be made again.
    lost: set[UUID] = field(default_factory=set)
    next: Behind | None = None
    whole: bool = False
    out_of_time: bool = False

    @property
    def totals(self) -> Totals:
        return Totals(
            hits=self.count,
            files=self.files,
            repositories=len(self.repositories),
            exact=self.whole,
        )


@dataclass(slots=True)
class Looking:
    """One search: what it looks for, how files are read, and until when."""

    query: ExactQuery
    pattern: Pattern
    read: Read
    snapshots: Snapshots
    until: float
    behind: Behind = NOWHERE
    found: Looked = field(default_factory=Looked)
    at: Behind = NOWHERE

    def through(self, places: Sequence[Place]) -> Looked:
        """Search some repositories, in order, until there is enough, nothing more, or no time."""
        found = self.found
        try:
            for place in sorted(places, key=lambda each: each.order):
                if place.order >= (self.behind.name, self.behind.repository_id):
                    self.place(place)
                else:
                    found.searched += 1
        except OutOfTime:
            found.out_of_time = not self.full
        else:
            found.whole = found.searched == len(places)
        # Nobody knows of more behind the last hit if nothing more was looked for.
        if found.out_of_time or (self.full and not (found.whole and found.count == self.kept)):
            found.next = self.at
        return found

    @property
    def kept(self) -> int:
        return len(self.found.hits)

    @property
    def full(self) -> bool:
        return self.kept >= self.query.limit

    def still(self) -> bool:
        """Whether there is time to go on."""
        return time.monotonic() < self.until

    def place(self, place: Place) -> None:
        """Search one repository; one that is gone meanwhile holds nothing."""
        self.reach(Behind(*place.order, "", 0))
        if not self.still():
            raise OutOfTime
        try:
            snapshot = self.snapshots.get(place.snapshot)
            candidates = self.fitting(place, snapshot.candidates(self.pattern.query))
            self.files(place, candidates)
        except (FileNotFoundError, Spoiled):
            self.snapshots.forget(place.snapshot)
            self.found.lost.add(place.repository_id)
        except RevisionNotFound:
            pass
        else:
            self.found.searched += 1

    def reach(self, at: Behind) -> None:
        """Note where to go on if the search ends here; never before what was given already."""
        if not self.full:
            self.at = max(at, self.behind)

    def fitting(self, place: Place, candidates: list[Candidate]) -> list[Candidate]:
        """Keep the files that lie where it is looked for, from where the last answer ended on."""
        query, behind = self.query, self.behind
        if query.language:
            language = query.language.lower()
            candidates = [each for each in candidates if each.language == language]
        if query.path:
            paths = path_pattern(query.path)
            candidates = [each for each in candidates if paths.fullmatch(each.path)]
        if place.order == (behind.name, behind.repository_id):
            candidates = [each for each in candidates if each.path >= behind.path]
        return candidates

    def files(self, place: Place, candidates: list[Candidate]) -> None:
        wanted = iter(candidates)
        blobs = self.read(place.mirror, (each.blob for each in candidates))
        with contextlib.closing(blobs):
            for blob, content in blobs:
                # Those that have become too large to be read are passed by.
                candidate = next(each for each in wanted if each.blob == blob)
                with contextlib.suppress(NotText):
                    self.file(place, candidate, normal(content))

    def file(self, place: Place, candidate: Candidate, content: bytes) -> None:
        behind, line, seen, matched = self.behind, 1, 0, False
        here = (*place.order, candidate.path) == (behind.name, behind.repository_id, behind.path)
        self.reach(Behind(*place.order, candidate.path, 0))
        for span in spans(content, self.pattern, self.still):
            if here or not self.full:
                line += content.count(b"\n", seen, span.start)
                seen = span.start
            if here and line <= behind.line:
                continue
            self.found.count += 1
            if not matched:
                matched = True
                self.found.files += 1
                self.found.repositories.add(place.repository_id)
            if not self.full:
                self.reach(Behind(*place.order, candidate.path, line))
                self.keep(place, candidate, line, content, span)

    def keep(
        self, place: Place, candidate: Candidate, line: int, content: bytes, span: Span
    ) -> None:
        """Keep a hit; with the last one that is wanted, time grows short."""
        seen = shown(content, span, self.pattern, line)
        self.found.hits.append(
            ExactHit.model_construct(
                repository_id=place.repository_id,
                repository_name=place.name,
                path=candidate.path,
                commit=place.commit,
                language=candidate.language,
                line=seen.line,
                end_line=seen.end_line,
                column=seen.column,
                text=seen.text,
                cut=seen.cut,
                matches=seen.matches,
            )
        )
        if self.full and not self.query.count:
            self.until = min(self.until, time.monotonic() + CHEAP_S)
