// Primitives on patches: Indices (sets of locations) and Object (sets of coloured cells).
#pragma once
#include "lists.h"

SCALAR(patch_first)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return x->cells[0];
}

SCALAR(patch_last)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return x->cells[x->n - 1];
}

DEVICE_INLINE Value patch_of_one(Machine &m, u32 cell) {
    Patch *patch = new_patch(m, 1);
    if (!patch) return fail(m, MEMORY);
    if (lane() == 0) patch->cells[0] = cell;
    sync();
    return patch;
}

SCALAR(object1)(Machine &m, u32 cell) {
    return patch_of_one(m, cell);
}

SCALAR(indices1)(Machine &m, Pair location) {
    if (!packs(location.i) || !packs(location.j)) return fail(m, RANGE);
    return patch_of_one(m, pack(location.i, location.j, 0));
}

DEVICE Value sort_patch(Machine &m, Patch *patch) {
    int n = sort_cells(m, patch->cells, patch->n);
    shrink(m, patch, n);
    return patch;
}

PRIMITIVE(patch_union)(Machine &m, const Patch *x, const Patch *y) {
    if (y->n == 0) return x;
    if (x->n == 0) return y;
    Patch *both = new_patch(m, (i64)x->n + y->n);
    if (!both) return fail(m, MEMORY);
    m.budget -= both->n;
#if LANES > 1
    FOR_LANES(k, x->n) both->cells[k] = x->cells[k];
    FOR_LANES(k, y->n) both->cells[x->n + k] = y->cells[k];
    sync();
    i64 budget = m.budget;
    int n = sort_cells(m, both->cells, both->n);
    m.budget = budget;  // the host merges, and spends no more for it
#else
    const u32 *a = x->cells;
    const u32 *b = y->cells;
    const u32 *a_end = a + x->n;
    const u32 *b_end = b + y->n;
    u32 *out = both->cells;
    while (a < a_end && b < b_end) {
        u32 p = *a;
        u32 q = *b;
        *out++ = p < q ? p : q;
        a += p <= q;
        b += q <= p;
    }
    while (a < a_end) *out++ = *a++;
    while (b < b_end) *out++ = *b++;
    int n = (int)(out - both->cells);
#endif
    shrink(m, both, n);
    return both;
}

// The cells of x that y has (or lacks).
DEVICE_CALL Value patch_select(Machine &m, const Patch *x, const Patch *y, bool wanted) {
    Patch *selected = new_patch(m, x->n);
    if (!selected) return fail(m, MEMORY);
    m.budget -= (i64)x->n + y->n;
#if LANES > 1
    int n = compact(
        selected->cells, x->n, [&](int k) { return has_cell(y, x->cells[k]) == wanted; },
        [&](int k) { return x->cells[k]; });
#else
    int n = 0;
    int at = 0;
    for (int k = 0; k < x->n; k++) {
        u32 cell = x->cells[k];
        while (at < y->n && y->cells[at] < cell) at++;
        bool found = at < y->n && y->cells[at] == cell;
        selected->cells[n] = cell;
        n += found == wanted;
    }
#endif
    shrink(m, selected, n);
    return selected;
}

PRIMITIVE(patch_inter)(Machine &m, const Patch *x, const Patch *y) {
    return patch_select(m, x, y, true);
}

PRIMITIVE(patch_diff)(Machine &m, const Patch *x, const Patch *y) {
    return patch_select(m, x, y, false);
}

PRIMITIVE(patch_has_cell)(Machine &, const Patch *x, u32 cell) {
    return has_cell(x, cell);
}

PRIMITIVE(patch_has_pair)(Machine &, const Patch *x, Pair location) {
    if (!packs(location.i) || !packs(location.j)) return 0;
    return has_cell(x, pack(location.i, location.j, 0));
}

DEVICE Value patch_without(Machine &m, const Patch *x, u32 cell) {
    Patch *rest = new_patch(m, x->n);
    if (!rest) return fail(m, MEMORY);
    int n = compact(
        rest->cells, x->n, [&](int k) { return x->cells[k] != cell; }, [&](int k) { return x->cells[k]; });
    shrink(m, rest, n);
    return rest;
}

PRIMITIVE(patch_remove_cell)(Machine &m, const Patch *x, u32 cell) {
    return patch_without(m, x, cell);
}

PRIMITIVE(patch_remove_pair)(Machine &m, const Patch *x, Pair location) {
    if (!packs(location.i) || !packs(location.j)) return x;
    return patch_without(m, x, pack(location.i, location.j, 0));
}

