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


def solve_05269061(I):
    """Each stripe of one period of a pattern, straight or diagonal, is given once, at one of its places; the
    pattern, whose period is the number of stripes, is continued over the whole grid.
    """
    pieces = difference(asobject(I), asobject(canvas(BLACK, shape(I))))
    directions = insert(UNITY, insert(DOWN_LEFT, insert(RIGHT, initset(DOWN))))
    continued = lambda direction: intersection(pieces, shift(pieces, direction))
    along = argmax(directions, compose(size, continued))
    stripe = lambda place: subtract(multiply(first(place), last(along)), multiply(last(place), first(along)))
    labels = apply(lambda cell: astuple(first(cell), stripe(last(cell))), pieces)
    period = minimum(astuple(size(labels), 30))
    phase = lambda number: tojvec(subtract(number, multiply(period, divide(number, period))))
    blank = canvas(BLACK, astuple(period, period))
    legend = paint(blank, apply(lambda label: astuple(first(label), phase(last(label))), labels))
    ink = lambda place: index(legend, phase(stripe(place)))
    tile = paint(blank, apply(lambda place: astuple(ink(place), place), asindices(blank)))
    return covered_with(tile, shape(I))


def solve_0dfd9992(I):
    """Blocks of one colour hide parts of a repeating mosaic, which is restored; what is hidden in all repetitions
    is taken from the mosaic's mirror images.
    """
    hidden = block_color(I)
    known = lambda grid: difference(asobject(grid), asobject(canvas(hidden, shape(grid))))
    image = lambda grid, step: shift(known(vmirror(grid)), tojvec(step))
    clashes = lambda grid, step: difference(toobject(image(grid, step), grid), image(grid, step))
    fits = lambda grid, step: equality(colorcount(clashes(grid, step), hidden), size(clashes(grid, step)))
    repeated = periodic_restored(I, hidden)
    left_over = colorcount(repeated, hidden)
    is_incomplete = both(positive(left_over), greater(colorcount(I, hidden), left_over))
    reach = lambda grid: multiply(is_incomplete, increment(halve(width(grid))))
    nearest_first = lambda steps: order(steps, lambda step: multiply(step, step))
    # The last step leads out of the grid: no image where none fits.
    steps = lambda grid: combine(
        nearest_first(interval(invert(reach(grid)), reach(grid), ONE)), repeat(width(grid), ONE)
    )
    mirrored = lambda grid: paint(grid, image(grid, extract(steps(grid), lambda step: fits(grid, step))))
    return dmirror(mirrored(dmirror(mirrored(repeated))))


def solve_10fcaaa3(I):
    """Two by two copies of the grid; in the result every coloured cell gets cyan cells at its four corners
    on the background.
    """
    row = hconcat(I, I)
    copies = vconcat(row, row)
    dots = difference(asindices(copies), ofcolor(copies, mostcolor(copies)))
    return underfill(copies, CYAN, mapply(lambda step: shift(dots, step), ineighbors(ORIGIN)))


