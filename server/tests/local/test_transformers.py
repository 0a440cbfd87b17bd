"""Models that run on this machine, by torch and transformers: text, vectors, adapters, 8 bits."""

import asyncio
import base64
import json
import os
import struct
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest

from samoey.adapters.checkpoints.running import PROGRAM
from samoey.kit.ports.checkpoints import CheckpointBroken
from samoey.kit.ports.models import ModelUnavailable
from samoey.kit.ports.upstreams import BrokeOff
from tests.adapters.checkpoints.scene import Asking, asking, deployment, gone, log_of, wish

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FOX = "The quick brown fox"


async def written(one: Asking, folder: Path, **more: Any) -> str:
    given: dict[str, Any] = {"dialect": "openai.completions", "max_tokens": 24, "temperature": 0}
    status, told = await one.ask(folder, FOX, **(given | more))
    assert status == 200, told
    return str(told["choices"][0]["text"])


def said_in(stream: str) -> str:
    events = [it.removeprefix("data: ") for it in stream.strip().split("\n\n")]
    assert events[-1] == "[DONE]"
    choices = [it["choices"][0] for it in map(json.loads, events[:-1]) if it["choices"]]
    return "".join(it["delta"].get("content", "") for it in choices)


async def test_text_is_written_whole_and_as_a_stream_and_both_are_the_same(
    one: Asking, models: Path
) -> None:
    asked: dict[str, Any] = {"max_tokens": 20, "temperature": 0}

    status, whole = await one.ask(models / "llama", FOX, **asked)
    _, stream = await one.ask(models / "llama", FOX, stream=True, **asked)

    assert status == 200
    text = whole["choices"][0]["message"]["content"]
    assert text
    assert said_in(stream) == text
    assert f'"finish_reason":"{whole["choices"][0]["finish_reason"]}"' in stream
    assert 0 < whole["usage"]["completion_tokens"] <= 20


async def test_temperature_has_answers_differ_and_none_has_them_the_same(
    one: Asking, models: Path
) -> None:
    hot = {await written(one, models / "llama", temperature=1.5) for _ in range(4)}
    cold = {await written(one, models / "llama") for _ in range(4)}

    assert len(hot) > 1
    assert len(cold) == 1


