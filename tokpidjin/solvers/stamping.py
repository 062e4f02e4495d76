"""Templates copied to marked places."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_6c434453(I):
    """Every closed ring, one cell thick, becomes a red plus of the same size."""
    roomy = lambda thing: greater(minimum(shape(thing)), TWO)
    is_ring = lambda thing: both(equality(toindices(thing), box(thing)), roomy(thing))
    rings = sfilter(objects(I, T, F, T), is_ring)
    axes = lambda ring: combine(vfrontier(center(ring)), hfrontier(center(ring)))
    plus = lambda ring: intersection(backdrop(ring), axes(ring))
    return fill(cover(I, merge(rings)), RED, mapply(plus, rings))


def solve_890034e9(I):
    """The one frame with an empty inside is drawn again around every other empty area of the same shape."""
    roomy = lambda thing: greater(minimum(shape(thing)), TWO)
    is_frame = lambda thing: both(equality(toindices(thing), box(thing)), roomy(thing))
    frame = argmax(sfilter(objects(I, T, F, F), is_frame), size)
    inside = backdrop(inbox(frame))
    empty_area = toobject(inside, I)
    places = occurrences(I, normalize(empty_area))
    outline = shift(normalize(toindices(frame)), NEG_UNITY)
    return fill(I, color(frame), mapply(lambda place: shift(outline, place), places))


def solve_e76a88a6(I):
    """Every one-coloured shape is replaced by the many-coloured template of the same form."""
    things = objects(I, F, F, T)
    template = argmax(things, numcolors)
    stamp = lambda thing: shift(normalize(template), ulcorner(thing))
    return paint(I, mapply(stamp, things))


def solve_e8dc4411(I):
    """Cells of a second colour hint at a copy of the shape; copies in that colour follow one another with
    this step up to the edge.
    """
    model = toindices(argmax(fgpartition(I), size))
    hint = argmin(fgpartition(I), size)
    steps = lambda distance: apply(lambda direction: multiply(direction, distance), neighbors(ORIGIN))
    apart = lambda offset: equality(size(intersection(model, shift(model, offset))), ZERO)
    hits = lambda offset: equality(size(difference(toindices(hint), shift(model, offset))), ZERO)
    offset = extract(mapply(steps, interval(ONE, 30, ONE)), lambda offset: both(hits(offset), apart(offset)))
    copies = mapply(lambda number: shift(model, multiply(offset, number)), interval(ONE, 30, ONE))
    return fill(I, color(hint), copies)
