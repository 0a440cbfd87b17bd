"""`transformers serve`, a server that is none of ours, behind the gateway."""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from samoey.kit.settings import ModelSettings
from tests.conftest import OpenHouse
from tests.domains.models.door import PLACE, alias, deployment, provider
from tests.doubles import loopback
from tests.house.processes import RunningHouse
from tests.house.test_configured_models import key_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
async def served(python: Path, models: Path, home: Path) -> AsyncIterator[str]:
    """A tiny model behind transformers' own server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hub = home / "hub"
    hub.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HF_HUB_CACHE": str(hub),
        "HF_HUB_OFFLINE": "1",
    }
    command = (python.parent / "transformers", "serve", models / "llama", "--device", "cpu")
    with (home / "served.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - a moment, before anything else goes on
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}/v1"
    try:
        async with httpx.AsyncClient() as http:
            while not await _answers(http, url):
                assert process.poll() is None, (home / "served.log").read_text()
                await asyncio.sleep(0.2)
        yield url
    finally:
        # Asked politely it waits for connections that rest.
        process.kill()
        process.wait()


@pytest.fixture
async def patient_house(open_test_house: OpenHouse) -> AsyncIterator[RunningHouse]:
    """One that waits as long as people do."""
    async with open_test_house(models=ModelSettings(local_only=True)) as opened:
        yield opened


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/models")).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_server_of_transformers_answers_whole_and_as_a_stream_with_what_it_used(
    patient_house: RunningHouse, served: str, models: Path
) -> None:
    house = patient_house
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        key, _ = await key_of(http, ada)
        made = await provider(http, ada, base_url=served, api_key=None)
        name = str(models / "llama")
        model = await deployment(http, ada, made["id"], model=name)
        await alias(http, ada, model["id"])
        tried = await http.post(
            f"{PLACE}/providers/{made['id']}/try", json={"model": name}, headers=ada.headers
        )

    body = {"model": "fast", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 12}
    headers = {"authorization": f"Bearer {key}"}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with (
            loopback.in_this_loop(await house.gate.relay(), listening) as url,
            httpx.AsyncClient(timeout=120, headers=headers) as program,
        ):
            # Until the gateway has learnt of what was decided a moment ago.
            unknown = True
            while unknown:
                whole = await program.post(f"{url}/v1/chat/completions", json=body)
                unknown = whole.status_code == httpx.codes.NOT_FOUND
            streaming = body | {"stream": True, "stream_options": {"include_usage": True}}
            stream = await program.post(f"{url}/v1/chat/completions", json=streaming)

    assert tried.json()["ok"], tried.text
    assert whole.status_code == httpx.codes.OK, whole.text
    assert whole.json()["choices"][0]["message"]["role"] == "assistant"
    assert whole.json()["usage"]["completion_tokens"] > 0
    assert stream.headers["content-type"].startswith("text/event-stream")
    # It sends no [DONE]: that it told why it stopped is what makes its answer whole.
    assert '"finish_reason":' in stream.text
    assert '"error"' not in stream.text
    assert '"completion_tokens":' in stream.text
