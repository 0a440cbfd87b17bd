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

# A citation with the passage that its claim named, before and after it was verified.
_Claimed = tuple[Passage, Citation]
_Held = tuple[Passage, Verified]


@dataclass(slots=True)
class Checked:
    """A sentence as it may be shown, with the citations that are new in it."""

    text: str
    citations: list[CitationOut] = field(default_factory=list)
    dropped: int = 0


class Checker:
    """Checks the citations of one answer and numbers them in the order of their use."""

    def __init__(self, tools: Tools, actor: Actor, passages: Sequence[Passage]) -> None:
        self._tools, self._actor = tools, actor
        self._by_tag = {passage.source.tag: passage for passage in passages}
        self._known = frozenset[str]().union(*(words(it.source.text) for it in passages))
        self._files = {passage.source.path.rpartition("/")[2] for passage in passages}
        self._numbers: dict[tuple[UUID, str, int, int, str], int] = {}

    async def check(self, sentence: str) -> Checked:
        """Replace each citation that holds by `[^n]`; drop and count the others."""
        checked = Checked("")
        for clause in clauses(sentence, files=self._files):
            kept = await self._holding(clause)
            checked.dropped += clause.forged + len(clause.claims) - len(kept)
            numbers = dict.fromkeys(self._number(*it, checked) for it in kept)
            checked.text += clause.text.rstrip(" ") if kept else clause.text
            checked.text += "".join(f"[^{number}]" for number in numbers) + clause.tail
        return checked

    async def _holding(self, clause: Clause) -> list[_Held]:
        """The citations of a clause that stand in the repository and hold what its words name.

        Each must hold one of the named symbols, and together they must hold them all.
        """
        claimed = [it for claim in clause.claims if (it := self._claimed(claim)) is not None]
        found = [
            (passage, verified)
            for passage, citation in claimed
            if (verified := await knowledge.verify(self._tools, self._actor, citation))
        ]
        names = named(clause.text + clause.tail, known=self._known, files=self._files)
        if not names:
            return found
        holds = [(it, {name for name in names if _holds(*it, name)}) for it in found]
        if names != set[str]().union(*(names_held for _, names_held in holds)):
            return []
        return [it for it, names_held in holds if names_held]

    def _claimed(self, claim: Mark | Place) -> _Claimed | None:
        passage = self._by_tag.get(claim.tag) if isinstance(claim, Mark) else self._at(claim)
        if passage is None:
            return None
        source = passage.source
        start = claim.start if claim.start is not None else source.start
        end = claim.end if claim.end is not None else source.end
        if isinstance(claim, Mark) and not source.start <= start <= end <= source.end:
            return None
        whole = (start, end) == (source.start, source.end)
        citation = Citation(
            repository_id=passage.repository_id,
            path=source.path,
            start=start,
            end=end,
            commit=source.commit,
            text=source.text if whole else None,
        )
        return passage, citation

    def _at(self, place: Place) -> Passage | None:
        """The passage of the file that a bare place speaks of; its lines may lie elsewhere."""
        for passage in self._by_tag.values():
            source = passage.source
            same_file = f"/{source.path}".endswith(f"/{place.path.removeprefix('./')}")
            if same_file and source.commit.startswith(place.commit or ""):
                return passage
        return None

    def _number(self, passage: Passage, verified: Verified, checked: Checked) -> int:
        cited = verified.citation
        key = (cited.repository_id, cited.path, cited.start, cited.end, cited.commit)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            checked.citations.append(
                CitationOut(
                    number=self._numbers[key],
                    repository_id=cited.repository_id,
                    repository_name=passage.source.repository_name,
                    path=cited.path,
                    start=cited.start,
                    end=cited.end,
                    commit=cited.commit,
                    symbol=verified.symbol,
                    text=verified.text,
                )
            )
        return self._numbers[key]


def _holds(passage: Passage, verified: Verified, name: str) -> bool:
    symbol = verified.symbol or passage.source.symbol
    return held(name, words(verified.text), symbol=symbol, path=verified.citation.path)
