"""Boxes, outlines and halos drawn around things."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0ca9ddb6(I):
    """Red dots get yellow cells at their four diagonals, blue dots orange ones at their four sides, on the
    background.
    """
    petals = recolor(YELLOW, mapply(ineighbors, ofcolor(I, RED)))
    sides = recolor(ORANGE, mapply(dneighbors, ofcolor(I, BLUE)))
    return underpaint(I, combine(petals, sides))


def solve_1bfc4729(I):
    """Two dots colour the upper and the lower half: its part of the outer frame and the row of the dot."""
    dots = order(fgpartition(I), uppermost)
    drawing = lambda dot: combine(hfrontier(center(dot)), box(asindices(I)))
    upper = fill(I, color(first(dots)), drawing(first(dots)))
    lower = fill(I, color(last(dots)), drawing(last(dots)))
    return vconcat(tophalf(upper), bottomhalf(lower))


def solve_22168020(I):
    """Each funnel is filled: its cells in a row and those in a column are connected in its colour."""
    row_span = lambda funnel, row: backdrop(intersection(funnel, hfrontier(toivec(row))))
    column_span = lambda funnel, column: backdrop(intersection(funnel, vfrontier(tojvec(column))))
    row_filling = lambda funnel: mapply(lambda row: row_span(funnel, row), apply(first, funnel))
    column_filling = lambda funnel: mapply(lambda column: column_span(funnel, column), apply(last, funnel))
    filled = lambda funnel: recolor(
        color(funnel), combine(row_filling(toindices(funnel)), column_filling(toindices(funnel)))
    )
    return paint(I, mapply(filled, objects(I, T, T, T)))


def solve_22233c11(I):
    """Two equal squares meet at a corner; cyan squares of their size go outside the free corners of their
    common box.
    """
    away = lambda cell, squares: sign(subtract(double(cell), add(ulcorner(squares), lrcorner(squares))))
    moved = lambda cell, squares: add(cell, multiply(away(cell, squares), halve(height(squares))))
    cyan_squares = lambda squares: apply(lambda cell: moved(cell, squares), delta(squares))
    return fill(I, CYAN, mapply(cyan_squares, objects(I, T, T, T)))


def solve_32597951(I):
    """In the box spanned by the marks, everything else turns green."""
    return fill(I, GREEN, delta(argmin(partition(I), compose(size, backdrop))))


def solve_36fdfd69(I):
    """Marks of the rarest colour lie in rectangles; the other cells of each rectangle turn yellow. Marks of
    one rectangle are at most two cells apart.
    """
    marks = ofcolor(I, leastcolor(I))
    widened = lambda side: combine(combine(shift(marks, side), marks), shift(marks, invert(side)))
    facing = lambda step, others: intersection(shift(marks, step), shift(others, invert(step)))
    across = lambda step: facing(step, widened(astuple(last(step), first(step))))
    straight = mapply(across, dneighbors(ORIGIN))
    diagonal = mapply(lambda step: facing(step, marks), ineighbors(ORIGIN))
    spread = fill(canvas(BLACK, shape(I)), BLUE, combine(marks, combine(straight, diagonal)))
    clusters = colorfilter(objects(spread, T, T, F), BLUE)
    gaps = lambda cluster: delta(intersection(toindices(cluster), marks))
    return fill(I, YELLOW, mapply(gaps, clusters))


def solve_3aa6fb7a(I):
    """The cell missing from each L-shaped piece's square turns blue."""
    return fill(I, BLUE, mapply(delta, objects(I, T, F, T)))


def solve_3bdb4ada(I):
    """The middle line of every bar three cells thick gets a hole at every second place."""
    bars = objects(I, T, F, T)
    corner_sum = lambda bar: add(uppermost(bar), leftmost(bar))
    is_odd_place = lambda place, bar: even(subtract(add(first(place), last(place)), corner_sum(bar)))
    holes = lambda bar: sfilter(inbox(bar), lambda place: is_odd_place(place, bar))
    return fill(I, mostcolor(I), mapply(holes, bars))


def solve_3befdf3e(I):
    """In every framed square frame and core change colours, and on its four sides grow bars as thick as the
    core, of the old frame's colour.
    """
    squares = objects(I, F, F, T)
    core_color = lambda framed: other(palette(framed), color(framed))
    core = lambda framed: sfilter(framed, matcher(first, core_color(framed)))
    step = lambda framed, direction: shift(backdrop(framed), multiply(direction, shape(core(framed))))
    upright = lambda framed: combine(step(framed, UP), step(framed, DOWN))
    sideways = lambda framed: combine(step(framed, LEFT), step(framed, RIGHT))
    bars = lambda framed: recolor(color(framed), combine(upright(framed), sideways(framed)))
    with_bars = paint(I, mapply(bars, squares))
    with_frames = paint(
        with_bars, mapply(lambda framed: recolor(core_color(framed), backdrop(framed)), squares)
    )
    return paint(with_frames, mapply(lambda framed: recolor(color(framed), core(framed)), squares))