PRIMITIVE(patch_merge)(Machine &m, const List *patches) {
    if (!spend(m, patches->n)) return fail(m, BUDGET);
    Patch *merged = new_patch(m, total_length(patches));
    if (!merged) return fail(m, MEMORY);
    int at = 0;
    for (int k = 0; k < patches->n; k++) {
        const Patch *part = patch_at(patches, k);
        FOR_LANES(q, part->n) merged->cells[at + q] = part->cells[q];
        at += part->n;
    }
    sync();
    return sort_patch(m, merged);
}

PRIMITIVE(cells_list)(Machine &m, const Patch *x) {
    List *list = new_list(m, x->n);
    if (!list) return fail(m, MEMORY);
    FOR_LANES(k, x->n) list->items[k] = x->cells[k];
    sync();
    return list;
}

PRIMITIVE(pairs_list)(Machine &m, const Patch *x) {
    List *list = new_list(m, x->n);
    if (!list) return fail(m, MEMORY);
    FOR_LANES(k, x->n) {
        list->items[k] = slot_of_pair(make_pair(row_of(x->cells[k]), column_of(x->cells[k])));
    }
    sync();
    return list;
}

PRIMITIVE(list_cells)(Machine &m, const List *cells) {
    Patch *patch = new_patch(m, cells->n);
    if (!patch) return fail(m, MEMORY);
    FOR_LANES(k, cells->n) patch->cells[k] = (u32)cells->items[k];
    sync();
    return sort_patch(m, patch);
}

PRIMITIVE(list_pairs)(Machine &m, const List *pairs) {
    Patch *patch = new_patch(m, pairs->n);
    if (!patch) return fail(m, MEMORY);
    bool outside = false;
    FOR_LANES(k, pairs->n) {
        Pair p = pair_of_slot(pairs->items[k]);
        bool fits = packs(p.i) && packs(p.j);
        patch->cells[k] = fits ? pack(p.i, p.j, 0) : 0;
        outside |= !fits;
    }
    if (any_lane(outside)) return fail(m, RANGE);
    sync();
    return sort_patch(m, patch);
}

// Cells that share a location are neighbours; the first one stands for it.
DEVICE_INLINE bool first_of_location(const Patch *x, int k) {
    return k == 0 || location_of(x->cells[k]) != location_of(x->cells[k - 1]);
}

// The locations of x with one colour byte: toindices and recolor.
DEVICE_CALL Value with_byte(Machine &m, const Patch *x, int byte) {
    Patch *patch = new_patch(m, x->n);
    if (!patch) return fail(m, MEMORY);
#if LANES > 1
    int n = compact(
        patch->cells, x->n, [&](int k) { return first_of_location(x, k); },
        [&](int k) { return location_of(x->cells[k]) << 8 | (u32)byte; });
#else
    int n = 0;
    u32 previous = 0xffffffffu;
    for (int k = 0; k < x->n; k++) {
        u32 location = location_of(x->cells[k]);
        patch->cells[n] = location << 8 | (u32)byte;
        n += location != previous;
        previous = location;
    }
#endif
    shrink(m, patch, n);
    return patch;
}

PRIMITIVE(toindices)(Machine &m, const Patch *x) {
    return with_byte(m, x, 0);
}

PRIMITIVE(recolor)(Machine &m, int color, const Patch *x) {
    int byte = byte_of(color);
    if (x->n > 0 && byte == BYTE_BAD) return fail(m, RANGE);
    return with_byte(m, x, byte);
}

// Bounding box, both ends inside.
struct Box {
    int top, bottom, left, right;
};

// Of a patch that is not empty; to left and right every step-th cell from the first one on is looked at.
DEVICE_INLINE Box bounds_of_some(Machine &m, const Patch *x, int first, int step) {
    m.budget -= x->n >> 3;
    int left = 4095;
    int right = 0;
    for (int k = first; k < x->n; k += step) {
        int j = (int)(x->cells[k] >> 8 & 4095);
        left = min_int(left, j);
        right = max_int(right, j);
    }
    Box box;
    box.top = row_of(x->cells[0]);
    box.bottom = row_of(x->cells[x->n - 1]);
    box.left = left - COORDINATE_BIAS;
    box.right = right - COORDINATE_BIAS;
    return box;
}

DEVICE_INLINE Box bounds(Machine &m, const Patch *x) {
    Box box = bounds_of_some(m, x, lane(), LANES);
    box.left = min_of_lanes(box.left);
    box.right = max_of_lanes(box.right);
    return box;
}

DEVICE_INLINE bool box_packs(const Box &box) {
    return packs(box.top) && packs(box.bottom) && packs(box.left) && packs(box.right);
}

DEVICE_INLINE int height_of(const Box &box) {
    return box.bottom - box.top + 1;
}

DEVICE_INLINE int width_of(const Box &box) {
    return box.right - box.left + 1;
}

