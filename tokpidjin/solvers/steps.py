"""Steps that many solvers share, each made of primitives and traced like a solver's own code."""

from tokpidjin.dsl import *


def merge_equal_rows(grid):
    """The grid with each run of equal neighbouring rows reduced to one row."""
    rows_below = crop(grid, DOWN, shape(grid))
    last_row = crop(grid, toivec(decrement(height(grid))), shape(grid))
    changes = sfilter(pair(grid, rows_below), lambda rows: flip(equality(first(rows), last(rows))))
    return vconcat(apply(first, changes), last_row)


def divided_panels(grid):
    """The two panels on either side of a line of one colour through the middle, upper or left one first."""
    middle_row = crop(grid, toivec(halve(height(grid))), astuple(ONE, width(grid)))
    stacked = equality(numcolors(middle_row), ONE)
    return branch(stacked, vsplit, hsplit)(grid, TWO)


def only_one(first_patch, second_patch):
    """What exactly one of two patches holds."""
    return difference(combine(first_patch, second_patch), intersection(first_patch, second_patch))


def room_pitch(grid, lines):
    """Height and width, with one line, of the equal rooms that full lines (objects) cut a grid into."""
    across = sfilter(lines, lambda line: equality(height(line), ONE))
    first_row = minimum(insert(height(grid), apply(uppermost, across)))
    first_column = minimum(insert(width(grid), apply(leftmost, difference(lines, across))))
    return increment(astuple(first_row, first_column))


def turned(grid, quarters):
    """The grid turned clockwise by a number of quarter turns from zero to three."""
    odd_done = branch(even(quarters), identity, rot90)(grid)
    return branch(greater(quarters, ONE), rot180, identity)(odd_done)


def turned_back(grid, quarters):
    """The grid turned anticlockwise by a number of quarter turns from zero to three."""
    odd_done = branch(even(quarters), identity, rot270)(grid)
    return branch(greater(quarters, ONE), rot180, identity)(odd_done)


def covered_with(tile, dimensions):
    """A grid of the given dimensions filled with copies of a tile from the upper left corner on."""
    column = crop(merge(repeat(tile, first(dimensions))), ORIGIN, dimensions)
    lines = merge(repeat(dmirror(column), last(dimensions)))
    return crop(dmirror(lines), ORIGIN, dimensions)


def laid_over(upper, lower, background):
    """One grid laid over another; the lower shows through where the upper has the background colour."""
    return paint(lower, difference(asobject(upper), asobject(canvas(background, shape(upper)))))


def mirrored_over(grid):
    """A grid whose one half is empty, with the drawing in the other half mirrored into it."""
    plain = lambda half: equality(numcolors(half(grid)), ONE)
    stacked = either(plain(tophalf), plain(bottomhalf))
    vertical_half = branch(plain(tophalf), tophalf, bottomhalf)
    sideways_half = branch(plain(lefthalf), lefthalf, righthalf)
    empty_half = branch(stacked, vertical_half, sideways_half)(grid)
    return laid_over(branch(stacked, hmirror, vmirror)(grid), grid, mostcolor(empty_half))


def smallest_period(grid, hidden, direction, length):
    """The least step along a direction at which a grid repeats, cells of the hidden colour aside."""
    known = difference(asobject(grid), asobject(canvas(hidden, shape(grid))))
    edge = intersection(known, asobject(crop(grid, ORIGIN, add(multiply(length, direction), THREE))))
    moved = lambda part, step: shift(part, multiply(step, direction))
    clashes = lambda part, step: difference(toobject(moved(part, step), grid), moved(part, step))
    repeats = lambda part, step: equality(colorcount(clashes(part, step), hidden), size(clashes(part, step)))
    # Three lines along the direction rule out most steps.
    likely = sfilter(interval(ONE, increment(length), ONE), lambda step: repeats(edge, step))
    return extract(likely, lambda step: repeats(known, step))


def periodic_restored(grid, hidden):
    """A grid that repeats both ways, with its cells of the hidden colour taken from the repetitions."""
    period = astuple(
        smallest_period(grid, hidden, DOWN, height(grid)), smallest_period(grid, hidden, RIGHT, width(grid))
    )
    rows = interval(ZERO, height(grid), first(period))
    columns = interval(ZERO, width(grid), last(period))
    pieces = mapply(lambda corner: asobject(crop(grid, corner, period)), product(rows, columns))
    unknown = canvas(hidden, period)
    return covered_with(paint(unknown, difference(pieces, asobject(unknown))), shape(grid))


def corner_marks(grid):
    """The four cells of one colour that are the corners of a rectangle, the widest if there are several."""
    rectangles = sfilter(fgpartition(grid), fork(equality, toindices, corners))
    return argmax(rectangles, compose(size, backdrop))


def drawn_halves(grid):
    """The two halves, one above the other or side by side, of a grid with a drawing of its own colour in each."""
    only_background_shared = lambda a, b: equality(size(intersection(palette(a), palette(b))), ONE)
    beside = only_background_shared(lefthalf(grid), righthalf(grid))
    below = only_background_shared(tophalf(grid), bottomhalf(grid))
    return branch(both(below, either(portrait(grid), flip(beside))), vsplit, hsplit)(grid, TWO)


def halves_background(grid):
    """The colour that both halves of a grid, each with a drawing of its own colour, have in common."""
    halves = drawn_halves(grid)
    return first(intersection(palette(first(halves)), palette(last(halves))))


def board_of_tiles(grid, lying_tile_for):
    """The tiles that stand for a grid's colours, given lying (transposed), set up in their cells' places."""
    line_of_tiles = lambda row: dmirror(mapply(lying_tile_for, row))
    return mapply(line_of_tiles, grid)


def block_color(grid):
    """The colour of blocks that hide parts of a pattern: fewest of its cells lie outside 2 by 2 squares."""
    tile = asindices(canvas(ZERO, TWO_BY_TWO))
    widened = lambda places, direction: combine(places, shift(places, direction))
    squares = lambda ink: widened(widened(occurrences(grid, recolor(ink, tile)), DOWN), RIGHT)
    return argmin(palette(grid), lambda ink: size(difference(ofcolor(grid, ink), squares(ink))))


def is_frame(part):
    """Whether a patch is the outline of a rectangle with room inside."""
    return both(equality(toindices(part), box(part)), greater(minimum(shape(part)), TWO))


def is_solid(part):
    """Whether a patch is a filled rectangle."""
    return equality(toindices(part), backdrop(part))


def diagonals(places):
    """The cells of both diagonals through every one of some places in a grid."""
    falling = apply(lambda place: toivec(subtract(first(place), last(place))), places)
    rising = apply(lambda place: toivec(add(first(place), last(place))), places)
    from_first_column = lambda starts, direction: mapply(lambda start: shoot(start, direction), starts)
    return combine(from_first_column(falling, UNITY), from_first_column(rising, UP_RIGHT))


def mirrored_four_ways(grid):
    """The grid with its left-right mirror image on the right, and both upside down below."""
    upper = hconcat(grid, vmirror(grid))
    return vconcat(upper, hmirror(upper))


def pinwheel(grid):
    """The grid and its quarter turns, clockwise around the middle."""
    return vconcat(hconcat(grid, rot90(grid)), hconcat(rot270(grid), rot180(grid)))
