// Primitives on whole grids: parts, mirrors, scaling, joining and colour substitution.
#pragma once
#include "colors.h"

SCALAR(truth_grid)(Machine &, const Grid *grid) {
    return grid->h > 0;
}

SCALAR(grid_h)(Machine &, const Grid *grid) {
    return grid->h;
}

SCALAR(grid_w)(Machine &, const Grid *grid) {
    return grid->w;
}

SCALAR(grid_shape)(Machine &, const Grid *grid) {
    return make_pair(grid->h, grid->w);
}

SCALAR(portrait_g)(Machine &, const Grid *grid) {
    return grid->h > grid->w;
}

SCALAR(square_g)(Machine &m, const Grid *grid) {
    if (grid->h == 0) return fail(m, ERROR);
    return grid->h == grid->w;
}

PRIMITIVE(rows)(Machine &m, const Grid *grid) {
    List *rows = new_list(m, grid->h);
    if (!rows) return fail(m, MEMORY);
    for (int i = 0; i < grid->h; i++) {
        List *row = new_list(m, grid->w);
        if (!row) return fail(m, MEMORY);
        FOR_LANES(j, grid->w) row->items[j] = color_of(grid->cells[i * grid->w + j]);
        if (lane() == 0) rows->items[i] = (slot)row;
    }
    sync();
    return rows;
}

// Rows of different lengths are a value in Python, but not a grid here.
PRIMITIVE(from_rows)(Machine &m, const List *rows) {
    int h = rows->n;
    int w = h ? list_at(rows, 0)->n : 0;
    if (!spend(m, h)) return fail(m, BUDGET);
    for (int i = 0; i < h; i++) {
        if (list_at(rows, i)->n != w) return fail(m, RANGE);
    }
    Grid *grid = new_grid(m, h, w);
    if (!grid) return fail(m, m.status);
    bool bad = false;
    for (int i = 0; i < h; i++) {
        const List *row = list_at(rows, i);
        FOR_LANES(j, w) {
            int byte = byte_of((int)row->items[j]);
            grid->cells[i * w + j] = (u8)byte;
            bad |= byte == BYTE_BAD;
        }
    }
    if (any_lane(bad)) return fail(m, RANGE);
    sync();
    return grid;
}

PRIMITIVE(grid_cat)(Machine &m, const List *grids) {
    if (!spend(m, grids->n)) return fail(m, BUDGET);
    i64 h = 0;
    int w = 0;
    for (int k = 0; k < grids->n; k++) {
        const Grid *part = grid_at(grids, k);
        if (part->h == 0) continue;
        if (h > 0 && part->w != w) return fail(m, RANGE);
        w = part->w;
        h += part->h;
    }
    Grid *joined = new_grid(m, h, w);
    if (!joined) return fail(m, m.status);
    u8 *to = joined->cells;
    for (int k = 0; k < grids->n; k++) {
        const Grid *part = grid_at(grids, k);
        copy_bytes(to, part->cells, cells_of(part));
        to += cells_of(part);
    }
    return joined;
}

// A part of the grid that lies inside of it.
DEVICE_CALL Value part_of_grid(Machine &m, const Grid *grid, int top, int h, int left, int w) {
    Grid *part = new_grid(m, h, w);
    if (!part) return fail(m, m.status);
#if LANES > 1
    FOR_LANES(k, h * w) part->cells[k] = grid->cells[(top + k / w) * grid->w + left + k % w];
    sync();
#else
    const u8 *from = grid->cells + top * grid->w + left;
    u8 *to = part->cells;
    for (int i = 0; i < h; i++) {
        __builtin_memcpy(to, from, (u64)w);
        from += grid->w;
        to += w;
    }
#endif
    return part;
}

// Python's sequence[start:stop] on a sequence of some length.
struct Slice {
    int start, n;
};

DEVICE_INLINE int clamp_index(i64 index, int length) {
    if (index < 0) index += length;
    if (index < 0) return 0;
    return index > length ? length : (int)index;
}

DEVICE_INLINE Slice python_slice(int length, i64 start, i64 stop) {
    int from = clamp_index(start, length);
    int to = clamp_index(stop, length);
    Slice slice = {from, max_int(0, to - from)};
    return slice;
}

