"""Inside and outside: holes, enclosed areas, borders of regions."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_00d62c1b(I):
    """Background areas closed in on all sides turn yellow."""
    areas = colorfilter(objects(I, T, F, F), mostcolor(I))
    closed = sfilter(areas, lambda area: flip(bordering(area, I)))
    return fill(I, YELLOW, merge(closed))


def solve_4347f46a(I):
    """Every solid rectangle is hollowed out: only its outline stays."""
    inside = lambda rectangle: difference(backdrop(rectangle), box(rectangle))
    return fill(I, mostcolor(I), mapply(inside, objects(I, T, F, T)))


def solve_444801d8(I):
    """Each box has an opening in one side and a coloured cell inside; that colour fills the box, its opening
    and a bar as wide as the box outside the opening.
    """
    background = mostcolor(I)
    boxes = sfilter(objects(I, T, F, T), lambda frame: positive(size(delta(frame))))
    ink = lambda frame: other(palette(toobject(delta(frame), I)), background)
    opening = lambda frame: difference(box(frame), toindices(frame))
    leads_out = lambda frame, step: flip(contained(add(first(opening(frame)), step), backdrop(frame)))
    outward = lambda frame: extract(dneighbors(ORIGIN), lambda step: leads_out(frame, step))
    bar = lambda frame: difference(shift(backdrop(frame), outward(frame)), backdrop(frame))
    painted = lambda frame: recolor(ink(frame), combine(delta(frame), bar(frame)))
    return paint(I, mapply(painted, boxes))


def solve_44d8ac46(I):
    """Holes that are squares turn red."""
    holes = apply(delta, objects(I, T, F, T))
    return fill(I, RED, mfilter(holes, square))


def solve_6455b5f5(I):
    """Of the areas between the lines, the largest turns blue and the smallest turn cyan."""
    areas = colorfilter(objects(I, T, F, F), mostcolor(I))
    largest = sizefilter(areas, valmax(areas, size))
    smallest = sizefilter(areas, valmin(areas, size))
    return fill(fill(I, BLUE, merge(largest)), CYAN, merge(smallest))


def solve_694f12f3(I):
    """The inside of the larger rectangle becomes red, that of the smaller one blue."""
    regions = objects(I, T, F, F)
    is_rectangle = lambda region: equality(toindices(region), backdrop(region))
    background = color(extract(regions, compose(flip, is_rectangle)))
    rectangles = difference(regions, colorfilter(regions, background))
    inside = lambda rectangle: difference(toindices(rectangle), box(rectangle))
    return fill(fill(I, BLUE, mapply(inside, rectangles)), RED, inside(argmax(rectangles, size)))


def solve_7b6016b9(I):
    """Lines enclose areas: the enclosed background becomes red, the outer background green."""
    areas = colorfilter(objects(I, T, F, F), mostcolor(I))
    enclosed = mfilter(areas, lambda area: flip(bordering(area, I)))
    return fill(replace(I, mostcolor(I), GREEN), RED, enclosed)


def solve_83302e8f(I):
    """Rooms of a net that are closed on all sides turn green; rooms joined by gaps, gaps included, turn
    yellow.
    """
    spaces = colorfilter(objects(I, T, F, F), mostcolor(I))
    is_closed = lambda space: both(greater(size(space), ONE), equality(toindices(space), backdrop(space)))
    return fill(replace(I, mostcolor(I), YELLOW), GREEN, mfilter(spaces, is_closed))


def solve_868de0fa(I):
    """The inside of a frame becomes red if its side is even and orange if it is odd."""
    frames = objects(I, T, F, T)
    inside = lambda frame: recolor(branch(even(width(frame)), RED, ORANGE), delta(frame))
    return paint(I, mapply(inside, frames))


def solve_9edfc990(I):
    """Blue floods the black cells: every black cell that is connected with a blue one turns blue."""
    pools = colorfilter(objects(replace(I, BLACK, BLUE), T, F, F), BLUE)
    flooded = sfilter(pools, lambda pool: contained(BLUE, palette(toobject(pool, I))))
    return fill(I, BLUE, merge(flooded))


def solve_a5313dff(I):
    """Background areas that are closed in on all sides turn blue."""
    areas = colorfilter(objects(I, T, F, F), mostcolor(I))
    return fill(I, BLUE, mfilter(areas, lambda area: flip(bordering(area, I))))


def solve_b2862040(I):
    """Shapes that enclose a hole turn cyan."""
    background = mostcolor(I)
    spaces = colorfilter(objects(I, T, F, F), background)
    holes = merge(sfilter(spaces, lambda space: flip(bordering(space, I))))
    rims = mapply(dneighbors, toindices(holes))
    is_ring = lambda shape_: positive(size(intersection(toindices(shape_), rims)))
    return fill(I, CYAN, mfilter(objects(I, T, F, T), is_ring))


def solve_c0f76784(I):
    """Hollow squares are filled: magenta for an inside of one cell, orange for two by two, cyan for three by
    three.
    """
    insides = apply(delta, objects(I, T, F, T))
    return paint(I, mapply(lambda inside: recolor(add(width(inside), FIVE), inside), insides))


def solve_d4f3cd78(I):
    """The box is filled with cyan, which runs out straight through the gaps in its wall."""
    wall = merge(fgpartition(I))
    gaps = difference(box(wall), toindices(wall))
    outward = lambda place, low, high: branch(
        equality(place, low), NEG_ONE, branch(equality(place, high), ONE, ZERO)
    )
    row_way = lambda gap: outward(first(gap), uppermost(wall), lowermost(wall))
    column_way = lambda gap: outward(last(gap), leftmost(wall), rightmost(wall))
    jets = mapply(lambda gap: shoot(gap, astuple(row_way(gap), column_way(gap))), gaps)
    return fill(I, CYAN, combine(delta(wall), jets))


def solve_d5d6de2d(I):
    """Only the insides of closed outlines stay, filled with green; everything else is cleared."""
    insides = mapply(delta, objects(I, T, F, T))
    return fill(canvas(mostcolor(I), shape(I)), GREEN, insides)


def solve_e73095fd(I):
    """Boxes on the lines, whole or cut by the grid's edge, are filled yellow; the sides of a box end at its
    corners, lines go on.
    """
    background = mostcolor(I)
    rooms = colorfilter(objects(I, T, F, F), background)
    rim = lambda room: toobject(outbox(room), I)
    past_corners = lambda room: difference(mapply(dneighbors, corners(outbox(room))), outbox(room))
    surroundings = lambda room: toobject(past_corners(room), I)
    is_box = lambda room: both(
        both(equality(toindices(room), backdrop(room)), equality(colorcount(rim(room), background), ZERO)),
        equality(colorcount(surroundings(room), background), size(surroundings(room))),
    )
    return fill(I, YELLOW, mfilter(rooms, is_box))
