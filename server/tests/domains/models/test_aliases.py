"""Aliases and policies: where names lead, and what the holders of keys may ask."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.domains.models.door import PLACE, alias, deployment, provider, slug
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
async def models(client: httpx.AsyncClient, ada: Somebody) -> list[str]:
    made = await provider(client, ada)
    return [(await deployment(client, ada, made["id"], model=it))["id"] for it in ("a", "b", "c")]


async def test_an_alias_leads_to_deployments_in_order(
    client: httpx.AsyncClient, ada: Somebody, models: list[str], told: Told
) -> None:
    made = await alias(client, ada, *models, strategy="weighted", cache="exact", retries=1)
    place = f"{PLACE}/aliases/{made['id']}"
    reversed_ = [{"deployment_id": it, "weight": 3} for it in reversed(models[1:])]

    changed = await client.patch(
        place, json={"version": 1, "targets": reversed_, "name": "smart"}, headers=ada.headers
    )
    late = await client.patch(place, json={"version": 1, "retries": 5}, headers=ada.headers)

    assert [it["deployment_id"] for it in made["targets"]] == models
    assert (made["strategy"], made["cache"], made["deadline_s"]) == ("weighted", "exact", 120)
    assert changed.json() | {"created_at": None} == made | {
        "version": 2,
        "name": "smart",
        "targets": reversed_,
        "created_at": None,
    }
    assert slug(late) == "changed-meanwhile"
    listed = await client.get(f"{PLACE}/aliases", headers=ada.headers)
    assert listed.json() == [changed.json()]
    assert (await told())[-2:] == ["models.alias_added", "models.alias_changed"]


async def test_an_alias_trims_and_asks_again_only_where_somebody_decided_so(
    client: httpx.AsyncClient, ada: Somebody, models: list[str]
) -> None:
    made = await alias(client, ada, *models)
    place = f"{PLACE}/aliases/{made['id']}"

    changed = await client.patch(place, json={"version": 1, "trim": True}, headers=ada.headers)
    late = await client.patch(place, json={"version": 1, "trim": False}, headers=ada.headers)
    kept = await client.patch(place, json={"version": 2, "retries": 1}, headers=ada.headers)

    mended = await client.patch(place, json={"version": 3, "repairs": 2}, headers=ada.headers)
    often = await client.patch(place, json={"version": 4, "repairs": 3}, headers=ada.headers)
    bounded = {"version": 4, "ceiling_micro": 50_000}
    cheap = await client.patch(place, json=bounded, headers=ada.headers)
    freed = {"version": 5, "ceiling_micro": None}
    free = await client.patch(place, json=freed, headers=ada.headers)

    assert (made["repairs"], mended.json()["repairs"]) == (0, 2)
    assert slug(often) == "invalid-request"
    assert (made["ceiling_micro"], cheap.json()["ceiling_micro"]) == (None, 50_000)
    assert free.json()["ceiling_micro"] is None
    assert made["trim"] is False
    assert changed.json()["trim"] is True
    assert slug(late) == "changed-meanwhile"
    assert kept.json()["trim"] is True


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ({"targets": []}, "invalid-request"),
        ({"targets": [{"deployment_id": str(uuid4())}]}, "target-unknown"),
        ({"name": "two words"}, "invalid-request"),
        ({"strategy": "luck"}, "invalid-request"),
        ({"deadline_s": 0}, "invalid-request"),
        ({"retries": 99}, "invalid-request"),
        ({"threshold": 2}, "invalid-request"),
    ],
)
async def test_an_alias_that_cannot_work_is_refused(
    client: httpx.AsyncClient,
    ada: Somebody,
    models: list[str],
    bad: dict[str, Any],
    problem: str,
) -> None:
    body = {
        "workspace_id": str(ada.workspace_id),
        "name": "fast",
        "targets": [{"deployment_id": models[0]}],
    }

    refused = await client.post(f"{PLACE}/aliases", json=body | bad, headers=ada.headers)

    assert slug(refused) == problem


async def test_a_target_is_named_once_and_some_weight_is_needed(
    client: httpx.AsyncClient, ada: Somebody, models: list[str]
) -> None:
    made = await alias(client, ada, *models)
    place = f"{PLACE}/aliases/{made['id']}"
    twice = [{"deployment_id": models[0]}] * 2
    nothing = [{"deployment_id": models[0], "weight": 0}]

    for targets in (twice, nothing):
        refused = await client.patch(
            place, json={"version": 1, "targets": targets}, headers=ada.headers
        )
        assert slug(refused) == "invalid-request"


async def test_two_replicas_that_change_a_route_at_once_do_not_overwrite_each_other(
    house: RunningHouse,
) -> None:
    async with house.client() as here, house.client() as there:
        ada = await house.make.user()
        made = await provider(here, ada)
        models = [(await deployment(here, ada, made["id"], model=it))["id"] for it in ("a", "b")]
        named = await alias(here, ada, *models)
        place = f"{PLACE}/aliases/{named['id']}"

        def lead(http: httpx.AsyncClient, target: str) -> Awaitable[httpx.Response]:
            change = {"version": 1, "targets": [{"deployment_id": target}]}
            return http.patch(place, json=change, headers=ada.headers)

        answers = await asyncio.gather(lead(here, models[0]), lead(there, models[1]))
        [now] = (await here.get(f"{PLACE}/aliases", headers=ada.headers)).json()

    won = [it.json() for it in answers if it.status_code == 200]
    assert sorted(it.status_code for it in answers) == [200, 409]
    assert won == [now]


async def key_of(client: httpx.AsyncClient, who: Somebody) -> str:
    made = await client.post("/api/v1/identity/keys", json={"name": "ci"}, headers=who.headers)
    return str(made.json()["id"])


async def test_an_admin_says_what_the_holder_of_a_key_may_ask(
    client: httpx.AsyncClient, ada: Somebody, make: Make, told: Told
) -> None:
    mia = await make.user("Mia", role="member")
    place = f"{PLACE}/policies/{await key_of(client, mia)}"
    limits = {"models": ["fast"], "rpm": 60, "tpm": None, "day_micro": 5_000_000}

    none = await client.get(place, headers=mia.headers)
    first = await client.put(place, json=limits | {"version": 0}, headers=ada.headers)
    late = await client.put(place, json=limits | {"version": 0}, headers=ada.headers)
    second = await client.put(place, json={"version": 1, "rpm": 5}, headers=ada.headers)
    read = await client.get(place, headers=mia.headers)

    assert (none.json()["rpm"], none.json()["version"]) == (None, 0)
    assert (first.json()["models"], first.json()["day_micro"]) == (["fast"], 5_000_000)
    assert slug(late) == "changed-meanwhile"
    assert (second.json()["rpm"], second.json()["models"]) == (5, None)
    assert read.json() == second.json()
    assert (await told())[-2:] == ["models.policy_changed"] * 2


async def test_nobody_decides_about_keys_who_is_no_admin(
    client: httpx.AsyncClient, ada: Somebody, make: Make
) -> None:
    mia, eve = await make.user("Mia", role="member"), await make.user("Eve", role=None)
    own, adas = await key_of(client, mia), await key_of(client, ada)

    async def put(who: Somebody, key_id: str) -> str:
        place = f"{PLACE}/policies/{key_id}"
        return slug(await client.put(place, json={"version": 0}, headers=who.headers))

    assert await put(mia, own) == "not-permitted"
    assert await put(mia, adas) == await put(eve, adas) == "key-not-found"
    assert await put(ada, str(uuid4())) == "key-not-found"
    hidden = await client.get(f"{PLACE}/policies/{adas}", headers=mia.headers)
    assert slug(hidden) == "key-not-found"


async def test_an_admin_lists_what_every_key_may_and_a_member_what_theirs_may(
    client: httpx.AsyncClient, ada: Somebody, make: Make
) -> None:
    mia, eve = await make.user("Mia", role="member"), await make.user("Eve", role=None)
    mias, adas, eves = [await key_of(client, who) for who in (mia, ada, eve)]
    limits = {"version": 0, "models": ["fast"], "month_micro": 9_000_000}
    await client.put(f"{PLACE}/policies/{mias}", json=limits, headers=ada.headers)

    async def listed(who: Somebody) -> list[dict[str, Any]]:
        keys: list[dict[str, Any]] = (
            await client.get(f"{PLACE}/policies", headers=who.headers)
        ).json()
        return keys

    for_ada, for_mia = await listed(ada), await listed(mia)
    assert [(it["id"], it["owner"]) for it in for_ada] == [(adas, "Ada"), (mias, "Mia")]
    assert for_mia == for_ada[1:]
    assert for_mia[0]["policy"] | limits | {"version": 1} == for_mia[0]["policy"]
    assert for_ada[0]["policy"]["version"] == 0
    assert [it["id"] for it in await listed(eve)] == [eves]
