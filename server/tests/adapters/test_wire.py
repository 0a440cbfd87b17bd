"""How vendors are spoken to, at real sockets whose other end says what a test wants."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from samoey.adapters.models.connect.http import Vendors
from samoey.adapters.network import NetworkGuard
from samoey.kit.ports.upstreams import BrokeOff, TimeLimits, TooSlow, Unreachable

Turn = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENT = TimeLimits()
SHORT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
MOST = 2**25


class Server:
    """Takes connections, reads a request, then does what its turns say, one for each."""

    def __init__(self, *turns: Turn | bytes) -> None:
        self.turns = list(turns)
        self.connections = 0
        self.asked: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while self.turns:
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked.append(head)
                turn = self.turns.pop(0)
                if isinstance(turn, bytes):
                    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
                    await reader.readexactly(length)
                    writer.write(turn)
                else:
                    await turn(reader, writer)
            await reader.read()
        writer.close()


@contextlib.asynccontextmanager
async def running(*turns: Turn | bytes, **more: Any) -> AsyncIterator[Server]:
    serving = Server(*turns)
    server = await asyncio.start_server(serving.serve, "127.0.0.1", 0, **more)
    serving.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/chat"
    async with server:
        yield serving
        server.close()


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    vendors = Vendors(NetworkGuard("test", private_allowed=True, outside_allowed=False))
    yield vendors
    await vendors.close()


async def answer(vendors: Vendors, url: str, body: bytes = b"{}", **more: Any) -> bytes:
    reply = await vendors.post(url, (), body, more.get("limits", PATIENT))
    try:
        return await reply.read(MOST)
    finally:
        await reply.aclose()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "by its length": SHORT,
    "in chunks": CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
    "after an interim answer": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + SHORT,
    "after a call to go on": b"HTTP/1.1 100 Continue\r\n\r\n" + SHORT,
}


@pytest.mark.parametrize("told", WHOLE)
async def test_a_connection_whose_answer_is_whole_takes_the_next_request(
    vendors: Vendors, told: str
) -> None:
    async with running(WHOLE[told], WHOLE[told]) as server:
        for _ in range(2):
            assert await answer(vendors, server.url) == b"{}"

    assert server.connections == 1
    assert server.asked[0].startswith(b"POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1:")


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(2)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n{}")
    writer.close()


LAST: dict[str, Turn | bytes] = {
    "said so": SHORT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    "old": SHORT.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "said more than its answer": SHORT + SHORT,
    "ended by closing": closing,
}


@pytest.mark.parametrize("told", LAST)
async def test_a_connection_that_is_at_its_end_takes_none(vendors: Vendors, told: str) -> None:
    async with running(LAST[told], SHORT) as server:
        assert await answer(vendors, server.url) == b"{}"
        assert await answer(vendors, server.url) == b"{}"

    assert server.connections == 2


async def test_a_connection_that_was_closed_while_it_rested_is_not_used(vendors: Vendors) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(SHORT)
        await writer.drain()
        writer.close()

    async with running(once, SHORT) as server:
        assert await answer(vendors, server.url) == b"{}"
        await asyncio.sleep(0.05)
        assert await answer(vendors, server.url) == b"{}"


BROKEN = {
    "its length": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
    "a chunk": CHUNKED + b"9\r\n{",
    "the chunks": CHUNKED + b"1\r\n{\r\n",
    "sense": CHUNKED + b"1\r\n{\r\nzz\r\n",
}


@pytest.mark.parametrize("told", BROKEN)
async def test_what_ends_before_its_end_is_no_answer(vendors: Vendors, told: str) -> None:
    async def breaking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(BROKEN[told])
        writer.close()

    async with running(breaking) as server:
        with pytest.raises(BrokeOff):
            await answer(vendors, server.url)


NO_ANSWER = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "another one by wish": b"HTTP/1.1 101 No\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "an endless head": b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("told", NO_ANSWER)
async def test_what_is_no_answer_at_all_was_not_reached(vendors: Vendors, told: str) -> None:
    async def babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(NO_ANSWER[told])
        await writer.drain()
        writer.close()

    async with running(babbling) as server:
        with pytest.raises(Unreachable):
            await answer(vendors, server.url)


async def test_each_limit_of_time_is_told_by_its_name(vendors: Vendors) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def falls_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + b"1\r\n{\r\n")
        await reader.read()

    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED)
        while True:
            writer.write(b"1\r\n{\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    for turn, stage, limits in (
        (silent, "first", TimeLimits(first_s=0.3)),
        (falls_silent, "gap", TimeLimits(gap_s=0.3)),
        (endless, "whole", TimeLimits(whole_s=1)),
    ):
        async with running(turn) as server:
            with pytest.raises(TooSlow) as slow:
                await answer(vendors, server.url, limits=limits)
        assert slow.value.extra["stage"] == stage


async def test_who_is_asked_and_left_alone_is_hung_up_on(vendors: Vendors) -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        gone.set()

    async with running(silent) as server:
        asking = asyncio.create_task(answer(vendors, server.url, limits=PATIENT))
        while not server.asked:  # noqa: ASYNC110 - the other end offers no event
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait_for(gone.wait(), 60)
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_a_large_request_arrives_whole_and_one_that_is_refused_early_is_told_so(
    vendors: Vendors,
) -> None:
    body = bytes(range(256)) * 2**16
    heard: list[bytes] = []

    async def takes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readexactly(len(body)))
        writer.write(SHORT)

    async def refuses(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        await asyncio.sleep(3600)

    async with running(takes, refuses, SHORT) as server:
        limits = TimeLimits()
        assert await answer(vendors, server.url, body, limits=limits) == b"{}"
        assert await answer(vendors, server.url, body, limits=limits) == b"no"
        # What was not sent to its end is no beginning for another request.
        assert await answer(vendors, server.url) == b"{}"

    assert heard == [body]
    assert server.connections == 2


async def test_who_is_read_slowly_has_to_wait_and_loses_nothing(vendors: Vendors) -> None:
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readexactly(2)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % 2**25)
        for _ in range(2**9):
            writer.write(b"x" * 2**16)
            await writer.drain()
            sent += 2**16

    async with running(flood) as server:
        reply = await vendors.post(server.url, (), b"{}", TimeLimits())
        await asyncio.sleep(0.3)
        unread = sent
        size = sum([len(part) async for part in reply.parts()])

    assert unread < 2**24
    assert size == 2**25


async def test_the_next_number_is_tried_where_the_first_leads_nowhere(
    vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def both(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80))
            for number in ("127.0.0.9", "127.0.0.1")
        ]

    async with running(SHORT) as server:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
        url = server.url.replace("127.0.0.1", "models.example.org")
        assert await answer(vendors, url) == b"{}"
        assert b"\r\nHost: models.example.org:" in server.asked[0]


async def test_nobody_listens_and_that_is_told_without_a_key(vendors: Vendors) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(Unreachable, match=r"^127\.0\.0\.1 cannot be reached\.$"):
        await vendors.post(f"http://127.0.0.1:{port}/", (("Authorization", "s3"),), b"", PATIENT)


async def test_a_key_of_two_lines_says_nothing_to_anybody(vendors: Vendors) -> None:
    async with running(SHORT) as server:
        with pytest.raises(Unreachable, match="more than one line") as refused:
            await vendors.post(server.url, (("Authorization", "s3\r\nX: y"),), b"{}", PATIENT)

    assert "s3" not in str(refused.value)
    assert server.asked == []


def in_chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


async def test_what_is_poured_is_told_as_it_comes_and_the_rest_waits(vendors: Vendors) -> None:
    heard = list[bytes]()
    more = asyncio.Event()

    async def turn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(CHUNKED + in_chunks(b"one"))
        await more.wait()
        # A chunk that comes in two reads.
        whole = in_chunks(b"two")
        writer.write(whole[:5])
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(whole[5:] + in_chunks(b"three") + b"0\r\n\r\n")

    def say(part: bytes) -> bool:
        heard.append(part)
        more.set()
        return b"".join(heard) != b"one"

    async with running(turn) as server:
        reply = await vendors.post(server.url, (), b"{}", PATIENT)
        assert await reply.parts().pour(say) is True
        assert heard == [b"one"]
        assert await reply.parts().pour(say) is False

    assert b"".join(heard) == b"onetwothree"


async def test_what_goes_wrong_with_whom_it_is_told_is_raised_and_nothing_more_is_told(
    vendors: Vendors,
) -> None:
    heard = list[bytes]()

    async def turn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(CHUNKED)
        for _ in range(3):
            await asyncio.sleep(0.01)
            writer.write(in_chunks(b"one"))

    def say(part: bytes) -> bool:
        heard.append(part)
        raise LookupError

    async with running(turn) as server:
        reply = await vendors.post(server.url, (), b"{}", PATIENT)
        with pytest.raises(LookupError):
            await reply.parts().pour(say)
        await asyncio.sleep(0.05)
        await reply.aclose()

    assert len(heard) == 1


@pytest.mark.parametrize("end", ["cut", "silence"])
async def test_what_is_poured_ends_as_what_is_asked_for(vendors: Vendors, end: str) -> None:
    heard = list[bytes]()

    async def turn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(CHUNKED + in_chunks(b"one"))
        await asyncio.sleep(0.01)
        writer.write(in_chunks(b"two"))
        if end == "cut":
            writer.close()

    def say(part: bytes) -> bool:
        heard.append(part)
        return True

    async with running(turn) as server:
        reply = await vendors.post(server.url, (), b"{}", TimeLimits(gap_s=0.2))
        with pytest.raises(BrokeOff if end == "cut" else TooSlow) as told:
            await reply.parts().pour(say)

    assert b"".join(heard) == b"onetwo"
    assert end == "cut" or told.value.extra["stage"] == "gap"
