"""Things that fall, slide or move until they touch something."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_025d127b(I):
    """Every slanted shape is pushed one step to the right over its bottom row, not beyond its right edge."""
    shapes = objects(I, T, T, T)
    pushed = lambda shape_: (
        lambda place: branch(
            either(equality(first(place), lowermost(shape_)), equality(last(place), rightmost(shape_))),
            place,
            add(place, RIGHT),
        )
    )
    leaned = lambda shape_: recolor(color(shape_), apply(pushed(shape_), toindices(shape_)))
    return paint(cover(I, merge(shapes)), mapply(leaned, shapes))


def solve_05f2a901(I):
    """The irregular object slides straight towards the solid rectangle until it touches it."""
    things = objects(I, T, T, T)
    block = extract(things, is_solid)
    slider = other(things, block)
    return move(I, slider, gravitate(slider, block))


def solve_1a07d186(I):
    """Cells of a line's colour move straight up to that line and stay beside it; all other loose cells
    vanish.
    """
    background = mostcolor(I)
    colored = lambda grid: sfilter(frontiers(grid), lambda line: flip(equality(color(line), background)))
    turn = branch(vline(first(colored(I))), identity, dmirror)
    grid = turn(I)
    beside = lambda line: (
        lambda dot: astuple(first(dot), add(leftmost(line), sign(subtract(last(dot), leftmost(line)))))
    )
    moved = lambda line: recolor(color(line), apply(beside(line), ofcolor(grid, color(line))))
    return turn(paint(canvas(background, shape(grid)), mapply(moved, colored(grid))))


def solve_1caeab9d(I):
    """All shapes move up or down to the height of the blue one."""
    shapes = fgpartition(I)
    level = uppermost(ofcolor(I, BLUE))
    lift = lambda part: shift(part, toivec(subtract(level, uppermost(part))))
    return paint(cover(I, merge(shapes)), mapply(lift, shapes))


def solve_1e0a9b12(I):
    """Every cell falls to the bottom of its column, keeping the order within the column."""
    background = mostcolor(I)
    settle = lambda column: order(column, lambda value: flip(equality(value, background)))
    return dmirror(apply(settle, dmirror(I)))


def solve_25ff71a9(I):
    """The shape moves down by one cell."""
    return move(I, merge(fgpartition(I)), DOWN)


def solve_3618c87e(I):
    """Each tip of a stem drops along it into the wall the stems grow from."""
    tips = ofcolor(I, leastcolor(I))
    around = toobject(difference(mapply(dneighbors, tips), tips), I)
    background = mostcolor(around)
    wall = extract(frontiers(I), lambda line: flip(equality(color(line), background)))
    ray = branch(hline(wall), vfrontier, hfrontier)
    landings = intersection(mapply(ray, tips), toindices(wall))
    return fill(fill(I, background, tips), leastcolor(I), landings)


def solve_3906de3d(I):
    """Everything is drawn to the edge on which the big block hangs: the bars slide into its slots."""
    background = mostcolor(I)
    edge_row = lambda grid: crop(grid, ORIGIN, astuple(ONE, width(grid)))
    spare = lambda turns: colorcount(edge_row(turned(I, turns)), background)
    filled = lambda turns: subtract(width(turned(I, turns)), spare(turns))
    quarters = argmax(interval(ZERO, FOUR, ONE), filled)
    rise = lambda column: order(column, matcher(identity, background))
    risen = dmirror(apply(rise, dmirror(turned(I, quarters))))
    return turned_back(risen, quarters)


def solve_4093f84a(I):
    """Dots on both sides of a bar across the grid fall onto it and take its colour."""
    across = lambda part: either(equality(height(part), height(I)), equality(width(part), width(I)))
    is_bar = lambda part: both(across(part), equality(size(delta(part)), ZERO))
    bar_color = color(extract(partition(I), is_bar))
    dot_color = argmin(remove(bar_color, palette(I)), lambda ink: colorcount(I, ink))
    turn = branch(equality(width(ofcolor(I, bar_color)), width(I)), identity, dmirror)
    grid = turn(I)
    top = uppermost(ofcolor(grid, bar_color))
    dotted = replace(grid, dot_color, bar_color)
    settled = lambda part, key: dmirror(apply(lambda column: order(column, key), dmirror(part)))
    is_solid = lambda ink: equality(ink, bar_color)
    above = settled(crop(dotted, ORIGIN, astuple(top, width(grid))), is_solid)
    from_bar = settled(crop(dotted, toivec(top), shape(grid)), compose(flip, is_solid))
    return turn(vconcat(above, from_bar))


def solve_5168d44c(I):
    """A frame surrounds one dot of an evenly spaced line of dots; it moves on to the next dot, to the right
    or down. The grid's edge may cut dots and frame.
    """
    pieces = objects(I, T, T, T)
    alone = lambda piece: equality(size(colorfilter(pieces, color(piece))), ONE)
    frame = extract(pieces, alone)
    dots = order(sfilter(pieces, lambda piece: flip(alone(piece))), ulcorner)
    second = first(remove(first(dots), dots))
    between = lambda corner: subtract(corner(second), corner(first(dots)))
    larger = lambda a, b: maximum(insert(a, initset(b)))
    down = larger(first(between(ulcorner)), first(between(lrcorner)))
    right = larger(last(between(ulcorner)), last(between(lrcorner)))
    framed = extract(dots, lambda dot: positive(size(intersection(toindices(dot), delta(frame)))))
    border_sum = add(ulcorner(framed), lrcorner(framed))
    flipped_rows = apply(
        lambda cell: astuple(subtract(first(border_sum), first(cell)), last(cell)), toindices(frame)
    )
    both_rows = combine(toindices(frame), flipped_rows)
    flipped_columns = apply(
        lambda cell: astuple(first(cell), subtract(last(border_sum), last(cell))), both_rows
    )
    whole_frame = combine(both_rows, flipped_columns)
    return fill(cover(I, frame), color(frame), shift(whole_frame, astuple(down, right)))


def solve_54d82841(I):
    """Out of the open side of every bracket a yellow dot drops to the edge of the grid."""
    brackets = objects(I, T, F, T)
    mouth = lambda bracket: first(delta(bracket))
    last_place = decrement(shape(I))
    row_goal = lambda bracket: branch(
        equality(first(mouth(bracket)), lowermost(bracket)), first(last_place), ZERO
    )
    column_goal = lambda bracket: branch(
        equality(last(mouth(bracket)), rightmost(bracket)), last(last_place), ZERO
    )
    downward = lambda bracket: astuple(row_goal(bracket), last(mouth(bracket)))
    sideward = lambda bracket: astuple(first(mouth(bracket)), column_goal(bracket))
    dot = lambda bracket: branch(portrait(bracket), sideward(bracket), downward(bracket))
    return fill(I, YELLOW, apply(dot, brackets))


def solve_5521c0d9(I):
    """All boxes stand on one edge of the grid; each moves away from that edge by its own extent."""
    boxes = objects(I, T, F, T)
    on_floor = equality(minimum(apply(lowermost, boxes)), decrement(height(I)))
    on_ceiling = equality(maximum(apply(uppermost, boxes)), ZERO)
    on_left_wall = equality(maximum(apply(leftmost, boxes)), ZERO)
    sideways = lambda box_: tojvec(branch(on_left_wall, width(box_), invert(width(box_))))
    down_or_sideways = lambda box_: branch(on_ceiling, toivec(height(box_)), sideways(box_))
    leap = lambda box_: branch(on_floor, toivec(invert(height(box_))), down_or_sideways(box_))
    return paint(cover(I, merge(boxes)), mapply(lambda box_: shift(box_, leap(box_)), boxes))


def solve_56dc2b01(I):
    """The shape slides up to the red line; on its other side, beyond the shape, comes a cyan line."""
    line = ofcolor(I, RED)
    figure = extract(fgpartition(I), lambda part: flip(equality(color(part), RED)))
    axis = branch(portrait(line), RIGHT, DOWN)
    away = multiply(axis, sign(subtract(ulcorner(figure), ulcorner(line))))
    moved = move(I, figure, gravitate(figure, line))
    return fill(moved, CYAN, shift(line, multiply(away, increment(shape(figure)))))


def solve_5daaa586(I):
    """Two rows and two columns enclose a window; the specks in it stretch inside it to the side that has
    their colour.
    """
    background = mostcolor(I)
    is_line = lambda row: both(
        flip(equality(mostcommon(row), background)),
        greater(colorcount(repeat(row, ONE), mostcommon(row)), subtract(size(row), THREE)),
    )
    line_places = lambda grid: sfilter(
        interval(ZERO, height(grid), ONE),
        lambda place: is_line(first(crop(grid, toivec(place), astuple(ONE, width(grid))))),
    )
    rows = line_places(I)
    columns = line_places(dmirror(I))
    corner = astuple(first(rows), first(columns))
    window = crop(I, corner, increment(subtract(astuple(last(rows), last(columns)), corner)))
    specks = remove(background, palette(trim(window)))
    speck_color = first(combine(totuple(specks), totuple(palette(window))))
    side = lambda place: equality(index(window, place), speck_color)
    upwards = branch(side(RIGHT), UP, DOWN)
    sideways = branch(side(DOWN), LEFT, RIGHT)
    direction = branch(either(side(RIGHT), side(astuple(decrement(height(window)), ONE))), upwards, sideways)
    inside = difference(asindices(window), box(asindices(window)))
    sources = intersection(inside, ofcolor(window, speck_color))
    trails = mapply(lambda speck: shoot(speck, direction), sources)
    return fill(window, speck_color, intersection(inside, trails))


def solve_952a094c(I):
    """The dots in the inner corners of a frame go through its centre to just beyond the opposite corner."""
    frame = argmax(objects(I, T, F, T), size)
    inner, outer = inbox(frame), outbox(frame)
    emptied = fill(I, mostcolor(I), backdrop(inner))
    moved = lambda start, goal: recolor(index(I, start(inner)), initset(goal(outer)))
    falling = combine(moved(ulcorner, lrcorner), moved(lrcorner, ulcorner))
    rising = combine(moved(llcorner, urcorner), moved(urcorner, llcorner))
    return paint(emptied, combine(falling, rising))


def solve_98cf29f8(I):
    """A block hangs on a thin tail that touches a rectangle; the block slides along the tail up to the
    rectangle and the tail is gone.
    """
    mover = extract(fgpartition(I), lambda part: positive(size(delta(part))))
    cells = toindices(mover)
    squares = intersection(
        intersection(cells, shift(cells, UP)), intersection(shift(cells, LEFT), shift(cells, NEG_UNITY))
    )
    body = combine(
        combine(squares, shift(squares, DOWN)), combine(shift(squares, RIGHT), shift(squares, UNITY))
    )
    tail = difference(cells, body)
    axis = branch(vmatching(tail, body), DOWN, RIGHT)
    direction = multiply(axis, sign(subtract(ulcorner(tail), ulcorner(body))))
    return fill(cover(I, mover), color(mover), shift(body, multiply(direction, size(tail))))


def solve_a1570a43(I):
    """The drawing moves so that its upper left corner lies one cell inside the frame that four marks of one
    colour span; the marks stay.
    """
    marks = corner_marks(I)
    drawing = difference(merge(fgpartition(I)), marks)
    goal = increment(ulcorner(marks))
    return paint(move(I, drawing, subtract(goal, ulcorner(drawing))), marks)


def solve_a48eeaf7(I):
    """Specks fly straight or diagonally towards the block until they touch it."""
    block = argmax(objects(I, T, F, T), size)
    specks = toindices(difference(merge(fgpartition(I)), block))
    low = decrement(ulcorner(block))
    high = increment(lrcorner(block))
    clamp = lambda value, least, most: minimum(astuple(most, maximum(astuple(least, value))))
    landing = lambda cell: astuple(
        clamp(first(cell), first(low), first(high)), clamp(last(cell), last(low), last(high))
    )
    return fill(cover(I, specks), color(other(fgpartition(I), block)), apply(landing, specks))


def solve_a79310a0(I):
    """The shape moves down one row and turns red."""
    ground = mostcolor(I)
    shape_cells = ofcolor(I, other(palette(I), ground))
    return fill(cover(I, shape_cells), RED, shift(shape_cells, DOWN))


def solve_ae3edfdc(I):
    """Orange dots slide, straight or diagonally, up to the blue centre and green ones up to the red centre."""
    nearer = lambda place, core: add(core, sign(subtract(place, core)))
    landed = lambda core, value: apply(lambda place: nearer(place, core), ofcolor(I, value))
    all_landed = lambda core_color, value: mapply(lambda core: landed(core, value), ofcolor(I, core_color))
    emptied = cover(cover(I, ofcolor(I, ORANGE)), ofcolor(I, GREEN))
    return fill(fill(emptied, ORANGE, all_landed(BLUE, ORANGE)), GREEN, all_landed(RED, GREEN))


def solve_d037b0a7(I):
    """Every coloured cell runs down its column until the next coloured cell or the bottom edge."""
    background = mostcolor(I)
    colored = difference(asobject(I), asobject(canvas(background, shape(I))))
    below = lambda place: connect(place, astuple(decrement(height(I)), last(place)))
    trail = lambda cell: recolor(first(cell), below(last(cell)))
    return paint(I, mapply(trail, order(colored, last)))


def solve_d687bc17(I):
    """Dots of a side's colour move straight to that side; dots of other colours and the corners vanish."""
    room = asindices(trim(I))
    places = shift(room, UNITY)
    dots = lambda side: intersection(ofcolor(I, index(I, side)), places)
    bottom, far = height(trim(I)), width(trim(I))
    below, beside = astuple(increment(bottom), ONE), astuple(ONE, increment(far))
    vertically = lambda side, goal: recolor(
        index(I, side), apply(lambda place: astuple(goal, last(place)), dots(side))
    )
    sideways = lambda side, goal: recolor(
        index(I, side), apply(lambda place: astuple(first(place), goal), dots(side))
    )
    cleared = fill(I, mostcolor(trim(I)), combine(places, corners(asindices(I))))
    moved_vertically = combine(vertically(RIGHT, ONE), vertically(below, bottom))
    moved_sideways = combine(sideways(DOWN, ONE), sideways(beside, far))
    return paint(cleared, combine(moved_vertically, moved_sideways))


