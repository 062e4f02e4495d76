"""The arrays of bytecode, checked before the machine's verifier reads them: it trusts their lengths."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tokpidjin.compiler.types import Type
from tokpidjin.errors import BytecodeError

if TYPE_CHECKING:
    from tokpidjin.compiler import Bytecode


def damaged(name: str, cause: str) -> BytecodeError:
    """The refusal of one of the arrays."""
    return BytecodeError(f"bytecode's {name}", cause=cause)


def whole_numbers(bytecode: "Bytecode", name: str, dtype: type, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """An array of bytecode as the machine takes it; -1 in a shape is any length."""
    array = np.asarray(getattr(bytecode, name))
    if array.dtype.kind not in "iu":
        raise damaged(name, f"its dtype is {array.dtype}, not one of integers")
    fits = len(array.shape) == len(shape) and all(
        n in (-1, given) for n, given in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise damaged(name, f"its shape is {array.shape}, not {shape} with any length for -1")
    limits = np.iinfo(dtype)
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        raise damaged(name, f"a number does not fit {limits.dtype}")
    return np.ascontiguousarray(array, dtype)


def starts_of(bytecode: "Bytecode", name: str, parts: int, total: int) -> npt.NDArray[Any]:
    """Where each part of an array of `total` begins, one more than parts."""
    starts = whole_numbers(bytecode, name, np.int32, (parts + 1,))
    if starts[0] != 0 or starts[-1] != total or (np.diff(starts) < 0).any():
        raise damaged(name, f"it does not divide {total} into {parts} parts")
    return starts


def is_type(types: npt.NDArray[np.int32], number: int, kind: Type) -> bool:
    """Whether a type is that with the number in a verified type table."""
    row = types[number]
    parts = ((row[1], kind.first), (row[2], kind.second))
    return row[0] == kind.kind and all(part is None or is_type(types, n, part) for n, part in parts)
