"""Cell-wise logic of sub-grids."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0520fde7(I):
    """Of two panels beside a dividing line, the output is red where both are coloured."""
    panels = divided_panels(I)
    blanks = combine(ofcolor(first(panels), BLACK), ofcolor(last(panels), BLACK))
    return fill(canvas(RED, shape(first(panels))), BLACK, blanks)


def solve_09629e4f(I):
    """Lines cut the grid into as many rooms as each room has cells; the cells of the room with the fewest
    colours each fill the room at their place, the other rooms become empty.
    """
    lines = frontiers(I)
    pitch = room_pitch(I, lines)
    counts = divide(increment(shape(I)), pitch)
    corner_places = product(interval(ZERO, first(counts), ONE), interval(ZERO, last(counts), ONE))
    room_at = lambda place: crop(I, multiply(place, pitch), decrement(pitch))
    key_place = argmin(corner_places, lambda place: numcolors(room_at(place)))
    key = crop(room_at(key_place), ORIGIN, counts)
    enlarged = hupscale(vupscale(key, first(pitch)), last(pitch))
    return paint(crop(enlarged, ORIGIN, shape(I)), merge(lines))


def solve_1b2d62fb(I):
    """Two panels lie on both sides of a separator line; cells black in both become cyan on black."""
    panels = divided_panels(I)
    black_in_both = intersection(ofcolor(first(panels), BLACK), ofcolor(last(panels), BLACK))
    return fill(canvas(BLACK, shape(first(panels))), CYAN, black_in_both)


def solve_1e32b0e9(I):
    """All panes show parts of one figure; the cells of it that a pane lacks are drawn in the colour of the
    dividing lines.
    """
    background = mostcolor(I)
    lines = sfilter(frontiers(I), lambda line: flip(equality(color(line), background)))
    divider = color(first(lines))
    rows = apply(uppermost, sfilter(lines, hline))
    columns = apply(leftmost, sfilter(lines, vline))
    ink = difference(difference(asindices(I), ofcolor(I, background)), ofcolor(I, divider))
    pane_shape = astuple(minimum(insert(height(I), rows)), minimum(insert(width(I), columns)))
    pane = asindices(canvas(ZERO, pane_shape))
    starts = product(insert(ZERO, apply(increment, rows)), insert(ZERO, apply(increment, columns)))
    part = lambda start: intersection(shift(ink, invert(start)), pane)
    figure = mapply(part, starts)
    return underfill(I, divider, mapply(lambda start: shift(figure, start), starts))


def solve_272f95fa(I):
    """Two lines each way cut the grid in nine; the centre turns magenta, and red, yellow, green and blue go
    above, left, right and below it.
    """
    lines = frontiers(I)
    rows = apply(uppermost, sfilter(lines, hline))
    columns = apply(leftmost, sfilter(lines, vline))
    above = interval(ZERO, minimum(rows), ONE)
    between_rows = interval(increment(minimum(rows)), maximum(rows), ONE)
    below = interval(increment(maximum(rows)), height(I), ONE)
    left = interval(ZERO, minimum(columns), ONE)
    between_columns = interval(increment(minimum(columns)), maximum(columns), ONE)
    right = interval(increment(maximum(columns)), width(I), ONE)
    with_column = fill(fill(I, RED, product(above, between_columns)), BLUE, product(below, between_columns))
    with_left = fill(with_column, YELLOW, product(between_rows, left))
    with_right = fill(with_left, GREEN, product(between_rows, right))
    return fill(with_right, MAGENTA, product(between_rows, between_columns))


def solve_29623171(I):
    """Lines cut the grid into rooms; the room with the most specks (all of them, if several) is filled with
    their colour, the others are emptied.
    """
    lines = frontiers(I)
    pitch = room_pitch(I, lines)
    room_cells = difference(asobject(I), merge(lines))
    speck_color = leastcolor(room_cells)
    specks = ofcolor(I, speck_color)
    rooms = apply(lambda speck: divide(speck, pitch), specks)
    inside = lambda room: shift(asindices(canvas(BLACK, decrement(pitch))), multiply(room, pitch))
    count = lambda room: size(intersection(specks, inside(room)))
    fullest = sfilter(rooms, matcher(count, valmax(rooms, count)))
    return fill(fill(I, mostcolor(room_cells), specks), speck_color, mapply(inside, fullest))


def solve_2dc579da(I):
    """Of the four panels cut by the crossing lines, the one that holds a colour of its own is cut out."""
    panel_cells = difference(asindices(I), toindices(merge(frontiers(I))))
    marked = fill(canvas(ZERO, shape(I)), ONE, panel_cells)
    panels = apply(lambda panel: toobject(panel, I), colorfilter(objects(marked, T, F, F), ONE))
    usual = mostcommon(merge(apply(lambda panel: totuple(palette(panel)), totuple(panels))))
    return subgrid(argmax(panels, lambda panel: size(remove(usual, palette(panel)))), I)


def solve_3428a4f5(I):
    """Of two panels beside a dividing line, the output is green where exactly one of them is black."""
    panels = divided_panels(I)
    holes = only_one(ofcolor(first(panels), BLACK), ofcolor(last(panels), BLACK))
    return fill(canvas(BLACK, shape(first(panels))), GREEN, holes)


def solve_6430c8c4(I):
    """Of two panels beside a dividing line, the output is green where both show the background."""
    panels = divided_panels(I)
    upper = first(panels)
    lower = last(panels)
    background = first(intersection(palette(upper), palette(lower)))
    both_empty = intersection(ofcolor(upper, background), ofcolor(lower, background))
    return fill(canvas(background, shape(upper)), GREEN, both_empty)


def solve_6d0160f0(I):
    """Lines cut the grid into rooms; the room with the yellow cell goes to the place among the rooms where
    the yellow cell is within it, and all other rooms are emptied.
    """
    lines = merge(frontiers(I))
    pitch = room_pitch(I, frontiers(I))
    background = mostcolor(difference(asobject(I), lines))
    yellow = first(ofcolor(I, YELLOW))
    corner = multiply(divide(yellow, pitch), pitch)
    kept = replace(crop(I, corner, decrement(pitch)), color(lines), background)
    room = shift(asobject(kept), multiply(subtract(yellow, corner), pitch))
    return paint(paint(canvas(background, shape(I)), lines), room)


def solve_75b8110e(I):
    """The quarters are laid over each other: upper right on top, then lower left, lower right, upper left."""
    upper_left, upper_right = lefthalf(tophalf(I)), righthalf(tophalf(I))
    lower_left, lower_right = lefthalf(bottomhalf(I)), righthalf(bottomhalf(I))
    left_colors = intersection(palette(upper_left), palette(lower_left))
    background = first(intersection(left_colors, intersection(palette(upper_right), palette(lower_right))))
    lowest = laid_over(lower_right, upper_left, background)
    return laid_over(upper_right, laid_over(lower_left, lowest, background), background)


def solve_7837ac64(I):
    """A cell for each mesh between the marked crossings of the lines: its four corner crossings' colour if
    they agree, else the background.
    """
    line_color = color(argmax(objects(I, T, T, F), lambda area: multiply(height(area), width(area))))
    background = mostcolor(toobject(difference(asindices(I), ofcolor(I, line_color)), I))
    open_cells = ofcolor(I, background)
    ends = decrement(shape(I))
    rows = difference(apply(first, connect(ORIGIN, toivec(first(ends)))), apply(first, open_cells))
    columns = difference(apply(last, connect(ORIGIN, tojvec(last(ends)))), apply(last, open_cells))
    gap = lambda lines: subtract(minimum(remove(minimum(lines), lines)), minimum(lines))
    pitch = astuple(gap(rows), gap(columns))
    crossings = toobject(product(rows, columns), I)
    marks = sfilter(crossings, lambda cell: flip(equality(first(cell), line_color)))
    below = shift(marks, invert(toivec(first(pitch))))
    uniform = intersection(marks, below)
    meshes = intersection(uniform, shift(uniform, invert(tojvec(last(pitch)))))
    spot = lambda cell: divide(subtract(last(cell), ulcorner(marks)), pitch)
    small = mapply(lambda cell: recolor(first(cell), initset(spot(cell))), meshes)
    return paint(canvas(background, divide(decrement(shape(marks)), pitch)), small)


def solve_88a62173(I):
    """Of four panels, divided by the middle row and column, three are alike; the other one is the answer."""
    panel_shape = halve(shape(I))
    far_corner = subtract(shape(I), panel_shape)
    panel_at = lambda place: crop(I, place, panel_shape)
    upper_panels = astuple(panel_at(ORIGIN), panel_at(tojvec(last(far_corner))))
    lower_panels = astuple(panel_at(toivec(first(far_corner))), panel_at(far_corner))
    return leastcommon(combine(upper_panels, lower_panels))


def solve_941d9a10(I):
    """Lines cut the grid into rooms: the first room turns blue, the middle one red and the last one green."""
    spaces = objects(I, T, F, F)
    walls = colorfilter(spaces, color(first(frontiers(I))))
    rooms = order(difference(spaces, walls), ulcorner)
    numbered = pair(rooms, interval(ZERO, size(rooms), ONE))
    middle = first(extract(numbered, matcher(last, halve(size(rooms)))))
    return fill(fill(fill(I, BLUE, first(rooms)), RED, middle), GREEN, last(rooms))


def solve_94f9d214(I):
    """Two drawings side by side or one above the other; cells that are empty in both are red."""
    halves = drawn_halves(I)
    background = halves_background(I)
    empty_in_both = intersection(ofcolor(first(halves), background), ofcolor(last(halves), background))
    return fill(canvas(background, shape(first(halves))), RED, empty_in_both)


def solve_99b1bc43(I):
    """Cells that are marked in exactly one of the two panels become green."""
    panels = divided_panels(I)
    background = first(intersection(palette(first(panels)), palette(last(panels))))
    unmarked = lambda panel: ofcolor(panel, background)
    differing = only_one(unmarked(first(panels)), unmarked(last(panels)))
    return fill(canvas(background, shape(first(panels))), GREEN, differing)


def solve_a68b268e(I):
    """Four panels are laid over each other, upper left on top, then upper right, lower left and lower right;
    the colour they share is the background.
    """
    upper = hsplit(first(vsplit(I, TWO)), TWO)
    lower = hsplit(last(vsplit(I, TWO)), TWO)
    common = lambda panels: intersection(palette(first(panels)), palette(last(panels)))
    background = first(intersection(common(upper), common(lower)))
    stacked = lambda panels, below: laid_over(
        first(panels), laid_over(last(panels), below, background), background
    )
    return stacked(upper, stacked(lower, last(lower)))


def solve_a87f7484(I):
    """Of equal panels in a row, one for each colour on a common ground, the answer is the one whose pattern
    differs.
    """
    most_colors_in_row = lambda grid: valmax(grid, lambda row: numcolors(repeat(row, ONE)))
    stacked = greater(most_colors_in_row(dmirror(I)), most_colors_in_row(I))
    panels = branch(stacked, vsplit, hsplit)(I, decrement(numcolors(I)))
    background = mostcommon(mapply(compose(totuple, palette), panels))
    pattern = lambda panel: ofcolor(panel, background)
    odd_pattern = leastcommon(apply(pattern, panels))
    return extract(panels, lambda panel: equality(pattern(panel), odd_pattern))


def solve_ce4f8723(I):
    """Of two panels beside a dividing line, the output is green where at least one is coloured."""
    panels = divided_panels(I)
    background = first(intersection(palette(first(panels)), palette(last(panels))))
    blanks = intersection(ofcolor(first(panels), background), ofcolor(last(panels), background))
    return fill(canvas(GREEN, shape(first(panels))), background, blanks)


def solve_cf98881b(I):
    """Three panels are laid over each other, the left one on top and the right one below; the colour they
    share is the background.
    """
    panels = hsplit(I, THREE)
    left = first(panels)
    right = last(panels)
    middle = last(remove(right, panels))
    background = first(intersection(intersection(palette(left), palette(middle)), palette(right)))
    return laid_over(left, laid_over(middle, right, background), background)


def solve_dae9d2b5(I):
    """Two drawings side by side or one above the other; cells drawn in either of them are magenta."""
    halves = drawn_halves(I)
    background = halves_background(I)
    empty_in_both = intersection(ofcolor(first(halves), background), ofcolor(last(halves), background))
    return fill(canvas(MAGENTA, shape(first(halves))), background, empty_in_both)


def solve_e98196ab(I):
    """The two panels on either side of the wall are laid over each other."""
    panels = divided_panels(I)
    return laid_over(first(panels), last(panels), mostcolor(I))


def solve_e9afcf9a(I):
    """Every second column is turned upside down."""
    odd = sfilter(asobject(hmirror(I)), lambda cell: flip(even(last(last(cell)))))
    return paint(I, odd)


def solve_f2829549(I):
    """Two panels lie on both sides of a separator line; cells that are background in both become green."""
    panels = divided_panels(I)
    background = first(intersection(palette(first(panels)), palette(last(panels))))
    empty_in_both = intersection(ofcolor(first(panels), background), ofcolor(last(panels), background))
    return fill(canvas(background, shape(first(panels))), GREEN, empty_in_both)


def solve_fafffa47(I):
    """Two drawings side by side or one above the other; cells that are empty in both are red."""
    halves = drawn_halves(I)
    background = halves_background(I)
    empty_in_both = intersection(ofcolor(first(halves), background), ofcolor(last(halves), background))
    return fill(canvas(background, shape(first(halves))), RED, empty_in_both)
