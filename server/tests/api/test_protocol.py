"""What is said in one go is what uvicorn would have said in two."""

import asyncio
import socket
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from samoey.api.protocol import DIRECT, InOneGo

ASKED = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LENGTH = (b"content-length", b"2")


class Heard(asyncio.Transport):
    """A socket of which only what is written to it is of interest."""

    def __init__(self) -> None:
        super().__init__({"socket": socket.socket()})
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def saying(headers: list[tuple[bytes, bytes]], *bodies: bytes, status: int = 200) -> Any:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for body in bodies[:-1]:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        if bodies:
            await send({"type": "http.response.body", "body": bodies[-1]})

    return app


async def heard(
    app: Any, asked: bytes = ASKED, kind: type[HttpToolsProtocol] = InOneGo
) -> tuple[list[bytes], bool]:
    """What is written for a request, and whether the connection was closed."""
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    config.load()
    protocol = kind(config=config, server_state=ServerState(), app_state={})
    transport = Heard()
    protocol.connection_made(transport)
    protocol.data_received(asked)
    while protocol.tasks:
        await asyncio.gather(*protocol.tasks)
    closed = transport.closed
    protocol.connection_lost(None)
    transport.get_extra_info("socket").close()
    return transport.writes, closed


async def test_an_answer_that_is_whole_is_one_write() -> None:
    writes, closed = await heard(saying([LENGTH, (b"x-a", b"b\tc")], b"ok"))

    assert len(writes) == 1
    assert writes[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert writes[0].endswith(b"\r\n\r\nok")
    assert not closed


ANSWERS = {
    "whole": (saying([LENGTH], b"ok"), ASKED),
    "in pieces": (saying([LENGTH], b"o", b"k"), ASKED),
    "without a length": (saying([], b"o", b"k"), ASKED),
    "empty": (saying([(b"content-length", b"0")], b"", status=404), ASKED),
    "only its head": (saying([LENGTH], b""), ASKED.replace(b"GET", b"HEAD")),
    "the last one": (saying([LENGTH, (b"Connection", b"close")], b"ok"), ASKED),
    "the last one by wish": (
        saying([LENGTH], b"ok"),
        ASKED.replace(b"Host: a", b"Host: a\r\nConnection: close"),
    ),
    "to the old": (saying([LENGTH], b"ok"), ASKED.replace(b"1.1", b"1.0")),
    "two of them": (saying([LENGTH], b"ok"), ASKED + ASKED),
    "with capitals": (saying([(b"Content-Length", b"2")], b"ok"), ASKED),
}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_what_is_said_is_what_uvicorn_says(kind: str) -> None:
    app, asked = ANSWERS[kind]

    ours, ours_closed = await heard(app, asked)
    theirs, theirs_closed = await heard(app, asked, HttpToolsProtocol)

    assert b"".join(ours).lower() == b"".join(theirs).lower()
    assert ours_closed == theirs_closed


AMISS = {
    "too short": [LENGTH, (b"x-a", b"b")],
    "two lines": [(b"content-length", b"3"), (b"x-a", b"b\r\nx-c: d")],
    "a name with a colon": [(b"content-length", b"3"), (b"x:a", b"b")],
}


@pytest.mark.parametrize("kind", AMISS)
async def test_what_http_has_no_words_for_is_a_fault_and_not_said(kind: str) -> None:
    writes, _ = await heard(saying(AMISS[kind], b"abc"))

    assert b"".join(writes).startswith(b"HTTP/1.1 500 ")
    assert b"x-c" not in b"".join(writes)


async def test_an_application_that_says_only_a_head_has_said_nothing() -> None:
    writes, _ = await heard(saying([LENGTH]))

    assert b"".join(writes).startswith(b"HTTP/1.1 500 ")


def telling(*bodies: bytes) -> Any:
    """Says parts by the extension where there is one."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        direct = scope.get("extensions", {}).get(DIRECT)
        for body in bodies:
            if direct is None:
                await send({"type": "http.response.body", "body": body, "more_body": True})
            else:
                assert direct.write(body)
        await send({"type": "http.response.body", "body": b""})

    return app


async def test_what_is_told_at_once_is_what_uvicorn_says() -> None:
    ours, _ = await heard(telling(b"one", b"", b"x" * 300))
    theirs, _ = await heard(telling(b"one", b"", b"x" * 300), kind=HttpToolsProtocol)

    assert b"".join(ours) == b"".join(theirs)
    assert b"12c\r\n" in b"".join(ours)


@pytest.mark.parametrize("head", [[LENGTH], [(b"content-length", b"0")]], ids=["two", "none"])
async def test_only_what_comes_in_chunks_is_told_at_once(head: list[tuple[bytes, bytes]]) -> None:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": head})
        scope["extensions"][DIRECT].write(b"ok")

    writes, _ = await heard(app)

    assert b"".join(writes).startswith(b"HTTP/1.1 500 ")


async def test_whoever_wants_to_know_is_told_that_nobody_listens_any_more() -> None:
    told, asked = list[str](), asyncio.Event()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        direct = scope["extensions"][DIRECT]
        gone = asyncio.Event()
        direct.when_gone(lambda: told.append("one"))
        for tell in (gone.set, lambda: told.append("two")):
            direct.when_gone(tell)
        direct.never_mind(tell)
        asked.set()
        await gone.wait()
        # Who comes too late is told as well, and what is said is said in vain.
        direct.when_gone(lambda: told.append("three"))
        assert direct.write(b"ok")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    config.load()
    protocol = InOneGo(config=config, server_state=ServerState(), app_state={})
    transport = Heard()
    protocol.connection_made(transport)
    protocol.data_received(ASKED)
    await asked.wait()
    protocol.connection_lost(None)
    await asyncio.gather(*protocol.tasks)
    transport.get_extra_info("socket").close()
    await asyncio.sleep(0)

    assert told == ["one", "three"]
    assert transport.writes == []
