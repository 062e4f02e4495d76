"""Repeated pictures and periodic continuation."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_007bbfb7(I):
    """The grid is copied into each place of a larger grid where it has itself a colour; places for black
    cells stay black.
    """
    enlarged = hupscale(vupscale(I, height(I)), width(I))
    return cellwise(enlarged, covered_with(I, shape(enlarged)), BLACK)


def solve_017c7c7b(I):
    """The pattern, which repeats downwards, goes on until it is half as high again, and turns red."""
    period_rows = crop(I, ORIGIN, astuple(vperiod(asobject(I)), width(I)))
    longer = covered_with(period_rows, astuple(add(height(I), halve(height(I))), width(I)))
    return replace(longer, other(palette(I), BLACK), RED)


def solve_0dfd9992(I):
    """Patches of one colour, the one with the most solid squares, hide parts of a repeating mosaic, which is
    restored.
    """
    block = asindices(canvas(ZERO, THREE_BY_THREE))
    solid = lambda value: size(occurrences(I, recolor(value, block)))
    return periodic_restored(I, argmax(palette(I), solid))


def solve_10fcaaa3(I):
    """Two by two copies of the grid; in the result every coloured cell gets cyan cells at its four corners
    on the background.
    """
    row = hconcat(I, I)
    copies = vconcat(row, row)
    dots = difference(asindices(copies), ofcolor(copies, mostcolor(copies)))
    return underfill(copies, CYAN, mapply(ineighbors, dots))


def solve_29ec7d0e(I):
    """A pattern that repeats both ways is hidden in places by blocks of one colour; it is restored."""
    solid = lambda value: recolor(value, asindices(canvas(ZERO, TWO_BY_TWO)))
    hidden = argmax(palette(I), lambda value: size(occurrences(I, solid(value))))
    return periodic_restored(I, hidden)


def solve_484b58aa(I):
    """A pattern that repeats both ways is hidden in places by blocks of one colour; it is restored."""
    solid = lambda value: recolor(value, asindices(canvas(ZERO, TWO_BY_TWO)))
    hidden = argmax(palette(I), lambda value: size(occurrences(I, solid(value))))
    return periodic_restored(I, hidden)


def solve_49d1d64f(I):
    """The grid gets a border that repeats its outermost rows and columns; the four corners are black."""
    frame = canvas(BLACK, add(shape(I), TWO))
    content = asobject(I)
    copies = lambda grid, offset: paint(grid, shift(content, offset))
    raised = copies(frame, RIGHT)
    lowered = copies(raised, astuple(TWO, ONE))
    left_too = copies(lowered, DOWN)
    right_too = copies(left_too, astuple(ONE, TWO))
    return copies(right_too, UNITY)


def solve_539a4f51(I):
    """Layers of colour lie like hooks around one corner, some black ones may be left out at the end; on a
    grid twice as large the layers are repeated in the same order.
    """
    uniform_far = lambda grid: equality(numcolors(crop(grid, toivec(decrement(height(I))), shape(I))), ONE)
    hooked = lambda grid: both(uniform_far(grid), uniform_far(dmirror(grid)))
    turns = extract(interval(ZERO, FOUR, ONE), lambda quarters: hooked(turned(I, quarters)))
    layers = remove(BLACK, first(turned(I, turns)))
    edge = covered_with(repeat(layers, ONE), astuple(ONE, double(width(I))))
    hook = lambda place: combine(
        connect(place, astuple(last(place), last(place))),
        connect(astuple(last(place), ZERO), astuple(last(place), last(place))),
    )
    hooks = mapply(lambda cell: recolor(first(cell), hook(last(cell))), asobject(edge))
    return turned_back(paint(canvas(BLACK, double(shape(I))), hooks), turns)


def solve_53b68214(I):
    """The pattern, which repeats downwards and may drift sideways, continues to a height of ten rows."""
    drawing = sfilter(asobject(I), lambda cell: flip(equality(first(cell), mostcolor(I))))
    below = lambda step: sfilter(drawing, lambda cell: greater(first(last(cell)), decrement(first(step))))
    inside = lambda cells: sfilter(cells, lambda cell: contained(last(cell), asindices(I)))
    repeats = lambda step: equality(inside(shift(drawing, step)), below(step))
    drifts = interval(invert(width(I)), width(I), ONE)
    steps = product(interval(ONE, increment(height(I)), ONE), drifts)
    length = lambda step: add(multiply(first(step), double(width(I))), multiply(last(step), sign(last(step))))
    step = extract(order(steps, length), repeats)
    copies = mapply(lambda count: shift(drawing, multiply(count, step)), interval(ZERO, TEN, ONE))
    return paint(canvas(mostcolor(I), astuple(TEN, width(I))), copies)


def solve_82819916(I):
    """One row is complete; every row that is begun is completed with its own two colours in the order of the
    complete row.
    """
    background = mostcolor(I)
    begun_left = greater(size(dedupe(first(dmirror(I)))), size(dedupe(last(dmirror(I)))))
    turn = branch(begun_left, identity, vmirror)
    grid = turn(I)
    model = extract(grid, lambda row: flip(contained(background, row)))
    columns = interval(ZERO, width(grid), ONE)
    keyed = pair(model, columns)
    first_columns = apply(last, sfilter(keyed, lambda entry: equality(first(entry), first(model))))
    other_columns = apply(last, sfilter(keyed, lambda entry: flip(equality(first(entry), first(model)))))
    row_cells = lambda row, chosen: apply(lambda column: astuple(row, column), chosen)
    part = lambda row, chosen: recolor(index(grid, astuple(row, first(chosen))), row_cells(row, chosen))
    whole = lambda row: combine(part(row, first_columns), part(row, other_columns))
    begun = difference(
        interval(ZERO, height(grid), ONE),
        apply(first, totuple(sfilter(ofcolor(grid, background), lambda place: equality(last(place), ZERO)))),
    )
    return turn(paint(grid, mapply(whole, begun)))


def solve_8eb1be9a(I):
    """The band of the pattern is repeated above and below until it fills the grid."""
    band = merge(fgpartition(I))
    pitch = height(band)
    count = increment(divide(height(I), pitch))
    offsets = interval(multiply(pitch, invert(count)), multiply(pitch, increment(count)), pitch)
    return paint(I, mapply(lambda offset: shift(band, toivec(offset)), offsets))


def solve_8f2ea7aa(I):
    """The small picture is copied into each place of the large grid where it has itself a cell."""
    background = mostcolor(I)
    side = extract(interval(ONE, TEN, ONE), lambda count: equality(multiply(count, count), height(I)))
    corner = multiply(side, divide(ulcorner(merge(fgpartition(I))), side))
    picture = asobject(crop(I, corner, astuple(side, side)))
    cells = sfilter(picture, lambda cell: flip(equality(first(cell), background)))
    copies = mapply(lambda place: shift(picture, multiply(side, place)), toindices(cells))
    return paint(canvas(background, shape(I)), copies)


def solve_90f3ed37(I):
    """Horizontal bands of pattern, one of which reaches the right edge; the others go on in blue as the full
    band does, after it has been shifted to the right so that it agrees with the end of their drawn part.
    """
    drawn = difference(asindices(I), ofcolor(I, mostcolor(I)))
    striped = fill(canvas(BLACK, shape(I)), BLUE, mapply(hfrontier, drawn))
    stripes = colorfilter(objects(striped, T, F, F), BLUE)
    bands = apply(lambda stripe: intersection(drawn, toindices(stripe)), stripes)
    full = argmax(bands, rightmost)
    moved = lambda band, step: shift(full, astuple(subtract(uppermost(band), uppermost(full)), step))
    clashes = lambda band, step: sfilter(
        only_one(moved(band, step), band), lambda cell: flip(greater(last(cell), rightmost(band)))
    )
    last_clash = lambda band, step: maximum(insert(decrement(step), apply(last, clashes(band, step))))
    best_step = lambda band: argmin(interval(ZERO, width(I), ONE), lambda step: last_clash(band, step))
    rest = lambda band: sfilter(
        moved(band, best_step(band)), lambda cell: greater(last(cell), rightmost(band))
    )
    return fill(I, BLUE, mapply(rest, remove(full, bands)))


def solve_91413438(I):
    """As many copies of the grid as it has coloured cells fill, row by row, a board of as many tiles a side
    as it has empty cells.
    """
    count = size(difference(asindices(I), ofcolor(I, BLACK)))
    side = subtract(multiply(height(I), width(I)), count)
    tile_place = lambda number: astuple(
        divide(number, side), subtract(number, multiply(side, divide(number, side)))
    )
    tile = lambda number: shift(asobject(I), multiply(tile_place(number), shape(I)))
    board = canvas(BLACK, multiply(side, shape(I)))
    return paint(board, mapply(tile, interval(ZERO, count, ONE)))


def solve_963e52fc(I):
    """The horizontal pattern goes on to twice the width."""
    pattern = merge(fgpartition(I))
    copies = apply(
        lambda offset: shift(pattern, tojvec(offset)), interval(ZERO, double(width(I)), hperiod(pattern))
    )
    return paint(canvas(mostcolor(I), astuple(height(I), double(width(I)))), merge(copies))


def solve_a416b8f3(I):
    """The grid is put beside itself."""
    return hconcat(I, I)


def solve_bbc9ae5d(I):
    """The row is repeated, each time one cell further right and filled up with its first colour, half as
    many rows as it is wide.
    """
    rows = halve(width(I))
    stairs = mapply(lambda step: shift(asobject(I), astuple(step, step)), interval(ZERO, rows, ONE))
    return paint(canvas(index(I, ORIGIN), astuple(rows, width(I))), stairs)


def solve_bd4472b8(I):
    """Beyond the separating line, whole lines follow in the colours of the legend line, in its order and
    over and over.
    """
    row_shape = astuple(ONE, add(height(I), width(I)))
    upright = lambda quarters: both(
        greater(numcolors(crop(turned(I, quarters), ORIGIN, row_shape)), ONE),
        equality(numcolors(crop(turned(I, quarters), DOWN, row_shape)), ONE),
    )
    quarters = extract(interval(ZERO, FOUR, ONE), upright)
    grid = turned(I, quarters)
    header = crop(grid, ORIGIN, astuple(TWO, width(grid)))
    stripes = hupscale(dmirror(crop(header, ORIGIN, astuple(ONE, width(grid)))), width(grid))
    body = covered_with(stripes, astuple(subtract(height(grid), TWO), width(grid)))
    return turned_back(vconcat(header, body), quarters)


def solve_c3e719e8(I):
    """On a black canvas of as many tiles as the grid has cells, a copy of the grid stands where its most
    common colour is.
    """
    tile_at = lambda cell: shift(asobject(I), multiply(cell, shape(I)))
    blank = canvas(BLACK, multiply(shape(I), shape(I)))
    return paint(blank, mapply(tile_at, ofcolor(I, mostcolor(I))))


def solve_c3f564a4(I):
    """The colour of the largest patch hides parts of a repeating pattern, which is restored."""
    return periodic_restored(I, color(argmax(objects(I, T, F, F), size)))


def solve_c444b776(I):
    """Lines of one colour cut the grid into equal rooms; what one room holds is copied into all of them."""
    background = mostcolor(I)
    full_lines = sfilter(frontiers(I), lambda line: flip(equality(color(line), background)))
    extended = increment(shape(I))
    cuts_evenly = lambda pitch: equality(multiply(pitch, divide(extended, pitch)), extended)
    is_wall = lambda value: cuts_evenly(room_pitch(I, colorfilter(full_lines, value)))
    walls = colorfilter(full_lines, extract(palette(merge(full_lines)), is_wall))
    pitch = room_pitch(I, walls)
    within = lambda cell: subtract(cell, multiply(pitch, divide(cell, pitch)))
    contents = sfilter(
        difference(asobject(I), merge(walls)), lambda cell: flip(equality(first(cell), background))
    )
    model = paint(
        canvas(background, pitch), apply(lambda cell: astuple(first(cell), within(last(cell))), contents)
    )
    filled = apply(lambda cell: astuple(index(model, within(cell)), cell), asindices(I))
    return paint(paint(I, filled), merge(walls))


def solve_caa06a1f(I):
    """The periodic pattern is moved one step along its lines, away from the plain border, and continued over
    the whole grid.
    """
    plain_lines = lambda grid: both(
        equality(numcolors(toobject(hfrontier(decrement(shape(grid))), grid)), ONE),
        equality(numcolors(toobject(vfrontier(decrement(shape(grid))), grid)), ONE),
    )
    quarters = extract(interval(ZERO, FOUR, ONE), lambda turns: plain_lines(turned(I, turns)))
    grid = turned(I, quarters)
    border = index(grid, decrement(shape(grid)))
    plain = colorfilter(frontiers(grid), border)
    rows = minimum(apply(uppermost, sfilter(plain, hline)))
    columns = minimum(apply(leftmost, sfilter(plain, vline)))
    pattern = crop(grid, ORIGIN, astuple(rows, columns))
    period = astuple(vperiod(asobject(pattern)), hperiod(asobject(pattern)))
    tile = crop(pattern, ORIGIN, period)
    continued = covered_with(tile, increment(shape(grid)))
    return turned_back(crop(continued, RIGHT, shape(grid)), quarters)


def solve_d13f3404(I):
    """The drawing is repeated along the diagonal over a grid of twice the size."""
    drawing = merge(fgpartition(I))
    steps = interval(ZERO, double(maximum(shape(I))), ONE)
    copies = apply(lambda step: shift(drawing, astuple(step, step)), steps)
    return paint(canvas(mostcolor(I), double(shape(I))), merge(copies))


def solve_d8c310e9(I):
    """The pattern goes on to both sides at its own period."""
    pattern = merge(fgpartition(I))
    count = increment(divide(width(I), hperiod(pattern)))
    farthest = multiply(hperiod(pattern), count)
    offsets = interval(invert(farthest), increment(farthest), hperiod(pattern))
    return paint(I, mapply(lambda offset: shift(pattern, tojvec(offset)), offsets))


def solve_e21d9049(I):
    """The coloured bars, one lying and one standing, are repeated along their lines to the edges."""
    cells = merge(fgpartition(I))
    places = totuple(toindices(cells))
    lying = sfilter(cells, lambda cell: equality(first(last(cell)), mostcommon(apply(first, places))))
    standing = sfilter(cells, lambda cell: equality(last(last(cell)), mostcommon(apply(last, places))))
    steps = lambda pitch: interval(multiply(pitch, -30), multiply(pitch, 31), pitch)
    in_row = mapply(lambda step: shift(lying, tojvec(step)), steps(hperiod(lying)))
    in_column = mapply(lambda step: shift(standing, toivec(step)), steps(vperiod(standing)))
    return paint(paint(I, in_row), in_column)


def solve_eb281b96(I):
    """The grid swings down, up and down again: mirror images follow below each other, each sharing its first
    row.
    """
    without_first_row = lambda grid: crop(grid, DOWN, shape(grid))
    swing = vconcat(I, without_first_row(hmirror(I)))
    return vconcat(swing, without_first_row(swing))


def solve_f8c80d96(I):
    """The nested outlines go on outwards at the same spacing to the grid's edges; the background turns gray."""
    hull_size = lambda outline: multiply(height(outline), width(outline))
    outlines = objects(I, T, F, T)
    outer = argmax(outlines, hull_size)
    inner = argmax(remove(outer, outlines), hull_size)
    upper_gap = subtract(ulcorner(inner), ulcorner(outer))
    lower_gap = subtract(lrcorner(outer), lrcorner(inner))
    row_gap = maximum(astuple(first(upper_gap), first(lower_gap)))
    column_gap = maximum(astuple(last(upper_gap), last(lower_gap)))
    reach = lambda count: multiply(astuple(row_gap, column_gap), count)
    far_corners = lambda count: insert(
        add(lrcorner(outer), reach(count)), initset(subtract(ulcorner(outer), reach(count)))
    )
    rings = mapply(lambda count: box(far_corners(count)), interval(ONE, 30, ONE))
    return replace(fill(I, color(outer), rings), mostcolor(I), GRAY)


def solve_f9012d9b(I):
    """A periodic pattern has a black hole; the output is the part of the pattern that the hole hides."""
    hole = ofcolor(I, BLACK)
    visible = sfilter(asobject(I), lambda cell: flip(equality(first(cell), BLACK)))
    overlap = lambda offset: size(intersection(shift(toindices(visible), offset), toindices(visible)))
    agreement = lambda offset: size(intersection(shift(visible, offset), visible))
    repeats = lambda offset: equality(overlap(offset), agreement(offset))
    rows = extract(interval(ONE, increment(height(I)), ONE), lambda step: repeats(toivec(step)))
    columns = extract(interval(ONE, increment(width(I)), ONE), lambda step: repeats(tojvec(step)))
    period = astuple(rows, columns)
    within = lambda cell: subtract(cell, multiply(period, divide(cell, period)))
    tile = apply(lambda cell: astuple(first(cell), within(last(cell))), visible)
    pattern = paint(canvas(BLACK, period), tile)
    hidden = apply(lambda cell: astuple(index(pattern, within(cell)), cell), hole)
    return subgrid(hole, paint(I, hidden))
