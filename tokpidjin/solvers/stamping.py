"""Templates copied to marked places."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_045e512c(I):
    """Around the one whole shape, cells of other colours show the beginning of copies; in each such
    direction the shape is repeated in that colour, one cell apart, to the edge of the grid.
    """
    background = mostcolor(I)
    shape_cells = toindices(argmax(objects(I, T, T, T), size))
    pitch = increment(shape(shape_cells))
    copy = lambda direction, count: shift(shape_cells, multiply(multiply(direction, pitch), count))
    seen = lambda direction: insert(astuple(background, ORIGIN), toobject(copy(direction, ONE), I))
    ink = lambda direction: first(argmin(seen(direction), lambda cell: equality(first(cell), background)))
    number = divide(maximum(shape(I)), minimum(pitch))
    counts = interval(ONE, increment(number), ONE)
    trail = lambda direction: recolor(ink(direction), mapply(lambda count: copy(direction, count), counts))
    return paint(I, mapply(trail, neighbors(ORIGIN)))


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
    marks = lambda model: difference(model, recolor(body_color, model))
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
    clamped = lambda value, least, most: minimum(astuple(most, maximum(astuple(least, value))))
    landing = lambda place: astuple(
        clamped(first(place), uppermost(block), lowermost(block)),
        clamped(last(place), leftmost(block), rightmost(block)),
    )
    return paint(I, apply(lambda mark: astuple(first(mark), landing(last(mark))), marks))


def solve_264363fd(I):
    """The small cross is stamped on every dot in the rectangles, and its long arms run on to the rectangle's
    edges; the cross itself vanishes.
    """
    background = mostcolor(I)
    cross = argmin(objects(I, F, T, T), size)
    cells = toindices(cross)
    in_line = lambda cell: intersection(combine(hfrontier(cell), vfrontier(cell)), cells)
    close = lambda cell: intersection(neighbors(cell), cells)
    heart = argmax(cells, lambda cell: add(size(in_line(cell)), size(close(cell))))
    cleared = cover(I, cross)
    dots = lambda area: intersection(ofcolor(cleared, index(I, heart)), area)
    arm = lambda direction: sfilter(cross, matcher(last, add(heart, double(direction))))
    arms = mapply(arm, dneighbors(ORIGIN))
    direction = lambda tip: halve(subtract(last(tip), heart))
    ray = lambda tip, dot, area: recolor(first(tip), intersection(shoot(dot, direction(tip)), area))
    rays = lambda dot, area: mapply(lambda tip: ray(tip, dot, area), arms)
    stamp = shift(cross, invert(heart))
    lines_in = lambda area: mapply(lambda dot: rays(dot, area), dots(area))
    areas = apply(toindices, objects(cleared, F, F, T))
    ruled = paint(cleared, mapply(lines_in, areas))
    stamped = paint(ruled, mapply(lambda dot: shift(stamp, dot), dots(asindices(I))))
    return fill(stamped, background, ofcolor(cleared, background))


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
    """Lines cut the grid into rooms; every lone coloured room gets the surroundings that one room of its
    colour has already.
    """
    pitch = room_pitch(I, frontiers(I))
    rows = interval(ZERO, height(I), first(pitch))
    columns = interval(ZERO, width(I), last(pitch))
    plan = apply(lambda i: apply(lambda j: index(I, astuple(i, j)), columns), rows)
    lone = sizefilter(objects(plan, F, T, T), ONE)
    hearts = ofcolor(plan, mostcommon(apply(color, totuple(lone))))
    others = sfilter(merge(fgpartition(plan)), lambda cell: flip(contained(last(cell), hearts)))
    model = argmax(hearts, lambda heart: size(intersection(neighbors(heart), toindices(others))))
    pattern = shift(others, invert(model))
    stamped = paint(plan, mapply(lambda heart: shift(pattern, heart), hearts))
    room = asindices(canvas(BLACK, decrement(pitch)))
    enlarged = lambda cell: recolor(first(cell), shift(room, multiply(pitch, last(cell))))
    return paint(I, mapply(enlarged, asobject(stamped)))


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


def solve_447fd412(I):
    """One figure is whole; of the others only the marks are there, some of them enlarged. Wherever the marks
    stand alone in the same arrangement, the rest of the figure is added in the same size.
    """
    figure = normalize(extract(objects(I, F, T, T), lambda one: equality(numcolors(one), TWO)))
    inks = totuple(palette(figure))
    spread = lambda ink: subtract(colorcount(I, ink), colorcount(figure, ink))
    mark = argmax(inks, spread)
    part = lambda scale: sfilter(upscale(figure, scale), lambda cell: equality(first(cell), mark))
    rest = lambda scale: difference(upscale(figure, scale), part(scale))
    halo = lambda scale: difference(mapply(neighbors, toindices(part(scale))), toindices(part(scale)))
    free = lambda scale, offset: equality(colorcount(toobject(shift(halo(scale), offset), I), mark), ZERO)
    offsets = lambda scale: apply(
        lambda place: subtract(place, ulcorner(part(scale))), occurrences(I, part(scale))
    )
    added = lambda scale: mapply(
        lambda offset: shift(rest(scale), offset),
        sfilter(offsets(scale), lambda offset: free(scale, offset)),
    )
    fitting_scales = divide(maximum(shape(I)), minimum(shape(figure)))
    scales = interval(ONE, increment(minimum(astuple(SIX, fitting_scales))), ONE)
    return paint(I, mapply(added, scales))


def solve_57aa92db(I):
    """Every figure has a mark of one common colour. One figure is whole; the others are completed after it,
    in the size that their mark shows, in their own colours.
    """
    figures = sfilter(objects(I, F, T, T), lambda one: greater(numcolors(one), ONE))
    holders = lambda ink: size(sfilter(figures, lambda one: contained(ink, palette(one))))
    mark = argmax(palette(merge(figures)), holders)
    mark_part = lambda one: sfilter(one, lambda cell: equality(first(cell), mark))
    scale = lambda one: height(mark_part(one))
    area = lambda one: multiply(scale(one), scale(one))
    model = argmax(figures, lambda one: divide(size(one), area(one)))
    drawn = downscale(subgrid(model, I), scale(model))
    unit = difference(asobject(drawn), recolor(mostcolor(I), asindices(drawn)))
    whole = lambda one: shift(
        upscale(unit, scale(one)),
        subtract(ulcorner(mark_part(one)), ulcorner(mark_part(upscale(unit, scale(one))))),
    )
    body = lambda one: recolor(
        other(palette(one), mark), difference(toindices(whole(one)), toindices(mark_part(one)))
    )
    return paint(I, mapply(body, figures))


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
    body = argmin(fgpartition(I), compose(size, backdrop))
    has_body = lambda part: contained(color(body), palette(part))
    figure = subgrid(merge(sfilter(objects(I, F, T, T), has_body)), I)
    turns = interval(ZERO, FOUR, ONE)
    versions = combine(
        apply(lambda k: turned(figure, k), turns), apply(lambda k: turned(vmirror(figure), k), turns)
    )
    fitting_sizes = divide(maximum(shape(I)), maximum(shape(figure)))
    sizes = interval(ONE, increment(minimum(astuple(FOUR, fitting_sizes))), ONE)
    enlarged = mapply(lambda grid: apply(lambda factor: upscale(grid, factor), sizes), versions)
    plain = lambda grid: combine(ofcolor(grid, background), ofcolor(grid, color(body)))
    ends = lambda grid: toobject(difference(asindices(grid), plain(grid)), grid)
    offsets = lambda grid: apply(
        lambda place: subtract(place, ulcorner(ends(grid))), occurrences(I, ends(grid))
    )
    rim = lambda grid: difference(mapply(dneighbors, toindices(ends(grid))), toindices(ends(grid)))
    rim_at = lambda grid, offset: toobject(shift(rim(grid), offset), I)
    free = lambda grid, offset: equality(
        colorcount(rim_at(grid, offset), background), size(rim_at(grid, offset))
    )
    free_offsets = lambda grid: sfilter(offsets(grid), lambda offset: free(grid, offset))
    stamps = lambda grid: mapply(lambda offset: shift(ofcolor(grid, color(body)), offset), free_offsets(grid))
    return fill(I, color(body), mapply(stamps, enlarged))


def solve_6c434453(I):
    """Every closed ring, one cell thick, becomes a red plus of the same size."""
    rings = sfilter(objects(I, T, F, T), is_frame)
    axes = lambda ring: combine(vfrontier(center(ring)), hfrontier(center(ring)))
    plus = lambda ring: intersection(backdrop(ring), axes(ring))
    return fill(cover(I, merge(rings)), RED, mapply(plus, rings))


def solve_72322fa7(I):
    """Some figures of two colours are whole; wherever the cells of one colour of such a figure are found
    alone, the other colour's cells are added.
    """
    figures = apply(normalize, sfilter(objects(I, F, T, T), lambda one: equality(numcolors(one), TWO)))
    part = lambda one, ink: sfilter(one, lambda cell: equality(first(cell), ink))
    copies = lambda one, ink: mapply(
        lambda place: shift(one, subtract(place, ulcorner(part(one, ink)))), occurrences(I, part(one, ink))
    )
    completed = lambda one: mapply(lambda ink: copies(one, ink), palette(one))
    return paint(I, mapply(completed, figures))


def solve_7df24a62(I):
    """Wherever dots lie apart as they do in the filled block, turned or mirrored in any way, they get such a
    block.
    """
    background = mostcolor(I)
    is_block = lambda part: equality(size(difference(box(part), toindices(part))), ZERO)
    block = extract(fgpartition(I), is_block)
    model = subgrid(block, I)
    padded = paint(canvas(background, add(shape(I), TWO)), shift(asobject(I), UNITY))
    turns = interval(ZERO, FOUR, ONE)
    versions = combine(
        apply(lambda k: turned(model, k), turns), apply(lambda k: turned(vmirror(model), k), turns)
    )
    bare = lambda grid: asobject(replace(grid, color(block), background))
    places = lambda grid: occurrences(padded, bare(grid))
    stamps = lambda grid: mapply(lambda place: shift(asobject(grid), decrement(place)), places(grid))
    return paint(I, mapply(stamps, versions))


def solve_88a10436(I):
    """The many-coloured picture is copied onto every single mark, centred on it."""
    things = objects(I, F, T, T)
    picture = normalize(argmax(things, size))
    marks = apply(ulcorner, sizefilter(things, ONE))
    copies = mapply(lambda mark: shift(picture, subtract(mark, center(picture))), marks)
    return paint(I, copies)


def solve_890034e9(I):
    """The one frame with an empty inside is drawn again around every other empty area of the same shape."""
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
    return paint(I, mapply(blocks, sizefilter(objects(I, F, F, T), FOUR)))


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


def solve_e6721834(I):
    """One half holds coloured blocks with marks, the other loose marks: each block moves to where its marks
    are found there, if anywhere; a spot goes to the block with the most marks.
    """
    plain = lambda half: colorcount(half, mostcolor(half))
    plainness = lambda halves: add(plain(first(halves)), plain(last(halves)))
    stacked = greater(plainness(vsplit(I, TWO)), plainness(hsplit(I, TWO)))
    halves = branch(stacked, vsplit, hsplit)(I, TWO)
    colored = lambda half: mapply(toindices, fgpartition(half))
    models = argmax(halves, compose(size, colored))
    field = other(halves, models)
    blocks = objects(models, F, F, T)
    block_color = mostcolor(merge(blocks))
    marks = lambda block: difference(block, recolor(block_color, block))
    places = lambda block: occurrences(field, marks(block))
    stamps = lambda block: apply(
        lambda place: shift(block, subtract(place, ulcorner(marks(block)))), places(block)
    )
    matched = mapply(stamps, sfilter(blocks, compose(positive, compose(size, marks))))
    spots = apply(marks, matched)
    is_part = lambda some, more: both(
        greater(size(more), size(some)), equality(size(difference(some, more)), ZERO)
    )
    around = lambda cell: sfilter(spots, lambda spot: contained(cell, spot))
    outdone = lambda spot: sfilter(around(first(spot)), lambda rival: is_part(spot, rival))
    kept = sfilter(matched, lambda stamp: equality(size(outdone(marks(stamp))), ZERO))
    return paint(field, merge(kept))


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
    hinted = toindices(hint)
    extent = lambda offset: maximum(multiply(offset, sign(offset)))
    straight = lambda offset: both(
        positive(extent(offset)), equality(multiply(extent(offset), sign(offset)), offset)
    )
    offsets = sfilter(apply(lambda place: subtract(first(hinted), place), model), straight)
    hits = lambda offset: equality(size(difference(hinted, shift(model, offset))), ZERO)
    apart = lambda offset: equality(size(intersection(model, shift(model, offset))), ZERO)
    offset = extract(sfilter(offsets, hits), apart)
    numbers = interval(ONE, increment(divide(30, extent(offset))), ONE)
    return fill(I, color(hint), mapply(lambda number: shift(model, multiply(offset, number)), numbers))
