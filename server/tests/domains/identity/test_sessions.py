"""Signing out: here, in one other place, everywhere; and the list of the places."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from samoey.domains.identity import service
from samoey.kit.context import Tools
from samoey.kit.credentials import Credentials
from tests.domains.identity.test_sign_in import ME, SESSION, bearer, refresh, sign_in
from tests.house.processes import RunningHouse
from tests.make import Make

Told = Callable[[], Awaitable[list[str]]]


@pytest.mark.parametrize("kind", ["browser", "program"])
async def test_signing_out_holds_at_once(client: httpx.AsyncClient, make: Make, kind: str) -> None:
    signed_in = (await sign_in(client, await make.user(), kind=kind)).json()
    headers = bearer(signed_in["access_token"]) if kind == "program" else {}
    cookies = dict(client.cookies)

    response = await client.delete(SESSION, headers=headers)

    assert response.status_code == 204
    assert dict(client.cookies) == {}
    client.cookies.update(cookies)
    assert (await client.get(ME, headers=headers)).status_code == 401
    assert (await client.post(f"{SESSION}/refresh")).status_code == 401


async def test_a_browser_whose_access_cookie_is_gone_can_still_sign_out(
    client: httpx.AsyncClient, make: Make
) -> None:
    await sign_in(client, await make.user(), kind="browser")
    refreshing = client.cookies["samoey_refresh"]
    del client.cookies["samoey_access"]

    response = await client.delete(SESSION)

    assert response.status_code == 204
    assert (await refresh(client, refreshing)).status_code == 401


async def test_signing_out_twice_is_no_problem(client: httpx.AsyncClient) -> None:
    assert (await client.delete(SESSION)).status_code == 204
    assert (await client.delete(SESSION)).status_code == 204


async def test_signing_out_tells_whoever_listens_for_that_session(
    house: RunningHouse,
) -> None:
    async with house.client() as http:
        tokens = (await sign_in(http, await house.make.user())).json()
        headers = bearer(tokens["access_token"])
        [session] = [
            session["id"]
            for session in (await http.get(f"{SESSION}s", headers=headers)).json()
            if session["current"]
        ]
        async with house.tools.bus.listen(f"session:{session}") as ear:
            await http.delete(SESSION, headers=headers)

            heard = await ear.get(2)

    assert heard == (f"session:{session}", {"type": "signed-out"})


async def test_the_list_of_sessions_shows_ones_own_only(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    await sign_in(client, ada, **{"user-agent": "Firefox\ton Ada's desk"})

    response = await client.get(f"{SESSION}s", headers=ada.headers)

    sessions = response.json()
    assert len(sessions) == 2
    assert [session["current"] for session in sessions] == [False, True]
    assert sessions[0]["agent"] == "Firefoxon Ada's desk"
    bobs = (await client.get(f"{SESSION}s", headers=bob.headers)).json()
    assert len(bobs) == 1


async def test_somebody_elses_session_cannot_be_ended(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    [session] = (await client.get(f"{SESSION}s", headers=ada.headers)).json()
    before = await told()

    response = await client.delete(f"{SESSION}s/{session['id']}", headers=bob.headers)

    assert response.status_code == 404
    assert response.json()["type"] == "/problems/session-not-found"
    assert await told() == before
    assert (await client.get(ME, headers=ada.headers)).status_code == 200


async def test_one_other_session_can_be_ended(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()
    other = (await sign_in(client, ada)).json()["access_token"]
    sessions = (await client.get(f"{SESSION}s", headers=ada.headers)).json()
    [theirs] = [session["id"] for session in sessions if not session["current"]]

    response = await client.delete(f"{SESSION}s/{theirs}", headers=ada.headers)

    assert response.status_code == 204
    assert (await client.get(ME, headers=bearer(other))).status_code == 401
    assert (await client.get(ME, headers=ada.headers)).status_code == 200


async def test_signing_out_everywhere_ends_every_session_of_one_person(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    other = (await sign_in(client, ada)).json()

    response = await client.delete(f"{SESSION}s", headers=ada.headers)

    assert response.status_code == 204
    assert (await client.get(ME, headers=ada.headers)).status_code == 401
    assert (await client.get(ME, headers=bearer(other["access_token"]))).status_code == 401
    assert (await refresh(client, other["refresh_token"])).status_code == 401
    assert (await client.get(ME, headers=bob.headers)).status_code == 200


async def test_of_many_open_sockets_those_that_lost_their_session_are_known_at_once(
    make: Make, tools: Tools, client: httpx.AsyncClient
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    whos = [
        await service.authenticate(tools, Credentials(cookie=None, bearer=who.bearer))
        for who in (ada, bob)
    ]
    await client.delete(f"{SESSION}s", headers=bob.headers)

    assert await service.signed_in_among(tools, whos) == {whos[0]}
    assert await service.signed_in_among(tools, []) == set()
