"""API keys: shown once, known by a hash, gone when revoked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

KEYS = "/api/v1/identity/keys"
ME = "/api/v1/identity/me"


async def make_key(http: httpx.AsyncClient, owner: Somebody, **more: Any) -> dict[str, Any]:
    response = await http.post(KEYS, json={"name": "ci"} | more, headers=owner.headers)
    assert response.status_code == 201, response.text
    key: dict[str, Any] = response.json()
    return key


def bearer(key: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {key['key']}"}


async def test_a_key_is_shown_once_and_opens_the_door_for_its_owner(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    key = await make_key(client, ada)

    assert key["key"].startswith(key["prefix"])
    assert key["key"].startswith("sk-samoey-")
    assert len(key["key"]) == len("sk-samoey-") + 43
    assert (await client.get(ME, headers=bearer(key))).json()["id"] == str(ada.id)
    [listed] = (await client.get(KEYS, headers=ada.headers)).json()
    assert "key" not in listed
    assert listed["id"] == key["id"]


async def test_a_stranger_neither_sees_nor_revokes_a_key(
    client: httpx.AsyncClient, make: Make, told: Callable[[], Awaitable[list[str]]]
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    key = await make_key(client, ada)
    before = await told()

    response = await client.delete(f"{KEYS}/{key['id']}", headers=bob.headers)

    assert response.status_code == 404
    assert response.json()["type"] == "/problems/key-not-found"
    assert (await client.get(KEYS, headers=bob.headers)).json() == []
    assert await told() == before
    assert (await client.get(ME, headers=bearer(key))).status_code == 200


async def test_a_revoked_key_opens_no_door_and_is_not_listed(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    key = await make_key(client, ada)

    response = await client.delete(f"{KEYS}/{key['id']}", headers=ada.headers)

    assert response.status_code == 204
    assert (await client.get(ME, headers=bearer(key))).status_code == 401
    assert (await client.get(KEYS, headers=ada.headers)).json() == []
    again = await client.delete(f"{KEYS}/{key['id']}", headers=ada.headers)
    assert again.status_code == 404


async def test_revoking_a_key_closes_what_is_open_by_it(house: RunningHouse) -> None:
    ada = await house.make.user()
    async with house.client() as http:
        key = await make_key(http, ada)
        async with house.tools.bus.listen(f"key:{key['id']}") as ear:
            await http.delete(f"{KEYS}/{key['id']}", headers=ada.headers)

            heard = await ear.get(2)

    assert heard is not None
    assert heard[1] == {"type": "signed-out"}


async def test_an_expired_key_opens_no_door(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    ada = await make.user()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    key = await make_key(client, ada, expires_at=tomorrow.isoformat())
    assert (await client.get(ME, headers=bearer(key))).status_code == 200

    await db.execute(text("UPDATE api_keys SET expires_at = now() - interval '1 second'"))

    assert (await client.get(ME, headers=bearer(key))).status_code == 401


async def test_a_key_cannot_do_what_would_outlive_it(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()
    key = bearer(await make_key(client, ada))

    tried = [
        await client.post(KEYS, json={"name": "another"}, headers=key),
        await client.patch(ME, json={"name": "Mallory"}, headers=key),
        await client.get("/api/v1/identity/sessions", headers=key),
        await client.delete("/api/v1/identity/sessions", headers=key),
        await client.delete("/api/v1/identity/session", headers=key),
    ]

    assert [response.status_code for response in tried] == [403] * 5
    assert {response.json()["type"] for response in tried} == {"/problems/needs-session"}


async def test_the_last_use_of_a_key_is_kept_without_a_write_for_each_request(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    ada = await make.user()
    key = await make_key(client, ada)
    last_used = text("SELECT last_used_at, xmin::text FROM api_keys")

    await client.get(ME, headers=bearer(key))
    first = (await db.execute(last_used)).one()
    await client.get(ME, headers=bearer(key))
    second = (await db.execute(last_used)).one()

    assert key["last_used_at"] is None
    assert first[0] is not None
    assert first == second
    await db.execute(text("UPDATE api_keys SET last_used_at = now() - interval '2 minutes'"))
    await client.get(ME, headers=bearer(key))
    assert (await db.execute(last_used)).one()[0] > first[0] - timedelta(seconds=1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"name": "nul\u0000"},
        {"name": "\u202eright to left"},
        {"name": "ci", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "ci", "expires_at": "9999-12-31T23:59:59Z"},
        {"name": "ci", "expires_at": "2099-01-01T00:00:00"},
        {"name": "ci", "user_id": "0190b5a5-0000-7000-8000-000000000000"},
    ],
)
async def test_a_key_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, make: Make, body: dict[str, Any]
) -> None:
    ada = await make.user()

    response = await client.post(KEYS, json=body, headers=ada.headers)

    assert response.status_code == 422
    assert response.json()["errors"]


async def test_keys_are_listed_the_newest_first(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()
    for n in range(5):
        await make_key(client, ada, name=f"key {n}")

    names = [key["name"] for key in (await client.get(KEYS, headers=ada.headers)).json()]

    assert names == ["key 4", "key 3", "key 2", "key 1", "key 0"]
