"""Writes the fuzzer's first inputs: the programs of our solvers, each on a grid of its task; see input.h for the form.

python seeds.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np

import tokpidjin as tp

ARENA, BUDGET = 5, 6  # classes of input.h
ALL_COLORS = 3  # the place of a mask in samples.h


def program_bytes(bytecode, place, sample):
    """The input of the program at that place in a library."""
    code = _part(bytecode.code, bytecode.code_start, place)
    constants = _part(bytecode.consts, bytecode.const_start, place)
    signature = _part(bytecode.signatures, bytecode.signature_start, place)
    counts = [len(code), len(constants), len(bytecode.types), bytecode.registers[place], len(signature)]
    return b"".join(
        [
            bytes([ARENA, BUDGET]),
            np.array(counts, "<u2").tobytes(),
            bytecode.types.astype("<i2").tobytes(),
            signature.astype("<i2").tobytes(),
            constants.astype("<i8").tobytes(),
            code.astype("<i2").tobytes(),
            sample,
        ]
    )


def grid_bytes(grid):
    """A grid of up to 30x30 as samples.h reads it: the sides, a mask of colours, the cells."""
    h, w = grid.shape
    return bytes([h, w, ALL_COLORS]) + grid.tobytes()


def _part(array, starts, place):
    return array[starts[place] : starts[place + 1]]


def write_seeds(folder):
    folder.mkdir(parents=True, exist_ok=True)
    bytecode = tp.load_solvers().bytecode
    grids = {task.id: np.array(task.demo[0].input, np.uint8) for task in tp.load_tasks("arc-agi-1/training")}
    for place, name in enumerate(bytecode.names):
        sample = grid_bytes(grids[name])
        (folder / name).write_bytes(program_bytes(bytecode, place, sample))
    return len(bytecode.names)


if __name__ == "__main__":
    print(write_seeds(Path(sys.argv[1])), "seeds")
