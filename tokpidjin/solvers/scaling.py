"""Enlarged and reduced pictures."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_4522001f(I):
    """Each 2x2 block with a marked corner becomes two 4x4 squares on the diagonal through the mark, on a
    canvas of three times the size; places are counted from the grid corner that the mark points away
    from.
    """
    marks = ofcolor(I, leastcolor(I))
    mark = first(marks)
    block_color = other(remove(mostcolor(I), palette(I)), leastcolor(I))
    continues = lambda direction: equality(index(I, add(mark, direction)), block_color)
    turn_rows = branch(continues(DOWN), hmirror, identity)
    turn_columns = branch(continues(RIGHT), vmirror, identity)
    turn = compose(turn_rows, turn_columns)
    block_corners = shift(ofcolor(turn(I), leastcolor(I)), NEG_UNITY)
    big_square = asindices(canvas(ZERO, (4, 4)))
    two_squares = lambda corner: combine(shift(big_square, corner), shift(big_square, add(corner, FOUR)))
    blank = canvas(mostcolor(I), multiply(shape(I), THREE))
    return turn(fill(blank, block_color, mapply(two_squares, block_corners)))


def solve_469497ad(I):
    """Two sides form a colourful rim, inside it lies a block on a background, away from the rim. The grid is
    enlarged by the number of colours besides the background; red diagonals leave the block's corners and
    end at the rim or the grid's edge.
    """
    factor = decrement(numcolors(I))
    rim = lambda corner: combine(hfrontier(corner), vfrontier(corner))
    inner = lambda corner: toobject(difference(asindices(I), rim(corner)), I)
    rim_colors = lambda corner: palette(toobject(rim(corner), I))
    colors_apart = lambda corner: equality(
        size(intersection(rim_colors(corner), palette(inner(corner)))), ZERO
    )
    is_rim = lambda corner: both(equality(numcolors(inner(corner)), TWO), colors_apart(corner))
    rim_corner = extract(corners(asindices(I)), is_rim)
    inner_corner = extract(ineighbors(rim_corner), lambda place: contained(place, asindices(I)))
    ground = sfilter(inner(rim_corner), lambda cell: equality(first(cell), index(I, inner_corner)))
    block = difference(inner(rim_corner), ground)
    enlarged = lambda patch: ofcolor(upscale(fill(canvas(ZERO, shape(I)), ONE, patch), factor), ONE)
    block_corners = corners(enlarged(block))
    block_sum = add(ulcorner(block_corners), lrcorner(block_corners))
    ray = lambda corner: shoot(corner, sign(subtract(double(corner), block_sum)))
    return fill(upscale(I, factor), RED, intersection(mapply(ray, block_corners), enlarged(ground)))


def solve_46f33fce(I):
    """The dots, which stand on every other row and column, become blocks of four by four."""
    dots = rot180(downscale(rot180(I), TWO))
    return upscale(dots, FOUR)


def solve_5614dbcf(I):
    """Each 3x3 block of the grid becomes one cell of the block's main colour; gray is noise and does not
    count.
    """
    block = lambda cell: asobject(crop(I, multiply(cell, THREE), THREE_BY_THREE))
    main_color = lambda cell: mostcolor(sfilter(block(cell), lambda c: flip(equality(first(c), GRAY))))
    small = downscale(I, THREE)
    return paint(small, apply(lambda cell: astuple(main_color(cell), cell), asindices(small)))


def solve_5ad4f10b(I):
    """The picture of square blocks, which has no lone cells as the specks have, is reduced to one cell a block
    and drawn in the colour of the specks.
    """
    speck_color = color(argmin(objects(I, T, T, F), size))
    layers = sfilter(partition(I), lambda layer: flip(equality(color(layer), speck_color)))
    picture = argmin(layers, compose(size, backdrop))
    ground_color = color(other(layers, picture))
    drawn = fill(canvas(ZERO, shape(picture)), ONE, normalize(picture))
    is_block_size = lambda step: equality(upscale(downscale(drawn, step), step), drawn)
    small = downscale(drawn, extract(interval(30, ZERO, NEG_ONE), is_block_size))
    return fill(canvas(ground_color, shape(small)), speck_color, ofcolor(small, ONE))


def solve_6b9890af(I):
    """The small shape is enlarged until it fills the inside of the box, which is cut out."""
    by_color = fgpartition(I)
    box_object = argmax(by_color, lambda part: size(backdrop(part)))
    small_shape = difference(merge(by_color), box_object)
    factor = divide(subtract(width(box_object), TWO), width(small_shape))
    return paint(subgrid(box_object, I), shift(upscale(normalize(small_shape), factor), UNITY))


def solve_6ecd11f4(I):
    """The large one-coloured shape is a magnified mask for the small colourful tile: tile cells where the
    mask is empty become background.
    """
    background = mostcolor(I)
    mask = argmax(objects(I, T, T, T), size)
    drawn = merge(fgpartition(I))
    tile = subgrid(difference(drawn, mask), I)
    magnification = divide(shape(mask), shape(tile))
    spot = lambda cell: add(ulcorner(mask), multiply(cell, magnification))
    masked_out = sfilter(asindices(tile), lambda cell: flip(contained(spot(cell), toindices(mask))))
    return fill(tile, background, masked_out)


def solve_746b3537(I):
    """Stripes of one colour shrink to a width of one cell: neighbouring equal rows and columns are merged."""
    return dmirror(merge_equal_rows(dmirror(merge_equal_rows(I))))


def solve_780d0b14(I):
    """Lines divide the grid into speckled blocks; each block becomes one cell of its own colour."""
    lines = frontiers(I)
    line_color = color(first(lines))
    blocks = colorfilter(objects(fill(canvas(BLACK, shape(I)), BLUE, merge(lines)), T, F, F), BLACK)
    own_color = lambda block: first(remove(line_color, palette(toobject(block, I))))
    solid = paint(I, mapply(lambda block: recolor(own_color(block), block), blocks))
    flat = merge_equal_rows(solid)
    return downscale(dmirror(merge_equal_rows(dmirror(flat))), TWO)


def solve_9172f3a0(I):
    """The grid at three times its size."""
    return upscale(I, THREE)


def solve_9f236235(I):
    """Every room between the lines becomes one cell, and the result is mirrored left to right."""
    pitch = room_pitch(I, frontiers(I))
    rows = interval(ZERO, height(I), first(pitch))
    columns = interval(ZERO, width(I), last(pitch))
    return vmirror(apply(lambda row: apply(lambda column: index(I, astuple(row, column)), columns), rows))


def solve_ac0a08a4(I):
    """The grid is enlarged by the number of its colours beside the background."""
    return upscale(I, decrement(numcolors(I)))


def solve_b91ae062(I):
    """The grid is enlarged by one less than the number of its colours."""
    return upscale(I, decrement(numcolors(I)))


def solve_c59eb873(I):
    """The grid is enlarged to twice its size."""
    return upscale(I, TWO)


def solve_ce602527(I):
    """One shape is shown again at twice its size, cut off by the grid's edges; the small original is the
    answer.
    """
    by_color = fgpartition(I)
    enlarged = toindices(argmax(by_color, size))
    double_size = lambda part: toindices(upscale(part, TWO))
    offset = lambda part, corner: subtract(corner(enlarged), corner(double_size(part)))
    seen_at = lambda part, corner: shift(double_size(part), offset(part, corner))
    fits = lambda part, corner: equality(intersection(seen_at(part, corner), asindices(I)), enlarged)
    fits_left = lambda part: either(fits(part, ulcorner), fits(part, llcorner))
    fits_right = lambda part: either(fits(part, urcorner), fits(part, lrcorner))
    original = extract(by_color, lambda part: either(fits_left(part), fits_right(part)))
    return paint(canvas(mostcolor(I), shape(original)), normalize(original))


def solve_eb5a1d5d(I):
    """Nested rectangles are drawn as small as possible: concentric squares with every ring one cell wide."""
    corner = dmirror(dedupe(dmirror(dedupe(I))))
    side = decrement(height(corner))
    upper = hconcat(corner, vmirror(crop(corner, ORIGIN, astuple(increment(side), side))))
    return vconcat(upper, hmirror(crop(upper, ORIGIN, astuple(side, width(upper)))))


def solve_f25fbde4(I):
    """The drawing is cut out and shown twice as large."""
    return upscale(subgrid(merge(fgpartition(I)), I), TWO)
