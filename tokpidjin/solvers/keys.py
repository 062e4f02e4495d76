"""Legends that map colours or shapes to others."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0d3d703e(I):
    """Colours change places in four fixed couples: blue-gray, red-magenta, green-yellow, cyan-maroon."""
    blue_gray = switch(I, BLUE, GRAY)
    red_magenta = switch(blue_gray, RED, MAGENTA)
    green_yellow = switch(red_magenta, GREEN, YELLOW)
    return switch(green_yellow, CYAN, MAROON)


def solve_54d9e175(I):
    """Every room between the lines is filled with the colour that is five above that of its dot."""
    background = mostcolor(I)
    dots = sfilter(asobject(I), lambda cell: contained(first(cell), interval(ONE, FIVE, ONE)))
    rooms = colorfilter(objects(fill(I, background, dots), T, F, F), background)
    dot_color = lambda room: other(palette(toobject(room, I)), background)
    return paint(I, mapply(lambda room: recolor(add(dot_color(room), FIVE), room), rooms))


def solve_77fdfe62(I):
    """Inside the cross-shaped frame, the drawing takes in each quarter the colour of the nearest corner of
    the grid.
    """
    drawing = trim(trim(I))
    background = index(I, tojvec(TWO))
    last_row = toivec(decrement(height(I)))
    last_column = tojvec(decrement(width(I)))
    cell_at = lambda place: crop(I, place, UNITY)
    upper_corners = hconcat(cell_at(ORIGIN), cell_at(last_column))
    lower_corners = hconcat(cell_at(last_row), cell_at(add(last_row, last_column)))
    corner_colors = vconcat(upper_corners, lower_corners)
    quarters = hupscale(vupscale(corner_colors, halve(height(drawing))), halve(width(drawing)))
    return fill(quarters, background, ofcolor(drawing, background))


def solve_7c008303(I):
    """Lines part off a 2x2 key; each quarter of the large drawing takes the colour in the same corner of the
    key.
    """
    walls = fill(canvas(BLACK, shape(I)), BLUE, merge(frontiers(I)))
    rooms = colorfilter(objects(walls, T, F, F), BLACK)
    key = argmin(rooms, size)
    drawing = argmax(rooms, size)
    background = mostcolor(toobject(first(remove(key, remove(drawing, rooms))), I))
    quarter = halve(shape(drawing))
    board = hupscale(vupscale(subgrid(key, I), first(quarter)), last(quarter))
    return fill(board, background, ofcolor(subgrid(drawing, I), background))


def solve_995c5fa3(I):
    """Square panels of one colour, some with holes, with lines between them; each gives a row of the answer:
    cyan for a hole in the middle, green for notches at the sides, yellow for one below, red for none.
    """
    count = divide(increment(width(I)), increment(height(I)))
    panels = hsplit(I, count)
    hole_at = lambda panel, place: flip(equality(index(panel, place), index(panel, ORIGIN)))
    below_or_none = lambda panel: branch(hole_at(panel, add(TWO_BY_ZERO, RIGHT)), YELLOW, RED)
    middle_or_less = lambda panel: branch(hole_at(panel, UNITY), CYAN, below_or_none(panel))
    sign_color = lambda panel: branch(hole_at(panel, DOWN), GREEN, middle_or_less(panel))
    return apply(lambda panel: repeat(sign_color(panel), count), panels)


def solve_9aec4887(I):
    """The shape goes inside the frame of four coloured sides, which is cut out; each of its cells takes the
    colour of the side nearest to it and keeps its own where two are equally near.
    """
    by_color = fgpartition(I)
    model = extract(by_color, lambda part: flip(either(vline(part), hline(part))))
    frame = subgrid(merge(remove(model, by_color)), I)
    last_row = decrement(height(frame))
    last_column = decrement(width(frame))
    lesser = lambda a, b: minimum(astuple(a, b))
    up = lambda place: first(place)
    down = lambda place: subtract(last_row, first(place))
    left = lambda place: last(place)
    right = lambda place: subtract(last_column, last(place))
    row_depth = lambda place: lesser(up(place), down(place))
    column_depth = lambda place: lesser(left(place), right(place))
    above = lambda place: greater(lesser(down(place), column_depth(place)), up(place))
    below = lambda place: greater(lesser(up(place), column_depth(place)), down(place))
    leftward = lambda place: greater(lesser(right(place), row_depth(place)), left(place))
    rightward = lambda place: greater(lesser(left(place), row_depth(place)), right(place))
    places = shift(normalize(toindices(model)), UNITY)
    drawn = fill(frame, color(model), places)
    with_upper = fill(drawn, index(frame, RIGHT), sfilter(places, above))
    with_lower = fill(with_upper, index(frame, astuple(last_row, ONE)), sfilter(places, below))
    with_left = fill(with_lower, index(frame, DOWN), sfilter(places, leftward))
    return fill(with_left, index(frame, astuple(ONE, last_column)), sfilter(places, rightward))


def solve_a85d4709(I):
    """The dot in each row colours it: red for the left third, yellow for the middle, green for the right."""
    dots = ofcolor(I, leastcolor(I))
    third = lambda dot: divide(multiply(last(dot), THREE), width(I))
    right_or_middle = lambda dot: branch(equality(third(dot), ONE), YELLOW, GREEN)
    row_color = lambda dot: branch(equality(third(dot), ZERO), RED, right_or_middle(dot))
    return paint(I, mapply(lambda dot: recolor(row_color(dot), hfrontier(dot)), dots))


def solve_c9f8e694(I):
    """A line of keys on one edge gives every row (or column) its colour; the shapes take the colour of the
    key in line.
    """
    by_color = remove(BLACK, palette(I))
    mask_color = argmax(by_color, lambda value: colorcount(I, value))
    mask = ofcolor(I, mask_color)
    keys = sfilter(asobject(I), lambda cell: contained(first(cell), remove(mask_color, by_color)))
    in_line = branch(portrait(keys), hfrontier, vfrontier)
    return paint(I, mapply(lambda key: recolor(first(key), intersection(mask, in_line(last(key)))), keys))


def solve_d4469b4b(I):
    """A gray sign on black stands for the colour: a plus for blue, a T for red, a corner for green."""
    has_color = lambda value: contained(value, palette(I))
    row = branch(has_color(BLUE), ONE, branch(has_color(RED), ZERO, TWO))
    column = branch(either(has_color(BLUE), has_color(RED)), ONE, TWO)
    lines = combine(hfrontier(toivec(row)), vfrontier(tojvec(column)))
    return fill(canvas(BLACK, THREE_BY_THREE), GRAY, lines)


def solve_d511f180(I):
    """Gray and cyan change places."""
    return switch(I, GRAY, CYAN)


def solve_ddf7fa4f(I):
    """Each block takes the colour of its own legend cell, in the row or column along an edge, that stands in
    line with it; a block or cell with one partner left takes that partner from the others.
    """
    pieces = objects(I, T, F, T)
    legend = sfilter(sizefilter(pieces, ONE), lambda piece: bordering(piece, I))
    blocks = difference(pieces, legend)
    marks = merge(legend)
    at_edge = either(equality(uppermost(marks), ZERO), equality(lowermost(marks), decrement(height(I))))
    in_line = branch(both(equality(height(marks), ONE), at_edge), vmatching, hmatching)
    partners = branch(equality(size(legend), size(blocks)), legend, difference(legend, legend))
    pairs = sfilter(product(blocks, partners), lambda match: in_line(first(match), last(match)))
    options = lambda side, match, matches: sfilter(matches, lambda rival: equality(side(rival), side(match)))
    is_only = lambda side, match, matches: equality(size(options(side, match, matches)), ONE)
    settled = lambda matches: sfilter(
        matches, lambda match: either(is_only(first, match, matches), is_only(last, match, matches))
    )
    clashes = lambda match, winners: combine(
        remove(match, options(first, match, winners)), remove(match, options(last, match, winners))
    )
    narrowed = lambda matches: sfilter(
        matches, lambda match: equality(size(clashes(match, settled(matches))), ZERO)
    )
    owned = power(narrowed, FIVE)(pairs)
    return paint(I, mapply(lambda match: recolor(color(last(match)), first(match)), owned))
