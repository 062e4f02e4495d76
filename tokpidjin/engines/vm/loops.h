// Loops: iterating a list or patch, collecting the body's results, and reclaiming the memory a body leaves
// behind.
//
// Memory during a loop: [values from before][accumulator][kept results][garbage of this iteration]. `mark` is
// where the garbage starts. A collector either moves the result down to the mark, or moves the mark over the
// garbage.
#pragma once
#include "bytecode.h"
#include "objects.h"

struct Frame {
    const i16 *loop;
    int i, n;
    int count;  // elements in the accumulator
    int room;   // how many it has room for; for merged patches, when to remove duplicates next
    u8 *accumulator, *mark;
    bool found;
    slot best, key;
};

// Merged patches are sorted and rid of duplicates before they grow beyond this, so that they stay in the
// cache.
enum { MERGE_ROOM = 4096 };

// ---- Python's order of keys

enum KeyOrder { KEY_LESS = -1, KEY_EQUAL = 0, KEY_GREATER = 1, KEY_UNORDERED = 2, KEY_INVALID = 3 };

DEVICE_INLINE int order_ints_as_keys(slot x, slot y) {
    if (x == NONE || y == NONE) return KEY_INVALID;
    return order_of(x, y);
}

// In a tuple, equal elements are skipped before any order is asked for; only then does None matter.
DEVICE_INLINE int order_pairs_as_keys(slot x, slot y) {
    Pair a = pair_of_slot(x);
    Pair b = pair_of_slot(y);
    if (a.i != b.i) return order_ints_as_keys(a.i, b.i);
    return a.j == b.j ? (int)KEY_EQUAL : order_ints_as_keys(a.j, b.j);
}

DEVICE_INLINE int order_cells_as_keys(slot x, slot y) {
    u32 a = (u32)x;
    u32 b = (u32)y;
    if (a == b) return KEY_EQUAL;
    // A cell is (colour, location): unlike in canonical order, the colour comes first.
    if ((a & 255) != (b & 255)) return order_ints_as_keys(color_of_cell(a), color_of_cell(b));
    return a < b ? KEY_LESS : KEY_GREATER;
}

// Grids as tuples of rows: canonical order, but for a first difference that involves None.
DEVICE int order_grids_as_keys(const Grid *a, const Grid *b, i64 &work) {
    int h = min_int(a->h, b->h);
    int w = min_int(a->w, b->w);
    for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
            int x = a->cells[i * a->w + j];
            int y = b->cells[i * b->w + j];
            if (x != y) return order_ints_as_keys(color_of(x), color_of(y));
        }
        work += 1 + (w >> 2);
        if (a->w != b->w) return order_of(a->w, b->w);
    }
    return order_of(a->h, b->h);
}

// How many cells two patches share.
DEVICE int shared_cells(const Patch *a, const Patch *b, i64 &work) {
    int shared = 0;
    int y = 0;
    for (int x = 0; x < a->n; x++) {
        while (y < b->n && b->cells[y] < a->cells[x]) y++;
        shared += y < b->n && b->cells[y] == a->cells[x];
    }
    work += a->n + b->n;
    return shared;
}

// Sets compare by inclusion.
DEVICE_INLINE int order_by_inclusion(int a, int b, int shared) {
    if (shared == a && shared == b) return KEY_EQUAL;
    if (shared == a) return KEY_LESS;
    return shared == b ? (int)KEY_GREATER : (int)KEY_UNORDERED;
}

template <int DEPTH>
struct KeyComparison {
    DEVICE int order(const Machine &m, int type, slot x, slot y, i64 &work) {
        work++;
        switch (kind_of(m.types, type)) {
            case KIND_INT:
                return order_ints_as_keys(x, y);
            case KIND_PAIR:
                return order_pairs_as_keys(x, y);
            case KIND_CELL:
                return order_cells_as_keys(x, y);
            case KIND_GRID:
                return order_grids_as_keys((const Grid *)x, (const Grid *)y, work);
            case KIND_INDICES:
            case KIND_OBJECT:
                return patches((const Patch *)x, (const Patch *)y, work);
            case KIND_SET:
                return sets(m, part_of(m.types, type), (const List *)x, (const List *)y, work);
            case KIND_TUPLE:
                return tuples(m, part_of(m.types, type), (const List *)x, (const List *)y, work);
            default:
                return twos(m, type, (const List *)x, (const List *)y, work);
        }
    }

