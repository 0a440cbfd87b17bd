"""Models that run on this server: who may set one up, and from where."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.models.door import KEY, PLACE, URL, add, deployment, provider, slug
from tests.doubles.checkpoint_folders import adapter, model
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]
HERE: dict[str, Any] = {"name": "here", "kind": "transformers"}


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "home" / "checkpoints"


async def refused(
    client: httpx.AsyncClient, who: Somebody, provider_id: str, **body: Any
) -> httpx.Response:
    given = {"workspace_id": str(who.workspace_id), "provider_id": provider_id, "model": "m"}
    return await client.post(f"{PLACE}/deployments", json=given | body, headers=who.headers)


async def test_a_model_of_this_server_is_set_up_by_its_folder(
    client: httpx.AsyncClient, ada: Somebody, root: Path
) -> None:
    folder, lora = model(root / "tiny"), adapter(root / "lora")
    embeds = model(root / "embeds", architectures=["BertModel"], max_position_embeddings=10**6)
    here = await add(client, ada, "providers", **HERE)
    listed = await client.get(f"{PLACE}/providers/{here['id']}/models", headers=ada.headers)

    how = {"folder": str(folder), "adapter": str(lora), "quantization": "int8", "preload": True}
    tiny = await deployment(client, ada, here["id"], model="tiny", checkpoint=how)
    vectors = await deployment(
        client, ada, here["id"], model="vectors", checkpoint={"folder": str(embeds)}
    )

    assert (here["base_url"], here["has_key"]) == ("", False)
    assert [it["id"] for it in listed.json()] == [str(embeds), str(folder)]
    # What nobody said is told by the folder.
    assert tiny["checkpoint"] == how | {
        "task": "generate", "device": "auto", "dtype": "auto", "idle_minutes": 15,
    }  # fmt: skip
    assert (tiny["context_tokens"], vectors["context_tokens"]) == (2048, 8192)
    assert vectors["checkpoint"]["task"] == "embed"


async def test_how_a_model_runs_is_changed_and_stays_on_this_server(
    client: httpx.AsyncClient, ada: Somebody, root: Path
) -> None:
    folder = model(root / "tiny")
    here = await add(client, ada, "providers", **HERE)
    made = await deployment(client, ada, here["id"], checkpoint={"folder": str(folder)})
    place = f"{PLACE}/deployments/{made['id']}"

    async def change(version: int, **body: Any) -> httpx.Response:
        told = {"version": version} | body
        return await client.patch(place, json=told, headers=ada.headers)

    always = {"folder": str(folder), "idle_minutes": None}
    changed = await change(1, checkpoint=always)
    other = await change(2, max_parallel=3)

    assert changed.json()["checkpoint"]["idle_minutes"] is None
    assert other.json()["checkpoint"] == changed.json()["checkpoint"]
    assert slug(await change(3, checkpoint=None)) == "checkpoint-refused"
    assert slug(await change(3, checkpoint={"folder": "/etc"})) == "checkpoint-refused"


async def test_only_folders_that_the_settings_allow_are_taken_and_a_refusal_tells_nobody(
    client: httpx.AsyncClient, ada: Somebody, root: Path, told: Told
) -> None:
    outside = model(root.parent.parent / "outside")
    here = await add(client, ada, "providers", **HERE)
    before = await told()

    elsewhere = await refused(client, ada, here["id"], checkpoint={"folder": str(outside)})
    nowhere = await refused(client, ada, here["id"])
    all_of_them = await refused(
        client, ada, here["id"], model="*", checkpoint={"folder": str(model(root / "a"))}
    )

    for response in (elsewhere, nowhere, all_of_them):
        assert (response.status_code, slug(response)) == (422, "checkpoint-refused")
    assert str(root) in elsewhere.json()["detail"]
    assert await told() == before


async def test_whoever_may_not_set_up_models_learns_nothing_of_the_disk(
    client: httpx.AsyncClient, ada: Somebody, make: Make, root: Path
) -> None:
    here = await add(client, ada, "providers", **HERE)
    made = await deployment(
        client, ada, here["id"], checkpoint={"folder": str(model(root / "tiny"))}
    )
    member, stranger = await make.user("Mia", role="member"), await make.user("Eve", role=None)

    for who, status in ((member, 403), (stranger, 404)):
        for folder in (str(root / "tiny"), "/etc"):
            body = {"workspace_id": str(ada.workspace_id), "checkpoint": {"folder": folder}}
            adding = await refused(client, who, here["id"], **body)
            changing = await client.patch(
                f"{PLACE}/deployments/{made['id']}",
                json={"version": 1, "checkpoint": {"folder": folder}},
                headers=who.headers,
            )
            assert (adding.status_code, changing.status_code) == (status, status)
        listed = await client.get(f"{PLACE}/providers/{here['id']}/models", headers=who.headers)
        assert listed.status_code == status


async def test_what_runs_here_has_no_address_and_no_key_and_nothing_else_has_a_folder(
    client: httpx.AsyncClient, ada: Somebody, root: Path
) -> None:
    folder = model(root / "tiny")
    sent = HERE | {"workspace_id": str(ada.workspace_id)}
    for wrong in ({"base_url": URL}, {"api_key": KEY}):
        answer = await client.post(f"{PLACE}/providers", json=sent | wrong, headers=ada.headers)
        assert slug(answer) == "vendor-address-refused"
    here = await add(client, ada, "providers", **HERE)
    moved = await client.patch(
        f"{PLACE}/providers/{here['id']}",
        json={"version": 1, "base_url": URL},
        headers=ada.headers,
    )
    vendor = await provider(client, ada)

    assert slug(moved) == "vendor-address-refused"
    folders = await refused(client, ada, vendor["id"], checkpoint={"folder": str(folder)})
    assert slug(folders) == "checkpoint-refused"


async def test_a_server_without_what_runs_models_says_what_to_install(
    client: httpx.AsyncClient, ada: Somebody, root: Path
) -> None:
    here = await add(client, ada, "providers", **HERE)
    await deployment(client, ada, here["id"], checkpoint={"folder": str(model(root / "tiny"))})

    tried = await client.post(f"{PLACE}/providers/{here['id']}/try", json={}, headers=ada.headers)

    problem = tried.json()["problem"]
    assert problem["type"] == "/problems/checkpoints-missing"
    assert "torch" in problem["detail"]
    assert "extra “local”" in problem["detail"]
