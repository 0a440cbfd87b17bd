"""`samoey user` and `samoey key`: what an operator does at a terminal, as the local operator."""

import asyncio
import json
from typing import Any

import httpx

from tests.house.processes import RunningHouse
from tests.make import PASSWORD

KEYS = "/api/v1/identity/keys"
ME = "/api/v1/identity/me"


async def samoey(house: RunningHouse, *arguments: str) -> tuple[int, str]:
    done = await house.command(*arguments)
    return done.returncode, done.stdout


async def alone(house: RunningHouse, *arguments: str) -> tuple[int, str]:
    """The same as a process of its own."""
    process = house.start(*arguments)
    out, _ = await asyncio.to_thread(process.communicate)
    return process.returncode, out.decode()


async def answer(house: RunningHouse, *arguments: str) -> Any:
    code, out = await samoey(house, *arguments, "--json")
    assert code == 0, out
    return json.loads(out)


async def sign_in(http: httpx.AsyncClient, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return (await http.post("/api/v1/identity/session", json=body)).status_code


async def test_people_are_listed_disabled_and_let_in_again(house: RunningHouse) -> None:
    ada = await house.make.user()
    async with house.client() as http:
        listed = await answer(house, "user", "list")
        assert [(one["email"], one["kind"], one["disabled"]) for one in listed] == [
            ("ada@example.org", "person", False),
            ("operator@localhost", "operator", False),
        ]

        out = await answer(house, "user", "disable", "Ada@example.org")
        assert out == {"email": "ada@example.org", "disabled": True}
        assert (await http.get(ME, headers=ada.headers)).status_code == 401
        assert "disabled" in (await samoey(house, "user", "list"))[1]

        assert (await samoey(house, "user", "enable", ada.email))[0] == 0
        assert await sign_in(http, ada.email, PASSWORD) == 200


async def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    code, out = await alone(house, "user", "reset", ada.email)
    link = out.splitlines()[-1]
    body = {"token": link.partition("/reset/#")[2], "password": "a new one, at last"}

    async with house.client() as http:
        first = await http.post("/api/v1/identity/password", json=body)
        second = await http.post("/api/v1/identity/password", json=body)
        signed_in = await sign_in(http, ada.email, "a new one, at last")

    assert code == 0
    assert link.startswith("http://127.0.0.1:")
    assert (first.status_code, second.status_code, signed_in) == (204, 404, 200)


async def test_a_key_is_shown_once_listed_by_its_first_letters_and_revoked(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    code, out = await alone(house, "key", "create", "--name", "ci", "--user", "ADA@example.org")
    headers = {"authorization": f"Bearer {out.strip()}"}

    async with house.client() as http:
        assert code == 0
        assert (await http.get(ME, headers=headers)).json()["id"] == str(ada.id)

        [listed] = await answer(house, "key", "list")
        assert listed["owner"] == ada.email
        assert out.startswith(listed["prefix"])
        assert out.strip() not in json.dumps(listed)

        await answer(house, "key", "revoke", listed["id"])
        assert (await http.get(ME, headers=headers)).status_code == 401
        assert await answer(house, "key", "list") == []


async def test_a_key_of_the_local_operator_opens_the_workspace_as_its_owner(
    house: RunningHouse,
) -> None:
    key = await answer(house, "key", "create", "--name", "ci", "--days", "1")
    headers = {"authorization": f"Bearer {key['key']}"}

    async with house.client() as http:
        [workspace] = (await http.get("/api/v1/workspaces", headers=headers)).json()

    assert workspace["role"] == "owner"
    assert key["expires_at"] is not None


async def test_what_cannot_be_done_is_said_with_exit_code_one(house: RunningHouse) -> None:
    for arguments, problem in (
        (("user", "disable", "no address"), "user-not-found"),
        (("user", "reset", "operator@localhost"), "operator-stays"),
        (("key", "create", "--name", "two\nlines"), "invalid-request"),
        (("key", "revoke", "0190b5a5-0000-7000-8000-000000000000"), "key-not-found"),
    ):
        code, out = await samoey(house, *arguments, "--json")

        assert code == 1, arguments
        assert json.loads(out)["type"] == f"/problems/{problem}"
