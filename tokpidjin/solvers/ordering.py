"""Things sorted or ranked."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_08ed6ac7(I):
    """Bars, one to a column, are coloured by their height: the tallest blue, the next red, then green, then
    yellow; equal heights share a colour.
    """
    colored = difference(asindices(I), ofcolor(I, mostcolor(I)))
    bars = apply(
        lambda column: intersection(colored, vfrontier(tojvec(column))), interval(ZERO, width(I), ONE)
    )
    heights = dedupe(apply(size, bars))
    rank = lambda bar: increment(size(sfilter(heights, lambda tall: greater(tall, size(bar)))))
    return paint(I, mapply(lambda bar: recolor(rank(bar), bar), bars))
