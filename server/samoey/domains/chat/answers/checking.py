"""Holds every citation to the repository before anybody sees it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.chat.answers.reading import Clause, Mark, Place, clauses
from samoey.domains.chat.context.parts import Passage
from samoey.domains.chat.naming import held, named, words, written
from samoey.domains.chat.schemas import CitationOut
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.schemas import Citation, Verified
from samoey.kit.context import Actor, Tools
from samoey.kit.ports.models import Source

if TYPE_CHECKING:
    from samoey.domains.knowledge.service import Bearing

# What bears out less than this of a sentence is no support of it.
ENOUGH = 0.44
# Lines that another passage beats by more are not those that were meant.
BEATEN = 0.2
PROSE = frozenset({"markdown", "rst", "asciidoc", "text"})
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
    """Checks the citations of one answer and numbers them in the order of their use.

    Whether lines bear out what is said of them is only asked where somebody said it in words of
    their own (`told`): what is laid out says nothing but itself.
    """

    def __init__(self, tools: Tools, actor: Actor, passages: Sequence[Passage]) -> None:
        self._tools, self._actor = tools, actor
        self._numbers: dict[tuple[UUID, str, int, int, str], int] = {}
        self._bearing: Bearing | None = None
        self.hold_to(passages)

    def hold_to(self, passages: Sequence[Passage], *, others: Sequence[Passage] = ()) -> None:
        """From now on only these can be cited; `others` may still bear a claim out better."""
        self._others = others
        self._by_tag = {passage.source.tag: passage for passage in passages}
        self._known = frozenset[str]().union(*(words(it.source.text) for it in passages))
        self._files = {passage.source.path.rpartition("/")[2] for passage in passages}
        self._bearing = None

    async def check(self, sentence: str, *, told: bool = True) -> Checked:
        """Replace each citation that holds by `[^n]`; drop and count the others."""
        checked = Checked("")
        for clause in clauses(sentence, files=self._files):
            kept = await self._holding(clause, told=told)
            checked.dropped += clause.forged + len(clause.claims) - len(kept)
            numbers = dict.fromkeys(self._number(*it, checked) for it in kept)
            checked.text += clause.text.rstrip(" ") if kept else clause.text
            checked.text += "".join(f"[^{number}]" for number in numbers) + clause.tail
        return checked

    async def _holding(self, clause: Clause, *, told: bool) -> list[_Held]:
        """The citations of a clause that stand in the repository and hold what its words name.

        Each must hold one of the named symbols, and together they must hold them all, and bear out
        what the words say of them.
        """
        claimed = [it for claim in clause.claims if (it := self._claimed(claim)) is not None]
        found = [
            (passage, verified)
            for passage, citation in claimed
            if (verified := await knowledge.verify(self._tools, self._actor, citation))
        ]
        said = clause.text + clause.tail
        names = named(said, known=self._known, files=self._files)
        if names:
            holds = [(it, {name for name in names if _holds(*it, name)}) for it in found]
            if names != set[str]().union(*(names_held for _, names_held in holds)):
                return []
            found = [it for it, names_held in holds if names_held]
        if not told or not found:
            return found
        if self._bearing is None:
            repositories = {it.repository_id for it in (*self._by_tag.values(), *self._others)}
            self._bearing = await knowledge.bearing(self._tools, self._actor, list(repositories))
        borne = await asyncio.to_thread(self._borne_out, self._bearing, said, names, found)
        return found if borne else []

    def _borne_out(
        self, bearing: "Bearing", said: str, names: set[str], found: Sequence[_Held]
    ) -> bool:
        """Whether the lines bear out what is said, and no other passage does so much better."""
        support = bearing.support
        around = " ".join(f"{it.citation.path} {it.symbol or ''}" for _, it in found)
        cited = support(said, names, [verified.text for _, verified in found], around=around)
        if cited is None:
            return True
        if cited < ENOUGH:
            return False
        elsewhere = (
            support(said, names, [source.text], around=f"{source.path} {source.symbol or ''}")
            for source in self._elsewhere(found)
            if not (_is_prose(source) and any(not _is_prose(it.source) for it, _ in found))
            and all(_stands(source, name) for name in names)
        )
        return all(other is None or other - cited <= BEATEN for other in elsewhere)

    def _elsewhere(self, found: Sequence[_Held]) -> list[Source]:
        taken = [passage for passage, _ in found]
        there = (*self._by_tag.values(), *self._others)
        return [each.source for each in there if each not in taken]

    def _claimed(self, claim: Mark | Place) -> _Claimed | None:
        passage = self._by_tag.get(claim.tag) if isinstance(claim, Mark) else self._at(claim)
        if passage is None:
            return None
        source = passage.source
        start = claim.start if claim.start is not None else source.start
        end = claim.end if claim.end is not None else source.end
        if isinstance(claim, Mark) and not _shown(passage, start, end):
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


def _is_prose(source: Source) -> bool:
    """Whether it is documentation, which says in words what code only does: it outdoes no code."""
    return source.language in PROSE


def _shown(passage: Passage, start: int, end: int) -> bool:
    """Whether lines are of a passage, or among those that stand with it."""
    source = passage.source
    if source.start <= start <= end <= source.end:
        return True
    around = {line.number for line in passage.around}
    return start <= end and around.issuperset(range(start, end + 1))


def _stands(source: Source, name: str) -> bool:
    return held(name, words(source.text), symbol=source.symbol, path=source.path)


def _holds(passage: Passage, verified: Verified, name: str) -> bool:
    source, cited = passage.source, verified.citation
    # Lines that only stand with a passage do not belong to its definition.
    its_own = source.start <= cited.start <= cited.end <= source.end
    symbol = verified.symbol or (source.symbol if its_own else None)
    stands = held(name, words(verified.text), symbol=symbol, path=cited.path)
    return stands and written(name, verified.text)
