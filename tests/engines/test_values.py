"""Values of any type in the machine's form: written, handed through the machine, read again."""

import contextlib

import numpy as np
import pytest
from assembler import Assembler
from hypothesis import given, settings
from hypothesis import strategies as st
from typed_values import values

from tokpidjin.compiler import types
from tokpidjin.compiler.calls import Call, compile_calls, twin_of
from tokpidjin.dsl import astuple, identity, vconcat
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.values import Unfit, Writer, likely_types, read_values, types_of
from tokpidjin.errors import BytecodeError, ParameterError

KINDS = ("I", "P", "C", "G", "X", "O", "[I]", "{I}", "[P]", "[C]", "[G]", "{O}", "{X}", "[O]", "{G}", "[[I]]")
KINDS += ("(G,I)", "(P,P)", "(O,P)", "{(P,P)}", "[(O,P)]", "[[O]]", "[{I}]", "{(O,O)}")


def through_the_machine(kind, column):
    bytecode, _ = compile_calls([Call(twin_of(identity), (kind,))])
    writer = Writer()
    writer.calls([kind], [column], len(column))
    results = NativeEngine(bytecode).run_values(
        writer.arguments(bytecode.argument_kinds), np.zeros(len(column), int)
    )
    assert not results.status.any()
    assert not results.hashes.any()
    return read_values(bytecode.result_kinds[0], results.outputs.cells, results.outputs.offsets)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=max(10, settings().max_examples // 10))
@given(data=st.data())
def test_values_come_back_as_they_were(kind, data):
    column = data.draw(st.lists(values(kind), min_size=1, max_size=4))
    fitting = 0
    for possible in types_of(column):
        try:
            assert through_the_machine(possible, column) == column
            fitting += 1
        except Unfit:
            continue
    assert fitting


def test_none_and_negative_colours():
    assert through_the_machine(types.INT, [None, -5, 0, 2**31 - 2]) == [None, -5, 0, 2**31 - 2]
    assert through_the_machine(types.PAIR, [(None, 1), (-1, None)]) == [(None, 1), (-1, None)]
    assert through_the_machine(types.GRID, [((None, -1), (251, 0))]) == [((None, -1), (251, 0))]
    column = [frozenset({(None, (0, 0)), (-3, (2047, -2048))})]
    assert through_the_machine(types.OBJECT, column) == column


def test_grids_without_cells():
    assert through_the_machine(types.GRID, [(), ((), ()), ((1,),)]) == [(), ((), ()), ((1,),)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (types.INT, 2**31),
        (types.INT, 2**70),
        (types.PAIR, (1, -(2**31))),
        (types.GRID, ((1, 2), (3,))),
        (types.GRID, ((252,),)),
        (types.GRID, ((1.5,),)),
        (types.GRID, ((1,), 5)),
        (types.GRID, ((1,), frozenset({2}))),
        (types.GRID, ((-4,),)),
        (types.GRID, ((0,) * 2049,)),
        (types.INDICES, frozenset({(2048, 0)})),
        (types.INDICES, frozenset({(None, 0)})),
        (types.OBJECT, frozenset({(300, (0, 0))})),
        (types.CELL, (1, (5000, 0))),
    ],
)
def test_what_does_not_fit_is_refused(kind, value):
    with pytest.raises(Unfit):
        Writer().calls([kind], [[value]], 1)


def test_types_of_values():
    assert types_of([True, None, 3]) == [types.INT]
    assert types_of([(1, 2), (3, 4)]) == [types.PAIR, types.ROW]
    assert types_of([(1, 2), (3,)]) == [types.ROW]
    assert types_of([((1, 2), (3, 4)), ((1, 2),)])[0] is types.GRID
    assert types_of([(3, (0, 1))]) == [types.CELL, types.two_of(types.INT, types.ROW)]
    assert types_of([frozenset({(3, (0, 1))}), frozenset()])[0] is types.OBJECT
    assert types_of([frozenset({frozenset({(3, (0, 1))})})])[0] is types.set_of(types.OBJECT)
    assert types_of(["text"]) == types_of([1, (1, 2)]) == types_of([(1, frozenset(), 2)]) == []
    deep = ((((((1,),),),),),)
    assert all(kind.depth <= types.MAX_DEPTH for kind in types_of([deep]))


