"""Holds every citation to the repository before anybody sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from samoey.domains.chat.answers.gathering import Passage
from samoey.domains.chat.answers.naming import held, named, words
from samoey.domains.chat.answers.reading import Clause, Mark, Place, clauses
from samoey.domains.chat.schemas import CitationOut
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.schemas import Citation, Verified
from samoey.kit.context import Actor, Tools


@dataclass(slots=True)
class Checked:
    """A sentence as it may be shown, with the citations that are new in it."""

    text: str
    citations: list[CitationOut] = field(default_factory=list)
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Held:
    """A citation that exists, with what stands there."""

    passage: Passage
    verified: Verified


class Checker:
    """Checks the citations of one answer and numbers them in the order of their use."""

    def __init__(self, tools: Tools, actor: Actor, passages: Sequence[Passage]) -> None:
        self._tools, self._actor = tools, actor
        self._by_tag = {passage.source.tag: passage for passage in passages}
        self._known = frozenset[str]().union(*(words(p.source.text) for p in passages))
        self._files = {p.source.path.rpartition("/")[2] for p in passages}
        self._numbers: dict[tuple[UUID, str, int, int, str], int] = {}

    async def check(self, sentence: str) -> Checked:
        """Replace each citation that holds by `[^n]`; drop and count the others."""
        checked = Checked("")
        parts = clauses(sentence, files=self._files)
        for clause in parts:
            checked.dropped += clause.forged
            found = [await self._find(claim) for claim in clause.claims]
            kept = self._holding(clause, [it for it in found if it is not None])
            checked.dropped += len(found) - len(kept)
            numbers = dict.fromkeys(self._number(it, checked) for it in kept)
            checked.text += clause.text.rstrip(" ") if kept else clause.text
            checked.text += "".join(f"[^{number}]" for number in numbers) + clause.tail
        return checked

    def _holding(self, clause: Clause, found: list[_Held]) -> list[_Held]:
        """The citations whose lines, together, hold every symbol that the words name."""
        names = named(clause.text + clause.tail, known=self._known, files=self._files)
        if not names:
            return found
        holds = [(it, {name for name in names if _holds(it, name)}) for it in found]
        together = set[str]().union(*(held_names for _, held_names in holds))
        if together != names:
            return []
        return [it for it, held_names in holds if held_names]

    async def _find(self, claim: Mark | Place) -> _Held | None:
        citation = self._citation(claim)
        if citation is None:
            return None
        passage, wanted = citation
        verified = await knowledge.verify(self._tools, self._actor, wanted)
        return None if verified is None else _Held(passage, verified)

    def _citation(self, claim: Mark | Place) -> tuple[Passage, Citation] | None:
        passage = self._by_tag.get(claim.tag) if isinstance(claim, Mark) else self._at(claim)
        if passage is None:
            return None
        source = passage.source
        start = claim.start if claim.start is not None else source.start
        end = claim.end if claim.end is not None else source.end
        if isinstance(claim, Mark) and not source.start <= start <= end <= source.end:
            return None
        whole = (start, end) == (source.start, source.end)
        wanted = Citation(
            repository_id=passage.repository_id,
            path=source.path,
            start=start,
            end=end,
            commit=source.commit,
            text=source.text if whole else None,
        )
        return passage, wanted

    def _at(self, place: Place) -> Passage | None:
        """The passage of the file that a bare place speaks of; its lines may lie elsewhere."""
        for passage in self._by_tag.values():
            source = passage.source
            same_file = f"/{source.path}".endswith(f"/{place.path.removeprefix('./')}")
            if same_file and source.commit.startswith(place.commit or ""):
                return passage
        return None

    def _number(self, it: _Held, checked: Checked) -> int:
        cited = it.verified.citation
        key = (cited.repository_id, cited.path, cited.start, cited.end, cited.commit)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            checked.citations.append(
                CitationOut(
                    number=self._numbers[key],
                    repository_id=cited.repository_id,
                    repository_name=it.passage.source.repository_name,
                    path=cited.path,
                    start=cited.start,
                    end=cited.end,
                    commit=cited.commit,
                    symbol=it.verified.symbol,
                    text=it.verified.text,
                )
            )
        return self._numbers[key]


def _holds(it: _Held, name: str) -> bool:
    return held(
        name,
        words(it.verified.text),
        symbol=it.verified.symbol or it.passage.source.symbol,
        path=it.verified.citation.path,
    )
