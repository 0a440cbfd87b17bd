"""The nearest vectors by FAISS: each number in one byte, and above some size in cells."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Up to here all rows are looked at; more are sorted into cells, of which only some are.
MOST_FLAT = 50_000
ROWS_A_CELL = 100
LOOKED_INTO = 32
# So few rows to choose from are compared one by one.
FEW = 4_000
_LEARNED_FROM = 40
_ROUNDS = 8
# Its threads wait by turning in circles; a search takes a millisecond.
faiss.omp_set_num_threads(1)


class FaissNearest:
    """The port's nearest vectors; the file is mapped, so processes share its memory."""

    def __init__(self, file: Path) -> None:
        if not file.is_file():
            raise FileNotFoundError(file)
        self._index: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
        self._cells = isinstance(self._index, faiss.IndexIVF)
        if self._cells:
            cells: Any = self._index
            cells.nprobe = LOOKED_INTO
            cells.make_direct_map()

    @property
    def size(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, vector: "NDArray[np.float32]", most: int, among: "NDArray[np.int64] | None" = None
    ) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
        if among is not None and len(among) <= FEW:
            near = self.cosines(vector, among)
            best = np.argsort(-near, kind="stable")[:most]
            return among[best], near[best]
        how = self._narrowed(among) if among is not None else None
        near, rows = self._index.search(vector[None], min(most, self.size), params=how)
        there = rows[0] >= 0
        return rows[0][there], near[0][there]

    def _narrowed(self, among: "NDArray[np.int64]") -> Any:
        kind: Any = faiss.SearchParametersIVF if self._cells else faiss.SearchParameters
        more = {"nprobe": LOOKED_INTO} if self._cells else {}
        return kind(sel=faiss.IDSelectorBatch(among), **more)

    def cosines(
        self, vector: "NDArray[np.float32]", rows: "NDArray[np.int64]"
    ) -> "NDArray[np.float32]":
        near: NDArray[np.float32] = self.vectors(rows) @ vector
        return near

    def vectors(self, rows: "NDArray[np.int64]") -> "NDArray[np.float32]":
        given: NDArray[np.float32] = self._index.reconstruct_batch(np.ascontiguousarray(rows))
        return given


def write(vectors: "NDArray[np.float32]", file: Path) -> None:
    """Write vectors of length 1 as a file that `FaissNearest` opens."""
    count, dimensions = vectors.shape
    byte, inner = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    index: Any
    if count <= MOST_FLAT:
        index = faiss.IndexScalarQuantizer(dimensions, byte, inner)
    else:
        centres = faiss.IndexFlatIP(dimensions)
        cells = count // ROWS_A_CELL
        index = faiss.IndexIVFScalarQuantizer(centres, dimensions, cells, byte, inner, False)
        index.cp.niter, index.cp.max_points_per_centroid = _ROUNDS, _LEARNED_FROM
    if count:
        index.train(vectors)
        index.add(vectors)
    faiss.write_index(index, str(file))
