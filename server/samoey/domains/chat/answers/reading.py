"""Reads the citations out of a sentence: marks such as `[S1]` or `[S2:10-20]`, and bare places."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

_LINES = r"(\d{1,7})(?:\s*[-–]\s*[L]?(\d{1,7}))?"  # noqa: RUF001 - models write the long dash
_ONE = rf"(S\d{{1,4}})(?:\s*[:,]\s*(?:lines?\s*)?L?{_LINES})?"
_MARK = re.compile(rf"\s*[\[【]\s*(?:{_ONE})(?:\s*[,;&]\s*{_ONE})*\s*[\]】]")
_EACH = re.compile(_ONE)
# What only the server may write: a model that writes it forges a checked citation.
_FORGED = re.compile(r"\s*\[\^[^\]\n]{0,20}\]")
_PLACE = re.compile(
    rf"(?<![\w/@])([\w.\-]+(?:/[\w.\-@+]+)*\.[A-Za-z]\w{{0,11}}):{_LINES}(?:@([0-9a-f]{{7,40}}))?(?!\w)"
)
_SPAN = re.compile(r"`[^`\n]+`")


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim that a source, or some lines of it, says so."""

    tag: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A claim that something stands at some lines of a path."""

    path: str
    start: int
    end: int
    commit: str | None = None


@dataclass(slots=True)
class Clause:
    """A part of a sentence with the citations that end it; the last one keeps what follows too."""

    text: str
    claims: list[Mark | Place] = field(default_factory=list)
    forged: int = 0
    tail: str = ""


def clauses(sentence: str, *, files: Collection[str] = ()) -> list[Clause]:
    """Cut a sentence at its citations; citations side by side belong to the same words.

    A bare place is one when its path has a folder or is among the names of `files`: `host:80` is
    none.
    """
    found = [Clause("")]
    begin = 0
    for start, end, claims, shown in _claims(sentence, files):
        between = sentence[begin:start]
        begin = end
        if between.strip() and found[-1].claims:
            found.append(Clause(""))
        last = found[-1]
        last.text += (between if not last.claims else "") + shown
        if claims:
            last.claims += claims
        else:
            last.forged += 1
    rest = sentence[begin:]
    if found[-1].claims:
        found[-1].tail = rest
    else:
        found[-1].text += rest
    return found


def _claims(
    sentence: str, files: Collection[str]
) -> list[tuple[int, int, list[Mark | Place], str]]:
    """Each citation with where it stands and what is left of it in the text."""
    spans = [match.span() for match in _SPAN.finditer(sentence)]

    def in_span(start: int, end: int) -> bool:
        return any(left < start and end < right for left, right in spans)

    found: list[tuple[int, int, list[Mark | Place], str]] = [
        (match.start(), match.end(), _marks(match[0]), "")
        for match in _MARK.finditer(sentence)
        if not in_span(match.start(), match.end())
    ]
    found += [(match.start(), match.end(), [], "") for match in _FORGED.finditer(sentence)]
    for match in _PLACE.finditer(sentence):
        start, end, shown = match.start(), match.end(), match[1]
        if "/" not in shown and shown not in files:
            continue
        if (start - 1, end + 1) in spans:
            start, end, shown = start - 1, end + 1, f"`{shown}`"
        first = int(match[2])
        place = Place(match[1], first, int(match[3] or first), match[4])
        found.append((start, end, [place], shown))
    return sorted(found, key=lambda claim: claim[:2])


def _marks(text: str) -> list[Mark | Place]:
    marks: list[Mark | Place] = []
    for tag, start, end in _EACH.findall(text):
        first = int(start) if start else None
        marks.append(Mark(tag, first, int(end) if end else first))
    return marks
