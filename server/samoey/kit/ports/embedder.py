"""The seam to what turns texts into vectors, in this process and without a vendor."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from samoey.kit.problems import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedded(NamedTuple):
    """A row of length 1 for each text, and how many tokens of each text were read."""

    vectors: "NDArray[np.float32]"
    tokens: list[int]


class Embedder(Protocol):
    """One model; `fingerprint` differs wherever vectors may not be compared with each other."""

    @property
    def name(self) -> str:
        """What people call the model."""

    @property
    def fingerprint(self) -> str:
        """Goes with whatever is kept of its vectors."""

    @property
    def dimensions(self) -> int:
        """How long a vector is."""

    @property
    def most_tokens(self) -> int:
        """How much of a text is read; what comes after that is cut off."""

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Turn texts into vectors; other things go on meanwhile.

        Raises:
            EmbedderUnavailable: the model is not here, is not the one it should be, or does not
                fit on the disk.
        """


class MovableEmbedder(Embedder, Protocol):
    """One that long work may take to a process of its own."""

    def elsewhere(self) -> "Callable[[], Embedder] | None":
        """How another process opens the same model, by pickle; None where only this one can."""


class EmbedderUnavailable(Unavailable):
    """The model that runs here cannot be used; `detail` says what to do about it."""

    title = "The embedding model cannot be used."
