"""Random values of the types that `programs` writes, and functions from its source."""

from hypothesis import reject
from hypothesis import strategies as st
from programs import Source, _is_function, _split, grids

from tokpidjin import dsl

NAMES = {name: getattr(dsl, name) for name in dsl.__all__}
INTS = st.integers(-3, 9)
PAIRS = st.tuples(st.integers(-4, 9), st.integers(-4, 9))
CELLS = st.tuples(st.integers(0, 4), st.tuples(st.integers(0, 5), st.integers(0, 5)))
SIMPLE = {
    "I": INTS,
    "B": st.booleans(),
    "P": PAIRS,
    "C": CELLS,
    "G": grids(),
    "X": st.frozensets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6),
    "O": st.frozensets(CELLS, max_size=6),
}


def values(kind):
    """Values of a type of data."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    inner = kind[1:-1]
    if kind[0] == "(":
        return st.tuples(*map(values, _split(inner)))
    if kind[0] == "[":
        return st.lists(values(inner), max_size=4).map(tuple)
    return st.frozensets(values(inner), max_size=4)


def is_of_functions(kind):
    """Whether a type is of functions, or of a container of such."""
    return _is_function(kind) or (kind[0] in "[{" and _is_function(kind[1:-1]))


@st.composite
def functions(draw, kind, depth=2):
    """A function, or a container of functions, made of primitives and lambdas."""
    source = Source(draw).expression(kind, depth, [("I", "G")])
    try:
        return eval(source, {**NAMES, "I": draw(grids())})
    except Exception:  # as power(f, 0) does
        reject()
