// Values: what a register holds, and the three kinds of object in the arena.
//
// A register is 64 bits: an int, a pair of ints, a packed cell, or a pointer to a Grid, a Patch or a List.
#pragma once
#include "platform.h"

typedef i64 slot;

// The numbers are those of tokpidjin.engines.status.Status.
enum Status { OK = 0, ERROR = 1, BUDGET = 2, MEMORY = 3, RANGE = 4 };

// Two ints are taken out of the range of numbers: NONE is Python's None (a colour read outside of the grid)
// and sorts before every number; MISSING fills both halves of the pair that stands for Python's (), the
// corner of nothing.
enum { NONE = -2147483647, MISSING = (int)0x80000000u };

struct Pair {
    int i, j;
};

// Grid: rows of colour bytes. Patch (Indices or Object): strictly increasing packed cells, which is the
// canonical order of the set. List: tuples, and sets of anything else (sorted, without duplicates); a 2-tuple
// is a List of two.
struct Grid {
    int h, w;
    u8 cells[1];
};

struct Patch {
    int n, unused;
    u32 cells[1];
};

struct List {
    int n, unused;
    slot items[1];
};

enum { HEADER_BYTES = 8 };

// A side is at most SIDE_MAX so that every location of a grid has 12-bit coordinates.
enum { COORDINATE_BIAS = 2048, SIDE_MAX = 2048, CELLS_MAX = 1 << 22 };

// A colour byte is the colour + 4, and 0 for None, so that bytes compare as colours do.
enum { COLOR_BIAS = 4, BYTE_NONE = 0, BYTE_BAD = -1 };

DEVICE_INLINE int color_of(int byte) {
    return byte == BYTE_NONE ? (int)NONE : byte - COLOR_BIAS;
}

// The byte of a colour, BYTE_BAD for one that has none.
DEVICE_INLINE int byte_of(int color) {
    if (color >= -3 && color <= 251) return color + COLOR_BIAS;
    return color == NONE ? (int)BYTE_NONE : (int)BYTE_BAD;
}

// A packed cell: row (12 bits), column (12 bits), colour byte. The cells of Indices have colour byte 0.
DEVICE_INLINE u32 pack(int i, int j, int byte) {
    return (u32)(i + COORDINATE_BIAS) << 20 | (u32)(j + COORDINATE_BIAS) << 8 | (u32)byte;
}

DEVICE_INLINE int row_of(u32 cell) {
    return (int)(cell >> 20) - COORDINATE_BIAS;
}

DEVICE_INLINE int column_of(u32 cell) {
    return (int)(cell >> 8 & 4095) - COORDINATE_BIAS;
}

DEVICE_INLINE u32 location_of(u32 cell) {
    return cell >> 8;
}

DEVICE_INLINE int color_of_cell(u32 cell) {
    return color_of((int)(cell & 255));
}

DEVICE_INLINE bool packs(i64 x) {
    return x >= -COORDINATE_BIAS && x < COORDINATE_BIAS;
}

DEVICE_INLINE Pair make_pair(int i, int j) {
    Pair p = {i, j};
    return p;
}

DEVICE_INLINE bool is_missing(Pair p) {
    return p.i == MISSING;
}

// Whether arithmetic on the pair would raise: it is () or holds None.
DEVICE_INLINE bool not_numbers(Pair p) {
    return p.i <= NONE || p.j <= NONE;
}

DEVICE_INLINE slot slot_of_pair(Pair p) {
    return (slot)((u64)(u32)p.i << 32 | (u32)p.j);
}

DEVICE_INLINE Pair pair_of_slot(slot x) {
    return make_pair((int)(u32)((u64)x >> 32), (int)(u32)(u64)x);
}

// Poison: what a speculative instruction that failed leaves in its register. It carries the status that
// counts once executed code reads it. No pair looks like it, because MISSING never stands alone.
DEVICE_INLINE slot poison(int status) {
    return slot_of_pair(make_pair(MISSING, status));
}

DEVICE_INLINE bool is_poison(slot x) {
    return (u64)x - 0x8000000000000000ull < 8;
}

DEVICE_INLINE int poison_status(slot x) {
    return (int)(x & 7);
}

// A register's content on its way into or out of a primitive, whose C++ signature says what it is.
struct Value {
    slot raw;
    DEVICE_METHOD Value(slot x) : raw(x) {}
    DEVICE_METHOD Value(int x) : raw(x) {}
    DEVICE_METHOD Value(u32 cell) : raw((slot)cell) {}
    DEVICE_METHOD Value(Pair p) : raw(slot_of_pair(p)) {}
    DEVICE_METHOD Value(const Grid *g) : raw((slot)g) {}
    DEVICE_METHOD Value(const Patch *p) : raw((slot)p) {}
    DEVICE_METHOD Value(const List *l) : raw((slot)l) {}
    DEVICE_METHOD operator slot() const {
        return raw;
    }
    DEVICE_METHOD operator int() const {
        return (int)raw;
    }
    DEVICE_METHOD operator u32() const {
        return (u32)(u64)raw;
    }
    DEVICE_METHOD operator Pair() const {
        return pair_of_slot(raw);
    }
    DEVICE_METHOD operator const Grid *() const {
        return (const Grid *)raw;
    }
    DEVICE_METHOD operator const Patch *() const {
        return (const Patch *)raw;
    }
    DEVICE_METHOD operator const List *() const {
        return (const List *)raw;
    }
};

DEVICE_INLINE const Patch *patch_at(const List *list, int k) {
    return (const Patch *)list->items[k];
}

DEVICE_INLINE const List *list_at(const List *list, int k) {
    return (const List *)list->items[k];
}

DEVICE_INLINE const Grid *grid_at(const List *list, int k) {
    return (const Grid *)list->items[k];
}
