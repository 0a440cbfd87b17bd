"""Embedders that a test can count, kill and exchange; what MiniLM itself does is tested with it."""

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

import numpy as np

from samoey.kit.ports.embedder import Embedded, Embedder

WIDTH = 64


@dataclass(frozen=True)
class Wordy:
    """Texts that share words are near; what it was given is written into a file."""

    log: Path
    version: str = "1"
    # Where it works in this process only: the other one asks through its parent.
    only_here: bool = False
    # After so many texts the process that runs it is gone.
    dies_after: int | None = None
    slowly_s: float = 0

    @property
    def name(self) -> str:
        return "wordy"

    @property
    def fingerprint(self) -> str:
        return f"wordy-{self.version}"

    @property
    def dimensions(self) -> int:
        return WIDTH

    @property
    def most_tokens(self) -> int:
        return 1_000

    async def embed(self, texts: Sequence[str]) -> Embedded:
        await asyncio.sleep(self.slowly_s)
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        with self.log.open("a") as log:
            for row, text in enumerate(texts):
                if self.dies_after is not None and self.given() >= self.dies_after:
                    os._exit(9)
                log.write(f"{os.getpid()} {text!r}\n")
                log.flush()
                for word in [self.version, *re.findall(r"\w+", text.lower())]:
                    at = blake2b(word.encode(), digest_size=4).digest()
                    vectors[row, int.from_bytes(at) % WIDTH] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Embedded(vectors, [len(text.split()) for text in texts])

    def elsewhere(self) -> Callable[[], Embedder] | None:
        if self.only_here:
            return None
        return partial(
            Wordy, self.log, self.version, dies_after=self.dies_after, slowly_s=self.slowly_s
        )

    def given(self) -> int:
        """How many texts were turned into vectors by any process."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def processes(self) -> set[int]:
        """Which processes did it."""
        return {int(line.split()[0]) for line in self.log.read_text().splitlines()}
