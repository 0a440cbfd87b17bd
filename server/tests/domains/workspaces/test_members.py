"""Who is in, what each role may do, and that somebody always owns the place."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.workspaces import service
from samoey.domains.workspaces.errors import LastOwner, NotPermitted, WorkspaceNotFound
from samoey.domains.workspaces.service import Role
from samoey.kit.context import SYSTEM, Tools
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


def place(who: Somebody) -> str:
    return f"/api/v1/workspaces/{who.workspace_id}"


def seat(who: Somebody) -> str:
    return f"{place(who)}/members/{who.id}"


async def roles(http: httpx.AsyncClient, reader: Somebody) -> dict[str, str]:
    response = await http.get(f"{place(reader)}/members", headers=reader.headers)
    return {member["name"]: member["role"] for member in response.json()}


async def test_a_member_sees_the_others_and_the_local_operator(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role="viewer")

    response = await client.get(f"{place(ada)}/members", headers=bob.headers)

    members = response.json()
    assert [(member["name"], member["role"], member["kind"]) for member in members] == [
        ("Local operator", "owner", "operator"),
        ("Ada", "owner", "person"),
        ("Bob", "viewer", "person"),
    ]
    assert set(members[0]) == {"user_id", "name", "email", "role", "kind", "joined_at"}


async def test_a_stranger_sees_nothing_and_changes_nothing(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada, mallory = await make.user(), await make.user("Mallory", role=None)
    before = await told()

    assert (await client.get("/api/v1/workspaces", headers=mallory.headers)).json() == []
    for method, path, body in (
        ("GET", f"{place(ada)}/members", None),
        ("PATCH", place(ada), {"name": "Mine"}),
        ("PATCH", seat(ada), {"role": "viewer"}),
        ("DELETE", seat(ada), None),
        ("DELETE", f"{place(ada)}/members/{mallory.id}", None),
        ("GET", f"{place(ada)}/invitations", None),
        ("POST", f"{place(ada)}/invitations", {"role": "viewer"}),
        ("DELETE", f"{place(ada)}/invitations/{uuid4()}", None),
    ):
        response = await client.request(method, path, json=body, headers=mallory.headers)

        assert response.status_code == 404, path
        assert response.json()["type"] == "/problems/workspace-not-found"
    assert await told() == before


async def test_only_owners_rename_the_workspace(client: httpx.AsyncClient, make: Make) -> None:
    ada, bob = await make.user(), await make.user("Bob", role="admin")

    refused = await client.patch(place(ada), json={"name": "Bob's"}, headers=bob.headers)
    renamed = await client.patch(place(ada), json={"name": " Engine "}, headers=ada.headers)

    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/not-permitted"
    assert refused.json()["needs"] == "owner"
    assert renamed.json()["name"] == "Engine"
    assert (await client.get("/api/v1/workspaces", headers=bob.headers)).json()[0][
        "name"
    ] == "Engine"


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted", "status"),
    [
        ("owner", "viewer", "owner", 200),
        ("owner", "owner", "viewer", 200),
        ("admin", "viewer", "admin", 200),
        ("admin", "admin", "member", 200),
        ("admin", "member", "owner", 403),
        ("admin", "owner", "admin", 403),
        ("member", "viewer", "member", 403),
        ("viewer", "viewer", "member", 403),
    ],
)
async def test_nobody_gives_or_takes_a_role_higher_than_their_own(
    client: httpx.AsyncClient,
    make: Make,
    told: Told,
    mine: str,
    theirs: str,
    wanted: str,
    status: int,
) -> None:
    me, them = await make.user("Me", role=mine), await make.user("Them", role=theirs)
    before = await told()

    response = await client.patch(seat(them), json={"role": wanted}, headers=me.headers)

    assert response.status_code == status
    after = (await told())[len(before) :]
    assert after == (["workspaces.member_changed"] if status == 200 else [])
    assert (await roles(client, me))["Them"] == (wanted if status == 200 else theirs)


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [
        ("owner", "owner", 204),
        ("admin", "admin", 204),
        ("admin", "owner", 403),
        ("member", "viewer", 403),
        ("viewer", "viewer", 403),
    ],
)
async def test_nobody_removes_somebody_whose_role_is_higher(
    client: httpx.AsyncClient, make: Make, mine: str, theirs: str, status: int
) -> None:
    me, them = await make.user("Me", role=mine), await make.user("Them", role=theirs)

    response = await client.delete(seat(them), headers=me.headers)

    assert response.status_code == status
    assert ("Them" in await roles(client, me)) == (status == 403)


async def test_an_admin_does_not_make_themselves_an_owner(
    client: httpx.AsyncClient, make: Make
) -> None:
    bob = await make.user("Bob", role="admin")

    response = await client.patch(seat(bob), json={"role": "owner"}, headers=bob.headers)

    assert response.status_code == 403


async def test_who_left_sees_nothing_any_more(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role="viewer")

    response = await client.delete(seat(bob), headers=bob.headers)

    assert response.status_code == 204
    assert (await told())[-1] == "workspaces.member_left"
    assert (await client.get("/api/v1/workspaces", headers=bob.headers)).json() == []
    gone = await client.get(f"{place(ada)}/members", headers=bob.headers)
    assert gone.status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_the_last_owner_neither_leaves_nor_steps_down(
    client: httpx.AsyncClient, make: Make, told: Told, method: str
) -> None:
    ada = await make.user()
    await make.user("Bob", role="admin")
    before = await told()
    body = {"role": "admin"} if method == "PATCH" else None

    response = await client.request(method, seat(ada), json=body, headers=ada.headers)

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/last-owner"
    assert await told() == before


async def test_an_owner_who_is_switched_off_is_no_other_owner(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    await db.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": bob.id})

    assert (await client.delete(seat(ada), headers=ada.headers)).status_code == 409
    assert (await client.delete(seat(bob), headers=ada.headers)).status_code == 204


async def test_of_two_owners_who_leave_at_once_one_has_to_stay(house: RunningHouse) -> None:
    owners = [await house.make.user(name) for name in ("Ada", "Bob", "Cyd")]

    async def leave(who: Somebody) -> None:
        async with house.tools.work(who.actor) as ctx:
            await service.remove_member(ctx, who.workspace_id, who.id)

    tried = await asyncio.gather(*(leave(who) for who in owners), return_exceptions=True)

    assert sorted(type(one).__name__ for one in tried) == ["LastOwner", "NoneType", "NoneType"]


async def test_of_two_owners_who_lower_each_other_at_once_one_stays(house: RunningHouse) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob")

    async def lower(mine: Somebody, theirs: Somebody) -> None:
        async with house.tools.work(mine.actor) as ctx:
            await service.change_member(ctx, mine.workspace_id, theirs.id, Role.VIEWER)

    tried = await asyncio.gather(lower(ada, bob), lower(bob, ada), return_exceptions=True)

    refused = [one for one in tried if one is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], (NotPermitted, LastOwner))


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"role": "viewer"}), ("DELETE", None)])
async def test_the_local_operator_remains(
    client: httpx.AsyncClient, make: Make, method: str, body: dict[str, Any] | None
) -> None:
    ada = await make.user()
    members = (await client.get(f"{place(ada)}/members", headers=ada.headers)).json()
    [operator] = [member for member in members if member["kind"] == "operator"]

    response = await client.request(
        method, f"{place(ada)}/members/{operator['user_id']}", json=body, headers=ada.headers
    )

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/operator-remains"


async def test_somebody_who_is_no_member_cannot_be_changed(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, cyd = await make.user(), await make.user("Cyd", role=None)

    for path in (seat(cyd), f"{place(ada)}/members/{uuid4()}"):
        response = await client.patch(path, json={"role": "member"}, headers=ada.headers)

        assert response.status_code == 404
        assert response.json()["type"] == "/problems/member-not-found"


@pytest.mark.parametrize("body", [{"role": "emperor"}, {}, {"role": None}, {"role": ["owner"]}])
async def test_a_role_that_does_not_exist_is_refused(
    client: httpx.AsyncClient, make: Make, body: dict[str, Any]
) -> None:
    ada = await make.user()

    response = await client.patch(seat(ada), json=body, headers=ada.headers)

    assert response.status_code == 422


async def test_an_id_that_is_no_id_is_refused(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()

    response = await client.get("/api/v1/workspaces/everything/members", headers=ada.headers)

    assert response.status_code == 422


async def test_the_system_reads_no_workspace(make: Make, tools: Tools) -> None:
    ada = await make.user()

    async with tools.work(SYSTEM) as ctx:
        assert list(await ctx.db.scalars(service.readable(SYSTEM))) == []
        assert list(await ctx.db.scalars(service.readable(ada.actor))) == [ada.workspace_id]
        with pytest.raises(WorkspaceNotFound):
            await service.require(ctx, ada.workspace_id, Role.VIEWER)


async def test_members_hear_of_each_change_by_the_workspaces_channel(
    house: RunningHouse,
) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob", role="viewer")
    audience = f"workspace:{ada.workspace_id}"
    async with house.client() as http, house.tools.bus.listen(audience) as ear:
        await http.patch(seat(bob), json={"role": "member"}, headers=ada.headers)
        changed = await ear.get(2)
        await http.delete(seat(bob), headers=ada.headers)
        left = await ear.get(2)

    assert changed is not None
    assert changed[1]["name"] == "workspaces.member_changed"
    assert changed[1]["data"]["role"] == "member"
    assert left is not None
    assert left[1]["name"] == "workspaces.member_left"
    assert left[1]["data"]["user_id"] == str(bob.id)
