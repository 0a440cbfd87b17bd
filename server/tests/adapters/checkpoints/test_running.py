"""A model's process as those who ask see it: started, shared, left, killed; without torch."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL

import pytest
from msgspec.structs import replace

from samoey.kit.ports.checkpoints import (
    CheckpointBroken,
    CheckpointLoading,
    CheckpointMemoryShort,
    CheckpointsMissing,
)
from samoey.kit.ports.models import ModelNotFound, ModelUnavailable
from samoey.kit.ports.upstreams import BrokeOff, TimeLimits
from samoey.kit.problems import Problem
from tests.adapters.checkpoints.scene import (
    DOUBLE,
    PATIENT,
    Asking,
    asking,
    deployment,
    environment_of,
    gone,
    log_of,
    other_process,
    wish,
)
from tests.doubles.checkpoint_folders import model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
async def shared(usual: Path) -> AsyncIterator[Asking]:
    """One for all who neither end it nor look into its home."""
    async with asking(usual) as process:
        yield process


@pytest.fixture(scope="module")
def echo(usual: Path) -> Path:
    return model(usual / "checkpoints" / "echo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model(tmp_path / "checkpoints" / "echo")


@pytest.fixture
async def one(tmp_path: Path, folder: Path) -> AsyncIterator[Asking]:
    async with asking(tmp_path) as process:
        yield process


async def test_a_chat_is_told_whole_with_what_it_used(shared: Asking, echo: Path) -> None:
    status, told = await shared.ask(echo, "hello")

    assert (status, told["object"], told["model"]) == (200, "chat.completion", "m")
    [choice] = told["choices"]
    assert choice["message"] == {"role": "assistant", "content": "hello", "refusal": None}
    assert choice["finish_reason"] == "stop"
    assert told["usage"] == {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}


async def test_a_chat_streams_and_ends_with_what_it_used(shared: Asking, echo: Path) -> None:
    options = {"include_usage": True}

    status, told = await shared.ask(echo, "hé llo", stream=True, stream_options=options)

    *events, end = [it.removeprefix("data: ") for it in told.strip().split("\n\n")]
    chunks = [json.loads(event) for event in events]
    said = [it["choices"][0] for it in chunks if it["choices"]]
    assert (status, end) == (200, "[DONE]")
    assert said[0]["delta"]["role"] == "assistant"
    assert "".join(it["delta"].get("content", "") for it in said) == "hé llo"
    assert [it["finish_reason"] for it in said if it["finish_reason"]] == ["stop"]
    assert chunks[-1]["usage"]["total_tokens"] == 7 + 8
    assert len({it["id"] for it in chunks}) == 1


async def test_a_completion_ends_at_its_length_or_before_a_word(shared: Asking, echo: Path) -> None:
    async def ended(**more: object) -> tuple[str, str]:
        _, told = await shared.ask(echo, "one two three", dialect="openai.completions", **more)
        return told["choices"][0]["text"], told["choices"][0]["finish_reason"]

    assert await ended(max_tokens=5) == ("one t", "length")
    assert await ended(stop=["thr", "x"], max_tokens=50) == ("one two ", "stop")
    assert await ended(max_tokens=50) == ("one two three", "stop")


async def test_what_it_is_told_to_choose_by_reaches_it(shared: Asking, echo: Path) -> None:
    usual = await shared.says(echo, "sampling")
    told = await shared.says(echo, "sampling", temperature=0.5, top_p=0.25, top_k=7)

    assert (usual, told) == ("1.0 1.0 None", "0.5 0.25 7")


@pytest.mark.parametrize(
    ("more", "param", "code"),
    [
        ({"max_tokens": 500}, "messages", "context_length_exceeded"),
        ({"n": 2}, "n", "unsupported_parameter"),
        ({"tools": [{"type": "function"}]}, "tools", "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, "response_format", "unsupported_parameter"),
        ({"logprobs": True}, "logprobs", "unsupported_parameter"),
        ({"frequency_penalty": 1}, "frequency_penalty", "unsupported_parameter"),
        ({"temperature": 3}, "temperature", None),
        ({"top_p": 0}, "top_p", None),
        ({"max_tokens": -1}, "max_tokens", None),
        ({"messages": []}, "messages", None),
        ({"messages": "hello"}, None, None),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages",
            "unsupported_parameter",
        ),
        ({"messages": [{"role": "user", "content": "no template"}]}, "messages", None),
    ],
)
async def test_what_it_cannot_do_is_refused_in_openais_words(
    shared: Asking, echo: Path, more: dict[str, object], param: str | None, code: str | None
) -> None:
    status, told = await shared.ask(echo, **more)  # type: ignore[arg-type]  # any field

    assert status == 400
    assert (told["error"]["param"], told["error"]["code"]) == (param, code)


async def test_a_model_for_vectors_makes_vectors_and_nothing_else(
    shared: Asking, echo: Path
) -> None:
    how = {"task": "embed"}

    status, told = await shared.ask(echo, "four", dialect="openai.embeddings", how=how)
    refused, _ = await shared.ask(echo, "four", dialect="openai.chat", how=how)

    assert (status, refused) == (200, 404)
    assert told["data"][0]["embedding"] == pytest.approx([0.970142501, 0.242535625])
    assert told["usage"]["prompt_tokens"] == 4
    assert shared.upstream.dialects(deployment(echo, task="embed")) == {"openai.embeddings"}


async def test_a_failure_of_the_model_is_told_as_such(shared: Asking, echo: Path) -> None:
    status, told = await shared.ask(echo, "fail")
    _, stream = await shared.ask(echo, "fail", stream=True)

    assert (status, told["error"]["message"]) == (500, "The scripted failure.")
    assert "The scripted failure." in stream
    assert "[DONE]" not in stream


async def test_many_ask_at_once_and_one_process_answers(shared: Asking, echo: Path) -> None:
    told = await asyncio.gather(*(shared.says(echo, "pid") for _ in range(20)))

    assert len(set(told)) == 1


async def test_whoever_hangs_up_is_not_written_for_any_longer(
    tmp_path: Path, one: Asking, folder: Path
) -> None:
    body = json.dumps(wish("slow" * 20, "openai.chat") | {"stream": True}).encode()
    reply = await one.upstream.send(deployment(folder), "openai.chat", body)
    parts = reply.parts()
    for _ in range(3):
        await anext(parts)

    await reply.aclose()

    while "left after" not in log_of(tmp_path):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.02)


async def test_an_idle_model_goes_and_comes_back_when_it_is_asked(
    one: Asking, folder: Path
) -> None:
    how = {"idle_minutes": 0.005}
    first = int(await one.says(folder, "pid", how=how))

    await gone(first)
    second = int(await one.says(folder, "pid", how=how))

    assert second != first


async def test_a_model_is_not_idle_while_it_answers(one: Asking, folder: Path) -> None:
    # Six times as long as it would stay.
    told = await one.says(folder, "slow" * 9, how={"idle_minutes": 0.005})

    assert told == "slow" * 9


async def test_processes_share_a_model_that_ends_with_the_last_of_them(
    tmp_path: Path, folder: Path
) -> None:
    async with other_process(tmp_path, folder) as (other, theirs):
        async with asking(tmp_path) as one:
            ours = int(await one.says(folder, "pid"))
            other.kill()
            await other.wait()
            # It was the other one's child, and goes on for us.
            assert int(await one.says(folder, "pid")) == ours == theirs
        await gone(ours)


async def test_a_model_ends_by_itself_when_everybody_was_killed(
    tmp_path: Path, folder: Path
) -> None:
    async with other_process(tmp_path, folder) as (other, theirs):
        os.kill(other.pid, SIGKILL)
        await gone(theirs)


async def test_a_model_that_is_killed_in_mid_answer_breaks_off_and_another_one_starts(
    one: Asking, folder: Path
) -> None:
    first = int(await one.says(folder, "pid"))
    body = json.dumps(wish("slow" * 20, "openai.chat") | {"stream": True}).encode()
    reply = await one.upstream.send(deployment(folder), "openai.chat", body)
    parts = reply.parts()
    await anext(parts)

    os.kill(first, SIGKILL)
    with pytest.raises(BrokeOff, match="here broke off"):
        async for _ in parts:
            pass
    # Until the kernel has put it away whole, it may still seem to listen.
    await gone(first)

    assert int(await one.says(folder, "pid")) != first


async def test_a_model_that_loads_for_long_is_told_and_loaded_on(one: Asking, folder: Path) -> None:
    how = {"dtype": "float32"}
    hasty = TimeLimits(first_s=0.2)

    with pytest.raises(CheckpointLoading, match="is loaded on") as told:
        await one.ask(folder, how=how, limits=hasty)

    assert told.value.headers() == {"Retry-After": "5"}
    assert await one.says(folder, "there", how=how) == "there"


async def test_a_model_knows_no_secrets_and_reaches_no_network(
    tmp_path: Path, one: Asking, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:hush@127.0.0.1/x")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush")

    told = environment_of(int(await one.says(folder, "pid")))

    assert told["HF_HUB_OFFLINE"] == "1"
    assert not any("hush" in value for value in told.values())
    assert one.checkpoints._sockets is not None
    assert stat.S_IMODE(os.fstat(one.checkpoints._sockets[1]).st_mode) == 0o700


@pytest.mark.parametrize(
    ("how", "problem", "said"),
    [
        ({"quantization": "int4"}, ModelUnavailable, "4 bits need a GPU"),
        ({"dtype": "float16"}, CheckpointBroken, "RuntimeError: a scripted bug"),
        ({"dtype": "bfloat16"}, CheckpointMemoryShort, "The system ended it"),
    ],
)
async def test_what_cannot_be_loaded_says_why(
    one: Asking, folder: Path, how: dict[str, str], problem: type[Problem], said: str
) -> None:
    with pytest.raises(problem, match=said):
        await one.ask(folder, how=how)


async def test_what_is_not_installed_is_named(tmp_path: Path, folder: Path) -> None:
    program = (*DOUBLE, "json", "no_such_torch")

    async with asking(tmp_path, program=program) as one:
        with pytest.raises(CheckpointsMissing, match=r"no_such_torch\. .*extra “local”"):
            await one.ask(folder)
    async with asking(tmp_path, python=tmp_path / "no-python") as one:
        with pytest.raises(CheckpointsMissing, match="no-python cannot be started"):
            await one.ask(folder)


async def test_a_model_that_does_not_fit_is_not_even_begun(tmp_path: Path, one: Asking) -> None:
    big = model(tmp_path / "checkpoints" / "big", numbers=10**15)

    with pytest.raises(CheckpointMemoryShort, match=r"about \d+\.\d GiB, and \d+\.\d GiB are free"):
        await one.ask(big, how={"dtype": "bfloat16"})


async def test_a_folder_that_went_bad_since_is_told(one: Asking, folder: Path) -> None:
    (folder / "model.safetensors").unlink()

    with pytest.raises(ModelUnavailable, match=r"holds no model\.safetensors"):
        await one.ask(folder)
    nowhere = replace(deployment(folder), checkpoint=None)
    with pytest.raises(ModelNotFound, match="not set up"):
        await one.upstream.send(nowhere, "openai.chat", b"{}")


async def test_models_are_loaded_beforehand_and_let_go_when_nobody_may_ask_them(
    one: Asking, folder: Path
) -> None:
    how = {"preload": True, "idle_minutes": 0.001}
    asked = deployment(folder, limits=PATIENT, **how)
    broken = deployment(folder, preload=True, dtype="float16")
    assert asked.checkpoint is not None
    assert broken.checkpoint is not None

    # One that cannot be loaded keeps none of the others from it.
    await one.checkpoints.attend([(broken.checkpoint, None), (asked.checkpoint, None)])

    pid = int(await one.says(folder, "pid", how=how))
    assert [it for it in one.checkpoints._running.values() if not it.gone]
    await one.checkpoints.attend([])
    await gone(pid)