def test_one_value_for_all_calls():
    bytecode, _ = compile_calls([Call(twin_of(astuple), (types.INT, types.GRID))])
    writer = Writer()
    writer.calls([types.INT, types.GRID], [[1, 2, 3], [((7,),)]], 3)
    results = NativeEngine(bytecode).run_values(writer.arguments(bytecode.argument_kinds), [0, 0, 0])
    found = read_values(bytecode.result_kinds[0], results.outputs.cells, results.outputs.offsets)
    assert found == [(1, ((7,),)), (2, ((7,),)), (3, ((7,),))]


def test_a_result_beyond_the_arena_has_the_status_memory():
    bytecode, _ = compile_calls([Call(twin_of(identity), (types.GRID,))])
    writer = Writer()
    writer.calls([types.GRID], [[((0,) * 200,) * 100, ((1,),)]], 2)
    results = NativeEngine(bytecode).run_values(
        writer.arguments(bytecode.argument_kinds), [0, 0], arena=1 << 12
    )
    assert results.status.tolist() == [3, 0]


def test_arguments_of_other_types_are_refused():
    ints, _ = compile_calls([Call(twin_of(identity), (types.INT,))])
    grids, _ = compile_calls([Call(twin_of(identity), (types.GRID,))])
    writer = Writer()
    writer.calls([types.INT], [[1]], 1)
    with pytest.raises(ParameterError, match="other types than the programs take"):
        NativeEngine(grids).run_values(writer.arguments(ints.argument_kinds), [0])
    with pytest.raises(ParameterError, match="the programs take other arguments"):
        NativeEngine(ints).run([np.zeros((1, 1), np.uint8)], [0], [0])
    two, _ = compile_calls([Call(twin_of(vconcat), (types.GRID, types.GRID))])
    with pytest.raises(ParameterError, match="the programs take other arguments"):
        NativeEngine(two).run([np.zeros((1, 1), np.uint8)], [0], [0])
    with pytest.raises(ParameterError, match="2 for the arguments of 1 calls"):
        NativeEngine(ints).run_values(writer.arguments(ints.argument_kinds), [0, 0])


@pytest.mark.parametrize(
    ("signature", "registers", "reason"),
    [
        ((0, 3), 2, "the program's result has type I and must be a grid"),
        ((0, 1), 2, "the program's result has type I and must be P"),
        ((3,), 2, "0 arguments; 1 to 16 are possible"),
        ((3,) * 18, 40, "17 arguments; 1 to 16 are possible"),
        ((0, 0, 0), 1, "1 registers for 2 arguments"),
        ((77, 0), 2, "type number 77 is not in the type table"),
        ((0, -1), 2, "type number -1 is not in the type table"),
    ],
)
def test_signatures_are_verified(signature, registers, reason):
    program = Assembler(signature)
    program.ret(program.input)
    program.registers = registers
    with pytest.raises(BytecodeError, match=reason):
        NativeEngine(program.bytecode())


def test_arguments_have_their_registers():
    program = Assembler((0, 1, 1))
    program.ret(program.op("add_ip", 0, 1))
    engine = NativeEngine(program.bytecode())
    writer = Writer()
    writer.calls([types.INT, types.PAIR], [[10], [(1, 2)]], 1)
    results = engine.run_values(writer.arguments(((types.INT, types.PAIR),)), [0])
    assert read_values(types.PAIR, results.outputs.cells, results.outputs.offsets) == [(11, 12)]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-5, 12) | st.floats() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300)
@given(column=st.lists(ANYTHING, min_size=1, max_size=3))
def test_any_value_is_written_as_a_type_of_its_own_or_unfit(column):
    for kind in [*likely_types(column), *types_of(column)]:
        try:
            Writer().calls([kind], [column], len(column))
        except Unfit:
            continue
        assert through_the_machine(kind, column) == column


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=max(10, settings().max_examples // 5))
@given(data=st.data())
def test_damaged_pieces_are_read_or_refused(kind, data):
    kind = next(iter(types_of([data.draw(values(kind))])))
    column = data.draw(st.lists(st.integers(), min_size=1, max_size=12))
    block = np.array([x % 64 if x % 3 else x % (1 << 63) for x in column], np.int64).view(np.uint8)
    block = block[: len(block) - data.draw(st.sampled_from([0, 0, 0, 3, 8]))]
    with contextlib.suppress(ParameterError):
        read_values(kind, block, np.array([0, data.draw(st.sampled_from([0, 8, 4, 400, -8]))]))


def test_sides_beyond_the_block_are_refused():
    block = np.array([8, 1 << 63 | 1 << 31, 0], np.uint64).view(np.uint8)
    with pytest.raises(ParameterError, match="outside of the block"):
        read_values(types.GRID, block, np.array([0]))
