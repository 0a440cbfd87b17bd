"""Tokens as they come become text: whole characters, and nothing of where it was to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

Finish = Literal["stop", "length"]
# What a decoder writes for a character of which only some bytes are there.
_HALF = "\ufffd"
# The text of a token depends on those before it, and on no more than a few of them.
_BEFORE = 6


class Sampling(Struct, frozen=True, kw_only=True):
    """How a next token is chosen; temperature 0 takes the likeliest."""

    most_tokens: int
    temperature: float
    top_p: float
    top_k: int | None


class Defaults(Struct, frozen=True):
    """What holds where a request does not say: the model's own wishes, else OpenAI's."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int | None = None


class Heard(Struct, frozen=True):
    """All tokens so far; `ended` after the last one, `failure` when there will be no more."""

    tokens: list[int]
    ended: bool = False
    failure: str | None = None


class NoTemplate(Exception):
    """The model was not taught to hold a conversation."""


class Writer(Protocol):
    """A model that writes."""

    context_tokens: int
    defaults: Defaults
    ends: frozenset[int]

    def prompt_of(self, messages: list[dict[str, str]]) -> list[int]:
        """A conversation as the model was taught to read one; raises `NoTemplate`."""
        ...

    def tokens_of(self, text: str) -> list[int]:
        """A text as tokens."""
        ...

    def text_of(self, tokens: Sequence[int]) -> str:
        """Tokens as text; those that only steer are left out."""
        ...

    def write(
        self, prompt: list[int], sampling: Sampling, hear: Callable[[Heard], None]
    ) -> Callable[[], None]:
        """Go on from a prompt; `hear` is called from any thread. Gives what ends it early."""
        ...


class Piece(Struct, frozen=True):
    """Text that came in one go; `finish` stands in the last one."""

    text: str
    tokens: int
    finish: Finish | None = None


class WriterFailed(Exception):
    """The model could not go on."""


class Speller:
    """Puts tokens into text by and by: what may still change is held back."""

    def __init__(self, text_of: Callable[[Sequence[int]], str]) -> None:
        self._text_of = text_of
        self._told = 0

    def read(self, tokens: list[int], *, last: bool) -> str:
        """What is new in all the tokens so far."""
        begin = max(0, self._told - _BEFORE)
        known = self._text_of(tokens[begin : self._told])
        now = self._text_of(tokens[begin:])
        if not last and now.endswith(_HALF):
            return ""
        self._told = len(tokens)
        return now[len(known) :]


class Stops:
    """Ends a text before the first of some words; holds back what may become one of them."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(word for word in words if word)
        self._held = ""
        self.met = False

    def pass_on(self, text: str, *, last: bool) -> str:
        """What may be told of a text that goes on here."""
        text = self._held + text
        found = [at for word in self._words if (at := text.find(word)) >= 0]
        if found:
            self.met, self._held = True, ""
            return text[: min(found)]
        keep = 0 if last else max((_begun(text, word) for word in self._words), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _begun(text: str, word: str) -> int:
    """How many of a text's last letters are the first ones of a word."""
    longest = min(len(text), len(word) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(word[:n])), 0)


async def pieces(
    writer: Writer, prompt: list[int], sampling: Sampling, stops: Sequence[str]
) -> AsyncIterator[Piece]:
    """Write, and tell piece by piece; whoever stops listening ends the writing.

    Raises:
        WriterFailed: the model could not go on.
    """
    loop = asyncio.get_running_loop()
    coming: asyncio.Queue[Heard] = asyncio.Queue()
    speller, stop = Speller(writer.text_of), Stops(stops)

    def hear(heard: Heard) -> None:
        loop.call_soon_threadsafe(coming.put_nowait, heard)

    cancel: Callable[[], Any] = writer.write(prompt, sampling, hear)
    ended = False
    try:
        while True:
            heard = await coming.get()
            ended = heard.ended or heard.failure is not None
            if heard.failure is not None:
                raise WriterFailed(heard.failure)
            text = stop.pass_on(speller.read(heard.tokens, last=heard.ended), last=heard.ended)
            finish: Finish | None = None
            if stop.met:
                finish = "stop"
            elif heard.ended:
                full = not heard.tokens or heard.tokens[-1] not in writer.ends
                finish = "length" if full else "stop"
            if text or finish:
                yield Piece(text, len(heard.tokens), finish)
            if finish:
                return
    finally:
        if not ended:
            cancel()
