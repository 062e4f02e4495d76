// A result as it leaves the machine, whatever its type: one piece of memory without pointers.
//
// Equal values are equal bytes. A piece begins with the value's slot; the objects that the value is made of
// follow. Where a register would hold a pointer to an object, a slot of the piece holds the object's distance
// from the start of the piece. tokpidjin/engines/values.py reads it, and writes arguments in the same form.
#pragma once
#include "arena.h"
#include "compare.h"

template <int DEPTH>
struct Export {
    // The slot that stands for the value in the piece that starts there. A full arena is the status MEMORY.
    DEVICE slot value(Machine &m, const u8 *start, int type, slot x) {
        switch (kind_of(m.types, type)) {
            case KIND_INT:
            case KIND_PAIR:
            case KIND_CELL:
                return x;
            case KIND_GRID:
                return grid(m, start, (const Grid *)x);
            case KIND_INDICES:
            case KIND_OBJECT:
                return patch(m, start, (const Patch *)x);
            default:
                return list(m, start, type, (const List *)x);
        }
    }

    DEVICE slot grid(Machine &m, const u8 *start, const Grid *grid) {
        Grid *copy = new_grid(m, grid->h, grid->w);
        if (!copy) return 0;
        i64 n = (i64)grid->h * grid->w;
        copy_bytes(copy->cells, grid->cells, n);
        clear_rest(m, copy->cells + n);
        return (u8 *)copy - start;
    }

    DEVICE slot patch(Machine &m, const u8 *start, const Patch *patch) {
        Patch *copy = new_patch(m, patch->n);
        if (!copy) return 0;
        if (lane() == 0) copy->unused = 0;
        copy_bytes((u8 *)copy->cells, (const u8 *)patch->cells, 4 * (i64)patch->n);
        clear_rest(m, (u8 *)(copy->cells + patch->n));
        return (u8 *)copy - start;
    }

    // What lies between the newest object's end and the next one, so that equal values are equal pieces.
    DEVICE void clear_rest(const Machine &m, u8 *end) {
        fill_bytes(end, 0, m.top - end);
    }

    DEVICE slot list(Machine &m, const u8 *start, int type, const List *list) {
        List *copy = new_list(m, list->n);
        if (!copy) return 0;
        if (lane() == 0) copy->unused = 0;
        bool two = kind_of(m.types, type) == KIND_TUPLE2;
        for (int k = 0; k < list->n; k++) {
            int part = two && k == 1 ? second_part_of(m.types, type) : part_of(m.types, type);
            slot item = Export<DEPTH - 1>::value(m, start, part, list->items[k]);
            if (m.status) return 0;
            if (lane() == 0) copy->items[k] = item;
        }
        sync();
        return (u8 *)copy - start;
    }
};

template <>
struct Export<0> {
    DEVICE slot value(Machine &, const u8 *, int, slot x) {
        return x;
    }
};

// The value in one piece, from here to the machine's top; null where the arena is too small for it.
DEVICE_CALL const u8 *export_value(Machine &m, int type, slot x) {
    slot *start = (slot *)allocate(m, sizeof(slot));
    if (!start) return nullptr;
    slot root = Export<TYPE_DEPTH>::value(m, (const u8 *)start, type, x);
    if (m.status) return nullptr;
    if (lane() == 0) *start = root;
    sync();
    return (const u8 *)start;
}
