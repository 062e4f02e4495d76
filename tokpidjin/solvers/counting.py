"""Outputs that encode a count or a comparison."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_1190e5a7(I):
    """Lines cut the grid into rooms; every room becomes one cell of background."""
    rooms = colorfilter(objects(I, T, F, F), mostcolor(I))
    return canvas(mostcolor(I), astuple(size(apply(uppermost, rooms)), size(apply(leftmost, rooms))))


def solve_1fad071e(I):
    """As many blue cells in a row of five as there are blue 2x2 squares."""
    blue_parts = sizefilter(colorfilter(objects(I, T, F, T), BLUE), FOUR)
    count = size(sfilter(blue_parts, square))
    cells = product(initset(ZERO), interval(ZERO, count, ONE))
    return fill(canvas(mostcolor(I), astuple(ONE, FIVE)), BLUE, cells)


def solve_239be575(I):
    """One cell tells whether the path colour joins the two marked squares edge to edge: that colour if so,
    else black.
    """
    squares_color = leastcolor(I)
    squares = ofcolor(I, squares_color)
    path_color = other(remove(BLACK, palette(I)), squares_color)
    joined = objects(replace(I, squares_color, path_color), T, F, F)
    holds_square = lambda part: positive(size(intersection(toindices(part), squares)))
    single = equality(size(sfilter(joined, holds_square)), ONE)
    return canvas(branch(single, path_color, BLACK), UNITY)


def solve_27a28665(I):
    """One cell names the picture: 1 for an open hook, 2 for a cross of diagonals, 3 for a square with a
    tail, 6 for a plus.
    """
    area = multiply(height(I), width(I))
    fills_grid = equality(multiply(colorcount(I, mostcolor(I)), NINE), multiply(area, FIVE))
    picture_color = branch(fills_grid, mostcolor(I), leastcolor(I))
    drawing = subgrid(ofcolor(I, picture_color), I)
    picture = downscale(drawing, divide(width(drawing), THREE))
    drawn = lambda place: equality(index(picture, place), picture_color)
    plus_or_tail = branch(drawn((0, 2)), THREE, SIX)
    centered = branch(drawn(ORIGIN), TWO, plus_or_tail)
    return canvas(branch(drawn(UNITY), centered, ONE), UNITY)


def solve_39a8645d(I):
    """The shape that occurs most often is the answer."""
    shapes = apply(normalize, totuple(objects(I, T, T, T)))
    favourite = mostcommon(shapes)
    return paint(canvas(mostcolor(I), shape(favourite)), favourite)


def solve_445eab21(I):
    """A small square takes the colour of the largest box."""
    return canvas(color(argmax(objects(I, T, F, T), size)), TWO_BY_TWO)


def solve_5582e5ca(I):
    """The whole grid takes its most common colour."""
    return canvas(mostcolor(I), shape(I))


def solve_6773b310(I):
    """Lines cut the grid into rooms; a room with two or more dots becomes a blue cell, another one a cell of
    background.
    """
    lines = merge(frontiers(I))
    background = mostcolor(toobject(difference(asindices(I), toindices(lines)), I))
    walls = fill(canvas(BLACK, shape(I)), BLUE, lines)
    rooms = colorfilter(objects(walls, T, F, F), BLACK)
    empty_cells = lambda room: colorcount(toobject(room, I), background)
    is_full = lambda room: greater(subtract(size(room), empty_cells(room)), ONE)
    marked = fill(replace(walls, BLACK, background), TEN, mfilter(rooms, is_full))
    flat = merge_equal_rows(marked)
    return replace(downscale(dmirror(merge_equal_rows(dmirror(flat))), TWO), TEN, BLUE)


def solve_6e02f1e3(I):
    """A gray line tells the number of colours: one, the top row; two, the falling diagonal; three, the
    rising diagonal.
    """
    last_place = decrement(width(I))
    falling = connect(ORIGIN, astuple(last_place, last_place))
    rising = connect(tojvec(last_place), toivec(last_place))
    top = connect(ORIGIN, tojvec(last_place))
    several = branch(equality(numcolors(I), TWO), falling, rising)
    return fill(canvas(BLACK, shape(I)), GRAY, branch(equality(numcolors(I), ONE), top, several))


def solve_794b24be(I):
    """Up to three blue cells are counted off in red along the top row of a 3x3 grid; a fourth adds the
    centre.
    """
    background = mostcolor(I)
    count = colorcount(I, BLUE)
    board = canvas(background, THREE_BY_THREE)
    top_row = sfilter(connect(ORIGIN, ZERO_BY_TWO), lambda cell: greater(count, last(cell)))
    return fill(fill(board, RED, top_row), branch(greater(count, THREE), RED, background), initset(UNITY))


def solve_b0c4d837(I):
    """A cup is partly filled; as many cells of a 3x3 grid as the cup has empty levels get the liquid's
    colour, row by row, turning at the ends.
    """
    inside_out = order(partition(I), lambda part: size(backdrop(part)))
    liquid = first(inside_out)
    cup = first(remove(liquid, inside_out))
    room_left = subtract(shape(delta(cup)), shape(liquid))
    empty_levels = add(first(room_left), last(room_left))
    step = lambda cell: branch(even(first(cell)), last(cell), subtract(TWO, last(cell)))
    rank = lambda cell: add(multiply(first(cell), THREE), step(cell))
    board = canvas(color(last(inside_out)), THREE_BY_THREE)
    return fill(
        board, color(liquid), sfilter(asindices(board), lambda cell: greater(empty_levels, rank(cell)))
    )


def solve_d0f5fe59(I):
    """A diagonal of as many cells as there are shapes, in their colour."""
    background = mostcolor(I)
    shapes = objects(I, T, F, T)
    square_canvas = canvas(background, astuple(size(shapes), size(shapes)))
    return fill(square_canvas, color(first(shapes)), shoot(ORIGIN, UNITY))


def solve_d631b094(I):
    """The answer is one row as long as there are coloured cells, in their colour."""
    colored = difference(asobject(I), recolor(BLACK, ofcolor(I, BLACK)))
    return canvas(color(colored), astuple(ONE, size(colored)))


def solve_de1cd16c(I):
    """Coloured rooms hold specks; the answer is one cell in the colour of the room with the most specks."""
    single_cells = sizefilter(objects(I, T, F, F), ONE)
    speck_color = mostcommon(apply(color, totuple(single_cells)))
    specks = ofcolor(I, speck_color)
    count = lambda value: size(intersection(specks, backdrop(ofcolor(I, value))))
    return canvas(argmax(remove(speck_color, palette(I)), count), UNITY)


def solve_f8b3ba0a(I):
    """The colours other than the two most common ones, stacked from the most to the least frequent."""
    ranked = order(palette(I), lambda value: invert(colorcount(I, value)))
    without_background = remove(first(ranked), ranked)
    return apply(lambda value: repeat(value, ONE), remove(first(without_background), without_background))


def solve_fcc82909(I):
    """Below each block a green bar as wide as the block hangs down one row for every colour of the block."""
    blocks = objects(I, F, F, T)
    bar = lambda block: backdrop(
        insert(add(llcorner(block), DOWN), initset(add(lrcorner(block), toivec(numcolors(block)))))
    )
    return fill(I, GREEN, mapply(bar, blocks))


def solve_ff28f65a(I):
    """As many blue cells as there are red rectangles, dealt out row by row over the even places of a 3x3
    board of the most common other colour.
    """
    count = size(colorfilter(objects(I, T, F, F), RED))
    background = mostcolor(toobject(difference(asindices(I), ofcolor(I, RED)), I))
    board = canvas(background, THREE_BY_THREE)
    rank = lambda place: add(multiply(first(place), THREE), last(place))
    dealt = lambda place: both(even(rank(place)), greater(double(count), rank(place)))
    return fill(board, BLUE, sfilter(asindices(board), dealt))
