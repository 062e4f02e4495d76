// The machine on a GPU: every warp takes items until none are left. Launched from tokpidjin/engines/launch.py,
// which writes an `Items` into the device's memory, word by word in the order of its fields.
#include "agree.h"
#include "export.h"
#include "hash.h"
#include "interpreter.h"

enum { WARPS_PER_BLOCK = 4 };

// Stands for the status of an item that must run again with a larger arena.
enum { RUN_AGAIN = 255 };

// Pointers and 64-bit integers only.
struct Items {
    const i16 *code;
    const int *code_start;
    const i64 *constants;
    const int *constant_start;
    const int *types;
    const u8 *samples;  // Grid objects
    const i64 *sample_start;
    const u8 *expected;  // or null; a Grid for every sample, of height -1 where none is expected
    const i64 *expected_start;
    const int *programs, *sample_of;  // of every item
    i64 count;
    i64 budget;
    u8 *memory;           // of all warps: constants, registers and arena of the first one, then of the next
    i64 memory_of_warp;   // in bytes
    i64 registers_start;  // in slots: behind the most constants that a program has
    i64 arena_start;      // in bytes
    i64 arena_bytes;
    i64 larger_arena;  // whether there is one for items that this one is too small for
    int *next;         // the counter that warps take items from
    u8 *status;
    u64 *hashes;
    u32 *primitives;
    float *microseconds;  // or null
    int *agreeing;        // or null; with expected
    u64 *spent;           // nanoseconds of every program, added up
    u64 *longest;         // and those of its longest item
    u64 *span;            // when the first warp began, all bits inverted, and when the last one ended; 0 before
    int *shapes;          // or null; rows and columns of every item's grid, -1 where there is none
    i64 *offsets;         // with shapes: where the item's cells are in `cells`, -1 where there was no more room
    u8 *cells;
    i64 cell_room;
    u64 *cells_used;  // more than the room where that was too small
    const int *arguments;  // of calls with arguments: how many each program has, and the type of its result;
    const int *results;    // null where samples are grids. A sample is then slots, and the cells are a value's piece
};

#if defined(__CUDACC__)
DEVICE u64 nanoseconds() {
    u64 time;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(time));
    return time;
}
#endif

DEVICE int take_item(int *next) {
    int item = 0;
    if (lane() == 0) item = atomicAdd(next, 1);
    return (int)from_lane((u32)item, 0);
}

DEVICE void load_constants(const Items &items, int program, slot *registers) {
    int start = items.constant_start[program];
    int n = items.constant_start[program + 1] - start;
    FOR_LANES(k, n) registers[~k] = items.constants[start + k];
    sync();
}

// Room for the output of an item, whose shape it notes; null when there is no more. Eight bytes' alignment keeps
// values readable as words.
DEVICE u8 *output_room(const Items &items, int item, int h, int w) {
    i64 bytes = (i64)h * w;
    u64 at = 0;
    if (lane() == 0) at = atomicAdd(items.cells_used, (u64)rounded(bytes));
    at = (u64)wide_from_lane((i64)at, 0);
    bool fits = at + (u64)bytes <= (u64)items.cell_room;
    if (lane() == 0) {
        items.shapes[2 * item] = h;
        items.shapes[2 * item + 1] = w;
        items.offsets[item] = fits ? (i64)at : -1;
    }
    return fits ? items.cells + at : nullptr;
}

DEVICE void store_no_output(const Items &items, int item) {
    if (lane() != 0) return;
    items.shapes[2 * item] = items.shapes[2 * item + 1] = -1;
    items.offsets[item] = 0;
}

DEVICE void store_grid(const Items &items, int item, const Grid *grid) {
    u8 *to = output_room(items, item, grid->h, grid->w);
    if (to) FOR_LANES(k, cells_of(grid)) to[k] = output_byte(grid->cells[k]);
}

// The piece of a value, which begins there; its shape is 1 and its bytes.
DEVICE void store_value(const Items &items, int item, const u8 *start, i64 bytes) {
    u8 *to = output_room(items, item, 1, (int)bytes);
    if (to) copy_bytes(to, start, bytes);
}

DEVICE void set_arguments(const Items &items, int item, int program, slot *registers) {
    const u8 *start = items.samples + items.sample_start[items.sample_of[item]];
    if (!items.arguments) {
        registers[0] = (slot)start;
        return;
    }
    FOR_LANES(k, items.arguments[program]) registers[k] = ((const slot *)start)[k];
}

// What becomes of a program's value: its hash, and what else was asked for.
DEVICE u64 keep_grid(const Items &items, int item, const Grid *grid) {
    if (items.expected) {
        const u8 *expected = items.expected + items.expected_start[items.sample_of[item]];
        int same = agreeing_cells(grid, (const Grid *)expected);
        if (lane() == 0) items.agreeing[item] = same;
    }
    if (!grid) return 0;
    if (items.shapes) store_grid(items, item, grid);
    return hash_grid(grid);
}

DEVICE u64 keep_output(const Items &items, int item, Machine &m, const Outcome &outcome) {
    if (items.shapes) store_no_output(items, item);
    sync();
    if (!items.results) return keep_grid(items, item, m.status ? nullptr : grid_of(outcome));
    const u8 *piece = m.status ? nullptr : export_value(m, items.results[items.programs[item]], outcome.value);
    if (piece) store_value(items, item, piece, m.top - piece);
    return 0;
}

DEVICE void run_one(const Items &items, int item, u8 *memory) {
    int program = items.programs[item];
    slot *registers = (slot *)memory + items.registers_start;
    load_constants(items, program, registers);
    set_arguments(items, item, program, registers);
    sync();
    u8 *arena = memory + items.arena_start;
    Machine m = {arena, arena + items.arena_bytes, OK, items.budget, items.types};
    u64 start = nanoseconds();
    Outcome outcome = run_program(m, items.code + WORDS * (i64)items.code_start[program], registers);
    u64 took = nanoseconds() - start;
    u64 hash = keep_output(items, item, m, outcome);
    if (lane() == 0) {
        items.status[item] = m.overflowed && items.larger_arena ? (u8)RUN_AGAIN : (u8)m.status;
        items.hashes[item] = hash;
        items.primitives[item] = outcome.primitives;
        if (items.microseconds) items.microseconds[item] = 0.001f * (float)took;
        atomicAdd(items.spent + program, took);
        atomicMax(items.longest + program, took);
    }
    sync();
}

extern "C" __global__ void __launch_bounds__(32 * WARPS_PER_BLOCK) tp_run_items(const Items *given) {
    const Items &items = *given;  // a copy would take registers from the interpreter
    if (lane() == 0) atomicMax(items.span, ~nanoseconds());
    i64 warp = ((i64)blockIdx.x * blockDim.x + threadIdx.x) >> 5;
    u8 *memory = items.memory + warp * items.memory_of_warp;
    for (int item = take_item(items.next); item < items.count; item = take_item(items.next)) {
        run_one(items, item, memory);
    }
    if (lane() == 0) atomicMax(items.span + 1, nanoseconds());
}
