"""`samoey models` and the limits of keys: what is configured, from a terminal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.domains.models.test_importing import CONFIG
from tests.doubles import openai as double_openai
from tests.doubles.openai import KEY, OpenAIDouble
from tests.house.processes import RunningHouse


@pytest.fixture(scope="module")
def double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    return str(file)


async def answer(house: RunningHouse, *arguments: str, **environment: str) -> Any:
    done = await house.command(*arguments, "--json", **environment)
    assert done.returncode == 0, done.stderr + done.stdout
    assert KEY not in done.stdout + done.stderr
    return json.loads(done.stdout)


async def test_a_provider_is_connected_tried_named_explained_and_removed(
    house: RunningHouse, double: OpenAIDouble, key_file: str
) -> None:
    made = await answer(
        house, "models", "add", "provider", "ours", "--url", double.url, "--key-file", key_file
    )
    double.document("OK")
    tried = await answer(house, "models", "try", "ours", "double-large")
    priced = ("--price", "2.5", "10", "--context", "1000", "--tools", "--no-vision")
    model = await answer(house, "models", "add", "model", "ours/double-large", *priced)
    how = ("--trim", "--repairs", "1", "--cache", "semantic", "--ceiling", "0.05")
    fast = await answer(house, "models", "add", "alias", "fast", "ours/double-large=2", *how)
    shown = await house.command("models", "list")
    explained = await house.command("models", "explain", "fast")
    unfit = await answer(house, "models", "explain", "fast", "--vision")
    in_use = await house.command("models", "remove", "provider", "ours")
    await answer(house, "models", "remove", "alias", "fast")
    await answer(house, "models", "remove", "provider", "ours")
    listed = await answer(house, "models", "list")

    assert (made["name"], made["has_key"]) == ("ours", True)
    assert (tried["ok"], tried["model"]) == (True, "double-large")
    assert (model["price"]["input"], model["price"]["output"]) == (2_500_000, 10_000_000)
    assert (model["context_tokens"], model["tools"], model["vision"]) == (1000, True, False)
    assert f"ours  openai  {double.url}  key sk-dou…" in shown.stdout
    assert (fast["trim"], fast["repairs"], fast["cache"]) == (True, 1, "semantic")
    assert fast["ceiling_micro"] == 50_000
    assert "fast (priority) -> ours/double-large" in shown.stdout
    assert explained.stdout.startswith("1. ours/double-large: ")
    assert [it["model"] for it in unfit["candidates"]] == ["double-large"]
    assert in_use.returncode == 1
    assert "fast" in in_use.stderr
    assert listed == {"providers": [], "deployments": [], "aliases": []}


async def test_what_does_not_work_is_exit_code_1_with_the_reason(
    house: RunningHouse, tmp_path: Path
) -> None:
    await answer(house, "models", "add", "provider", "gone", "--url", "http://127.0.0.1:9/v1")

    refused = await house.command("models", "try", "gone", "m")
    unknown = await house.command("models", "try", "nobody")
    nothing = await house.command("models", "explain", "no-such-model")
    unread = await house.command("models", "import", str(tmp_path / "missing.yaml"))
    odd = await house.command("models", "add", "model", "gone/m", "--price", "-1", "nan")

    assert "cannot be reached" in refused.stdout
    assert "'nobody' is none" in unknown.stderr
    assert "cannot be read" in unread.stderr
    assert "price" in odd.stderr
    assert {it.returncode for it in (refused, unknown, nothing, unread, odd)} == {1}


async def test_what_the_environment_connects_is_listed_and_can_be_asked(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    given = {"VLLM_BASE_URL": double.url, "VLLM_API_KEY": KEY}
    double.document("OK")

    shown = await house.command("models", "list", **given)
    tried = await answer(house, "models", "try", "vllm", "double-large", **given)
    explained = await answer(house, "models", "explain", "vllm/double-large", **given)

    assert "vllm  openai" in shown.stdout
    assert "from the environment" in shown.stdout
    assert tried["ok"] is True
    assert [(it["provider"], it["model"]) for it in explained["candidates"]] == [
        ("vllm", "double-large")
    ]


async def test_a_configuration_of_litellm_is_taken_over(
    house: RunningHouse, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)

    done = await house.command(
        "models", "import", str(file), OPENAI_API_KEY="", OLLAMA="http://127.0.0.1:9"
    )
    file.write_text("model_list: [")
    rubbish = await house.command("models", "import", str(file))
    listed = await answer(house, "models", "list")

    assert done.returncode == 0, done.stderr
    assert "aliases: smart, fast, gpt-4" in done.stdout
    assert "OPENAI_API_KEY is not set here" in done.stderr
    assert "'bedrock'" in done.stderr
    assert rubbish.returncode == 1
    assert "It is no YAML. In line 1" in rubbish.stderr
    assert [it["name"] for it in listed["aliases"]] == ["fast", "gpt-4", "smart"]


async def test_a_key_is_limited_by_either_name_of_the_verb(house: RunningHouse) -> None:
    made = await answer(house, "key", "create", "--name", "ci")
    first = await answer(
        house, "keys", "limit", made["id"], "--models", "fast", "--rpm", "60", "--day", "2.5"
    )
    second = await answer(house, "key", "limit", made["id"], "--no-limit", "models", "rpm")
    shown = await house.command("keys", "limit", made["id"])
    wrong = await house.command("key", "limit", made["id"], "--rpm", "0")

    assert (first["models"], first["rpm"], first["day_micro"]) == (["fast"], 60, 2_500_000)
    assert (second["models"], second["rpm"], second["day_micro"]) == (None, None, 2_500_000)
    assert "budget per day: 2.5 dollars" in shown.stdout
    assert "requests per minute: no limit" in shown.stdout
    assert wrong.returncode == 1
