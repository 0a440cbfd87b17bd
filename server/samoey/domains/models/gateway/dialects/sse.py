"""Server-sent events: out of bytes that were cut anywhere, and back onto the wire."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from samoey.kit.ports.upstreams import BrokeOff

MOST_BYTES = 32 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """One event; without a name of its own it is a `message`, whose name stays empty here."""

    name: str
    data: bytes


# How OpenAI says that a stream is whole.
DONE = Event("", b"[DONE]")


class Events:
    """Finds the events in a stream of bytes; what is not whole yet waits for the next part."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._size = most, 0
        self._pieces: list[bytes] = []
        self._name, self._data = "", list[bytes]()
        self._held, self._begun = b"", False

    def feed(self, part: bytes) -> list[Event]:
        """The events that `part` completes.

        Raises:
            BrokeOff: one event is longer than any honest one.
        """
        part = self._held + part
        self._held = b""
        if not self._begun:
            if len(part) < len(_BOM) and _BOM.startswith(part):
                self._held = part
                return []
            self._begun, part = True, part.removeprefix(_BOM)
        if part.endswith(b"\r"):
            # Perhaps the first half of CRLF: it waits for the next part.
            part, self._held = part[:-1], b"\r"
        return self._lines(part)

    def rest(self) -> list[Event]:
        """At the end of the stream: the last event, where only its blank line is missing."""
        self._held = b""
        return self._lines(b"\n\n")

    def _lines(self, part: bytes) -> list[Event]:
        if b"\r" in part:
            part = part.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *done, begun = part.split(b"\n")
        events = []
        for line in done:
            if self._pieces:
                line = b"".join((*self._pieces, line))  # noqa: PLW2901 - its beginning came before
                self._pieces.clear()
            if event := self._line(line):
                events.append(event)
        if begun:
            self._pieces.append(begun)
            self._count(begun)
        return events

    def _line(self, line: bytes) -> Event | None:
        if not line:
            found = Event(self._name, b"\n".join(self._data))
            self._name, self._data, self._size = "", [], 0
            # Without data it only keeps the line open.
            return found if found.data else None
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._count(value)
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        return None

    def _count(self, more: bytes) -> None:
        self._size += len(more)
        # A line that came in pieces is counted twice; the limit is no measure of honesty.
        if self._size > 2 * self._most:
            raise BrokeOff(f"One event of the answer is longer than {self._most:,} bytes.")


def event(document: Any, name: str = "") -> Event:
    """An event of a document; a vendor that names its events says the name twice."""
    return Event(name, msgspec.json.encode(document))


def wire(events: Iterable[Event]) -> bytes:
    """Events as they go out."""
    return b"".join(
        b"event: %s\ndata: %s\n\n" % (name.encode(), data) if name else b"data: %s\n\n" % data
        for name, data in events
    )
