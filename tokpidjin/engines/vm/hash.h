// The hash of a grid, the same in every engine: see tokpidjin/engines/hashing.py for its definition.
#pragma once
#include "values.h"

DEVICE_INLINE u64 splitmix64(u64 z) {
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

// A cell as it leaves the machine: the colour, 252 for None, 253 to 255 for -3 to -1.
DEVICE_INLINE u8 output_byte(u8 byte) {
    return (u8)(byte - COLOR_BIAS);
}

// The k-th group of eight cells as a little-endian word; cells past the end are zero.
DEVICE_INLINE u64 output_word(const u8 *cells, int n, int k) {
#if LANES == 1
    if (n - 8 * k >= 8) {
        // All eight at once: each byte less COLOR_BIAS, without borrows between the bytes.
        u64 word;
        __builtin_memcpy(&word, cells + 8 * k, 8);
        const u64 high = 0x8080808080808080ull;
        const u64 bias = 0x0101010101010101ull * COLOR_BIAS;
        return ((word | high) - bias) ^ (~word & high);
    }
#endif
    u64 word = 0;
    int count = n - 8 * k < 8 ? n - 8 * k : 8;
    for (int q = 0; q < count; q++) word |= (u64)output_byte(cells[8 * k + q]) << 8 * q;
    return word;
}

DEVICE u64 hash_grid(const Grid *grid) {
    int n = grid->h * grid->w;
    int words = (n + 7) / 8;
    u64 sum = 0;
    FOR_LANES(k, words)
    sum += splitmix64(output_word(grid->cells, n, k) + (u64)(k + 1) * 0xD6E8FEB86659FD93ull);
    sum = (u64)sum_of_lanes((i64)sum);
    u64 hash = splitmix64(sum ^ ((u64)grid->h << 32 | (u32)grid->w));
    return hash ? hash : 1;
}
