// Primitives that draw locations: lines, boxes and neighbourhoods; and distances between patches.
#pragma once
#include "patches.h"

DEVICE Value empty_patch(Machine &m) {
    Patch *patch = new_patch(m, 0);
    if (!patch) return fail(m, MEMORY);
    return patch;
}

DEVICE_CALL Value filled_box(Machine &m, const Box &box) {
    if (!box_packs(box)) return fail(m, RANGE);
    int h = height_of(box);
    int w = width_of(box);
    Patch *patch = new_patch(m, (i64)h * w);
    if (!patch) return fail(m, MEMORY);
#if LANES > 1
    FOR_LANES(k, h * w) patch->cells[k] = pack(box.top + k / w, box.left + k % w, 0);
    sync();
#else
    u32 *out = patch->cells;
    for (int i = 0; i < h; i++) {
        u32 start = pack(box.top + i, box.left, 0);
        for (int j = 0; j < w; j++) *out++ = start + ((u32)j << 8);
    }
#endif
    return patch;
}

// The k-th location, in row-major order, of the outline of a box with at least three rows and columns.
DEVICE_INLINE u32 outline_cell(const Box &box, int k) {
    int h = height_of(box);
    int w = width_of(box);
    int side = k - w;
    if (side < 0) return pack(box.top, box.left + k, 0);
    int sides = 2 * (h - 2);
    if (side >= sides) return pack(box.bottom, box.left + side - sides, 0);
    return pack(box.top + 1 + side / 2, side & 1 ? box.right : box.left, 0);
}

DEVICE_CALL Value outline(Machine &m, const Box &box) {
    int h = height_of(box);
    int w = width_of(box);
    if (h <= 2 || w <= 2) return filled_box(m, box);
    if (!box_packs(box)) return fail(m, RANGE);
    int n = 2 * w + 2 * (h - 2);
    Patch *patch = new_patch(m, n);
    if (!patch) return fail(m, MEMORY);
    FOR_LANES(k, n) patch->cells[k] = outline_cell(box, k);
    sync();
    return patch;
}

PRIMITIVE(backdrop)(Machine &m, const Patch *x) {
    if (x->n == 0) return x;
    return filled_box(m, bounds(m, x));
}

PRIMITIVE(box)(Machine &m, const Patch *x) {
    if (x->n == 0) return x;
    return outline(m, bounds(m, x));
}

// One inside; a box too small for that turns inside out, as in the reference.
PRIMITIVE(inbox)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    Box inner;
    inner.top = min_int(box.top + 1, box.bottom - 1);
    inner.bottom = max_int(box.top + 1, box.bottom - 1);
    inner.left = min_int(box.left + 1, box.right - 1);
    inner.right = max_int(box.left + 1, box.right - 1);
    return outline(m, inner);
}

PRIMITIVE(outbox)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    Box outer = {box.top - 1, box.bottom + 1, box.left - 1, box.right + 1};
    return outline(m, outer);
}

PRIMITIVE(corners)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, RANGE);  // Python's set of one () is no Indices
    Box box = bounds(m, x);
    Patch *patch = new_patch(m, 4);
    if (!patch) return fail(m, MEMORY);
    if (lane() == 0) {
        patch->cells[0] = pack(box.top, box.left, 0);
        patch->cells[1] = pack(box.top, box.right, 0);
        patch->cells[2] = pack(box.bottom, box.left, 0);
        patch->cells[3] = pack(box.bottom, box.right, 0);
    }
    sync();
    return sort_patch(m, patch);
}

// The locations around one; bit k of the mask stands for the k-th of the 3x3 block.
DEVICE_INLINE Value around(Machine &m, Pair location, u32 mask) {
    if (not_numbers(location)) return fail(m, ERROR);
    bool fits = packs((i64)location.i - 1) && packs((i64)location.i + 1) && packs((i64)location.j - 1) &&
                packs((i64)location.j + 1);
    if (!fits) return fail(m, RANGE);
    Patch *patch = new_patch(m, 8);
    if (!patch) return fail(m, MEMORY);
    int n = 0;
    for (int k = 0; k < 9; k++) {
        if (!(mask >> k & 1)) continue;
        if (lane() == 0) patch->cells[n] = pack(location.i + k / 3 - 1, location.j + k % 3 - 1, 0);
        n++;
    }
    shrink(m, patch, n);
    return patch;
}

