"""What tests of connecting send to the REST door."""

from typing import Any

import httpx

from tests.make import Somebody

PLACE = "/api/v1/repositories"
URL = "https://git.example.org/team/app.git"


async def add(
    client: httpx.AsyncClient, who: Somebody, source: str = URL, **more: Any
) -> httpx.Response:
    body = {"workspace_id": str(who.workspace_id), "source": source} | more
    return await client.post(PLACE, json=body, headers=who.headers)


async def added(client: httpx.AsyncClient, who: Somebody, **more: Any) -> dict[str, Any]:
    response = await add(client, who, **more)
    assert response.status_code == 201, response.text
    shown: dict[str, Any] = response.json()
    return shown


def slug(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["type"]).removeprefix("/problems/")