async def test_text_ends_before_a_word_to_stop_at(one: Asking, models: Path) -> None:
    text = await written(one, models / "llama", max_tokens=40)
    word = text[len(text) // 2 :][:3]

    ended = await written(one, models / "llama", max_tokens=40, stop=word)

    assert ended == text[: text.index(word)]


async def test_requests_share_their_steps_and_do_not_mix(one: Asking, models: Path) -> None:
    prompts = [f"{FOX} {number}" for number in range(12)]

    async def asked(prompt: str) -> str:
        _, told = await one.ask(
            models / "llama", prompt, dialect="openai.completions", max_tokens=30, temperature=0
        )
        return str(told["choices"][0]["text"])

    alone = [await asked(prompt) for prompt in prompts]
    together = await asyncio.gather(*(asked(prompt) for prompt in prompts))

    assert together == alone
    assert "one after the other" not in log_of(one.checkpoints._home)


async def test_what_does_not_fit_is_refused_and_the_model_goes_on(
    one: Asking, models: Path
) -> None:
    status, told = await one.ask(models / "llama", FOX * 200)

    assert (status, told["error"]["code"]) == (400, "context_length_exceeded")
    assert "512 tokens" in told["error"]["message"]
    # As much as there is room for is written, and no step breaks by it.
    status, told = await one.ask(models / "llama", FOX, temperature=1)
    assert status == 200
    assert told["usage"]["total_tokens"] <= 512


async def test_an_adapter_changes_what_is_written_and_one_that_does_not_fit_is_refused(
    one: Asking, models: Path
) -> None:
    lora = {"adapter": str(models / "lora")}

    plain = await written(one, models / "llama")
    adapted = await written(one, models / "llama", how=lora)

    assert adapted != plain
    with pytest.raises((ModelUnavailable, CheckpointBroken), match="adapter does not fit"):
        await written(one, models / "odd", how=lora)


async def test_eight_bits_on_a_cpu_write_and_are_near_the_whole_ones(
    one: Asking, models: Path
) -> None:
    how = {"quantization": "int8", "device": "cpu"}

    text = await written(one, models / "llama", how=how)
    whole = await vectors(one, models / "llama", {"task": "embed"})
    small = await vectors(one, models / "llama", how | {"task": "embed"})

    assert text
    assert small != whole
    for one_whole, one_small in zip(whole, small, strict=True):
        assert sum(a * b for a, b in zip(one_whole, one_small, strict=True)) > 0.95
    with pytest.raises(ModelUnavailable, match="4 bits need a GPU"):
        await written(one, models / "llama", how={"quantization": "int4", "device": "cpu"})


async def test_a_model_that_shares_no_steps_writes_one_after_the_other(
    one: Asking, models: Path
) -> None:
    text = await written(one, models / "odd")
    asked: dict[str, Any] = {"max_tokens": 12, "temperature": 0}
    _, whole = await one.ask(models / "odd", FOX, **asked)
    _, stream = await one.ask(models / "odd", FOX, stream=True, **asked)
    body = json.dumps(wish(FOX, "openai.chat") | {"stream": True, "max_tokens": 400}).encode()
    reply = await one.upstream.send(deployment(models / "odd"), "openai.chat", body)
    await anext(reply.parts())
    await reply.aclose()

    # Whoever hung up is not waited for: four hundred tokens of theirs would come first.
    assert await written(one, models / "odd") == text
    assert said_in(stream) == whole["choices"][0]["message"]["content"]
    assert "one after the other" in log_of(one.checkpoints._home)


async def vectors(one: Asking, folder: Path, how: dict[str, Any]) -> list[list[float]]:
    body = {"input": ["The quick brown fox", "reads", "with citations: every line of it"]}
    status, told = await one.ask(folder, "", dialect="openai.embeddings", how=how, **body)
    assert status == 200, told
    return [it["embedding"] for it in told["data"]]


@pytest.mark.parametrize("name", ["bert", "llama"])
async def test_vectors_are_of_length_one_and_do_not_depend_on_their_neighbours(
    one: Asking, models: Path, name: str
) -> None:
    how: dict[str, Any] = {"task": "embed"}

    many = await vectors(one, models / name, how)
    _, told = await one.ask(
        models / name, "reads", dialect="openai.embeddings", how=how, encoding_format="base64"
    )

    alone = struct.unpack(f"<{len(many[1])}f", base64.b64decode(told["data"][0]["embedding"]))
    assert list(alone) == pytest.approx(many[1], abs=1e-5)
    for row in many:
        assert sum(value * value for value in row) == pytest.approx(1, abs=1e-5)
    assert many[0] != many[2]


async def test_vectors_are_pooled_as_the_folder_says(
    one: Asking, models: Path, tmp_path: Path
) -> None:
    first = models / "first"
    first.mkdir()
    for file in (models / "bert").iterdir():
        (first / file.name).symlink_to(file)
    (first / "1_Pooling").mkdir()
    told = json.dumps({"pooling_mode_cls_token": True})
    (first / "1_Pooling" / "config.json").write_text(told)

    mean = await vectors(one, models / "bert", {"task": "embed"})
    pooled = await vectors(one, first, {"task": "embed"})

    assert mean != pooled


async def test_a_model_is_evicted_when_idle_and_comes_back_and_survives_its_death(
    home: Path, models: Path, python: Path
) -> None:
    # Another context makes it a process of its own, beside the one of the other tests.
    how: dict[str, Any] = {"how": {"idle_minutes": 0.02, "dtype": "float32"}}
    async with asking(home, python=python, program=PROGRAM) as one:
        text = await written(one, models / "llama", **how)
        [running] = one.checkpoints._running.values()
        await gone(await _owner(running.path))
        assert await written(one, models / "llama", **how) == text

        body = json.dumps(wish(FOX, "openai.chat") | {"stream": True}).encode()
        one_more = deployment(models / "llama", idle_minutes=0.02, dtype="float32")
        reply = await one.upstream.send(one_more, "openai.chat", body)
        parts = reply.parts()
        await anext(parts)
        [running] = one.checkpoints._running.values()
        os.kill(pid := await _owner(running.path), SIGKILL)
        with pytest.raises(BrokeOff):
            async for _ in parts:
                pass
        await gone(pid)

        assert await written(one, models / "llama", **how) == text


async def _owner(path: Path) -> int:
    """The process that listens at a socket, as the kernel knows it."""
    import socket

    with socket.socket(socket.AF_UNIX) as looking:
        looking.connect(str(path))
        credentials = looking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int(struct.unpack("3i", credentials)[0])
