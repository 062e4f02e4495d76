// Primitives that take a grid apart: connected components, partitions by colour, lines of one colour.
#pragma once
#include "painting.h"

// Labels and run numbers are 16 bits wide.
enum { OBJECTS_CELLS_MAX = 65000, NO_LABEL = 0xffff, FEW_OBJECTS = 64 };

// Scratch of `objects` lies at the far end of the arena, because the results grow at the near one.
DEVICE_INLINE u8 *far_scratch(Machine &m, i64 bytes) {
    return (u8 *)((u64)(m.end - bytes) & ~7ull);
}

#if LANES > 1

// Every cell takes the smallest label around it until nothing changes; a label is the place of a cell.
struct Labels {
    u16 *of;
    const Grid *grid;
    bool univalued, diagonal;
};

UNORDERED DEVICE int smallest_label_around(const Labels &labels, int place) {
    int h = labels.grid->h;
    int w = labels.grid->w;
    int i = place / w;
    int j = place % w;
    const u8 *cells = labels.grid->cells;
    int best = labels.of[place];
    for (int di = -1; di <= 1; di++) {
        for (int dj = -1; dj <= 1; dj++) {
            bool skip = di && dj && !labels.diagonal;
            bool inside = i + di >= 0 && i + di < h && j + dj >= 0 && j + dj < w;
            if (skip || !inside) continue;
            int other = place + di * w + dj;
            if (labels.univalued && cells[other] != cells[place]) continue;
            best = min_int(best, labels.of[other]);
        }
    }
    return best;
}

// Labels are lowered until none changes; they end the same in any order.
UNORDERED DEVICE void spread_labels(const Labels &labels, int n) {
    for (bool changed = true; changed;) {
        bool lowered = false;
        FOR_LANES(k, n) {
            if (labels.of[k] == NO_LABEL) continue;
            int best = smallest_label_around(labels, k);
            best = min_int(best, labels.of[best]);
            if (best < labels.of[k]) {
                labels.of[k] = (u16)best;
                lowered = true;
            }
        }
        sync();
        changed = any_lane(lowered);
    }
}

// One lane deals the cells out to their objects. Looking through the grid for every object, which all lanes
// do, takes too long where there are many.
DEVICE Value deal_out(Machine &m, const Labels &labels, u16 *sizes, int n, List *objects) {
    FOR_LANES(k, n) sizes[k] = 0;
    sync();
    for (int k = 0; lane() == 0 && k < n; k++) {
        if (labels.of[k] != NO_LABEL) sizes[labels.of[k]]++;
    }
    sync();
    int at = 0;
    for (int root = 0; root < n; root++) {
        if (labels.of[root] != root) continue;
        Patch *object = new_patch(m, sizes[root]);
        if (!object) return fail(m, MEMORY);
        if (lane() == 0) {
            object->n = 0;
            objects->items[at] = (slot)object;
            sizes[root] = (u16)at;  // from here on the object's place
        }
        at++;
    }
    for (int k = 0; lane() == 0 && k < n; k++) {
        if (labels.of[k] == NO_LABEL) continue;
        Patch *object = (Patch *)objects->items[sizes[labels.of[k]]];
        object->cells[object->n++] = cell_at(labels.grid, k, labels.grid->cells[k]);
    }
    sync();
    return objects;
}

DEVICE Value components(Machine &m, const Grid *grid, bool univalued, bool diagonal, int background) {
    int n = cells_of(grid);
    Labels labels = {(u16 *)far_scratch(m, 4 * (i64)n), grid, univalued, diagonal};
    FOR_LANES(k, n) labels.of[k] = (u16)(grid->cells[k] == background ? (int)NO_LABEL : k);
    sync();
    spread_labels(labels, n);
    int found = 0;
    FOR_LANES(k, n) found += labels.of[k] == k;
    List *objects = new_list(m, sum_of_lanes(found));
    if (!objects) return fail(m, MEMORY);
    if (objects->n > FEW_OBJECTS) return deal_out(m, labels, labels.of + n, n, objects);
    int at = 0;
    for (int root = 0; root < n; root++) {
        if (labels.of[root] != root) continue;
        i64 budget = m.budget;
        Patch *object = new_patch(m, n - root);
        if (!object) return fail(m, MEMORY);
        int size = compact(
            object->cells, n - root, [&](int k) { return labels.of[root + k] == root; },
            [&](int k) { return cell_at(grid, root + k, grid->cells[root + k]); });
        shrink(m, object, size);
        // The host knows the size beforehand and spends for no more.
        m.budget = budget - ((m.top - (u8 *)object) >> 3);
        if (lane() == 0) objects->items[at] = (slot)object;
        at++;
    }
    sync();
    return objects;
}

#else

// A run is a row's longest stretch of cells that belong together. Runs of neighbouring rows that touch are
// joined; the root of a component is its first run, so numbering roots in scan order gives the canonical
// order of objects.
struct LabelledRun {
    u16 start, end;  // places in the grid's cells; the end is outside
    u16 parent;
    u16 object;
};

