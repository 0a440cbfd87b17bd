"""A key's money, from the policy to the last cent: refused, kept, told to Prometheus, shown."""

import asyncio
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from samoey.domains.models.gateway.usage import Accounts
from samoey.domains.models.usage.service import UsageBooks
from tests.domains.models.door import PLACE, deployment, provider
from tests.domains.models.test_snapshots import Doors
from tests.domains.models.test_usage import asked as told_usage
from tests.domains.models.test_usage import used
from tests.doubles import openai as double_openai
from tests.doubles.openai import KEY, OpenAIDouble
from tests.house.processes import RunningHouse
from tests.house.test_configured_models import answered_at_last, asked, key_of
from tests.make import Somebody

# What the double's answers cost by this price: 12 tokens read, 7 written.
PRICE = {"input": 1_000_000_000, "output": 2_000_000_000, "cache_read": None, "cache_write": None}
COST = 12 * 1000 + 7 * 2000


@pytest.fixture(scope="module")
def double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


async def until_told(http: httpx.AsyncClient, who: Somebody, requests: int) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            told: list[dict[str, Any]] = await told_usage(http, who, by="key")
            if told and told[0]["requests"] == requests:
                return told[0]
            await asyncio.sleep(0.05)


async def test_a_key_spends_its_budget_and_no_more_and_everybody_knows(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        key, key_id = await key_of(http, ada)
        policy = {"version": 0, "day_micro": 3 * COST + 1}
        await http.put(f"{PLACE}/policies/{key_id}", json=policy, headers=ada.headers)
        # Whoever finds the model, which is there last, finds the policy too.
        made = await provider(http, ada, base_url=double.url, api_key=KEY)
        await deployment(http, ada, made["id"], price=PRICE)
        for _ in range(4):
            double.document("Hello.")

        first = await answered_at_last(http, key, "double-large", 200)
        more = [await asked(http, key, "double-large") for _ in range(3)]
        refused = await asked(http, key, "double-large")
        told = await until_told(http, ada, 5)
        metrics = (await http.get("/metrics")).text

    assert first.headers["x-samoey-cost-usd"] == f"{COST / 1_000_000:.6f}"
    assert [one.status_code for one in more] == [200, 200, 200]
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]["message"]
    assert (told["label"], told["errors"], told["cost_micro"]) == ("ci", 1, 4 * COST)
    assert (told["prompt_tokens"], told["completion_tokens"]) == (48, 28)
    assert 'samoey_models_requests_total{model="double-large",outcome="answered"}' in metrics


async def relay_of(house: RunningHouse) -> tuple[subprocess.Popen[bytes], str]:
    words = ("serve", "--doors", "relay", "--port", "0")
    process = house.start(*words, SAMOEY_READY_FD="1")
    assert process.stdout is not None
    told = await asyncio.to_thread(process.stdout.readline)
    return process, httpx.Response(200, content=told).json()["url"]


async def spend(url: str, key: str, *, most: int = 1000) -> int:
    """Ask as one program after the other until the budget is spent; how often it was answered."""
    answered = 0
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        while answered < most:
            response = await asked(http, key, "double-large")
            if response.status_code == 200:
                answered += 1
            else:
                assert response.status_code == 429, response.text
                if "still run" not in response.text:
                    break
    return answered


@pytest.mark.slow
async def test_three_relays_of_which_one_is_killed_spend_one_budget(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    async with house.client() as http:
        ada = await house.make.user()
        key, key_id = await key_of(http, ada)
        made = await provider(http, ada, base_url=double.url, api_key=KEY)
        await deployment(http, ada, made["id"], price=PRICE)
        policy = {"version": 0, "day_micro": 60 * COST}
        await http.put(f"{PLACE}/policies/{key_id}", json=policy, headers=ada.headers)
        for _ in range(70):
            double.document("Hello.")
        started = await asyncio.gather(*(relay_of(house) for _ in range(3)))
        (victim, _), *_ = started

        first = await asyncio.gather(*(spend(url, key, most=8) for _, url in started))
        victim.kill()
        await asyncio.to_thread(victim.wait)
        another = await relay_of(house)
        kept = await until_told(http, ada, sum(first))
        alive = [url for _, url in (*started[1:], another)]
        rest = await asyncio.gather(*(spend(url, key) for url in (*alive, *alive)))

    assert kept["cost_micro"] == sum(first) * COST
    assert sum(first) + sum(rest) == 60


async def test_usage_waits_on_the_disk_while_the_database_is_away_and_is_written_later(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    doors = Doors(house.tools.sessions)
    tools = replace(house.tools, sessions=doors)  # type: ignore[arg-type]  # as much of it as is used
    folder = house.folder / "journal"
    accounts = Accounts(folder, UsageBooks(tools), every_s=600)
    await accounts.open()
    doors.closed = True
    for _ in range(10):
        accounts.note(used(ada))
    with pytest.raises(ConnectionRefusedError):
        await accounts.flush()
    doors.closed = False
    for _ in range(2):
        await accounts.flush()
    await accounts.close()

    async with house.client() as http:
        [told] = await told_usage(http, ada, by="person")
    assert told["requests"] == 10
