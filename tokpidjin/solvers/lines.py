"""Rays, crosses and lines that run to an edge."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_06df4c85(I):
    """Rooms of one colour in the same row or column of rooms are joined: the empty rooms between them take
    their colour.
    """
    divider = color(first(frontiers(I)))
    rooms = sfilter(objects(I, T, F, F), lambda room: flip(equality(color(room), divider)))
    background = mostcolor(merge(rooms))
    colored = difference(rooms, colorfilter(rooms, background))
    empty = ofcolor(I, background)
    aligned = lambda room: sfilter(
        colorfilter(colored, color(room)),
        fork(either, matcher(uppermost, uppermost(room)), matcher(leftmost, leftmost(room))),
    )
    joined = lambda room: mapply(lambda mate: backdrop(combine(room, mate)), aligned(room))
    return paint(I, mapply(lambda room: recolor(color(room), intersection(joined(room), empty)), colored))


def solve_178fcbfb(I):
    """Every red cell becomes a vertical line; every other coloured cell a horizontal line of its colour,
    drawn over them.
    """
    dots = merge(fgpartition(I))
    row_dots = sfilter(dots, lambda dot: flip(equality(first(dot), RED)))
    rows = mapply(lambda dot: recolor(first(dot), hfrontier(last(dot))), totuple(row_dots))
    columns = mapply(lambda column: vfrontier(tojvec(column)), apply(last, ofcolor(I, RED)))
    return paint(fill(I, RED, columns), rows)


def solve_1f0c79e5(I):
    """Each 2x2 block shoots a thick diagonal beam of its colour out of every corner that is red."""
    ink = lambda block: other(palette(block), RED)
    red_cells = lambda block: toindices(sfilter(block, matcher(first, RED)))
    outward = lambda cell, block: sign(subtract(double(cell), add(ulcorner(block), lrcorner(block))))
    beam = lambda direction, block: mapply(lambda cell: shoot(cell, direction), toindices(block))
    beams = lambda block: mapply(lambda cell: beam(outward(cell, block), block), red_cells(block))
    blocks = sizefilter(objects(I, F, F, T), FOUR)
    return paint(I, mapply(lambda block: recolor(ink(block), beams(block)), blocks))


def solve_1f876c06(I):
    """Two dots of one colour are joined by a diagonal line."""
    ends = compose(totuple, toindices)
    line = lambda dots: recolor(color(dots), connect(first(ends(dots)), last(ends(dots))))
    return paint(I, mapply(line, fgpartition(I)))


def solve_2281f1f4(I):
    """Marks along two edges that meet; where the row of one crosses the column of another there is a red
    cell.
    """
    marks = difference(asindices(I), ofcolor(I, mostcolor(I)))
    edges = lambda corner: combine(hfrontier(corner), vfrontier(corner))
    shared_corner = extract(
        corners(asindices(I)), lambda corner: equality(size(difference(marks, edges(corner))), ZERO)
    )
    crossings = product(apply(first, marks), apply(last, marks))
    return fill(I, RED, difference(crossings, edges(shared_corner)))


def solve_22eb0ac0(I):
    """Two opposite edges carry dots; where the dots face each other in one colour, a line joins them."""
    places = toindices(merge(fgpartition(I)))
    two_columns = equality(size(apply(last, places)), TWO)
    upright_edges = both(two_columns, equality(width(places), width(I)))
    line_through = branch(upright_edges, hfrontier, vfrontier)
    edge = branch(upright_edges, vfrontier, hfrontier)(ORIGIN)
    span = lambda dots, place: backdrop(intersection(dots, line_through(place)))
    joined = lambda dots: mapply(lambda place: span(dots, place), intersection(dots, edge))
    return paint(I, mapply(lambda dots: recolor(color(dots), joined(toindices(dots))), fgpartition(I)))


def solve_253bf280(I):
    """Marks in the same row or column are connected by green lines."""
    marks = difference(asindices(I), ofcolor(I, mostcolor(I)))
    row_span = lambda row: backdrop(intersection(marks, hfrontier(toivec(row))))
    column_span = lambda column: backdrop(intersection(marks, vfrontier(tojvec(column))))
    spans = combine(mapply(row_span, apply(first, marks)), mapply(column_span, apply(last, marks)))
    return underfill(I, GREEN, spans)


def solve_28e73c20(I):
    """A green spiral starts at the top-left corner and winds inwards clockwise, leaving a gap of one cell
    between turns, over whatever the grid holds.
    """
    bottom = decrement(height(I))
    right = decrement(width(I))
    narrow = minimum(shape(I))
    line = lambda start, stop: interval(start, increment(stop), ONE)
    top_side = lambda turn: product(line(turn, turn), line(subtract(turn, TWO), subtract(right, turn)))
    right_side = lambda turn: product(
        line(turn, subtract(bottom, turn)), line(subtract(right, turn), subtract(right, turn))
    )
    bottom_side = lambda turn: product(
        line(subtract(bottom, turn), subtract(bottom, turn)), line(turn, subtract(right, turn))
    )
    left_side = lambda turn: product(line(add(turn, TWO), subtract(bottom, turn)), line(turn, turn))
    inward_turns = interval(ZERO, increment(halve(narrow)), TWO)
    full_turns = interval(ZERO, halve(increment(narrow)), TWO)
    first_sides = fill(
        fill(I, GREEN, mapply(top_side, inward_turns)), GREEN, mapply(right_side, inward_turns)
    )
    return fill(
        fill(first_sides, GREEN, mapply(bottom_side, full_turns)), GREEN, mapply(left_side, full_turns)
    )


def solve_29c11459(I):
    """Dots stand in pairs on opposite edges; each dot's colour runs to the middle of the line between them,
    where a gray cell parts the two.
    """
    sideways = equality(numcolors(crop(I, RIGHT, subtract(shape(I), astuple(ZERO, TWO)))), ONE)
    turn = branch(sideways, identity, dmirror)
    grid = turn(I)
    reach = halve(width(grid))
    column = lambda place: crop(grid, tojvec(place), astuple(height(grid), ONE))
    background = mostcolor(I)
    left_dots = difference(asindices(column(ZERO)), ofcolor(column(ZERO), background))
    middle = fill(canvas(background, shape(column(ZERO))), GRAY, left_dots)
    right = hupscale(column(decrement(width(grid))), reach)
    return turn(hconcat(hconcat(hupscale(column(ZERO), reach), middle), right))


def solve_2bee17df(I):
    """Inside the border, rows and columns that are empty from side to side turn green."""
    free_lines = colorfilter(frontiers(trim(I)), mostcolor(trim(I)))
    return fill(I, GREEN, shift(merge(free_lines), UNITY))


def solve_2c608aff(I):
    """Every dot that faces a side of the box sends a line of its colour straight to the box."""
    box_object = argmax(objects(I, T, F, T), size)
    dots = difference(merge(fgpartition(I)), box_object)
    faces_box = lambda dot: either(hmatching(initset(dot), box_object), vmatching(initset(dot), box_object))
    landing = lambda dot: add(last(dot), gravitate(initset(dot), box_object))
    ray = lambda dot: recolor(first(dot), connect(last(dot), landing(dot)))
    return paint(I, mapply(ray, sfilter(dots, faces_box)))


def solve_2dd70a9a(I):
    """A green path leaves the green bar lengthwise, turns twice where an obstacle or the edge stops it, and
    meets the red bar end to end.
    """
    start = ofcolor(I, GREEN)
    free = combine(ofcolor(I, mostcolor(I)), start)
    obstacles = combine(difference(asindices(I), free), outbox(asindices(I)))
    along = branch(portrait(start), DOWN, RIGHT)
    across = branch(portrait(start), RIGHT, DOWN)
    distance = lambda a, b: manhattan(initset(a), initset(b))
    stop = lambda place, direction: argmin(
        intersection(shoot(add(place, direction), direction), obstacles), lambda cell: distance(cell, place)
    )
    halt = lambda place, direction: subtract(stop(place, direction), direction)
    signs = interval(NEG_ONE, TWO, TWO)
    first_turn = lambda route: halt(ulcorner(start), multiply(along, first(first(route))))
    second_turn = lambda route: halt(first_turn(route), multiply(across, last(first(route))))
    finish = lambda route: stop(second_turn(route), multiply(along, last(route)))
    arrives = lambda route: contained(finish(route), ofcolor(I, RED))
    route = extract(product(product(signs, signs), signs), arrives)
    bends = combine(
        connect(ulcorner(start), first_turn(route)), connect(first_turn(route), second_turn(route))
    )
    return underfill(I, GREEN, combine(bends, connect(second_turn(route), finish(route))))


def solve_3ac3eb23(I):
    """Marks at one edge each send a checkered strip, three cells wide, straight across the grid."""
    marks = intersection(merge(fgpartition(I)), toobject(box(asindices(I)), I))
    at_side = either(equality(leftmost(marks), ZERO), equality(rightmost(marks), decrement(width(I))))
    two_steps = branch(both(equality(width(marks), ONE), at_side), ZERO_BY_TWO, TWO_BY_ZERO)
    tile = insert(ORIGIN, ineighbors(ORIGIN))
    strip = mapply(lambda step: shift(tile, multiply(two_steps, step)), interval(-15, 15, ONE))
    return paint(I, mapply(lambda mark: recolor(first(mark), shift(strip, last(mark))), marks))


def solve_3bd67248(I):
    """From the foot of a bar along one side start a red diagonal and, on the edge, a yellow line, both as
    thick as the bar. The drawing may be turned.
    """
    bar = merge(fgpartition(I))
    left_edge = lambda grid: crop(grid, ORIGIN, astuple(height(grid), ONE))
    bar_is_left = lambda grid: equality(palette(left_edge(grid)), initset(color(bar)))
    quarters = extract(interval(ZERO, FOUR, ONE), lambda turns: bar_is_left(turned(I, turns)))
    thickness = minimum(shape(bar))
    grid = downscale(hmirror(turned(I, quarters)), thickness)
    drawn = fill(fill(grid, YELLOW, shoot(RIGHT, RIGHT)), RED, shoot(UNITY, UNITY))
    return turned_back(hmirror(upscale(drawn, thickness)), quarters)


def solve_40853293(I):
    """Two dots of the same colour are connected by a line; columns lie over rows."""
    dots = fgpartition(I)
    lines = lambda parts: mapply(lambda part: recolor(color(part), backdrop(part)), parts)
    rows = sfilter(dots, lambda part: equality(height(part), ONE))
    return paint(paint(I, lines(rows)), lines(difference(dots, rows)))


def solve_41e4d17e(I):
    """Through the centre of every 5x5 ring a magenta row and column run over the background."""
    ring = recolor(leastcolor(I), box(asindices(canvas(ZERO, (5, 5)))))
    centers = shift(occurrences(I, ring), TWO_BY_TWO)
    cross = lambda place: combine(hfrontier(place), vfrontier(place))
    return underfill(I, MAGENTA, mapply(cross, centers))


def solve_508bd3b6(I):
    """The short diagonal line runs on in green until it meets the wall, and is reflected there."""
    dot_color = leastcolor(I)
    dots = ofcolor(I, dot_color)
    wall = ofcolor(I, other(remove(mostcolor(I), palette(I)), dot_color))
    slant = sign(subtract(last(dots), first(dots)))
    whole_line = combine(shoot(first(dots), slant), shoot(first(dots), invert(slant)))
    free_line = difference(intersection(whole_line, asindices(I)), wall)
    contacts = sfilter(free_line, lambda place: adjacent(initset(place), wall))
    contact = argmin(contacts, lambda place: manhattan(initset(place), dots))
    path = combine(connect(first(dots), contact), connect(last(dots), contact))
    farthest = argmax(dots, lambda place: manhattan(initset(place), initset(contact)))
    heading = sign(subtract(contact, farthest))
    upright_wall = equality(height(wall), height(I))
    rebound = multiply(heading, branch(upright_wall, (1, -1), (-1, 1)))
    return underfill(I, GREEN, combine(path, shoot(contact, rebound)))


def solve_5c0a986e(I):
    """Blue squares trail a diagonal from their upper left corner to the grid's edge, red ones from their
    lower right corner.
    """
    squares = objects(I, T, F, T)
    blue_trails = mapply(lambda block: shoot(ulcorner(block), NEG_UNITY), colorfilter(squares, BLUE))
    red_trails = mapply(lambda block: shoot(lrcorner(block), UNITY), colorfilter(squares, RED))
    return underfill(underfill(I, BLUE, blue_trails), RED, red_trails)


def solve_623ea044(I):
    """Every dot sends rays along both diagonals to the edges."""
    return fill(I, leastcolor(I), diagonals(ofcolor(I, leastcolor(I))))


def solve_673ef223(I):
    """Rays run from one bar to the marks before it and end there in yellow; from the other bar, rays run
    right across the grid at the same distances along the bar.
    """
    longest = lambda part: valmax(colorfilter(objects(I, T, F, T), color(part)), size)
    bars_part = argmax(fgpartition(I), longest)
    turn = branch(hline(first(colorfilter(objects(I, T, F, T), color(bars_part)))), dmirror, identity)
    grid = turn(I)
    marks_part = extract(fgpartition(grid), lambda part: flip(equality(color(part), color(bars_part))))
    bars = colorfilter(objects(grid, T, F, T), color(bars_part))
    near = extract(bars, lambda bar: hmatching(bar, marks_part))
    far = other(bars, near)
    marks = toindices(marks_part)
    ray = lambda mark: connect(mark, astuple(first(mark), leftmost(near)))
    far_marks = shift(marks, toivec(subtract(uppermost(far), uppermost(near))))
    rays = combine(mapply(ray, marks), mapply(hfrontier, far_marks))
    return turn(fill(underfill(grid, color(marks_part), rays), YELLOW, marks))


def solve_67a423a3(I):
    """Where a horizontal and a vertical bar cross, the crossing gets a yellow frame."""
    bars = fill(canvas(BLACK, shape(I)), BLUE, merge(fgpartition(I)))
    full_lines = colorfilter(frontiers(bars), BLUE)
    horizontal = merge(sfilter(full_lines, hline))
    vertical = merge(sfilter(full_lines, vline))
    return fill(I, YELLOW, outbox(intersection(horizontal, vertical)))


def solve_6cdd2623(I):
    """Marks of one colour that face each other on opposite borders become lines across the grid; everything
    else is removed.
    """
    background = mostcolor(I)
    marks = lambda near, far, offset: sfilter(
        intersection(toobject(near, I), shift(toobject(far, I), offset)),
        lambda mark: flip(equality(first(mark), background)),
    )
    across = tojvec(decrement(width(I)))
    down = toivec(decrement(height(I)))
    row_marks = marks(vfrontier(ORIGIN), vfrontier(across), invert(across))
    column_marks = marks(hfrontier(ORIGIN), hfrontier(down), invert(down))
    line_color = mostcolor(combine(row_marks, column_marks))
    drawn = lambda found, frontier: mapply(
        lambda mark: frontier(last(mark)), sfilter(found, matcher(first, line_color))
    )
    lines = combine(drawn(row_marks, hfrontier), drawn(column_marks, vfrontier))
    return fill(canvas(background, shape(I)), line_color, lines)


def solve_6d58a25d(I):
    """From every dot under the roof-shaped figure, within its width, a line runs to the roof and to the edge
    of the grid; the figure may open to any side.
    """
    most_compact = argmin(partition(I), compose(size, backdrop))
    roof = lambda grid: ofcolor(grid, color(most_compact))
    opens_down = lambda grid: both(
        contained(llcorner(roof(grid)), roof(grid)), contained(lrcorner(roof(grid)), roof(grid))
    )
    quarters = extract(interval(ZERO, FOUR, ONE), lambda count: opens_down(turned(I, count)))
    grid = turned(I, quarters)
    below = difference(mapply(lambda cell: shoot(cell, DOWN), roof(grid)), roof(grid))
    background = mostcolor(I)
    dot_color = other(remove(background, palette(I)), color(most_compact))
    dots = intersection(ofcolor(grid, dot_color), below)
    lines = intersection(mapply(vfrontier, dots), below)
    return turned_back(fill(grid, dot_color, lines), quarters)


def solve_6e19193c(I):
    """Every bent corner of three cells shoots a diagonal ray of its colour out of its open side."""
    hooks = sizefilter(objects(I, T, F, T), THREE)
    bent_hooks = sfilter(hooks, lambda hook: equality(size(delta(hook)), ONE))
    gap = lambda hook: first(delta(hook))
    elbow = lambda hook: first(intersection(ineighbors(gap(hook)), toindices(hook)))
    aim = lambda hook: subtract(gap(hook), elbow(hook))
    ray = lambda hook: recolor(color(hook), shoot(add(gap(hook), aim(hook)), aim(hook)))
    return underpaint(I, mapply(ray, bent_hooks))


def solve_7447852a(I):
    """A zigzag runs from the upper left corner between floor and ceiling; of its bays, below and above in
    turn, every third turns yellow, from the first on.
    """
    slope = decrement(height(I))
    period = double(slope)
    remainder = lambda value, divisor: subtract(value, multiply(divisor, divide(value, divisor)))
    phase = lambda place: remainder(last(place), period)
    line_row = lambda place: minimum(astuple(phase(place), subtract(period, phase(place))))
    is_below = lambda place: greater(first(place), line_row(place))
    is_above = lambda place: greater(line_row(place), first(place))
    bay_below = lambda place: double(divide(add(last(place), slope), period))
    bay_above = lambda place: increment(double(divide(last(place), period)))
    is_third = lambda bay: equality(remainder(bay, THREE), ZERO)
    in_bay = lambda place: either(
        both(is_below(place), is_third(bay_below(place))), both(is_above(place), is_third(bay_above(place)))
    )
    return fill(I, YELLOW, sfilter(asindices(I), in_bay))


def solve_7ddcd7ec(I):
    """The tails at the corners of the square go on diagonally to the edges."""
    body = toindices(merge(fgpartition(I)))
    touching = lambda cell: intersection(neighbors(cell), body)
    tails = sfilter(body, lambda cell: equality(size(touching(cell)), ONE))
    ray = lambda tail: shoot(tail, subtract(tail, first(touching(tail))))
    colored_ray = lambda tail: recolor(index(I, tail), ray(tail))
    return paint(I, mapply(colored_ray, tails))


def solve_8403a5d5(I):
    """From the dot on the floor, every second column to the right is filled; gray caps join them in turn at
    the ceiling and at the floor.
    """
    dot = first(ofcolor(I, leastcolor(I)))
    columns_from = lambda offset, step: interval(add(last(dot), offset), width(I), step)
    bars = mapply(lambda column: vfrontier(tojvec(column)), columns_from(ZERO, TWO))
    ceiling_caps = apply(tojvec, columns_from(ONE, FOUR))
    floor_caps = apply(lambda column: astuple(first(dot), column), columns_from(THREE, FOUR))
    return fill(fill(fill(I, leastcolor(I), bars), GRAY, ceiling_caps), GRAY, floor_caps)


def solve_855e0971(I):
    """Bands of colour carry scattered dots; through each dot a line crosses its band from side to side."""
    dot_color = mostcommon(apply(color, totuple(sizefilter(objects(I, T, F, F), ONE))))
    stacked = equality(size(remove(dot_color, dedupe(first(I)))), ONE)
    turn = branch(stacked, identity, dmirror)
    upright = turn(I)
    band_row = lambda row: repeat(mostcommon(remove(dot_color, row)), size(row))
    bands = objects(apply(band_row, upright), T, F, F)
    dots = ofcolor(upright, dot_color)
    columns = lambda band: apply(last, intersection(dots, toindices(band)))
    lines = lambda band: intersection(
        mapply(lambda column: vfrontier(tojvec(column)), columns(band)), toindices(band)
    )
    return turn(fill(upright, dot_color, mapply(lines, bands)))


def solve_8d510a79(I):
    """A wall divides the grid; red dots send a ray to the wall and blue dots one away from it."""
    background = mostcolor(I)
    wall = extract(frontiers(I), lambda line: flip(equality(color(line), background)))
    across = hline(wall)
    grid = branch(across, identity, dmirror)(I)
    level = branch(across, uppermost(wall), leftmost(wall))
    outwards = lambda dot: toivec(sign(subtract(first(dot), level)))
    blue_rays = mapply(lambda dot: shoot(dot, outwards(dot)), ofcolor(grid, BLUE))
    red_rays = mapply(lambda dot: connect(dot, astuple(level, last(dot))), ofcolor(grid, RED))
    drawn = underfill(underfill(grid, RED, red_rays), BLUE, blue_rays)
    return branch(across, identity, dmirror)(drawn)


def solve_97999447(I):
    """Every dot draws a line to the right edge, alternating its own colour and gray."""
    dots = merge(fgpartition(I))
    every_second = product(initset(ZERO), interval(ZERO, width(I), TWO))
    colored = mapply(lambda dot: recolor(first(dot), shift(every_second, last(dot))), dots)
    between = mapply(lambda place: shift(every_second, add(place, RIGHT)), toindices(dots))
    return fill(paint(I, colored), GRAY, between)


def solve_99fa7670(I):
    """A ray runs from each dot to the right edge and from there down the edge until the next dot's ray."""
    dots = merge(fgpartition(I))
    corner = decrement(shape(I))
    edge_place = lambda dot: astuple(first(last(dot)), last(corner))
    ray = lambda dot: recolor(first(dot), connect(last(dot), edge_place(dot)))
    drop = lambda dot: recolor(first(dot), connect(edge_place(dot), corner))
    return paint(paint(I, mapply(ray, totuple(dots))), mapply(drop, order(dots, last)))


