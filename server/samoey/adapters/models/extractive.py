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
        """Lead with what was found and where, then show it."""
        question = next((m.text for m in reversed(request.messages) if m.role == "user"), "")
        sources = request.sources[:_MOST_PASSAGES]
        for text in _paragraphs(question, sources):
            yield Piece(text=text)
        yield Piece(finish="stop", model="extractive")


def _paragraphs(question: str, sources: tuple[Source, ...]) -> Iterator[str]:
    if not sources:
        yield "Nothing in the connected code matches this question.\n"
        return
    shown = [(source, *_window(question, source)) for source in sources]
    first, start, end, text = shown[0]
    yield f"The closest match is {_named(first, text)} {_tag(first, start, end)}."
    if len(shown) > 1:
        yield " Further matches:\n\n"
        for source, start, end, text in shown[1:]:
            yield f"- {_named(source, text)} {_tag(source, start, end)}\n"
    else:
        yield "\n"
    for source, start, end, text in shown:
        fence = _fence(text)
        yield (
            f"\n**`{source.path}`**, lines {start} to {end} {_tag(source, start, end)}\n\n"
            f"{fence}{(source.language or '').lower()}\n{text}\n{fence}\n"
        )


def _named(source: Source, text: str) -> str:
    """What a passage is, in words that its own lines bear out."""
    if source.symbol is None:
        return f"`{source.path}`"
    if _SYMBOL.fullmatch(source.symbol):
        # A later part of a long definition does not hold its name.
        if _JOINT.split(source.symbol)[-1] not in text:
            return f"`{source.path}`"
        return f"`{source.symbol}` in `{source.path}`"
    # A section of a document: its own heading, without those it stands under.
    heading = source.symbol.rpartition(" / ")[2].replace("`", "").strip()
    return f"“{heading}” in `{source.path}`"


def _tag(source: Source, start: int, end: int) -> str:
    if (start, end) == (source.start, source.end):
        return f"[{source.tag}]"
    return f"[{source.tag}:{start}-{end}]"


def _fence(text: str) -> str:
    """A fence longer than any row of backticks in the text, so that nothing breaks out of it."""
    longest = max((len(row) for row in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


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
