"""all-MiniLM-L6-v2 on the CPU, through onnxruntime: everything is loaded with the first text."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from samoey.adapters.embedders import building
from samoey.kit.ports.embedder import Embedded, EmbedderUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384
# As the model was trained, and as its authors run it.
MOST_TOKENS = 256
# Few enough that a short text which comes meanwhile does not wait long.
_AT_ONCE = 8


class _Loaded(NamedTuple):
    session: "InferenceSession"
    tokenizer: "Tokenizer"


class MiniLM:
    """The port's embedder; `close` it. One thread works at a time, on at most `threads` cores."""

    name = NAME
    fingerprint = f"{building.RECIPE}/{MOST_TOKENS}"
    dimensions = DIMENSIONS
    most_tokens = MOST_TOKENS

    def __init__(self, home: Path, *, threads: int) -> None:
        self._home, self._threads = home, threads
        self._folder = home / "embedder"
        self._worker = ThreadPoolExecutor(1, "embedder")
        self._loading = asyncio.Lock()
        self._loaded: _Loaded | None = None

    @staticmethod
    def installed() -> bool:
        """Whether the packages that this needs are there; loads none of them."""
        return not building.missing()

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Turn texts into vectors, off the event loop."""
        loop = asyncio.get_running_loop()
        loaded = self._loaded or await self._load()
        import numpy as np

        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        tokens = [0] * len(texts)
        # Of like length together: little is padded.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for places in _portions(order):
            some = [texts[at] for at in places]
            rows, counted = await loop.run_in_executor(self._worker, _run, loaded, some)
            vectors[places] = rows
            for at, count in zip(places, counted, strict=True):
                tokens[at] = count
        return Embedded(vectors, tokens)

    def elsewhere(self) -> "partial[MiniLM]":
        """Any process that reads the home can; there it has one core, for long work."""
        return partial(MiniLM, self._home, threads=1)

    async def close(self) -> None:
        """Let the thread end; what it has in hand is finished first."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _load(self) -> _Loaded:
        async with self._loading:
            if self._loaded is None:
                loop = asyncio.get_running_loop()
                if missing := building.missing():
                    raise EmbedderUnavailable(
                        f"Not installed: {', '.join(missing)}. Install samoey with its extra "
                        "“embeddings”, from its lock."
                    )
                path = await loop.run_in_executor(self._worker, building.built, self._folder)
                if path is None:
                    path = await self._build()
                self._loaded = await loop.run_in_executor(self._worker, _open, path, self._threads)
        return self._loaded

    async def _build(self) -> Path:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", building.__name__, str(self._folder), stdout=PIPE, stderr=PIPE
        )
        try:
            said, complaint = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        words = said.decode().strip()
        if process.returncode == 0:
            return Path(words.splitlines()[-1])
        if process.returncode in {building.FULL, building.WRONG}:
            raise EmbedderUnavailable(words.splitlines()[-1])
        reason = complaint.decode(errors="replace").strip().splitlines() or ["it was ended"]
        raise EmbedderUnavailable(f"{NAME} could not be built: {reason[-1]}")


def _open(path: Path, threads: int) -> _Loaded:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    try:
        words = building.packaged("tokenizer.json", building.TOKENIZER)
    except building.WrongFile as wrong:
        raise EmbedderUnavailable(str(wrong)) from wrong
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    # Threads that wait do not turn in circles.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    tokenizer = Tokenizer.from_file(str(words))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.enable_padding()
    return _Loaded(InferenceSession(path, options, providers=["CPUExecutionProvider"]), tokenizer)


def _portions(order: list[int]) -> Iterator[list[int]]:
    return (order[at : at + _AT_ONCE] for at in range(0, len(order), _AT_ONCE))


def _run(loaded: _Loaded, texts: list[str]) -> tuple[Any, list[int]]:
    import numpy as np

    # The tokenizer refuses halves of characters, which JSON allows.
    said = [text.encode(errors="replace").decode() for text in texts]
    encoded = loaded.tokenizer.encode_batch(said)
    ids = np.array([it.ids for it in encoded], np.int64)
    mask = np.array([it.attention_mask for it in encoded], np.int64)
    [vectors] = loaded.session.run(None, {"input_ids": ids, "attention_mask": mask})
    return vectors, [int(count) for count in mask.sum(axis=1)]