def solve_a2fd1cf0(I):
    """A cyan path joins the dots: sideways from the red one, then straight up or down to the green one."""
    start = first(ofcolor(I, RED))
    goal = first(ofcolor(I, GREEN))
    turning_point = astuple(first(start), last(goal))
    return underfill(I, CYAN, combine(connect(start, turning_point), connect(turning_point, goal)))


def solve_a3df8b1e(I):
    """Every corner dot sends a diagonal ray along the grid's longer side; it bounces between the two long
    walls.
    """
    turn = branch(portrait(I), identity, dmirror)
    tall = turn(I)
    last_row = decrement(height(tall))
    last_column = decrement(width(tall))
    period = double(last_column)
    phase = lambda step: subtract(step, multiply(period, divide(step, period)))
    sway = lambda step: minimum(astuple(phase(step), subtract(period, phase(step))))
    row = lambda dot, step: branch(equality(first(dot), ZERO), step, subtract(last_row, step))
    column = lambda dot, step: branch(
        equality(last(dot), ZERO), sway(step), subtract(last_column, sway(step))
    )
    steps = interval(ZERO, height(tall), ONE)
    dots = intersection(ofcolor(tall, leastcolor(tall)), corners(asindices(tall)))
    rays = prapply(lambda dot, step: astuple(row(dot, step), column(dot, step)), dots, steps)
    return turn(fill(tall, leastcolor(tall), rays))


