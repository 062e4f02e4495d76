"""One part of the grid, picked by a property."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0b148d64(I):
    """Of four speckled blocks, the one of another colour is cut out."""
    return subgrid(argmin(partition(I), compose(size, backdrop)), I)


def solve_1c786137(I):
    """The inside of the largest frame of one colour is cut out."""
    frame = argmax(sfilter(objects(I, T, F, F), is_frame), size)
    return trim(subgrid(frame, I))


def solve_1cf80156(I):
    """The drawing is cut out of the empty grid."""
    return subgrid(merge(fgpartition(I)), I)


def solve_1f85a75f(I):
    """Cut out the largest connected shape from among the scattered specks."""
    return subgrid(argmax(objects(I, T, T, T), size), I)


def solve_23b5c85d(I):
    """The smallest rectangle, counted with what others hide of it, is cut out."""
    return subgrid(argmin(partition(I), compose(size, backdrop)), I)


def solve_28bf18c6(I):
    """The one object is cut out and put twice side by side."""
    cutout = subgrid(merge(fgpartition(I)), I)
    return hconcat(cutout, cutout)


def solve_2dee498d(I):
    """The grid is three equal parts side by side; the answer is one of them."""
    return first(hsplit(I, THREE))


def solve_3de23699(I):
    """Four dots mark the corners of a frame; the picture inside the frame is cut out in the dots' colour."""
    by_color = fgpartition(I)
    is_frame = lambda part: both(equality(size(part), FOUR), equality(toindices(part), corners(part)))
    frame = extract(by_color, is_frame)
    picture = merge(remove(frame, by_color))
    return trim(subgrid(frame, fill(I, color(frame), picture)))


def solve_3f7978a0(I):
    """Among specks, two parallel lines of another colour with a speck at each end; the answer is the
    rectangle that the four end specks span.
    """
    upright = lambda patch: combine(
        connect(ulcorner(patch), llcorner(patch)), connect(urcorner(patch), lrcorner(patch))
    )
    level = lambda patch: combine(
        connect(ulcorner(patch), urcorner(patch)), connect(llcorner(patch), lrcorner(patch))
    )
    by_color = apply(toindices, fgpartition(I))
    lines = extract(by_color, lambda patch: contained(patch, insert(level(patch), initset(upright(patch)))))
    direction = branch(equality(lines, upright(lines)), DOWN, RIGHT)
    return subgrid(combine(shift(lines, direction), shift(lines, invert(direction))), I)


def solve_48d8fb45(I):
    """The shape that a single odd cell touches or interrupts is cut out, without that cell."""
    background = mostcolor(I)
    pieces = objects(I, T, T, T)
    around = lambda mark: sfilter(
        toobject(neighbors(mark), I), lambda cell: flip(equality(first(cell), background))
    )
    touched = lambda mark: sfilter(
        colorfilter(pieces, mostcolor(around(mark))),
        lambda piece: positive(size(intersection(toindices(piece), neighbors(mark)))),
    )
    shape_at = lambda mark: merge(touched(mark))
    loose = mapply(toindices, sizefilter(pieces, ONE))
    touching = sfilter(loose, lambda mark: positive(size(around(mark))))
    mark = argmax(touching, compose(size, shape_at))
    return subgrid(shape_at(mark), fill(I, background, initset(mark)))


def solve_4be741c5(I):
    """Uneven bands of colour; the answer names their colours in order, in one row or one column as the bands
    lie.
    """
    across = dedupe(first(I))
    down = dedupe(first(dmirror(I)))
    side_by_side = greater(size(across), size(down))
    return branch(side_by_side, identity, dmirror)(repeat(branch(side_by_side, across, down), ONE))


def solve_5117e062(I):
    """The object that holds one cell of a foreign colour is cut out, with that cell in the object's own
    colour.
    """
    marked = argmax(objects(I, F, T, T), numcolors)
    return replace(subgrid(marked, I), leastcolor(marked), mostcolor(marked))


def solve_5bd6f4ac(I):
    """The 3x3 part in the upper right corner."""
    return crop(I, tojvec(subtract(width(I), THREE)), THREE_BY_THREE)


def solve_7468f01a(I):
    """The rectangle is cut out and mirrored left to right."""
    return vmirror(subgrid(argmax(objects(I, F, T, T), size), I))


def solve_7b7f7511(I):
    """The grid shows the same thing twice, one beside or below the other; keep one."""
    return branch(equality(tophalf(I), bottomhalf(I)), tophalf, lefthalf)(I)


