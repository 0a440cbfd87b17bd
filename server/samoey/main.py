"""The role `serve`: migrates, opens the port, then serves until it is told to stop."""

import asyncio
import logging
import socket

import uvicorn

from samoey import serving
from samoey.api.app import create_app
from samoey.kit.listening import listen
from samoey.kit.pages import web_root
from samoey.kit.schema import migrate
from samoey.kit.settings import Settings
from samoey.kit.starting import READY_FD_VARIABLE, told
from samoey.kit.telemetry import start_logging
from samoey.tools import House, open_house

log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve the web door until a signal comes.

    Raises:
        PortTaken: another program listens there.
        Problem: the database, its schema or the bus are not as they must be.
    """
    start_logging(settings.log)
    listening = listen(settings.server.host, settings.server.port)
    with listening, asyncio.Runner(loop_factory=serving.loop_factory()) as runner:
        runner.run(_serve(settings, listening))


async def _serve(settings: Settings, listening: socket.socket) -> None:
    if settings.database_url is not None:
        await asyncio.to_thread(migrate, settings.database_url.get_secret_value())
    async with open_house(settings) as house:
        await house.tools.bus.ping()
        root = web_root(settings.server)
        if root is None:
            log.warning("the web application is not built; only the API is served (`make build`)")
        app = create_app(house.tools, web_root=root, relay=await house.gate.relay())
        server = serving.server(app, settings.server)
        announcing = asyncio.create_task(_announce(server, house, listening))
        await server.serve(sockets=[listening])
        announcing.cancel()


async def _announce(server: uvicorn.Server, house: House, listening: socket.socket) -> None:
    from samoey.domains.identity.sessions import tokens
    from samoey.domains.workspaces import service as workspaces

    await serving.answers(server)
    tools = house.tools
    url = tools.settings.server.public_url or serving.url_of(listening)
    token = await workspaces.offer_setup(tools)
    link = f"{url.rstrip('/')}/setup/#{token}" if token else None
    if not told(READY_FD_VARIABLE, {"url": url, "setup_link": link}):
        log.info("serving", extra={"url": url})
        if link is not None:
            # For the operator's eyes on the terminal; it is a credential and stays out of the log.
            print(f"Create the owner's account: {link}", flush=True)  # noqa: T201 - see above
    for load in (house.gate.warm, tokens.load):
        await asyncio.to_thread(load)
