"""Templates copied to marked places."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0962bcdd(I):
    """Every small plus grows: its arms double and diagonals of its centre's colour grow between them."""
    pluses = objects(I, F, F, T)
    area = lambda plus: backdrop(outbox(plus))
    cross = lambda plus: combine(hfrontier(center(plus)), vfrontier(center(plus)))
    arms = lambda plus: recolor(mostcolor(plus), intersection(area(plus), cross(plus)))
    falling = lambda plus: connect(ulcorner(area(plus)), lrcorner(area(plus)))
    rising = lambda plus: connect(llcorner(area(plus)), urcorner(area(plus)))
    diagonals = lambda plus: recolor(leastcolor(plus), combine(falling(plus), rising(plus)))
    return paint(paint(I, mapply(arms, pluses)), mapply(diagonals, pluses))


def solve_0e206a2e(I):
    """Shapes of one main colour carry three marks. Wherever the same marks stand alone, turned or mirrored,
    the shape is rebuilt around them; the models vanish.
    """
    pieces = objects(I, F, T, T)
    body_color = mostcolor(argmax(pieces, size))
    models = sfilter(pieces, lambda piece: contained(body_color, palette(piece)))
    cleared = cover(I, merge(models))
    marks = lambda model: sfilter(model, lambda cell: flip(equality(first(cell), body_color)))
    flips = lambda model: insert(
        model, insert(hmirror(model), insert(vmirror(model), initset(hmirror(vmirror(model)))))
    )
    poses = mapply(lambda model: combine(flips(model), flips(dmirror(model))), models)
    rebuilt = lambda pose: mapply(
        lambda place: shift(pose, subtract(place, ulcorner(marks(pose)))), occurrences(cleared, marks(pose))
    )
    return paint(cleared, mapply(rebuilt, poses))


def solve_1f642eb9(I):
    """Every mark around the block is repeated on the cell of the block that it faces."""
    block = argmax(objects(I, T, F, T), size)
    marks = difference(merge(fgpartition(I)), block)
    clamped = lambda value, least, most: minimum(
        insert(most, initset(maximum(insert(least, initset(value)))))
    )
    landing = lambda place: astuple(
        clamped(first(place), uppermost(block), lowermost(block)),
        clamped(last(place), leftmost(block), rightmost(block)),
    )
    return paint(I, apply(lambda mark: astuple(first(mark), landing(last(mark))), marks))


def solve_321b1fc6(I):
    """Every one-coloured shape becomes a copy of the many-coloured picture of the same form, which itself
    vanishes.
    """
    things = objects(I, F, F, T)
    picture = argmax(things, numcolors)
    copies = mapply(lambda thing: shift(normalize(picture), ulcorner(thing)), remove(picture, things))
    return paint(canvas(mostcolor(I), shape(I)), copies)


def solve_363442ee(I):
    """A line cuts off a strip with a pattern in it; a copy of the pattern is centred on every mark on the
    other side of the line.
    """
    background = mostcolor(I)
    line = extract(frontiers(I), lambda frontier: flip(equality(color(frontier), background)))
    sides = colorfilter(objects(fill(canvas(BLACK, shape(I)), BLUE, line), T, F, F), BLACK)
    drawn = difference(asindices(I), ofcolor(I, background))
    pattern_place = backdrop(intersection(drawn, toindices(argmin(sides, size))))
    marks = intersection(drawn, toindices(argmax(sides, size)))
    pattern = toobject(pattern_place, I)
    copy_at = lambda mark: shift(pattern, subtract(mark, center(pattern)))
    return paint(I, mapply(copy_at, marks))


def solve_36d67576(I):
    """One shape is whole; all the others, turned or mirrored, lack cells of some colours and get them."""
    shapes = objects(I, F, T, T)
    whole = argmax(shapes, size)
    known = palette(merge(remove(whole, shapes)))
    upright = insert(whole, initset(hmirror(whole)))
    mirrored = combine(upright, apply(vmirror, upright))
    variants = combine(mirrored, apply(dmirror, mirrored))
    core = lambda variant: sfilter(variant, lambda cell: contained(first(cell), known))
    stamped = lambda variant: mapply(
        lambda place: shift(variant, subtract(place, ulcorner(core(variant)))), occurrences(I, core(variant))
    )
    return paint(I, mapply(stamped, variants))


def solve_39e1d7f9(I):
    """Lines cut the grid into rooms; every lone room of a colour becomes the heart of the same pattern as
    surrounds the first such room.
    """
    pitch = room_pitch(I, frontiers(I))
    corners_of_rooms = lambda extent, step: interval(ZERO, extent, step)
    rows = interval(ZERO, height(I), first(pitch))
    columns = interval(ZERO, width(I), last(pitch))
    plan = apply(lambda i: apply(lambda j: index(I, astuple(i, j)), columns), rows)
    things = objects(plan, F, T, T)
    pattern = argmax(things, size)
    heart_color = mostcommon(apply(color, totuple(sizefilter(things, ONE))))
    heart = first(ofcolor(subgrid(pattern, plan), heart_color))
    centered = shift(normalize(pattern), invert(heart))
    stamped = paint(plan, mapply(lambda place: shift(centered, place), ofcolor(plan, heart_color)))
    room = lambda cell: recolor(
        first(cell), shift(asindices(canvas(ZERO, decrement(pitch))), multiply(pitch, last(cell)))
    )
    return paint(I, mapply(room, asobject(stamped)))


