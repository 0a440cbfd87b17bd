"""The seam to what keeps vectors, and to what finds the nearest of them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from samoey.kit.problems import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VectorStoreAway(Unavailable):
    """It does not answer, or what it holds cannot be read; searching by words goes on."""

    title = "The store of vectors does not answer."


class Keeper(Protocol):
    """Keeps the vectors of one model, each under the key of the text that it was made of.

    Any of these raise `VectorStoreAway`.
    """

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of these are kept."""

    def keep(self, keys: Sequence[str], vectors: "NDArray[np.float32]") -> None:
        """Keep a row for each key; one that is kept already may be written over."""

    def take(self, keys: Sequence[str]) -> "NDArray[np.float32]":
        """Give a row for each key, in their order; all of them must be known."""


class Nearest(Protocol):
    """A file of vectors that never changes; rows are numbered as they were written."""

    @property
    def size(self) -> int:
        """How many rows there are."""

    def search(
        self,
        vector: "NDArray[np.float32]",
        most: int,
        among: "NDArray[np.int64] | None" = None,
    ) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
        """Give the rows nearest to a vector with their cosines, the nearest first."""

    def cosines(
        self, vector: "NDArray[np.float32]", rows: "NDArray[np.int64]"
    ) -> "NDArray[np.float32]":
        """How near these rows are."""

    def vectors(self, rows: "NDArray[np.int64]") -> "NDArray[np.float32]":
        """Give these rows back, nearly as they were written."""


class VectorEngine(Protocol):
    """What there is of both; it goes to other processes by pickle."""

    @property
    def shared(self) -> bool:
        """Whether many may have the keeper open at the same time."""

    def keeper(self, model: str) -> AbstractContextManager[Keeper]:
        """Open what is kept for a model; where only one may, wait for that.

        Raises:
            VectorStoreAway: it does not answer.
        """

    def write(self, vectors: "NDArray[np.float32]", file: Path) -> None:
        """Write a file to search; rows have length 1."""

    def open(self, file: Path) -> Nearest:
        """Open such a file.

        Raises:
            FileNotFoundError: there is none.
        """