def solve_d89b689b(I):
    """Every dot moves onto the nearest cell of the 2x2 block."""
    things = objects(I, T, F, T)
    block = extract(things, lambda thing: equality(size(thing), FOUR))
    dots = difference(merge(fgpartition(I)), block)
    nearest = lambda dot: argmin(
        toindices(block), lambda place: manhattan(initset(place), initset(last(dot)))
    )
    landed = apply(lambda dot: astuple(first(dot), nearest(dot)), dots)
    return paint(cover(I, dots), landed)


def solve_dc433765(I):
    """The loose cell moves one step towards the yellow cell."""
    target = ofcolor(I, YELLOW)
    mover = extract(fgpartition(I), lambda part: flip(equality(color(part), YELLOW)))
    return move(I, mover, sign(subtract(ulcorner(target), ulcorner(mover))))


def solve_e48d4e1a(I):
    """A cross of two full lines moves diagonally away from the specks in a corner, one cell for each speck;
    the specks vanish.
    """
    lines = frontiers(I)
    crossing = ulcorner(intersection(first(lines), last(lines)))
    background = mostcolor(I)
    specks = mfilter(fgpartition(I), lambda part: flip(equality(color(part), color(first(lines)))))
    away = sign(subtract(crossing, ulcorner(specks)))
    target = add(crossing, multiply(away, size(specks)))
    return fill(
        canvas(background, shape(I)), color(first(lines)), combine(hfrontier(target), vfrontier(target))
    )