def solve_150deff5(I):
    """The figure is made of 2 by 2 squares, which turn cyan, and bars of three cells, which turn red. A
    piece that alone can cover some cell is certain; such pieces are taken away again and again.
    """
    figure = ofcolor(I, leastcolor(I))
    none = difference(figure, figure)
    shrunk = lambda places, direction: intersection(places, shift(places, invert(direction)))
    spread = lambda places, direction: combine(places, shift(places, direction))
    anchors = lambda places, across, along: shrunk(shrunk(places, across), along)
    covered = lambda places, across, along: spread(spread(places, across), along)
    # Tallies hold the cells covered at least once and those covered at least twice.
    total = lambda tally, extra: astuple(
        combine(first(tally), first(extra)),
        combine(combine(last(tally), last(extra)), intersection(first(tally), first(extra))),
    )
    moved = lambda tally, offset: astuple(shift(first(tally), offset), shift(last(tally), offset))
    with_copy = lambda tally, offset: total(tally, moved(tally, offset))
    square_tally = lambda places: with_copy(with_copy(astuple(places, none), DOWN), RIGHT)
    pair_tally = lambda places, direction: with_copy(astuple(places, none), direction)
    bar_tally = lambda places, direction: total(
        pair_tally(places, direction), astuple(shift(places, double(direction)), none)
    )
    lone_cells = lambda tally: difference(first(tally), last(tally))
    lone = lambda rest: lone_cells(
        total(
            square_tally(anchors(rest, DOWN, RIGHT)),
            total(bar_tally(anchors(rest, DOWN, DOWN), DOWN), bar_tally(anchors(rest, RIGHT, RIGHT), RIGHT)),
        )
    )
    certain = lambda rest, across, along: covered(
        intersection(anchors(rest, across, along), covered(lone(rest), invert(across), invert(along))),
        across,
        along,
    )
    bars = lambda rest: combine(certain(rest, DOWN, DOWN), certain(rest, RIGHT, RIGHT))
    step = lambda state: astuple(
        difference(first(state), combine(bars(first(state)), certain(first(state), DOWN, RIGHT))),
        combine(last(state), certain(first(state), DOWN, RIGHT)),
    )
    squares = last(power(step, TEN)(astuple(figure, none)))
    return fill(fill(I, RED, figure), CYAN, squares)


def solve_29ec7d0e(I):
    """A pattern that repeats both ways is hidden in places by blocks of one colour; it is restored."""
    return periodic_restored(I, block_color(I))


def solve_484b58aa(I):
    """A pattern that repeats both ways is hidden in places by blocks of one colour; it is restored."""
    return periodic_restored(I, block_color(I))


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
    background = mostcolor(I)
    drawing = merge(fgpartition(I))
    seed = first(drawing)
    likely = lambda cell: both(
        equality(first(cell), first(seed)), greater(first(last(cell)), first(last(seed)))
    )
    likely_steps = apply(lambda cell: subtract(last(cell), last(seed)), sfilter(drawing, likely))
    steps = insert(toivec(height(I)), likely_steps)
    length = lambda step: add(multiply(first(step), double(width(I))), multiply(last(step), sign(last(step))))
    below = lambda step: crop(I, toivec(first(step)), shape(I))
    drawn_below = lambda step: subtract(
        multiply(height(below(step)), width(below(step))), colorcount(below(step), background)
    )
    seen = lambda step: toobject(shift(drawing, step), I)
    repeats = lambda step: both(
        equality(size(seen(step)), drawn_below(step)),
        equality(size(difference(seen(step), shift(drawing, step))), ZERO),
    )
    step = extract(order(steps, length), repeats)
    copies = mapply(lambda count: shift(drawing, multiply(count, step)), interval(ZERO, TEN, ONE))
    return paint(canvas(background, astuple(TEN, width(I))), copies)