def solve_a65b410d(I):
    """A bar stands on one edge; stairs continue it on both sides, green where they grow by one cell a line
    and blue where they shrink. Seen with the bar's foot on the left, green is above.
    """
    bar = merge(fgpartition(I))
    lying = hline(bar)
    foot_left = equality(leftmost(bar), ZERO)
    foot_below = equality(lowermost(bar), decrement(height(I)))
    turn = branch(lying, branch(foot_left, identity, rot180), branch(foot_below, rot90, rot270))
    turn_back = branch(lying, branch(foot_left, identity, rot180), branch(foot_below, rot270, rot90))
    grid = turn(I)
    turned_bar = merge(fgpartition(grid))
    bar_row = uppermost(turned_bar)
    reach = add(width(turned_bar), bar_row)
    stairs = sfilter(asindices(grid), lambda place: greater(reach, add(first(place), last(place))))
    above = sfilter(stairs, lambda place: greater(bar_row, first(place)))
    return turn_back(paint(fill(fill(grid, BLUE, stairs), GREEN, above), turned_bar))


def solve_a699fb00(I):
    """Where a row holds two marks with one cell between them, that cell turns red."""
    marks = difference(asindices(I), ofcolor(I, mostcolor(I)))
    between = intersection(shift(marks, LEFT), shift(marks, RIGHT))
    return underfill(I, RED, between)


