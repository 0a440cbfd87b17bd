"""HTTP/1.1 as vendors are spoken to: a connection that takes one request after another.

A bare protocol and a parser in C, because it stands in the way of every request and of every word:
with a client of general use, a third of the relay's time was spent there.
"""

import asyncio
from collections import deque

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from samoey.adapters.models.connect.reply import HttpReply
from samoey.kit.ports.upstreams import TimeLimits

__all__ = ["Connection", "HttpReply"]

# Servers close what rests too long; whoever asks at that very moment would ask in vain.
_RESTS_S = 15.0
# A larger body is handed to the socket in parts, so that the loop is not held up.
_IN_ONE_GO = 512 * 1024
_PIECE = 128 * 1024
# What nobody has read yet: with more of it the vendor has to wait.
_MOST_UNREAD = 256 * 1024
_MOST_HEAD = 64 * 1024
_GOOD, _NO_CONTENT, _NOT_MODIFIED = 200, 204, 304


class Connection(asyncio.Protocol):
    """One connection to a vendor; while it rests it lies among the `resting` ones of its place.

    One timer watches over it for all its life: it looks when it must at the latest, and mostly
    finds that what it waited for came long ago.
    """

    def __init__(self, host: str, resting: deque["Connection"], known: set["Connection"]) -> None:
        self.host = host
        self._resting, self._known = resting, known
        self._loop = asyncio.get_running_loop()
        self._parser: HttpResponseParser | None = HttpResponseParser(self)
        # What is sloppy and can mean one thing only.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )
        self._transport: asyncio.Transport | None = None
        self._reply: HttpReply | None = None
        self._fields: dict[bytes, bytes] = {}
        self._head_size = self._unread = 0
        self._sent = True
        self._interim = self._until_closed = self._spoilt = self._held = False
        self._room: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._look_at = self._rests_until = 0.0

    async def ask(self, head: bytes, body: bytes, limits: TimeLimits, started: float) -> HttpReply:
        """Send a request, and wait for the head of its answer.

        Raises:
            Unreachable, TooSlow: no answer began.
        """
        reply = self._reply = HttpReply(self, limits, started)
        transport = self._transport
        assert transport is not None
        self.watch(reply.due)
        try:
            if len(body) <= _IN_ONE_GO:
                transport.write(head + body)
            else:
                await self._send(transport, head, body, reply)
            await reply.head()
        except BaseException:
            # Once the answer is whole, somebody else's request may be on its way here.
            if self._reply is reply:
                self.abort()
            raise
        return reply

    def watch(self, due: float) -> None:
        """Look at `due` at the latest whether what is waited for came."""
        if self._timer is not None:
            if self._look_at <= due:
                return
            self._timer.cancel()
        self._look_at = due
        self._timer = self._loop.call_at(due, self._look)

    def read_on(self) -> None:
        """What came until now was read."""
        self._unread = 0
        if self._held and self._transport is not None:
            self._held = False
            self._transport.resume_reading()

    def abort(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()

    # What the transport tells.

    # uvloop's transports are asyncio's in all but their class.
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = transport  # type: ignore[assignment]  # a stream's, as it was asked for
        self._known.add(self)

    def data_received(self, data: bytes) -> None:
        """A part of an answer; what nobody asked for ends it."""
        reply, parser = self._reply, self._parser
        if reply is None or parser is None:
            self.abort()
            return
        try:
            parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            reply.fail(f"{self.host} does not speak HTTP as expected.")
            self._spoilt = True
        if self._spoilt:
            self.abort()
        reply.wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is no more."""
        self._known.discard(self)
        if self in self._resting:
            self._resting.remove(self)
        if self._timer is not None:
            self._timer.cancel()
        self._transport = self._parser = None
        self._make_room()
        reply, self._reply = self._reply, None
        if reply is not None:
            if self._until_closed and exc is None and reply.begun:
                reply.end()
            else:
                reply.fail(f"The connection to {self.host} broke off.")

    def pause_writing(self) -> None:
        """The vendor reads more slowly than it is written to."""
        self._room = self._loop.create_future()

    def resume_writing(self) -> None:
        """It has read on."""
        self._make_room()

    # What the parser tells.

    def on_message_begin(self) -> None:
        """An answer begins; a second one to the same request is none of ours."""
        self._spoilt = self._spoilt or self._reply is None
        self._fields, self._head_size = {}, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A line of its head; raises where it has more than any honest one."""
        self._head_size += len(name) + len(value)
        if self._head_size > _MOST_HEAD:
            raise ValueError(self._head_size)
        self._fields[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        reply, parser = self._reply, self._parser
        if reply is None or parser is None:
            return
        status, fields = parser.get_status_code(), self._fields
        self._interim = status < _GOOD
        if self._interim:
            return
        self._until_closed = not (
            b"content-length" in fields
            or b"transfer-encoding" in fields
            or status in {_NO_CONTENT, _NOT_MODIFIED}
        )
        reply.begin(status, fields)
        # Who answers before it has heard all, hears no more.
        self._make_room()

    def on_body(self, part: bytes) -> None:
        """A part of its body."""
        if self._reply is None:
            return
        self._reply.hear(part)
        self._unread += len(part)
        if self._unread > _MOST_UNREAD and not self._held and self._transport is not None:
            self._held = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """It is whole: the next request may come."""
        reply, parser, transport = self._reply, self._parser, self._transport
        if self._interim or reply is None or parser is None or transport is None:
            return
        self._reply = None
        if self._held:
            self._held = False
            transport.resume_reading()
        if parser.should_keep_alive() and self._sent and not self._spoilt:
            self._rests_until = self._loop.time() + _RESTS_S
            self.watch(self._rests_until)
            self._resting.append(self)
        elif self._sent:
            transport.close()
        else:
            # Nobody will read the rest.
            transport.abort()
        reply.end()

    def rested(self) -> bool:
        """Whether a request may go over it, now that it was taken from the resting ones."""
        transport = self._transport
        return transport is not None and not transport.is_closing() and not self._spoilt

    async def _send(
        self, transport: asyncio.Transport, head: bytes, body: bytes, reply: HttpReply
    ) -> None:
        """Send what is large, piece by piece, until the vendor answers."""
        self._sent = False
        transport.write(head)
        pieces = memoryview(body)
        for begin in range(0, len(body), _PIECE):
            if reply.begun or transport.is_closing():
                return
            transport.write(pieces[begin : begin + _PIECE])
            if self._room is not None:
                await self._room
        self._sent = True

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def _look(self) -> None:
        self._timer = None
        now, reply = self._loop.time(), self._reply
        due = self._rests_until if reply is None else reply.due
        if now < due:
            self.watch(due)
            return
        if reply is not None:
            reply.late()
            self.abort()
        elif self._transport is not None:
            self._transport.close()
