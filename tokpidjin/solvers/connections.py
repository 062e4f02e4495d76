"""Lines and paths that join things."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0a938d79(I):
    """From two dots on, lines across the grid's longer side follow at the dots' distance, in their two
    colours in turn.
    """
    turn = branch(portrait(I), dmirror, identity)
    grid = turn(I)
    dots = order(merge(fgpartition(grid)), lambda dot: last(last(dot)))
    column = lambda dot: last(last(dot))
    distance = subtract(column(last(dots)), column(first(dots)))
    columns = lambda dot: apply(tojvec, interval(column(dot), width(grid), double(distance)))
    lines = lambda dot: recolor(first(dot), mapply(vfrontier, columns(dot)))
    return turn(paint(paint(grid, lines(first(dots))), lines(last(dots))))


def solve_23581191(I):
    """Every dot draws its row and its column in its colour; where lines of the two colours meet, cells turn
    red.
    """
    by_color = fgpartition(I)
    rows = lambda dots: mapply(lambda row: hfrontier(toivec(row)), apply(first, toindices(dots)))
    columns = lambda dots: mapply(lambda column: vfrontier(tojvec(column)), apply(last, toindices(dots)))
    lines = lambda dots: recolor(color(dots), combine(rows(dots), columns(dots)))
    first_lines = lines(first(by_color))
    second_lines = lines(last(by_color))
    meetings = intersection(toindices(first_lines), toindices(second_lines))
    return paint(fill(paint(paint(I, first_lines), second_lines), RED, meetings), merge(by_color))


def solve_25d487eb(I):
    """Each triangle has one cell of another colour in the middle of its base; a ray of that colour goes out
    from the tip, away from the base.
    """
    triangles = objects(I, F, F, T)
    odd_place = lambda triangle: first(toindices(sfilter(triangle, matcher(first, leastcolor(triangle)))))
    corner_sum = lambda triangle: add(ulcorner(triangle), lrcorner(triangle))
    direction = lambda triangle: sign(subtract(corner_sum(triangle), double(odd_place(triangle))))
    ray = lambda triangle: shoot(odd_place(triangle), direction(triangle))
    return underpaint(I, mapply(lambda triangle: recolor(leastcolor(triangle), ray(triangle)), triangles))


def solve_834ec97d(I):
    """The dot steps down one cell; above it, every second column, its own among them, is filled with yellow."""
    dot = first(ofcolor(I, leastcolor(I)))
    first_column = subtract(last(dot), double(halve(last(dot))))
    rows = interval(ZERO, increment(first(dot)), ONE)
    columns = interval(first_column, width(I), TWO)
    return fill(fill(I, YELLOW, product(rows, columns)), leastcolor(I), initset(add(dot, DOWN)))


def solve_e179c5f4(I):
    """Balls in the corners bounce along diagonals between the long sides; the ground turns cyan."""
    turn = branch(greater(width(I), height(I)), dmirror, identity)
    grid = turn(I)
    span = decrement(width(grid))
    ball_color = leastcolor(I)
    pace = double(span)
    rows = lambda row: combine(
        interval(row, invert(pace), invert(pace)), interval(row, add(height(grid), pace), pace)
    )
    wedge = lambda row, column: combine(
        connect(astuple(row, column), astuple(subtract(row, span), subtract(span, column))),
        connect(astuple(row, column), astuple(add(row, span), subtract(span, column))),
    )
    zigzag = lambda ball: mapply(lambda row: wedge(row, last(ball)), rows(first(ball)))
    path = mapply(zigzag, ofcolor(grid, ball_color))
    return turn(fill(canvas(CYAN, shape(grid)), ball_color, path))


def solve_f15e1fac(I):
    """Lines run from the dots on one edge across the grid; at each red mark on a side of it they step one
    cell away from that side.
    """
    seed_color = other(remove(mostcolor(I), palette(I)), RED)
    is_start = lambda turns: equality(lowermost(ofcolor(turned(I, turns), seed_color)), ZERO)
    quarters = extract(interval(ZERO, FOUR, ONE), is_start)
    grid = turned(I, quarters)
    marks = ofcolor(grid, RED)
    away = branch(equality(leftmost(marks), ZERO), RIGHT, LEFT)
    passed = lambda cell: size(sfilter(marks, lambda mark: flip(greater(first(mark), first(cell)))))
    stepped = lambda cell: add(cell, multiply(away, passed(cell)))
    ray = lambda seed: apply(stepped, connect(seed, add(seed, toivec(decrement(height(grid))))))
    return turned_back(fill(grid, seed_color, mapply(ray, ofcolor(grid, seed_color))), quarters)
