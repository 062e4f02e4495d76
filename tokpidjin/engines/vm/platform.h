// The two targets of the machine, hidden behind a few names.
//
// Every function is written for LANES lanes that run in step: one on the host, 32 (a warp) on a GPU. Work is
// dealt out as `for (int k = lane(); k < n; k += LANES)`; memory written by one lane is read by another after
// sync(). Scalars of the interpreter are the same on every lane. TOKPIDJIN_EMULATE_WARP runs the 32-lane code
// on the CPU.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef short i16;
typedef long long i64;

#if defined(__CUDACC__)
#define DEVICE static __device__
#define DEVICE_INLINE static __device__ __forceinline__
#define DEVICE_CALL static __device__ __noinline__
#define DEVICE_METHOD __device__ __forceinline__
#define LANES 32
#else
#define DEVICE static
#define DEVICE_INLINE static inline __attribute__((always_inline))
#define DEVICE_CALL static __attribute__((noinline))
#define DEVICE_METHOD inline __attribute__((always_inline))
#if defined(TOKPIDJIN_EMULATE_WARP)
#define LANES 32
#define UNORDERED __attribute__((no_sanitize_thread))
#else
#define LANES 1
#endif
#endif

// For functions in which lanes read and write the same places in any order, on purpose.
#ifndef UNORDERED
#define UNORDERED
#endif

#if defined(__CUDACC__)

#define ALL_LANES 0xffffffffu

DEVICE_INLINE int lane() {
    return threadIdx.x & 31;
}

DEVICE_INLINE void sync() {
    __syncwarp();
}

DEVICE_INLINE u32 lanes_where(bool p) {
    return __ballot_sync(ALL_LANES, p);
}

DEVICE_INLINE u32 lane_xor(u32 x, int distance) {
    return __shfl_xor_sync(ALL_LANES, x, distance);
}

DEVICE_INLINE u32 from_lane(u32 x, int source) {
    return __shfl_sync(ALL_LANES, x, source);
}

DEVICE_INLINE int count_bits(u32 bits) {
    return __popc(bits);
}

DEVICE_INLINE int lowest_bit(u32 bits) {
    return __ffs(bits) - 1;
}

DEVICE_INLINE void note_opcode(int) {}

#elif defined(TOKPIDJIN_EMULATE_WARP)

#include "warp_emulator.h"

#else

DEVICE_INLINE int lane() {
    return 0;
}

DEVICE_INLINE void sync() {}

#endif

#if LANES > 1

DEVICE_INLINE i64 wide_from_lane(i64 x, int source) {
    u64 low = from_lane((u32)(u64)x, source);
    return (i64)((u64)from_lane((u32)((u64)x >> 32), source) << 32 | low);
}

DEVICE_INLINE bool any_lane(bool p) {
    return lanes_where(p) != 0;
}

// How many lanes before this one are set.
DEVICE_INLINE int lanes_below(u32 bits) {
    return count_bits(bits & ((1u << lane()) - 1));
}

DEVICE_INLINE int min_of_lanes(int x) {
    for (int d = 16; d; d >>= 1) {
        int y = (int)lane_xor((u32)x, d);
        x = y < x ? y : x;
    }
    return x;
}

DEVICE_INLINE int max_of_lanes(int x) {
    for (int d = 16; d; d >>= 1) {
        int y = (int)lane_xor((u32)x, d);
        x = y > x ? y : x;
    }
    return x;
}

DEVICE_INLINE i64 sum_of_lanes(i64 x) {
    for (int d = 16; d; d >>= 1) {
        u64 low = lane_xor((u32)(u64)x, d);
        u64 high = lane_xor((u32)((u64)x >> 32), d);
        x += (i64)(high << 32 | low);
    }
    return x;
}

DEVICE_INLINE u32 or_of_lanes(u32 x) {
    for (int d = 16; d; d >>= 1) x |= lane_xor(x, d);
    return x;
}

#else

DEVICE_INLINE bool any_lane(bool p) {
    return p;
}

DEVICE_INLINE int min_of_lanes(int x) {
    return x;
}

DEVICE_INLINE int max_of_lanes(int x) {
    return x;
}

DEVICE_INLINE i64 sum_of_lanes(i64 x) {
    return x;
}

DEVICE_INLINE u32 or_of_lanes(u32 x) {
    return x;
}

#endif

#define FOR_LANES(k, n) for (int k = lane(); k < (n); k += LANES)

DEVICE_INLINE int min_int(int a, int b) {
    return a < b ? a : b;
}

DEVICE_INLINE int max_int(int a, int b) {
    return a > b ? a : b;
}

DEVICE_INLINE int abs_int(int a) {
    return a < 0 ? -a : a;
}