def solve_8731374e(I):
    """The large plain rectangle is cut out of the noise; every odd cell in it draws its row and column."""
    largest = toindices(argmax(objects(I, T, F, F), size))
    drawn = fill(canvas(BLACK, shape(I)), RED, largest)
    row_cells = lambda row: colorcount(crop(drawn, toivec(row), astuple(ONE, width(I))), RED)
    column_cells = lambda column: colorcount(crop(drawn, tojvec(column), astuple(height(I), ONE)), RED)
    dense = lambda numbers, count: (
        lambda most: sfilter(numbers, lambda number: greater(double(count(number)), most))
    )(valmax(numbers, count))
    rows = dense(apply(first, largest), row_cells)
    columns = dense(apply(last, largest), column_cells)
    plate = crop(I, astuple(minimum(rows), minimum(columns)), astuple(size(rows), size(columns)))
    odd_color = leastcolor(plate)
    lines = lambda place: combine(hfrontier(place), vfrontier(place))
    return fill(plate, odd_color, mapply(lines, ofcolor(plate, odd_color)))


def solve_8efcae92(I):
    """The rectangle with the most dots is cut out; the background is the colour without which only full
    rectangles are left.
    """
    others = lambda value: fill(canvas(ONE, shape(I)), ZERO, ofcolor(I, value))
    parts_without = lambda value: colorfilter(objects(others(value), T, F, F), ONE)
    is_full = lambda part: equality(size(part), size(backdrop(part)))
    uneven = lambda value: mfilter(parts_without(value), compose(flip, is_full))
    background = argmin(palette(I), compose(size, uneven))
    dot_color = argmin(remove(background, palette(I)), lambda value: colorcount(I, value))
    dots = ofcolor(I, dot_color)
    dot_count = lambda rectangle: size(intersection(toindices(rectangle), dots))
    return subgrid(argmax(parts_without(background), dot_count), I)


def solve_90c28cc7(I):
    """The patchwork of coloured rectangles on black shrinks to one cell per rectangle: neighbouring equal
    rows and columns are merged.
    """
    patchwork = subgrid(difference(asindices(I), ofcolor(I, BLACK)), I)
    return dmirror(merge_equal_rows(dmirror(merge_equal_rows(patchwork))))


def solve_a740d043(I):
    """The part of the grid that holds everything but background, with black for the background."""
    return replace(subgrid(merge(fgpartition(I)), I), mostcolor(I), BLACK)


def solve_ae4f1146(I):
    """The block with the most blue cells is cut out."""
    blocks = objects(I, F, F, T)
    return subgrid(argmax(blocks, lambda block: colorcount(block, BLUE)), I)


def solve_b94a9452(I):
    """Crop the two-coloured block off its background and swap its two colours."""
    background = argmax(partition(I), lambda part: size(backdrop(part)))
    block = subgrid(difference(asindices(I), toindices(background)), I)
    colors = palette(block)
    return switch(block, first(colors), last(colors))


def solve_b9b7f026(I):
    """The answer is one cell in the colour of the only rectangle that has a hole."""
    pieces = objects(I, T, F, F)
    closed_rim = lambda piece: equality(size(difference(box(piece), toindices(piece))), ZERO)
    hollow = sfilter(pieces, lambda piece: both(positive(size(delta(piece))), closed_rim(piece)))
    return canvas(color(argmin(hollow, size)), UNITY)


def solve_be94b721(I):
    """Cut out the largest shape, without the others that reach into its box."""
    largest = argmax(objects(I, T, F, T), size)
    return paint(canvas(mostcolor(I), shape(largest)), normalize(largest))


def solve_c909285e(I):
    """The part in the frame whose colour occurs nowhere else is cut out."""
    return subgrid(extract(partition(I), is_frame), I)


def solve_d10ecb37(I):
    """The 2x2 part in the upper left corner."""
    return crop(I, ORIGIN, TWO_BY_TWO)


def solve_d23f8c26(I):
    """Only the middle column is kept."""
    middle = toobject(vfrontier(halve(shape(I))), I)
    return paint(canvas(mostcolor(I), shape(I)), middle)


def solve_e50d258f(I):
    """The patch with the most red cells is the output."""
    edge_color = mostcolor(toobject(box(asindices(I)), I))
    framed = paint(canvas(edge_color, double(shape(I))), asobject(I))
    return subgrid(argmax(objects(framed, F, F, T), lambda patch: colorcount(patch, RED)), I)


def solve_fcb5c309(I):
    """Cut out the frame with the most dots inside; it takes the colour of the dots."""
    frames = sfilter(objects(I, T, F, T), lambda thing: equality(toindices(thing), box(thing)))
    closed = sfilter(frames, lambda thing: positive(size(delta(thing))))
    frame_color = color(first(closed))
    dot_color = color(extract(fgpartition(I), lambda part: flip(equality(color(part), frame_color))))
    chosen = argmax(closed, lambda frame: size(intersection(delta(frame), ofcolor(I, dot_color))))
    return replace(subgrid(chosen, I), frame_color, dot_color)
