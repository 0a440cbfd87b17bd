"""A model that runs on this server, asked through the product's own doors; without torch."""

import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest

from samoey.kit.settings import ModelSettings
from tests.adapters.checkpoints.scene import DOUBLE, gone
from tests.conftest import OpenHouse
from tests.domains.models.door import PLACE, add, alias, deployment
from tests.doubles import loopback
from tests.doubles.checkpoint_folders import model
from tests.house.processes import RunningHouse
from tests.house.test_configured_models import answered_at_last, asked, key_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A Python that runs the double, whatever it is asked to run."""
    script = tmp_path / "python"
    root = Path(__file__).parents[2]
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" "{DOUBLE[0]}" "{DOUBLE[1]}"\n'
    )
    script.chmod(0o700)
    return script


@pytest.fixture
async def house(open_test_house: OpenHouse, python: Path) -> AsyncIterator[RunningHouse]:
    async with open_test_house(models=ModelSettings(checkpoint_python=python)) as opened:
        yield opened


async def says(http: httpx.AsyncClient, key: str, said: str) -> httpx.Response:
    body = {"model": "fast", "messages": [{"role": "user", "content": said}]}
    headers = {"authorization": f"Bearer {key}"}
    return await http.post("/v1/chat/completions", json=body, headers=headers)


async def test_it_is_loaded_beforehand_asked_by_an_alias_and_asked_again_after_it_was_killed(
    house: RunningHouse,
) -> None:
    folder = model(house.tools.settings.home / "checkpoints" / "echo")
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        key, _ = await key_of(http, ada)
        here = await add(http, ada, "providers", name="here", kind="transformers")
        how = {"folder": str(folder), "preload": True}
        made = await deployment(http, ada, here["id"], model="echo", checkpoint=how)
        await alias(http, ada, made["id"])

        answer = await answered_at_last(http, key, "fast", 200)
        first = int((await says(http, key, "pid")).json()["choices"][0]["message"]["content"])
        broken = await killed_in_mid_answer(house, key, first)
        await gone(first)
        again = await says(http, key, "pid")
        await http.delete(
            f"{PLACE}/aliases/{await _alias_id(http, ada.headers)}", headers=ada.headers
        )
        await http.delete(f"{PLACE}/deployments/{made['id']}", headers=ada.headers)
        # Nobody may ask it any more, so it goes, however long it was to stay.
        await gone(int(again.json()["choices"][0]["message"]["content"]))

    assert answer.json()["choices"][0]["message"]["content"] == "Hi"
    assert answer.headers["x-samoey-deployment"] == "here/echo"
    assert "here broke off" in broken
    assert "[DONE]" not in broken
    assert again.status_code == 200
    assert int(again.json()["choices"][0]["message"]["content"]) != first


async def killed_in_mid_answer(house: RunningHouse, key: str, pid: int) -> str:
    """What is told of an answer whose model's process is killed after its first words."""
    body = {"model": "fast", "messages": [{"role": "user", "content": "slow" * 20}]}
    headers = {"authorization": f"Bearer {key}"}
    told = ""
    # What streams goes over a real socket.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with (
            loopback.in_this_loop(await house.gate.relay(), listening) as url,
            httpx.AsyncClient(timeout=60) as http,
            http.stream(
                "POST",
                f"{url}/v1/chat/completions",
                json=body | {"stream": True},
                headers=headers,
            ) as response,
        ):
            async for line in response.aiter_lines():
                if '"content":"s"' in line:
                    os.kill(pid, SIGKILL)
                told += line
    return told


async def _alias_id(http: httpx.AsyncClient, headers: dict[str, str]) -> str:
    [one] = (await http.get(f"{PLACE}/aliases", headers=headers)).json()
    return str(one["id"])


async def test_a_model_that_cannot_run_counts_as_failing_and_another_one_answers(
    house: RunningHouse,
) -> None:
    root = house.tools.settings.home / "checkpoints"
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        key, _ = await key_of(http, ada)
        here = await add(http, ada, "providers", name="here", kind="transformers")
        good, bad = {"folder": str(model(root / "good"))}, {"folder": str(model(root / "bad"))}
        broken = await deployment(
            http, ada, here["id"], model="bad", checkpoint=bad | {"dtype": "float16"}
        )
        works = await deployment(http, ada, here["id"], model="good", checkpoint=good)
        await alias(http, ada, broken["id"], works["id"])

        answer = await answered_at_last(http, key, "fast", 200)
        for _ in range(5):
            await asked(http, key, "fast")
        told = await http.get(f"{PLACE}/explain?model=fast", headers=ada.headers)

    assert answer.headers["x-samoey-deployment"] == "here/good"
    states = {one["model"]: one["breaker"] for one in told.json()["candidates"]}
    assert states["good"] == "closed"
    assert states["bad"] == "open"


async def test_a_model_of_this_server_is_set_up_and_tried_at_a_terminal(
    house: RunningHouse, python: Path
) -> None:
    folder = model(house.tools.settings.home / "checkpoints" / "echo")
    variables = {"SAMOEY_MODELS__CHECKPOINT_PYTHON": str(python)}

    added = await house.command("models", "add", "provider", "here", "--kind", "transformers")
    how = ("--folder", str(folder), "--quantize", "int8", "--idle-minutes", "0.01")
    model_added = await house.command("models", "add", "model", "here/echo", *how)
    tried = await house.command("models", "try", "here", **variables)
    elsewhere = await house.command("models", "add", "model", "here/x", "--folder", "/etc")

    assert added.returncode == model_added.returncode == tried.returncode == 0, tried.stdout
    assert "echo answered after" in tried.stdout
    assert elsewhere.returncode == 1
    assert "lies elsewhere" in elsewhere.stderr