def solve_a78176bb(I):
    """Triangles lean on diagonal lines; each gives way to a parallel of its line, which passes just beyond
    its right-angled corner.
    """
    is_line = lambda thing: both(
        greater(size(thing), ONE), equality(shape(thing), astuple(size(thing), size(thing)))
    )
    some_line = extract(objects(I, T, T, T), is_line)
    turn = branch(contained(ulcorner(some_line), toindices(some_line)), identity, vmirror)
    grid = turn(I)
    lines = sfilter(objects(grid, T, T, T), is_line)
    triangles = objects(fill(grid, mostcolor(I), merge(lines)), T, F, T)
    its_line = lambda triangle: extract(lines, lambda line: adjacent(line, triangle))
    offset = lambda place: subtract(last(place), first(place))
    above = lambda triangle: greater(offset(first(toindices(triangle))), offset(ulcorner(its_line(triangle))))
    beyond = lambda triangle: branch(above(triangle), urcorner, llcorner)(outbox(triangle))
    whole_line = lambda place: combine(shoot(place, UNITY), shoot(place, NEG_UNITY))
    parallel = lambda triangle: recolor(color(its_line(triangle)), whole_line(beyond(triangle)))
    cleared = fill(grid, mostcolor(I), merge(triangles))
    return turn(paint(cleared, mapply(parallel, triangles)))