    DEVICE int patches(const Patch *a, const Patch *b, i64 &work) {
        return order_by_inclusion(a->n, b->n, shared_cells(a, b, work));
    }

    DEVICE int sets(const Machine &m, int part, const List *a, const List *b, i64 &work) {
        int shared = 0;
        int y = 0;
        for (int x = 0; x < a->n && work <= m.budget; x++) {
            int order = -1;
            while (y < b->n && work <= m.budget) {
                order = Comparison<DEPTH - 1>::canonical(m, part, b->items[y], a->items[x], work);
                if (order >= 0) break;
                y++;
            }
            shared += y < b->n && order == 0;
        }
        return order_by_inclusion(a->n, b->n, shared);
    }

    DEVICE bool same(const Machine &m, int type, slot x, slot y, i64 &work) {
        return Comparison<DEPTH - 1>::canonical(m, type, x, y, work) == 0;
    }

    DEVICE int tuples(const Machine &m, int part, const List *a, const List *b, i64 &work) {
        int n = min_int(a->n, b->n);
        for (int k = 0; k < n && work <= m.budget; k++) {
            if (same(m, part, a->items[k], b->items[k], work)) continue;
            return KeyComparison<DEPTH - 1>::order(m, part, a->items[k], b->items[k], work);
        }
        return order_of(a->n, b->n);
    }

    DEVICE int twos(const Machine &m, int type, const List *a, const List *b, i64 &work) {
        for (int k = 0; k < 2; k++) {
            int part = k == 0 ? part_of(m.types, type) : second_part_of(m.types, type);
            if (same(m, part, a->items[k], b->items[k], work)) continue;
            return KeyComparison<DEPTH - 1>::order(m, part, a->items[k], b->items[k], work);
        }
        return KEY_EQUAL;
    }
};

template <>
struct KeyComparison<0> {
    DEVICE int order(const Machine &, int, slot, slot, i64 &) {
        return KEY_EQUAL;
    }
};

DEVICE_CALL int order_keys_deep(Machine &m, int type, slot x, slot y) {
    i64 work = 0;
    int order = KeyComparison<TYPE_DEPTH>::order(m, type, x, y, work);
    spend(m, work);
    return order;
}

DEVICE_INLINE int order_keys(Machine &m, int type, slot x, slot y) {
    int order =
        kind_of(m.types, type) == KIND_INT ? order_ints_as_keys(x, y) : order_keys_deep(m, type, x, y);
    if (order == KEY_INVALID) m.status = ERROR;
    return order;
}

// ---- Opening a loop and taking elements

// The accumulator's bytes for n elements, where their number is known beforehand.
DEVICE_INLINE i64 accumulator_bytes(int collector, i64 n) {
    switch (collector) {
        case COLLECT_LIST:
        case COLLECT_SET:
            return 8 * n;
        case COLLECT_INDICES:
        case COLLECT_OBJECT:
            return 4 * n;
        case COLLECT_ORDERED:
            return 16 * n;  // the elements, then their keys
        default:
            return 0;
    }
}

DEVICE_INLINE int iterations_of(Machine &m, const i16 *loop, const slot *registers) {
    slot source = registers[loop[L_SOURCE]];
    if (is_poison(source)) {
        m.status = poison_status(source);
        return 0;
    }
    if (loop[L_COLLECTOR] == COLLECT_FOLD) {
        // Python's power() recurses without end below its least count.
        if (source < loop[L_TYPE]) m.status = ERROR;
        return (int)source;
    }
    int n = ((const List *)source)->n;
    if (loop[L_SOURCE_2] == NO_REGISTER) return n;
    slot second = registers[loop[L_SOURCE_2]];
    if (is_poison(second)) {
        m.status = poison_status(second);
        return 0;
    }
    return min_int(n, ((const List *)second)->n);
}

