"""Noise removed, hidden patterns restored."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_31aa019c(I):
    """Only the cell whose colour occurs once stays, with a red ring round it."""
    single = extract(fgpartition(I), lambda part: equality(size(part), ONE))
    cleared = canvas(mostcolor(I), shape(I))
    return fill(paint(cleared, single), RED, neighbors(center(single)))


def solve_42a50994(I):
    """Cells that touch no other coloured cell, not even by a corner, are removed."""
    return cover(I, merge(sizefilter(objects(I, F, T, T), ONE)))


def solve_50846271(I):
    """Plus signs of one size, some reaching over the edge, are partly hidden by noise of one colour; their
    hidden cells turn cyan. Every cell that shows belongs to the possible sign that shows most; size and
    hiding colour are those that explain all such cells with the fewest signs.
    """
    ink = leastcolor(I)
    shown = ofcolor(I, ink)
    bar = lambda reach: connect(invert(reach), reach)
    plus = lambda arm: combine(bar(toivec(arm)), bar(tojvec(arm)))
    near = lambda sign: intersection(mapply(lambda place: shift(sign, place), shown), asindices(I))
    blocked = lambda color_hiding: difference(difference(asindices(I), shown), ofcolor(I, color_hiding))
    is_possible = lambda sign, middle, blocking: equality(
        size(intersection(shift(sign, middle), blocking)), ZERO
    )
    middles = lambda sign, blocking: sfilter(near(sign), lambda middle: is_possible(sign, middle, blocking))
    seen = lambda sign, middle: size(intersection(shift(sign, middle), shown))
    inside = lambda sign, middle: size(intersection(shift(sign, middle), asindices(I)))
    value = lambda sign, middle: add(multiply(TEN, seen(sign, middle)), inside(sign, middle))
    around = lambda sign, place, options: intersection(shift(sign, place), options)
    explained = lambda sign, options: intersection(shown, mapply(lambda middle: shift(sign, middle), options))
    best = lambda sign, options: argmax(options, lambda middle: value(sign, middle))
    chosen = lambda sign, options: apply(
        lambda place: best(sign, around(sign, place, options)), explained(sign, options)
    )
    explanation = lambda setting: chosen(first(setting), middles(first(setting), blocked(last(setting))))
    covered = lambda sign, signs: mapply(lambda middle: shift(sign, middle), signs)
    missed = lambda sign, signs: size(difference(shown, covered(sign, signs)))
    cost = lambda sign, signs: add(size(signs), multiply(TEN, missed(sign, signs)))
    arms = insert(ONE, insert(TWO, initset(THREE)))
    settings = product(apply(plus, arms), remove(ink, palette(I)))
    setting = argmin(settings, lambda guess: cost(first(guess), explanation(guess)))
    return fill(I, CYAN, difference(covered(first(setting), explanation(setting)), shown))


def solve_6cf79266(I):
    """Every black 3x3 square in the noise turns blue; where just one pair overlaps, one diagonal step apart,
    only its upper left square does.
    """
    square_cells = asindices(canvas(BLACK, THREE_BY_THREE))
    places = occurrences(I, recolor(BLACK, square_cells))
    reach = shift(asindices(canvas(BLACK, astuple(FIVE, FIVE))), double(NEG_UNITY))
    near_others = mapply(lambda step: shift(places, step), remove(ORIGIN, reach))
    crowded = intersection(places, near_others)
    lower_right = intersection(crowded, shift(crowded, UNITY))
    hidden = branch(equality(size(crowded), TWO), lower_right, difference(crowded, crowded))
    return fill(I, BLUE, mapply(lambda step: shift(difference(places, hidden), step), square_cells))


def solve_73251a56(I):
    """The picture is the same on both sides of one of its diagonals, but for patches of one colour; what they
    hide is taken from the other side, else from the nearest known cell along the diagonal.
    """
    unequal = lambda grid: difference(asobject(grid), asobject(dmirror(grid)))
    # Of two mirrored cells that differ one is hidden.
    unexplained = lambda grid, value: subtract(size(unequal(grid)), double(colorcount(unequal(grid), value)))
    cost = lambda grid, value: add(multiply(TEN, unexplained(grid, value)), colorcount(grid, value))
    suspect = lambda grid: argmin(palette(grid), lambda value: cost(grid, value))
    least_cost = lambda grid: cost(grid, suspect(grid))
    turn = branch(greater(least_cost(I), least_cost(vmirror(I))), vmirror, identity)
    grid = turn(I)
    hidden = suspect(grid)
    known = lambda cells: sfilter(cells, lambda cell: flip(equality(first(cell), hidden)))
    restored = paint(grid, known(asobject(dmirror(grid))))
    diagonal = lambda place: combine(shoot(place, UNITY), shoot(place, NEG_UNITY))
    seen = lambda place: known(toobject(diagonal(place), restored))
    distance = lambda cell, place: manhattan(initset(last(cell)), initset(place))
    nearest = lambda place: argmin(seen(place), lambda cell: distance(cell, place))
    patched = lambda place: recolor(first(nearest(place)), initset(place))
    return turn(paint(restored, mapply(patched, ofcolor(restored, hidden))))


def solve_7e0986d6(I):
    """Specks vanish from the ground and from the coloured rectangles: where two sides of a speck touch one
    colour it takes that colour; then all that is not part of a square of two by two is ground.
    """
    background = mostcolor(I)
    small_parts = sfilter(objects(I, T, F, T), lambda part: greater(THREE, size(part)))
    specks = toindices(merge(small_parts))
    cleaned = fill(I, background, specks)
    colored = lambda cell: flip(equality(first(cell), background))
    beside = lambda speck: sfilter(toobject(dneighbors(speck), cleaned), colored)
    touched = sfilter(specks, lambda speck: positive(size(beside(speck))))
    ally = lambda speck: mostcolor(beside(speck))
    damaged = sfilter(touched, lambda speck: greater(colorcount(beside(speck), ally(speck)), ONE))
    patched = paint(cleaned, mapply(lambda speck: recolor(ally(speck), initset(speck)), damaged))
    block = asindices(canvas(ZERO, TWO_BY_TWO))
    squares = lambda value: occurrences(patched, recolor(value, block))
    solid = lambda value: mapply(lambda corner: shift(block, corner), squares(value))
    rectangles = mapply(lambda value: recolor(value, solid(value)), remove(background, palette(patched)))
    return paint(canvas(background, shape(I)), rectangles)


def solve_7f4411dc(I):
    """Of the colour that falls into the most pieces only what lies in full two-by-two squares stays; the
    specks are removed.
    """
    ink = mostcommon(apply(color, totuple(objects(I, T, F, F))))
    block = asindices(canvas(ZERO, TWO_BY_TWO))
    solid = mapply(lambda corner: shift(block, corner), occurrences(I, recolor(ink, block)))
    return fill(canvas(other(palette(I), ink), shape(I)), ink, solid)


def solve_91714a58(I):
    """Only the largest patch of one colour stays, without cells that merely touch it."""
    largest = argmax(objects(I, T, F, T), size)
    places = toindices(largest)
    companions = lambda cell: size(intersection(dneighbors(last(cell)), places))
    patch_cells = sfilter(largest, lambda cell: greater(companions(cell), ONE))
    return paint(canvas(mostcolor(I), shape(I)), patch_cells)


def solve_e26a3af2(I):
    """Stripes of one colour, lying or standing, are cleared of noise."""
    clean_rows = lambda grid: apply(lambda row: repeat(mostcommon(row), size(row)), grid)
    lying = clean_rows(I)
    standing = dmirror(clean_rows(dmirror(I)))
    agreement = lambda stripes: size(intersection(asobject(stripes), asobject(I)))
    return branch(greater(agreement(lying), agreement(standing)), lying, standing)
