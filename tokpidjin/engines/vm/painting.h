// Primitives between grids and patches: filling, painting, and reading cells.
#pragma once
#include "grids.h"

enum { OUTSIDE = -1 };

// The place of a cell in the grid's cells, or OUTSIDE.
DEVICE_INLINE int place_of(const Grid *grid, u32 cell) {
    u32 i = (u32)row_of(cell);
    u32 j = (u32)column_of(cell);
    bool inside = i < (u32)grid->h && j < (u32)grid->w;
    return inside ? (int)(i * (u32)grid->w + j) : (int)OUTSIDE;
}

DEVICE_INLINE Grid *copy_of(Machine &m, const Grid *grid) {
    Grid *copy = new_grid(m, grid->h, grid->w);
    if (copy) copy_bytes(copy->cells, grid->cells, cells_of(grid));
    return copy;
}

DEVICE bool meets(const Grid *grid, const Patch *patch) {
    bool inside = false;
    FOR_LANES(k, patch->n) inside |= place_of(grid, patch->cells[k]) != OUTSIDE;
    return any_lane(inside);
}

DEVICE_CALL Value filled(Machine &m, const Grid *grid, int byte, const Patch *patch) {
    m.budget -= patch->n >> 3;
    if (byte == BYTE_BAD && meets(grid, patch)) return fail(m, RANGE);
    Grid *result = copy_of(m, grid);
    if (!result) return fail(m, m.status);
    FOR_LANES(k, patch->n) {
        int place = place_of(grid, patch->cells[k]);
        if (place != OUTSIDE) result->cells[place] = (u8)byte;
    }
    sync();
    return result;
}

PRIMITIVE(fill)(Machine &m, const Grid *grid, int color, const Patch *patch) {
    if (grid->h == 0) return fail(m, ERROR);
    return filled(m, grid, byte_of(color), patch);
}

PRIMITIVE(cover)(Machine &m, const Grid *grid, const Patch *patch) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    return filled(m, grid, background_of(m, grid), patch);
}

PRIMITIVE(underfill)(Machine &m, const Grid *grid, int color, const Patch *patch) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    m.budget -= patch->n >> 3;
    int byte = byte_of(color);
    int background = background_of(m, grid);
    Grid *result = copy_of(m, grid);
    if (!result) return fail(m, m.status);
    bool bad = false;
    FOR_LANES(k, patch->n) {
        int place = place_of(grid, patch->cells[k]);
        if (place == OUTSIDE || grid->cells[place] != background) continue;
        result->cells[place] = (u8)byte;
        bad |= byte == BYTE_BAD;
    }
    if (any_lane(bad)) return fail(m, RANGE);
    sync();
    return result;
}

// Of cells that share a location the last one wins.
PRIMITIVE(paint)(Machine &m, const Grid *grid, const Patch *object) {
    if (grid->h == 0) return fail(m, ERROR);
    m.budget -= object->n >> 3;
    Grid *result = copy_of(m, grid);
    if (!result) return fail(m, m.status);
    FOR_LANES(k, object->n) {
        u32 cell = object->cells[k];
        bool covered = k + 1 < object->n && location_of(object->cells[k + 1]) == location_of(cell);
        int place = place_of(grid, cell);
        if (place != OUTSIDE && !covered) result->cells[place] = (u8)cell;
    }
    sync();
    return result;
}

PRIMITIVE(paint_seq)(Machine &m, const Grid *grid, const List *cells) {
    if (grid->h == 0) return fail(m, ERROR);
    Grid *result = copy_of(m, grid);
    if (!result) return fail(m, m.status);
    if (!spend(m, cells->n)) return fail(m, BUDGET);
    if (lane() == 0) {
        for (int k = 0; k < cells->n; k++) {
            u32 cell = (u32)cells->items[k];
            int place = place_of(grid, cell);
            if (place != OUTSIDE) result->cells[place] = (u8)cell;
        }
    }
    sync();
    return result;
}

DEVICE_INLINE void paint_under(Grid *grid, u32 cell, int background) {
    int place = place_of(grid, cell);
    if (place != OUTSIDE && grid->cells[place] == background) grid->cells[place] = (u8)cell;
}

// A lane does all cells of a location, in order: a cell of the background's own colour leaves the place open.
PRIMITIVE(underpaint)(Machine &m, const Grid *grid, const Patch *object) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    m.budget -= object->n >> 3;
    int background = background_of(m, grid);
    Grid *result = copy_of(m, grid);
    if (!result) return fail(m, m.status);
    FOR_LANES(k, object->n) {
        if (!first_of_location(object, k)) continue;
        paint_under(result, object->cells[k], background);
        for (int q = k + 1; q < object->n && !first_of_location(object, q); q++) {
            paint_under(result, object->cells[q], background);
        }
    }
    sync();
    return result;
}

