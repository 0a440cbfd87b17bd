"""Signing in, staying signed in, signing out."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.kit.context import Tools
from samoey.kit.settings import IdentitySettings
from tests.house.processes import RunningHouse
from tests.make import PASSWORD, Make, Somebody

SESSION = "/api/v1/identity/session"
ME = "/api/v1/identity/me"

Told = Callable[[], Awaitable[list[str]]]


async def sign_in(
    http: httpx.AsyncClient, who: Somebody, *, kind: str = "program", **headers: str
) -> httpx.Response:
    body = {"email": who.email, "password": PASSWORD, "kind": kind}
    return await http.post(SESSION, json=body, headers=headers)


async def refresh(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.post(f"{SESSION}/refresh", json={"refresh_token": token})


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_program_gets_its_tokens_in_the_answer_and_is_let_in_by_them(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    response = await sign_in(client, ada)

    body = response.json()
    assert response.status_code == 200
    assert body["user"] == {"id": str(ada.id), "name": "Ada", "email": "ada@example.org"}
    assert body["expires_in"] == 900
    assert "set-cookie" not in response.headers
    me = await client.get(ME, headers=bearer(body["access_token"]))
    assert me.json() == body["user"]


async def test_a_browser_gets_cookies_that_no_script_can_read_and_no_token_in_the_answer(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    response = await sign_in(client, ada, kind="browser")

    access, refreshing = response.headers.get_list("set-cookie")
    assert response.json()["access_token"] is None
    assert response.json()["refresh_token"] is None
    for cookie in (access, refreshing):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
    assert access.startswith("samoey_access=")
    assert "Path=/;" in access
    assert "Path=/api/v1/identity/session;" in refreshing
    assert (await client.get(ME)).status_code == 200


async def test_cookies_given_over_https_are_secure(tools: Tools, make: Make) -> None:
    from samoey.api.app import create_app

    ada = await make.user()
    transport = httpx.ASGITransport(create_app(tools, web_root=None))
    async with httpx.AsyncClient(transport=transport, base_url="https://samoey.test") as http:
        response = await sign_in(http, ada, kind="browser")

    assert all("Secure" in cookie for cookie in response.headers.get_list("set-cookie"))


async def test_the_spelling_of_an_email_does_not_matter(
    client: httpx.AsyncClient, make: Make
) -> None:
    await make.user()

    response = await client.post(
        SESSION, json={"email": "  ADA@Example.org ", "password": PASSWORD, "kind": "program"}
    )

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.org", "something else"), ("nobody@example.org", PASSWORD)],
)
async def test_a_wrong_password_and_an_unknown_email_are_told_alike_and_tell_nobody(
    client: httpx.AsyncClient, make: Make, told: Told, email: str, password: str
) -> None:
    await make.user()
    before = await told()

    response = await client.post(SESSION, json={"email": email, "password": password})

    assert response.status_code == 401
    assert response.json() == {
        "type": "/problems/wrong-credentials",
        "title": "The e-mail or the password is not right.",
        "status": 401,
        "instance": SESSION,
    }
    assert await told() == before


async def test_the_local_operator_cannot_sign_in_with_any_password(
    client: httpx.AsyncClient, make: Make
) -> None:
    await make.user()

    response = await client.post(
        SESSION, json={"email": "operator@localhost", "password": "nobody has this password"}
    )

    assert response.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"email": "not an address", "password": PASSWORD},
        {"email": "ada@example.org"},
        {"email": "ada@example.org", "password": ""},
        {"email": "ada@example.org", "password": "x" * 1025},
        {"email": "ada@example.org", "password": PASSWORD, "kind": "toaster"},
        {"email": "ada@example.org", "password": PASSWORD, "admin": True},
        {"email": "ada\u0000@example.org", "password": PASSWORD},
        {"email": "ada@example.org", "password": {"$ne": ""}},
    ],
)
async def test_what_does_not_fit_is_refused_without_repeating_it(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    response = await client.post(SESSION, json=body)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/invalid-request"
    assert PASSWORD not in response.text


async def test_half_a_surrogate_pair_in_a_password_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post(
        SESSION,
        content=b'{"email": "ada@example.org", "password": "\\ud800\\ud800aaaaaaaa"}',
        headers={"content-type": "application/json"},
    )

    assert response.status_code == 422


async def test_too_many_attempts_with_one_email_have_to_wait_even_with_the_right_password(
    open_test_house: Callable[..., Any],
) -> None:
    strict = IdentitySettings(
        password_memory_kib=64, password_passes=1, password_lanes=1, attempts_per_email=3
    )
    async with open_test_house(identity=strict) as house, house.client() as http:
        ada = await house.make.user()
        bob = await house.make.user("Bob")
        wrong = {"email": ada.email, "password": "wrong"}
        tried = await asyncio.gather(*(http.post(SESSION, json=wrong) for _ in range(3)))

        response = await sign_in(http, ada)

        assert [attempt.status_code for attempt in tried] == [401] * 3
        assert response.status_code == 429
        assert response.json()["type"] == "/problems/too-many-attempts"
        assert 0 < int(response.headers["retry-after"]) <= 900
        assert (await sign_in(http, bob)).status_code == 200


async def test_too_many_attempts_from_one_address_have_to_wait(
    open_test_house: Callable[..., Any],
) -> None:
    strict = IdentitySettings(
        password_memory_kib=64, password_passes=1, password_lanes=1, attempts_per_address=2
    )
    async with open_test_house(identity=strict) as house, house.client() as http:
        answers = [
            await http.post(SESSION, json={"email": f"{n}@example.org", "password": "wrong"})
            for n in range(3)
        ]

    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_a_refresh_token_is_traded_for_the_next_pair(
    client: httpx.AsyncClient, make: Make
) -> None:
    first = (await sign_in(client, await make.user())).json()

    second = await refresh(client, first["refresh_token"])

    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    access = second.json()["access_token"]
    assert (await client.get(ME, headers=bearer(access))).status_code == 200


async def test_a_browser_refreshes_by_its_cookie(client: httpx.AsyncClient, make: Make) -> None:
    await sign_in(client, await make.user(), kind="browser")
    before = client.cookies["samoey_refresh"]

    response = await client.post(f"{SESSION}/refresh")

    assert response.status_code == 200
    assert response.json()["refresh_token"] is None
    assert client.cookies["samoey_refresh"] != before


@pytest.mark.parametrize("token", ["x", "A" * 43, "\u00e9" * 10])
async def test_a_refresh_token_that_never_was_is_refused(
    client: httpx.AsyncClient, token: str
) -> None:
    response = await refresh(client, token)

    assert response.status_code == 401
    assert response.json()["type"] == "/problems/session-ended"


async def test_a_refresh_without_a_token_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post(f"{SESSION}/refresh")).status_code == 401


async def test_a_refresh_token_that_comes_back_later_ends_the_session_for_both(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    stolen = (await sign_in(client, await make.user())).json()["refresh_token"]
    current = (await refresh(client, stolen)).json()
    await db.execute(text("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'"))

    again = await refresh(client, stolen)

    assert again.status_code == 401
    assert (await refresh(client, current["refresh_token"])).status_code == 401
    assert (await client.get(ME, headers=bearer(current["access_token"]))).status_code == 401


async def test_two_tabs_may_refresh_at_once_and_each_can_go_on(house: RunningHouse) -> None:
    async with house.client() as http:
        token = (await sign_in(http, await house.make.user())).json()["refresh_token"]

        both = await asyncio.gather(refresh(http, token), refresh(http, token))

        assert [answer.status_code for answer in both] == [200, 200]
        one, other = (answer.json()["refresh_token"] for answer in both)
        assert one != other
        assert (await refresh(http, one)).status_code == 200


async def test_the_first_successor_that_is_used_retires_the_other(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    token = (await sign_in(client, await make.user())).json()["refresh_token"]
    one = (await refresh(client, token)).json()["refresh_token"]
    other = (await refresh(client, token)).json()["refresh_token"]
    latest = (await refresh(client, one)).json()["refresh_token"]
    await db.execute(text("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'"))

    assert (await refresh(client, other)).status_code == 401
    assert (await refresh(client, latest)).status_code == 401


async def test_a_session_nobody_used_for_long_is_over(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    tokens = (await sign_in(client, await make.user())).json()
    await db.execute(text("UPDATE sessions SET expires_at = now() - interval '1 second'"))

    assert (await refresh(client, tokens["refresh_token"])).status_code == 401
    access = tokens["access_token"]
    assert (await client.get(ME, headers=bearer(access))).status_code == 401


async def test_refreshing_moves_the_end_of_a_session_but_never_past_its_limit(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    token = (await sign_in(client, await make.user())).json()["refresh_token"]
    limit = datetime.now(UTC) + timedelta(minutes=5)
    await db.execute(text("UPDATE sessions SET ends_at = :limit"), {"limit": limit})

    body = (await refresh(client, token)).json()

    ended = text("SELECT count(*) FROM sessions WHERE expires_at = :limit")
    assert (await db.execute(ended, {"limit": limit})).scalar_one() == 1
    assert 0 < body["expires_in"] <= 300