def solve_3eda0437(I):
    """The largest rectangle of black cells, at least two cells wide and high, turns magenta (all of them, if
    several are equally large).
    """
    bar = lambda rows: recolor(BLACK, connect(ORIGIN, toivec(decrement(rows))))
    starts = lambda tops: difference(tops, shift(tops, RIGHT))
    ends = lambda tops: difference(tops, shift(tops, LEFT))
    # A run of places where a black bar of so many rows fits is a rectangle as wide as the run.
    runs = lambda tops: pair(totuple(starts(tops)), totuple(ends(tops)))
    corner_pair = lambda rows, run: insert(first(run), initset(add(last(run), toivec(decrement(rows)))))
    rectangles = lambda rows: apply(lambda run: corner_pair(rows, run), runs(occurrences(I, bar(rows))))
    all_rectangles = mapply(rectangles, interval(TWO, increment(height(I)), ONE))
    wide = sfilter(all_rectangles, lambda rectangle: greater(width(rectangle), ONE))
    area = lambda rectangle: multiply(height(rectangle), width(rectangle))
    return fill(I, MAGENTA, mapply(backdrop, sfilter(wide, matcher(area, valmax(wide, area)))))


def solve_4258a5f9(I):
    """Every dot gets a blue halo."""
    dots = ofcolor(I, leastcolor(I))
    return fill(fill(I, BLUE, mapply(neighbors, dots)), leastcolor(I), dots)


def solve_4612dd53(I):
    """Gaps in the frame, and in the straight wall across it if it has one, are closed in red."""
    ink = ofcolor(I, leastcolor(I))
    inner = difference(ink, box(ink))
    wall = mapply(branch(portrait(inner), vfrontier, hfrontier), inner)
    lines = combine(box(ink), intersection(wall, backdrop(ink)))
    return fill(I, RED, difference(lines, ink))


def solve_50cb2852(I):
    """The inside of every filled rectangle becomes cyan; a one-cell rim of its own colour stays."""
    return fill(I, CYAN, mapply(compose(backdrop, inbox), objects(I, T, F, T)))


def solve_543a7ed5(I):
    """Every rectangle gets a green outline around it, and its hole, if it has one, turns yellow."""
    rectangles = objects(I, T, F, T)
    with_holes = fill(I, YELLOW, mapply(delta, rectangles))
    return fill(with_holes, GREEN, mapply(outbox, rectangles))


def solve_56ff96f3(I):
    """Two dots of one colour are opposite corners of a rectangle, which is filled."""
    return paint(I, mapply(lambda part: recolor(color(part), backdrop(part)), fgpartition(I)))


def solve_5c2c9af4(I):
    """Three dots on a line give a centre and a step; frames one, two, three... steps away from the centre
    fill the grid.
    """
    dots = ofcolor(I, leastcolor(I))
    step = halve(decrement(shape(dots)))
    middle = center(dots)
    larger = lambda first_number, second_number: maximum(astuple(first_number, second_number))
    smaller = lambda first_number, second_number: minimum(astuple(first_number, second_number))
    clipped = lambda spot: astuple(
        larger(NEG_ONE, smaller(height(I), first(spot))), larger(NEG_ONE, smaller(width(I), last(spot)))
    )
    start = lambda count: clipped(subtract(middle, multiply(count, step)))
    end = lambda count: clipped(add(middle, multiply(count, step)))
    frame = lambda count: box(insert(start(count), initset(end(count))))
    return fill(I, leastcolor(I), mapply(frame, interval(ZERO, larger(height(I), width(I)), ONE)))


def solve_60b61512(I):
    """The background cells in the bounding box of every shape turn orange."""
    return fill(I, ORANGE, mapply(delta, objects(I, T, T, T)))


def solve_6d75e8bb(I):
    """The empty cells in the shape's bounding box turn red."""
    return fill(I, RED, delta(merge(fgpartition(I))))


def solve_6f8cd79b(I):
    """The rim of the grid becomes cyan."""
    return fill(I, CYAN, box(asindices(I)))


