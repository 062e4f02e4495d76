"""Random typed programs over the vocabulary, as Python source.

Types are written as in the opcode table: I int, B bool, P pair, C cell, G grid, X Indices, O Object, [e]
tuple, {e} set, (e,f) 2-tuple; A>R is a function, A,B>R one of two arguments.
"""

from hypothesis import strategies as st

# What makes which type of which: a primitive, or a template of Python.
TABLE = """
add: I I -> I | P P -> P | I P -> P | P I -> P
subtract: I I -> I | P P -> P | P I -> P
multiply: I I -> I | P I -> P | P P -> P
divide: I I -> I | P I -> P | I P -> P
invert: I -> I | P -> P
double: I -> I | P -> P
halve: I -> I | P -> P
increment: I -> I | P -> P
decrement: I -> I | P -> P
crement: I -> I | P -> P
sign: I -> I | P -> P
even: I -> B
positive: I -> B
greater: I I -> B | P P -> B
flip: B -> B
both: B B -> B
either: B B -> B
equality: I I -> B | P P -> B | G G -> B | X X -> B | O O -> B | X O -> B | {O} {O} -> B | C C -> B
equality: [I] P -> B
branch: B I I -> I | B P P -> P | B G G -> G | B X X -> X | B O O -> O | B {O} {O} -> {O} | B [I] [I] -> [I]
toivec: I -> P
tojvec: I -> P
astuple: I I -> P | I P -> C | G I -> (G,I) | P P -> (P,P) | O P -> (O,P)
size: X -> I | O -> I | {O} -> I | G -> I | [I] -> I | P -> I | [G] -> I
contained: I {I} -> B | P X -> B | C O -> B | O {O} -> B | I [I] -> B | I P -> B | I X -> B | [I] G -> B
combine: X X -> X | O O -> O | {O} {O} -> {O} | [I] [I] -> [I] | G G -> G | [G] [G] -> [G] | P P -> [I]
combine: [P] X -> [P]
merge: {O} -> O | {X} -> X | [G] -> G | [[I]] -> [I] | [O] -> [C] | [X] -> [P] | [P] -> [I] | X -> {I}
merge: G -> [I]
merge: {(O,O)} -> {C}
intersection: X X -> X | O O -> O | {I} {I} -> {I} | {O} {O} -> {O}
difference: X X -> X | O O -> O | {I} {I} -> {I} | {O} {O} -> {O} | [I] {I} -> [I] | G G -> [[I]] | X O -> X
dedupe: [I] -> [I] | G -> [[I]] | [P] -> [P] | [G] -> [G]
order: [I] I>I -> [I] | {O} O>I -> [O] | X P>P -> [P] | O C>I -> [C] | G [I]>I -> [[I]] | {I} I>I -> [I]
repeat: I I -> [I] | [I] I -> [[I]] | P I -> [P] | G I -> [G]
maximum: [I] -> I | {I} -> I | P -> I
minimum: [I] -> I | {I} -> I
valmax: {O} O>I -> I | X P>I -> I | [G] G>I -> I | [I] I>I -> I
valmin: {O} O>I -> I | [O] O>P -> P | {I} I>I -> I
argmax: {O} O>I -> O | X P>I -> P | [G] G>I -> G | {O} O>X -> O | O C>C -> C | {I} I>I -> I
argmin: {O} O>P -> O | X P>P -> P | [I] I>I -> I | {O} O>{I} -> O
mostcommon: [I] -> I | [P] -> P | [G] -> G | [O] -> O | P -> I
leastcommon: [I] -> I | [P] -> P | G -> [I]
initset: I -> {I} | P -> X | C -> O | O -> {O} | X -> {X} | G -> {G}
insert: I {I} -> {I} | P X -> X | C O -> O | O {O} -> {O}
remove: I {I} -> {I} | P X -> X | C O -> O | O {O} -> {O} | I [I] -> [I] | [I] G -> [[I]] | I P -> [I]
remove: G [G] -> [G]
other: {I} I -> I | P I -> I | {O} O -> O | X P -> P
first: P -> I | C -> I | X -> P | O -> C | {O} -> O | [I] -> I | [G] -> G | G -> [I] | {I} -> I | (G,I) -> G
first: (O,P) -> O
last: P -> I | C -> P | X -> P | O -> C | {O} -> O | [I] -> I | [G] -> G | (G,I) -> I | (P,P) -> P
last: (O,P) -> P
totuple: X -> [P] | O -> [C] | {O} -> [O] | {I} -> [I] | {X} -> [X]
interval: I I I -> [I]
product: X X -> {(P,P)} | {I} {I} -> X | {O} {O} -> {(O,O)} | {I} X -> O | [I] [I] -> X
pair: [I] [I] -> [P] | [O] [P] -> [(O,P)] | [I] [P] -> [C]
extract: {O} O>B -> O | X P>B -> P | [I] I>B -> I | [G] G>B -> G | {(O,O)} (O,O)>B -> (O,O)
sfilter: {O} O>B -> {O} | X P>B -> X | O C>B -> O | [I] I>B -> [I] | {I} I>B -> {I} | G [I]>B -> [[I]]
sfilter: [G] G>B -> [G]
sfilter: {(P,P)} (P,P)>B -> {(P,P)} | {(O,O)} (O,O)>B -> {(O,O)} | [(O,P)] (O,P)>B -> [(O,P)]
mfilter: {O} O>B -> O | {X} X>B -> X | [O] O>B -> [C]
sizefilter: {O} I -> {O} | {X} I -> {X} | [O] I -> {O}
apply: O>I {O} -> {I} | O>O {O} -> {O} | O>X {O} -> {X} | P>P X -> X | P>I X -> {I} | P>X X -> {X}
apply: C>P O -> X | I>I [I] -> [I]
apply: G>G [G] -> [G] | G>I [G] -> [I] | O>P {O} -> X | I>P [I] -> [P] | O>G {O} -> {G}
apply: (O,O)>I {(O,O)} -> {I}
apply: (P,P)>X {(P,P)} -> {X} | [I]>[I] G -> [[I]] | I>I P -> P | O>O [O] -> [O] | C>C O -> O
apply: (O,P)>O [(O,P)] -> [O]
rapply: [G>G] G -> [G] | {G>G} G -> {G} | [O>I] O -> [I] | {O>X} O -> {X}
mapply: O>X {O} -> X | O>O {O} -> O | P>X X -> X | I>[I] [I] -> [I] | P>O X -> O | G>[G] [G] -> [G]
mapply: G>G [G] -> G
mapply: (P,P)>X {(P,P)} -> X | O>X [O] -> [P] | (O,O)>X {(O,O)} -> X | (O,P)>O [(O,P)] -> [C]
mapply: [I]>[I] G -> [I]
papply: I,I>I [I] [I] -> [I] | O,P>O [O] [P] -> [O] | I,I>P [I] [I] -> [P] | [I],[I]>[I] G G -> [[I]]
mpapply: O,P>O [O] [P] -> [C] | I,I>[I] [I] [I] -> [I] | I,X>O [I] [X] -> [C]
prapply: I,I>P {I} {I} -> X | P,P>X X X -> {X} | O,O>I {O} {O} -> {I} | P,P>P X X -> X
mostcolor: G -> I | O -> I
leastcolor: G -> I | O -> I
height: G -> I | X -> I | O -> I | [I] -> I
width: G -> I | X -> I | O -> I
shape: G -> P | X -> P | O -> P
portrait: G -> B | X -> B | O -> B
colorcount: G I -> I | O I -> I
colorfilter: {O} I -> {O} | [O] I -> {O} | {X} I -> {X}
asindices: G -> X
ofcolor: G I -> X
ulcorner: X -> P | O -> P
urcorner: X -> P | O -> P
llcorner: X -> P | O -> P
lrcorner: X -> P | O -> P
crop: G P P -> G
toindices: X -> X | O -> X
recolor: I X -> O | I O -> O | I [P] -> O
shift: X P -> X | O P -> O
normalize: X -> X | O -> O
dneighbors: P -> X
ineighbors: P -> X
neighbors: P -> X
objects: G B B B -> {O}
partition: G -> {O}
fgpartition: G -> {O}
uppermost: X -> I | O -> I
lowermost: X -> I | O -> I
leftmost: X -> I | O -> I
rightmost: X -> I | O -> I
square: G -> B | X -> B | O -> B
vline: X -> B | O -> B | G -> B
hline: X -> B | O -> B | G -> B
hmatching: X X -> B | O O -> B | X O -> B
vmatching: X X -> B | O O -> B
manhattan: X X -> I | O O -> I
adjacent: X X -> B | O O -> B
bordering: X G -> B | O G -> B
centerofmass: X -> P | O -> P
palette: G -> {I} | O -> {I}
numcolors: G -> I | O -> I
color: O -> I | X -> I
toobject: X G -> O | O G -> O
asobject: G -> O
rot90: G -> G
rot180: G -> G
rot270: G -> G
hmirror: G -> G | X -> X | O -> O
vmirror: G -> G | X -> X | O -> O
dmirror: G -> G | X -> X | O -> O
cmirror: G -> G | X -> X | O -> O
fill: G I X -> G | G I O -> G | G I [P] -> G
paint: G O -> G | G [C] -> G
underfill: G I X -> G | G I O -> G
underpaint: G O -> G | G [C] -> G
hupscale: G I -> G
vupscale: G I -> G
upscale: G I -> G | O I -> O
downscale: G I -> G
hconcat: G G -> G
vconcat: G G -> G
subgrid: X G -> G | O G -> G
hsplit: G I -> [G]
vsplit: G I -> [G]
cellwise: G G I -> G
replace: G I I -> G
switch: G I I -> G
center: X -> P | O -> P
position: X X -> P | O O -> P
index: G P -> I
canvas: I P -> G
corners: X -> X | O -> X
connect: P P -> X
cover: G X -> G | G O -> G
trim: G -> G
move: G O P -> G
tophalf: G -> G
bottomhalf: G -> G
lefthalf: G -> G
righthalf: G -> G
vfrontier: P -> X
hfrontier: P -> X
backdrop: X -> X | O -> X
delta: X -> X | O -> X
gravitate: X X -> P | O O -> P
inbox: X -> X | O -> X
outbox: X -> X | O -> X
box: X -> X | O -> X
shoot: P P -> X
occurrences: G O -> X
frontiers: G -> {O}
compress: G -> G
hperiod: O -> I
vperiod: O -> I
({0}, {1}): I I -> P | I P -> C | P P -> (P,P) | X X -> [X] | O O -> (O,O) | G G -> [G]
({0} + {1}): I I -> I | G G -> G | [I] [I] -> [I]
({0} - {1}): I I -> I | X X -> X
({0} * {1}): I I -> I
({0} // {1}): I I -> I
({0} % {1}): I I -> I
(-{0}): I -> I
({0} == {1}): I I -> B | P P -> B | G G -> B | O O -> B
({0} != {1}): I I -> B | X X -> B
({0} < {1}): I I -> B | P P -> B
({0} >= {1}): I I -> B
({0} & {1}): X X -> X
({0} | {1}): O O -> O
{0}[0]: P -> I | [I] -> I | G -> [I] | C -> I | (O,O) -> O
{0}[1]: P -> I | [G] -> G | C -> P | (O,O) -> O
{0}[-1]: [I] -> I | G -> [I]
(lambda pairs: size(pairs))({0}): [P] -> I
fill(grid={0}, patch={2}, value={1}): G I X -> G
objects({0}, univalued={1}, diagonal=T, without_bg=F): G B -> {O}
"""

