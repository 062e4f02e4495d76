"""Pieces assembled into one."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_137eaa0f(I):
    """Every piece has one cell of a common colour; the pieces are laid over one another with these cells
    matched.
    """
    pieces = objects(I, F, T, T)
    once = lambda value: sfilter(pieces, lambda piece: equality(colorcount(piece, value), ONE))
    core_color = argmax(remove(mostcolor(I), palette(I)), compose(size, once))
    core = lambda piece: first(toindices(sfilter(piece, matcher(first, core_color))))
    joined = normalize(mapply(lambda piece: shift(piece, invert(core(piece))), pieces))
    return paint(canvas(mostcolor(I), shape(joined)), joined)


def solve_228f6490(I):
    """The shape that fits a hole exactly moves into it; of several, the one with the rarer colour."""
    background = mostcolor(I)
    pieces = objects(I, T, F, F)
    regions = colorfilter(pieces, background)
    around = lambda region: toobject(difference(mapply(dneighbors, toindices(region)), toindices(region)), I)
    outline = lambda piece: toindices(normalize(piece))
    fitting = lambda hole: sfilter(
        difference(pieces, regions), lambda piece: equality(outline(hole), outline(piece))
    )
    holes = sfilter(
        regions, lambda hole: both(equality(numcolors(around(hole)), ONE), positive(size(fitting(hole))))
    )
    mover = lambda hole: argmin(fitting(hole), lambda piece: size(colorfilter(pieces, color(piece))))
    cleared = fill(I, background, mapply(mover, holes))
    return paint(cleared, mapply(lambda hole: recolor(color(mover(hole)), hole), holes))


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
    """The stripes, without the gray square and the gaps, in their order in a square that is as wide as they
    are many.
    """
    stripes = sfilter(fgpartition(I), lambda part: flip(equality(color(part), GRAY)))
    lying = hline(argmax(stripes, size))
    place = branch(lying, uppermost, leftmost)
    count = size(stripes)
    rows = apply(lambda stripe: repeat(color(stripe), count), order(stripes, place))
    return branch(lying, identity, dmirror)(rows)


def solve_97a05b5b(I):
    """The sheet is cut out and the small pieces, turned as needed, are laid on it where their sheet-coloured
    cells fill a hole; where two overlap the larger wins.
    """
    background = mostcolor(I)
    sheet_area = argmax(objects(I, F, F, T), size)
    sheet_color = mostcolor(sheet_area)
    sheet = subgrid(sheet_area, I)
    with_half_turn = lambda piece: insert(piece, initset(rot180(piece)))
    with_turns = lambda piece: combine(with_half_turn(piece), with_half_turn(rot90(piece)))
    pieces = remove(sheet_area, objects(I, F, F, T))
    views = mapply(lambda piece: with_turns(subgrid(piece, I)), pieces)
    room = lambda view: paint(
        canvas(sheet_color, shape(view)), recolor(background, ofcolor(view, sheet_color))
    )
    laid = lambda view: apply(
        lambda place: shift(asobject(view), place), occurrences(sheet, asobject(room(view)))
    )
    fillings = mapply(laid, views)
    plug = lambda filling: toindices(sfilter(filling, matcher(first, sheet_color)))
    beats = lambda rival, filling: both(
        greater(size(plug(rival)), size(plug(filling))),
        positive(size(intersection(plug(rival), plug(filling)))),
    )
    beaten = lambda filling: positive(size(sfilter(fillings, lambda rival: beats(rival, filling))))
    return paint(sheet, merge(sfilter(fillings, compose(flip, beaten))))


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


def solve_b190f7f5(I):
    """One half shows a pattern in one colour, the other cells of several colours; the answer has for every
    coloured cell a copy of the pattern in its colour at the cell's place.
    """
    halves = drawn_halves(I)
    pattern = argmin(halves, numcolors)
    cells = other(halves, pattern)
    background = halves_background(I)
    drawn = lambda half: sfilter(asobject(half), lambda cell: flip(equality(first(cell), background)))
    copy_for = lambda cell: recolor(first(cell), shift(drawn(pattern), multiply(last(cell), shape(pattern))))
    return paint(canvas(background, multiply(shape(pattern), shape(cells))), mapply(copy_for, drawn(cells)))


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


def solve_cce03e0d(I):
    """The answer has a copy of the grid at the place of every red cell, and is black elsewhere."""
    copies = mapply(lambda place: shift(asobject(I), multiply(place, shape(I))), ofcolor(I, RED))
    return paint(canvas(BLACK, multiply(shape(I), shape(I))), copies)


def solve_e3497940(I):
    """The right half is folded over onto the left half along the line in the middle."""
    background = mostcolor(I)
    folded = sfilter(asobject(vmirror(righthalf(I))), lambda cell: flip(equality(first(cell), background)))
    return paint(lefthalf(I), folded)
