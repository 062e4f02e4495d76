// Samples made of any bytes: input grids, and arguments of any type, well-formed as
// tokpidjin/engines/values.py writes them, with what is extreme (None, (), the ends of ranges, empty and
// large values) more often than by chance.
#pragma once
#include <set>

#include "input.h"

static const int extreme_ints[] = {0,    1,     -1,   2,    NONE,  2147483647, -2147483646,
                                   2047, -2048, 2048, 4095, -4096, 1 << 20,    65535,
                                   251,  252,   -3,   -4,   30,    46341};

static int any_int(Reader &from) {
    u8 b = from.number<u8>();
    if (b < 160) return (b & 31) - 4;
    if (b < 240) return extreme_ints[b % (sizeof extreme_ints / sizeof(int))];
    return std::max(from.number<int>(), NONE + 0);
}

static Pair any_pair(Reader &from) {
    if (from.number<u8>() == 255) return make_pair(MISSING, MISSING);
    int i = any_int(from);
    return make_pair(i, any_int(from));
}

static u32 any_cell(Reader &from, bool colored) {
    u8 kind = from.number<u8>();
    int i = from.number<u8>() % 24;
    int j = from.number<u8>() % 24;
    if (kind >= 224) {
        i = from.number<u16>() % 4096 - 2048;
        j = from.number<u16>() % 4096 - 2048;
    }
    return pack(i, j, !colored ? 0 : kind & 16 ? from.number<u8>() : COLOR_BIAS + kind % 10);
}

static int any_side(Reader &from) {
    static const int large[] = {64, 100, 255, 300, 512, 1000, 2047, 2048};
    u8 b = from.number<u8>();
    return b < 248 ? b % 31 : large[b & 7];
}

struct Shape {
    int h, w;
};

// Large sides only for one side, so that making samples does not take all of the time.
static Shape any_shape(Reader &from) {
    Shape shape = {any_side(from), any_side(from)};
    if (shape.h == 0) shape.w = 0;
    if ((i64)shape.h * shape.w > 1 << 16) shape.w = (1 << 16) / shape.h;
    return shape;
}

// Colour codes as NumPy arrays have them. Few colours, mostly, and repeated from a stretch of bytes.
static Bytes any_cells(Reader &from, i64 n) {
    static const u8 masks[] = {1, 3, 7, 255};
    u8 mask = masks[from.number<u8>() & 3];
    size_t period = std::min((size_t)(from.end - from.at), (size_t)std::max<i64>(n, 1));
    Bytes cells((size_t)n);
    for (size_t k = 0; k < cells.size(); k++) cells[k] = period ? from.at[k % period] & mask : 0;
    from.at += period;
    return cells;
}

static Samples *grid_sample(Reader &from) {
    Shape shape = any_shape(from);
    Bytes cells = any_cells(from, (i64)shape.h * shape.w);
    cells.push_back(0);
    return tp_samples_new(cells.data(), &shape.h, 1);
}

// Builds values with the machine's own functions in one block; null pointers and m.status once it is full.
struct Values {
    Machine m;

    slot value(Reader &from, int type) {
        switch (kind_of(m.types, type)) {
            case KIND_INT:
                return any_int(from);
            case KIND_PAIR:
                return slot_of_pair(any_pair(from));
            case KIND_CELL:
                return any_cell(from, true);
            case KIND_GRID:
                return (slot)grid(from);
            case KIND_INDICES:
            case KIND_OBJECT:
                return (slot)patch(from, kind_of(m.types, type) == KIND_OBJECT);
            default:
                return (slot)list(from, type);
        }
    }

    Grid *grid(Reader &from) {
        Shape shape = any_shape(from);
        Grid *grid = new_grid(m, shape.h, shape.w);
        if (!grid) return nullptr;
        Bytes cells = any_cells(from, cells_of(grid));
        for (size_t k = 0; k < cells.size(); k++) grid->cells[k] = (u8)(cells[k] + COLOR_BIAS);
        return grid;
    }

    Patch *patch(Reader &from, bool colored) {
        u8 b = from.number<u8>();
        Patch *patch = new_patch(m, b < 240 ? b % 20 : 40 * (b - 239));
        if (!patch) return nullptr;
        for (int k = 0; k < patch->n; k++) patch->cells[k] = any_cell(from, colored);
        sort_patch(m, patch);
        return patch;
    }

    // Some lists hold one object many times.
    List *list(Reader &from, int type) {
        u8 b = from.number<u8>();
        bool two = kind_of(m.types, type) == KIND_TUPLE2;
        bool same = b >= 240 && !two;
        List *list = new_list(m, two ? 2 : same ? 60 * (b - 239) : b % 8);
        if (!list) return nullptr;
        for (int k = 0; k < list->n; k++) {
            int part = two && k == 1 ? second_part_of(m.types, type) : part_of(m.types, type);
            list->items[k] = same && k > 0 ? list->items[0] : value(from, part);
            if (m.status) return nullptr;
        }
        if (kind_of(m.types, type) == KIND_SET)
            list->n = sort_set(m, part_of(m.types, type), list->items, list->n);
        return list;
    }
};

// Replaces the addresses in a value by places in the block; `pointers` gets the words that held them.
struct Relocation {
    u8 *block;
    const int *types;
    std::set<i64> pointers;

    void slot_of(slot *at, int type) {
        int kind = kind_of(types, type);
        i64 word = ((u8 *)at - block) / 8;
        if (kind <= KIND_CELL || !pointers.insert(word).second) return;
        List *list = (List *)*at;
        *at -= (slot)block;
        if (!is_container_kind(kind)) return;
        for (int k = 0; k < list->n; k++) {
            bool second = kind == KIND_TUPLE2 && k == 1;
            slot_of(&list->items[k], second ? second_part_of(types, type) : part_of(types, type));
        }
    }
};

// The arguments of one call; null where they are too large for the block.
static Samples *argument_sample(Reader &from, const Given &given) {
    static std::vector<slot> block(1 << 17);
    u8 *start = (u8 *)block.data();
    Values values = {{start, start + 8 * block.size(), OK, (i64)1 << 40, given.types.data()}};
    int count = (int)given.signature.size() - 1;
    slot *slots = (slot *)allocate(values.m, 8 * count);
    for (int k = 0; k < count; k++) slots[k] = values.value(from, given.signature[(size_t)k]);
    if (values.m.status) return nullptr;
    Relocation relocation = {start, given.types.data(), {}};
    for (int k = 0; k < count; k++) relocation.slot_of(slots + k, given.signature[(size_t)k]);
    std::vector<i64> pointers(relocation.pointers.begin(), relocation.pointers.end());
    i64 first = 0;
    return tp_arguments_new(start, values.m.top - start, &first, 1, pointers.data(), (i64)pointers.size());
}

static Samples *sample_of(const Input &input, const Given &given) {
    Reader from = {input.sample.data(), input.sample.data() + input.sample.size()};
    bool takes_grid = given.signature.empty() || given.signature == std::vector<int>{KIND_GRID, KIND_GRID};
    return takes_grid ? grid_sample(from) : argument_sample(from, given);
}
