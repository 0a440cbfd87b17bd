"""Models on a GPU: the same text and vectors as on the CPU, shared steps, 8 and 4 bits."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.checkpoints.scene import Asking, log_of
from tests.local.test_transformers import FOX, vectors, written

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
GPU: dict[str, Any] = {"device": "cuda", "dtype": "float32"}
CPU: dict[str, Any] = {"device": "cpu", "dtype": "float32"}


@pytest.fixture(autouse=True)
def _there(python: Path) -> None:
    """Only where that Python's torch can use one."""
    program = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    if subprocess.run([python, "-c", program], check=False).returncode:
        pytest.skip("there is no GPU here")


@pytest.fixture
def _bits(python: Path) -> None:
    if subprocess.run([python, "-c", "import bitsandbytes"], check=False).returncode:
        pytest.skip("bitsandbytes is not installed there")


def likeness(one: list[float], other: list[float]) -> float:
    """The cosine of two vectors of length one."""
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_a_gpu_writes_what_the_cpu_writes(one: Asking, models: Path) -> None:
    here = await written(one, models / "llama", how=GPU, max_tokens=12)
    there = await written(one, models / "llama", how=CPU, max_tokens=12)

    assert here == there


async def test_requests_share_the_steps_of_a_gpu_and_do_not_mix(one: Asking, models: Path) -> None:
    prompts = [f"{FOX} {number}" for number in range(12)]

    async def asked(prompt: str) -> str:
        given: dict[str, Any] = {"dialect": "openai.completions", "temperature": 0, "how": GPU}
        status, told = await one.ask(models / "llama", prompt, max_tokens=24, **given)
        assert status == 200, told
        return str(told["choices"][0]["text"])

    alone = [await asked(prompt) for prompt in prompts]
    together = await asyncio.gather(*(asked(prompt) for prompt in prompts))

    assert together == alone
    assert "one after the other" not in log_of(one.checkpoints._home)


async def test_a_gpu_makes_the_vectors_of_the_cpu(one: Asking, models: Path) -> None:
    for name in ("bert", "llama"):
        here = await vectors(one, models / name, GPU | {"task": "embed"})
        there = await vectors(one, models / name, CPU | {"task": "embed"})

        assert all(likeness(a, b) > 0.999 for a, b in zip(here, there, strict=True)), name


@pytest.mark.usefixtures("_bits")
@pytest.mark.parametrize(("bits", "near"), [("int8", 0.97), ("int4", 0.85)])
async def test_fewer_bits_write_and_are_near_the_whole_ones(
    one: Asking, models: Path, bits: str, near: float
) -> None:
    how = {"device": "cuda", "quantization": bits}

    assert await written(one, models / "llama", how=how)
    whole = await vectors(one, models / "llama", GPU | {"task": "embed"})
    small = await vectors(one, models / "llama", how | {"task": "embed"})

    assert small != whole
    assert all(likeness(a, b) > near for a, b in zip(whole, small, strict=True))


@pytest.mark.usefixtures("_bits")
@pytest.mark.parametrize("bits", ["none", "int8", "int4"])
async def test_an_adapter_changes_what_a_gpu_writes(one: Asking, models: Path, bits: str) -> None:
    how = {"device": "cuda", "quantization": bits}

    plain = await written(one, models / "llama", how=how)
    adapted = await written(one, models / "llama", how=how | {"adapter": str(models / "lora")})

    assert adapted != plain