def solve_aba27056(I):
    """The inside of an open box becomes yellow, and through the gap shines a straight beam with a diagonal
    ray from each end of the gap.
    """
    walls = merge(objects(I, T, F, T))
    inside = delta(walls)
    gap = intersection(inside, box(walls))
    down = subtract(
        branch(equality(lowermost(gap), lowermost(walls)), ONE, ZERO),
        branch(equality(uppermost(gap), uppermost(walls)), ONE, ZERO),
    )
    right = subtract(
        branch(equality(rightmost(gap), rightmost(walls)), ONE, ZERO),
        branch(equality(leftmost(gap), leftmost(walls)), ONE, ZERO),
    )
    outwards = astuple(down, right)
    along = astuple(multiply(right, right), multiply(down, down))
    beam = mapply(lambda place: shoot(place, outwards), gap)
    one_ray = shoot(ulcorner(gap), subtract(outwards, along))
    other_ray = shoot(lrcorner(gap), add(outwards, along))
    return fill(I, YELLOW, combine(combine(inside, beam), combine(one_ray, other_ray)))


def solve_b527c5c6(I):
    """The dot on a long side of each rectangle shoots out of it; a band of the rectangle's colour goes
    along, on either side as wide as the rectangle's short side less one.
    """
    rectangles = sfilter(
        objects(I, F, F, T), lambda part: equality(size(part), multiply(height(part), width(part)))
    )
    dot = lambda part: first(toindices(sfilter(part, matcher(first, leastcolor(part)))))
    sideways = lambda part: branch(equality(last(dot(part)), leftmost(part)), LEFT, RIGHT)
    upright = lambda part: branch(equality(first(dot(part)), uppermost(part)), UP, DOWN)
    ray = lambda part: shoot(dot(part), branch(portrait(part), sideways(part), upright(part)))
    across = lambda part: branch(portrait(part), DOWN, RIGHT)
    reach = lambda part: decrement(minimum(shape(part)))
    offsets = lambda part: interval(invert(reach(part)), increment(reach(part)), ONE)
    band = lambda part: mapply(lambda k: shift(ray(part), multiply(across(part), k)), offsets(part))
    colored_rays = mapply(lambda part: recolor(leastcolor(part), ray(part)), rectangles)
    colored_bands = mapply(lambda part: recolor(mostcolor(part), band(part)), rectangles)
    return underpaint(underpaint(I, colored_rays), colored_bands)


