"""The results of items as compact arrays, as every engine returns them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


class Outputs:
    """The output grids of n items in one block of memory.

    `outputs[k]` is the k-th item's grid as uint8 (h, w), a view, or None where the item has none; colours are as they
    are, with 252 for None and 253 to 255 for -3 to -1. Iterating gives them all in order.

    >>> shapes = np.array([[1, 2], [-1, -1], [1, 1]], np.int32)
    >>> outputs = Outputs(np.array([1, 2, 3], np.uint8), np.array([0, 2, 2]), shapes)
    >>> [grid if grid is None else grid.tolist() for grid in outputs]
    [[[1, 2]], None, [[3]]]
    """

    def __init__(
        self, cells: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], shapes: npt.NDArray[np.int32]
    ) -> None:
        """Take cells (total,), where each item's cells start (n,), and its rows and columns (n, 2), -1 for none."""
        self.cells = cells
        self.offsets = offsets
        self.shapes = shapes

    def __len__(self) -> int:
        return len(self.shapes)

    def __getitem__(self, k: int) -> npt.NDArray[np.uint8] | None:
        h, w = (int(side) for side in self.shapes[k])
        if h < 0:
            return None
        start = int(self.offsets[k])
        return self.cells[start : start + h * w].reshape(h, w)

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8] | None]:
        return (self[k] for k in range(len(self)))


class Cells:
    """The cells of outputs in one array that grows.

    >>> cells = Cells()
    >>> cells.grown_by(2, share=0.5)[:] = 7
    >>> cells.grown_by(1, share=1)[2:] = 8
    >>> cells.all
    array([7, 7, 8], dtype=uint8)
    """

    _SPARE, _MOST_GROWTH = 1.25, 8.0

    def __init__(self) -> None:
        self._room = np.empty(0, np.uint8)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def all(self) -> npt.NDArray[np.uint8]:
        """The cells (count,) so far."""
        return self._room[: self._count]

    def grown_by(self, count: int, share: float) -> npt.NDArray[np.uint8]:
        """All cells with so many more at the end, to be filled; nobody may hold them when it grows again.

        `share` is how much of the items they end, up to 1. The first time there is room at once for what the rest may
        need: what nobody writes to takes no memory. More room would be set to zero before it is written.
        """
        self._count += count
        if not len(self._room):
            growth = 1.0 if share == 1 else min(self._SPARE / share, self._MOST_GROWTH)
            self._room = np.empty(int(count * growth), np.uint8)
        elif self._count > len(self._room):
            self._room.resize(self._count, refcheck=False)
        return self.all


@dataclass(frozen=True)
class ItemResults:
    """What an engine returns for n items, each field in the order of the items.

    `status` uint8 (n), values of Status; `hashes` uint64 (n), 0 where there is no output; `primitives` uint32 (n), how
    many the item executed; `microseconds` float32 (n) or None if not asked for; `outputs` or None if not asked for;
    `seconds`, the wall time of execution alone; `agreeing` int32 (n) or None if not asked for, how many cells of the
    output are as expected on its sample: -1 where there is no output or one of another shape, or nothing is expected.
    """

    status: npt.NDArray[np.uint8]
    hashes: npt.NDArray[np.uint64]
    primitives: npt.NDArray[np.uint32]
    microseconds: npt.NDArray[np.float32] | None
    outputs: Outputs | None
    seconds: float
    agreeing: npt.NDArray[np.int32] | None = None
