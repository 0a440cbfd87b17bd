"""Which versions of the assistant's instructions answer: by shares, and always the same one."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from samoey.domains.models.prompts.sharing import arm_of
from tests.domains.models.door import slug
from tests.domains.models.test_prompts import PROMPTS, prompt
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]
TRAFFIC = f"{PROMPTS}/traffic"
CONVERSATIONS = [UUID(int=number << 64 | 7) for number in range(2_000)]
EXPERIMENT = UUID("01930000-0000-7000-8000-000000000001")


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def share(
    client: httpx.AsyncClient, who: Somebody, version: int, *arms: tuple[str | None, int]
) -> httpx.Response:
    """Have versions answer, each its share."""
    body = {
        "workspace_id": str(who.workspace_id),
        "version": version,
        "arms": [{"version_id": it, "share": percent} for it, percent in arms],
    }
    return await client.put(TRAFFIC, json=body, headers=who.headers)


async def traffic(client: httpx.AsyncClient, who: Somebody) -> dict[str, Any]:
    """Which versions answer."""
    read = await client.get(
        TRAFFIC, params={"workspace_id": str(who.workspace_id)}, headers=who.headers
    )
    told: dict[str, Any] = read.json()
    return told


def test_shares_hold_over_many_conversations_and_a_conversation_keeps_its_arm() -> None:
    shares = [70, 20, 10]

    first = [arm_of(EXPERIMENT, it, shares) for it in CONVERSATIONS]
    second = [arm_of(EXPERIMENT, it, shares) for it in CONVERSATIONS]
    other = [arm_of(UUID(int=5), it, shares) for it in CONVERSATIONS]

    assert first == second
    counts = Counter(first)
    for arm, percent in enumerate(shares):
        assert abs(counts[arm] - 20 * percent) < 60, counts
    # Another experiment shares out anew: who was in the small arm is not there again.
    both = sum(one == other_ == 2 for one, other_ in zip(first, other, strict=True))
    assert both < 50


def test_other_shares_move_only_the_conversations_between_the_borders() -> None:
    before = [arm_of(EXPERIMENT, it, [80, 20]) for it in CONVERSATIONS]
    after = [arm_of(EXPERIMENT, it, [60, 40]) for it in CONVERSATIONS]

    moved = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert set(moved) == {(0, 1)}
    assert abs(len(moved) - 400) < 80
    assert {arm_of(EXPERIMENT, it, [100]) for it in CONVERSATIONS} == {0}


async def test_versions_answer_by_shares_until_one_of_them_answers_all(
    client: httpx.AsyncClient, ada: Somebody, told: Told
) -> None:
    brief = (await prompt(client, ada))["latest"]
    none = await traffic(client, ada)

    begun = (await share(client, ada, 0, (None, 80), (brief["id"], 20))).json()
    moved = (await share(client, ada, 1, (brief["id"], 50), (None, 50))).json()
    ended = (await share(client, ada, 2, (brief["id"], 100))).json()

    assert (none["version"], none["running"], none["earlier"]) == (0, None, [])
    arms = begun["running"]["arms"]
    assert [(it["name"], it["number"], it["share"]) for it in arms] == [
        ("Built-in", None, 80),
        ("Brief", 1, 20),
    ]
    # The same arms in the same order: other shares are no other experiment.
    assert moved["running"]["id"] == begun["running"]["id"]
    assert [it | {"share": 0} for it in moved["running"]["arms"]] == [
        it | {"share": 0} for it in arms
    ]
    assert [it["share"] for it in moved["running"]["arms"]] == [50, 50]
    assert [it["share"] for it in ended["running"]["arms"]] == [100]
    assert [it["id"] for it in ended["earlier"]] == [begun["running"]["id"]]
    assert ended["earlier"][0]["ended_at"] is not None
    assert ended["version"] == 3
    assert await traffic(client, ada) == ended
    assert (await told())[-3:] == ["models.prompt_traffic_changed"] * 3


async def test_shares_that_cannot_be_are_refused_and_nobody_is_told(
    client: httpx.AsyncClient, ada: Somebody, told: Told
) -> None:
    brief = (await prompt(client, ada))["latest"]["id"]
    free = (await prompt(client, ada, name="Free", purpose="free"))["latest"]["id"]

    refused = [
        await share(client, ada, 0),
        await share(client, ada, 0, (brief, 99)),
        await share(client, ada, 0, (brief, 50), (brief, 50)),
        await share(client, ada, 0, (brief, 100), (None, 0)),
        await share(client, ada, 0, (str(uuid4()), 100)),
        await share(client, ada, 0, (free, 100)),
        await share(client, ada, 7, (brief, 100)),
    ]

    assert [slug(it) for it in refused] == [
        *["invalid-request"] * 4,
        *["prompt-version-unknown"] * 2,
        "changed-meanwhile",
    ]
    assert "models.prompt_traffic_changed" not in await told()
    assert (await traffic(client, ada))["running"] is None


async def test_a_prompt_that_answers_is_not_removed_until_others_do(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    made = await prompt(client, ada)
    place = f"{PROMPTS}/{made['id']}"
    await share(client, ada, 0, (made["latest"]["id"], 100))

    refused = await client.delete(place, headers=ada.headers)
    await share(client, ada, 1, (None, 100))
    gone = await client.delete(place, headers=ada.headers)

    assert (refused.status_code, slug(refused)) == (409, "prompt-in-use")
    assert gone.status_code == 204
    [earlier] = (await traffic(client, ada))["earlier"]
    assert [(it["name"], it["number"], it["version_id"]) for it in earlier["arms"]] == [
        ("Brief", 1, None)
    ]


@pytest.mark.parametrize("before", [0, 1])
async def test_of_two_who_share_out_at_once_the_second_is_told(
    house: RunningHouse, before: int
) -> None:
    async with house.client() as here, house.client() as there:
        ada = await house.make.user()
        versions = [
            (await prompt(here, ada, name=name))["latest"]["id"] for name in ("Brief", "Long")
        ]
        if before:
            await share(here, ada, 0, (None, 100))

        answers = await asyncio.gather(
            share(here, ada, before, (versions[0], 100)),
            share(there, ada, before, (versions[1], 100)),
        )
        now = await traffic(here, ada)

    assert sorted(it.status_code for it in answers) == [200, 409]
    [lost] = [it for it in answers if it.status_code == 409]
    assert (slug(lost), lost.json()["version"]) == ("changed-meanwhile", before + 1)
    assert now == next(it.json() for it in answers if it.status_code == 200)