DEVICE Value crop_grid(Machine &m, const Grid *grid, i64 i, i64 j, i64 h, i64 w) {
    Slice rows = python_slice(grid->h, i, i + h);
    Slice columns = python_slice(grid->w, j, j + w);
    return part_of_grid(m, grid, rows.start, rows.n, columns.start, columns.n);
}

PRIMITIVE(crop)(Machine &m, const Grid *grid, Pair start, Pair shape) {
    if (not_numbers(start) || not_numbers(shape)) return fail(m, ERROR);
    return crop_grid(m, grid, start.i, start.j, shape.i, shape.j);
}

PRIMITIVE(subgrid)(Machine &m, const Patch *patch, const Grid *grid) {
    if (patch->n == 0) return fail(m, ERROR);
    Box box = bounds(m, patch);
    return crop_grid(m, grid, box.top, box.left, height_of(box), width_of(box));
}

PRIMITIVE(trim)(Machine &m, const Grid *grid) {
    return part_of_grid(m, grid, 1, max_int(0, grid->h - 2), 1, max_int(0, grid->w - 2));
}

PRIMITIVE(tophalf)(Machine &m, const Grid *grid) {
    return part_of_grid(m, grid, 0, grid->h / 2, 0, grid->w);
}

PRIMITIVE(bottomhalf)(Machine &m, const Grid *grid) {
    int h = grid->h / 2;
    return part_of_grid(m, grid, grid->h - h, h, 0, grid->w);
}

// A half without columns is (), because the reference turns the grid and back.
PRIMITIVE(lefthalf)(Machine &m, const Grid *grid) {
    int w = grid->w / 2;
    return part_of_grid(m, grid, 0, w ? grid->h : 0, 0, w);
}

PRIMITIVE(righthalf)(Machine &m, const Grid *grid) {
    int w = grid->w / 2;
    return part_of_grid(m, grid, 0, w ? grid->h : 0, grid->w - w, w);
}

DEVICE_CALL Value split(Machine &m, const Grid *grid, int parts, bool vertical) {
    if (grid->h == 0 || parts == 0 || parts == NONE) return fail(m, ERROR);
    int n = max_int(0, parts);
    int length = vertical ? grid->h : grid->w;
    // A negative number of parts makes no part, so its quotient does not matter.
    int size = n ? length / n : 0;
    int step = n && length % n ? size + 1 : size;
    if (!spend(m, n)) return fail(m, BUDGET);
    List *list = new_list(m, n);
    if (!list) return fail(m, MEMORY);
    for (int k = 0; k < n; k++) {
        i64 start = (i64)k * step;
        Value part = vertical ? crop_grid(m, grid, start, 0, size, grid->w)
                              : crop_grid(m, grid, 0, start, grid->h, size);
        if (m.status) return part;
        if (lane() == 0) list->items[k] = part;
    }
    sync();
    return list;
}

PRIMITIVE(hsplit)(Machine &m, const Grid *grid, int parts) {
    return split(m, grid, parts, false);
}

PRIMITIVE(vsplit)(Machine &m, const Grid *grid, int parts) {
    return split(m, grid, parts, true);
}

// A new h x w grid whose cell (i, j) is source(i, j).
template <class Source>
DEVICE_INLINE Value build_grid(Machine &m, i64 h, i64 w, Source source) {
    Grid *grid = new_grid(m, h, w);
    if (!grid) return fail(m, m.status);
    u8 *row = grid->cells;
    int rows = grid->h;  // stores of cells could change what is read through the grid
    int columns = grid->w;
    for (int i = 0; i < rows; i++) {
        FOR_LANES(j, columns) row[j] = source(i, j);
        row += columns;
    }
    sync();
    return grid;
}

PRIMITIVE(hmirror_g)(Machine &m, const Grid *grid) {
    int h = grid->h;
    int w = grid->w;
    return build_grid(m, h, w, [=](int i, int j) { return grid->cells[(h - 1 - i) * w + j]; });
}

PRIMITIVE(vmirror_g)(Machine &m, const Grid *grid) {
    int h = grid->h;
    int w = grid->w;
    return build_grid(m, h, w, [=](int i, int j) { return grid->cells[i * w + w - 1 - j]; });
}

