"""`samoey serve --doors relay`: programs ask models in a process that has nothing else."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse

HEAVY = ("fastapi", "starlette", "alembic", "procrastinate", "langchain_core", "tantivy")
BODY = {"model": "openai/double-large", "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture(scope="module")
def double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


def test_the_relay_loads_neither_the_web_framework_nor_what_workers_need() -> None:
    found = f"[it for it in {HEAVY} if it in sys.modules]"
    command = [sys.executable, "-c", f"import sys, samoey.relay; print({found})"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"


async def test_the_relay_alone_answers_programs_and_orchestrators_and_nobody_else(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    ada = await house.make.user()
    async with house.client() as http:
        made = await http.post("/api/v1/identity/keys", json={"name": "ci"}, headers=ada.headers)
    key = {"authorization": f"Bearer {made.json()['key']}"}
    process = house.start(
        "serve",
        "--doors",
        "relay",
        "--port",
        "0",
        SAMOEY_READY_FD="1",
        OPENAI_BASE_URL=double.url,
        OPENAI_API_KEY=double.key,
    )
    assert process.stdout is not None
    told = await asyncio.to_thread(process.stdout.readline)
    url = httpx.Response(200, content=told).json()["url"]

    double.document("Hello.")
    async with httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat/completions", json=BODY, headers=key)
        stranger = await http.post("/v1/chat/completions", json=BODY)
        health, metrics = await http.get("/healthz"), await http.get("/metrics")
        page = await http.get("/api/v1/models", headers=key)
    process.terminate()

    assert answer.json()["choices"][0]["message"]["content"] == "Hello."
    assert answer.headers["x-samoey-deployment"] == "openai/double-large"
    assert (stranger.status_code, health.status_code, page.status_code) == (401, 200, 404)
    assert "samoey_models_requests_total" in metrics.text
    assert 'samoey_models_breaker_state{deployment="openai/*"} 0.0' in metrics.text
    assert await asyncio.to_thread(process.wait, 20) in {0, -15}