def solve_82819916(I):
    """Rows that are begun are completed after a whole row, one that agrees with the begun part if there is
    one; where the begun part has another colour than the whole row, that colour is replaced all along.
    """
    background = mostcolor(I)
    gaps = lambda row: colorcount(repeat(row, ONE), background)
    fullest = dedupe(sfilter(I, matcher(gaps, valmin(I, gaps))))
    seen_pairs = lambda model, row: dedupe(
        sfilter(pair(model, row), lambda inks: flip(equality(last(inks), background)))
    )
    agrees = lambda model, row: equality(
        apply(first, seen_pairs(model, row)), apply(last, seen_pairs(model, row))
    )
    model_of = lambda row: first(combine(sfilter(fullest, lambda model: agrees(model, row)), fullest))
    ink_for = lambda ink, model, row: last(
        first(
            combine(
                sfilter(seen_pairs(model, row), lambda inks: equality(first(inks), ink)),
                repeat(astuple(ink, ink), ONE),
            )
        )
    )
    completed = lambda row: (lambda model: apply(lambda ink: ink_for(ink, model, row), model))(model_of(row))
    return apply(lambda row: branch(equality(gaps(row), width(I)), identity, completed)(row), I)


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
    striped = fill(canvas(BLACK, shape(I)), BLUE, mapply(hfrontier, apply(toivec, apply(first, drawn))))
    stripes = colorfilter(objects(striped, T, F, F), BLUE)
    bands = apply(lambda stripe: intersection(drawn, toindices(stripe)), stripes)
    full = argmax(bands, rightmost)
    moved = lambda band, step: shift(full, astuple(subtract(uppermost(band), uppermost(full)), step))
    drawn_part = lambda band: backdrop(insert(astuple(lowermost(band), ZERO), band))
    clashes = lambda band, step: only_one(intersection(moved(band, step), drawn_part(band)), band)
    last_clash = lambda band, step: rightmost(insert(astuple(ZERO, decrement(step)), clashes(band, step)))
    best_step = lambda band: argmin(interval(ZERO, width(I), ONE), lambda step: last_clash(band, step))
    rest = lambda band: sfilter(
        moved(band, best_step(band)), lambda cell: greater(last(cell), rightmost(band))
    )
    return fill(I, BLUE, mapply(rest, remove(full, bands)))


def solve_91413438(I):
    """As many copies of the grid as it has coloured cells fill, row by row, a board of as many tiles a side
    as it has empty cells.
    """
    side = colorcount(I, BLACK)
    count = subtract(multiply(height(I), width(I)), side)
    full_lines = divide(count, side)
    rest = subtract(count, multiply(side, full_lines))
    full = dmirror(merge(repeat(dmirror(I), side)))
    empty = canvas(BLACK, shape(full))
    started = hconcat(
        crop(full, ORIGIN, multiply(astuple(ONE, rest), shape(I))),
        crop(empty, ORIGIN, multiply(astuple(ONE, subtract(side, rest)), shape(I))),
    )
    line = lambda number: branch(
        equality(number, full_lines), started, branch(greater(full_lines, number), full, empty)
    )
    return mapply(line, interval(ZERO, side, ONE))


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
    common = mostcolor(I)
    lying = dmirror(I)
    blank = canvas(BLACK, shape(lying))
    return board_of_tiles(I, lambda value: branch(equality(value, common), lying, blank))


def solve_c3f564a4(I):
    """The colour of the patch that is largest in both directions hides parts of a repeating pattern of thin
    stripes, which is restored.
    """
    breadth = lambda patch: multiply(decrement(height(patch)), decrement(width(patch)))
    return periodic_restored(I, color(argmax(objects(I, T, F, F), breadth)))


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
    copies = mapply(lambda step: shift(drawing, astuple(step, step)), steps)
    return paint(canvas(mostcolor(I), double(shape(I))), copies)


def solve_d8c310e9(I):
    """A pattern rests on one edge, in stacks without gaps, and goes on along this edge at its period. Where two
    edges are possible it is the one along which it repeats itself, else the one with more room.
    """
    pattern = merge(fgpartition(I))
    places = toindices(pattern)
    gaps = delta(pattern)
    box_cells = asobject(subgrid(pattern, I))
    row_period = hperiod(box_cells)
    column_period = vperiod(box_cells)
    overhang = lambda direction: size(intersection(shift(places, direction), gaps))
    stacked = lambda one_way, other_way: equality(ZERO, multiply(overhang(one_way), overhang(other_way)))
    # A grid has room for 30 copies at most.
    rank = lambda is_stacked, repeats, copies: add(multiply(31, add(double(is_stacked), repeats)), copies)
    sideways_rank = rank(
        stacked(UP, DOWN), greater(width(pattern), row_period), divide(width(I), width(pattern))
    )
    upright_rank = rank(
        stacked(LEFT, RIGHT), greater(height(pattern), column_period), divide(height(I), height(pattern))
    )
    period = branch(greater(upright_rank, sideways_rank), toivec(column_period), tojvec(row_period))
    count = divide(maximum(shape(I)), maximum(period))
    copies = interval(invert(count), increment(count), ONE)
    return paint(I, mapply(lambda k: shift(pattern, multiply(period, k)), copies))


