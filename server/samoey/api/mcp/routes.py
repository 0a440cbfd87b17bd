"""`/mcp`: the Model Context Protocol over HTTP, for whoever shows a key or a token."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from samoey.kit.context import Actor, Tools
from samoey.kit.http import Authenticate, CrossSite, ToolsDep, credentials_of, same_site
from samoey.kit.problems import MethodNotAllowed, TooLarge, Unauthenticated

router = APIRouter(include_in_schema=False)

# A question and its envelope; files are read here, never written.
LARGEST = 256 * 1024

Speak = Callable[[Tools, Actor, bytes, Scope, Receive, Send], Awaitable[None]]


class OnlyPosted(MethodNotAllowed):
    """There is no stream to listen to and no session to end: every message is asked by POST."""

    title = "This address takes POST only."

    def headers(self) -> dict[str, str]:
        """RFC 9110 wants every 405 to name what is taken."""
        return {"Allow": "POST"}


class Answered(Response):
    """What the protocol answers to one request, when its turn to be sent has come."""

    def __init__(self, speak: Speak, tools: Tools, actor: Actor, asked: bytes) -> None:
        super().__init__()
        self._speak, self._asked = speak, (tools, actor, asked)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._speak(*self._asked, scope, receive, send)


@router.post("/mcp")
async def ask(request: Request, tools: ToolsDep) -> Response:
    """Answer one message of the protocol.

    Raises:
        CrossSite: a page of another site sent it, or one that got here by a borrowed name.
        Unauthenticated: no key and no token came along; cookies open nothing here.
        TooLarge: it is longer than any question.
    """
    require_no_rebinding(request, tools)
    shown = credentials_of(request)
    if shown.bearer is None:
        raise Unauthenticated
    authenticate: Authenticate = request.state.authenticate
    who = await authenticate(tools, shown)
    body = await _body(request)
    # A second of imports: paid by the first who asks, while others are answered.
    return Answered(await asyncio.to_thread(_speak), tools, who.actor, body)


@router.api_route("/mcp", methods=["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def only_posted() -> None:
    """Say that there is nothing but POST."""
    raise OnlyPosted


def require_no_rebinding(request: Request, tools: Tools) -> None:
    """Keep pages away that reach this server under a name of their own (DNS rebinding).

    A browser says in every such request from where its page came. It has to be this very host, and
    the host an address or a name that is ours: `localhost`, or that of the settings.

    Raises:
        CrossSite: it is another.
    """
    if "origin" not in request.headers and "sec-fetch-site" not in request.headers:
        return
    if not same_site(request) or not is_ours(request.headers.get("host", ""), tools):
        raise CrossSite(
            "Only pages of this server may ask here; programs send no Origin. If this is the"
            " server's own name, set SAMOEY_SERVER__PUBLIC_URL to it."
        )


def is_ours(host: str, tools: Tools) -> bool:
    """Whether a `Host` names this server in a way that nobody else's DNS can bend."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    settings = tools.settings.server
    known = {"localhost", settings.host.lower(), urlsplit(settings.public_url or "").hostname}
    return name in known or name.endswith(".localhost") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise TooLarge(f"Send at most {LARGEST:,} bytes.", limit=LARGEST)
    return bytes(body)


def _speak() -> Speak:
    from samoey.api.mcp.speaking import answer_request

    return answer_request