def solve_85c4e7cd(I):
    """The colours of the nested rings are given back in reverse order, the innermost to the outermost."""
    rings = halve(increment(minimum(shape(I))))
    ring_corners = connect(ORIGIN, decrement(astuple(rings, rings)))
    outline = lambda corner: box(insert(corner, initset(decrement(subtract(shape(I), corner)))))
    ink = lambda corner: index(I, decrement(subtract(rings, corner)))
    return paint(I, mapply(lambda corner: recolor(ink(corner), outline(corner)), ring_corners))


def solve_913fb3ed(I):
    """Every dot gets a ring: magenta round green, yellow round cyan, blue round red."""
    ringed = lambda grid, ring, dot: fill(grid, ring, mapply(neighbors, ofcolor(I, dot)))
    return ringed(ringed(ringed(I, MAGENTA, GREEN), YELLOW, CYAN), BLUE, RED)


def solve_928ad970(I):
    """A frame in the colour of the inner shape is drawn just inside the four outer dots."""
    by_color = fgpartition(I)
    dots = argmin(by_color, size)
    inner_shape = other(by_color, dots)
    return fill(I, color(inner_shape), inbox(dots))


def solve_95990924(I):
    """Off the corners of every block stand a blue, a red, a green and a yellow dot: upper left and right,
    lower left and right.
    """
    blocks = objects(I, T, F, T)
    outside = lambda corner: apply(compose(corner, outbox), blocks)
    upper = underfill(underfill(I, BLUE, outside(ulcorner)), RED, outside(urcorner))
    return underfill(underfill(upper, GREEN, outside(llcorner)), YELLOW, outside(lrcorner))


def solve_a64e4611(I):
    """A free bar runs through the noise from an edge of the grid, and free arms lead from it to the edges
    beside it, a short arm only opposite another; they turn green except for the cells beside the noise. Of
    the bars from the four edges, the one counts with which most is green.
    """
    noise = difference(asindices(I), ofcolor(I, mostcolor(I)))
    tight = fill(canvas(BLACK, shape(I)), GREEN, combine(noise, mapply(neighbors, noise)))
    in_column = lambda j, grid: ofcolor(crop(grid, tojvec(j), astuple(height(grid), ONE)), GREEN)
    first_in = lambda j, grid: minimum(insert(height(grid), apply(first, in_column(j, grid))))
    runs = lambda grid: apply(lambda j: astuple(j, first_in(j, grid)), interval(ZERO, width(grid), ONE))
    is_long = lambda run, longest: greater(add(last(run), THREE), longest)
    long_runs = lambda found: sfilter(found, rbind(is_long, maximum(apply(last, found))))
    strip = lambda run, length: connect(tojvec(first(run)), astuple(decrement(length), first(run)))
    strips = lambda found: mapply(rbind(strip, minimum(apply(last, found))), found)
    is_free = lambda i, start, length, grid: equality(
        colorcount(crop(grid, astuple(i, start), astuple(ONE, length)), GREEN), ZERO
    )
    is_arm = lambda i, start, length, grid: both(
        is_free(i, start, length, grid), either(greater(length, FIVE), is_free(i, ZERO, width(grid), grid))
    )
    places = lambda bar, start, length, grid: sfilter(
        interval(ZERO, height(bar), ONE), lambda i: is_arm(i, start, length, grid)
    )
    arm = lambda i, start, length: connect(astuple(i, start), astuple(i, decrement(add(start, length))))
    arms = lambda bar, start, length, grid: mapply(
        lambda i: arm(i, start, length), places(bar, start, length, grid)
    )
    left_arms = lambda bar, grid: arms(bar, ZERO, leftmost(bar), grid)
    right_start = compose(increment, rightmost)
    right_arms = lambda bar, grid: arms(bar, right_start(bar), subtract(width(grid), right_start(bar)), grid)
    with_left_arms = lambda bar, grid: fill(canvas(BLACK, shape(grid)), GREEN, left_arms(bar, grid))
    with_arms = lambda bar, grid: fill(with_left_arms(bar, grid), GREEN, right_arms(bar, grid))
    drawn = lambda bar, grid: fill(with_arms(bar, grid), RED, bar)
    plan = lambda grid: drawn(strips(long_runs(runs(grid))), grid)
    plans = apply(lambda k: turned_back(plan(turned(tight, k)), k), interval(ZERO, FOUR, ONE))
    score = lambda plan: subtract(colorcount(plan, RED), multiply(FOUR, colorcount(plan, BLACK)))
    return fill(I, GREEN, difference(asindices(I), ofcolor(argmax(plans, score), BLACK)))


