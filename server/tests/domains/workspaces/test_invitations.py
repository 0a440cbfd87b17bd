"""Links that let somebody in, once, for as long as whoever made them could still make them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

ACCEPT = "/api/v1/workspaces/invitations/accept"
LOOK = "/api/v1/workspaces/invitations/look"
NEWCOMER = {"name": "Cyd", "email": "cyd@example.org", "password": "correct horse battery"}

Told = Callable[[], Awaitable[list[str]]]


def place(who: Somebody) -> str:
    return f"/api/v1/workspaces/{who.workspace_id}/invitations"


async def invite(
    http: httpx.AsyncClient, host: Somebody, **more: Any
) -> tuple[str, dict[str, Any]]:
    response = await http.post(place(host), json=more, headers=host.headers)
    assert response.status_code == 201, response.text
    invitation: dict[str, Any] = response.json()
    return invitation["link"].removeprefix("/join/#"), invitation


async def test_an_invitation_shows_its_link_once(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()

    token, invitation = await invite(client, ada, role="admin")

    assert len(token) == 43
    assert invitation["invited_by"] == str(ada.id)
    [listed] = (await client.get(place(ada), headers=ada.headers)).json()
    assert "link" not in listed
    assert listed == {name: value for name, value in invitation.items() if name != "link"}


async def test_a_newcomer_gets_an_account_and_is_in(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada = await make.user()
    token, _ = await invite(client, ada, role="viewer")
    before = len(await told())

    response = await client.post(ACCEPT, json={"token": token} | NEWCOMER)

    assert response.status_code == 200
    assert response.json()["user"]["email"] == "cyd@example.org"
    [workspace] = (await client.get("/api/v1/workspaces")).json()
    assert workspace["role"] == "viewer"
    assert (await told())[before:] == [
        "identity.user_created",
        "workspaces.member_joined",
        "identity.session_opened",
    ]
    assert (await client.get(place(ada), headers=ada.headers)).json() == []


async def test_somebody_who_is_signed_in_joins_as_themselves(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role=None)
    token, _ = await invite(client, ada, email="Bob@Example.org")

    response = await client.post(ACCEPT, json={"token": token}, headers=bob.headers)

    assert response.status_code == 200
    assert response.json()["user"]["id"] == str(bob.id)
    assert 0 < response.json()["expires_in"] <= 900
    [workspace] = (await client.get("/api/v1/workspaces", headers=bob.headers)).json()
    assert workspace["role"] == "member"


async def test_its_holder_may_look_at_an_invitation_without_using_it_up(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    token, _ = await invite(client, ada, role="admin", email="cyd@example.org")

    for _ in range(2):
        response = await client.post(LOOK, json={"token": token})

        assert response.json() == {
            "workspace_name": "Workspace",
            "role": "admin",
            "email": "cyd@example.org",
        }


async def test_an_invitation_works_once(client: httpx.AsyncClient, make: Make) -> None:
    token, _ = await invite(client, await make.user())
    await client.post(ACCEPT, json={"token": token} | NEWCOMER)

    for path, body in ((LOOK, {}), (ACCEPT, NEWCOMER | {"email": "dee@example.org"})):
        response = await client.post(path, json={"token": token} | body)

        assert response.status_code == 404
        assert response.json()["type"] == "/problems/invitation-not-found"


async def test_of_two_that_accept_at_once_one_is_let_in(house: RunningHouse) -> None:
    ada = await house.make.user()
    async with house.client() as http:
        token, _ = await invite(http, ada)

        answers = await asyncio.gather(
            *(
                http.post(ACCEPT, json={"token": token} | NEWCOMER | {"email": f"{n}@example.org"})
                for n in range(4)
            )
        )

        assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]
        members = await http.get(
            f"/api/v1/workspaces/{ada.workspace_id}/members", headers=ada.headers
        )
        assert len(members.json()) == 3


@pytest.mark.parametrize("state", ["revoked_at = now()", "expires_at = now()"])
async def test_a_revoked_or_expired_invitation_lets_nobody_in(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection, told: Told, state: str
) -> None:
    ada = await make.user()
    token, _ = await invite(client, ada)
    await db.execute(text(f"UPDATE invitations SET {state}"))  # noqa: S608 - our own words
    before = await told()

    response = await client.post(ACCEPT, json={"token": token} | NEWCOMER)

    assert response.status_code == 404
    assert await told() == before
    assert (await client.get(place(ada), headers=ada.headers)).json() == []


async def test_an_invitation_can_be_taken_back(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()
    token, invitation = await invite(client, ada)
    path = f"{place(ada)}/{invitation['id']}"

    response = await client.delete(path, headers=ada.headers)

    assert response.status_code == 204
    assert (await client.post(LOOK, json={"token": token})).status_code == 404
    assert (await client.delete(path, headers=ada.headers)).status_code == 404
    gone = await client.delete(f"{place(ada)}/{uuid4()}", headers=ada.headers)
    assert gone.json()["type"] == "/problems/invitation-not-found"


@pytest.mark.parametrize("what", ["removed", "lowered", "disabled"])
async def test_a_link_that_a_fallen_admin_put_aside_lets_nobody_in(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection, what: str
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role="admin")
    token, _ = await invite(client, bob, role="admin")
    seat = f"/api/v1/workspaces/{ada.workspace_id}/members/{bob.id}"
    if what == "removed":
        await client.delete(seat, headers=ada.headers)
    elif what == "lowered":
        await client.patch(seat, json={"role": "member"}, headers=ada.headers)
    else:
        await db.execute(
            text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": bob.id}
        )

    response = await client.post(ACCEPT, json={"token": token} | NEWCOMER)

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("mine", "role", "status"),
    [
        ("owner", "owner", 201),
        ("admin", "admin", 201),
        ("admin", "owner", 403),
        ("member", "viewer", 403),
        ("viewer", "viewer", 403),
    ],
)
async def test_nobody_invites_to_a_role_higher_than_their_own(
    client: httpx.AsyncClient, make: Make, mine: str, role: str, status: int
) -> None:
    me = await make.user("Me", role=mine)

    response = await client.post(place(me), json={"role": role}, headers=me.headers)

    assert response.status_code == status


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_only_admins_see_invitations_and_take_them_back(
    client: httpx.AsyncClient, make: Make, role: str
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role=role)
    _, invitation = await invite(client, ada)

    assert (await client.get(place(ada), headers=bob.headers)).status_code == 403
    path = f"{place(ada)}/{invitation['id']}"
    assert (await client.delete(path, headers=bob.headers)).status_code == 403


async def test_an_invitation_for_one_address_lets_no_other_in(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role=None)
    token, _ = await invite(client, ada, email="cyd@example.org")
    before = await told()
    other = NEWCOMER | {"email": "mallory@example.org"}

    newcomer = await client.post(ACCEPT, json={"token": token} | other)
    member = await client.post(ACCEPT, json={"token": token}, headers=bob.headers)

    for response in (newcomer, member):
        assert response.status_code == 403
        assert response.json()["type"] == "/problems/invitation-not-yours"
    assert await told() == before
    right = await client.post(ACCEPT, json={"token": token} | NEWCOMER)
    assert right.status_code == 200


async def test_who_is_in_already_does_not_use_an_invitation_up(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role="viewer")
    token, _ = await invite(client, ada, role="admin")

    response = await client.post(ACCEPT, json={"token": token}, headers=bob.headers)

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/already-member"
    assert (await client.post(LOOK, json={"token": token})).status_code == 200


async def test_an_email_that_has_an_account_is_asked_to_sign_in(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role=None)
    token, _ = await invite(client, ada)

    response = await client.post(ACCEPT, json={"token": token} | NEWCOMER | {"email": bob.email})

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/account-exists"
    assert (await client.post(LOOK, json={"token": token})).status_code == 200


async def test_only_a_person_with_a_session_joins_and_nobody_without_one(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role=None)
    token, _ = await invite(client, ada)
    key = await client.post("/api/v1/identity/keys", json={"name": "ci"}, headers=bob.headers)
    by_key = {"authorization": f"Bearer {key.json()['key']}"}

    nobody = await client.post(ACCEPT, json={"token": token})
    program = await client.post(ACCEPT, json={"token": token}, headers=by_key)

    assert nobody.status_code == 401
    assert program.status_code == 403
    assert program.json()["type"] == "/problems/needs-session"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Cyd"},
        {"email": "cyd@example.org", "password": "correct horse battery"},
        NEWCOMER | {"password": "short"},
        NEWCOMER | {"role": "owner"},
        {"token": ""},
        {"token": None},
    ],
)
async def test_half_an_account_is_refused(
    client: httpx.AsyncClient, make: Make, body: dict[str, Any]
) -> None:
    token, _ = await invite(client, await make.user())

    response = await client.post(ACCEPT, json={"token": token} | body)

    assert response.status_code == 422


async def test_another_sites_page_accepts_nothing(client: httpx.AsyncClient, make: Make) -> None:
    ada, bob = await make.user(), await make.user("Bob", role=None)
    token, _ = await invite(client, ada)
    client.cookies["samoey_access"] = bob.bearer

    response = await client.post(
        ACCEPT, json={"token": token}, headers={"sec-fetch-site": "cross-site"}
    )

    assert response.status_code == 403
    assert response.json()["type"] == "/problems/cross-site"