PRIMITIVE(rot180)(Machine &m, const Grid *grid) {
    int h = grid->h;
    int w = grid->w;
    return build_grid(m, h, w, [=](int i, int j) { return grid->cells[(h - 1 - i) * w + w - 1 - j]; });
}

PRIMITIVE(dmirror_g)(Machine &m, const Grid *grid) {
    int w = grid->w;
    return build_grid(m, w, grid->h, [=](int i, int j) { return grid->cells[j * w + i]; });
}

PRIMITIVE(cmirror_g)(Machine &m, const Grid *grid) {
    int h = grid->h;
    int w = grid->w;
    return build_grid(m, w, h, [=](int i, int j) { return grid->cells[(h - 1 - j) * w + w - 1 - i]; });
}

PRIMITIVE(rot90)(Machine &m, const Grid *grid) {
    int h = grid->h;
    int w = grid->w;
    return build_grid(m, w, h, [=](int i, int j) { return grid->cells[(h - 1 - j) * w + i]; });
}

PRIMITIVE(rot270)(Machine &m, const Grid *grid) {
    int w = grid->w;
    return build_grid(m, w, grid->h, [=](int i, int j) { return grid->cells[j * w + w - 1 - i]; });
}

// Every cell as a block of `fi` rows and `fj` columns: a row is stretched once and then copied.
DEVICE_CALL Value scaled(Machine &m, const Grid *grid, int fi, int fj) {
    if (fi == NONE || fj == NONE) return grid->h ? fail(m, ERROR) : Value(grid);
    fi = max_int(0, fi);
    fj = max_int(0, fj);
    Grid *large = new_grid(m, (i64)grid->h * fi, (i64)grid->w * fj);
    if (!large) return fail(m, m.status);
    int w = large->w;
    if (cells_of(large) == 0) return large;
    for (int i = 0; i < grid->h; i++) {
        const u8 *from = grid->cells + i * grid->w;
        u8 *row = large->cells + i * fi * w;
        FOR_LANES(j, grid->w) {
            for (int q = 0; q < fj; q++) row[j * fj + q] = from[j];
        }
        sync();
        for (int q = 1; q < fi; q++) copy_bytes(row + q * w, row, w);
    }
    return large;
}

PRIMITIVE(hupscale)(Machine &m, const Grid *grid, int factor) {
    return scaled(m, grid, 1, factor);
}

PRIMITIVE(vupscale)(Machine &m, const Grid *grid, int factor) {
    return scaled(m, grid, factor, 1);
}

PRIMITIVE(upscale_g)(Machine &m, const Grid *grid, int factor) {
    return scaled(m, grid, factor, factor);
}

PRIMITIVE(downscale)(Machine &m, const Grid *grid, int factor) {
    if (grid->h == 0 || factor == 0 || factor == NONE) return fail(m, ERROR);
    i64 step = abs_int(factor);
    i64 h = (grid->h + step - 1) / step;
    i64 w = (grid->w + step - 1) / step;
    return build_grid(m, h, w, [=](int i, int j) { return grid->cells[i * step * grid->w + j * step]; });
}

PRIMITIVE(hconcat)(Machine &m, const Grid *x, const Grid *y) {
    int h = min_int(x->h, y->h);
    Grid *both = new_grid(m, h, (i64)x->w + y->w);
    if (!both) return fail(m, m.status);
    u8 *to = both->cells;
    for (int i = 0; i < h; i++) {
        copy_bytes(to, x->cells + i * x->w, x->w);
        copy_bytes(to + x->w, y->cells + i * y->w, y->w);
        to += both->w;
    }
    return both;
}

PRIMITIVE(vconcat)(Machine &m, const Grid *x, const Grid *y) {
    if (x->h == 0) return y;
    if (y->h == 0) return x;
    if (x->w != y->w) return fail(m, RANGE);
    Grid *both = new_grid(m, (i64)x->h + y->h, x->w);
    if (!both) return fail(m, m.status);
    copy_bytes(both->cells, x->cells, cells_of(x));
    copy_bytes(both->cells + cells_of(x), y->cells, cells_of(y));
    return both;
}

