"""Connecting providers: who may, what is taken, what is refused, and what is never told."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.kit.settings import ModelSettings
from tests.conftest import OpenHouse
from tests.domains.models.door import KEY, PLACE, URL, alias, deployment, provider, slug
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def everything(db: AsyncConnection) -> str:
    rows: list[object] = []
    for table in ("model_providers", "model_deployments", "events", "procrastinate_jobs"):
        rows += (await db.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608 - our own
    return str(rows)


async def test_a_provider_is_connected_and_its_key_never_comes_back(
    client: httpx.AsyncClient,
    ada: Somebody,
    db: AsyncConnection,
    told: Told,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        made = await provider(client, ada)
        changed = await client.patch(
            f"{PLACE}/providers/{made['id']}",
            json={"version": 1, "api_key": KEY + "x", "name": "theirs"},
            headers=ada.headers,
        )
    listed = await client.get(f"{PLACE}/providers", headers=ada.headers)

    assert (made["name"], made["base_url"], made["has_key"]) == ("ours", URL, True)
    assert (made["key_hint"], made["source"], made["version"]) == ("sk-ven…", "stored", 1)
    assert listed.json() == [changed.json()]
    assert (changed.json()["name"], changed.json()["version"]) == ("theirs", 2)
    assert (await told())[-2:] == ["models.provider_added", "models.provider_changed"]
    secret = KEY.removeprefix("sk-ven")
    for said in (listed.text, changed.text, await everything(db), caplog.text):
        assert secret not in said


async def test_a_vendor_that_is_known_needs_no_address(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    # The tests' settings keep models inside, so only that it would go outside can be seen.
    made = await provider(client, ada, kind="anthropic", base_url=None)

    assert made["base_url"] == "https://api.anthropic.com"


async def test_a_stranger_sees_nothing_and_a_member_changes_nothing(
    client: httpx.AsyncClient, ada: Somebody, make: Make
) -> None:
    made = await provider(client, ada)
    model = await deployment(client, ada, made["id"])
    named = await alias(client, ada, model["id"])
    member, stranger = await make.user("Mia", role="member"), await make.user("Eve", role=None)
    kinds = (("providers", made), ("deployments", model), ("aliases", named))

    for kind, one in kinds:
        place = f"{PLACE}/{kind}/{one['id']}"
        seen = await client.get(f"{PLACE}/{kind}", headers=member.headers)
        assert [it["id"] for it in seen.json()] == [one["id"]]
        assert (await client.get(f"{PLACE}/{kind}", headers=stranger.headers)).json() == []
        for who, status in ((member, 403), (stranger, 404)):
            change = await client.patch(place, json={"version": 1}, headers=who.headers)
            assert change.status_code == status
            assert (await client.delete(place, headers=who.headers)).status_code == status
    for who, status in ((member, 403), (stranger, 404)):
        tried = await client.post(
            f"{PLACE}/providers/{made['id']}/try", json={}, headers=who.headers
        )
        assert tried.status_code == status


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("ftp://example.org/v1", "vendor-address-refused"),
        ("api.example.org/v1", "vendor-address-refused"),
        ("https://", "vendor-address-refused"),
        ("https://ada:hush@example.org/v1", "vendor-address-refused"),
        ("https://example.org/v1?key=1", "vendor-address-refused"),
        ("https://[::1/v1", "vendor-address-refused"),
        ("https://example.org:99999/v1", "vendor-address-refused"),
        ("http://169.254.169.254/v1", "private-address"),
        ("http://[::ffff:169.254.169.254]/v1", "private-address"),
        ("http://8.8.8.8/v1", "outside-address"),
        ("http://exa mple.org/v1", "invalid-request"),
    ],
)
async def test_what_is_no_address_of_models_is_refused_and_tells_nobody(
    client: httpx.AsyncClient, ada: Somebody, told: Told, address: str, problem: str
) -> None:
    before = await told()
    body = {"workspace_id": str(ada.workspace_id), "name": "x", "kind": "openai"}

    refused = await client.post(
        f"{PLACE}/providers", json=body | {"base_url": address}, headers=ada.headers
    )

    assert slug(refused) == problem
    assert "hush" not in refused.text
    assert await told() == before


async def test_private_networks_can_be_closed_to_admins(open_test_house: OpenHouse) -> None:
    closed = ModelSettings(private_addresses=False)
    async with open_test_house(models=closed) as house, house.client() as http:
        ada = await house.make.user()
        body = {"workspace_id": str(ada.workspace_id), "name": "x", "kind": "openai"}

        refused = await http.post(
            f"{PLACE}/providers", json=body | {"base_url": URL}, headers=ada.headers
        )

    assert slug(refused) == "private-address"
    assert "models.private_addresses" in refused.json()["detail"]


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "a/b"},
        {"name": "-x"},
        {"name": ""},
        {"kind": "local"},
        {"api_key": "two\nlines"},
        {"api_key": "schlüssel"},
        {"more": 1},
    ],
)
async def test_what_does_not_fit_is_refused(
    client: httpx.AsyncClient, ada: Somebody, bad: dict[str, Any]
) -> None:
    body = {"workspace_id": str(ada.workspace_id), "name": "x", "kind": "openai", "base_url": URL}

    refused = await client.post(f"{PLACE}/providers", json=body | bad, headers=ada.headers)

    assert slug(refused) == "invalid-request"


async def test_a_name_is_given_once(client: httpx.AsyncClient, ada: Somebody) -> None:
    first, second = await provider(client, ada), await provider(client, ada, name="second")
    body = {"workspace_id": str(ada.workspace_id), "name": "ours", "kind": "openai"}

    again = await client.post(
        f"{PLACE}/providers", json=body | {"base_url": URL}, headers=ada.headers
    )
    renamed = await client.patch(
        f"{PLACE}/providers/{second['id']}",
        json={"version": 1, "name": first["name"]},
        headers=ada.headers,
    )

    assert slug(again) == slug(renamed) == "model-name-taken"


async def test_a_kept_key_is_not_sent_to_another_server_unasked(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    made = await provider(client, ada)
    place = f"{PLACE}/providers/{made['id']}"
    elsewhere = {"version": 1, "base_url": "http://127.0.0.1:10/v1"}

    refused = await client.patch(place, json=elsewhere, headers=ada.headers)
    deeper = await client.patch(
        place, json={"version": 1, "base_url": f"{URL}/deeper"}, headers=ada.headers
    )
    given = await client.patch(
        place, json=elsewhere | {"version": 2, "api_key": KEY}, headers=ada.headers
    )
    taken = await client.patch(place, json={"version": 3, "api_key": None}, headers=ada.headers)

    assert slug(refused) == "key-needed-again"
    assert deeper.json()["base_url"] == f"{URL}/deeper"
    assert given.json()["base_url"] == "http://127.0.0.1:10/v1"
    assert (taken.json()["has_key"], taken.json()["key_hint"]) == (False, None)


async def test_of_two_who_change_the_same_version_the_second_is_told(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    made = await provider(client, ada)
    place = f"{PLACE}/providers/{made['id']}"

    first = await client.patch(place, json={"version": 1, "enabled": False}, headers=ada.headers)
    second = await client.patch(place, json={"version": 1, "name": "late"}, headers=ada.headers)

    assert first.json()["enabled"] is False
    assert (slug(second), second.json()["version"]) == ("changed-meanwhile", 2)
    assert (await client.get(f"{PLACE}/providers", headers=ada.headers)).json()[0]["name"] == "ours"


async def test_what_an_alias_leads_to_is_not_removed(
    client: httpx.AsyncClient, ada: Somebody, told: Told
) -> None:
    made = await provider(client, ada)
    model = await deployment(client, ada, made["id"])
    named = await alias(client, ada, model["id"])

    for place in (f"providers/{made['id']}", f"deployments/{model['id']}"):
        refused = await client.delete(f"{PLACE}/{place}", headers=ada.headers)
        assert (slug(refused), refused.json()["aliases"]) == ("deployment-in-use", ["fast"])
    await client.delete(f"{PLACE}/aliases/{named['id']}", headers=ada.headers)
    removed = await client.delete(f"{PLACE}/providers/{made['id']}", headers=ada.headers)

    assert removed.status_code == 204
    assert (await client.get(f"{PLACE}/deployments", headers=ada.headers)).json() == []
    assert (await told())[-3:] == [
        "models.alias_removed",
        "models.deployment_removed",
        "models.provider_removed",
    ]


async def test_a_deployment_keeps_what_is_known_of_it(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    made = await provider(client, ada)
    known = {
        "context_tokens": 128_000,
        "tools": True,
        "vision": False,
        "price": {"input": 150_000, "output": 600_000, "cache_read": None, "cache_write": None},
        "max_parallel": 4,
        "limits": {"connect_s": 1.0, "first_s": 20.0, "gap_s": 10.0, "whole_s": 90.0},
    }

    model = await deployment(client, ada, made["id"], **known)
    changed = await client.patch(
        f"{PLACE}/deployments/{model['id']}",
        json={"version": 1, "price": None, "vision": True},
        headers=ada.headers,
    )
    again = await client.post(
        f"{PLACE}/deployments",
        json={
            "workspace_id": str(ada.workspace_id),
            "provider_id": made["id"],
            "model": model["model"],
        },
        headers=ada.headers,
    )

    assert {name: model[name] for name in known} == known
    assert (changed.json()["price"], changed.json()["vision"]) == (None, True)
    assert changed.json()["context_tokens"] == 128_000
    assert slug(again) == "model-name-taken"


async def test_what_the_environment_connects_is_listed_and_read_only(
    open_test_house: OpenHouse,
) -> None:
    given = {
        "groq_api_key": SecretStr(KEY),
        "groq_base_url": "http://127.0.0.1:7/v1/",
        "ollama_base_url": "http://127.0.0.1:11434",
        "vllm_api_key": SecretStr("no address, so nothing to connect"),
    }
    async with open_test_house(**given) as house, house.client() as http:
        ada = await house.make.user()
        stranger = await house.make.user("Eve", role=None)
        shown = await http.get(f"{PLACE}/providers", headers=ada.headers)
        place = f"{PLACE}/providers/{shown.json()[0]['id']}"
        changed = await http.patch(place, json={"version": 0, "name": "mine"}, headers=ada.headers)
        removed = await http.delete(place, headers=ada.headers)
        body = {"workspace_id": str(ada.workspace_id), "name": "groq", "kind": "openai"}
        taken = await http.post(
            f"{PLACE}/providers", json=body | {"base_url": URL}, headers=ada.headers
        )
        model = await deployment(http, ada, shown.json()[1]["id"], model="llama3")
        hidden = await http.get(f"{PLACE}/providers", headers=stranger.headers)

    told = [(it["name"], it["base_url"], it["key_hint"], it["source"]) for it in shown.json()]
    assert told == [
        ("groq", "http://127.0.0.1:7/v1", "sk-ven…", "environment"),
        ("ollama", "http://127.0.0.1:11434/v1", None, "environment"),
    ]
    assert slug(changed) == slug(removed) == "provider-read-only"
    assert "GROQ_API_KEY" in changed.json()["detail"]
    assert slug(taken) == "model-name-taken"
    assert model["provider_id"] == shown.json()[1]["id"]
    assert hidden.json() == []
