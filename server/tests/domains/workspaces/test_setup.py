"""The first owner gets in by the link that the server printed, and by nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.workspaces import service
from samoey.kit.context import SYSTEM, Tools
from tests.house.processes import RunningHouse
from tests.make import Make

SETUP = "/api/v1/workspaces/setup"
ME = "/api/v1/identity/me"

Told = Callable[[], Awaitable[list[str]]]


def owner(token: str | None, **more: Any) -> dict[str, Any]:
    described = {"name": "Ada", "email": "Ada@Example.org", "password": "correct horse battery"}
    return {"token": token} | described | more


async def offered(tools: Tools) -> str:
    token = await service.offer_setup(tools)
    assert token is not None
    return token


async def test_the_first_owner_is_signed_in_at_once(
    client: httpx.AsyncClient, tools: Tools, told: Told
) -> None:
    token = await offered(tools)

    response = await client.post(SETUP, json=owner(token, workspace_name="Engine room"))

    assert response.status_code == 201
    assert response.json()["user"]["email"] == "ada@example.org"
    assert response.json()["access_token"] is None
    [workspace] = (await client.get("/api/v1/workspaces")).json()
    assert workspace["slug"] == "local"
    assert workspace["name"] == "Engine room"
    assert workspace["role"] == "owner"
    assert await told() == [
        "identity.user_created",
        "workspaces.member_joined",
        "identity.session_opened",
    ]


async def test_set_up_is_open_until_there_is_an_owner(
    client: httpx.AsyncClient, tools: Tools
) -> None:
    assert (await client.get(SETUP)).json() == {"open": True}

    await client.post(SETUP, json=owner(await offered(tools)))

    assert (await client.get(SETUP)).json() == {"open": False}
    assert await service.offer_setup(tools) is None


async def test_the_local_operator_does_not_count_as_the_owner(
    client: httpx.AsyncClient, tools: Tools
) -> None:
    async with tools.work(SYSTEM) as ctx:
        _, workspace_id = await service.local_operator(ctx)

    response = await client.post(SETUP, json=owner(await offered(tools)))

    assert response.status_code == 201
    [workspace] = (await client.get("/api/v1/workspaces")).json()
    assert workspace["id"] == str(workspace_id)


@pytest.mark.parametrize("token", ["guess", "A" * 43])
async def test_without_the_link_nobody_becomes_the_owner(
    client: httpx.AsyncClient, tools: Tools, told: Told, token: str
) -> None:
    await offered(tools)

    response = await client.post(SETUP, json=owner(token))

    assert response.status_code == 404
    assert response.json()["type"] == "/problems/link-not-valid"
    assert "set-cookie" not in response.headers
    assert await told() == []
    assert (await client.get(SETUP)).json() == {"open": True}


async def test_an_expired_link_is_refused(
    client: httpx.AsyncClient, tools: Tools, db: AsyncConnection
) -> None:
    token = await offered(tools)
    await db.execute(text("UPDATE links SET expires_at = now() - interval '1 second'"))

    assert (await client.post(SETUP, json=owner(token))).status_code == 404


async def test_every_start_offers_a_link_and_each_is_good_until_there_is_an_owner(
    client: httpx.AsyncClient, tools: Tools
) -> None:
    earlier, later = await offered(tools), await offered(tools)

    response = await client.post(SETUP, json=owner(earlier))
    second = await client.post(SETUP, json=owner(later, email="bob@example.org"))

    assert response.status_code == 201
    assert second.status_code == 409
    assert second.json()["type"] == "/problems/already-set-up"


@pytest.mark.parametrize("same_link", [True, False])
async def test_of_two_that_set_up_at_once_one_wins_and_the_other_is_told(
    house: RunningHouse,
    same_link: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    one = await offered(house.tools)
    other = one if same_link else await offered(house.tools)
    async with house.client() as http:
        answers = await asyncio.gather(
            http.post(SETUP, json=owner(one)),
            http.post(SETUP, json=owner(other, email="bob@example.org", name="Bob")),
        )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    async with house.tools.work(SYSTEM) as ctx:
        owners = await ctx.db.scalar(text("SELECT count(*) FROM members WHERE role = 'owner'"))
        accounts = await ctx.db.scalar(text("SELECT count(*) FROM users"))
    assert (owners, accounts) == (1, 1)


async def test_a_failure_leaves_nothing_and_the_link_stays_good(
    client: httpx.AsyncClient, tools: Tools, told: Told, make: Make
) -> None:
    token = await offered(tools)
    bob = await make.user("Bob", role="member")
    before = await told()

    taken = await client.post(SETUP, json=owner(token, email=bob.email))
    weak = await client.post(SETUP, json=owner(token, password="ada@example.org"))

    assert taken.status_code == 409
    assert taken.json()["type"] == "/problems/account-exists"
    assert weak.json()["type"] == "/problems/weak-password"
    assert await told() == before
    assert (await client.post(SETUP, json=owner(token))).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"email": "ada"},
        {"name": ""},
        {"name": "A\nB"},
        {"password": "short"},
        {"workspace_name": "\u0000"},
        {"role": "owner"},
    ],
)
async def test_an_owner_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, tools: Tools, change: dict[str, Any]
) -> None:
    response = await client.post(SETUP, json=owner(await offered(tools), **change))

    assert response.status_code == 422


async def test_another_sites_page_sets_nothing_up(client: httpx.AsyncClient, tools: Tools) -> None:
    token = await offered(tools)

    response = await client.post(SETUP, json=owner(token), headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 403


async def test_the_local_operator_is_one_however_many_ask_at_once(house: RunningHouse) -> None:
    async def ask() -> object:
        async with house.tools.work(SYSTEM) as ctx:
            return await service.local_operator(ctx)

    asked = await asyncio.gather(*(ask() for _ in range(5)))

    assert len(set(map(str, asked))) == 1
