// The state of one item's execution, its memory and its budget.
//
// The arena is a stack: values are allocated upwards and freed only by setting `top` back. What lies above
// `top` is free scratch for the primitive that runs.
#pragma once
#include "values.h"

struct Machine {
    u8 *top, *end;
    int status;
    i64 budget;
    const int *types;  // the library's type table, three ints a type: kind, first part, second part
    bool overflowed = false;  // the arena was too small at some time, whether that was forgiven or not
};

DEVICE_INLINE Value fail(Machine &m, int status) {
    m.status = status;
    return Value((slot)0);
}

DEVICE_INLINE void overflow(Machine &m) {
    m.status = MEMORY;
    m.overflowed = true;
}

// Takes units off the budget. A primitive that may run long spends before it works and stops when this is
// false.
DEVICE_INLINE bool spend(Machine &m, i64 units) {
    m.budget -= units;
    if (m.budget >= 0) return true;
    m.status = BUDGET;
    return false;
}

DEVICE_INLINE i64 free_bytes(const Machine &m) {
    return m.end - m.top;
}

DEVICE_INLINE i64 rounded(i64 bytes) {
    return (bytes + 7) & ~(i64)7;
}

// Null when the arena is full; a unit of budget for every eight bytes, so that filling the arena has its
// price.
DEVICE_INLINE u8 *allocate(Machine &m, i64 bytes) {
    bytes = rounded(bytes);
    if (bytes > free_bytes(m)) {
        overflow(m);
        return nullptr;
    }
    u8 *start = m.top;
    m.top += bytes;
    m.budget -= bytes >> 3;
    return start;
}

// A row takes time even where it has few columns, or none.
DEVICE_INLINE void spend_rows(Machine &m, i64 h) {
    m.budget -= h >> 1;
}

// A grid without rows has no columns either, as Python's () has not.
DEVICE Grid *new_grid(Machine &m, i64 h, i64 w) {
    if (h <= 0) h = w = 0;
    if (w < 0) w = 0;
    if (h > SIDE_MAX || w > SIDE_MAX) {
        m.status = RANGE;
        return nullptr;
    }
    Grid *grid = (Grid *)allocate(m, HEADER_BYTES + h * w);
    if (!grid) return nullptr;
    spend_rows(m, h);
    if (lane() == 0) {
        grid->h = (int)h;
        grid->w = (int)w;
    }
    sync();
    return grid;
}

DEVICE_INLINE Patch *new_patch(Machine &m, i64 n) {
    Patch *patch = (Patch *)allocate(m, HEADER_BYTES + 4 * n);
    if (patch && lane() == 0) patch->n = (int)n;
    sync();
    return patch;
}

DEVICE_INLINE List *new_list(Machine &m, i64 n) {
    List *list = (List *)allocate(m, HEADER_BYTES + 8 * n);
    if (list && lane() == 0) list->n = (int)n;
    sync();
    return list;
}

DEVICE_INLINE void set_length(int *n, int length) {
    sync();
    if (lane() == 0) *n = length;
    sync();
}

// Gives the unused end of the newest object back.
DEVICE_INLINE void shrink(Machine &m, Patch *patch, int n) {
    set_length(&patch->n, n);
    m.top = (u8 *)patch + rounded(HEADER_BYTES + 4 * (i64)n);
}

DEVICE_INLINE void shrink(Machine &m, List *list, int n) {
    set_length(&list->n, n);
    m.top = (u8 *)list + HEADER_BYTES + 8 * (i64)n;
}

DEVICE_INLINE void copy_bytes(u8 *to, const u8 *from, i64 n) {
#if LANES > 1
    for (i64 k = lane(); k < n; k += LANES) to[k] = from[k];
    sync();
#else
    __builtin_memcpy(to, from, (u64)n);
#endif
}

DEVICE_INLINE void fill_bytes(u8 *to, int byte, i64 n) {
#if LANES > 1
    for (i64 k = lane(); k < n; k += LANES) to[k] = (u8)byte;
    sync();
#else
    __builtin_memset(to, byte, (u64)n);
#endif
}

// Moves to a lower address; the two may overlap, n is a multiple of four.
DEVICE_INLINE void move_down(u8 *to, const u8 *from, i64 n) {
#if LANES > 1
    for (i64 start = 0; start < n; start += 4 * LANES) {
        i64 k = start + 4 * lane();
        u32 word = k < n ? *(const u32 *)(from + k) : 0;
        sync();
        if (k < n) *(u32 *)(to + k) = word;
        sync();
    }
#else
    __builtin_memmove(to, from, (u64)n);
#endif
}

// Writes value(k) for every k < n that passes the test to out, in order; returns how many.
template <class Out, class Test, class Get>
DEVICE_INLINE int compact(Out *out, int n, Test test, Get value) {
    int count = 0;
#if LANES > 1
    for (int start = 0; start < n; start += LANES) {
        int k = start + lane();
        bool take = k < n && test(k);
        u32 takers = lanes_where(take);
        if (take) out[count + lanes_below(takers)] = (Out)value(k);
        count += count_bits(takers);
    }
    sync();
#else
    for (int k = 0; k < n; k++) {
        if (test(k)) out[count++] = (Out)value(k);
    }
#endif
    return count;
}
