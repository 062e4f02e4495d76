// Canonical sets: sorting and removing duplicates, of packed cells and of values of any type.
#pragma once
#include "compare.h"

DEVICE bool has_cell(const Patch *patch, u32 cell) {
    int low = 0;
    int high = patch->n;
    while (low < high) {
        int middle = (low + high) >> 1;
        if (patch->cells[middle] < cell) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < patch->n && patch->cells[low] == cell;
}

DEVICE bool strictly_increasing(const u32 *cells, int n) {
    bool increasing = true;
    FOR_LANES(k, n - 1) increasing &= cells[k] < cells[k + 1];
    return !any_lane(!increasing);
}

// The functions from here to remove_repeats run on one lane.

DEVICE void insertion_sort(u32 *cells, int n) {
    for (int k = 1; k < n; k++) {
        u32 cell = cells[k];
        int at = k;
        for (; at > 0 && cells[at - 1] > cell; at--) cells[at] = cells[at - 1];
        cells[at] = cell;
    }
}

DEVICE void sift_down(u32 *heap, int n, int at) {
    u32 cell = heap[at];
    for (;;) {
        int child = 2 * at + 1;
        if (child >= n) break;
        if (child + 1 < n && heap[child + 1] > heap[child]) child++;
        if (heap[child] <= cell) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = cell;
}

DEVICE void heap_sort(u32 *cells, int n) {
    for (int at = n / 2 - 1; at >= 0; at--) sift_down(cells, n, at);
    for (int end = n - 1; end > 0; end--) {
        u32 greatest = cells[0];
        cells[0] = cells[end];
        cells[end] = greatest;
        sift_down(cells, end, 0);
    }
}

DEVICE int remove_repeats(u32 *cells, int n) {
    int kept = 0;
    for (int k = 0; k < n; k++) {
        if (k == 0 || cells[k] != cells[kept - 1]) cells[kept++] = cells[k];
    }
    return kept;
}

DEVICE int sort_small(u32 *cells, int n) {
    int kept = 0;
    if (lane() == 0) {
        insertion_sort(cells, n);
        kept = remove_repeats(cells, n);
    }
    sync();
    return max_of_lanes(kept);
}

DEVICE_CALL int sort_large(u32 *cells, int n) {
    int kept = 0;
    if (lane() == 0) {
        heap_sort(cells, n);
        kept = remove_repeats(cells, n);
    }
    sync();
    return max_of_lanes(kept);
}

// The bounding box of cells in any order, in biased coordinates, with a set of colour bytes for every
// location. Colours up to 11 have bytes below PLANE_BITS; cells of other colours are sorted without a plane.
enum { PLANE_BITS = 16, PLANE_WORD = 4, FEW_CELLS = 12, PLANE_SLACK = 4096 };

#if LANES > 1
typedef u32 PlaneSet;
#else
typedef u16 PlaneSet;
#endif

struct Plane {
    int i0, j0, h, w;  // the width is a multiple of PLANE_WORD
    bool fits;         // no colour byte is too great
    PlaneSet *sets;
};

DEVICE_INLINE Plane plane_around(const u32 *cells, int n) {
    int i0 = 4095, i1 = 0, j0 = 4095, j1 = 0;
    u32 bytes = 0;
    FOR_LANES(k, n) {
        int i = (int)(cells[k] >> 20);
        int j = (int)(cells[k] >> 8 & 4095);
        i0 = min_int(i0, i);
        i1 = max_int(i1, i);
        j0 = min_int(j0, j);
        j1 = max_int(j1, j);
        bytes |= cells[k] & 255;
    }
    Plane plane;
    plane.i0 = min_of_lanes(i0);
    plane.j0 = min_of_lanes(j0);
    plane.h = max_of_lanes(i1) - plane.i0 + 1;
    plane.w = (max_of_lanes(j1) - plane.j0 + PLANE_WORD) & ~(PLANE_WORD - 1);
    plane.fits = or_of_lanes(bytes) < PLANE_BITS;
    plane.sets = nullptr;
    return plane;
}

DEVICE_INLINE int place_in(const Plane &plane, u32 cell) {
    return ((int)(cell >> 20) - plane.i0) * plane.w + ((int)(cell >> 8 & 4095) - plane.j0);
}

DEVICE_INLINE void draw_cells(const Plane &plane, const u32 *cells, int n) {
    FOR_LANES(k, n) {
        PlaneSet *set = plane.sets + place_in(plane, cells[k]);
        PlaneSet bit = (PlaneSet)(1u << (cells[k] & 255));
#if LANES > 1
        atomicOr(set, bit);
#else
        *set = (PlaneSet)(*set | bit);
#endif
    }
    sync();
}

#if LANES > 1

// Reads the plane back in order: every lane finds out how many cells the lanes before it write.
DEVICE int collect_cells(const Plane &plane, u32 *cells) {
    int area = plane.h * plane.w;
    int count = 0;
    for (int start = 0; start < area; start += LANES) {
        int place = start + lane();
        u32 set = place < area ? plane.sets[place] : 0;
        int size = count_bits(set);
        int at = size;
        for (int d = 1; d < LANES; d *= 2) {
            int before = (int)from_lane((u32)at, max_int(0, lane() - d));
            if (lane() >= d) at += before;
        }
        int total = (int)from_lane((u32)at, LANES - 1);
        u32 location = (u32)(plane.i0 + place / plane.w) << 20 | (u32)(plane.j0 + place % plane.w) << 8;
        u32 *out = cells + count + at - size;
        for (; set; set &= set - 1) *out++ = location | (u32)lowest_bit(set);
        count += total;
    }
    sync();
    return count;
}

#else

// Reads the plane back in order, several locations at a time: most are empty.
DEVICE_INLINE int collect_cells(const Plane &plane, u32 *cells) {
    u32 *out = cells;
    for (int i = 0; i < plane.h; i++) {
        const PlaneSet *row = plane.sets + i * plane.w;
        u32 start = (u32)(plane.i0 + i) << 20 | (u32)plane.j0 << 8;
        for (int j = 0; j < plane.w; j += PLANE_WORD) {
            u64 word;
            __builtin_memcpy(&word, row + j, 8);
            for (; word; word &= word - 1) {
                int bit = __builtin_ctzll(word);
                *out++ = start + ((u32)(j + (bit >> 4)) << 8) + (u32)(bit & 15);
            }
        }
    }
    return (int)(out - cells);
}

#endif

DEVICE_CALL int sort_cells_unsorted(Machine &m, u32 *cells, int n) {
    if (n <= FEW_CELLS) return sort_small(cells, n);
    Plane plane = plane_around(cells, n);
    i64 area = (i64)plane.h * plane.w;
    // A plane costs time for its area: not for a few cells far apart. What is spent does not depend on the
    // arena's size.
    bool dense = plane.fits && area <= 16 * (i64)n + PLANE_SLACK;
    m.budget -= dense ? 4 * (i64)n + (area >> 2) : 8 * (i64)n;
    if (dense && 4 * area <= free_bytes(m)) {
        plane.sets = (PlaneSet *)m.top;
        fill_bytes(m.top, 0, area * (i64)sizeof(PlaneSet));
        draw_cells(plane, cells, n);
        return collect_cells(plane, cells);
    }
    return sort_large(cells, n);
}

// Sorts packed cells in place and removes duplicates; returns how many are left. The arena's free end is
// scratch.
DEVICE_INLINE int sort_cells(Machine &m, u32 *cells, int n) {
    m.budget -= n;
    return strictly_increasing(cells, n) ? n : sort_cells_unsorted(m, cells, n);
}

// Merges the sorted runs [low, middle) and [middle, high) of `from` into `to`, with their companions if there
// are any.
struct Run {
    slot *keys, *values;
};

DEVICE void merge_runs(Machine &m, int type, Run from, Run to, int low, int middle, int high, i64 &work) {
    int x = low;
    int y = middle;
    for (int out = low; out < high && work <= m.budget; out++) {
        bool left = y >= high || (x < middle && compare(m, type, from.keys[x], from.keys[y], work) <= 0);
        int source = left ? x++ : y++;
        to.keys[out] = from.keys[source];
        if (from.values) to.values[out] = from.values[source];
    }
}

// One lane. Returns the work, which may have stopped the sort half-way when it exceeds the budget.
DEVICE i64 merge_sort(Machine &m, int type, Run run, Run scratch, int n) {
    i64 work = 0;
    Run from = run;
    Run to = scratch;
    for (i64 width = 1; width < n && work <= m.budget; width *= 2) {
        for (i64 low = 0; low < n && work <= m.budget; low += 2 * width) {
            int middle = (int)(low + width < n ? low + width : n);
            int high = (int)(low + 2 * width < n ? low + 2 * width : n);
            merge_runs(m, type, from, to, (int)low, middle, high, work);
        }
        Run swapped = from;
        from = to;
        to = swapped;
    }
    if (from.keys != run.keys) {
        for (int k = 0; k < n; k++) {
            run.keys[k] = from.keys[k];
            if (run.values) run.values[k] = from.values[k];
        }
    }
    return work;
}

DEVICE bool in_order(Machine &m, int type, const slot *keys, int n) {
    bool disorder = false;
    i64 work = 0;
    FOR_LANES(k, n - 1) {
        if (work > m.budget) break;
        disorder |= compare(m, type, keys[k], keys[k + 1], work) > 0;
    }
    spend(m, sum_of_lanes(work));
    return !any_lane(disorder);
}

// Stable sort of keys in canonical order, with companions moving along when given. The arena's free end is
// scratch.
DEVICE_CALL bool sort_slots(Machine &m, int type, slot *keys, slot *values, int n) {
    if (in_order(m, type, keys, n) || m.status) return !m.status;
    if (16 * (i64)n > free_bytes(m)) {
        overflow(m);
        return false;
    }
    Run run = {keys, values};
    Run scratch = {(slot *)m.top, values ? (slot *)m.top + n : nullptr};
    i64 work = 0;
    if (lane() == 0) work = merge_sort(m, type, run, scratch, n);
    sync();
    return spend(m, n + sum_of_lanes(work));
}

// Sorts and removes duplicates in place; returns how many are left. Fails on memory and budget.
DEVICE int sort_set(Machine &m, int type, slot *items, int n) {
    if (!sort_slots(m, type, items, nullptr, n)) return 0;
    int kept = 0;
    i64 work = 0;
    if (lane() == 0) {
        for (int k = 0; k < n && work <= m.budget; k++) {
            bool repeat = k > 0 && compare(m, type, items[k], items[kept - 1], work) == 0;
            if (!repeat) items[kept++] = items[k];
        }
    }
    sync();
    spend(m, sum_of_lanes(work));
    return max_of_lanes(kept);
}
