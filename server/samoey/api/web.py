"""Serves the built web application: static files, with a strict policy for scripts."""

import base64
import gzip
import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from samoey.kit.problems import MethodNotAllowed, NotFound

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_TEXT = frozenset({".html", ".js", ".css", ".svg", ".txt", ".json", ".map", ".webmanifest"})
_KEPT_FILES = 256


class Pages:
    """The folder of the static export as an ASGI application; it never leaves that folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._load = lru_cache(_KEPT_FILES)(self._read)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        path = scope["path"]
        if path.startswith(("/api/", "/v1/")):
            raise NotFound
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed
        found = self._find(path)
        response = self._respond(
            found or self._root / "404.html",
            200 if found else 404,
            gzipped="gzip" in request.headers.get("accept-encoding", ""),
            known=request.headers.get("if-none-match"),
            forever=path.startswith(("/_next/static/", "/monaco/")),
        )
        await response(scope, receive, send)

    def _find(self, path: str) -> Path | None:
        if "\x00" in path:
            return None
        wanted = (self._root / path.lstrip("/")).resolve()
        if not wanted.is_relative_to(self._root):
            return None
        if wanted.is_dir():
            wanted /= "index.html"
        return wanted if wanted.is_file() else None

    def _respond(
        self, file: Path, status: int, *, gzipped: bool, known: str | None, forever: bool
    ) -> Response:
        if not file.is_file():
            return Response("Not found\n", status_code=status, media_type="text/plain")
        plain, packed, tag = self._load(file, file.stat().st_mtime_ns)
        headers = {
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache",
        }
        if file.suffix == ".html":
            headers["Content-Security-Policy"] = policy(plain)
        if known == tag:
            return Response(status_code=304, headers=headers)
        body = plain
        if gzipped and packed is not None:
            headers["Content-Encoding"] = "gzip"
            body = packed
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Response(body, status_code=status, headers=headers, media_type=kind)

    @staticmethod
    def _read(file: Path, _changed: int) -> tuple[bytes, bytes | None, str]:
        plain = file.read_bytes()
        tag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
        return plain, gzip.compress(plain, 6) if file.suffix in _TEXT else None, tag


def policy(page: bytes) -> str:
    """The content security policy of one page: exactly its own inline scripts, by hash (CSP 3)."""
    scripts = _INLINE.findall(page.decode())
    hashes = sorted(
        {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    )
    allowed = " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)])
    return (
        f"default-src 'self'; script-src {allowed}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
