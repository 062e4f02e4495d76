// A result as it leaves the machine, whatever its type: one piece of memory without pointers.
//
// It begins with the value's slot; the objects that the value is made of follow. Where a register would hold a
// pointer to an object, a slot of the piece holds the object's distance from the start of the piece.
// tokpidjin/engines/values.py reads it, and writes arguments in the same form.
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
            case KIND_GRID: {
                const Grid *grid = (const Grid *)x;
                return plain(m, start, x, HEADER_BYTES + (i64)grid->h * grid->w);
            }
            case KIND_INDICES:
            case KIND_OBJECT:
                return plain(m, start, x, HEADER_BYTES + 4 * (i64)((const Patch *)x)->n);
            default:
                return list(m, start, type, (const List *)x);
        }
    }

    // An object without pointers.
    DEVICE slot plain(Machine &m, const u8 *start, slot x, i64 bytes) {
        u8 *to = allocate(m, bytes);
        if (!to) return 0;
        copy_bytes(to, (const u8 *)x, bytes);
        return to - start;
    }

    DEVICE slot list(Machine &m, const u8 *start, int type, const List *list) {
        List *copy = new_list(m, list->n);
        if (!copy) return 0;
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