PRIMITIVE(underpaint_seq)(Machine &m, const Grid *grid, const List *cells) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    int background = background_of(m, grid);
    Grid *result = copy_of(m, grid);
    if (!result) return fail(m, m.status);
    if (!spend(m, cells->n)) return fail(m, BUDGET);
    if (lane() == 0) {
        for (int k = 0; k < cells->n; k++) paint_under(result, (u32)cells->items[k], background);
    }
    sync();
    return result;
}

DEVICE_INLINE u32 cell_at(const Grid *grid, int place, int byte) {
    return pack(place / grid->w, place % grid->w, byte);
}

PRIMITIVE(ofcolor)(Machine &m, const Grid *grid, int color) {
    int byte = byte_of(color);
    spend_rows(m, grid->h);
    Patch *patch = new_patch(m, cells_of(grid));
    if (!patch) return fail(m, MEMORY);
#if LANES > 1
    int n = compact(
        patch->cells, cells_of(grid), [&](int k) { return grid->cells[k] == byte; },
        [&](int k) { return cell_at(grid, k, 0); });
#else
    int n = 0;
    const u8 *row = grid->cells;
    for (int i = 0; i < grid->h; i++) {
        u32 start = pack(i, 0, 0);
        for (int j = 0; j < grid->w; j++) {
            patch->cells[n] = start + ((u32)j << 8);
            n += row[j] == byte;
        }
        row += grid->w;
    }
#endif
    shrink(m, patch, n);
    return patch;
}

PRIMITIVE(asindices)(Machine &m, const Grid *grid) {
    if (cells_of(grid) == 0) return empty_patch(m);
    Box box = {0, grid->h - 1, 0, grid->w - 1};
    return filled_box(m, box);
}

PRIMITIVE(asobject)(Machine &m, const Grid *grid) {
    spend_rows(m, grid->h);
    Patch *object = new_patch(m, cells_of(grid));
    if (!object) return fail(m, MEMORY);
#if LANES > 1
    FOR_LANES(k, cells_of(grid)) object->cells[k] = cell_at(grid, k, grid->cells[k]);
    sync();
#else
    u32 *out = object->cells;
    const u8 *row = grid->cells;
    for (int i = 0; i < grid->h; i++) {
        u32 start = pack(i, 0, 0);
        for (int j = 0; j < grid->w; j++) *out++ = start + ((u32)j << 8) + row[j];
        row += grid->w;
    }
#endif
    return object;
}

PRIMITIVE(toobject)(Machine &m, const Patch *patch, const Grid *grid) {
    if (grid->h == 0) return fail(m, ERROR);
    Patch *object = new_patch(m, patch->n);
    if (!object) return fail(m, MEMORY);
    int n = compact(
        object->cells, patch->n,
        [&](int k) { return first_of_location(patch, k) && place_of(grid, patch->cells[k]) != OUTSIDE; },
        [&](int k) {
            u32 cell = patch->cells[k];
            return location_of(cell) << 8 | grid->cells[place_of(grid, cell)];
        });
    shrink(m, object, n);
    return object;
}

// An object to look for; its box starts at the object's own location.
struct Stamp {
    const Patch *object;
    Box box;
};

DEVICE_INLINE bool occurs_at(const Grid *grid, const Stamp &stamp, int i, int j, i64 &work) {
    const Patch *object = stamp.object;
    i += -stamp.box.top;
    j += -stamp.box.left;
    work++;
    for (int k = 0; k < object->n; k++) {
        u32 cell = object->cells[k];
        if (grid->cells[(row_of(cell) + i) * grid->w + column_of(cell) + j] == (u8)cell) continue;
        work += k >> 1;
        return false;
    }
    work += object->n >> 1;
    return true;
}

DEVICE_INLINE int find_stamp(const Machine &m, const Grid *grid, const Stamp &stamp, int h, int w, u32 *found,
                             i64 &work) {
#if LANES > 1
    return compact(
        found, h * w, [&](int k) { return work <= m.budget && occurs_at(grid, stamp, k / w, k % w, work); },
        [&](int k) { return pack(k / w, k % w, 0); });
#else
    int n = 0;
    for (int i = 0; i < h; i++) {
        for (int j = 0; j < w && work <= m.budget; j++) {
            if (occurs_at(grid, stamp, i, j, work)) found[n++] = pack(i, j, 0);
        }
    }
    return n;
#endif
}

PRIMITIVE(occurrences)(Machine &m, const Grid *grid, const Patch *object) {
    if (grid->h == 0) return fail(m, ERROR);
    Stamp stamp = {object, {0, -1, 0, -1}};
    if (object->n > 0) stamp.box = bounds(m, object);
    int h = grid->h - height_of(stamp.box) + 1;
    int w = grid->w - width_of(stamp.box) + 1;
    if (h <= 0 || w <= 0) return empty_patch(m);
    Patch *found = new_patch(m, (i64)h * w);
    if (!found) return fail(m, MEMORY);
    i64 work = 0;
    int n = find_stamp(m, grid, stamp, h, w, found->cells, work);
    if (!spend(m, sum_of_lanes(work))) return fail(m, BUDGET);
    shrink(m, found, n);
    return found;
}
