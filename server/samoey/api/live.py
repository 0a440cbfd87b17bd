"""The live door: one WebSocket per client, over which it hears what it may and asked to hear."""

from fastapi import FastAPI, WebSocket
from pydantic import SecretStr
from starlette.routing import WebSocketRoute

from samoey.api.listening.hub import Hub
from samoey.api.listening.socket import OTHER_SITE, SIGNED_OUT, Socket
from samoey.domains.identity import service as identity
from samoey.kit.context import Tools
from samoey.kit.credentials import SignedIn
from samoey.kit.http import CrossSite, credentials_of, require_same_site
from samoey.kit.problems import Unauthenticated


async def live(websocket: WebSocket) -> None:
    """Let somebody in by cookie, key or one-time ticket, and serve them until either side ends."""
    tools: Tools = websocket.state.tools
    await websocket.accept()
    try:
        who = await _who(tools, websocket)
    except CrossSite:
        await websocket.close(OTHER_SITE)
        return
    except Unauthenticated:
        await websocket.close(SIGNED_OUT)
        return
    async with tools.work(who.actor) as ctx:
        me = await identity.me(ctx)
    await Socket(websocket, tools, _hub(websocket.app, tools), who=who, name=me.name).run()


async def _who(tools: Tools, websocket: WebSocket) -> SignedIn:
    ticket = websocket.query_params.get("ticket")
    if ticket is not None:
        return await identity.redeem_live_ticket(tools, SecretStr(ticket))
    shown = credentials_of(websocket)
    if shown.bearer is None:
        # Browsers send cookies along with any page's wish for a socket.
        require_same_site(websocket)
    return await identity.authenticate(tools, shown)


def _hub(app: FastAPI, tools: Tools) -> Hub:
    """The one hub of this process' web door."""
    hub = getattr(app.state, "live_hub", None)
    if hub is None:
        hub = app.state.live_hub = Hub(tools)
    assert isinstance(hub, Hub)
    return hub


routes = [WebSocketRoute("/live", live)]