DEVICE_INLINE bool open_loop(Machine &m, Frame &f, const i16 *loop, const slot *registers) {
    f.loop = loop;
    f.i = 0;
    f.n = iterations_of(m, loop, registers);
    if (m.status) return false;
    f.count = 0;
    f.room = loop[L_COLLECTOR] == COLLECT_MERGED_PATCH ? (int)MERGE_ROOM : 0;
    f.found = false;
    f.best = f.key = 0;
    f.accumulator = allocate(m, HEADER_BYTES + accumulator_bytes(loop[L_COLLECTOR], f.n));
    f.mark = m.top;
    return f.accumulator != nullptr;
}

DEVICE_INLINE slot element(slot source, int iteration, int i) {
    if (iteration == ITERATE_LIST) return ((const List *)source)->items[i];
    u32 cell = ((const Patch *)source)->cells[i];
    if (iteration == ITERATE_CELLS) return (slot)cell;
    return slot_of_pair(make_pair(row_of(cell), column_of(cell)));
}

DEVICE_INLINE void take_elements(const Frame &f, slot *registers) {
    const i16 *loop = f.loop;
    if (loop[L_COLLECTOR] == COLLECT_FOLD) return;
    registers[loop[L_VARIABLE]] = element(registers[loop[L_SOURCE]], loop[L_ITERATION], f.i);
    if (loop[L_SOURCE_2] == NO_REGISTER) return;
    registers[loop[L_VARIABLE_2]] = element(registers[loop[L_SOURCE_2]], loop[L_ITERATION_2], f.i);
}

// ---- Collecting

// The units of budget that an instruction costs, besides what its primitive spends.
enum { UNITS_PER_PRIMITIVE = 4, MOVES_PER_UNIT = 8 };

// What an iteration costs, and the primitives executed since something was charged last.
DEVICE_INLINE i64 units_of_iteration(const i16 *loop, const i16 *end, u32 primitives) {
    return UNITS_PER_PRIMITIVE * ((i64)primitives + 1) + (end - loop) / (WORDS * MOVES_PER_UNIT);
}

DEVICE_INLINE void drop_garbage(Machine &m, const Frame &f) {
    m.top = f.mark;
}

DEVICE_INLINE void keep_garbage(Machine &m, Frame &f) {
    f.mark = m.top;
}

DEVICE_INLINE i64 flat_bytes(int flat, slot value) {
    if (flat == FLAT_GRID) {
        const Grid *grid = (const Grid *)value;
        return HEADER_BYTES + (i64)grid->h * grid->w;
    }
    int item = flat == FLAT_PATCH ? 4 : 8;
    return HEADER_BYTES + item * (i64)((const List *)value)->n;
}

// Moves a flat result from the garbage down to the mark. Results from before the iteration stay where they
// are.
DEVICE_INLINE slot settle(Machine &m, Frame &f, int flat, slot value) {
    u8 *start = (u8 *)value;
    if (start < f.mark || start >= m.top) return value;
    i64 bytes = rounded(flat_bytes(flat, value));
    u8 *to = f.mark;
    if (start != to) move_down(to, start, bytes);
    f.mark += bytes;
    return (slot)to;
}

DEVICE_INLINE void append_item(Machine &m, Frame &f, int flat, slot value) {
    if (flat == FLAT_NOT) {
        keep_garbage(m, f);
    } else if (flat != FLAT_SCALAR) {
        value = settle(m, f, flat, value);
    }
    if (lane() == 0) ((List *)f.accumulator)->items[f.count] = value;
    f.count++;
    drop_garbage(m, f);
}

DEVICE_INLINE void append_cell(Machine &m, Frame &f, u32 cell) {
    if (lane() == 0) ((Patch *)f.accumulator)->cells[f.count] = cell;
    f.count++;
    drop_garbage(m, f);
}

