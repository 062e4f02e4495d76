// The GPU's kernel as it is, run on the CPU: every warp is a thread whose 32 lanes run in step. Built and called by
// emulated_cupy.py.
#define TOKPIDJIN_EMULATE_WARP
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "../../tokpidjin/engines/vm/platform.h"

// What kernel.cu uses of CUDA.
struct Place {
    unsigned x;
};
static thread_local Place blockIdx, blockDim;
static thread_local unsigned first_thread;
#define threadIdx (Place{first_thread + (unsigned)lane()})
#define __global__
#define __launch_bounds__(threads)

static int atomicAdd(int *to, int x) {
    sched_yield();  // so that no warp takes all items
    return __atomic_fetch_add(to, x, __ATOMIC_RELAXED);
}

static u64 atomicAdd(u64 *to, u64 x) {
    return __atomic_fetch_add(to, x, __ATOMIC_RELAXED);
}

static u64 atomicMax(u64 *to, u64 x) {
    u64 old = __atomic_load_n(to, __ATOMIC_RELAXED);
    while (old < x && !__atomic_compare_exchange_n(to, &old, x, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return old;
}

static u64 nanoseconds() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

#include "../../tokpidjin/engines/vm/kernel.cu"

struct EmulatedWarp {
    pthread_t thread;
    unsigned block, threads, first_thread;
    const Items *items;
};

static void run_lane(void *items) {
    tp_run_items((const Items *)items);
}

static void *run_emulated_warp(void *argument) {
    EmulatedWarp *warp = (EmulatedWarp *)argument;
    blockIdx.x = warp->block;
    blockDim.x = warp->threads;
    first_thread = warp->first_thread;
    run_warp(run_lane, (void *)warp->items);
    free(::warp.stacks);
    ::warp.stacks = nullptr;
    return nullptr;
}

// A launch; 0 when it went well.
extern "C" int tp_emulate(unsigned blocks, unsigned threads, const Items *items) {
    unsigned warps = blocks * threads / 32;
    EmulatedWarp *all = (EmulatedWarp *)calloc(warps, sizeof(EmulatedWarp));
    for (unsigned k = 0; k < warps; k++) {
        unsigned thread = 32 * k;
        all[k] = {0, thread / threads, threads, thread % threads, items};
        if (pthread_create(&all[k].thread, nullptr, run_emulated_warp, &all[k])) return 1;
    }
    for (unsigned k = 0; k < warps; k++) pthread_join(all[k].thread, nullptr);
    free(all);
    return 0;
}
