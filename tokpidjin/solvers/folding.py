"""Pieces assembled into one."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


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


def solve_846bdb03(I):
    """The two-coloured piece is put into the frame of four corners and two bars, mirrored if need be so that
    its colours meet their bars.
    """
    background = mostcolor(I)
    corner_marks = argmax(
        sfilter(fgpartition(I), fork(equality, toindices, corners)), compose(size, backdrop)
    )
    frame = subgrid(corner_marks, I)
    piece = subgrid(merge(fgpartition(fill(I, background, backdrop(corner_marks)))), I)
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
    corner_marks = argmax(
        sfilter(fgpartition(I), fork(equality, toindices, corners)), compose(size, backdrop)
    )
    frame = subgrid(corner_marks, I)
    inside = fill(frame, background, corners(asindices(frame)))
    outside = fill(I, background, backdrop(corner_marks))
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


def solve_e3497940(I):
    """The right half is folded over onto the left half along the line in the middle."""
    background = mostcolor(I)
    folded = sfilter(asobject(vmirror(righthalf(I))), lambda cell: flip(equality(first(cell), background)))
    return paint(lefthalf(I), folded)