def solve_e21d9049(I):
    """The bars, one lying and one standing, are repeated end to end along their lines to the edges."""
    cells = merge(fgpartition(I))
    places = totuple(toindices(cells))
    in_row = sfilter(cells, lambda cell: equality(first(last(cell)), mostcommon(apply(first, places))))
    in_column = sfilter(cells, lambda cell: equality(last(last(cell)), mostcommon(apply(last, places))))
    alone = lambda line: paint(canvas(mostcolor(I), shape(I)), line)
    bar = lambda line: argmax(objects(alone(line), F, F, T), size)
    most = lambda length: multiply(length, divide(30, length))
    steps = lambda length: interval(invert(most(length)), increment(most(length)), length)
    row_steps = apply(tojvec, steps(width(bar(in_row))))
    column_steps = apply(toivec, steps(height(bar(in_column))))
    repeated = lambda piece, offsets: mapply(lambda offset: shift(piece, offset), offsets)
    lying = repeated(bar(in_row), row_steps)
    standing = repeated(bar(in_column), column_steps)
    return paint(paint(I, lying), standing)


def solve_eb281b96(I):
    """The grid swings down, up and down again: mirror images follow below each other, each sharing its first
    row.
    """
    without_first_row = lambda grid: crop(grid, DOWN, shape(grid))
    swing = vconcat(I, without_first_row(hmirror(I)))
    return vconcat(swing, without_first_row(swing))


def solve_f5b8619d(I):
    """Columns that hold a dot are filled with cyan behind it; the grid is then repeated twice each way."""
    dots = difference(asindices(I), ofcolor(I, mostcolor(I)))
    marked = fill(
        I,
        CYAN,
        intersection(
            ofcolor(I, mostcolor(I)), mapply(lambda column: vfrontier(tojvec(column)), apply(last, dots))
        ),
    )
    return covered_with(marked, double(shape(I)))


def solve_f8c80d96(I):
    """The nested outlines go on outwards at the same spacing to the grid's edges; the background, which the
    smallest patch, the hole in the innermost outline, belongs to, turns gray.
    """
    hull_size = lambda outline: multiply(height(outline), width(outline))
    parts = objects(I, T, F, F)
    background = color(argmin(parts, size))
    outlines = difference(parts, colorfilter(parts, background))
    outer = argmax(outlines, hull_size)
    enclosed = sfilter(outlines, lambda outline: contained(center(outline), delta(outer)))
    inner = argmax(remove(outer, enclosed), hull_size)
    upper_gap = subtract(ulcorner(inner), ulcorner(outer))
    lower_gap = subtract(lrcorner(outer), lrcorner(inner))
    row_gap = maximum(astuple(first(upper_gap), first(lower_gap)))
    column_gap = maximum(astuple(last(upper_gap), last(lower_gap)))
    gap = astuple(row_gap, column_gap)
    reach = lambda count: multiply(gap, count)
    far_corners = lambda count: insert(
        add(lrcorner(outer), reach(count)), initset(subtract(ulcorner(outer), reach(count)))
    )
    needed = divide(maximum(shape(I)), maximum(insert(minimum(gap), initset(ONE))))
    rings = mapply(lambda count: box(far_corners(count)), interval(ONE, increment(needed), ONE))
    return replace(fill(I, color(outer), rings), background, GRAY)


def solve_f9012d9b(I):
    """A periodic pattern has a black hole; the output is the part of the pattern that the hole hides."""
    return subgrid(ofcolor(I, BLACK), periodic_restored(I, BLACK))