PRIMITIVE(neighbors)(Machine &m, Pair location) {
    return around(m, location, 0757);
}

PRIMITIVE(dneighbors)(Machine &m, Pair location) {
    return around(m, location, 0252);
}

PRIMITIVE(ineighbors)(Machine &m, Pair location) {
    return around(m, location, 0505);
}

DEVICE_INLINE i64 abs_long(i64 x) {
    return x < 0 ? -x : x;
}

DEVICE_INLINE Value line_between(Machine &m, Pair from, i64 to_i, i64 to_j) {
    i64 di = to_i - from.i;
    i64 dj = to_j - from.j;
    bool straight = di == 0 || dj == 0;
    if (!straight && di != dj && di != -dj) return empty_patch(m);
    if (!packs(from.i) || !packs(from.j) || !packs(to_i) || !packs(to_j)) return fail(m, RANGE);
    int n = (int)(di == 0 ? abs_long(dj) : abs_long(di)) + 1;
    Patch *patch = new_patch(m, n);
    if (!patch) return fail(m, MEMORY);
    // From the upper end downwards, or from the left end: the canonical order.
    bool forward = di > 0 || (di == 0 && dj >= 0);
    u32 start = forward ? pack(from.i, from.j, 0) : pack((int)to_i, (int)to_j, 0);
    int sign = forward ? 1 : -1;
    int step_i = sign * sign_of((int)di);
    int step_j = sign * sign_of((int)dj);
    u32 step = ((u32)step_i << 20) + ((u32)step_j << 8);
    FOR_LANES(k, n) patch->cells[k] = start + (u32)k * step;
    sync();
    return patch;
}

PRIMITIVE(connect)(Machine &m, Pair from, Pair to) {
    if (not_numbers(from) || not_numbers(to)) return fail(m, ERROR);
    return line_between(m, from, to.i, to.j);
}

PRIMITIVE(shoot)(Machine &m, Pair from, Pair step) {
    if (not_numbers(from) || not_numbers(step)) return fail(m, ERROR);
    return line_between(m, from, from.i + 42 * (i64)step.i, from.j + 42 * (i64)step.j);
}

enum { FRONTIER = 30 };

PRIMITIVE(vfrontier)(Machine &m, Pair location) {
    if (is_missing(location)) return fail(m, ERROR);
    if (!packs(location.j)) return fail(m, RANGE);
    Patch *patch = new_patch(m, FRONTIER);
    if (!patch) return fail(m, MEMORY);
    FOR_LANES(k, FRONTIER) patch->cells[k] = pack(k, location.j, 0);
    sync();
    return patch;
}

PRIMITIVE(hfrontier)(Machine &m, Pair location) {
    if (is_missing(location)) return fail(m, ERROR);
    if (!packs(location.i)) return fail(m, RANGE);
    Patch *patch = new_patch(m, FRONTIER);
    if (!patch) return fail(m, MEMORY);
    FOR_LANES(k, FRONTIER) patch->cells[k] = pack(location.i, k, 0);
    sync();
    return patch;
}

