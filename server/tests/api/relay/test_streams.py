"""What a stream is to a program, by our own server and by any other: the same, word by word."""

import asyncio
import contextlib
import gc
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from samoey.api.protocol import InOneGo
from samoey.domains.models.gateway.breaker import FAILURES
from samoey.kit.ports.upstreams import TimeLimits
from tests.api.relay.conftest import Relayed
from tests.api.relay.wire import ASKED, CHUNK, STREAMED, events, words
from tests.doubles.gateway import alias, deployment
from tests.doubles.openai import OpenAIDouble

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
USED = b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n'
END = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
ROOM = 2**24

Say = Callable[[bytes], Awaitable[None]]
Turn = Callable[[Say], Awaitable[None]]


@pytest.fixture(params=[InOneGo, "httptools"], ids=["our own", "any other"])
def spoken(request: pytest.FixtureRequest) -> object:
    return request.param


@contextlib.asynccontextmanager
async def vendor(turn: Turn) -> AsyncIterator[str]:
    """A vendor at a bare socket, which says each piece as `turn` cuts it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(piece: bytes) -> None:
            writer.write(piece)
            await writer.drain()

        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].split(b"\r")[0]
            await reader.readexactly(int(length))
            await turn(say)
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        server.close()


def asks(relayed: Relayed, url: str, **changes: object) -> None:
    relayed.standing.decided.decide(
        deployment("bare", url, **changes), aliases=(alias("fast", "bare"),)
    )


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


PLAIN = CHUNK + b": still here\n\n" + CHUNK + END
STREAMS = {
    "line feeds": PLAIN,
    "carriage returns": PLAIN.replace(b"\n", b"\r\n"),
    "a name and an empty usage": b"event: message\n" + PLAIN.replace(b"}]}", b'}],"usage":null}'),
}
CUTS = {
    "whole events": lambda it: re.findall(rb"(?s).+?(?:\r\n\r\n|\n\n)", it),
    "in the middle of events": lambda it: [it[at : at + 37] for at in range(0, len(it), 37)],
    "byte by byte": lambda it: [it[at : at + 1] for at in range(len(it))],
    "all at once": lambda it: [it],
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("kind", STREAMS)
async def test_wherever_a_stream_is_cut_it_is_told_whole_and_counted(
    relayed: Relayed, kind: str, cut: str
) -> None:
    said = STREAMS[kind]

    async def turn(say: Say) -> None:
        await say(HEAD)
        # The usage comes in the last event, and with the end of the body.
        for piece in CUTS[cut](said):
            await say(chunked(piece))
            await asyncio.sleep(0)
        await say(chunked(USED + DONE) + b"0\r\n\r\n")

    async with vendor(turn) as url:
        asks(relayed, url)
        async with relayed.ask(STREAMED) as response:
            body = await response.read()

    assert body == said + DONE
    [row] = relayed.standing.purses.rows
    assert (row.prompt_tokens, row.completion_tokens, row.status) == (3, 2, 200)


async def test_the_first_word_is_told_before_the_second_is_there(relayed: Relayed) -> None:
    heard = asyncio.Event()

    async def turn(say: Say) -> None:
        await say(HEAD + chunked(CHUNK))
        await heard.wait()
        await say(chunked(CHUNK))
        await heard.wait()
        await say(chunked(END + DONE) + b"0\r\n\r\n")

    async with vendor(turn) as url:
        asks(relayed, url)
        async with relayed.ask(STREAMED) as response:
            for _ in range(2):
                assert await response.content.readexactly(len(CHUNK)) == CHUNK
                heard.set()
                await asyncio.sleep(0)
            assert await response.content.read() == END + DONE


async def test_a_program_that_reads_slowly_holds_the_vendor_back_and_loses_nothing(
    relayed: Relayed,
) -> None:
    big = CHUNK.replace(b"Half a", b"x" * 2**16)
    sent = 0

    async def turn(say: Say) -> None:
        nonlocal sent
        await say(HEAD)
        for _ in range(2 * ROOM // 2**16):
            await say(chunked(big))
            sent += 1
        await say(chunked(END + DONE) + b"0\r\n\r\n")

    async with vendor(turn) as url:
        # Who waits for the program is not late.
        asks(relayed, url, limits=TimeLimits(gap_s=0.2))
        async with relayed.ask(STREAMED) as response:
            before = -1
            while sent != before:
                before = sent
                await asyncio.sleep(0.3)
            assert sent < ROOM // 2**16
            body = await response.read()

    assert body.count(b"data: ") == 2 * ROOM // 2**16 + 2
    assert body.endswith(DONE)
    assert relayed.standing.purses.rows[0].status == 200


async def test_who_leaves_in_mid_stream_is_noticed_while_the_vendor_says_nothing(
    relayed: Relayed,
) -> None:
    async def turn(say: Say) -> None:
        await say(HEAD + chunked(CHUNK))
        # Nothing more, and the end of the connection is seen by the vendor.

    async with vendor(turn) as url:
        asks(relayed, url)
        standing = relayed.standing.gateway.standings.of("bare")
        # So long a request had its connection pause.
        long = [{"role": "user", "content": "x" * 2**17}]
        response = await relayed.ask(STREAMED | {"messages": long})
        assert await response.content.readexactly(len(CHUNK)) == CHUNK
        response.close()
        async with asyncio.timeout(60):
            while standing.in_hand:  # noqa: ASYNC110 - the gateway tells nobody that it has let go
                await asyncio.sleep(0.01)

    [row] = relayed.standing.purses.rows
    assert (row.status, row.completion_tokens) == (499, 1)
    assert standing.breaker.state == "closed"


async def test_who_breaks_off_in_mid_stream_again_and_again_rests(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    for _ in range(FAILURES):
        first.half("Half an answer that")
        async with relayed.ask(STREAMED) as response:
            body = await response.read()
        assert words(body) == "Half an answer that"
        assert events(body)[-1]["error"]["code"] == "broke_off"
    second.document("Yes.")

    async with relayed.ask(ASKED) as response:
        assert b"Yes." in await response.read()

    assert relayed.standing.gateway.standings.of("first").breaker.state == "open"
    assert [row.status for row in relayed.standing.purses.rows] == [502] * FAILURES + [200]


async def test_a_failure_that_is_told_in_mid_stream_counts_too(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    for _ in range(FAILURES):
        first.raw(CHUNK + b'data: {"error":{"message":"overloaded"}}\n\n')
        async with relayed.ask(STREAMED) as response:
            await response.read()

    assert relayed.standing.gateway.standings.of("first").breaker.state == "open"


async def test_who_talks_without_end_is_cut_off_and_asked_again(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    relayed.hasten(first, second, whole_s=0.2)
    for _ in range(FAILURES):
        first.raw(CHUNK, hold=True)
        async with relayed.ask(STREAMED) as response:
            body = await response.read()
        assert events(body)[-1]["error"]["code"] == "too_slow"

    assert relayed.standing.gateway.standings.of("first").breaker.state == "closed"


async def test_a_request_leaves_nothing_for_the_garbage_collector(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.say("Yes.")
    async with relayed.ask(STREAMED) as response:
        await response.read()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for asked in (ASKED, STREAMED):
            # So long that a listener for the end of the connection is there, where it needs one.
            first.say("Yes, of course.", pace_s=0.02) if asked is STREAMED else first.document("Y")
            async with relayed.ask(asked) as response:
                await response.read()
        await asyncio.sleep(0)
        gc.collect()
        left = {type(it).__name__ for it in gc.garbage if type(it).__module__.startswith("samoey.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()

    assert left == set()