def solve_a8d7556c(I):
    """Every black two-by-two square turns red, except one that leans, away from all others, against the seam
    of just two such squares stacked left of it.
    """
    square_shape = asindices(canvas(BLACK, TWO_BY_TWO))
    squares = occurrences(I, recolor(BLACK, square_shape))
    stacked = intersection(squares, shift(squares, invert(TWO_BY_ZERO)))
    just_two = difference(stacked, combine(shift(stacked, UP), shift(stacked, DOWN)))
    around = shift(asindices(canvas(BLACK, astuple(FIVE, FIVE))), double(NEG_UNITY))
    near = lambda corner: intersection(squares, shift(around, corner))
    leaning = intersection(squares, shift(just_two, UNITY))
    alone = sfilter(leaning, lambda corner: equality(size(near(corner)), FOUR))
    return fill(I, RED, mapply(lambda corner: shift(square_shape, corner), difference(squares, alone)))


def solve_a9f96cdd(I):
    """Each mark vanishes and leaves green, magenta, cyan and orange cells at its upper left, upper right,
    lower left and lower right.
    """
    background = mostcolor(I)
    marks = difference(asindices(I), ofcolor(I, background))
    upper = fill(
        fill(canvas(background, shape(I)), GREEN, shift(marks, NEG_UNITY)), MAGENTA, shift(marks, UP_RIGHT)
    )
    return fill(fill(upper, CYAN, shift(marks, DOWN_LEFT)), ORANGE, shift(marks, UNITY))


def solve_af902bf9(I):
    """Four cells of one colour at the corners of a rectangle, in rows and columns paired off in order: its
    inside turns red.
    """
    row_before = lambda spot: crop(I, toivec(first(spot)), astuple(ONE, last(spot)))
    column_before = lambda spot: crop(I, tojvec(last(spot)), astuple(first(spot), ONE))
    opens = lambda value, spot: both(
        even(colorcount(row_before(spot), value)), even(colorcount(column_before(spot), value))
    )
    upper_left = lambda value, part: sfilter(part, lambda spot: opens(value, spot))
    ahead = lambda part, spot, direction: remove(spot, intersection(part, shoot(spot, direction)))
    opposite = lambda part, spot: astuple(
        minimum(apply(first, ahead(part, spot, DOWN))), minimum(apply(last, ahead(part, spot, RIGHT)))
    )
    inside = lambda part, spot: backdrop(inbox(insert(spot, initset(opposite(part, spot)))))
    filled = lambda value, part: mapply(lambda spot: inside(part, spot), upper_left(value, part))
    return fill(I, RED, mapply(lambda part: filled(color(part), toindices(part)), fgpartition(I)))


def solve_b27ca6d3(I):
    """Every bar of two cells gets a green halo."""
    return underfill(I, GREEN, mapply(outbox, sizefilter(objects(I, T, F, T), TWO)))


def solve_b548a754(I):
    """The framed rectangle is stretched until it reaches over the single marked cell, keeping its frame and
    filling.
    """
    parts = fgpartition(I)
    mark = argmin(parts, size)
    rectangle = merge(remove(mark, parts))
    frame = color(toobject(initset(ulcorner(rectangle)), I))
    filling = other(palette(rectangle), frame)
    stretched = combine(toindices(rectangle), toindices(mark))
    return fill(fill(I, filling, backdrop(stretched)), frame, box(stretched))


def solve_b60334d2(I):
    """Every mark becomes a ring: its colour at the four corners, blue on the four sides, background in the
    middle.
    """
    marks = difference(asindices(I), ofcolor(I, mostcolor(I)))
    with_corners = fill(cover(I, marks), leastcolor(I), mapply(ineighbors, marks))
    return fill(with_corners, BLUE, mapply(dneighbors, marks))


def solve_b6afb2da(I):
    """Every rectangle gets blue corners, yellow sides and a red inside."""
    pieces = objects(I, T, F, F)
    background = color(argmax(pieces, compose(size, delta)))
    rectangles = difference(pieces, colorfilter(pieces, background))
    inside = fill(I, RED, merge(rectangles))
    sides = fill(inside, YELLOW, mapply(box, rectangles))
    return fill(sides, BLUE, mapply(corners, rectangles))


def solve_bb43febb(I):
    """The inside of every filled rectangle becomes red; a one-cell rim of its own colour stays."""
    rectangles = sfilter(objects(I, T, F, F), is_solid)
    return fill(I, RED, mapply(compose(backdrop, inbox), rectangles))