def solve_b7249182(I):
    """Lines run from two facing dots towards the middle and open into two brackets, which meet there."""
    turn = branch(equality(width(merge(fgpartition(I))), ONE), identity, dmirror)
    dots = order(fgpartition(turn(I)), uppermost)
    upper, lower = ulcorner(first(dots)), ulcorner(last(dots))
    middle = astuple(halve(add(first(upper), first(lower))), last(upper))
    left, right = tojvec(NEG_TWO), tojvec(TWO)
    side = lambda tip, bar, way: connect(add(tip, way), add(bar, way))
    crossbar = lambda bar: connect(add(bar, left), add(bar, right))
    sides = lambda tip, bar: combine(side(tip, bar, left), side(tip, bar, right))
    half = lambda dot, tip, bar: combine(combine(connect(dot, bar), crossbar(bar)), sides(tip, bar))
    upper_half = half(upper, middle, add(middle, UP))
    lower_half = half(lower, add(middle, DOWN), add(middle, double(DOWN)))
    drawn = fill(turn(I), color(first(dots)), upper_half)
    return turn(fill(drawn, color(last(dots)), lower_half))


def solve_b782dc8a(I):
    """Through the passages of a maze spreads, from where it has begun, the alternation of two colours. The
    begun cell in the middle has only walls beside it and begun cells.
    """
    colors = order(palette(I), lambda value: colorcount(I, value))
    seeds = combine(ofcolor(I, first(colors)), ofcolor(I, first(remove(first(colors), colors))))
    unseeded = lambda cell: toobject(difference(dneighbors(cell), seeds), I)
    seeded_count = lambda cell: size(intersection(dneighbors(cell), seeds))
    heart = argmax(seeds, lambda cell: subtract(seeded_count(cell), numcolors(unseeded(cell))))
    walls = branch(positive(size(unseeded(heart))), unseeded(heart), toobject(ineighbors(heart), I))
    passage_color = last(remove(mostcolor(walls), colors))
    rooms = objects(fill(I, passage_color, seeds), T, F, F)
    room = toindices(extract(rooms, lambda part: contained(heart, toindices(part))))
    parity = lambda cell: even(add(first(cell), last(cell)))
    is_like_heart = lambda cell: equality(parity(cell), parity(heart))
    other_color = other(palette(toobject(seeds, I)), index(I, heart))
    return fill(fill(I, other_color, room), index(I, heart), sfilter(room, is_like_heart))


def solve_b8cdaf2b(I):
    """From the bump over the core in the middle of one edge, two diagonals in the core's colour run into the
    grid.
    """
    core_color = leastcolor(I)
    core = ofcolor(I, core_color)
    on_floor = equality(uppermost(core), decrement(height(I)))
    on_ceiling = equality(lowermost(core), ZERO)
    jump = branch(either(on_floor, on_ceiling), (2, 1), (1, 2))
    ray = lambda corner, direction: shoot(add(corner, multiply(jump, direction)), direction)
    upper_rays = combine(ray(ulcorner(core), NEG_UNITY), ray(urcorner(core), UP_RIGHT))
    lower_rays = combine(ray(llcorner(core), DOWN_LEFT), ray(lrcorner(core), UNITY))
    return underfill(I, core_color, combine(upper_rays, lower_rays))


def solve_ba97ae07(I):
    """Of two crossing bars the one that lies on top goes below the other."""
    parts = partition(I)
    spans = lambda part: either(equality(height(part), height(I)), equality(width(part), width(I)))
    upper = extract(parts, lambda part: both(spans(part), equality(size(delta(part)), ZERO)))
    lower = argmin(remove(upper, parts), compose(size, backdrop))
    ray = branch(equality(height(upper), height(I)), hfrontier, vfrontier)
    return fill(I, color(lower), intersection(toindices(upper), mapply(ray, toindices(lower))))


def solve_bdad9b1f(I):
    """Short pieces of lines become full rows and columns of their colours; the crossings are yellow."""
    pieces = objects(I, T, F, T)
    level = sfilter(pieces, hline)
    rows = mapply(lambda piece: recolor(color(piece), hfrontier(ulcorner(piece))), level)
    columns = mapply(
        lambda piece: recolor(color(piece), vfrontier(ulcorner(piece))), difference(pieces, level)
    )
    return fill(paint(paint(I, rows), columns), YELLOW, intersection(toindices(rows), toindices(columns)))


def solve_c1d99e64(I):
    """Rows and columns of one colour turn red."""
    return fill(I, RED, merge(frontiers(I)))


