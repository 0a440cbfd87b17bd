"""Chroma keeps, FAISS finds: both are loaded by whoever first needs them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from samoey.kit.ports.vectors import Keeper, Nearest


@dataclass(frozen=True, slots=True)
class ChromaAndFaiss:
    """The port's engine, on a folder or on the Chroma server at `url`."""

    folder: Path
    url: str | None = field(default=None, repr=False)

    @property
    def shared(self) -> bool:
        """Whether it is a server."""
        return self.url is not None

    @contextlib.contextmanager
    def keeper(self, model: str) -> "Iterator[Keeper]":
        """Open Chroma."""
        from samoey.adapters.vectors import chroma

        opening = (
            chroma.in_folder(self.folder, model)
            if self.url is None
            else chroma.at_server(self.url, model)
        )
        with opening as keeper:
            yield keeper

    def write(self, vectors: "NDArray[np.float32]", file: Path) -> None:
        """Write a FAISS file."""
        from samoey.adapters.vectors import nearest

        nearest.write(vectors, file)

    def open(self, file: Path) -> "Nearest":
        """Open a FAISS file."""
        from samoey.adapters.vectors.nearest import FaissNearest

        return FaissNearest(file)
