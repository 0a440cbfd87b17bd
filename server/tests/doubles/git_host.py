"""A git server on loopback: git's own `http-backend` behind a door that can ask for a token.

Smart HTTP is git's own program, so nothing of the protocol is imitated; what can be bad about a
server is added: it redirects, breaks off in mid-answer, or never answers.
"""

import asyncio
import base64
import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.author import Author
from tests.doubles import loopback


class GitHost:
    """The server; `repositories` below `root` are served under their names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = ""
        self.token: str | None = None
        # Path prefix -> where it sends people.
        self.redirects: dict[str, str] = {}
        # Break off after so many bytes of a pack.
        self.cut_after: int | None = None
        self.silent = False
        # What was asked for: the path, and the user who asked.
        self.asked: list[tuple[str, str | None]] = []

    def repository(self, name: str = "app.git") -> Author:
        """A new repository that is served, with a work tree beside it whose origin it is."""
        Author(self.root / name, bare=True)
        author = Author(self.root.parent / f"work-{name}")
        author.git("remote", "add", "origin", str(self.root / name))
        return author

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        user, secret = _basic(headers.get("authorization"))
        self.asked.append((scope["path"], user))
        for prefix, target in self.redirects.items():
            if scope["path"].startswith(prefix):
                await _answer(send, 301, [(b"location", target.encode())])
                return
        if self.silent:
            await asyncio.sleep(60)
        if self.token is not None and secret != self.token:
            challenge = [(b"www-authenticate", b'Basic realm="git"')]
            await _answer(send, 401, challenge, f"no entry for {secret}".encode())
            return
        await self._serve(scope, headers, await _body(receive), send)

    async def _serve(
        self, scope: dict[str, Any], headers: dict[str, str], body: bytes, send: Any
    ) -> None:
        process = await asyncio.create_subprocess_exec(
            "git",
            "http-backend",
            env=self._cgi(scope, headers, body),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        out, _ = await process.communicate(body)
        head, _, content = out.partition(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
        status = int(fields.pop(b"Status", b"200").split()[0])
        given = [(name.lower(), value) for name, value in fields.items()]
        if self.cut_after is not None and body:
            await send({"type": "http.response.start", "status": status, "headers": given})
            part = {"body": content[: self.cut_after], "more_body": True}
            await send({"type": "http.response.body", **part})
            message = "the line was cut"
            raise ConnectionError(message)
        await _answer(send, status, given, content)

    def _cgi(self, scope: dict[str, Any], headers: dict[str, str], body: bytes) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": scope["method"],
            "PATH_INFO": scope["path"],
            "QUERY_STRING": scope["query_string"].decode(),
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
            "GIT_PROTOCOL": headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }


def _basic(header: str | None) -> tuple[str | None, str | None]:
    if header is None:
        return None, None
    user, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return user, secret


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(
    send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def git_host(root: Path) -> Iterator[GitHost]:
    """Run the server on a free loopback port."""
    root.mkdir(parents=True)
    host = GitHost(root)
    with loopback.in_thread(host, starts_processes=True) as host.url:
        yield host