DEVICE_INLINE void append_location(Machine &m, Frame &f, Pair location) {
    if (packs(location.i) && packs(location.j)) {
        append_cell(m, f, pack(location.i, location.j, 0));
    } else {
        m.status = RANGE;
    }
}

// Appends the items of a list or patch right behind those collected so far, over the garbage.
DEVICE_INLINE void append_flat_items(Machine &m, Frame &f, slot part, int item_bytes) {
    int n = ((const List *)part)->n;
    const u8 *from = (const u8 *)part + HEADER_BYTES;
    u8 *to = f.accumulator + HEADER_BYTES + (i64)item_bytes * f.count;
    i64 bytes = (i64)item_bytes * n;
    if (rounded(bytes) > m.end - to) {
        overflow(m);
        return;
    }
    if (from < to) {
        copy_bytes(to, from, bytes);
    } else {
        move_down(to, from, bytes);
    }
    f.count += n;
    f.mark = f.accumulator + rounded(HEADER_BYTES + (i64)item_bytes * f.count);
    m.budget -= n >> 2;
    drop_garbage(m, f);
}

DEVICE void sort_merged_patch(Machine &m, Frame &f) {
    f.count = sort_cells(m, ((Patch *)f.accumulator)->cells, f.count);
    f.mark = f.accumulator + rounded(HEADER_BYTES + 4 * (i64)f.count);
    drop_garbage(m, f);
}

DEVICE_INLINE void append_patch(Machine &m, Frame &f, slot patch) {
    append_flat_items(m, f, patch, 4);
    if (f.count <= f.room || m.status) return;
    sort_merged_patch(m, f);
    f.room = max_int(f.room, 2 * f.count);
}

// Items that point into the garbage: all of it is kept, and the accumulator grows by doubling.
DEVICE void append_deep_items(Machine &m, Frame &f, const List *part) {
    i64 needed = (i64)f.count + part->n;
    if (needed > f.room) {
        i64 room = needed > 2 * (i64)f.room ? needed : 2 * (i64)f.room;
        u8 *larger = allocate(m, HEADER_BYTES + 8 * room);
        if (!larger) return;
        copy_bytes(larger + HEADER_BYTES, f.accumulator + HEADER_BYTES, 8 * (i64)f.count);
        f.accumulator = larger;
        f.room = (int)room;
    }
    u8 *to = f.accumulator + HEADER_BYTES + 8 * (i64)f.count;
    copy_bytes(to, (const u8 *)part->items, 8 * (i64)part->n);
    f.count = (int)needed;
    keep_garbage(m, f);
}

DEVICE_INLINE void append_items(Machine &m, Frame &f, int flat, slot part) {
    if (flat == FLAT_NOT) {
        append_deep_items(m, f, (const List *)part);
    } else {
        append_flat_items(m, f, part, 8);
    }
}

// Of equals the first stays, as with Python's max() and min().
DEVICE_INLINE void keep_best(Machine &m, Frame &f, slot value, slot key) {
    const i16 *loop = f.loop;
    int collector = loop[L_COLLECTOR];
    int wanted = collector == COLLECT_ARGMAX || collector == COLLECT_VALMAX ? KEY_GREATER : KEY_LESS;
    int type = loop[L_TYPE];
    bool better = !f.found || order_keys(m, type, key, f.key) == wanted;
    if (m.status) return;
    if (better) {
        f.found = true;
        f.best = value;
        f.key = key;
        bool scalars = loop[L_FLAT] == FLAT_SCALAR && kind_of(m.types, type) <= KIND_CELL;
        if (!scalars) keep_garbage(m, f);
    }
    drop_garbage(m, f);
}

DEVICE_INLINE void append_keyed(Machine &m, Frame &f, slot value, slot key) {
    slot *items = ((List *)f.accumulator)->items;
    if (lane() == 0) {
        items[f.count] = value;
        items[f.n + f.count] = key;
    }
    f.count++;
    keep_garbage(m, f);
}