// x moved; the bounding box is given because normalize knows it anyway.
DEVICE Value moved(Machine &m, const Patch *x, const Box &box, i64 di, i64 dj) {
    bool fits =
        packs(box.top + di) && packs(box.bottom + di) && packs(box.left + dj) && packs(box.right + dj);
    if (!fits) return fail(m, RANGE);
    Patch *patch = new_patch(m, x->n);
    if (!patch) return fail(m, MEMORY);
    u32 step = ((u32)di << 20) + ((u32)dj << 8);
    FOR_LANES(k, x->n) patch->cells[k] = x->cells[k] + step;
    sync();
    return patch;
}

PRIMITIVE(shift)(Machine &m, const Patch *x, Pair offset) {
    if (x->n == 0) return x;
    if (not_numbers(offset)) return fail(m, ERROR);
    return moved(m, x, bounds(m, x), offset.i, offset.j);
}

PRIMITIVE(normalize)(Machine &m, const Patch *x) {
    if (x->n == 0) return x;
    Box box = bounds(m, x);
    return moved(m, x, box, -box.top, -box.left);
}

PRIMITIVE(uppermost)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return row_of(x->cells[0]);
}

PRIMITIVE(lowermost)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return row_of(x->cells[x->n - 1]);
}

PRIMITIVE(leftmost)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return bounds(m, x).left;
}

PRIMITIVE(rightmost)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return bounds(m, x).right;
}

// The corner of an empty patch is Python's ().
DEVICE_INLINE Pair no_corner() {
    return make_pair(MISSING, MISSING);
}

PRIMITIVE(ulcorner)(Machine &m, const Patch *x) {
    if (x->n == 0) return no_corner();
    Box box = bounds(m, x);
    return make_pair(box.top, box.left);
}

PRIMITIVE(urcorner)(Machine &m, const Patch *x) {
    if (x->n == 0) return no_corner();
    Box box = bounds(m, x);
    return make_pair(box.top, box.right);
}

PRIMITIVE(llcorner)(Machine &m, const Patch *x) {
    if (x->n == 0) return no_corner();
    Box box = bounds(m, x);
    return make_pair(box.bottom, box.left);
}

PRIMITIVE(lrcorner)(Machine &m, const Patch *x) {
    if (x->n == 0) return no_corner();
    Box box = bounds(m, x);
    return make_pair(box.bottom, box.right);
}

PRIMITIVE(height_x)(Machine &, const Patch *x) {
    if (x->n == 0) return 0;
    return row_of(x->cells[x->n - 1]) - row_of(x->cells[0]) + 1;
}

PRIMITIVE(width_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return 0;
    return width_of(bounds(m, x));
}

PRIMITIVE(shape_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return make_pair(0, 0);
    Box box = bounds(m, x);
    return make_pair(height_of(box), width_of(box));
}

PRIMITIVE(portrait_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return 0;
    Box box = bounds(m, x);
    return height_of(box) > width_of(box);
}

PRIMITIVE(square_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return 1;
    Box box = bounds(m, x);
    int side = height_of(box);
    return side == width_of(box) && side * side == x->n;
}

PRIMITIVE(vline)(Machine &m, const Patch *x) {
    if (x->n == 0) return 0;
    Box box = bounds(m, x);
    return height_of(box) == x->n && width_of(box) == 1;
}

PRIMITIVE(hline)(Machine &m, const Patch *x) {
    if (x->n == 0) return 0;
    Box box = bounds(m, x);
    return width_of(box) == x->n && height_of(box) == 1;
}

DEVICE_INLINE Pair center_of(const Box &box) {
    return make_pair(box.top + height_of(box) / 2, box.left + width_of(box) / 2);
}

DEVICE_CALL Value center_of_patch(Machine &m, const Patch *x) {
    return center_of(bounds(m, x));
}

SCALAR(center)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    if (x->n == 1) return make_pair(row_of(x->cells[0]), column_of(x->cells[0]));
    return center_of_patch(m, x);
}

// Every location counts once in the sums, but the divisor is the number of cells, as in the reference.
PRIMITIVE(centerofmass)(Machine &m, const Patch *x) {
    if (x->n == 0) return no_corner();
    m.budget -= x->n >> 1;
    i64 i = 0;
    i64 j = 0;
    FOR_LANES(k, x->n) {
        if (!first_of_location(x, k)) continue;
        i += row_of(x->cells[k]);
        j += column_of(x->cells[k]);
    }
    i = sum_of_lanes(i);
    j = sum_of_lanes(j);
    return make_pair((int)floor_quotient(i, x->n), (int)floor_quotient(j, x->n));
}

