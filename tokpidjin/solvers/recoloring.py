"""Objects coloured anew by a property."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_2204b7a8(I):
    """Two opposite borders are coloured; every mark between them takes the colour of the nearer border."""
    left_border = first(dmirror(I))
    upright = equality(size(dedupe(left_border)), ONE)
    turn = branch(upright, identity, dmirror)
    grid = turn(I)
    left_color = index(grid, ORIGIN)
    right_color = last(first(grid))
    plain = combine(
        ofcolor(grid, mostcolor(grid)), combine(ofcolor(grid, left_color), ofcolor(grid, right_color))
    )
    marks = difference(asindices(grid), plain)
    middle = halve(width(grid))
    left_marks = sfilter(marks, lambda mark: greater(middle, last(mark)))
    right_filled = fill(grid, right_color, marks)
    return turn(fill(right_filled, left_color, left_marks))


def solve_25d8a9c8(I):
    """A row of one colour becomes gray, every other row black."""
    marked = lambda row: repeat(branch(equality(size(dedupe(row)), ONE), GRAY, BLACK), size(row))
    return apply(marked, I)


def solve_67385a82(I):
    """Coloured cells on black: those that touch another coloured cell by a side turn cyan."""
    groups = objects(I, T, F, F)
    colored = difference(groups, colorfilter(groups, BLACK))
    return fill(I, CYAN, merge(difference(colored, sizefilter(colored, ONE))))


def solve_6e82a1ae(I):
    """Each object is recoloured by its number of cells: four blue, three red, two green."""
    things = objects(I, T, F, T)
    fours_done = fill(I, BLUE, merge(sizefilter(things, FOUR)))
    threes_done = fill(fours_done, RED, merge(sizefilter(things, THREE)))
    return fill(threes_done, GREEN, merge(sizefilter(things, TWO)))


def solve_776ffc46(I):
    """Shapes like one that lies in a frame take the colour of that one."""
    shapes = objects(I, T, F, T)
    is_frame = lambda part: both(equality(toindices(part), box(part)), greater(minimum(shape(part)), TWO))
    framed_area = mapply(delta, sfilter(shapes, is_frame))
    framed = sfilter(shapes, lambda part: positive(size(intersection(toindices(part), framed_area))))
    like = lambda model: mfilter(
        shapes, lambda part: equality(normalize(toindices(part)), normalize(toindices(model)))
    )
    return paint(I, mapply(lambda model: recolor(color(model), like(model)), framed))


def solve_810b9b61(I):
    """Closed frames become green."""
    frames = sfilter(objects(I, T, F, T), lambda thing: equality(toindices(thing), box(thing)))
    return fill(I, GREEN, mfilter(frames, compose(positive, compose(size, delta))))


def solve_9565186b(I):
    """Every cell that does not have the most common colour turns gray."""
    ground = mostcolor(I)
    return fill(canvas(GRAY, shape(I)), ground, ofcolor(I, ground))


def solve_a5f85a15(I):
    """Along every diagonal line, counted from its upper left end, each second cell becomes yellow."""
    colored = difference(asindices(I), ofcolor(I, mostcolor(I)))
    return fill(I, YELLOW, sfilter(colored, lambda place: flip(even(minimum(place)))))


def solve_aabf363d(I):
    """The shape takes the colour of the single cell, and that cell vanishes; the background is the colour that
    prevails at the grid's edges.
    """
    cell_color = leastcolor(I)
    background = mostcolor(toobject(box(asindices(I)), I))
    shape_color = other(remove(cell_color, palette(I)), background)
    return replace(replace(I, cell_color, background), shape_color, cell_color)


def solve_aedd82e4(I):
    """Single cells, with no coloured cell beside them edge to edge, turn blue."""
    colored = difference(asindices(I), ofcolor(I, BLACK))
    silhouette = fill(canvas(BLACK, shape(I)), BLUE, colored)
    singles = sizefilter(colorfilter(objects(silhouette, T, F, F), BLUE), ONE)
    return fill(I, BLUE, merge(singles))


def solve_b1948b0a(I):
    """Magenta becomes red."""
    return replace(I, MAGENTA, RED)


def solve_b230c067(I):
    """The one shape that is unlike the others turns red, the others turn blue."""
    shapes = apply(toindices, objects(I, T, T, T))
    odd = leastcommon(apply(normalize, totuple(shapes)))
    return fill(fill(I, BLUE, merge(shapes)), RED, extract(shapes, lambda one: equality(normalize(one), odd)))


def solve_ba26e723(I):
    """In every third column, from the first on, what is not black becomes magenta."""
    columns = product(interval(ZERO, height(I), ONE), interval(ZERO, width(I), THREE))
    return fill(I, MAGENTA, difference(columns, ofcolor(I, BLACK)))


def solve_bda2d7a6(I):
    """Nested rings: each takes the colour of the ring around it, and the outermost the innermost colour that
    differs from its own.
    """
    rings = order(objects(I, T, F, F), ulcorner)
    colors = apply(color, rings)
    innermost = last(remove(first(colors), colors))
    return paint(I, mpapply(recolor, combine(repeat(innermost, ONE), colors), rings))


def solve_c8f0f002(I):
    """Every orange cell turns gray."""
    return replace(I, ORANGE, GRAY)


def solve_ce9e57f2(I):
    """Bars stand on one edge; the half of each bar nearer to that edge, a middle cell left out, turns cyan."""
    bars = objects(I, T, F, T)
    on_floor = equality(minimum(apply(lowermost, bars)), decrement(height(I)))
    on_ceiling = equality(maximum(apply(uppermost, bars)), ZERO)
    on_left_wall = equality(maximum(apply(leftmost, bars)), ZERO)
    from_walls = branch(on_left_wall, rot270, rot90)
    to_walls = branch(on_left_wall, rot90, rot270)
    turn = branch(on_floor, identity, branch(on_ceiling, hmirror, from_walls))
    turn_back = branch(on_floor, identity, branch(on_ceiling, hmirror, to_walls))
    standing = turn(I)
    half_height = lambda bar: subtract(lowermost(bar), halve(height(bar)))
    foot = lambda bar: sfilter(toindices(bar), lambda place: greater(first(place), half_height(bar)))
    return turn_back(fill(standing, CYAN, mapply(foot, objects(standing, T, F, T))))


def solve_d2abd087(I):
    """Shapes of six cells turn red, all others blue."""
    shapes = objects(I, T, F, T)
    sixes = sizefilter(shapes, SIX)
    return fill(fill(I, RED, merge(sixes)), BLUE, merge(difference(shapes, sixes)))


def solve_d406998b(I):
    """In the last column and every second one before it, the coloured cells become green."""
    colored = difference(asindices(I), ofcolor(I, mostcolor(I)))
    return fill(I, GREEN, sfilter(colored, lambda place: even(subtract(decrement(width(I)), last(place)))))


def solve_d90796e8(I):
    """Where a green and a red cell touch edge to edge, the green one turns cyan and the red one vanishes."""
    greens = ofcolor(I, GREEN)
    reds = ofcolor(I, RED)
    met_greens = intersection(greens, mapply(dneighbors, reds))
    met_reds = intersection(reds, mapply(dneighbors, greens))
    return fill(fill(I, CYAN, met_greens), mostcolor(I), met_reds)


def solve_e509e548(I):
    """Shapes of a single bend become blue, brackets with two parallel arms magenta, all others red."""
    shapes = objects(I, T, F, T)
    bend = lambda thing: equality(size(thing), decrement(add(height(thing), width(thing))))
    on_border = lambda thing: equality(size(difference(toindices(thing), box(thing))), ZERO)
    kind = lambda thing: branch(bend(thing), BLUE, branch(on_border(thing), MAGENTA, RED))
    return paint(I, mapply(lambda thing: recolor(kind(thing), thing), shapes))


def solve_e8593010(I):
    """Each speck is recoloured by its number of cells: one green, two red, three blue."""
    specks = objects(I, T, F, T)
    singles_done = fill(I, GREEN, merge(sizefilter(specks, ONE)))
    doubles_done = fill(singles_done, RED, merge(sizefilter(specks, TWO)))
    return fill(doubles_done, BLUE, merge(sizefilter(specks, THREE)))


def solve_f76d97a5(I):
    """Gray cells take the other colour, and the cells that had it turn black."""
    ink = other(palette(I), GRAY)
    return fill(canvas(BLACK, shape(I)), ink, ofcolor(I, GRAY))