DEVICE_INLINE void collect_result(Machine &m, Frame &f, slot value, slot key) {
    int flat = f.loop[L_FLAT];
    switch (f.loop[L_COLLECTOR]) {
        case COLLECT_LIST:
        case COLLECT_SET:
            return append_item(m, f, flat, value);
        case COLLECT_INDICES:
            return append_location(m, f, pair_of_slot(value));
        case COLLECT_OBJECT:
            return append_cell(m, f, (u32)value);
        case COLLECT_MERGED_PATCH:
            return append_patch(m, f, value);
        case COLLECT_MERGED_LIST:
        case COLLECT_MERGED_SET:
            return append_items(m, f, flat, value);
        case COLLECT_FIRST:
            f.found = true;
            f.best = value;
            f.n = 0;  // the loop ends here
            return;
        case COLLECT_ORDERED:
            return append_keyed(m, f, value, key);
        default:
            return keep_best(m, f, value, key);
    }
}

// Takes over the result of one iteration, when its condition holds.
DEVICE_INLINE void collect(Machine &m, Frame &f, const slot *registers) {
    const i16 *loop = f.loop;
    if (loop[L_COLLECTOR] == COLLECT_FOLD) return keep_garbage(m, f);
    if (loop[L_CONDITION] != NO_REGISTER) {
        slot condition = registers[loop[L_CONDITION]];
        if (is_poison(condition)) {
            m.status = poison_status(condition);
            return;
        }
        if (is_falsy(condition)) return drop_garbage(m, f);
    }
    slot value = registers[loop[L_BODY]];
    slot key = loop[L_KEY] == NO_REGISTER ? 0 : registers[loop[L_KEY]];
    if (is_poison(value)) {
        m.status = poison_status(value);
    } else if (is_poison(key)) {
        m.status = poison_status(key);
    } else {
        collect_result(m, f, value, key);
    }
}

// ---- Finishing

// Whether sorting by these keys, now in order, had to compare None with something: neighbours are always
// compared.
DEVICE bool keys_valid(Machine &m, int type, const slot *keys, int n) {
    for (int k = 1; k < n && !m.status; k++) order_keys(m, type, keys[k - 1], keys[k]);
    return !m.status;
}

DEVICE slot finish_ordered(Machine &m, Frame &f, int type) {
    List *list = (List *)f.accumulator;
    slot *keys = list->items + f.n;
    if (sort_slots(m, type, keys, list->items, f.count)) keys_valid(m, type, keys, f.count);
    set_length(&list->n, f.count);
    return (slot)list;
}

DEVICE slot finish_patch(Machine &m, Frame &f) {
    Patch *patch = (Patch *)f.accumulator;
    int n = sort_cells(m, patch->cells, f.count);
    set_length(&patch->n, n);
    return (slot)patch;
}

DEVICE slot finish_set(Machine &m, Frame &f, int type) {
    List *list = (List *)f.accumulator;
    int n = sort_set(m, type, list->items, f.count);
    set_length(&list->n, n);
    return (slot)list;
}

DEVICE slot finish_best(Machine &m, const Frame &f) {
    if (!f.found) m.status = ERROR;
    int collector = f.loop[L_COLLECTOR];
    return collector == COLLECT_VALMAX || collector == COLLECT_VALMIN ? f.key : f.best;
}

// The loop's value, once its last iteration is over.
DEVICE slot finish(Machine &m, Frame &f) {
    int type = f.loop[L_TYPE];
    switch (f.loop[L_COLLECTOR]) {
        case COLLECT_LIST:
        case COLLECT_MERGED_LIST:
            set_length(&((List *)f.accumulator)->n, f.count);
            return (slot)f.accumulator;
        case COLLECT_SET:
        case COLLECT_MERGED_SET:
            return finish_set(m, f, type);
        case COLLECT_INDICES:
        case COLLECT_OBJECT:
            return finish_patch(m, f);
        case COLLECT_MERGED_PATCH:
            sort_merged_patch(m, f);
            set_length(&((Patch *)f.accumulator)->n, f.count);
            return (slot)f.accumulator;
        case COLLECT_ORDERED:
            return finish_ordered(m, f, type);
        case COLLECT_FOLD:
            return 0;
        default:
            return finish_best(m, f);
    }
}
