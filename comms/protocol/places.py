"""Lines and outlines of the map as columns: a city's 300,000 points are 5 MB, as tuples of floats they are 40."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import DTypeLike, NDArray

Pair = tuple[float, float]


class Places(Sequence[Pair]):
    """Places (lat, lon) in WGS-84, never changed. To the eye a tuple of pairs, and equal to one."""

    __slots__ = ("_degrees",)

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._degrees: NDArray[np.float64] = np.array(pairs, np.float64).reshape(-1, 2)
        self._degrees.flags.writeable = False

    def __len__(self) -> int:
        return len(self._degrees)

    def __iter__(self) -> Iterator[Pair]:
        return map(tuple, self._degrees.tolist())

    def __getitem__(self, index: Any) -> Any:
        """A pair, or for a slice a tuple of them."""
        if isinstance(index, slice):
            return tuple(map(tuple, self._degrees[index].tolist()))
        lat, lon = self._degrees[index].tolist()
        return lat, lon

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Places):
            return np.array_equal(self._degrees, other._degrees)
        return tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """A view where that is allowed: reading many lines makes no pairs."""
        return np.array(self._degrees, dtype, copy=copy)


def to_wire(value: object) -> object:
    """msgspec's enc_hook."""
    if isinstance(value, Places):
        return tuple(value)
    raise NotImplementedError(f"no form on the wire: {type(value).__name__}")


def from_wire(kind: type, value: object) -> Any:
    """msgspec's dec_hook. Raises msgspec.ValidationError when the value is no list of pairs."""
    if kind is Places:
        return Places(msgspec.convert(value, tuple[Pair, ...]))
    raise NotImplementedError(f"no form on the wire: {kind.__name__}")
