"""Pieces assembled into one."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_137eaa0f(I):
    """Every piece has a colour of its own, connected or not, and one cell of a common colour, the nearest; of
    two equally near, the one that no other piece is nearer to. The pieces are laid over one another with
    these cells matched.
    """
    colored = fgpartition(I)
    spread = lambda piece, core: add(height(insert(core, piece)), width(insert(core, piece)))
    nearness = lambda piece, core: spread(toindices(piece), core)
    pieces = lambda value: sfilter(colored, lambda piece: flip(equality(color(piece), value)))
    owner = lambda core: argmin(pieces(index(I, core)), lambda piece: nearness(piece, core))
    bonus = lambda piece, core: branch(equality(owner(core), piece), ONE, ZERO)
    rank = lambda piece, core: subtract(double(nearness(piece, core)), bonus(piece, core))
    core_of = lambda piece, value: argmin(ofcolor(I, value), lambda core: rank(piece, core))
    moved = lambda piece, value: shift(piece, invert(core_of(piece, value)))
    overlay = lambda value: insert(
        astuple(value, ORIGIN), mapply(lambda piece: moved(piece, value), pieces(value))
    )
    waste = lambda layers: subtract(double(size(backdrop(layers))), size(toindices(layers)))
    once_a_piece = lambda value: equality(colorcount(I, value), decrement(size(colored)))
    candidates = sfilter(palette(merge(colored)), once_a_piece)
    joined = normalize(overlay(argmin(candidates, compose(waste, overlay))))
    return paint(canvas(mostcolor(I), shape(joined)), joined)


def solve_228f6490(I):
    """The shape that fits a hole in a block exactly moves into it; of several, that of the rarer colour. The
    blocks have the colour that surrounds most such holes.
    """
    background = mostcolor(I)
    pieces = objects(I, T, F, F)
    regions = colorfilter(pieces, background)
    shapes = difference(pieces, regions)
    outline = lambda piece: toindices(normalize(piece))
    outlines = apply(outline, shapes)
    around = lambda region: difference(mapply(dneighbors, region), region)
    rim = lambda region: toobject(around(toindices(region)), I)
    is_hole = lambda region: both(equality(numcolors(rim(region)), ONE), flip(bordering(region, I)))
    all_holes = sfilter(sfilter(regions, lambda region: contained(outline(region), outlines)), is_hole)
    wall_color = mostcolor(mapply(rim, all_holes))
    holes = sfilter(all_holes, lambda hole: equality(color(rim(hole)), wall_color))
    fitting = lambda hole: sfilter(
        sizefilter(shapes, size(hole)), lambda piece: equality(outline(hole), outline(piece))
    )
    mover = lambda hole: argmin(fitting(hole), lambda piece: size(colorfilter(pieces, color(piece))))
    cleared = fill(I, background, mapply(mover, holes))
    return paint(cleared, mapply(lambda hole: recolor(color(mover(hole)), hole), holes))


def solve_234bbc79(I):
    """From left to right the pieces are joined end to end at their marks, which take the colour of their
    piece; the grid ends where the last piece does.
    """
    pieces = objects(I, F, T, T)
    holders = lambda value: sfilter(pieces, lambda piece: contained(value, palette(piece)))
    shared = sfilter(palette(I), lambda value: equality(size(holders(value)), size(pieces)))
    mark_color = argmin(shared, lambda value: colorcount(I, value))
    marks = lambda piece: toindices(sfilter(piece, matcher(first, mark_color)))
    body = lambda piece: sfilter(piece, lambda cell: flip(equality(first(cell), mark_color)))
    near = lambda piece, mark: sfilter(body(piece), lambda cell: contained(last(cell), neighbors(mark)))
    melted = lambda piece, mark: insert(
        astuple(mostcolor(near(piece, mark)), mark), remove(astuple(mark_color, mark), piece)
    )
    joined = lambda chain, piece, tail, head, offset: combine(
        melted(chain, tail), shift(melted(piece, head), offset)
    )
    attach = lambda chain, piece, rest, tail, head, offset: insert(
        joined(chain, piece, tail, head, offset), apply(lambda part: shift(part, offset), rest)
    )
    placed = lambda chain, piece, rest, tail, head: attach(
        chain, piece, rest, tail, head, subtract(add(tail, RIGHT), head)
    )
    ends = lambda chain, piece, rest: placed(
        chain, piece, rest, argmax(marks(chain), last), argmin(marks(piece), last)
    )
    next_in = lambda chain, rest: ends(chain, argmin(rest, leftmost), remove(argmin(rest, leftmost), rest))
    step = lambda parts: next_in(argmin(parts, leftmost), remove(argmin(parts, leftmost), parts))
    chain = merge(power(step, decrement(size(pieces)))(pieces))
    return paint(canvas(mostcolor(I), astuple(height(I), increment(rightmost(chain)))), chain)


def solve_4290ef0e(I):
    """Each colour is a square frame, partly hidden or beyond the edge. All frames are completed, as small as
    can be, to the full symmetry of a square and set one inside the other. At least half of a side shows.
    """
    parts = fgpartition(I)
    flips = lambda cells: insert(
        cells, insert(hmirror(cells), insert(vmirror(cells), initset(hmirror(vmirror(cells)))))
    )
    outline = lambda side: box(insert(ORIGIN, initset(decrement(astuple(side, side)))))
    off_frame = lambda cells, side: size(difference(cells, outline(side)))
    upright = lambda part, side: argmin(
        flips(normalize(toindices(part))), lambda cells: off_frame(cells, side)
    )
    below = lambda cells, side: combine(cells, shift(hmirror(cells), toivec(subtract(side, height(cells)))))
    beside = lambda cells, side: combine(cells, shift(vmirror(cells), tojvec(subtract(side, width(cells)))))
    completed = lambda cells, side: beside(below(combine(cells, dmirror(cells)), side), side)
    surplus = lambda cells, side: size(intersection(completed(cells, side), delta(cells)))
    misfit = lambda cells, side: add(off_frame(cells, side), surplus(cells, side))
    seen_side = compose(maximum, shape)
    sides = lambda part: interval(
        increment(double(halve(seen_side(part)))), add(TWO, double(seen_side(part))), TWO
    )
    side = lambda part: argmin(sides(part), lambda guess: misfit(upright(part, guess), guess))
    outer = valmax(parts, side)
    margin = lambda length: halve(subtract(outer, length))
    frame = lambda part, length: shift(
        completed(upright(part, length), length), astuple(margin(length), margin(length))
    )
    placed = lambda part: recolor(color(part), frame(part, side(part)))
    return paint(canvas(mostcolor(I), astuple(outer, outer)), mapply(placed, parts))


def solve_681b3aeb(I):
    """The two pieces are pushed together so that they fill a square."""
    pieces = fgpartition(I)
    large = argmax(pieces, size)
    small = other(pieces, large)
    cells = size(merge(pieces))
    side = extract(interval(ONE, height(I), ONE), lambda count: equality(multiply(count, count), cells))
    square_cells = asindices(canvas(ZERO, astuple(side, side)))
    rest = lambda offset: normalize(difference(square_cells, toindices(shift(normalize(large), offset))))
    offset = extract(square_cells, matcher(rest, normalize(toindices(small))))
    return paint(canvas(color(small), astuple(side, side)), shift(normalize(large), offset))


def solve_6a1e5592(I):
    """Each loose piece moves into the deepest notch of the wall that its end fits, and turns blue; the wall
    may stand on any side.
    """
    background = mostcolor(I)
    top_row = lambda grid: crop(grid, ORIGIN, astuple(ONE, width(grid)))
    wall_on_top = lambda grid: both(
        equality(numcolors(top_row(grid)), ONE), flip(equality(mostcolor(top_row(grid)), background))
    )
    quarters = extract(interval(ZERO, FOUR, ONE), lambda count: wall_on_top(turned(I, count)))
    grid = turned(I, quarters)
    wall = ofcolor(grid, index(grid, ORIGIN))
    loose = sfilter(objects(grid, T, F, T), lambda piece: flip(equality(color(piece), index(grid, ORIGIN))))
    pieces = apply(toindices, loose)
    marked = fill(canvas(BLACK, shape(grid)), BLUE, delta(wall))
    notches = apply(toindices, colorfilter(objects(marked, T, F, F), BLUE))
    end = lambda piece, notch: sfilter(
        piece, lambda cell: greater(add(uppermost(piece), height(notch)), first(cell))
    )
    fits = lambda piece, notch: equality(normalize(end(piece, notch)), normalize(notch))
    goal = lambda piece: argmax(sfilter(notches, lambda notch: fits(piece, notch)), size)
    offset = lambda piece, notch: subtract(ulcorner(notch), ulcorner(end(piece, notch)))
    placed = lambda piece: shift(piece, offset(piece, goal(piece)))
    cleared = fill(grid, background, merge(pieces))
    return turned_back(fill(cleared, BLUE, mapply(placed, pieces)), quarters)


def solve_80af3007(I):
    """Large blocks form a pattern; in the answer every block is replaced by a small copy of the pattern."""
    background = mostcolor(I)
    large = subgrid(first(fgpartition(I)), I)
    root = lambda number: extract(
        interval(ONE, increment(number), ONE), lambda side: equality(multiply(side, side), number)
    )
    across = root(width(large))
    down = root(height(large))
    pattern = downscale(vupscale(hupscale(large, down), across), multiply(down, across))
    return cellwise(large, covered_with(pattern, shape(large)), background)


def solve_846bdb03(I):
    """The two-coloured piece is put into the frame of four corners and two bars, mirrored if need be so that
    its colours meet their bars.
    """
    background = mostcolor(I)
    marks = corner_marks(I)
    frame = subgrid(marks, I)
    piece = subgrid(merge(fgpartition(fill(I, background, backdrop(marks)))), I)
    upright = branch(equality(index(frame, DOWN), background), dmirror, identity)
    standing = upright(frame)
    left_color = index(standing, DOWN)
    right_color = index(standing, astuple(ONE, decrement(width(standing))))
    loose = upright(piece)
    swapped = greater(leftmost(ofcolor(loose, left_color)), leftmost(ofcolor(loose, right_color)))
    fitting = branch(swapped, vmirror, identity)(loose)
    return upright(paint(standing, shift(asobject(fitting), UNITY)))


def solve_8a004b2b(I):
    """The small picture is enlarged to the size of the blocks inside the four corners and laid over them
    where it fits.
    """
    background = mostcolor(I)
    marks = corner_marks(I)
    frame = subgrid(marks, I)
    inside = fill(frame, background, corners(asindices(frame)))
    outside = fill(I, background, backdrop(marks))
    picture = normalize(merge(fgpartition(outside)))
    blocks = fgpartition(inside)
    block = argmin(blocks, size)
    cell_shape = shape(block)
    stretched = lambda cell: recolor(
        first(cell), shift(asindices(canvas(ZERO, cell_shape)), multiply(last(cell), cell_shape))
    )
    enlarged = mapply(stretched, picture)
    anchors = apply(
        lambda cell: subtract(ulcorner(block), multiply(last(cell), cell_shape)),
        sfilter(picture, matcher(first, color(block))),
    )
    misfit = lambda anchor: size(difference(merge(blocks), shift(enlarged, anchor)))
    return paint(frame, shift(enlarged, argmin(anchors, misfit)))


def solve_8e1813be(I):
    """The stripes, without the square that hides some of them and without the gaps, in their order in a
    square that is as wide as they are many.
    """
    stripes = sfilter(fgpartition(I), lambda part: equality(minimum(shape(part)), ONE))
    lying = equality(height(argmax(stripes, size)), ONE)
    place = branch(lying, uppermost, leftmost)
    count = size(stripes)
    rows = apply(lambda stripe: repeat(color(stripe), count), order(stripes, place))
    return branch(lying, identity, dmirror)(rows)


def solve_97a05b5b(I):
    """The sheet is cut out and the small pieces, turned as needed and mirrored where no turn fits, are laid on
    it where their sheet-coloured cells fill a hole; where two overlap the larger wins.
    """
    background = mostcolor(I)
    areas = objects(I, F, F, T)
    sheet_color = mostcolor(argmax(areas, size))
    sheet = subgrid(merge(sfilter(areas, lambda area: equality(palette(area), initset(sheet_color)))), I)
    with_half_turn = lambda piece: insert(piece, initset(rot180(piece)))
    with_turns = lambda piece: combine(with_half_turn(piece), with_half_turn(rot90(piece)))
    is_plug = lambda piece: both(greater(numcolors(piece), ONE), contained(sheet_color, palette(piece)))
    pieces = apply(lambda piece: subgrid(piece, I), sfilter(areas, is_plug))
    room = lambda view: paint(
        canvas(sheet_color, shape(view)), recolor(background, ofcolor(view, sheet_color))
    )
    laid = lambda view: apply(
        lambda place: shift(asobject(view), place), occurrences(sheet, asobject(room(view)))
    )
    turned_and_laid = lambda piece: mapply(laid, with_turns(piece))
    fits_turned = lambda piece: positive(size(turned_and_laid(piece)))
    laid_best = lambda piece: turned_and_laid(branch(fits_turned(piece), identity, vmirror)(piece))
    fillings = mapply(laid_best, pieces)
    plug = lambda filling: toindices(sfilter(filling, matcher(first, sheet_color)))
    plugs = apply(plug, fillings)
    larger = lambda loser: sfilter(plugs, lambda rival: greater(size(rival), size(loser)))
    overlap = lambda rival, loser: positive(size(intersection(rival, loser)))
    is_beaten = lambda loser: positive(size(sfilter(larger(loser), lambda rival: overlap(rival, loser))))
    return paint(sheet, merge(sfilter(fillings, compose(flip, compose(is_beaten, plug)))))


def solve_a61ba2ce(I):
    """Four corner pieces close up to a rectangular frame, each at the corner it is made for."""
    pieces = objects(I, T, F, T)
    lacking = lambda corner: extract(pieces, lambda piece: flip(contained(corner(piece), toindices(piece))))
    top_left = lacking(lrcorner)
    frame_shape = astuple(
        add(height(top_left), height(lacking(urcorner))), add(width(top_left), width(lacking(llcorner)))
    )
    frame = canvas(mostcolor(I), frame_shape)
    inside = asindices(frame)
    set_at = lambda corner, opposite: shift(
        lacking(opposite), subtract(corner(inside), corner(lacking(opposite)))
    )
    upper = combine(set_at(ulcorner, lrcorner), set_at(urcorner, llcorner))
    lower = combine(set_at(llcorner, urcorner), set_at(lrcorner, ulcorner))
    return paint(frame, combine(upper, lower))


def solve_a8c38be5(I):
    """Eight pieces of one ground colour are joined to a frame. Coloured angles belong to its corners;
    between them, on each side, comes a coloured bar with a tooth that points inwards.
    """
    pieces = merge(fgpartition(I))
    ground = mostcolor(pieces)
    colored = objects(replace(I, ground, mostcolor(I)), T, F, T)
    lacking = lambda part: difference(corners(part), toindices(part))
    angle = lambda corner: extract(colored, lambda part: equality(lacking(part), initset(corner(part))))
    bar = lambda corner, end: extract(
        colored, lambda part: equality(lacking(part), insert(corner(part), initset(end(part))))
    )
    top_left = angle(lrcorner)
    top_right = angle(llcorner)
    bottom_left = angle(urcorner)
    left = bar(urcorner, lrcorner)
    top = bar(llcorner, lrcorner)
    frame_shape = astuple(
        add(add(height(top_left), height(left)), add(height(bottom_left), TWO)),
        add(add(width(top_left), width(top)), add(width(top_right), TWO)),
    )
    frame = canvas(ground, frame_shape)
    aligned = lambda part, corner: shift(part, subtract(corner(asindices(frame)), corner(part)))
    in_corners = combine(
        combine(aligned(top_left, ulcorner), aligned(top_right, urcorner)),
        combine(aligned(bottom_left, llcorner), aligned(angle(ulcorner), lrcorner)),
    )
    upper = shift(aligned(top, ulcorner), tojvec(increment(width(top_left))))
    lower = shift(aligned(bar(ulcorner, urcorner), llcorner), tojvec(increment(width(bottom_left))))
    leftmost_bar = shift(aligned(left, ulcorner), toivec(increment(height(top_left))))
    right = shift(aligned(bar(ulcorner, llcorner), urcorner), toivec(increment(height(top_right))))
    return paint(frame, combine(in_corners, combine(combine(upper, lower), combine(leftmost_bar, right))))


def solve_b190f7f5(I):
    """One half shows a pattern in one colour, the other cells of several colours; the answer has for every
    coloured cell a copy of the pattern in its colour at the cell's place.
    """
    halves = drawn_halves(I)
    pattern = argmin(halves, numcolors)
    cells = other(halves, pattern)
    background = halves_background(I)
    ink = other(palette(pattern), background)
    lying = dmirror(pattern)
    return board_of_tiles(cells, lambda value: replace(lying, ink, value))


def solve_bc1d5164(I):
    """The four corner parts, as high as the upper half with the middle row and as wide as half the grid
    without its middle column, are laid over each other; the background shows in the grid's centre.
    """
    part_shape = astuple(halve(increment(height(I))), halve(decrement(width(I))))
    inner_corner = subtract(shape(I), part_shape)
    background = index(I, halve(shape(I)))
    colored = other(palette(I), background)
    marks = lambda corner: ofcolor(crop(I, corner, part_shape), colored)
    left_marks = combine(marks(ORIGIN), marks(toivec(first(inner_corner))))
    right_marks = combine(marks(tojvec(last(inner_corner))), marks(inner_corner))
    return fill(canvas(background, part_shape), colored, combine(left_marks, right_marks))


def solve_c8cbb738(I):
    """The patterns of the different colours together form the frame of the smallest grid that holds each;
    each is placed so that all its cells lie on that frame, as near the centre as it can.
    """
    patterns = fgpartition(I)
    dimensions = astuple(valmax(patterns, height), valmax(patterns, width))
    frame = box(asindices(canvas(ZERO, dimensions)))
    slack = lambda pattern: subtract(dimensions, shape(pattern))
    offsets = lambda pattern: asindices(canvas(ZERO, increment(slack(pattern))))
    placed = lambda pattern, offset: shift(normalize(pattern), offset)
    fits = lambda pattern: (
        lambda offset: equality(size(difference(toindices(placed(pattern, offset)), frame)), ZERO)
    )
    unevenness = lambda pattern: (
        lambda offset: maximum(
            multiply(subtract(double(offset), slack(pattern)), sign(subtract(double(offset), slack(pattern))))
        )
    )
    best = lambda pattern: argmin(sfilter(offsets(pattern), fits(pattern)), unevenness(pattern))
    drawn = mapply(lambda pattern: placed(pattern, best(pattern)), patterns)
    return paint(canvas(mostcolor(I), dimensions), drawn)


def solve_cce03e0d(I):
    """The answer has a copy of the grid at the place of every red cell, and is black elsewhere."""
    lying = dmirror(I)
    blank = canvas(BLACK, shape(lying))
    return board_of_tiles(I, lambda value: branch(equality(value, RED), lying, blank))


def solve_e3497940(I):
    """The right half is folded over onto the left half along the line in the middle."""
    background = mostcolor(I)
    folded = sfilter(asobject(vmirror(righthalf(I))), lambda cell: flip(equality(first(cell), background)))
    return paint(lefthalf(I), folded)
