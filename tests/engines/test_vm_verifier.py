"""What the verifier refuses, and where it says the fault is."""

import numpy as np
import pytest
from assembler import (
    FLAT_PATCH,
    GRID,
    INT,
    NO_REGISTER,
    NOT_FLAT,
    OBJECT,
    OPCODES,
    OVER_CELLS,
    OVER_LIST,
    OVER_PAIRS,
    PAIR,
    SET,
    SPECULATIVE,
    TO_FOLD,
    TO_INDICES,
    TO_LIST,
    TO_MERGED_LIST,
    TO_MERGED_PATCH,
    TO_ORDERED,
    TO_SET,
    TUPLE,
    Assembler,
    library,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tokpidjin.compiler import types
from tokpidjin.engines.native import NativeEngine
from tokpidjin.errors import BytecodeError, ParameterError

TINY = np.zeros((1, 1), np.uint8)


def ints(p):
    return p.op("interval", *map(p.constant, (0, 3, 1)))


def over_ints(p, body, collector=TO_LIST, **options):
    return p.loop(collector, ints(p), OVER_LIST, body, **options)


def patched_loop(p, field, value):
    """A correct loop with one word of its head changed."""
    over_ints(p, lambda x: p.op("increment_i", x))
    head = next(k for k, words in enumerate(p.code) if words[0] == OPCODES["loop"])
    p.code[head + field // 8][field % 8] = value


def deep_loops(p, depth):
    def nest(level):
        return over_ints(p, lambda x: x if level == 1 else nest(level - 1), flat=NOT_FLAT)

    nest(depth)


def keyed_by_a_set(p):
    keys = []

    def body(x):
        keys.append(p.op("palette_g", p.input))
        return x

    over_ints(p, body, TO_ORDERED, key=lambda: keys[0], type=p.type(SET, INT))


def set_in_a_loop(p):
    grid = p.op("move", p.input)
    over_ints(p, lambda x: p.op("move", p.op("rot90", grid), result=grid) and x)


def variable_of_another_type(p):
    grid = p.op("move", p.input)
    p.loop(TO_FOLD, p.constant(2), OVER_LIST, lambda _: p.op("move", p.constant(1), result=grid) and None)


def used_after_its_loop(p):
    inner = []

    def body(x):
        inner.append(p.op("rot90", p.input))
        return x

    over_ints(p, body)
    p.op("rot90", inner[0])


def reused_variable(p):
    """A body that puts a fresh patch into its variable's register is no filter."""
    source = p.op("list1", p.op("asindices", p.input))
    p.loop(TO_LIST, source, OVER_LIST, lambda x: p.op("move", p.op("box", x), result=x))


REFUSED = {
    "unknown opcode": (lambda p: p.raw(999, 1, 0), "unknown opcode 999"),
    "too few operands": (lambda p: p.raw(OPCODES["rot90"], 1, 0), "rot90 has 0 operands and takes 1"),
    "too many operands": (
        lambda p: p.op("rot90", 0, 0),
        "rot90 has 2 operands and takes 1",
    ),
    "unknown flag": (lambda p: p.raw(OPCODES["rot90"], 1, 1 | 1024, 0), "rot90 has the unknown flags 1025"),
    "speculative ret": (lambda p: p.raw(OPCODES["ret"], 1, 1 | SPECULATIVE, 0), "ret has the unknown flags"),
    "undefined register": (
        lambda p: p.op("rot90", p.register()),
        "operand 1 of rot90, register 1, has no value yet",
    ),
    "register out of range": (
        lambda p: p.op("rot90", 50),
        "operand 1 of rot90 is register 50; the program has 2 registers",
    ),
    "result out of range": (
        lambda p: p.op("rot90", 0, result=9),
        "the result is register 9; the program has registers 1 to 0",
    ),
    "result over the sample": (lambda p: p.op("rot90", 0, result=0), "the result is register 0"),
    "constant out of range": (
        lambda p: p.op("even", ~3),
        "operand 1 of even is constant 3; the program has 0",
    ),
    "constant that is no int": (
        lambda p: p.op("even", p.constant(1 << 40)),
        "operand 1 of even is the constant 1099511627776, which is not an int",
    ),
    "constant that is poison": (lambda p: p.op("even", p.constant(-(1 << 63))), "constant 0 is not a value"),
    "constant for a grid": (lambda p: p.op("rot90", p.constant(1)), "operand 1 of rot90 has type ?"),
    "wrong type": (
        lambda p: p.op("even", p.input),
        "operand 1 of even has type G; the signature is I -> I",
    ),
    "wrong list type": (
        lambda p: p.op("grid_cat", ints(p)),
        r"operand 1 of grid_cat has type \[I\]; the signature is l\(G\) -> G",
    ),
    "two types for one letter": (
        lambda p: p.op("list2", p.input, ints(p)),
        r"operand 2 of list2 has type \[I\]",
    ),
    "two kinds of patch": (
        lambda p: p.op("patch_union", p.op("asindices", 0), p.op("asobject", 0)),
        "operand 2 of patch_union has type O",
    ),
    "length of a number": (
        lambda p: p.op("len", p.op("grid_h", p.input)),
        "operand 1 of len has type I",
    ),
    "set of pairs": (
        lambda p: p.op("set1", p.op("grid_shape", p.input)),
        "the result of set1 has no type",
    ),
    "type number in a register": (
        lambda p: p.op("list_canon", ints(p), p.op("grid_h", 0)),
        "operand 2 of list_canon must be a constant",
    ),
    "unknown type number": (
        lambda p: p.op("list_canon", ints(p), p.constant(77)),
        "type number 77 is not in the type table",
    ),
    "wrong type number": (
        lambda p: p.op("list_canon", ints(p), p.constant(GRID)),
        "operand 2 of list_canon is type G",
    ),
    "result that is no grid": (
        lambda p: p.ret(p.op("grid_h", p.input)),
        "the program's result has type I and must be a grid",
    ),
    "no ret": (lambda p: p.op("rot90", p.input), "the program does not end with ret"),
    "code after ret": (lambda p: (p.ret(0), p.op("rot90", 0)), "ret is not the last instruction"),
    "ret in a loop": (lambda p: over_ints(p, lambda x: p.ret(0) or x), "ret inside of a loop"),
    "end without a loop": (lambda p: p.raw(OPCODES["end"]), "end without a loop"),
    "loop cut off": (lambda p: p.raw(OPCODES["loop"], 1, 0, 0, 0), "the loop's end, 0, is not behind it"),
    "loop's end elsewhere": (lambda p: patched_loop(p, 13, 1), "the loop's end, 1, is not behind it"),
    "loop's end is no end": (lambda p: patched_loop(p, 13, 3), "the loop's end, 3, is not an end"),
    "loop's end outside": (lambda p: patched_loop(p, 13, 99), "the loop's end, 99, is not behind it"),
    "unknown collector": (lambda p: patched_loop(p, 3, 14), "unknown collector 14"),
    "loop over a grid": (
        lambda p: p.loop(TO_LIST, p.input, OVER_LIST, lambda x: x),
        "the loop's source has type G, which iteration 0 does not fit",
    ),
    "loop over cells of Indices": (
        lambda p: p.loop(TO_LIST, p.op("asindices", 0), OVER_CELLS, lambda x: x),
        "the loop's source has type X, which iteration 2 does not fit",
    ),
    "wrong second source": (
        lambda p: over_ints(p, lambda x, y: x, second=(p.input, OVER_LIST)),
        "the loop's second source has type G",
    ),
    "loop variable out of range": (lambda p: patched_loop(p, 6, 500), "the result is register 500"),
    "body undefined": (lambda p: patched_loop(p, 10, NO_REGISTER), "the loop's result is register 32767"),
    "key of a plain loop": (lambda p: patched_loop(p, 15, 1), "a loop of collector 0 has no key"),
    "no key": (
        lambda p: over_ints(p, lambda x: x, TO_ORDERED),
        "the loop's key is register 32767",
    ),
    "keys of another type": (
        lambda p: over_ints(p, lambda x: x, TO_ORDERED, key=lambda: 0),
        "the loop's key has type G; the loop says I",
    ),
    "sorting by sets": (keyed_by_a_set, "sets are not in a total order"),
    "condition that is no int": (
        lambda p: over_ints(p, lambda x: x, condition=lambda: 0),
        "the loop's condition is not an int",
    ),
    "Indices of ints": (
        lambda p: over_ints(p, lambda x: x, TO_INDICES),
        "collector 2 does not take results of type I",
    ),
    "merging grids as patches": (
        lambda p: over_ints(p, lambda x: 0, TO_MERGED_PATCH),
        "collector 4 does not take results of type G",
    ),
    "merging ints": (
        lambda p: over_ints(p, lambda x: x, TO_MERGED_LIST),
        "collector 5 does not take results of type I",
    ),
    "set of pairs by a loop": (
        lambda p: over_ints(p, lambda x: p.op("pair", x, x), TO_SET, type=PAIR),
        "collector 1 does not take results of type P",
    ),
    "set of another type": (
        lambda p: over_ints(p, lambda x: x, TO_SET, type=GRID),
        "the loop's result has type I; the loop says G",
    ),
    "grid moved as a scalar": (
        lambda p: over_ints(p, lambda x: p.op("rot90", p.input)),
        "flatness 0 does not fit a result of type G",
    ),
    "scalar moved as a patch": (
        lambda p: over_ints(p, lambda x: x, flat=FLAT_PATCH),
        "flatness 2 does not fit a result of type I",
    ),
    "pointers moved as scalars": (
        lambda p: over_ints(p, lambda x: p.op("list1", p.op("rot90", 0)), TO_MERGED_LIST),
        "flatness 0 does not fit items of type G",
    ),
    "variable's register used again": (reused_variable, "flatness 0 does not fit a result of type X"),
    "register set twice": (
        lambda p: p.op("grid_h", 0, result=p.op("rot90", 0)),
        "register 1 is set again by other than move",
    ),
    "register set inside of a loop": (set_in_a_loop, "register 1 of an outer block is set inside of a loop"),
    "fold's variable changes type": (
        variable_of_another_type,
        "register 1 changes its type inside of a loop",
    ),
    "register used after its loop": (used_after_its_loop, "operand 1 of rot90, register 4, has no value yet"),
    "fold over a grid": (
        lambda p: p.loop(TO_FOLD, p.input, OVER_LIST, lambda _: None),
        "the fold's count is not an int",
    ),
    "fold with a result": (
        lambda p: p.loop(TO_FOLD, p.constant(1), OVER_LIST, lambda x: 0),
        "a loop of collector 13 has no body result",
    ),
    "fold with a negative least count": (
        lambda p: p.loop(TO_FOLD, p.constant(1), OVER_LIST, lambda _: None, type=-1),
        "the fold's least count is negative",
    ),
    "loops too deep": (lambda p: deep_loops(p, 9), "loops are nested deeper than 8"),
    "empty program": (lambda p: p.code.clear(), "a program of 0 instructions"),
    "type with unknown kind": (lambda p: p.types.append((9, 0, 0)), "type 6 has the unknown kind 9"),
    "type of types to come": (
        lambda p: p.types.append((TUPLE, 6, 0)),
        "type 6 has a part that does not come",
    ),
    "type that is simple twice": (
        lambda p: p.types.append((GRID, 0, 0)),
        "type 6 must not be one of the six",
    ),
    "type set of cells": (lambda p: p.types.append((SET, 2, 0)), "type 6 is a set of pairs or cells"),
    "type too deep": (
        lambda p: p.types.extend((TUPLE, part, 0) for part in (INT, 6, 7, 8)),
        "type 9 is nested deeper than 4",
    ),
    "too few types": (lambda p: p.types.pop(), "the type table has 5 types"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case):
    build, message = REFUSED[case]
    program = Assembler()
    build(program)
    if program.code and case not in {"no ret", "code after ret", "result that is no grid"}:
        program.ret(program.input)
    with pytest.raises(BytecodeError, match=message):
        NativeEngine(program.bytecode())


def test_names_the_solver_and_the_instruction():
    good = Assembler()
    good.ret(good.op("rot90", good.input))
    bad = Assembler()
    bad.op("rot90", bad.input)
    bad.ret(bad.op("even", bad.input))
    with pytest.raises(BytecodeError) as error:
        NativeEngine(library({"solve_a": good, "solve_b": bad}))
    assert error.value.solver == "solve_b"
    assert error.value.instruction == 1
    assert str(error.value).startswith("bytecode of solve_b, instruction 1: operand 1 of even has type G")


@pytest.mark.parametrize("registers", [0, 8193, -1])
def test_refuses_a_wrong_number_of_registers(registers):
    program = Assembler()
    program.ret(program.input)
    bytecode = program.bytecode()
    bytecode.registers[0] = registers
    with pytest.raises(BytecodeError, match=f"{registers} registers; 1 to 8192 are possible"):
        NativeEngine(bytecode)


ACCEPTED = {
    "constants as pairs": lambda p: p.op("shift", p.op("asindices", 0), p.op("move", p.constant((0, 1)))),
    "constants of two types": lambda p: p.op("fst", p.op("tuple2", p.constant(1), p.input)),
    "filter of objects": lambda p: p.loop(TO_LIST, p.op("partition", 0), OVER_LIST, lambda x: x),
    "loops eight deep": lambda p: deep_loops(p, 8),
    "register moved into again": lambda p: p.op(
        "even", p.op("move", p.op("grid_h", 0), result=p.op("rot90", 0))
    ),
    "cells of a loop": lambda p: p.loop(
        TO_LIST, p.op("asobject", 0), OVER_CELLS, lambda x: p.op("cell_p", x)
    ),
    "pairs of a loop": lambda p: p.loop(
        TO_LIST, p.op("asindices", 0), OVER_PAIRS, lambda x: p.op("pair_i", x)
    ),
    "frontiers": lambda p: p.op("frontiers", 0, p.constant(OBJECT)),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepts(case):
    program = Assembler()
    ACCEPTED[case](program)
    program.ret(program.input)
    assert NativeEngine(program.bytecode()).run([TINY], [0], [0]).status[0] == 0


DAMAGED = {
    "code of another width": ("code", lambda a: a.reshape(-1, 4), r"code: its shape is \(\d+, 4\)"),
    "flat code": ("code", np.ravel, "code: its shape is"),
    "code of floats": ("code", lambda a: a.astype(float), "code: its dtype is float64"),
    "code of objects": ("code", lambda a: a.astype(object), "code: its dtype is object"),
    "text for code": ("code", lambda a: "rot90", "code: its dtype is <U5"),
    "words beyond 16 bits": ("code", lambda a: a.astype(int) + 70_000, "code: a number does not fit int16"),
    "code cut off": ("code", lambda a: a[:-1], "code_start: it does not divide 1 into 1 parts"),
    "start that is not 0": ("code_start", lambda a: a + 1, "code_start: it does not divide"),
    "negative start": ("code_start", lambda a: a - 1, "code_start: it does not divide"),
    "start beyond 32 bits": (
        "code_start",
        lambda a: a.astype(int) + (1 << 40),
        "code_start: a number does not fit int32",
    ),
    "no starts": ("code_start", lambda a: a[:0], r"code_start: its shape is \(0,\), not \(2,\)"),
    "constants without width": ("consts", lambda a: np.zeros((1, 0), int), r"consts: its shape is \(1, 0\)"),
    "missing constant": ("consts", lambda a: a[:0], "const_start: it does not divide 0 into 1 parts"),
    "constants beyond 64 bits": (
        "consts",
        lambda a: a.astype(np.uint64) + (1 << 63),
        "consts: a number does not",
    ),
    "types of two numbers": ("types", lambda a: a[:, :2], "types: its shape is"),
    "no registers": ("registers", lambda a: a[:0], "registers: its shape is"),
    "registers for two programs": ("registers", lambda a: np.repeat(a, 2), "registers: its shape is"),
    "signatures without width": (
        "signatures",
        lambda a: np.zeros((2, 0), int),
        r"signatures: its shape is \(2, 0\)",
    ),
    "empty signature": ("signature_start", lambda a: a * 0, "signature_start: it does not divide"),
    "more names": ("names", lambda a: ("a", "b"), "code_start: its shape is"),
    "more argument kinds": ("argument_kinds", lambda a: a * 2, "argument_kinds: 2 for 1 programs"),
    "other argument kinds": (
        "argument_kinds",
        lambda a: ((types.INT,),),
        "bytecode of program: its argument_kinds",
    ),
    "argument kinds too few": ("argument_kinds", lambda a: ((),), "bytecode of program: its argument_kinds"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_refuses_damaged_arrays(case):
    name, damage, message = DAMAGED[case]
    program = Assembler()
    program.op("even", program.constant(1))
    program.ret(program.input)
    bytecode = program.bytecode()
    setattr(bytecode, name, damage(getattr(bytecode, name)))
    with pytest.raises(BytecodeError, match=message):
        NativeEngine(bytecode)


def test_refuses_a_signature_without_types():
    bytecode = library({"a": Assembler(), "b": Assembler()})
    bytecode.signature_start[1] = 0
    with pytest.raises(BytecodeError, match="signature_start: a program without a signature"):
        NativeEngine(bytecode)


ARRAYS = (
    "code",
    "code_start",
    "consts",
    "const_start",
    "types",
    "registers",
    "signatures",
    "signature_start",
)


@st.composite
def damaged(draw, array):
    """The array cut off anywhere, some of its numbers replaced."""
    array = array[: draw(st.integers(0, len(array)))].copy()
    limits = np.iinfo(array.dtype)
    numbers = st.integers(max(-3, limits.min), 40) | st.integers(int(limits.min), int(limits.max))
    for _ in range(draw(st.integers(0, 3)) if array.size else 0):
        array.flat[draw(st.integers(0, array.size - 1))] = draw(numbers)
    return array


@settings(max_examples=200)
@given(data=st.data())
def test_any_bytecode_is_refused_or_runs(data):
    """Arrays whose numbers, lengths and dtypes are anything never end the process."""
    program = Assembler()
    over_ints(program, lambda x: program.op("increment_i", x))
    program.ret(program.op("rot90", 0))
    bytecode = program.bytecode()
    for name in data.draw(st.sets(st.sampled_from(ARRAYS), min_size=1, max_size=3)):
        setattr(bytecode, name, data.draw(damaged(getattr(bytecode, name))))
    try:
        status = NativeEngine(bytecode).run([TINY], [0], [0], budget=10_000).status[0]
    except (BytecodeError, ParameterError):
        return
    assert status <= 4