def solve_d22278a0(I):
    """Every corner dot spreads in square rings, each second one coloured, over the cells that are nearer to
    it than to any other dot.
    """
    dots = intersection(merge(fgpartition(I)), toobject(corners(asindices(I)), I))
    offset = lambda place, dot: multiply(subtract(place, last(dot)), sign(subtract(place, last(dot))))
    steps = lambda place, dot: add(first(offset(place, dot)), last(offset(place, dot)))
    rivals = lambda place, dot: sfilter(
        dots, lambda rival: flip(greater(steps(place, rival), steps(place, dot)))
    )
    ring = lambda dot, radius: box(insert(subtract(last(dot), radius), initset(add(last(dot), radius))))
    radii = apply(double, apply(first, connect(ORIGIN, toivec(halve(maximum(shape(I)))))))
    rings = lambda dot: intersection(asindices(I), mapply(lambda radius: ring(dot, radius), radii))
    own_rings = lambda dot: sfilter(rings(dot), lambda place: equality(size(rivals(place, dot)), ONE))
    return paint(I, mapply(lambda dot: recolor(first(dot), own_rings(dot)), dots))


def solve_d364b489(I):
    """Every mark gets a red cell above, an orange one on the left, a magenta one on the right and a cyan one
    below, on the background.
    """
    marks = merge(fgpartition(I))
    above = underfill(I, RED, shift(toindices(marks), UP))
    left = underfill(above, ORANGE, shift(toindices(marks), LEFT))
    right = underfill(left, MAGENTA, shift(toindices(marks), RIGHT))
    return underfill(right, CYAN, shift(toindices(marks), DOWN))


def solve_d6ad076f(I):
    """A cyan bridge joins the two blocks where they face each other, one cell in from the ends of the facing
    sides.
    """
    blocks = objects(I, T, F, T)
    turn = branch(hmatching(first(blocks), last(blocks)), dmirror, identity)
    grid = turn(I)
    parts = objects(grid, T, F, T)
    upper = argmin(parts, uppermost)
    lower = other(parts, upper)
    start = increment(astuple(lowermost(upper), valmax(parts, leftmost)))
    end = decrement(astuple(uppermost(lower), valmin(parts, rightmost)))
    return turn(fill(grid, CYAN, backdrop(insert(start, initset(end)))))


def solve_d9fac9be(I):
    """Among specks of two colours stands one 3x3 ring of the one colour around a cell of the other; the
    answer is that cell.
    """
    speck_colors = remove(mostcolor(I), palette(I))
    framed = lambda value: insert(
        astuple(value, UNITY), recolor(other(speck_colors, value), neighbors(UNITY))
    )
    center_color = extract(speck_colors, lambda value: positive(size(occurrences(I, framed(value)))))
    return canvas(center_color, UNITY)


def solve_db93a21d(I):
    """Each square gets a green frame half as thick as it is wide, and casts a blue shadow down to the bottom
    that passes under squares and frames.
    """
    squares = objects(I, T, F, T)
    shadow = lambda square_: mapply(
        lambda column: connect(astuple(uppermost(square_), column), astuple(height(I), column)),
        apply(last, toindices(square_)),
    )
    thickness = lambda square_: halve(width(square_))
    framed = lambda square_: backdrop(
        insert(
            subtract(ulcorner(square_), thickness(square_)),
            initset(add(lrcorner(square_), thickness(square_))),
        )
    )
    shaded = fill(I, BLUE, mapply(shadow, squares))
    return paint(fill(shaded, GREEN, mapply(framed, squares)), merge(squares))


def solve_dc1df850(I):
    """Every red cell gets a blue halo on the background around it."""
    return underfill(I, BLUE, mapply(neighbors, ofcolor(I, RED)))


def solve_e9614598(I):
    """A green plus is drawn halfway between the two marks."""
    middle = center(merge(fgpartition(I)))
    return fill(I, GREEN, insert(middle, dneighbors(middle)))


def solve_f35d900a(I):
    """Four marks of two colours are corners of a rectangle; each gets a ring of the other colour, and every
    second cell between them, counted from the nearer mark, is gray.
    """
    marks = merge(fgpartition(I))
    other_color = lambda mark: other(palette(marks), first(mark))
    rings = mapply(lambda mark: recolor(other_color(mark), neighbors(last(mark))), marks)
    dots = sfilter(box(marks), lambda place: even(manhattan(initset(place), toindices(marks))))
    return paint(paint(fill(I, GRAY, dots), rings), marks)
