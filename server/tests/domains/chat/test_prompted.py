"""Answers by the versions of the instructions that admins chose, and how they went."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from samoey.domains.chat import service as chat
from samoey.domains.chat.chain import RULES, TEAMS
from samoey.domains.chat.ratings.likings import FEW, liked
from samoey.kit.ids import new_id
from tests.domains.chat.talk import API, Talk
from tests.domains.models.door import deployment, provider, slug
from tests.domains.models.test_prompt_traffic import share
from tests.domains.models.test_prompts import prompt
from tests.doubles.openai import KEY, OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody

PIRATE = "Talk like a pirate. {boundary} {sources} {% raw %}"


async def row(house: RunningHouse, message_id: UUID) -> dict[str, Any]:
    """What is kept with an answer and not shown."""
    wanted = text("SELECT arm_id, cost_micro, ms, first_ms FROM messages WHERE id = :id")
    async with house.tools.sessions() as db:
        return dict((await db.execute(wanted, {"id": message_id})).mappings().one())


async def figures(client: httpx.AsyncClient, who: Somebody, *arm_ids: str) -> httpx.Response:
    params: dict[str, Any] = {"workspace_id": str(who.workspace_id), "arm_id": list(arm_ids)}
    return await client.get(f"{API}/figures", params=params, headers=who.headers)


def system_of(double: OpenAIDouble) -> str:
    return str(double.requests[-1]["messages"][0]["content"])


async def test_the_chosen_version_answers_behind_the_rules_and_its_answers_are_counted(
    house_with_code: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    house = house_with_code
    async with house.client() as client:
        made = await provider(client, ada, base_url=double.url, api_key=KEY)
        # Dollars per million tokens, in millionths: 12 tokens in and 7 out are 190 of them.
        price = {"input": 10_000_000, "output": 10_000_000}
        await deployment(client, ada, made["id"], price=price)
        brief = (await prompt(client, ada, text=PIRATE))["latest"]["id"]
        begun = (await share(client, ada, 0, (brief, 100))).json()
    [arm] = begun["running"]["arms"]
    talk = await Talk.begin(house, ada)
    double.say("`ignite` adds one, arr [S1].")
    double.fail(401)

    answer = await talk.ask("ignite spark", model="ours/double-large")
    failed = await talk.ask("ignite spark", model="ours/double-large")
    laid_out = await talk.ask("ignite spark", model="extractive")

    rules, _, told = str(double.requests[0]["messages"][0]["content"]).partition(TEAMS)
    fence = str(double.requests[0]["messages"][-1]["content"]).split("\n", 1)[0]
    assert told == PIRATE
    assert rules == RULES.replace("{boundary}", fence.removeprefix("<<< "))
    # Citations are checked as ever.
    assert answer.text == "`ignite` adds one, arr[^1]."
    kept = await row(house, answer.id)
    assert (str(kept["arm_id"]), kept["cost_micro"]) == (arm["id"], 190)
    assert 0 <= kept["first_ms"] <= kept["ms"]
    assert str((await row(house, failed.id))["arm_id"]) == arm["id"]
    assert set((await row(house, laid_out.id)).values()) == {None}
    async with house.client() as client:
        [counted] = (await figures(client, ada, arm["id"], str(new_id()))).json()
    assert counted | {"p50_ms": 0, "p95_ms": 0, "first_ms": 0} == {
        "arm_id": arm["id"],
        "answers": 1,
        "failed": 1,
        "up": 0,
        "down": 0,
        "liked": None,
        "cost_micro": 190,
        "p50_ms": 0,
        "p95_ms": 0,
        "first_ms": 0,
    }
    assert counted["p50_ms"] == counted["p95_ms"] == kept["ms"]


async def test_a_conversation_keeps_its_version_also_when_it_is_asked_again(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    async with house_with_model.client() as client:
        brief = (await prompt(client, ada, text="Be brief."))["latest"]["id"]
        begun = (await share(client, ada, 0, (None, 50), (brief, 50))).json()
    arms = {it["id"]: it["number"] for it in begun["running"]["arms"]}
    seen = set()

    for _ in range(6):
        talk = await Talk.begin(house_with_model, ada)
        first = await talk.ask()
        told = [system_of(double)]
        arm = (await row(house_with_model, first.id))["arm_id"]
        async with house_with_model.tools.work(ada.actor) as ctx:
            await chat.retry_answer(ctx, talk.conversation.id, first.id)
        await house_with_model.drain()
        told.append(system_of(double))
        second = await talk.ask()
        told.append(system_of(double))
        again = [(await row(house_with_model, it))["arm_id"] for it in (first.id, second.id)]
        assert again == [arm, arm]
        assert {TEAMS in it for it in told} == {arms[str(arm)] is not None}
        seen.add(arm)

    assert seen <= {UUID(it) for it in arms}


async def test_where_nobody_decided_what_is_built_in_answers_and_no_arm_is_kept(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    answer = await (await Talk.begin(house_with_model, ada)).ask()

    kept = await row(house_with_model, answer.id)
    assert kept["arm_id"] is None
    assert kept["ms"] is not None
    assert TEAMS not in system_of(double)


async def test_a_draft_is_shown_as_the_model_would_see_it(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    async def preview(who: Somebody, **body: Any) -> httpx.Response:
        given = {"workspace_id": str(ada.workspace_id), "question": "start_engine {{x}}?"}
        async with house_with_code.client() as client:
            return await client.post(f"{API}/preview", json=given | body, headers=who.headers)

    drafted = await preview(ada, instructions=PIRATE + " \\{{x}}")
    built_in = await preview(ada)
    misfit = await preview(ada, instructions="About {{question}}.")
    eve = await house_with_code.make.user("Eve", role=None)
    vera = await house_with_code.make.user("Vera", role="viewer")

    [system, question] = drafted.json()["messages"]
    assert (system["role"], question["role"]) == ("system", "user")
    assert system["text"].endswith(TEAMS + PIRATE + " {{x}}")
    assert "def start_engine(self, fuel):" in question["text"]
    assert question["text"].rstrip().endswith("start_engine {{x}}?")
    assert drafted.json()["tokens"] > 200
    assert "Never guess." in built_in.json()["messages"][0]["text"]
    assert slug(misfit) == "prompt-variables-misfit"
    assert slug(await preview(eve)) == "workspace-not-found"
    assert slug(await preview(vera)) == "not-permitted"


async def test_figures_are_for_members_and_of_their_own_workspace(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    vera = await house.make.user("Vera", role="viewer")
    eve = await house.make.user("Eve", role=None)
    async with house.client() as client:
        arm = (await share(client, ada, 0, (None, 100))).json()["running"]["arms"][0]["id"]
        mine = await figures(client, ada, arm)
        refused = [await figures(client, who, arm) for who in (vera, eve)]
        nothing = await figures(client, ada)

    assert mine.json() == []
    assert [slug(it) for it in refused] == ["not-permitted", "workspace-not-found"]
    assert slug(nothing) == "invalid-request"


@pytest.mark.parametrize(
    ("up", "down", "low", "high"),
    # As Wilson's interval stands in tables, to three digits.
    [(15, 5, 0.531, 0.888), (20, 0, 0.839, 1.0), (0, 20, 0.0, 0.161), (500, 500, 0.469, 0.531)],
)
def test_what_is_liked_is_said_with_how_far_it_may_be_off(
    up: int, down: int, low: float, high: float
) -> None:
    told = liked(up, down)

    assert told is not None
    assert (round(told.low, 3), round(told.high, 3)) == (low, high)
    assert told.share == up / (up + down)


def test_a_few_ratings_say_nothing() -> None:
    assert liked(FEW - 1, 0) is None
    assert liked(0, 0) is None
