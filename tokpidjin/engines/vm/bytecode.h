// The format of programs: 16-bit words, eight to an instruction; a loop takes two instructions' room.
//
// An operand is a register when it is not negative, and otherwise the constant with the number ~operand.
// Constants lie in front of the registers, in reverse, so that `registers[operand]` is either.
#pragma once
#include "platform.h"

enum Field { F_OPCODE, F_RESULT, F_FLAGS, F_OPERANDS };

// What follows the flags in a loop.
enum LoopField {
    L_COLLECTOR = 3,
    L_SOURCE,     // what is iterated: a list or patch; for a fold the register with the count
    L_ITERATION,  // how: see Iteration
    L_VARIABLE,   // the register of the element
    L_SOURCE_2,   // a second source that is iterated in step, or NO_REGISTER
    L_ITERATION_2,
    L_VARIABLE_2,
    L_BODY,       // the body's result
    L_CONDITION,  // collect only where this is true, or NO_REGISTER
    L_TYPE,       // of the elements of a set, or of the keys; for a fold the smallest count allowed
    L_END,        // where the loop's `end` is, in instructions from the start of the program
    L_FLAT,       // how the body's result can be moved: see Flatness
    L_KEY         // the key to compare by, or NO_REGISTER
};

enum {
    WORDS = 8,
    LOOP_WORDS = 16,
    NO_REGISTER = 0x7fff,
    MAX_REGISTERS = 8192,
    MAX_LOOPS = 8,
    MAX_OPERANDS = 4,
    MAX_ARGUMENTS = 16
};

// Flags: the number of operands in the low byte, then whether a failure becomes poison. Loading adds whether
// lanes may share a loop's iterations out, see by_lane.h.
enum { FLAG_COUNT = 255, FLAG_SPECULATIVE = 256, FLAG_BY_LANE = 512 };

// What loading writes to the `end` of such a loop: the registers that every lane has of its own, a range that
// holds all that the body sets, and whether the body reads others in it; the primitives of the body.
enum EndField { E_FIRST = F_OPERANDS, E_REGISTERS, E_READS_SHARED, E_PRIMITIVES };

enum Iteration { ITERATE_LIST, ITERATE_PAIRS, ITERATE_CELLS, ITERATIONS };

enum Collector {
    COLLECT_LIST,
    COLLECT_SET,
    COLLECT_INDICES,
    COLLECT_OBJECT,
    COLLECT_MERGED_PATCH,
    COLLECT_MERGED_LIST,
    COLLECT_MERGED_SET,
    COLLECT_FIRST,
    COLLECT_ARGMAX,
    COLLECT_ARGMIN,
    COLLECT_VALMAX,
    COLLECT_VALMIN,
    COLLECT_ORDERED,
    COLLECT_FOLD,
    COLLECTORS
};

// Whether a result is a scalar, or an object without pointers that can be moved down over the body's garbage.
enum Flatness { FLAT_SCALAR, FLAT_GRID, FLAT_PATCH, FLAT_LIST, FLAT_NOT };

enum Opcode {
    OPCODE_ret,
    OPCODE_select,
    OPCODE_move,
    OPCODE_loop,
    OPCODE_end,
#define OP(name, operands, signature, meaning) OPCODE_##name,
#include "opcodes.def"
#undef OP
    OPCODES
};

enum { FIRST_PRIMITIVE = OPCODE_end + 1 };

// When a library is loaded, OPCODES is added to the opcode of a primitive whose operands may be poison; the
// interpreter looks for poison there only.
