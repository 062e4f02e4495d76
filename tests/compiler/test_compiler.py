"""The compiler's own rules: tables, types, what cannot be compiled, what may fail, listings."""

import inspect

import pytest

import tokpidjin as tp
from tokpidjin import dsl
from tokpidjin.compiler import TRACED, disassemble
from tokpidjin.compiler.opcodes import OPCODES, result_type
from tokpidjin.compiler.types import (
    CELL,
    GRID,
    INDICES,
    INT,
    OBJECT,
    PAIR,
    ROW,
    set_of,
    tuple_of,
    two_of,
)
from tokpidjin.compiler.unsupported import Unsupported

OBJECTS = set_of(OBJECT)


@pytest.fixture
def load(tmp_path):
    def load(*expressions):
        """A library of solvers a, b, ... that return the expressions."""
        solvers = [f"def solve_{'abcdef'[k]}(I):\n    return {text}\n" for k, text in enumerate(expressions)]
        file = tmp_path / "solvers.py"
        file.write_text("from dsl import *\nfrom constants import *\n\n" + "\n".join(solvers))
        return tp.load_solvers(file)

    return load


def test_every_primitive_is_traced():
    assert set(TRACED) == set(dsl.PRIMITIVES)


@pytest.mark.parametrize("name", sorted(dsl.PRIMITIVES))
def test_traced_primitives_have_the_arguments_of_the_primitives(name):
    assert list(inspect.signature(TRACED[name]).parameters) == list(
        inspect.signature(dsl.PRIMITIVES[name]).parameters
    )
    assert TRACED[name].__code__.co_argcount == dsl.PRIMITIVES[name].__code__.co_argcount


def test_opcodes_are_numbered_as_in_the_table():
    assert [opcode.number for opcode in OPCODES.values()] == list(range(len(OPCODES)))
    assert list(OPCODES)[:6] == ["ret", "select", "move", "loop", "end", "add_ii"]


@pytest.mark.parametrize(
    ("name", "operands", "result"),
    [
        ("list_diff", (OBJECTS, tuple_of(OBJECT), OBJECT), OBJECTS),
        ("list_merge", (set_of(ROW),), ROW),
        ("palette_g", (GRID,), set_of(INT)),
        ("shift", (INDICES, PAIR), INDICES),
        ("fst", (two_of(GRID, INT),), GRID),
        ("patch_union", (OBJECT, INDICES), None),
        ("len", (INT,), None),
        ("set1", (PAIR,), None),
        ("fill", (GRID, PAIR, INDICES), None),
        ("fill", (GRID, INT), None),
    ],
)
def test_result_types(name, operands, result):
    if result is None:
        with pytest.raises(Unsupported, match=name if name != "set1" else "a set of P"):
            result_type(name, *operands)
    else:
        assert result_type(name, *operands) is result


def test_types_are_one_object_each():
    assert set_of(PAIR) is INDICES
    assert set_of(CELL) is OBJECT
    assert two_of(INT, PAIR) is CELL
    assert str(tuple_of(two_of(GRID, OBJECTS))) == "[(G,{O})]"
    with pytest.raises(Unsupported, match="nested too deeply"):
        tuple_of(tuple_of(tuple_of(tuple_of(INT))))


UNSUPPORTED = {
    "rot90(I) if I else I": "a condition on data; use branch",
    "I if size(I) > 3 else I": "a condition on data; use branch",
    "fill(I, len(I), asindices(I))": "len() of data; use size",
    "branch(portrait(I), rot90, ONE)": "branch: a function or a value, as data decides",
    "branch(portrait(I), I, ONE)": "branch: values of different types, G and I",
    "paint(I, branch(portrait(I), asobject(I), asindices(I)))": "branch: values of different types, O and X",
    "mapply(lambda o: frozenset(), objects(I, T, F, F))": "a set without elements",
    "apply(lambda r: (1, r, I), I)": "a tuple of different types",
    "mostcommon(palette(I))": "mostcommon: a tuple is expected, not a set",
    "I[5]": "[5] of a value of type G",
    "I[height(I)]": "an index that is data",
    "fill(I, I, asindices(I))": "fill takes G I p, not G G X",
    "rbind(max, ONE)(I)": "rbind: a Python function is expected",
    "power(rot90, ZERO)(I)": "power: 0 times",
    "rot90()": "running it on symbolic values raises TypeError",
    "canvas(multiply(100_000, 100_000), UNITY)": "the int 10000000000, which has more than 32 bits",
    "first(())": "first: there is no element",
    "order(objects(I, T, F, F), identity)": "order: keys of type O",
    "insert(ONE, asindices(I))": "insert: a value of type I into a set of P",
    "ONE": "a value of type I where [[I]] is expected",
}


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_unsupported_says_why(load, text):
    library = load(text, "I")
    assert UNSUPPORTED[text] in library.unsupported["a"]
    assert library.bytecode.names == ("b",)


GRIDS = [((1, 2, 3),), ((1,), (2,)), ((0, 0), (0, 0)), ((5, 5, 0), (5, 0, 1), (0, 0, 1))]

