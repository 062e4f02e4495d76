// Loops whose iterations the lanes of a warp execute each for itself, 32 at a time.
//
// Their bodies consist of primitives that look at values, and make none in the arena (`works_by_lane`). Every
// lane has registers of its own for what the body sets, above the top of the arena. Where one of the 32
// iterations is out of the ordinary (a failure, poison, no memory, the end of the budget), none of them
// counts: the interpreter takes them one after the other, so that an item ends the same either way.
#pragma once
#include "bytecode.h"

// So that a lane's own registers take at most 6 KB of the arena.
enum { MOST_OWN_REGISTERS = 24 };

// Whether an instruction looks at its operands only, without a meeting of lanes.
DEVICE_INLINE constexpr bool is_lanewise(int opcode) {
    if (OPCODE_add_ii <= opcode && opcode <= OPCODE_cell_p) return true;
    switch (opcode) {
        case OPCODE_select:
        case OPCODE_move:
        case OPCODE_len:
        case OPCODE_as_tuple:
        case OPCODE_fst:
        case OPCODE_snd:
        case OPCODE_known_filled:
        case OPCODE_head:
        case OPCODE_at1:
        case OPCODE_tail_end:
        case OPCODE_patch_first:
        case OPCODE_patch_last:
        case OPCODE_color:
        case OPCODE_grid_h:
        case OPCODE_grid_w:
        case OPCODE_grid_shape:
        case OPCODE_portrait_g:
        case OPCODE_square_g:
        case OPCODE_index:
            return true;
        default:
            return false;
    }
}

// Besides those, what has a second form for one lane.
DEVICE_INLINE constexpr bool works_by_lane(int opcode) {
    return is_lanewise(opcode) || opcode == OPCODE_center;
}
