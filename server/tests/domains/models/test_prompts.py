"""Prompt templates at the REST door: kept in versions, previewed, renamed, removed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.domains.models.door import PLACE, add, slug
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]
PROMPTS = f"{PLACE}/prompts"


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def prompt(client: httpx.AsyncClient, who: Somebody, **body: Any) -> dict[str, Any]:
    given = {"name": "Brief", "purpose": "assistant", "text": "Answer in one sentence."}
    return await add(client, who, "prompts", **(given | body))


async def test_versions_are_numbered_and_never_change(
    client: httpx.AsyncClient, ada: Somebody, told: Told
) -> None:
    made = await prompt(client, ada, note="a first try")
    place = f"{PROMPTS}/{made['id']}"
    second = {"version": 1, "text": "Answer in two sentences.", "note": "less terse"}

    kept = await client.post(f"{place}/versions", json=second, headers=ada.headers)
    late = await client.post(f"{place}/versions", json=second, headers=ada.headers)
    back = {"version": 2, "text": made["latest"]["text"], "note": "back to version 1"}
    again = await client.post(f"{place}/versions", json=back, headers=ada.headers)
    versions = (await client.get(f"{place}/versions", headers=ada.headers)).json()
    [listed] = (await client.get(PROMPTS, headers=ada.headers)).json()

    assert (kept.status_code, kept.json()["latest"]["number"]) == (201, 2)
    assert (late.status_code, slug(late)) == (409, "changed-meanwhile")
    assert [(it["number"], it["text"], it["note"], it["author"]) for it in versions] == [
        (3, "Answer in one sentence.", "back to version 1", "Ada"),
        (2, "Answer in two sentences.", "less terse", "Ada"),
        (1, "Answer in one sentence.", "a first try", "Ada"),
    ]
    assert versions[2] == made["latest"]
    assert listed == again.json()
    assert listed["version"] == 3
    assert (await told())[-3:] == ["models.prompt_added", *["models.prompt_changed"] * 2]


async def test_a_prompt_is_renamed_and_removed(
    client: httpx.AsyncClient, ada: Somebody, told: Told
) -> None:
    made = await prompt(client, ada)
    other = await prompt(client, ada, name="Thorough")
    place = f"{PROMPTS}/{made['id']}"

    taken = await client.post(
        PROMPTS,
        json={"workspace_id": str(ada.workspace_id), "name": "Brief", "purpose": "free"}
        | {"text": "x"},
        headers=ada.headers,
    )
    clash = await client.patch(place, json={"version": 1, "name": "Thorough"}, headers=ada.headers)
    renamed = await client.patch(place, json={"version": 1, "name": "Terse"}, headers=ada.headers)
    late = await client.patch(place, json={"version": 1, "name": "Short"}, headers=ada.headers)
    gone = await client.delete(place, headers=ada.headers)
    twice = await client.delete(place, headers=ada.headers)
    listed = (await client.get(PROMPTS, headers=ada.headers)).json()

    assert slug(taken) == slug(clash) == "model-name-taken"
    assert (renamed.json()["name"], renamed.json()["latest"]) == ("Terse", made["latest"])
    assert slug(late) == "changed-meanwhile"
    assert (gone.status_code, slug(twice)) == (204, "prompt-not-found")
    assert [it["id"] for it in listed] == [other["id"]]
    assert (await told())[-1] == "models.prompt_removed"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ({"name": " "}, "invalid-request"),
        ({"name": "a\nb"}, "invalid-request"),
        ({"name": "built-IN"}, "invalid-request"),
        ({"name": "\u202eevil"}, "invalid-request"),
        ({"text": " \n"}, "invalid-request"),
        ({"text": "nul \x00"}, "invalid-request"),
        ({"text": "x" * 8_001}, "invalid-request"),
        ({"purpose": "mischief"}, "invalid-request"),
        ({"text": "Answer {{question}}."}, "prompt-variables-misfit"),
    ],
)
async def test_a_prompt_that_cannot_work_is_refused_and_nobody_is_told(
    client: httpx.AsyncClient, ada: Somebody, told: Told, bad: dict[str, Any], problem: str
) -> None:
    body = {"workspace_id": str(ada.workspace_id), "name": "Brief", "purpose": "assistant"}

    refused = await client.post(
        PROMPTS, json=body | {"text": "Be brief."} | bad, headers=ada.headers
    )

    assert slug(refused) == problem
    assert "models.prompt_added" not in await told()


async def test_members_and_viewers_read_what_admins_write_and_a_stranger_sees_nothing(
    client: httpx.AsyncClient, ada: Somebody, make: Make, told: Told
) -> None:
    made = await prompt(client, ada)
    place = f"{PROMPTS}/{made['id']}"
    before = await told()
    version = {"version": 1, "text": "Shout."}
    traffic = {
        "workspace_id": str(ada.workspace_id),
        "version": 0,
        "arms": [{"version_id": made["latest"]["id"], "share": 100}],
    }

    async def tried(who: Somebody) -> list[str]:
        body = {"workspace_id": str(ada.workspace_id), "name": "Mine", "purpose": "free"}
        answers = [
            await client.post(PROMPTS, json=body | {"text": "x"}, headers=who.headers),
            await client.post(f"{place}/versions", json=version, headers=who.headers),
            await client.patch(place, json={"version": 1, "name": "Mine"}, headers=who.headers),
            await client.delete(place, headers=who.headers),
            await client.put(f"{PROMPTS}/traffic", json=traffic, headers=who.headers),
        ]
        return [slug(it) for it in answers]

    async def seen(who: Somebody) -> list[str]:
        listed = await client.get(PROMPTS, headers=who.headers)
        return [it["name"] for it in listed.json()]

    mia, vera = await make.user("Mia", role="member"), await make.user("Vera", role="viewer")
    eve = await make.user("Eve", role=None)
    whose = {"workspace_id": str(ada.workspace_id)}
    hidden = [
        await client.get(f"{place}/versions", headers=eve.headers),
        await client.get(f"{PROMPTS}/traffic", params=whose, headers=eve.headers),
        await client.post(f"{PROMPTS}/preview", json=whose | {"text": "x"}, headers=eve.headers),
    ]
    for_vera = await client.post(
        f"{PROMPTS}/preview", json=whose | {"text": "x"}, headers=vera.headers
    )

    assert await seen(mia) == await seen(vera) == ["Brief"]
    assert await seen(eve) == []
    assert await tried(mia) == await tried(vera) == ["not-permitted"] * 5
    no, missing = "workspace-not-found", "prompt-not-found"
    assert await tried(eve) == [no, missing, missing, missing, no]
    assert [slug(it) for it in hidden] == [missing, no, no]
    assert slug(for_vera) == "not-permitted"
    assert (await client.get(PROMPTS)).status_code == 401
    assert [it for it in await told() if it.startswith("models.")] == [
        it for it in before if it.startswith("models.")
    ]


async def test_what_is_built_in_can_be_read_and_is_no_prompt_to_change(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    read = (await client.get(f"{PROMPTS}/builtin", headers=ada.headers)).json()
    gone = await client.delete(f"{PROMPTS}/builtin", headers=ada.headers)

    assert read["name"] == "Built-in"
    assert "Never guess." in read["text"]
    assert slug(gone) == "invalid-request"


async def test_a_draft_is_filled_in_exactly_once(client: httpx.AsyncClient, ada: Somebody) -> None:
    async def preview(text: str, **values: str) -> httpx.Response:
        body = {"workspace_id": str(ada.workspace_id), "text": text, "values": values}
        return await client.post(f"{PROMPTS}/preview", json=body, headers=ada.headers)

    text = "In {{ language }}: {{question}} {{question}} \\{{question}} {boundary} { {x} } {{Not}}"
    fine = await preview(text, language="{{question}}", question="why {{language}}?")
    missing = await preview(text, language="German")
    unknown = await preview("Nothing here.", tone="kind")

    shown = fine.json()
    why = "why {{language}}?"
    assert shown["messages"] == [
        {
            "role": "user",
            "text": f"In {{{{question}}}}: {why} {why} "
            "{{question}} {boundary} { {x} } {{Not}}",
        }
    ]
    assert shown["variables"] == ["language", "question"]
    assert shown["tokens"] == -(-len(shown["messages"][0]["text"]) // 4)
    assert (slug(missing), missing.json()["missing"]) == ("prompt-variables-misfit", ["question"])
    assert "{{question}} has no value." in missing.json()["detail"]
    assert (slug(unknown), unknown.json()["unknown"]) == ("prompt-variables-misfit", ["tone"])
    assert (await client.get(PROMPTS, headers=ada.headers)).json() == []


async def test_two_who_keep_a_version_at_once_do_not_overwrite_each_other(
    house: RunningHouse,
) -> None:
    async with house.client() as here, house.client() as there:
        ada = await house.make.user()
        made = await prompt(here, ada)
        place = f"{PROMPTS}/{made['id']}/versions"

        answers = await asyncio.gather(
            *(
                http.post(place, json={"version": 1, "text": text}, headers=ada.headers)
                for http, text in ((here, "One."), (there, "Two."))
            )
        )
        versions = (await here.get(place, headers=ada.headers)).json()

    won = [it.json()["latest"] for it in answers if it.status_code == 201]
    assert sorted(it.status_code for it in answers) == [201, 409]
    assert versions == [*won, made["latest"]]