def solve_cbded52d(I):
    """Lines cut the grid into equal rooms; where two rooms of a row or column bear a mark of one colour at
    the same spot, every room between them gets it too.
    """
    lines = frontiers(I)
    pitch = room_pitch(I, lines)
    reach = multiply(pitch, divide(shape(I), pitch))
    rooms = difference(asobject(I), merge(lines))
    marks = difference(rooms, asobject(canvas(mostcolor(rooms), shape(I))))
    steps = lambda most, step: interval(invert(most), increment(most), step)
    row_steps = product(initset(ZERO), steps(last(reach), last(pitch)))
    column_steps = product(steps(first(reach), first(pitch)), initset(ZERO))
    twins = lambda mark, places: sfilter(toobject(places, I), matcher(first, first(mark)))
    span = lambda mark, places: intersection(backdrop(twins(mark, places)), places)
    spans = lambda mark: combine(
        span(mark, shift(row_steps, last(mark))), span(mark, shift(column_steps, last(mark)))
    )
    return paint(I, mapply(lambda mark: recolor(first(mark), spans(mark)), marks))


def solve_d06dbe63(I):
    """Gray stairs, each step two cells wide and two high, go from every mark up to the right and down to the
    left, on the background.
    """
    marks = ofcolor(I, leastcolor(I))
    length = increment(halve(maximum(shape(I))))
    down_step = insert(DOWN, connect(TWO_BY_ZERO, astuple(TWO, NEG_TWO)))
    down_stairs = mapply(
        lambda place: shift(down_step, double(place)), connect(ORIGIN, astuple(length, invert(length)))
    )
    stairs = combine(down_stairs, apply(invert, down_stairs))
    return underfill(I, GRAY, mapply(lambda mark: shift(stairs, mark), marks))


def solve_d07ae81c(I):
    """Every dot sends rays along both diagonals; in each of the two kinds of ground a ray takes the colour
    of the dots that stand there.
    """
    parts = order(partition(I), size)
    one_ground, other_ground = last(remove(last(parts), parts)), last(parts)
    dots = remove(last(parts), remove(one_ground, parts))
    marks = toindices(merge(dots))
    beside = lambda dot: toobject(difference(mapply(neighbors, toindices(dot)), marks), I)
    surplus = lambda dot, ground, rest: subtract(
        colorcount(beside(dot), color(ground)), colorcount(beside(dot), color(rest))
    )
    ink = lambda ground, rest: color(argmax(dots, lambda dot: surplus(dot, ground, rest)))
    rays = diagonals(marks)
    drawn = lambda grid, ground, rest: fill(grid, ink(ground, rest), intersection(rays, toindices(ground)))
    return drawn(drawn(I, one_ground, other_ground), other_ground, one_ground)


def solve_d43fd935(I):
    """Every dot in a row or column of the block draws a line to it; where lines overlap the nearer dot's
    shows.
    """
    block = argmax(sfilter(fgpartition(I), lambda part: equality(size(delta(part)), ZERO)), size)
    dots = apply(initset, difference(merge(fgpartition(I)), block))
    level = sfilter(dots, lambda dot: either(hmatching(dot, block), vmatching(dot, block)))
    far_first = order(level, lambda dot: invert(manhattan(dot, block)))
    line = lambda dot: recolor(color(dot), connect(ulcorner(dot), add(ulcorner(dot), gravitate(dot, block))))
    return paint(I, merge(apply(line, far_first)))


def solve_d4a91cb9(I):
    """A yellow path joins the dots: straight up or down from the cyan one, then sideways to the red one."""
    start = first(ofcolor(I, CYAN))
    goal = first(ofcolor(I, RED))
    turning_point = astuple(first(goal), last(start))
    return underfill(I, YELLOW, combine(connect(start, turning_point), connect(turning_point, goal)))


def solve_d9f24cd1(I):
    """Lines grow from the marks on one border across the grid; one that runs into an obstacle steps aside to
    its right and goes on.
    """
    background = mostcolor(I)
    last_row = lambda grid: toobject(hfrontier(decrement(shape(grid))), grid)
    marks = lambda grid: sfilter(last_row(grid), lambda cell: flip(equality(first(cell), background)))
    quarters = argmax(interval(ZERO, FOUR, ONE), lambda turns: size(marks(turned(I, turns))))
    grid = turned(I, quarters)
    seeds = marks(grid)
    obstacles = difference(merge(fgpartition(grid)), seeds)
    blockers = lambda seed: intersection(vfrontier(seed), toindices(obstacles))
    stop = lambda seed: maximum(insert(NEG_ONE, apply(first, blockers(seed))))
    straight = lambda seed: connect(seed, astuple(increment(stop(seed)), last(seed)))
    blocking = lambda seed: sfilter(blockers(seed), matcher(first, stop(seed)))
    aside = lambda seed: mapply(lambda blocker: shoot(add(blocker, UNITY), UP), blocking(seed))
    lines = mapply(fork(combine, straight, aside), toindices(seeds))
    return turned_back(paint(fill(grid, color(seeds), lines), obstacles), quarters)


def solve_db3e9e38(I):
    """A line hangs from an edge; parallel lines on both sides, cyan and of its colour in turn, get ever
    shorter. The drawing may be turned.
    """
    line_color = color(first(fgpartition(I)))
    line_in = lambda grid: recolor(line_color, ofcolor(grid, line_color))
    beside_edge = lambda line, grid: either(
        equality(leftmost(line), ZERO), equality(rightmost(line), decrement(width(grid)))
    )
    upright = lambda line, grid: flip(both(beside_edge(line, grid), greater(width(line), height(line))))
    hangs = lambda grid: both(equality(uppermost(line_in(grid)), ZERO), upright(line_in(grid), grid))
    quarters = extract(interval(ZERO, FOUR, ONE), lambda turns: hangs(turned(I, turns)))
    grid = turned(I, quarters)
    line = line_in(grid)
    ink = lambda step: branch(even(step), line_color, CYAN)
    moved = lambda step, way: shift(line, astuple(invert(step), multiply(way, multiply(step, width(line)))))
    both_sides = lambda step: recolor(ink(step), combine(moved(step, ONE), moved(step, NEG_ONE)))
    return turned_back(paint(grid, mapply(both_sides, interval(ONE, height(line), ONE))), quarters)