// The first cell at or after a row, by binary search.
DEVICE int start_of_row(const Patch *x, int biased_row) {
    int low = 0;
    int high = x->n;
    while (low < high) {
        int middle = (low + high) >> 1;
        if ((int)(x->cells[middle] >> 20) < biased_row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

PRIMITIVE(hmatching)(Machine &m, const Patch *x, const Patch *y) {
    m.budget -= x->n;
    bool found = false;
    FOR_LANES(k, x->n) {
        int row = (int)(x->cells[k] >> 20);
        if (k > 0 && (int)(x->cells[k - 1] >> 20) == row) continue;
        int at = start_of_row(y, row);
        found |= at < y->n && (int)(y->cells[at] >> 20) == row;
    }
    return any_lane(found);
}

// Bit b is set where the patch has a cell in column `first` + b.
DEVICE_INLINE u32 column_mask(const Patch *x, int first) {
    u32 mask = 0;
    FOR_LANES(k, x->n) {
        u32 bit = (u32)(column_of(x->cells[k]) - first);
        if (bit < 32) mask |= 1u << bit;
    }
    return or_of_lanes(mask);
}

DEVICE bool share_column(Machine &m, const Patch *x, const Patch *y) {
    if (x->n == 0 || y->n == 0) return false;
    Box a = bounds(m, x);
    Box b = bounds(m, y);
    int right = min_int(a.right, b.right);
    for (int first = max_int(a.left, b.left); first <= right; first += 32) {
        if (!spend(m, (i64)x->n + y->n)) return false;
        if (column_mask(x, first) & column_mask(y, first)) return true;
    }
    return false;
}

PRIMITIVE(vmatching)(Machine &m, const Patch *x, const Patch *y) {
    return share_column(m, x, y);
}

DEVICE_INLINE int cell_distance(u32 a, u32 b) {
    int di = (int)(a >> 20) - (int)(b >> 20);
    int dj = (int)(a >> 8 & 4095) - (int)(b >> 8 & 4095);
    return abs_int(di) + abs_int(dj);
}

// The smaller of `best` and the distance from a location to a patch, looking only at rows that are near
// enough.
DEVICE int nearest(int row, int column, const Patch *y, int best) {
    int start = start_of_row(y, row);
    for (int k = start; k < y->n; k++) {
        int di = (int)(y->cells[k] >> 20) - row;
        if (di >= best) break;
        best = min_int(best, di + abs_int((int)(y->cells[k] >> 8 & 4095) - column));
    }
    for (int k = start - 1; k >= 0; k--) {
        int di = row - (int)(y->cells[k] >> 20);
        if (di >= best) break;
        best = min_int(best, di + abs_int((int)(y->cells[k] >> 8 & 4095) - column));
    }
    return best;
}

// Smallest Manhattan distance of x moved by an offset to y, both not empty; any number when the budget ran
// out.
DEVICE_CALL int distance(Machine &m, const Patch *x, const Patch *y, int di, int dj) {
    if (!spend(m, (i64)x->n * y->n >> 4)) return 0;
    int best = 1 << 20;
    FOR_LANES(k, x->n) {
        int row = (int)(x->cells[k] >> 20) + di;
        int column = (int)(x->cells[k] >> 8 & 4095) + dj;
        best = nearest(row, column, y, best);
        if (best == 0) break;
    }
    return min_of_lanes(best);
}

SCALAR(manhattan)(Machine &m, const Patch *x, const Patch *y) {
    if (x->n == 0 || y->n == 0) return fail(m, ERROR);
    if (x->n == 1 && y->n == 1) return cell_distance(x->cells[0], y->cells[0]);
    return distance(m, x, y, 0, 0);
}

// How many rows or columns lie between two intervals, plus one; 0 where they overlap.
DEVICE_INLINE int gap(int low, int high, int other_low, int other_high) {
    return max_int(0, max_int(other_low - high, low - other_high));
}

// Whether x moved by an offset is adjacent to y: only patches whose boxes are near need a closer look.
DEVICE bool touches(Machine &m, const Patch *x, const Patch *y, const Box &a, const Box &b, int di, int dj) {
    int rows = gap(a.top + di, a.bottom + di, b.top, b.bottom);
    int columns = gap(a.left + dj, a.right + dj, b.left, b.right);
    if (rows + columns > 1) return false;
    return distance(m, x, y, di, dj) == 1;
}

PRIMITIVE(adjacent)(Machine &m, const Patch *x, const Patch *y) {
    if (x->n == 0 || y->n == 0) return fail(m, ERROR);
    if (x->n == 1 && y->n == 1) return cell_distance(x->cells[0], y->cells[0]) == 1;
    return (int)touches(m, x, y, bounds(m, x), bounds(m, y), 0, 0);
}

enum { GRAVITATE_STEPS = 42 };

PRIMITIVE(gravitate)(Machine &m, const Patch *x, const Patch *y) {
    if (x->n == 0 || y->n == 0) return fail(m, ERROR);
    Box a = bounds(m, x);
    Box b = bounds(m, y);
    Pair from = center_of(a);
    Pair to = center_of(b);
    bool vertical = share_column(m, x, y);
    int i = vertical ? direction(from.i, to.i) : 0;
    int j = vertical ? 0 : direction(from.j, to.j);
    int steps = 0;
    while (steps < GRAVITATE_STEPS && !m.status && !touches(m, x, y, a, b, steps * i, steps * j)) steps++;
    return make_pair(steps * i, steps * j);
}

PRIMITIVE(bordering)(Machine &m, const Patch *x, const Grid *grid) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    if (box.top == 0 || box.left == 0 || box.bottom == grid->h - 1) return 1;
    if (grid->h == 0) return fail(m, ERROR);
    return box.right == grid->w - 1;
}
