// The machine on a GPU: every warp takes items until none are left. Launched from tokpidjin/engines/cuda.py,
// which writes an `Items` into the device's memory, word by word in the order of its fields.
#include "export.h"
#include "hash.h"
#include "interpreter.h"

enum { WARPS_PER_BLOCK = 4 };

// Pointers and 64-bit integers only.
struct Items {
    const i16 *code;
    const int *code_start;
    const i64 *constants;
    const int *constant_start;
    const int *types;
    const u8 *samples;  // Grid objects
    const i64 *sample_start;
    const int *programs, *sample_of;  // of every item
    i64 count;
    i64 budget;
    u8 *memory;           // of all warps: constants, registers and arena of the first one, then of the next
    i64 memory_of_warp;   // in bytes
    i64 registers_start;  // in slots: behind the most constants that a program has
    i64 arena_start;      // in bytes
    int *next;            // the counter that warps take items from
    u8 *status;
    u64 *hashes;
    u32 *primitives;
    float *microseconds;  // or null
    int *shapes;          // or null; rows and columns of every item's grid, -1 where there is none
    u8 *cells;            // with shapes: `cell_room` cells an item
    i64 cell_room;
    const int *arguments;  // of calls with arguments: how many each program has, and the type of its result;
    const int *results;    // null where samples are grids. A sample is then slots, and `cells` is a value's piece
};

DEVICE u64 nanoseconds() {
    u64 time;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(time));
    return time;
}

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

// A grid that is too large for its room keeps its shape but not its cells.
DEVICE void store_output(const Items &items, int item, const Grid *grid) {
    if (lane() == 0) {
        items.shapes[2 * item] = grid ? grid->h : -1;
        items.shapes[2 * item + 1] = grid ? grid->w : -1;
    }
    if (!grid || cells_of(grid) > items.cell_room) return;
    u8 *to = items.cells + items.cell_room * item;
    FOR_LANES(k, cells_of(grid)) to[k] = output_byte(grid->cells[k]);
}

// The piece of a value, which begins there; its shape is 1 and its bytes.
DEVICE void store_value(const Items &items, int item, const u8 *start, i64 bytes) {
    if (lane() == 0) {
        items.shapes[2 * item] = start ? 1 : -1;
        items.shapes[2 * item + 1] = start ? (int)bytes : -1;
    }
    if (start && bytes <= items.cell_room) copy_bytes(items.cells + items.cell_room * item, start, bytes);
}

DEVICE void set_arguments(const Items &items, int item, int program, slot *registers) {
    const u8 *start = items.samples + items.sample_start[items.sample_of[item]];
    if (!items.arguments) {
        registers[0] = (slot)start;
        return;
    }
    FOR_LANES(k, items.arguments[program]) registers[k] = ((const slot *)start)[k];
}

DEVICE void run_one(const Items &items, int item, u8 *memory) {
    int program = items.programs[item];
    slot *registers = (slot *)memory + items.registers_start;
    load_constants(items, program, registers);
    set_arguments(items, item, program, registers);
    sync();
    Machine m = {memory + items.arena_start, memory + items.memory_of_warp, OK, items.budget, items.types};
    u64 start = nanoseconds();
    Outcome outcome = run_program(m, items.code + WORDS * (i64)items.code_start[program], registers);
    u64 end = nanoseconds();
    u64 hash = 0;
    if (items.results) {
        const u8 *piece = m.status ? nullptr : export_value(m, items.results[program], outcome.value);
        store_value(items, item, piece, piece ? m.top - piece : 0);
    } else {
        hash = m.status ? 0 : hash_grid(grid_of(outcome));
        if (items.shapes) store_output(items, item, m.status ? nullptr : grid_of(outcome));
    }
    if (lane() == 0) {
        items.status[item] = (u8)m.status;
        items.hashes[item] = hash;
        items.primitives[item] = outcome.primitives;
        if (items.microseconds) items.microseconds[item] = 0.001f * (float)(end - start);
    }
    sync();
}

extern "C" __global__ void __launch_bounds__(32 * WARPS_PER_BLOCK) tp_run_items(const Items *given) {
    const Items items = *given;
    i64 warp = ((i64)blockIdx.x * blockDim.x + threadIdx.x) >> 5;
    u8 *memory = items.memory + warp * items.memory_of_warp;
    for (int item = take_item(items.next); item < items.count; item = take_item(items.next)) {
        run_one(items, item, memory);
    }
}
