// Comparison of two values of one type: the canonical order of sets, and Python's order of keys.
//
// Every comparison adds what it looked at to `work`, in units of budget, because a value may be large, and
// one object may be in it many times. It runs on one lane alone, and stops with any order when the work of
// its lane exceeds the budget; so do callers, which spend the sum over the lanes.
#pragma once
#include "arena.h"

enum Kind {
    KIND_INT,
    KIND_PAIR,
    KIND_CELL,
    KIND_GRID,
    KIND_INDICES,
    KIND_OBJECT,
    KIND_SET,
    KIND_TUPLE,
    KIND_TUPLE2,
    KINDS
};

// How deep types may nest where values are compared.
enum { TYPE_DEPTH = 4 };

DEVICE_INLINE int kind_of(const int *types, int type) {
    return types[3 * type];
}

DEVICE_INLINE int part_of(const int *types, int type) {
    return types[3 * type + 1];
}

DEVICE_INLINE int second_part_of(const int *types, int type) {
    return types[3 * type + 2];
}

DEVICE_INLINE int order_of(i64 x, i64 y) {
    return (x > y) - (x < y);
}

DEVICE_INLINE int compare_pairs(slot x, slot y) {
    Pair a = pair_of_slot(x);
    Pair b = pair_of_slot(y);
    return a.i != b.i ? order_of(a.i, b.i) : order_of(a.j, b.j);
}

DEVICE int compare_patches(const Patch *a, const Patch *b, i64 &work) {
    int n = min_int(a->n, b->n);
    int k = 0;
    while (k < n && a->cells[k] == b->cells[k]) k++;
    work += k >> 2;
    if (k < n) return a->cells[k] < b->cells[k] ? -1 : 1;
    return order_of(a->n, b->n);
}

// Grids compare as tuples of rows.
DEVICE int compare_grids(const Grid *a, const Grid *b, i64 &work) {
    int h = min_int(a->h, b->h);
    int w = min_int(a->w, b->w);
    for (int i = 0; i < h; i++) {
        const u8 *x = a->cells + i * a->w;
        const u8 *y = b->cells + i * b->w;
        int j = 0;
        while (j < w && x[j] == y[j]) j++;
        work += 1 + (j >> 2);
        if (j < w) return x[j] < y[j] ? -1 : 1;
        if (a->w != b->w) return order_of(a->w, b->w);
    }
    return order_of(a->h, b->h);
}

// The nesting of types is unrolled by the compiler: device code has no recursion.
template <int DEPTH>
struct Comparison {
    DEVICE int canonical(const Machine &m, int type, slot x, slot y, i64 &work) {
        work++;
        if (x == y) return 0;
        switch (kind_of(m.types, type)) {
            case KIND_INT:
                return order_of(x, y);
            case KIND_PAIR:
                return compare_pairs(x, y);
            case KIND_CELL:
                return order_of(x, y);
            case KIND_GRID:
                return compare_grids((const Grid *)x, (const Grid *)y, work);
            case KIND_INDICES:
            case KIND_OBJECT:
                return compare_patches((const Patch *)x, (const Patch *)y, work);
            case KIND_TUPLE2:
                return twos(m, type, (const List *)x, (const List *)y, work);
            default:
                return lists(m, part_of(m.types, type), (const List *)x, (const List *)y, work);
        }
    }

    DEVICE int lists(const Machine &m, int part, const List *a, const List *b, i64 &work) {
        int n = min_int(a->n, b->n);
        for (int k = 0; k < n && work <= m.budget; k++) {
            int order = Comparison<DEPTH - 1>::canonical(m, part, a->items[k], b->items[k], work);
            if (order) return order;
        }
        return order_of(a->n, b->n);
    }

    DEVICE int twos(const Machine &m, int type, const List *a, const List *b, i64 &work) {
        int first = part_of(m.types, type);
        int second = second_part_of(m.types, type);
        int order = Comparison<DEPTH - 1>::canonical(m, first, a->items[0], b->items[0], work);
        if (order) return order;
        return Comparison<DEPTH - 1>::canonical(m, second, a->items[1], b->items[1], work);
    }
};

template <>
struct Comparison<0> {
    DEVICE int canonical(const Machine &, int, slot, slot, i64 &) {
        return 0;
    }
};

DEVICE_CALL int compare_deep(const Machine &m, int type, slot x, slot y, i64 &work) {
    return Comparison<TYPE_DEPTH>::canonical(m, type, x, y, work);
}

// Negative, zero or positive, as x comes before, equals or comes after y in canonical order.
DEVICE_INLINE int compare(const Machine &m, int type, slot x, slot y, i64 &work) {
    work++;
    if (x == y) return 0;
    int kind = kind_of(m.types, type);
    if (kind == KIND_INT) return order_of(x, y);
    if (kind == KIND_PAIR) return compare_pairs(x, y);
    return compare_deep(m, type, x, y, work);
}

// Whether the value is in the list; false too when the budget ran out.
DEVICE bool contains(Machine &m, int type, const List *list, slot value) {
    bool found = false;
    i64 work = 0;
    FOR_LANES(k, list->n) {
        if (work > m.budget) break;
        found |= compare(m, type, list->items[k], value, work) == 0;
    }
    spend(m, sum_of_lanes(work));
    return any_lane(found);
}
