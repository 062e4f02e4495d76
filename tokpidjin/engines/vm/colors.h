// Colour statistics of grids and objects. Ties go to the smallest colour.
#pragma once
#include "lines.h"

enum { BYTES = 256 };

// How often every colour byte occurs. Lane l keeps the bytes l, l + LANES, ...; no byte is `limit` or
// greater.
struct Histogram {
    int limit;
    u32 counts[BYTES / LANES];
};

#define FOR_BYTES(byte, histogram) for (int byte = lane(); byte < (histogram).limit; byte += LANES)

DEVICE_INLINE u32 &own_count(Histogram &histogram, int byte) {
    return histogram.counts[byte / LANES];
}

DEVICE_INLINE u32 own_count(const Histogram &histogram, int byte) {
    return histogram.counts[byte / LANES];
}

// On every lane.
DEVICE_INLINE int count_of(const Histogram &histogram, int byte) {
#if LANES > 1
    return (int)from_lane(histogram.counts[byte / LANES], byte & (LANES - 1));
#else
    return (int)histogram.counts[byte];
#endif
}

#if LANES > 1

// The lanes that hold the same byte are counted together, by the lane that keeps it.
template <class Get>
DEVICE_INLINE void count_bytes(Histogram &histogram, int n, Get byte_at) {
    histogram.limit = BYTES;
    for (int k = 0; k < BYTES / LANES; k++) histogram.counts[k] = 0;
    for (int start = 0; start < n; start += LANES) {
        int k = start + lane();
        int byte = k < n ? byte_at(k) : -1;
        u32 open = lanes_where(byte >= 0);
        while (open) {
            int current = (int)from_lane((u32)byte, lowest_bit(open));
            u32 same = lanes_where(byte == current);
            if (lane() == (current & (LANES - 1))) own_count(histogram, current) += (u32)count_bits(same);
            open &= ~same;
        }
    }
}

#else

// Real grids use few colours, so most of the table is neither cleared nor searched.
template <class Get>
DEVICE_INLINE void count_bytes(Histogram &histogram, int n, Get byte_at) {
    int greatest = 0;
    for (int k = 0; k < n; k++) greatest = max_int(greatest, byte_at(k));
    histogram.limit = greatest + 1;
    for (int k = 0; k <= greatest; k++) histogram.counts[k] = 0;
    for (int k = 0; k < n; k++) histogram.counts[byte_at(k)]++;
}

#endif

DEVICE_INLINE int cells_of(const Grid *grid) {
    return grid->h * grid->w;
}

DEVICE void count_grid(Machine &m, Histogram &histogram, const Grid *grid) {
    m.budget -= cells_of(grid) >> 3;
    const u8 *cells = grid->cells;
    count_bytes(histogram, cells_of(grid), [=](int k) { return (int)cells[k]; });
}

DEVICE void count_object(Machine &m, Histogram &histogram, const Patch *object) {
    m.budget -= object->n >> 3;
    const u32 *cells = object->cells;
    count_bytes(histogram, object->n, [=](int k) { return (int)(cells[k] & 255); });
}

// The count and the byte in one number, so that the greatest is the most frequent and then the smallest byte.
DEVICE_INLINE int most_frequent(const Histogram &histogram) {
    int best = 0;
    FOR_BYTES(byte, histogram) {
        u32 count = own_count(histogram, byte);
        if (count) best = max_int(best, (int)(count << 8) | (BYTES - 1 - byte));
    }
    return BYTES - 1 - (max_of_lanes(best) & 255);
}

DEVICE_INLINE int least_frequent(const Histogram &histogram) {
    int best = 2147483647;
    FOR_BYTES(byte, histogram) {
        u32 count = own_count(histogram, byte);
        if (count) best = min_int(best, (int)(count << 8) | byte);
    }
    return min_of_lanes(best) & 255;
}

DEVICE_INLINE int distinct(const Histogram &histogram) {
    int n = 0;
    FOR_BYTES(byte, histogram) n += own_count(histogram, byte) > 0;
    return (int)sum_of_lanes(n);
}

// The most frequent byte of a grid that is not empty.
DEVICE_CALL int background_of(Machine &m, const Grid *grid) {
    Histogram histogram;
    count_grid(m, histogram, grid);
    return most_frequent(histogram);
}

PRIMITIVE(mostcolor_g)(Machine &m, const Grid *grid) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    return color_of(background_of(m, grid));
}

PRIMITIVE(leastcolor_g)(Machine &m, const Grid *grid) {
    if (cells_of(grid) == 0) return fail(m, ERROR);
    Histogram histogram;
    count_grid(m, histogram, grid);
    return color_of(least_frequent(histogram));
}

PRIMITIVE(mostcolor_x)(Machine &m, const Patch *object) {
    if (object->n == 0) return fail(m, ERROR);
    Histogram histogram;
    count_object(m, histogram, object);
    return color_of(most_frequent(histogram));
}

PRIMITIVE(leastcolor_x)(Machine &m, const Patch *object) {
    if (object->n == 0) return fail(m, ERROR);
    Histogram histogram;
    count_object(m, histogram, object);
    return color_of(least_frequent(histogram));
}

PRIMITIVE(colorcount_g)(Machine &m, const Grid *grid, int color) {
    m.budget -= cells_of(grid) >> 3;
    int byte = byte_of(color);
    int count = 0;
    FOR_LANES(k, cells_of(grid)) count += grid->cells[k] == byte;
    return (int)sum_of_lanes(count);
}

PRIMITIVE(colorcount_x)(Machine &m, const Patch *object, int color) {
    m.budget -= object->n >> 3;
    int byte = byte_of(color);
    int count = 0;
    FOR_LANES(k, object->n) count += (int)(object->cells[k] & 255) == byte;
    return (int)sum_of_lanes(count);
}

DEVICE Value palette_of(Machine &m, const Histogram &histogram) {
    List *palette = new_list(m, distinct(histogram));
    if (!palette) return fail(m, MEMORY);
    int n = 0;
    for (int byte = 0; byte < histogram.limit; byte++) {
        if (!count_of(histogram, byte)) continue;
        if (lane() == 0) palette->items[n] = color_of(byte);
        n++;
    }
    sync();
    return palette;
}

PRIMITIVE(palette_g)(Machine &m, const Grid *grid) {
    Histogram histogram;
    count_grid(m, histogram, grid);
    return palette_of(m, histogram);
}

PRIMITIVE(palette_x)(Machine &m, const Patch *object) {
    Histogram histogram;
    count_object(m, histogram, object);
    return palette_of(m, histogram);
}

PRIMITIVE(numcolors_g)(Machine &m, const Grid *grid) {
    Histogram histogram;
    count_grid(m, histogram, grid);
    return distinct(histogram);
}

PRIMITIVE(numcolors_x)(Machine &m, const Patch *object) {
    Histogram histogram;
    count_object(m, histogram, object);
    return distinct(histogram);
}