def solve_dbc1a6ce(I):
    """Dots in the same row or column are connected by cyan lines."""
    dots = ofcolor(I, leastcolor(I))
    row_span = lambda row: backdrop(intersection(dots, hfrontier(toivec(row))))
    column_span = lambda column: backdrop(intersection(dots, vfrontier(tojvec(column))))
    spans = combine(mapply(row_span, apply(first, dots)), mapply(column_span, apply(last, dots)))
    return fill(I, CYAN, difference(spans, dots))


def solve_ded97339(I):
    """Dots in one row or column are connected."""
    dots = merge(fgpartition(I))
    places = toindices(dots)
    row_span = lambda row: backdrop(intersection(places, hfrontier(toivec(row))))
    column_span = lambda column: backdrop(intersection(places, vfrontier(tojvec(column))))
    spans = combine(mapply(row_span, apply(first, places)), mapply(column_span, apply(last, places)))
    return fill(I, color(dots), spans)


def solve_ea786f4a(I):
    """The one odd cell sends diagonal rays of its colour to the edges."""
    odd_color = leastcolor(I)
    center_cell = first(ofcolor(I, odd_color))
    falling = combine(shoot(center_cell, UNITY), shoot(center_cell, NEG_UNITY))
    rising = combine(shoot(center_cell, UP_RIGHT), shoot(center_cell, DOWN_LEFT))
    return fill(I, odd_color, combine(falling, rising))


def solve_ec883f72(I):
    """A frame, perhaps cut by the grid's edge, holds a block; diagonal rays of the block's colour leave from
    the frame's outer corners.
    """
    inside_out = order(partition(I), lambda part: size(backdrop(part)))
    block = first(inside_out)
    frame = first(remove(block, inside_out))
    falling = combine(
        shoot(add(lrcorner(frame), UNITY), UNITY), shoot(add(ulcorner(frame), NEG_UNITY), NEG_UNITY)
    )
    rising = combine(
        shoot(add(urcorner(frame), UP_RIGHT), UP_RIGHT), shoot(add(llcorner(frame), DOWN_LEFT), DOWN_LEFT)
    )
    return fill(I, color(block), combine(falling, rising))


def solve_ecdecbb3(I):
    """Every dot is connected with the nearest parallel line on each side; where the connection meets the
    line comes a ring of the line's colour around the dot's colour.
    """
    dot_color = leastcolor(I)
    dots = ofcolor(I, dot_color)
    line_color = other(remove(dot_color, palette(I)), mostcolor(I))
    lines = ofcolor(I, line_color)
    in_sight = lambda dot: intersection(lines, combine(hfrontier(dot), vfrontier(dot)))
    is_near = lambda place, dot: equality(colorcount(toobject(connect(place, dot), I), line_color), ONE)
    meetings = lambda dot: sfilter(in_sight(dot), lambda place: is_near(place, dot))
    connections = lambda dot: mapply(lambda place: connect(place, dot), meetings(dot))
    all_meetings = mapply(meetings, dots)
    connected = fill(I, dot_color, mapply(connections, dots))
    return fill(fill(connected, line_color, mapply(neighbors, all_meetings)), dot_color, all_meetings)


def solve_ef135b50(I):
    """Gaps between rectangles in the same row are filled maroon, but not in the top and the bottom row."""
    background = color(argmax(objects(I, T, F, F), compose(size, delta)))
    row = lambda place: crop(I, toivec(place), astuple(ONE, width(I)))
    taken = lambda place: difference(asindices(row(place)), ofcolor(row(place), background))
    gaps = lambda place: shift(delta(taken(place)), toivec(place))
    return fill(I, MAROON, merge(apply(gaps, interval(ONE, decrement(height(I)), ONE))))


def solve_f1cefba8(I):
    """Dents in the double frame around a core mark rows and columns: there the core takes the frame's
    colour, and beyond the frame lines in the core's colour run to the edges; the dents are closed.
    """
    nested = order(partition(I), compose(size, backdrop))
    core_part = first(nested)
    frame_part = first(remove(core_part, nested))
    frame_color = color(frame_part)
    outer = combine(frame_part, core_part)
    core = backdrop(inbox(inbox(outer)))
    dents = difference(toindices(core_part), core)
    beside = lambda dent: hmatching(initset(dent), core)
    line = lambda dent: branch(beside(dent), hfrontier(dent), vfrontier(dent))
    lines = mapply(line, dents)
    closed = fill(fill(I, frame_color, dents), frame_color, intersection(core, lines))
    return fill(closed, color(core_part), difference(lines, toindices(outer)))


def solve_feca6190(I):
    """On a square canvas, as many times as wide as the row as it has colours, every coloured cell rises
    diagonally from below.
    """
    side = multiply(size(remove(BLACK, palette(I))), width(I))
    empty_row = canvas(BLACK, astuple(ONE, side))
    strip = crop(hconcat(hconcat(empty_row, I), empty_row), RIGHT, astuple(ONE, double(side)))
    return mapply(lambda step: crop(strip, tojvec(step), astuple(ONE, side)), interval(ZERO, side, ONE))
