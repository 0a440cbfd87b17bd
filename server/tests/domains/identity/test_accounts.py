"""One's own account, forgotten passwords, and what the local operator may do."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.identity import service
from samoey.domains.identity.errors import (
    LinkNotValid,
)
from samoey.domains.identity.schemas import PasswordReset, SignIn, plain_email
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Actor, Tools
from samoey.kit.credentials import Caller
from samoey.kit.settings import IdentitySettings
from tests.house.processes import RunningHouse
from tests.make import PASSWORD, Make, Somebody

ME = "/api/v1/identity/me"
SESSION = "/api/v1/identity/session"
RESET = "/api/v1/identity/password"
NEW_PASSWORD = "a quite different one"
HERE = Caller("127.0.0.1", "test")

Told = Callable[[], Awaitable[list[str]]]


async def operator_of(tools: Tools) -> Actor:
    async with tools.work(SYSTEM) as ctx:
        actor, _ = await workspaces.local_operator(ctx)
    return actor


async def reset_token(tools: Tools, who: Somebody) -> str:
    async with tools.work(await operator_of(tools)) as ctx:
        token = await service.offer_reset(ctx, who.email, lasts=timedelta(hours=1))
    return token.get_secret_value()


async def can_sign_in(http: httpx.AsyncClient, who: Somebody, password: str) -> bool:
    body = {"email": who.email, "password": password, "kind": "program"}
    return (await http.post(SESSION, json=body)).status_code == 200


async def test_one_may_change_ones_name(client: httpx.AsyncClient, make: Make, told: Told) -> None:
    ada = await make.user()

    response = await client.patch(ME, json={"name": " Ada Lovelace "}, headers=ada.headers)

    assert response.json()["name"] == "Ada Lovelace"
    assert (await told())[-1] == "identity.user_changed"


async def test_a_new_password_ends_all_other_sessions(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    sign_in = {"email": ada.email, "password": PASSWORD, "kind": "program"}
    other = (await client.post(SESSION, json=sign_in)).json()["access_token"]

    response = await client.patch(
        ME, json={"password": NEW_PASSWORD, "current_password": PASSWORD}, headers=ada.headers
    )

    assert response.status_code == 200
    assert (await client.get(ME, headers=ada.headers)).status_code == 200
    other_headers = {"authorization": f"Bearer {other}"}
    assert (await client.get(ME, headers=other_headers)).status_code == 401
    assert not await can_sign_in(client, ada, PASSWORD)
    assert await can_sign_in(client, ada, NEW_PASSWORD)


async def test_a_new_password_asks_for_the_current_one_and_a_failure_tells_nobody(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada = await make.user()
    before = await told()

    missing = await client.patch(ME, json={"password": NEW_PASSWORD}, headers=ada.headers)
    wrong = await client.patch(
        ME,
        json={"password": NEW_PASSWORD, "current_password": "guess", "name": "Mallory"},
        headers=ada.headers,
    )

    assert missing.status_code == 422
    assert wrong.status_code == 403
    assert wrong.json()["type"] == "/problems/wrong-password"
    assert (await client.get(ME, headers=ada.headers)).json()["name"] == "Ada"
    assert await told() == before
    assert await can_sign_in(client, ada, PASSWORD)


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("short", 422),
        ("x" * 1025, 422),
        ("ada@example.org", 422),
        ("ADA@Example.org", 422),
        ("aaaaaaaaaaaa", 422),
        ("ten chars!", 200),
        ("пароль подлиннее", 200),
    ],
)
async def test_a_password_must_be_hard_to_guess(
    client: httpx.AsyncClient, make: Make, password: str, status: int
) -> None:
    ada = await make.user()

    response = await client.patch(
        ME, json={"password": password, "current_password": PASSWORD}, headers=ada.headers
    )

    assert response.status_code == status
    assert await can_sign_in(client, ada, password[:1024]) == (status == 200)


async def test_the_same_letters_typed_another_way_are_the_same_password(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    await client.patch(
        ME,
        json={"password": "cafe\u0301 au lait", "current_password": PASSWORD},
        headers=ada.headers,
    )

    assert await can_sign_in(client, ada, "caf\u00e9 au lait")


async def test_a_hash_made_with_other_parameters_is_renewed_at_sign_in(
    open_test_house: Callable[..., Any],
) -> None:
    stronger = IdentitySettings(password_memory_kib=128, password_passes=2, password_lanes=1)
    async with open_test_house() as house:
        ada = await house.make.user()
        from dataclasses import replace

        settings = house.tools.settings.model_copy(update={"identity": stronger})
        changed = replace(house.tools, settings=settings)
        wanted = SignIn(email=ada.email, password=SecretStr(PASSWORD))

        await service.sign_in(changed, wanted, HERE)

        async with house.tools.work(SYSTEM) as ctx:
            kept = await ctx.db.scalar(
                text("SELECT password_hash FROM users WHERE id = :id"), {"id": ada.id}
            )
        assert "m=128,t=2,p=1" in str(kept)
        await service.sign_in(changed, wanted, HERE)


async def test_a_reset_link_gives_a_new_password_and_ends_every_session(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    token = await reset_token(tools, ada)

    response = await client.post(RESET, json={"token": token, "password": NEW_PASSWORD})

    assert response.status_code == 204
    assert (await client.get(ME, headers=ada.headers)).status_code == 401
    assert not await can_sign_in(client, ada, PASSWORD)
    assert await can_sign_in(client, ada, NEW_PASSWORD)


async def test_a_reset_link_works_once_and_takes_its_older_siblings_along(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    older, token = await reset_token(tools, ada), await reset_token(tools, ada)
    await client.post(RESET, json={"token": token, "password": NEW_PASSWORD})

    for used in (token, older):
        response = await client.post(RESET, json={"token": used, "password": "yet another one"})

        assert response.status_code == 404
        assert response.json()["type"] == "/problems/link-not-valid"
    assert await can_sign_in(client, ada, NEW_PASSWORD)


async def test_of_two_that_use_a_reset_link_at_once_one_wins(house: RunningHouse) -> None:
    ada = await house.make.user()
    token = SecretStr(await reset_token(house.tools, ada))
    wanted = [PasswordReset(token=token, password=SecretStr(f"password {n:04}")) for n in range(6)]

    tried = await asyncio.gather(
        *(service.reset_password(house.tools, one, HERE) for one in wanted),
        return_exceptions=True,
    )

    assert [type(one) for one in tried if one is not None] == [LinkNotValid] * 5
    async with house.client() as http:
        good = [await can_sign_in(http, ada, f"password {n:04}") for n in range(6)]
    assert good == [one is None for one in tried]


async def test_an_expired_reset_link_is_refused(
    client: httpx.AsyncClient, make: Make, tools: Tools, db: AsyncConnection
) -> None:
    token = await reset_token(tools, await make.user())
    await db.execute(text("UPDATE links SET expires_at = now() - interval '1 second'"))

    response = await client.post(RESET, json={"token": token, "password": NEW_PASSWORD})

    assert response.status_code == 404


async def test_a_reset_link_survives_a_password_that_is_refused(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    token = await reset_token(tools, ada)

    weak = await client.post(RESET, json={"token": token, "password": ada.email})
    strong = await client.post(RESET, json={"token": token, "password": NEW_PASSWORD})

    assert weak.json()["type"] == "/problems/weak-password"
    assert strong.status_code == 204


async def test_a_setup_token_resets_no_password(client: httpx.AsyncClient, tools: Tools) -> None:
    token = await workspaces.offer_setup(tools)

    response = await client.post(RESET, json={"token": token, "password": NEW_PASSWORD})

    assert response.status_code == 404


async def test_two_accounts_with_one_email_cannot_be_made_at_once(house: RunningHouse) -> None:
    async def create(name: str) -> None:
        async with house.tools.work(SYSTEM) as ctx:
            await service.create_person(ctx, name=name, email="ada@example.org", password_hash="x")

    tried = await asyncio.gather(*(create(f"Ada {n}") for n in range(4)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in tried) == ["AccountExists"] * 3 + ["NoneType"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada@Example.org", "ada@example.org"),
        (" ada+ci@example.org\n", "ada+ci@example.org"),
        ("\uff41da@example.org", "ada@example.org"),
        ("ada@localhost", "ada@localhost"),
        ("jürgen@bücher.example", "jürgen@bücher.example"),
    ],
)
def test_an_email_has_one_spelling(typed: str, kept: str) -> None:
    assert plain_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "a@b@c",
        "a b@c.d",
        "a@b\u0000.c",
        "a\u200b@b.c",
        "ada@example.org, bob@example.org",
        "<ada@example.org>",
        "a@" + "b" * 260,
    ],
)
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        plain_email(typed)


async def test_old_sessions_and_links_are_forgotten(
    make: Make, tools: Tools, db: AsyncConnection
) -> None:
    ada = await make.user()
    await reset_token(tools, ada)
    await make.user("Bob")
    for table in ("sessions", "links"):
        await db.execute(
            text(f"UPDATE {table} SET expires_at = now() - interval '8 days' WHERE user_id = :id"),  # noqa: S608 - our own names
            {"id": ada.id},
        )

    await service.forget_ended(tools)

    counts = [
        (await db.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608 - our own names
        for table in ("sessions", "refresh_tokens", "links")
    ]
    assert counts == [1, 1, 0]
