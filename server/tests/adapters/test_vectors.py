"""Chroma and FAISS behind their seam: the same cases for a folder and for a real Chroma server."""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samoey.adapters.vectors import nearest
from samoey.adapters.vectors.engine import ChromaAndFaiss
from samoey.kit.ports.vectors import VectorEngine, VectorStoreAway

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 32


def some_vectors(count: int, seed: int = 1) -> "NDArray[np.float32]":
    made = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def keys(count: int, of: str = "k") -> list[str]:
    return [f"{of}{number:06}" for number in range(count)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Chroma server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = tmp_path_factory.mktemp("server")
    command = ["run", "--path", str(place), "--host", "127.0.0.1", "--port", str(port)]
    run = [sys.executable, "-c", "from chromadb.cli.cli import app; app()", *command]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(run, stdout=log, stderr=log, cwd=place)
    try:
        for _ in range(300):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(params=["folder", "server"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> VectorEngine:
    if request.param == "folder":
        return ChromaAndFaiss(tmp_path / "vectors")
    return ChromaAndFaiss(tmp_path / "unused", request.getfixturevalue("server"))


@pytest.fixture
def model(request: pytest.FixtureRequest) -> str:
    # The server outlives a test.
    return f"model of {request.node.name}"


def test_what_is_kept_is_known_and_given_back_in_the_order_asked_for(
    engine: VectorEngine, model: str
) -> None:
    vectors = some_vectors(2_500)
    with engine.keeper(model) as keeper:
        keeper.keep(keys(2_500), vectors)

    with engine.keeper(model) as keeper:
        assert keeper.known([*keys(3), "never"]) == set(keys(3))
        order = np.random.default_rng(2).permutation(2_500)
        taken = keeper.take([keys(2_500)[at] for at in order])

    assert np.allclose(taken, vectors[order], atol=1e-6)


def test_two_models_never_mix(engine: VectorEngine, model: str) -> None:
    with engine.keeper(model) as keeper:
        keeper.keep(keys(3), some_vectors(3))

    with engine.keeper(f"{model}, another") as keeper:
        assert keeper.known(keys(3)) == set()
        keeper.keep(keys(3), some_vectors(3, seed=9)[:, :16])
        assert keeper.take(keys(3)).shape == (3, 16)


def test_what_is_kept_again_is_written_over(engine: VectorEngine, model: str) -> None:
    with engine.keeper(model) as keeper:
        keeper.keep(keys(2), some_vectors(2))
        keeper.keep(keys(2), some_vectors(2, seed=5))

        assert np.allclose(keeper.take(keys(2)), some_vectors(2, seed=5), atol=1e-6)


def test_what_was_never_kept_is_not_made_up(engine: VectorEngine, model: str) -> None:
    with engine.keeper(model) as keeper:
        keeper.keep(keys(2), some_vectors(2))

        with pytest.raises(VectorStoreAway):
            keeper.take([*keys(2), "never"])


def test_an_engine_goes_to_another_process(engine: VectorEngine) -> None:
    assert pickle.loads(pickle.dumps(engine)) == engine  # noqa: S301 - written a word before


def test_a_server_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    engine = ChromaAndFaiss(tmp_path, "http://127.0.0.1:9")

    with pytest.raises(VectorStoreAway), engine.keeper("any"):
        pass


def test_the_address_of_a_server_with_its_password_is_not_printed() -> None:
    assert "secret" not in repr(ChromaAndFaiss(Path("/x"), "http://me:secret@127.0.0.1:1"))


def test_only_one_process_has_the_folder_open(tmp_path: Path) -> None:
    engine = ChromaAndFaiss(tmp_path / "vectors")
    waits = (
        "import pickle, sys\nengine = pickle.loads(sys.stdin.buffer.read())\n"
        "with engine.keeper('m') as keeper: print(sorted(keeper.known(['k000000'])))"
    )
    with engine.keeper("m") as keeper:
        process = subprocess.Popen(
            [sys.executable, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(engine))
        process.stdin.close()
        keeper.keep(keys(1), some_vectors(1))
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)

    assert process.stdout is not None
    assert process.stdout.read().strip() == b"['k000000']"
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("broken", ["chroma.sqlite3", "everything"])
def test_a_folder_that_cannot_be_read_is_put_aside_for_a_new_one(
    tmp_path: Path, broken: str
) -> None:
    engine = ChromaAndFaiss(tmp_path / "vectors")
    fill = (
        "import pickle, sys, numpy as np\nengine = pickle.loads(sys.stdin.buffer.read())\n"
        "with engine.keeper('m') as keeper: keeper.keep(['a'], np.ones((1, 4), np.float32))"
    )
    # In a process of its own: Chroma remembers, within a process, what it has open.
    subprocess.run([sys.executable, "-c", fill], input=pickle.dumps(engine), check=True)
    for file in (tmp_path / "vectors" / "chroma").rglob("*"):
        if file.is_file() and broken in (file.name, "everything"):
            file.write_bytes(os.urandom(5_000))

    with engine.keeper("m") as keeper:
        assert keeper.known(["a"]) == set()
        keeper.keep(keys(2), some_vectors(2))
        assert keeper.known(keys(2)) == set(keys(2))
    assert (tmp_path / "vectors" / "broken").is_dir()


@pytest.mark.parametrize("count", [10, 3_000])
def test_the_nearest_are_found_among_all_and_among_some(tmp_path: Path, count: int) -> None:
    engine, vectors = ChromaAndFaiss(tmp_path), some_vectors(count)
    engine.write(vectors, tmp_path / "file")

    opened = engine.open(tmp_path / "file")

    assert opened.size == count
    rows, cosines = opened.search(vectors[7], 3)
    assert rows[0] == 7
    assert cosines[0] == pytest.approx(1, abs=0.02)
    even = np.arange(0, count, 2)
    rows, _ = opened.search(vectors[7], 3, even)
    assert set(rows % 2) == {0}
    assert np.allclose(opened.vectors(even), vectors[even], atol=0.02)
    assert np.allclose(opened.cosines(vectors[7], even), vectors[even] @ vectors[7], atol=0.02)


def test_many_vectors_lie_in_cells_and_the_nearest_are_still_found(
    tmp_path: Path,
) -> None:
    engine = ChromaAndFaiss(tmp_path)
    # As code does, these lie in heaps.
    heaps = some_vectors(40)[np.arange(nearest.MOST_FLAT + 2_000) % 40]
    vectors = heaps + 0.4 * some_vectors(len(heaps), seed=3)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    engine.write(vectors, tmp_path / "file")

    opened = engine.open(tmp_path / "file")

    asked = range(0, len(vectors), 2_500)
    found = [int(opened.search(vectors[at], 5)[0][0]) for at in asked]
    assert sum(at == row for at, row in zip(asked, found, strict=True)) >= len(found) - 1
    some = np.arange(0, len(vectors), 9)
    rows, _ = opened.search(vectors[9], 5, some)
    assert rows[0] == 9
    assert set(rows % 9) == {0}


def test_a_file_of_no_vectors_finds_none(tmp_path: Path) -> None:
    engine = ChromaAndFaiss(tmp_path)
    engine.write(some_vectors(0), tmp_path / "file")

    assert engine.open(tmp_path / "file").size == 0


def test_a_file_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ChromaAndFaiss(tmp_path).open(tmp_path / "file")


async def test_none_of_it_is_loaded_before_it_is_needed() -> None:
    seen = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import sys, samoey.tools, samoey.main\n"
        "print({'chromadb', 'faiss', 'onnxruntime'} & set(sys.modules))",
        stdout=subprocess.PIPE,
    )
    out, _ = await seen.communicate()

    assert out.strip() == b"set()"
