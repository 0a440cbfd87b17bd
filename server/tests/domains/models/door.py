"""What tests of configured models send to the REST door."""

from typing import Any

import httpx

from tests.make import Somebody

PLACE = "/api/v1/models"
KEY = "sk-vendor-4vErYs3cretKey0123456789"
URL = "http://127.0.0.1:9/v1"


async def add(client: httpx.AsyncClient, who: Somebody, things: str, **body: Any) -> dict[str, Any]:
    """Make one thing of a kind, such as `providers`."""
    sent = {"workspace_id": str(who.workspace_id)} | body
    response = await client.post(f"{PLACE}/{things}", json=sent, headers=who.headers)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def provider(client: httpx.AsyncClient, who: Somebody, **body: Any) -> dict[str, Any]:
    given = {"name": "ours", "kind": "openai", "base_url": URL, "api_key": KEY}
    return await add(client, who, "providers", **(given | body))


async def deployment(
    client: httpx.AsyncClient, who: Somebody, provider_id: str, **body: Any
) -> dict[str, Any]:
    given = {"provider_id": provider_id, "model": "double-large"}
    return await add(client, who, "deployments", **(given | body))


async def alias(
    client: httpx.AsyncClient, who: Somebody, *deployment_ids: str, **body: Any
) -> dict[str, Any]:
    targets = [{"deployment_id": it} for it in deployment_ids]
    return await add(client, who, "aliases", **({"name": "fast", "targets": targets} | body))


def slug(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json", response.text
    return str(response.json()["type"]).removeprefix("/problems/")