PRIMITIVE(cellwise)(Machine &m, const Grid *x, const Grid *y, int fallback) {
    if (x->h == 0) return fail(m, ERROR);
    if (x->w > 0 && (y->h < x->h || y->w < x->w)) return fail(m, ERROR);
    int byte = byte_of(fallback);
    if (byte == BYTE_BAD) return fail(m, RANGE);
    int w = x->w;
    int other_w = y->w;
    return build_grid(m, x->h, w, [=](int i, int j) {
        u8 color = x->cells[i * w + j];
        return color == y->cells[i * other_w + j] ? color : (u8)byte;
    });
}

DEVICE bool grid_has(Machine &m, const Grid *grid, int byte) {
    m.budget -= cells_of(grid) >> 3;
    bool found = false;
    FOR_LANES(k, cells_of(grid)) found |= grid->cells[k] == byte;
    return any_lane(found);
}

PRIMITIVE(replace)(Machine &m, const Grid *grid, int color, int replacer) {
    int from = byte_of(color);
    int to = byte_of(replacer);
    if (to == BYTE_BAD) return grid_has(m, grid, from) ? fail(m, RANGE) : Value(grid);
    Grid *result = new_grid(m, grid->h, grid->w);
    if (!result) return fail(m, m.status);
    FOR_LANES(k, cells_of(grid)) {
        u8 byte = grid->cells[k];
        result->cells[k] = byte == from ? (u8)to : byte;
    }
    sync();
    return result;
}

PRIMITIVE(switch)(Machine &m, const Grid *grid, int color, int other) {
    int x = byte_of(color);
    int y = byte_of(other);
    bool lost = (x == BYTE_BAD && grid_has(m, grid, y)) || (y == BYTE_BAD && grid_has(m, grid, x));
    if (lost) return fail(m, RANGE);
    Grid *result = new_grid(m, grid->h, grid->w);
    if (!result) return fail(m, m.status);
    FOR_LANES(k, cells_of(grid)) {
        u8 byte = grid->cells[k];
        result->cells[k] = byte == x ? (u8)y : byte == y ? (u8)x : byte;
    }
    sync();
    return result;
}

PRIMITIVE(canvas)(Machine &m, int color, Pair shape) {
    if (shape.i <= NONE || (shape.i > 0 && shape.j <= NONE)) return fail(m, ERROR);
    int byte = byte_of(color);
    bool empty = shape.i <= 0 || shape.j <= 0;
    if (byte == BYTE_BAD && !empty) return fail(m, RANGE);
    Grid *grid = new_grid(m, shape.i, shape.j);
    if (!grid) return fail(m, m.status);
    fill_bytes(grid->cells, byte, cells_of(grid));
    return grid;
}

SCALAR(index)(Machine &m, const Grid *grid, Pair location) {
    if (grid->h == 0 || location.i <= NONE) return fail(m, ERROR);
    if (location.i < 0 || location.i >= grid->h) return NONE;
    if (location.j <= NONE) return fail(m, ERROR);
    if (location.j < 0 || location.j >= grid->w) return NONE;
    return color_of(grid->cells[location.i * grid->w + location.j]);
}

// Which rows or columns have one colour only; a line without cells has none.
DEVICE bool uniform(const u8 *line, int n, int step) {
    for (int k = 1; k < n; k++) {
        if (line[(i64)k * step] != line[0]) return false;
    }
    return n > 0;
}

DEVICE_INLINE bool uniform_row(const Grid *grid, int i) {
    return uniform(grid->cells + i * grid->w, grid->w, 1);
}

DEVICE_INLINE bool uniform_column(const Grid *grid, int j) {
    return uniform(grid->cells + j, grid->h, grid->w);
}

PRIMITIVE(compress)(Machine &m, const Grid *grid) {
    m.budget -= cells_of(grid);
    u16 *rows = (u16 *)allocate(m, 2 * ((i64)grid->h + grid->w));
    if (!rows) return fail(m, MEMORY);
    u16 *columns = rows + grid->h;
    int h = compact(rows, grid->h, [&](int i) { return !uniform_row(grid, i); }, [](int i) { return i; });
    int w =
        compact(columns, grid->w, [&](int j) { return !uniform_column(grid, j); }, [](int j) { return j; });
    return build_grid(m, h, w, [=](int i, int j) { return grid->cells[rows[i] * grid->w + columns[j]]; });
}