# Functions of functions; `function` makes them.
HIGHER_ORDER = ("identity", "compose", "chain", "matcher", "rbind", "lbind", "power", "fork")

LEAVES = {
    "I": ["ZERO", "ONE", "TWO", "THREE", "NEG_ONE", "5", "height(I)", "leastcolor(I)", "mostcolor(I)"],
    "B": ["T", "F", "portrait(I)"],
    "P": ["ORIGIN", "UNITY", "DOWN", "LEFT", "NEG_UNITY", "(2, -1)", "shape(I)"],
    "C": ["(3, (1, 0))", "first(asobject(I))"],
    "G": ["I", "canvas(ONE, TWO_BY_TWO)", "dmirror(I)", "trim(I)"],
    "X": ["ofcolor(I, ONE)", "asindices(I)", "ofcolor(I, ZERO)", "frozenset({(0, 1), (2, 2)})"],
    "O": ["asobject(I)", "first(objects(I, T, F, F))", "recolor(TWO, ofcolor(I, ONE))"],
    "[I]": ["interval(ZERO, THREE, ONE)", "(1, 2, 1)", "first(I)"],
    "{I}": ["palette(I)", "frozenset({0, 2})"],
    "[P]": ["totuple(ofcolor(I, ONE))", "((0, 1), (1, 0), (0, 1))"],
    "[C]": ["totuple(asobject(I))"],
    "[G]": ["hsplit(I, TWO)", "vsplit(I, TWO)", "(I, rot90(I))"],
    "[O]": ["totuple(partition(I))"],
    "[X]": ["(ofcolor(I, ONE), asindices(I), ofcolor(I, TWO))"],
    "{O}": ["objects(I, T, F, F)", "objects(I, F, T, T)", "partition(I)", "fgpartition(I)"],
    "{X}": ["apply(toindices, partition(I))"],
    "{G}": ["initset(I)"],
    "[[I]]": ["dedupe(I)"],
    "{C}": ["asobject(I)"],
    "(G,I)": ["(I, 2)"],
    "(P,P)": ["((0, 1), (1, 1))"],
    "(O,P)": ["(asobject(I), UNITY)"],
    "(O,O)": ["(asobject(I), first(partition(I)))"],
    "{(P,P)}": ["product(ofcolor(I, ONE), ofcolor(I, TWO))"],
    "{(O,O)}": ["product(partition(I), fgpartition(I))"],
    "[(O,P)]": ["pair(totuple(partition(I)), ((0, 1), (1, 0)))"],
}
ROWS_OF_OBJECT = "apply(lambda c: combine((first(c),), add(last(c), (40, 40))), totuple({}))"
ROWS_OF_INDICES = "apply(lambda p: add(p, (40, 40)), totuple({}))"
# How a value of any type becomes a grid that shows all of it.
SHOWN = {
    "I": "(({},),)",
    "B": "(({},),)",
    "P": "({},)",
    "C": "(lambda c: ((first(c), first(last(c)), last(last(c))),))({})",
    "G": "{}",
    "X": ROWS_OF_INDICES,
    "O": ROWS_OF_OBJECT,
    "[I]": "({},)",
    "{I}": "(totuple({}),)",
    "[P]": "{}",
    "[C]": ROWS_OF_OBJECT,
    "[G]": "merge({})",
    "[O]": "mapply(lambda o: combine(((99, 0, 0),), " + ROWS_OF_OBJECT.format("o") + "), totuple({}))",
    "[X]": "mapply(lambda o: combine(((99, 0),), " + ROWS_OF_INDICES.format("o") + "), totuple({}))",
    "{G}": "merge(totuple({}))",
    "[[I]]": "{}",
    "(G,I)": "(lambda t: fill(first(t), last(t), initset(ORIGIN)))({})",
    "(P,P)": "{}",
    "(O,P)": "(lambda t: " + ROWS_OF_OBJECT.format("shift(first(t), last(t))") + ")({})",
    "(O,O)": "(lambda t: " + ROWS_OF_OBJECT.format("combine(first(t), last(t))") + ")({})",
    "{(P,P)}": "apply(lambda t: combine(add(first(t), (9, 9)), add(last(t), (9, 9))), totuple({}))",
    "{(O,O)}": "(apply(lambda t: size(difference(first(t), last(t))), totuple({})),)",
    "[(O,P)]": "mapply(lambda t: " + ROWS_OF_OBJECT.format("shift(first(t), last(t))") + ", {})",
}
SHOWN["{O}"] = SHOWN["[O]"]
SHOWN["{X}"] = SHOWN["[X]"]
SHOWN["{C}"] = ROWS_OF_OBJECT