def solve_3e980e27(I):
    """Each figure is copied to the single cells of its marked colour: unchanged for green, mirrored left to
    right for red.
    """
    things = objects(I, F, T, T)
    singles = sizefilter(things, ONE)
    figures = lambda mark: sfilter(difference(things, singles), lambda thing: contained(mark, palette(thing)))
    anchor = lambda figure, mark: ulcorner(sfilter(figure, matcher(first, mark)))
    copies = lambda figure, mark: mapply(
        lambda single: shift(figure, subtract(ulcorner(single), anchor(figure, mark))),
        colorfilter(singles, mark),
    )
    green_copies = mapply(lambda figure: copies(figure, GREEN), figures(GREEN))
    red_copies = mapply(lambda figure: copies(vmirror(figure), RED), figures(RED))
    return paint(paint(I, green_copies), red_copies)


def solve_63613498(I):
    """A frame in one corner of the grid holds a model; another shape of the same form takes the frame's
    colour.
    """
    things = objects(I, T, F, T)
    is_angle = lambda thing: equality(increment(size(thing)), add(height(thing), width(thing)))
    encloses_corner = lambda thing: positive(size(intersection(delta(thing), corners(asindices(I)))))
    is_frame = lambda thing: both(is_angle(thing), encloses_corner(thing))
    frame = argmax(sfilter(things, is_frame), size)
    in_frame = lambda thing: positive(size(intersection(delta(frame), toindices(thing))))
    form = compose(normalize, toindices)
    model = extract(things, in_frame)
    twins = sfilter(things, lambda thing: both(equality(form(thing), form(model)), flip(in_frame(thing))))
    return fill(I, color(frame), merge(twins))


def solve_6aa20dc0(I):
    """The figure is completed wherever its marked ends occur again, turned, mirrored or enlarged."""
    background = mostcolor(I)
    model = argmax(objects(I, F, T, T), numcolors)
    body_color = extract(
        palette(model), lambda value: equality(size(ofcolor(I, value)), colorcount(model, value))
    )
    figure = subgrid(model, I)
    turns = interval(ZERO, FOUR, ONE)
    both_hands = lambda grid: insert(grid, initset(vmirror(grid)))
    versions = mapply(lambda grid: apply(lambda k: turned(grid, k), turns), both_hands(figure))
    sized = mapply(lambda grid: apply(lambda k: upscale(grid, k), interval(ONE, FIVE, ONE)), versions)
    ends = lambda grid: sfilter(
        asobject(grid),
        lambda cell: flip(either(equality(first(cell), body_color), equality(first(cell), background))),
    )
    places = lambda grid: occurrences(I, ends(grid))
    stamp = lambda grid: mapply(
        lambda place: shift(
            recolor(body_color, ofcolor(grid, body_color)), subtract(place, ulcorner(ends(grid)))
        ),
        places(grid),
    )
    return paint(I, mapply(stamp, sized))


def solve_6c434453(I):
    """Every closed ring, one cell thick, becomes a red plus of the same size."""
    roomy = lambda thing: greater(minimum(shape(thing)), TWO)
    is_ring = lambda thing: both(equality(toindices(thing), box(thing)), roomy(thing))
    rings = sfilter(objects(I, T, F, T), is_ring)
    axes = lambda ring: combine(vfrontier(center(ring)), hfrontier(center(ring)))
    plus = lambda ring: intersection(backdrop(ring), axes(ring))
    return fill(cover(I, merge(rings)), RED, mapply(plus, rings))


def solve_7df24a62(I):
    """Wherever dots lie as they do in the filled block, turned or mirrored in any way, they get such a
    block.
    """
    background = mostcolor(I)
    block = extract(fgpartition(I), lambda part: equality(size(difference(box(part), toindices(part))), ZERO))
    model = subgrid(block, I)
    inside = trim(model)
    turns = interval(ZERO, FOUR, ONE)
    versions = lambda grid: combine(
        apply(lambda k: turned(grid, k), turns), apply(lambda k: turned(vmirror(grid), k), turns)
    )
    bare = lambda grid: asobject(replace(trim(grid), color(block), background))
    stamps = lambda grid: mapply(
        lambda place: shift(asobject(grid), decrement(place)), occurrences(I, bare(grid))
    )
    return paint(I, mapply(stamps, versions(model)))


def solve_88a10436(I):
    """The many-coloured picture is copied onto every single mark, centred on it."""
    things = objects(I, F, T, T)
    picture = normalize(argmax(things, size))
    marks = apply(ulcorner, sizefilter(things, ONE))
    copies = mapply(lambda mark: shift(picture, subtract(mark, center(picture))), marks)
    return paint(I, copies)


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


def solve_93b581b8(I):
    """Each cell of a two-by-two square is drawn as a two-by-two block of its colour beyond the opposite
    corner of the square.
    """
    blocks = lambda quad: mapply(
        lambda cell: recolor(
            first(cell),
            shift(quad, subtract(TWO, multiply(FOUR, subtract(last(cell), ulcorner(quad))))),
        ),
        quad,
    )
    return paint(I, mapply(blocks, objects(I, F, F, T)))


def solve_ce22a75a(I):
    """Every mark becomes a blue square of three by three cells; the marks' own colour vanishes."""
    marks = ofcolor(I, leastcolor(I))
    return fill(I, BLUE, combine(marks, mapply(neighbors, marks)))


def solve_e5062a87(I):
    """A shape is drawn wherever it fits on empty cells."""
    shape_cells = argmin(fgpartition(I), size)
    places = occurrences(I, recolor(BLACK, shape_cells))
    copies = mapply(lambda place: shift(normalize(toindices(shape_cells)), place), places)
    return fill(I, color(shape_cells), copies)


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
