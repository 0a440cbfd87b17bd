"""Cuts what a model says into units that can be judged before anybody sees them."""

import re
from dataclasses import dataclass

# A sentence's end, with the citation marks that follow it; what comes next must be seen, because
# it may be a mark that still belongs to the sentence.
_END = re.compile(
    r"""[.!?]["')*_]*(?:[ \t]*[\[【][^\[\]【】\n]{1,80}[\]】])*[ \t]+(?=[^\s\[【])|\n"""
)
_SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no)|\b[A-Za-z])$")
_OPENING = re.compile(r" {0,3}(`{3,}|~{3,})[^\n]*\n")
_MAYBE_OPENING = re.compile(r" {0,3}(?:`{0,2}|~{0,2}|`{3,}[^\n]*|~{3,}[^\n]*)$")
_LONGEST_UNIT = 2_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence with its end, or lines of a code block, which are never read for citations."""

    text: str
    code: bool = False


class Cutter:
    """Takes words as they come, gives whole units."""

    def __init__(self) -> None:
        self._held = ""
        self._fence: str | None = None
        self._line_begins = True

    def add(self, text: str) -> list[Unit]:
        """The units that `text` completed."""
        self._held += text
        return self._units(final=False)

    def rest(self) -> list[Unit]:
        """What is left when nothing more comes."""
        return self._units(final=True)

    def _units(self, *, final: bool) -> list[Unit]:
        units: list[Unit] = []
        while size := self._next(final=final):
            text, self._held = self._held[:size], self._held[size:]
            unit = Unit(text, code=self._is_code(text))
            self._line_begins = text.endswith("\n")
            if unit.code and units and units[-1].code:
                units[-1] = Unit(units[-1].text + text, code=True)
            else:
                units.append(unit)
        return units

    def _next(self, *, final: bool) -> int:
        held = self._held
        whole = len(held) if final else 0
        if self._fence is not None:
            return held.find("\n") + 1 or whole
        if self._line_begins:
            if opening := _OPENING.match(held):
                return opening.end()
            if _MAYBE_OPENING.match(held):
                return whole
        for end in _END.finditer(held):
            if end[0] == "\n" or not _inside(held[: end.start()]):
                return end.end()
        if len(held) > _LONGEST_UNIT:
            return held.rfind(" ", 0, _LONGEST_UNIT) + 1 or _LONGEST_UNIT
        return whole

    def _is_code(self, text: str) -> bool:
        if self._fence is not None:
            line = text.strip()
            if line.startswith(self._fence) and not line.strip(self._fence[0]):
                self._fence = None
            return True
        opening = _OPENING.match(text) if self._line_begins else None
        if opening:
            self._fence = opening[1]
        return opening is not None


def _inside(before: str) -> bool:
    """Whether what looks like a sentence's end stands in a code span or ends a short form."""
    return before.count("`") % 2 == 1 or _SHORT.search(before) is not None