DEVICE_INLINE int root_of(LabelledRun *runs, int k) {
    while (runs[k].parent != k) {
        runs[k].parent = runs[runs[k].parent].parent;
        k = runs[k].parent;
    }
    return k;
}

DEVICE_INLINE void join(LabelledRun *runs, int a, int b) {
    a = root_of(runs, a);
    b = root_of(runs, b);
    if (a < b) {
        runs[b].parent = (u16)a;
    } else {
        runs[a].parent = (u16)b;
    }
}

// Appends the runs of a row; returns how many runs there are then.
DEVICE_INLINE int cut_row(LabelledRun *runs, int count, const u8 *cells, int start, int end, bool univalued,
                          int background) {
    for (int k = start; k < end;) {
        int byte = cells[k];
        if (byte == background) {
            k++;
            continue;
        }
        int stop = k + 1;
        while (stop < end && (univalued ? cells[stop] == byte : cells[stop] != background)) stop++;
        LabelledRun run = {(u16)k, (u16)stop, (u16)count, 0};
        runs[count++] = run;
        k = stop;
    }
    return count;
}

// Joins the runs of a row, [middle, end), with those of the row above, [start, middle). `reach` is 1 for
// diagonals.
DEVICE_INLINE void join_rows(LabelledRun *runs, int start, int middle, int end, const u8 *cells, int w,
                             bool univalued, int reach) {
    int above = start;
    for (int below = middle; below < end; below++) {
        int from = runs[below].start - w - reach;
        int to = runs[below].end - w + reach;
        while (above < middle && runs[above].end <= from) above++;
        for (int k = above; k < middle && runs[k].start < to; k++) {
            bool alike = !univalued || cells[runs[k].start] == cells[runs[below].start];
            if (alike) join(runs, k, below);
        }
    }
}

// Numbers the components in scan order and counts their cells; returns how many there are.
DEVICE_INLINE int number_objects(LabelledRun *runs, int count, u16 *sizes) {
    int objects = 0;
    for (int k = 0; k < count; k++) {
        int root = root_of(runs, k);
        if (root == k) {
            runs[k].object = (u16)objects;
            sizes[objects++] = 0;
        } else {
            runs[k].object = runs[root].object;
        }
        sizes[runs[k].object] = (u16)(sizes[runs[k].object] + runs[k].end - runs[k].start);
    }
    return objects;
}

// Deals the cells out to their objects, whose lengths serve as fill marks.
DEVICE_INLINE void deal_cells(const LabelledRun *runs, int count, const Grid *grid, const List *objects) {
    int row = 0;
    int row_end = grid->w;
    for (int k = 0; k < count; k++) {
        while (runs[k].start >= row_end) {
            row++;
            row_end += grid->w;
        }
        Patch *object = (Patch *)objects->items[runs[k].object];
        int n = object->n;
        u32 start = pack(row, runs[k].start - row_end + grid->w, 0);
        for (int place = runs[k].start; place < runs[k].end; place++) {
            object->cells[n++] = start + grid->cells[place];
            start += 1 << 8;
        }
        object->n = n;
    }
}

DEVICE Value components(Machine &m, const Grid *grid, bool univalued, bool diagonal, int background) {
    int n = cells_of(grid);
    int w = grid->w;
    LabelledRun *runs = (LabelledRun *)far_scratch(m, 10 * (i64)n + 8);
    u16 *sizes = (u16 *)(runs + n);
    int above = 0;
    int count = 0;
    for (int start = 0; start < n; start += w) {
        int middle = count;
        count = cut_row(runs, count, grid->cells, start, start + w, univalued, background);
        join_rows(runs, above, middle, count, grid->cells, w, univalued, diagonal ? 1 : 0);
        above = middle;
    }
    int found = number_objects(runs, count, sizes);
    List *objects = new_list(m, found);
    if (!objects) return fail(m, MEMORY);
    for (int k = 0; k < found; k++) {
        Patch *object = new_patch(m, sizes[k]);
        if (!object) return fail(m, MEMORY);
        object->n = 0;
        objects->items[k] = (slot)object;
    }
    deal_cells(runs, count, grid, objects);
    return objects;
}

#endif

// Without a background colour the reference leaves out the cells that hold None.
PRIMITIVE(objects)(Machine &m, const Grid *grid, slot univalued, slot diagonal, slot without_background) {
    int n = cells_of(grid);
    if (grid->h == 0) return fail(m, ERROR);
    int background = BYTE_NONE;
    if (!is_falsy(without_background)) {
        if (n == 0) return fail(m, ERROR);
        background = background_of(m, grid);
    }
    // The scratch, and objects of one cell each at worst: a slot, a header and a cell.
    if (n > OBJECTS_CELLS_MAX || free_bytes(m) < 40 * (i64)n + 256) {
        overflow(m);
        return fail(m, MEMORY);
    }
    if (!spend(m, 2 * (i64)n)) return fail(m, BUDGET);
    return components(m, grid, !is_falsy(univalued), !is_falsy(diagonal), background);
}

