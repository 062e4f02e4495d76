// A warp on the CPU: 32 coroutines that meet at every collective. For tests of the 32-lane code without a
// GPU.
//
// Results must equal the host's. Lanes that reach different collectives are reported, and lanes run in
// another order after every meeting, so that a missing sync() shows as a wrong result.
#pragma once
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

enum { LANE_STACK = 1 << 17 };
enum Meeting { MEET_NOWHERE, MEET_SYNC, MEET_BALLOT, MEET_XOR, MEET_FROM };

struct Warp {
    ucontext_t starts[32];
    jmp_buf main, lanes[32];  // where to go on: jumps take no system call, unlike swapcontext
    int current, round, syncs;  // the last two count meetings
    bool started[32];
    int opcode[32];
    int meeting[32];
    bool done[32];
    u64 offered[32], seen[32];  // values brought to a meeting, and those of the meeting before
    char *stacks;
    void (*body)(void *);
    void *argument;
};

static thread_local Warp warp;

// Instructions that warps have begun, of programs and of what lanes execute each for itself.
extern "C" __attribute__((visibility("default"))) u64 tp_emulated_steps;
u64 tp_emulated_steps = 0;

static void meet(int meeting, u64 value) {
    int l = warp.current;
    warp.offered[l] = value;
    warp.meeting[l] = meeting;
    if (!_setjmp(warp.lanes[l])) _longjmp(warp.main, 1);
}

static void lane_main() {
    int l = warp.current;
    warp.body(warp.argument);
    warp.done[l] = true;
    meet(MEET_NOWHERE, 0);
}

static void start_lane(int l) {
    ucontext_t &start = warp.starts[l];
    getcontext(&start);
    start.uc_stack.ss_sp = warp.stacks + l * LANE_STACK;
    start.uc_stack.ss_size = LANE_STACK;
    start.uc_link = nullptr;
    makecontext(&start, lane_main, 0);
    warp.started[l] = warp.done[l] = false;
}

// Runs a lane up to its next meeting.
static __attribute__((noinline)) void run_to_meeting(int l) {
    warp.current = l;
    if (_setjmp(warp.main)) return;
    if (warp.started[l]) _longjmp(warp.lanes[l], 1);
    warp.started[l] = true;
    setcontext(&warp.starts[l]);
}

static void check_meeting() {
    for (int l = 1; l < 32; l++) {
        if (warp.meeting[l] == warp.meeting[0] && warp.done[l] == warp.done[0]) continue;
        fprintf(stderr,
                "lanes diverge: lane 0 in opcode %d at meeting %d, lane %d in opcode %d at meeting %d\n",
                warp.opcode[0], warp.meeting[0], l, warp.opcode[l], warp.meeting[l]);
        abort();
    }
}

static void run_warp(void (*body)(void *), void *argument) {
    if (!warp.stacks) warp.stacks = (char *)malloc(32 * LANE_STACK);
    warp.body = body;
    warp.argument = argument;
    for (int l = 0; l < 32; l++) start_lane(l);
    for (warp.round = 0; !warp.done[0]; warp.round++) {
        for (int q = 0; q < 32; q++) {
            int l = (warp.round * 7 + q * (warp.round & 1 ? 5 : 31)) & 31;
            if (!warp.done[l]) run_to_meeting(l);
        }
        check_meeting();
        warp.syncs += warp.meeting[0] == MEET_SYNC;
        for (int l = 0; l < 32; l++) warp.seen[l] = warp.offered[l];
    }
}

static int lane() {
    return warp.current;
}

static void sync() {
    meet(MEET_SYNC, 0);
}

static u32 lanes_where(bool p) {
    meet(MEET_BALLOT, p);
    u32 bits = 0;
    for (int l = 0; l < 32; l++) bits |= (u32)(warp.seen[l] & 1) << l;
    return bits;
}

static u32 lane_xor(u32 x, int distance) {
    meet(MEET_XOR, x);
    return (u32)warp.seen[lane() ^ distance];
}

static u32 from_lane(u32 x, int source) {
    meet(MEET_FROM, x);
    return (u32)warp.seen[source & 31];
}

static void atomicOr(u32 *to, u32 bits) {
    __atomic_fetch_or(to, bits, __ATOMIC_RELAXED);
}

static int count_bits(u32 bits) {
    return __builtin_popcount(bits);
}

static int lowest_bit(u32 bits) {
    return __builtin_ctz(bits);
}

static void note_opcode(int opcode) {
    warp.opcode[lane()] = opcode;
    if (lane() == 0) __atomic_fetch_add(&tp_emulated_steps, 1, __ATOMIC_RELAXED);
}