# Where Python evaluates something and then has no use for it, or does not evaluate what the graph holds.
EVALUATION = [
    "first((I, divide(ONE, ZERO)))",
    "(lambda x: I)(first(difference(palette(I), palette(I))))",
    "apply(lambda r: first((r, divide(1, subtract(size(r), 3)))), I)",
    "apply(lambda r: first((r, first(difference(palette(I), palette(I))))), I)",
    "apply(lambda r: r, merge(sfilter(hsplit(I, 1), lambda g: greater(divide(1, subtract(height(g), 2)), 9))))",
    "branch(portrait(I), lambda g: canvas(divide(6, subtract(width(g), 3)), UNITY), rot90)(I)",
    "branch(portrait(I), canvas(divide(6, subtract(width(I), 3)), UNITY), rot90(I))",
    "sfilter(I, lambda r: either(T, greater(divide(1, subtract(size(r), 2)), 0)))",
    "fill(I, 3, mapply(lambda o: shift(o, (divide(1, subtract(size(o), 2)), 0)), partition(I)))",
    "fill(I, 3, merge(apply(toindices, sfilter(partition(I), lambda o: greater(size(o), 1)))))",
    "fill(I, 3, merge(apply(lambda o: connect(ORIGIN, center(delta(o))), "
    "sfilter(partition(I), lambda o: positive(size(delta(o)))))))",
    "fill(I, 3, merge(sfilter(apply(lambda o: connect(ORIGIN, first(delta(o))), partition(I)), lambda x: "
    "positive(size(x)))))",
    "(valmin(sfilter(partition(I), lambda o: greater(size(o), 3)), branch(even(height(I)), lambda o: UNITY, shape)),)",
    "canvas(valmax(sfilter(partition(I), lambda o: greater(size(o), 3)), height), UNITY)",
    "(lambda p: (p,))(power(increment, subtract(height(I), 1))(ORIGIN))",
    "(lambda f: I)(power(increment, subtract(height(I), 1)))",
    "fill(I, 3, (lambda x: branch(portrait(I), merge, lambda c: ofcolor(I, 1))(x))(apply(box, partition(I))))",
    "fill(I, 3, branch(portrait(I), merge, lambda c: ofcolor(I, 1))(apply(lambda o: shift(o, (divide(1, "
    "subtract(size(o), 2)), 0)), partition(I))))",
    "(astuple(valmax(objects(I, T, F, T), size), valmin(palette(I), increment)),)",
    "canvas(valmax(difference(palette(I), palette(I)), lambda c: add(c, 4)), UNITY)",
    "(ulcorner(ofcolor(I, 5)),)",
    "fill(I, 3, (lambda c: asindices(I))(branch(portrait(I), mostcolor, mostcolor)(recolor(ZERO, ofcolor(I, 9)))))",
    "(lambda c: I)(branch(portrait(I), first, first)(ofcolor(I, 5)))",
    "branch(portrait(I), lambda g: first((g, divide(1, subtract(width(g), 2)))), rot90)(I)",
    "branch(portrait(I), rot90, lambda g: first((g, divide(1, subtract(width(g), 2)))))(I)",
    "fill(I, 3, merge(apply(lambda o: first((backdrop(o), divide(1, subtract(size(o), 2)))), "
    "sfilter(partition(I), lambda o: greater(size(o), 1)))))",
    "canvas(branch(index(I, (9, 9)), 1, 2), UNITY)",
    "canvas(index(I, (9, 9)), UNITY)",
    "(apply(lambda p: p[1] - p[0] * 2, totuple(asindices(I))),)",
    "canvas(branch(equality(ofcolor(I, 8), fgpartition(canvas(0, UNITY))), 1, 2), UNITY)",
    "fill(I, 7, shift(totuple(ofcolor(I, 5)), DOWN))",
    "paint(I, initset(argmax(asobject(I), power(power(lambda c: c, numcolors(I)), numcolors(I)))))",
    "rapply(combine((rot90, rot180), (hmirror,)), I)[1]",
    "paint(I, merge(rapply(insert(hmirror, initset(vmirror)), asobject(I))))",
    "fill(I, 3, branch(portrait(I), identity, outbox)(asobject(I)))",
    "paint(I, branch(portrait(I), asobject(I), totuple(recolor(3, ofcolor(I, 1)))))",
]


@pytest.mark.parametrize("text", EVALUATION)
def test_evaluates_what_python_evaluates(load, text):
    library = load(text)
    assert library.unsupported == {}
    native = tp.run(library, GRIDS, "native")
    python = tp.run(library, GRIDS, "python")
    limited = native.status == tp.Status.RANGE
    assert (limited | (native.status == python.status)).all()
    assert (limited | (native.hashes == python.hashes)).all()
    assert not limited.all()


def test_a_pipeline_that_ends_in_a_union_is_one_loop(load):
    text = "fill(I, 3, merge(apply(backdrop, sfilter(apply(outbox, partition(I)), lambda o: greater(size(o), 4)))))"
    listing = disassemble(load(text).bytecode, "a")
    assert listing.count("loop") == 1
    assert "union of" in listing


def test_what_does_not_change_in_a_loop_is_computed_before(load):
    listing = disassemble(load("apply(lambda r: remove(leastcolor(I), r), I)").bytecode, "a")
    assert "    1  r2 I = leastcolor_g? r0\n    2  loop r3 [I] in r1\n" in listing


def test_listing(load):
    text = "fill(I, 3, apply(lambda p: add(p, (0, -1)), ofcolor(I, 5)))"
    assert disassemble(load(text).bytecode, "a") == (
        "a: 7 instructions, 6 registers, 3 constants\n"
        "    0  r1 X = ofcolor r0, 5\n"
        "    1  loop r2 P in r1\n"
        "    3      r3 P = add_pp r2, (0, -1)\n"
        "    4  end: r4 X = set of r3\n"
        "    5  r5 G = fill r0, 3, r4\n"
        "    6  ret r5"
    )
    with pytest.raises(KeyError):
        disassemble(load(text).bytecode, "b")


def test_listing_of_a_fold_and_of_types(load):
    listing = disassemble(load("power(trim, size(dedupe(I)))(I)").bytecode, "a")
    assert "list_dedupe r1, type [I]" in listing
    assert "times, at least 1" in listing