def _read_table():
    """(template, argument types, result type) for each row; a primitive's template is its call."""
    rows = []
    for line in TABLE.strip().splitlines():
        head, _, signatures = line.rpartition(": ")
        for signature in signatures.split(" | "):
            arguments, result = signature.split(" -> ")
            kinds = arguments.split()
            template = head if "{" in head else f"{head}({', '.join(f'{{{k}}}' for k in range(len(kinds)))})"
            rows.append((template, kinds, result))
    return rows


PRODUCTIONS = _read_table()
BY_RESULT = {}
for _row in PRODUCTIONS:
    BY_RESULT.setdefault(_row[2], []).append(_row)
PRIMITIVES_IN_TABLE = {line.partition(":")[0] for line in TABLE.strip().splitlines()} | set(HIGHER_ORDER)
_NAMES = {}  # primitives by argument types and result, to be passed as functions
for _template, _kinds, _result in PRODUCTIONS:
    _name = _template.partition("(")[0]
    if (
        _name.isidentifier()
        and _name != "lambda"
        and not any(">" in kind for kind in _kinds)
        and "=" not in _template
    ):
        _NAMES.setdefault((tuple(_kinds), _result), []).append(_name)


class Source:
    """Draws expressions; `names` are the variables in scope, with their types."""

    def __init__(self, draw):
        self.draw = draw
        self.count = 0

    def pick(self, options):
        return self.draw(st.sampled_from(options))

    def expression(self, kind, depth, names):
        if ">" in kind:
            return (self.function if _is_function(kind) else self.functions)(kind, depth, names)
        known = [name for name, its in names if its == kind]
        if known and self.draw(st.integers(0, 2)) == 0:
            return self.pick(known)
        options = BY_RESULT.get(kind, [])
        if depth <= 0 or not options or self.draw(st.integers(0, 9)) == 0:
            return self.pick([*known, *LEAVES[kind]])
        template, kinds, _ = self.pick(options)
        return template.format(*[self.expression(part, depth - 1, names) for part in kinds])

    def functions(self, kind, depth, names):
        """A tuple or set of functions."""
        parts = [self.function(kind[1:-1], depth - 1, names) for _ in range(self.draw(st.integers(1, 3)))]
        if kind[0] == "[":
            return f"({', '.join(parts)},)"
        made = f"initset({parts[0]})"
        for part in parts[1:]:
            made = f"insert({part}, {made})"
        return made

    def function(self, kind, depth, names):
        arguments, _, result = kind.rpartition(">")
        kinds = _split(arguments)
        ways = [self.as_lambda, self.as_lambda]
        if (tuple(kinds), result) in _NAMES:
            ways.append(self.as_name)
        if len(kinds) == 1 and depth > 0:
            ways += [self.as_composed, self.as_forked, self.as_bound, self.as_branch, self.as_chain]
            if result == "B":
                ways += [self.as_matcher] * 2
            if result == kinds[0]:
                ways += [self.as_power] * 2
        return self.pick(ways)(kinds, result, depth, names)

    def as_lambda(self, kinds, result, depth, names):
        self.count += 1
        own = [(f"{'abc'[k]}{self.count}", kind) for k, kind in enumerate(kinds)]
        body = self.expression(result, depth - 1, [*names, *own, *own])
        return f"(lambda {', '.join(name for name, _ in own)}: {body})"

    def as_name(self, kinds, result, depth, names):
        return self.pick([*_NAMES[tuple(kinds), result], *(["identity"] if kinds == [result] else [])])

    def as_composed(self, kinds, result, depth, names):
        middle = self.pick(["I", "P", "G", "X", "O", "{O}"])
        outer = self.function(f"{middle}>{result}", depth - 1, names)
        return f"compose({outer}, {self.function(f'{kinds[0]}>{middle}', depth - 1, names)})"

    def as_chain(self, kinds, result, depth, names):
        a, b = self.pick(["I", "P", "G", "X", "O"]), self.pick(["I", "G", "X", "O"])
        h, g = self.function(f"{b}>{result}", depth - 2, names), self.function(f"{a}>{b}", depth - 2, names)
        return f"chain({h}, {g}, {self.function(f'{kinds[0]}>{a}', depth - 2, names)})"

    def as_forked(self, kinds, result, depth, names):
        twos = [key[0] for key in _NAMES if len(key[0]) == 2 and key[1] == result]
        if not twos:
            return self.as_lambda(kinds, result, depth, names)
        one, two = self.pick(twos)
        outer = self.pick(_NAMES[(one, two), result])
        parts = [self.function(f"{kinds[0]}>{part}", depth - 1, names) for part in (one, two)]
        return f"fork({outer}, {parts[0]}, {parts[1]})"

    def as_bound(self, kinds, result, depth, names):
        found = [key for key in _NAMES if len(key[0]) == 2 and key[1] == result and kinds[0] in key[0]]
        if not found:
            return self.as_lambda(kinds, result, depth, names)
        key = self.pick(found)
        name = self.pick(_NAMES[key])
        if key[0][0] == kinds[0]:
            return f"rbind({name}, {self.expression(key[0][1], depth - 1, names)})"
        return f"lbind({name}, {self.expression(key[0][0], depth - 1, names)})"

    def as_branch(self, kinds, result, depth, names):
        condition = self.expression("B", depth - 1, names)
        sides = [self.function(f"{kinds[0]}>{result}", depth - 1, names) for _ in range(2)]
        return f"branch({condition}, {sides[0]}, {sides[1]})"

    def as_matcher(self, kinds, result, depth, names):
        of = self.pick(["I", "P", "O", "X"])
        function = self.function(f"{kinds[0]}>{of}", depth - 1, names)
        return f"matcher({function}, {self.expression(of, depth - 1, names)})"

    def as_power(self, kinds, result, depth, names):
        times = self.pick(["ONE", "TWO", "THREE", "numcolors(I)", self.expression("I", 1, names)])
        return f"power({self.function(f'{result}>{result}', depth - 1, names)}, {times})"


def _split(arguments):
    """The types of arguments that commas separate, outside of brackets."""
    kinds, depth = [""], 0
    for character in arguments:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            kinds.append("")
        else:
            kinds[-1] += character
    return kinds


def _is_function(kind):
    """Whether a function arrow is outside of brackets."""
    depth = 0
    for character in kind:
        depth += (character in "([{") - (character in ")]}")
        if character == ">" and not depth:
            return True
    return False


@st.composite
def expressions(draw, kind=None, depth=5):
    """The source of an expression of `I` that is a grid and shows a value of the type."""
    kind = kind or draw(st.sampled_from(sorted(SHOWN)))
    return SHOWN[kind].format(Source(draw).expression(kind, depth, [("I", "G")]))


@st.composite
def calls(draw, row):
    """The same for one row of the table, whose arguments are simple."""
    template, kinds, result = row
    source = Source(draw)
    return SHOWN[result].format(
        template.format(*[source.expression(kind, 1, [("I", "G")]) for kind in kinds])
    )


@st.composite
def grids(draw):
    """A small grid of few colours."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    row = st.lists(st.integers(0, draw(st.integers(0, 4))), min_size=columns, max_size=columns)
    return tuple(tuple(draw(row)) for _ in range(rows))