DEVICE_INLINE int direction(int from, int to) {
    return from < to ? 1 : -1;
}

PRIMITIVE(position)(Machine &m, const Patch *x, const Patch *y) {
    if (x->n == 0 || y->n == 0) return fail(m, ERROR);
    Pair from = center_of(bounds(m, x));
    Pair to = center_of(bounds(m, y));
    if (from.i == to.i) return make_pair(0, direction(from.j, to.j));
    if (from.j == to.j) return make_pair(direction(from.i, to.i), 0);
    return make_pair(direction(from.i, to.i), direction(from.j, to.j));
}

// Copies x with every location replaced by place(i, j), which must pack, and sorts.
template <class Place>
DEVICE_INLINE Value rearranged(Machine &m, const Patch *x, Place place) {
    Patch *patch = new_patch(m, x->n);
    if (!patch) return fail(m, MEMORY);
    FOR_LANES(k, x->n) {
        u32 cell = x->cells[k];
        Pair p = place(row_of(cell), column_of(cell));
        patch->cells[k] = pack(p.i, p.j, (int)(cell & 255));
    }
    sync();
    return sort_patch(m, patch);
}

PRIMITIVE(hmirror_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    return rearranged(m, x, [&](int i, int j) { return make_pair(box.top + box.bottom - i, j); });
}

PRIMITIVE(vmirror_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    return rearranged(m, x, [&](int i, int j) { return make_pair(i, box.left + box.right - j); });
}

// The transposed bounding box keeps its upper left corner.
DEVICE_INLINE bool transposed_packs(const Box &box) {
    return packs(box.top + width_of(box) - 1) && packs(box.left + height_of(box) - 1);
}

PRIMITIVE(dmirror_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    if (!transposed_packs(box)) return fail(m, RANGE);
    return rearranged(
        m, x, [&](int i, int j) { return make_pair(box.top + j - box.left, box.left + i - box.top); });
}

PRIMITIVE(cmirror_x)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    Box box = bounds(m, x);
    if (!transposed_packs(box)) return fail(m, RANGE);
    return rearranged(
        m, x, [&](int i, int j) { return make_pair(box.top + box.right - j, box.left + box.bottom - i); });
}

PRIMITIVE(upscale_x)(Machine &m, const Patch *x, int factor) {
    if (x->n == 0) return x;
    if (factor == NONE) return fail(m, ERROR);
    int f = max_int(0, factor);
    Box box = bounds(m, x);
    bool fits = packs(box.top + (i64)height_of(box) * f - 1) && packs(box.left + (i64)width_of(box) * f - 1);
    if (!fits) return fail(m, RANGE);
    i64 n = (i64)x->n * f * f;
    Patch *patch = new_patch(m, n);
    if (!patch) return fail(m, MEMORY);
    if (f == 0) return patch;
    FOR_LANES(k, x->n) {
        u32 cell = x->cells[k];
        int i = box.top + (row_of(cell) - box.top) * f;
        int j = box.left + (column_of(cell) - box.left) * f;
        u32 *block = patch->cells + (i64)k * f * f;
        for (int di = 0; di < f; di++) {
            for (int dj = 0; dj < f; dj++) *block++ = pack(i + di, j + dj, (int)(cell & 255));
        }
    }
    sync();
    return sort_patch(m, patch);
}

SCALAR(color)(Machine &m, const Patch *x) {
    if (x->n == 0) return fail(m, ERROR);
    return color_of_cell(x->cells[0]);
}

// Whether every cell moved back by `step` rows (or columns), if still inside the bounding box, is a cell
// again.
DEVICE bool repeats(Machine &m, const Patch *x, const Box &box, int step, bool vertical) {
    if (!spend(m, 2 * (i64)x->n)) return true;
    bool breaks = false;
    u32 back = (u32)step << (vertical ? 20 : 8);
    FOR_LANES(k, x->n) {
        u32 cell = x->cells[k];
        bool inside = vertical ? row_of(cell) - step >= box.top : column_of(cell) - step >= box.left;
        if (inside && !breaks) breaks = !has_cell(x, cell - back);
    }
    return !any_lane(breaks);
}

DEVICE_CALL Value period(Machine &m, const Patch *x, bool vertical) {
    if (x->n == 0) return 0;
    Box box = bounds(m, x);
    int length = vertical ? height_of(box) : width_of(box);
    for (int step = 1; step < length; step++) {
        if (repeats(m, x, box, step, vertical)) return step;
    }
    return length;
}

PRIMITIVE(hperiod)(Machine &m, const Patch *x) {
    return period(m, x, false);
}

PRIMITIVE(vperiod)(Machine &m, const Patch *x) {
    return period(m, x, true);
}
