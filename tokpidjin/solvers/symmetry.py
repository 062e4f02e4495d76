"""Symmetric pictures: completed, repaired or judged."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_11852cab(I):
    """Around a centre lie diagonal neighbours and, two steps away, four corners and four sides; each of
    these groups has one colour and is completed with it.
    """
    background = mostcolor(I)
    marks = difference(asindices(I), ofcolor(I, background))
    frame = lambda place: outbox(outbox(initset(place)))
    sides = lambda place: intersection(frame(place), combine(hfrontier(place), vfrontier(place)))
    groups = lambda place: insert(ineighbors(place), insert(corners(frame(place)), initset(sides(place))))
    colors = lambda group: remove(background, palette(toobject(group, I)))
    orderly = lambda place: equality(valmax(groups(place), compose(size, colors)), ONE)
    window = lambda place: intersection(backdrop(outbox(frame(place))), marks)
    spread = lambda place: both(
        equality(backdrop(window(place)), backdrop(frame(place))),
        equality(size(difference(remove(place, window(place)), merge(groups(place)))), ZERO),
    )
    isolated = difference(marks, mapply(lambda step: shift(marks, step), dneighbors(ORIGIN)))
    centers = sfilter(sfilter(isolated, spread), orderly)
    lacking = lambda group: both(
        positive(size(intersection(group, marks))), positive(size(difference(group, marks)))
    )
    unfinished = sfilter(centers, lambda place: positive(size(sfilter(groups(place), lacking))))
    taken = mapply(compose(backdrop, frame), difference(centers, unfinished))
    free = lambda place: equality(size(intersection(backdrop(frame(place)), taken)), ZERO)
    colored = lambda group: mapply(lambda value: recolor(value, group), colors(group))
    return paint(I, mapply(lambda place: mapply(colored, groups(place)), sfilter(unfinished, free)))


def solve_1b60fb0c(I):
    """A pattern that looks the same after each quarter turn lacks a part, which is completed in red."""
    background = mostcolor(I)
    shape_cells = difference(asindices(I), ofcolor(I, background))
    side = maximum(shape(shape_cells))
    quarter = lambda patch, center_sum: apply(
        lambda cell: astuple(
            halve(add(subtract(first(center_sum), last(center_sum)), double(last(cell)))),
            halve(subtract(add(first(center_sum), last(center_sum)), double(first(cell)))),
        ),
        patch,
    )
    from_corner = lambda corner: decrement(add(double(corner), side))
    center_sums = insert(
        from_corner(ulcorner(shape_cells)),
        initset(from_corner(increment(subtract(lrcorner(shape_cells), side)))),
    )
    overlap = lambda center_sum: size(intersection(shape_cells, quarter(shape_cells, center_sum)))
    best = argmax(center_sums, overlap)
    turn = lambda patch: combine(patch, quarter(patch, best))
    return fill(I, RED, difference(turn(turn(turn(shape_cells))), shape_cells))


def solve_2013d3e2(I):
    """Of the symmetric figure, only the upper left quarter is shown."""
    return lefthalf(tophalf(subgrid(merge(fgpartition(I)), I)))


def solve_2bcee788(I):
    """Marks along one side of a shape tell where its mirror image goes; the background turns green."""
    marks = ofcolor(I, leastcolor(I))
    drawing = difference(merge(fgpartition(I)), recolor(leastcolor(I), marks))
    on_right = greater(leftmost(marks), rightmost(drawing))
    on_left = greater(leftmost(drawing), rightmost(marks))
    below = greater(uppermost(marks), lowermost(drawing))
    sideways = branch(on_right, RIGHT, LEFT)
    upright = branch(below, DOWN, UP)
    mirror = branch(either(on_right, on_left), vmirror, hmirror)
    direction = branch(either(on_right, on_left), sideways, upright)
    image = shift(mirror(drawing), multiply(direction, shape(drawing)))
    return paint(canvas(GREEN, shape(I)), combine(drawing, image))


def solve_3345333e(I):
    """A solid block hides a part of a mirror-symmetric shape; the block goes and the shape is completed."""
    by_color = fgpartition(I)
    block = extract(by_color, lambda part: equality(toindices(part), backdrop(part)))
    seen = toindices(other(by_color, block))
    known = combine(seen, toindices(block))
    across_column = lambda total: apply(
        lambda place: astuple(first(place), subtract(total, last(place))), seen
    )
    across_row = lambda total: apply(lambda place: astuple(subtract(total, first(place)), last(place)), seen)
    column_images = apply(across_column, interval(ZERO, double(width(I)), ONE))
    row_images = apply(across_row, interval(ZERO, double(height(I)), ONE))
    fits = lambda image: equality(size(difference(image, known)), ZERO)
    image = argmax(
        sfilter(combine(column_images, row_images), fits), lambda image: size(intersection(image, seen))
    )
    return fill(cover(I, block), color(other(by_color, block)), combine(seen, image))


def solve_3631a71a(I):
    """Patches of one colour hide parts of a picture that is symmetric about its diagonal and about two axes
    one cell past the middle; restore it.
    """
    lower = crop(I, TWO_BY_ZERO, shape(I))
    conflicts = lambda grid, image: ofcolor(cellwise(grid, image, NEG_ONE), NEG_ONE)
    hidden = lambda value, grid, image: combine(ofcolor(grid, value), ofcolor(image, value))
    explains = lambda value, grid, image: equality(
        size(difference(conflicts(grid, image), hidden(value, grid, image))), ZERO
    )
    hiding = extract(
        palette(I), lambda value: both(explains(value, lower, hmirror(lower)), explains(value, I, dmirror(I)))
    )
    visible = difference(asobject(I), asobject(canvas(hiding, shape(I))))
    upside_down = lambda place: astuple(subtract(increment(height(I)), first(place)), last(place))
    transposed = lambda place: astuple(last(place), first(place))
    with_image = lambda picture, mirror: combine(
        picture, apply(lambda cell: astuple(first(cell), mirror(last(cell))), picture)
    )
    half_restored = with_image(with_image(visible, upside_down), transposed)
    return paint(I, with_image(with_image(half_restored, upside_down), transposed))


def solve_44f52bb0(I):
    """One cell: blue when the grid equals one of its mirror images, left to right or upside down, orange
    when not.
    """
    is_symmetric = either(equality(I, vmirror(I)), equality(I, hmirror(I)))
    return canvas(branch(is_symmetric, BLUE, ORANGE), UNITY)


def solve_47c1f68c(I):
    """A cross of lines quarters the grid; the drawing in one quarter appears, mirrored, in all four, in the
    lines' colour, and the lines are left out.
    """
    background = mostcolor(I)
    line_color = index(I, halve(shape(I)))
    drawing = difference(difference(asindices(I), ofcolor(I, background)), ofcolor(I, line_color))
    last_place = decrement(shape(I))
    depth = lambda position, end: minimum(astuple(position, subtract(end, position)))
    folded = lambda place: astuple(
        depth(first(place), first(last_place)), depth(last(place), last(last_place))
    )
    quarter = fill(canvas(background, halve(shape(I))), line_color, apply(folded, drawing))
    return mirrored_four_ways(quarter)


def solve_4938f0c2(I):
    """The shape is completed so that it is mirror symmetric, both ways, around the 2x2 centre."""
    by_color = fgpartition(I)
    is_center = lambda part: both(equality(size(part), FOUR), square(part))
    center_block = extract(by_color, is_center)
    wings = other(by_color, center_block)
    row_sum = add(uppermost(center_block), lowermost(center_block))
    column_sum = add(leftmost(center_block), rightmost(center_block))
    upside_down = lambda place: astuple(subtract(row_sum, first(place)), last(place))
    left_to_right = lambda place: astuple(first(place), subtract(column_sum, last(place)))
    half = combine(toindices(wings), apply(upside_down, toindices(wings)))
    return fill(I, color(wings), combine(half, apply(left_to_right, half)))


def solve_496994bd(I):
    """The drawing along one side of the grid is mirrored to the opposite, empty side."""
    return mirrored_over(I)


def solve_4c5c2cf0(I):
    """The shape is completed so that it is mirror symmetric, both ways, around the small cross of diagonals."""
    by_color = fgpartition(I)
    is_cross = lambda part: both(
        equality(size(part), FIVE), equality(toindices(part), insert(center(part), corners(part)))
    )
    cross = extract(by_color, is_cross)
    wing = toindices(other(by_color, cross))
    row_sum = add(uppermost(cross), lowermost(cross))
    column_sum = add(leftmost(cross), rightmost(cross))
    upside_down = lambda place: astuple(subtract(row_sum, first(place)), last(place))
    left_to_right = lambda place: astuple(first(place), subtract(column_sum, last(place)))
    half = combine(wing, apply(upside_down, wing))
    return fill(I, color(other(by_color, cross)), combine(half, apply(left_to_right, half)))


def solve_662c240a(I):
    """Of the square tiles in a row, pick the one that is not symmetric about its main diagonal."""
    column = branch(portrait(I), I, dmirror(I))
    tiles = vsplit(column, divide(height(column), width(column)))
    lopsided = extract(tiles, lambda tile: flip(equality(tile, dmirror(tile))))
    return branch(portrait(I), lopsided, dmirror(lopsided))


def solve_72ca375d(I):
    """The shape that equals its left-right mirror image is cut out."""
    pictures = apply(lambda part: subgrid(part, I), objects(I, T, T, T))
    return extract(pictures, lambda picture: equality(picture, vmirror(picture)))


def solve_760b3cac(I):
    """A pointer (three arms and one filled corner) tells where the other shape is mirrored to: from the arm
    that is lacking to the filled corner.
    """
    parts = fgpartition(I)
    arms = lambda part: intersection(dneighbors(center(part)), toindices(part))
    is_pointer = lambda part: both(
        both(equality(size(part), FIVE), equality(shape(part), THREE_BY_THREE)),
        both(equality(size(arms(part)), THREE), contained(center(part), toindices(part))),
    )
    pointer = extract(parts, is_pointer)
    drawing = other(parts, pointer)
    middle = center(pointer)
    tip = first(intersection(ineighbors(middle), toindices(pointer)))
    lacking = first(difference(dneighbors(middle), toindices(pointer)))
    direction = subtract(tip, lacking)
    mirror = branch(equality(first(direction), ZERO), vmirror, hmirror)
    return paint(I, shift(mirror(drawing), multiply(direction, shape(drawing))))


def solve_9d9215db(I):
    """The dots are mirrored into all four quarters; a dot off the diagonals is also repeated, at every
    second place, along the side that joins it with its image.
    """
    depth = lambda position, extent: minimum(astuple(position, subtract(decrement(extent), position)))
    image = lambda place: astuple(depth(first(place), height(I)), depth(last(place), width(I)))
    upper_left = apply(lambda dot: astuple(first(dot), image(last(dot))), merge(fgpartition(I)))
    across = lambda from_edge, extent: maximum(astuple(ONE, subtract(decrement(extent), double(from_edge))))
    row_step = lambda place: branch(greater(first(place), last(place)), TWO, across(first(place), height(I)))
    column_step = lambda place: branch(greater(last(place), first(place)), TWO, across(last(place), width(I)))
    rows = lambda place: interval(first(place), subtract(height(I), first(place)), row_step(place))
    columns = lambda place: interval(last(place), subtract(width(I), last(place)), column_step(place))
    images = lambda dot: recolor(first(dot), product(rows(last(dot)), columns(last(dot))))
    return paint(I, mapply(images, upper_left))


def solve_9dfd6313(I):
    """A line of one colour through the middle is a mirror: everything on one side of it is reflected to the
    other side.
    """
    is_line = lambda start, end: equality(numcolors(toobject(connect(start, end), I)), ONE)
    end = decrement(shape(I))
    diagonal = is_line(ORIGIN, end)
    antidiagonal = is_line(tojvec(last(end)), toivec(first(end)))
    level = is_line(toivec(first(halve(end))), astuple(first(halve(end)), last(end)))
    slanted = branch(diagonal, dmirror, cmirror)
    straight = branch(level, hmirror, vmirror)
    return branch(either(diagonal, antidiagonal), slanted, straight)(I)


def solve_9ecd008a(I):
    """The picture is symmetric from left to right and from top to bottom; the output is the part hidden
    under the black patch.
    """
    visible = lambda grid: difference(asobject(grid), asobject(canvas(BLACK, shape(grid))))
    restored = paint(paint(paint(I, visible(vmirror(I))), visible(hmirror(I))), visible(rot180(I)))
    return subgrid(ofcolor(I, BLACK), restored)


def solve_b775ac94(I):
    """Each shape has seed cells of other colours beside a corner; for every seed the shape is mirrored to
    the seed's side, in the seed's colour.
    """
    figures = objects(I, F, T, T)
    body = lambda figure: intersection(figure, recolor(mostcolor(figure), figure))
    side = lambda value, low, high: branch(
        greater(value, high), ONE, branch(greater(low, value), NEG_ONE, ZERO)
    )
    down = lambda part, seed: side(first(last(seed)), uppermost(part), lowermost(part))
    right = lambda part, seed: side(last(last(seed)), leftmost(part), rightmost(part))
    upside = lambda part, seed: branch(equality(down(part, seed), ZERO), identity, hmirror)(part)
    mirrored = lambda part, seed: branch(equality(right(part, seed), ZERO), identity, vmirror)(
        upside(part, seed)
    )
    offset = lambda part, seed: multiply(astuple(down(part, seed), right(part, seed)), shape(part))
    image = lambda part, seed: recolor(first(seed), shift(mirrored(part, seed), offset(part, seed)))
    images = lambda figure: mapply(lambda seed: image(body(figure), seed), difference(figure, body(figure)))
    return paint(I, mapply(images, figures))


def solve_b8825c91(I):
    """Yellow patches hide parts of a picture that is symmetric both ways; they are filled in from the mirror
    images.
    """
    restore = lambda grid, image: paint(grid, toobject(ofcolor(grid, YELLOW), image))
    by_rows = restore(I, hmirror(I))
    by_columns = restore(by_rows, vmirror(by_rows))
    return restore(by_columns, hmirror(by_columns))


def solve_dc0a314f(I):
    """A green square hides a part of a picture that is symmetric in every way; the hidden part is the
    answer.
    """
    mask = ofcolor(I, GREEN)
    across_axes = astuple(subgrid(mask, hmirror(I)), subgrid(mask, vmirror(I)))
    across_diagonals = astuple(subgrid(mask, dmirror(I)), subgrid(mask, cmirror(I)))
    is_seen = lambda part: flip(contained(GREEN, palette(part)))
    return extract(combine(across_axes, across_diagonals), is_seen)


def solve_e40b9e2f(I):
    """The figure is completed to look the same after every quarter turn about the centre where it already
    matches best and the turned figures stay in the grid.
    """
    figure = merge(fgpartition(I))
    # A quarter turn about some centre takes (i, j) to (a + j, b - i); place is (a, b).
    turned_place = lambda place: astuple(last(place), invert(first(place)))
    turned_cells = lambda cells: apply(lambda cell: astuple(first(cell), turned_place(last(cell))), cells)
    quarter_turn = lambda place, cells: shift(turned_cells(cells), place)
    turned_figure = turned_cells(figure)
    overlap = lambda place: size(intersection(figure, shift(turned_figure, place)))
    top, bottom = uppermost(figure), lowermost(figure)
    left, right = leftmost(figure), rightmost(figure)
    last_row, last_column = decrement(height(I)), decrement(width(I))
    greater_of = lambda a, b: maximum(astuple(a, b))
    lesser_of = lambda a, b: minimum(astuple(a, b))
    least_difference = greater_of(invert(left), subtract(bottom, last_column))
    greatest_difference = lesser_of(top, subtract(last_row, right))
    greatest_sum = lesser_of(add(last_row, left), add(last_column, top))
    differences = interval(least_difference, increment(greatest_difference), ONE)
    sums = interval(greater_of(bottom, right), increment(greatest_sum), ONE)
    place = argmax(product(differences, sums), overlap)
    turned_once = quarter_turn(place, figure)
    turned_twice = quarter_turn(place, turned_once)
    turned_thrice = quarter_turn(place, turned_twice)
    return paint(paint(paint(I, turned_once), turned_twice), turned_thrice)


def solve_f25ffba3(I):
    """The drawing in one half of the grid is mirrored into the empty half."""
    return mirrored_over(I)


def solve_f8a8fe49(I):
    """The cells between two brackets are mirrored outwards, each across the back of the nearer bracket."""
    frame = argmax(fgpartition(I), lambda part: size(backdrop(part)))
    cells = difference(merge(fgpartition(I)), frame)
    upright = portrait(first(colorfilter(objects(I, T, F, T), color(frame))))
    middle = center(frame)
    flipped = lambda position, half, low, high: subtract(
        double(branch(greater(half, position), low, high)), position
    )
    new_row = lambda place: flipped(first(place), first(middle), uppermost(frame), lowermost(frame))
    new_column = lambda place: flipped(last(place), last(middle), leftmost(frame), rightmost(frame))
    over_row = lambda place: astuple(new_row(place), last(place))
    over_column = lambda place: astuple(first(place), new_column(place))
    image = lambda cell: astuple(first(cell), branch(upright, over_column(last(cell)), over_row(last(cell))))
    return paint(cover(I, cells), apply(image, cells))


def solve_ff805c23(I):
    """A rectangle of one colour hides a part of a mirror-symmetric picture; the hidden part is the answer."""
    mask = argmax(sfilter(partition(I), is_solid), size)
    across_axes = astuple(subgrid(mask, hmirror(I)), subgrid(mask, vmirror(I)))
    across_diagonals = astuple(subgrid(mask, dmirror(I)), subgrid(mask, cmirror(I)))
    is_seen = lambda part: flip(contained(color(mask), palette(part)))
    return extract(combine(across_axes, across_diagonals), is_seen)
