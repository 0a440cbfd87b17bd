"""What takes somebody's right away also closes their ear, within a second."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from samoey.api.listening.hub import Hub
from samoey.domains.identity import service as identity
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM
from samoey.kit.credentials import SignedIn
from samoey.kit.ports.bus import Message
from tests.house.processes import RunningHouse
from tests.make import Somebody


@contextlib.asynccontextmanager
async def open_live(url: str, **headers: str) -> AsyncIterator[ClientConnection]:
    live = url.replace("http:", "ws:") + "/live"
    async with connect(live, additional_headers=headers, proxy=None) as socket:
        yield socket


async def watch(socket: ClientConnection, who: Somebody) -> None:
    wish = {"type": "watch", "audience": f"workspace:{who.workspace_id}"}
    await socket.send(json.dumps(wish))
    assert (await hear(socket))["type"] == "watching"


async def hear(socket: ClientConnection) -> dict[str, Any]:
    heard: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 60))
    return heard


async def closed(socket: ClientConnection) -> int:
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(60):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def test_signing_out_closes_the_socket_and_nobody_elses(house: RunningHouse) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob")
    async with (
        house.serving() as url,
        open_live(url, **ada.headers) as adas,
        open_live(url, **bob.headers) as bobs,
        httpx.AsyncClient(base_url=url) as http,
    ):
        await watch(adas, ada)
        await watch(bobs, bob)

        await http.delete("/api/v1/identity/session", headers=ada.headers)

        assert await closed(adas) == 4401
        await bobs.send(json.dumps({"type": "unwatch", "audience": "x"}))
        await watch(bobs, bob)


async def test_a_socket_is_closed_though_nobody_was_told_of_the_sign_out(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    async with house.serving() as url, open_live(url, **ada.headers) as socket:
        await watch(socket, ada)

        async with house.tools.work(SYSTEM) as ctx:
            # As when the bus is away at this moment: the sessions end, and no word of it.
            from samoey.domains.identity.sessions.service import end_sessions

            await end_sessions(ctx, ada.id)

        assert await closed(socket) == 4401


async def test_a_disabled_person_and_a_revoked_key_hear_nothing_more(house: RunningHouse) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob")
    async with house.serving() as url, httpx.AsyncClient(base_url=url) as http:
        keys = "/api/v1/identity/keys"
        key = (await http.post(keys, json={"name": "ci"}, headers=ada.headers)).json()
        by_key = {"authorization": f"Bearer {key['key']}"}
        async with open_live(url, **by_key) as adas, open_live(url, **bob.headers) as bobs:
            await watch(adas, ada)
            await watch(bobs, bob)
            async with house.tools.work(SYSTEM) as ctx:
                operator, _ = await workspaces.local_operator(ctx)

            await http.delete(f"{keys}/{key['id']}", headers=ada.headers)
            await identity.disable(house.tools, operator, bob.email)

            assert await closed(adas) == 4401
            assert await closed(bobs) == 4401


async def test_a_removed_member_loses_the_workspace_and_hears_nothing_of_it(
    house: RunningHouse,
) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob", role="viewer")
    place = f"/api/v1/workspaces/{ada.workspace_id}"
    async with (
        house.serving() as url,
        open_live(url, **bob.headers) as socket,
        httpx.AsyncClient(base_url=url) as http,
    ):
        await watch(socket, bob)
        await http.delete(f"{place}/members/{bob.id}", headers=ada.headers)
        lost = await hear(socket)
        while lost["type"] == "event":
            assert lost["name"] == "workspaces.member_left"
            lost = await hear(socket)

        await http.patch(place, json={"name": "Without Bob"}, headers=ada.headers)
        wish = {"type": "watch", "audience": f"workspace:{bob.workspace_id}"}
        await socket.send(json.dumps(wish))
        refused = await hear(socket)

    assert lost["problem"] == "/problems/no-such-audience"
    assert refused["problem"] == "/problems/no-such-audience"


@pytest.mark.parametrize(
    ("origin", "code"), [("http://evil.example", 4403), ("http://127.0.0.1:1", 4403), ("own", None)]
)
async def test_a_cookie_opens_the_socket_from_our_own_pages_only(
    house: RunningHouse, origin: str, code: int | None
) -> None:
    ada = await house.make.user()
    async with (
        house.serving() as url,
        open_live(
            url,
            cookie=f"samoey_access={ada.bearer}",
            origin=url if origin == "own" else origin,
        ) as socket,
    ):
        if code is None:
            await watch(socket, ada)
        else:
            assert await closed(socket) == code


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer x"}, {"cookie": "samoey_access=x"}]
)
async def test_who_shows_nothing_good_is_sent_away(
    house: RunningHouse, headers: dict[str, str]
) -> None:
    async with house.serving() as url, open_live(url, **headers) as socket:
        assert await closed(socket) == 4401


async def test_a_ticket_opens_the_socket_once(house: RunningHouse) -> None:
    ada = await house.make.user()
    async with house.serving() as url, httpx.AsyncClient(base_url=url) as http:
        made = await http.post("/api/v1/identity/live-ticket", headers=ada.headers)
        live = f"{url.replace('http:', 'ws:')}/live?ticket={made.json()['ticket']}"
        async with connect(live, proxy=None) as first, connect(live, proxy=None) as second:
            await watch(first, ada)
            assert await closed(second) == 4401


class Listening:
    """A socket as the hub knows it."""

    def __init__(self, who: Somebody, session_id: UUID) -> None:
        self.who, self.name = SignedIn(who.actor, session_id), who.name
        self.watched: set[str] = set()
        self.lost: list[str] = []

    def hear(self, message: Message) -> None:
        """Nothing is said here."""

    def lose(self, audience: str) -> None:
        self.lost.append(audience)

    def sign_out(self) -> None:
        """Nobody signs out here."""


async def test_what_is_watched_while_rights_are_looked_at_is_not_lost(house: RunningHouse) -> None:
    ada = await house.make.user()
    ear = Listening(ada, uuid4())
    ear.watched.add(f"workspace:{ada.workspace_id}")

    looking = asyncio.create_task(Hub(house.tools)._look_at_rights([ear]))
    await asyncio.sleep(0)
    ear.watched.add(f"conversation:{uuid4()}")
    await looking

    assert ear.lost == []
