"""Every answer is looked at before it is told, where somebody looks at answers."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from samoey.domains.models.gateway import inspected
from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.attempts import Begun
from samoey.domains.models.gateway.metering import Events, events_of, payload
from samoey.domains.models.gateway.telling import TELLING, Telling
from samoey.kit.ports.inspection import Ended, Inspection, Replaced
from samoey.kit.ports.upstreams import BrokeOff
from samoey.kit.problems import Problem

_GOOD = 200
# A cut ends with a sentence or a line, unless none ends.
_LEAST, _MOST = 200, 2000
_PING = re.compile(rb'\{\s*"type"\s*:\s*"ping"\s*\}$')
_SENTENCE = re.compile(r"[.!?:;\u3002\uff01\uff1f][\"')\]*_`]*\s*$|\n\s*$")
_END_CHARACTERS = 32


async def look_over(asked: Asked, begun: Begun, inspection: Inspection) -> None:
    """Have a whole answer looked at, or a stream as it comes; a vendor's refusal is no answer."""
    if begun.status != _GOOD or begun.problem is not None:
        return
    if begun.rest is None:
        begun.body = await inspected.whole(asked.dialect, begun.body or b"", inspection)
        return
    # What a stream is translated into is looked at before that.
    spoken = begun.translation.spoken if begun.translation else asked.dialect
    assert begun.events is not None
    looking = _Looking(TELLING[spoken](), inspection)
    begun.rest = looking.through(begun.held, begun.events, begun.rest)
    begun.held, begun.events = b"", Events()


class _Looking:
    """Holds the events of some sentences, and lets go of them after a look."""

    def __init__(self, telling: Telling, inspection: Inspection) -> None:
        self._telling, self._inspection = telling, inspection
        self._held: list[tuple[bytes, Any]] = []
        self._texts: dict[int, list[str]] = defaultdict(list)
        self._size, self._ended = 0, False

    async def through(
        self, held: bytes, events: Events, rest: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """The stream as it may be told.

        Raises:
            Problem: it broke; what came before was looked at, and is told.
        """
        if told := await self._take(held):
            yield told
        try:
            while not self._ended:
                part = await anext(rest, None)
                if part is None:
                    break
                if told := await self._take(events.feed(part)):
                    yield told
        except Problem:
            if told := await self._let_go():
                yield told
            raise
        if told := await self._let_go():
            yield told

    async def _take(self, block: bytes) -> bytes:
        told = b""
        for event in events_of(block) if block else ():
            if self._ended:
                break
            told += await self._event(event)
        return told

    async def _event(self, event: bytes) -> bytes:
        data = payload(event).strip()
        if not data or _PING.match(data):
            # It only keeps the line open.
            return event
        if data == b"[DONE]":
            return await self._let_go() + (b"" if self._ended else event)
        document = _read(data)
        self._telling.heard(document)
        texts = self._telling.texts(document)
        if not texts:
            told = await self._let_go()
            if self._ended:
                return told
            self._telling.told(document)
            return told + event
        self._held.append((event, document))
        for place, text in texts:
            self._texts[place].append(text)
            self._size += len(text)
        last = texts[-1][1]
        if self._size > _MOST or (
            self._size > _LEAST and _SENTENCE.search(last[-_END_CHARACTERS:])
        ):
            return await self._let_go()
        return b""

    async def _let_go(self) -> bytes:
        held, texts = self._held, self._texts
        if not held:
            return b""
        self._held, self._texts, self._size = [], defaultdict(list), 0
        instead: dict[int, str] = {}
        for place, pieces in texts.items():
            verdict = await self._inspection.look("".join(pieces))
            if isinstance(verdict, Ended):
                self._ended = True
                return self._telling.end(verdict.reason)
            if isinstance(verdict, Replaced):
                instead[place] = verdict.text
        for _, document in held:
            self._telling.told(document)
        if not instead:
            return b"".join(event for event, _ in held)
        return b"".join(_otherwise(event, it, instead, self._telling) for event, it in held)


def _otherwise(event: bytes, document: Any, instead: dict[int, str], telling: Telling) -> bytes:
    """An event with other words: the first of a place tells all of them, the others none."""
    changed = False
    for place, _ in telling.texts(document):
        if place in instead:
            telling.say(document, place, instead[place])
            instead[place], changed = "", True
    return telling.event(document) if changed else event


def _read(data: bytes) -> Any:
    """The document of an event.

    Raises:
        BrokeOff: it cannot be read, so nobody can look at it.
    """
    try:
        document = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BrokeOff("What the model sent is not an answer.")
    return document