#if LANES > 1

// Objects by their first cells, which differ.
DEVICE void sort_by_first_cell(List *objects, int n) {
    if (lane() == 0) {
        for (int k = 1; k < n; k++) {
            slot object = objects->items[k];
            u32 first = ((const Patch *)object)->cells[0];
            int at = k;
            for (; at > 0 && patch_at(objects, at - 1)->cells[0] > first; at--) {
                objects->items[at] = objects->items[at - 1];
            }
            objects->items[at] = object;
        }
    }
    sync();
}

DEVICE Value by_color(Machine &m, const Grid *grid, const Histogram &histogram, List *objects, int skipped) {
    int at = 0;
    for (int byte = 0; byte < histogram.limit; byte++) {
        int size = count_of(histogram, byte);
        if (size == 0 || byte == skipped) continue;
        Patch *object = new_patch(m, size);
        if (!object) return fail(m, MEMORY);
        compact(
            object->cells, cells_of(grid), [&](int k) { return grid->cells[k] == byte; },
            [&](int k) { return cell_at(grid, k, byte); });
        if (lane() == 0) objects->items[at] = (slot)object;
        at++;
    }
    sync();
    sort_by_first_cell(objects, at);
    return objects;
}

#else

// A colour's object takes its place in the list when its first cell comes.
DEVICE Value by_color(Machine &m, const Grid *grid, const Histogram &histogram, List *objects, int skipped) {
    Patch *object_of[BYTES];
    for (int byte = 0; byte < histogram.limit; byte++) {
        int size = count_of(histogram, byte);
        if (size == 0 || byte == skipped) continue;
        object_of[byte] = new_patch(m, size);
        if (!object_of[byte]) return fail(m, MEMORY);
        object_of[byte]->n = 0;
    }
    int at = 0;
    const u8 *row = grid->cells;
    for (int i = 0; i < grid->h; i++) {
        for (int j = 0; j < grid->w; j++) {
            int byte = row[j];
            if (byte == skipped) continue;
            Patch *object = object_of[byte];
            if (object->n == 0) objects->items[at++] = (slot)object;
            object->cells[object->n++] = pack(i, j, byte);
        }
        row += grid->w;
    }
    return objects;
}

#endif

enum { SKIP_NO_BYTE = -1 };

DEVICE_CALL Value partition_by_color(Machine &m, const Grid *grid, bool without_background) {
    Histogram histogram;
    spend_rows(m, grid->h);
    count_grid(m, histogram, grid);
    int skipped = without_background ? most_frequent(histogram) : (int)SKIP_NO_BYTE;
    List *objects = new_list(m, distinct(histogram) - (without_background ? 1 : 0));
    if (!objects) return fail(m, MEMORY);
    return by_color(m, grid, histogram, objects, skipped);
}

PRIMITIVE(partition)(Machine &m, const Grid *grid) {
    return partition_by_color(m, grid, false);
}

PRIMITIVE(fgpartition)(Machine &m, const Grid *grid) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    return partition_by_color(m, grid, true);
}

DEVICE Patch *row_object(Machine &m, const Grid *grid, int i) {
    Patch *object = new_patch(m, grid->w);
    if (!object) return nullptr;
    FOR_LANES(j, grid->w) object->cells[j] = pack(i, j, grid->cells[i * grid->w + j]);
    sync();
    return object;
}

DEVICE Patch *column_object(Machine &m, const Grid *grid, int j) {
    Patch *object = new_patch(m, grid->h);
    if (!object) return nullptr;
    FOR_LANES(i, grid->h) object->cells[i] = pack(i, j, grid->cells[i * grid->w + j]);
    sync();
    return object;
}

PRIMITIVE(frontiers)(Machine &m, const Grid *grid, int object_type) {
    if (grid->h == 0) return fail(m, ERROR);
    m.budget -= cells_of(grid);
    List *lines = new_list(m, grid->h + grid->w);
    if (!lines) return fail(m, MEMORY);
    int n = 0;
    for (int k = 0; k < grid->h + grid->w; k++) {
        int j = k - grid->h;
        bool is_row = j < 0;
        if (!(is_row ? uniform_row(grid, k) : uniform_column(grid, j))) continue;
        Patch *line = is_row ? row_object(m, grid, k) : column_object(m, grid, j);
        if (!line) return fail(m, MEMORY);
        if (lane() == 0) lines->items[n] = (slot)line;
        n++;
    }
    sync();
    n = sort_set(m, object_type, lines->items, n);
    if (m.status) return fail(m, m.status);
    set_length(&lines->n, n);
    return lines;
}
