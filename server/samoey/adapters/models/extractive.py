"""The model that is always there: it lays out what was found and invents nothing."""

import re
from collections.abc import AsyncIterator, Iterator

from samoey.kit.ports.models import ChatRequest, Piece, Source

_MOST_PASSAGES = 5
_MOST_LINES = 24
_SYMBOL = re.compile(r"[\w$.:<>~#@+-]+")
_JOINT = re.compile(r"\.|::|->|#")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


class ExtractiveChat:
    """Answers with the best passages; cites by tag, as a language model is asked to."""

    async def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        """Name what fits best, then show the passages, each below its citation."""
        question = next((m.text for m in reversed(request.messages) if m.role == "user"), "")
        sources = request.sources[:_MOST_PASSAGES]
        for text in _paragraphs(question, sources):
            yield Piece(text=text)
        yield Piece(finish="stop", model="extractive")


def _paragraphs(question: str, sources: tuple[Source, ...]) -> Iterator[str]:
    if not sources:
        yield "Nothing in the connected code matches this question.\n"
        return
    first, *further = sources
    yield from _passage(question, first, begin="The closest match")
    for place, source in enumerate(further):
        begin = "" if place else "Further matches, best first:\n\n"
        yield f"\n{begin}"
        yield from _passage(question, source)


def _passage(question: str, source: Source, *, begin: str | None = None) -> Iterator[str]:
    """The lines of a passage below their citation, which stands alone: it is their heading."""
    start, end, text = _window(question, source)
    if begin is not None:
        yield f"{begin}{_named(source, text)}:\n\n"
    fence = _fence(text)
    yield f"{_tag(source, start, end)}\n\n{fence}{_info(source)}\n{text}\n{fence}\n"


def _named(source: Source, text: str) -> str:
    """What a passage is, in words that its own lines bear out; nothing where they tell no name."""
    if source.symbol is None:
        return ""
    if _SYMBOL.fullmatch(source.symbol):
        # A later part of a long definition does not hold its name.
        return f" is `{source.symbol}`" if _JOINT.split(source.symbol)[-1] in text else ""
    # A section of a document: its own heading, without those it stands under.
    heading = source.symbol.rpartition(" / ")[2].replace("`", "").strip()
    return f" is “{heading}”"


def _tag(source: Source, start: int, end: int) -> str:
    if (start, end) == (source.start, source.end):
        return f"[{source.tag}]"
    return f"[{source.tag}:{start}-{end}]"


def _fence(text: str) -> str:
    """A fence longer than any row of backticks in the text, so that nothing breaks out of it."""
    longest = max((len(row) for row in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _info(source: Source) -> str:
    """What stands behind the fence: the language, and the path where a fence can hold it."""
    language = (source.language or "text").lower()
    return language if re.search(r"[`\s]", source.path) else f"{language} {source.path}"


def _window(question: str, source: Source) -> tuple[int, int, str]:
    """What to show of a passage, with the numbers of its first and last line.

    A long definition shows its head, where its name stands; other long text shows the lines that
    speak most of the question.
    """
    lines = source.text.split("\n")[: source.end - source.start + 1]
    if len(lines) <= _MOST_LINES:
        return source.start, source.end, "\n".join(lines).rstrip("\n")
    if source.symbol:
        return source.start, source.start + _MOST_LINES - 1, "\n".join(lines[:_MOST_LINES])
    asked = {word.lower() for word in _WORD.findall(question)}
    named = [asked & {word.lower() for word in _WORD.findall(line)} for line in lines]
    best, most = 0, -1
    for begin in range(len(lines) - _MOST_LINES + 1):
        here = len(set().union(*named[begin : begin + _MOST_LINES]))
        if here > most:
            best, most = begin, here
    chosen = lines[best : best + _MOST_LINES]
    return source.start + best, source.start + best + len(chosen) - 1, "\n".join(chosen)
