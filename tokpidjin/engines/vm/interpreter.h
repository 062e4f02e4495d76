// The interpreter: runs one verified program on one sample, or on the arguments of one call.
#pragma once
#include "lane_loops.h"

// What one item's execution reports besides the machine's status.
struct Outcome {
    slot value;  // a Grid, or what the program's signature says
    u32 primitives;
};

DEVICE_INLINE const Grid *grid_of(const Outcome &outcome) {
    return (const Grid *)outcome.value;
}

DEVICE_INLINE bool is_speculative(const i16 *instruction) {
    return instruction[F_FLAGS] & FLAG_SPECULATIVE;
}

DEVICE_INLINE const i16 *after_loop(const i16 *program, const i16 *loop) {
    return program + WORDS * (loop[L_END] + 1);
}

// After a failure at `at`: makes the innermost speculative instruction around it poison and returns where to
// go on, or null when there is none. Running out of budget is never forgiven. `frame` is the innermost open
// loop; the frame in front of the first one has no loop.
DEVICE const i16 *recover(Machine &m, const i16 *program, const i16 *at, Frame *&frame, slot *registers) {
    if (m.status == BUDGET || m.budget < 0) {
        m.status = BUDGET;
        return nullptr;
    }
    slot value = poison(m.status);
    bool failed_itself = at[F_OPCODE] != OPCODE_end && is_speculative(at);
    if (failed_itself) {
        m.status = OK;
        registers[at[F_RESULT]] = value;
        return at[F_OPCODE] == OPCODE_loop ? after_loop(program, at) : at + WORDS;
    }
    while (frame->loop && !is_speculative(frame->loop)) frame--;
    if (!frame->loop) return nullptr;
    const i16 *loop = frame->loop;
    m.status = OK;
    // Registers from outside of a fold may hold what its body has made.
    bool fold = loop[L_COLLECTOR] == COLLECT_FOLD;
    if (!fold && frame->mark < m.top) m.top = frame->mark;
    registers[loop[F_RESULT]] = value;
    frame--;
    return after_loop(program, loop);
}

// How control goes from one instruction to the next. On the host every instruction jumps to the next one's
// code itself, which processors predict better than one jump for all; device code is a switch.
#if LANES > 1
#define TARGET(name) case OPCODE_##name:
#define CHECKED_TARGET default:
#define NEXT() goto next
#define UNCHECKED()                  \
    opcode = at[F_OPCODE] - OPCODES; \
    goto dispatch
#else
#define TARGET(name) target_##name:
#define CHECKED_TARGET \
    target_checked:
#define NEXT() goto *targets[at[F_OPCODE]]
#define UNCHECKED() goto *targets[at[F_OPCODE] - OPCODES]
#endif

// Stores the result of the instruction and goes on. Code without loops, too, ends when the budget is used up.
#define STORE()                                \
    if (m.status || m.budget < 0) goto failed; \
    registers[at[F_RESULT]] = result;          \
    at += WORDS;                               \
    NEXT()

// The first registers hold the arguments; the program's constants lie in front of the registers.
DEVICE Outcome run_program(Machine &m, const i16 *program, slot *registers) {
    Frame frames[MAX_LOOPS + 1];
    Frame *frame = frames;
    frame->loop = nullptr;
    const i16 *at = program;
    slot result;
    u32 primitives = 0;
    u32 charged = 0;
    Outcome outcome = {0, 0};
#if LANES > 1
    int opcode;
next:
    note_opcode(at[F_OPCODE]);
    opcode = at[F_OPCODE];
dispatch:
    switch (opcode) {
#else
    static const void *const targets[2 * OPCODES] = {
        &&target_ret,     &&target_select,  &&target_move,    &&target_loop,    &&target_end,
#define OP(name, operands, signature, meaning) &&target_##name,
#include "opcodes.def"
#undef OP
        &&target_checked, &&target_checked, &&target_checked, &&target_checked, &&target_checked,
#define OP(name, operands, signature, meaning) &&target_checked,
#include "opcodes.def"
#undef OP
    };
    NEXT();
    {
#endif
#define OP(name, operands, signature, meaning) \
    TARGET(name) {                             \
        result = CALL_##operands(name);        \
        primitives++;                          \
        STORE();                               \
    }
#include "opcodes.def"
#undef OP

        CHECKED_TARGET {
            m.status = status_of_operands(at, registers);
            if (m.status) goto failed;
            UNCHECKED();
        }

        TARGET(move) {
            result = unpoisoned(m, registers[at[F_OPERANDS]]);
            sync();
            STORE();
        }

        TARGET(select) {
            result = selected(m, at, registers);
            STORE();
        }

        TARGET(loop) {
            if (!open_loop(m, frame[1], at, registers)) goto failed;
            if (frame[1].n > 0) {
                frame++;
#if LANES > 1
                if (at[F_FLAGS] & FLAG_BY_LANE) {
                    const i16 *end = program + WORDS * at[L_END];
                    int done = iterate_by_lane(m, *frame, end, registers, primitives - charged);
                    primitives += (u32)(done * end[E_PRIMITIVES]);
                    if (done > 0) charged = primitives;
                    if (m.status) {
                        at = end;
                        goto failed;
                    }
                    if (frame->i >= frame->n) {
                        at = end;
                        goto finished;
                    }
                }
#endif
                take_elements(*frame, registers);
                at += LOOP_WORDS;
                NEXT();
            }
            result = finish(m, frame[1]);
            if (m.status) goto failed;
            registers[at[F_RESULT]] = result;
            at = after_loop(program, at);
            NEXT();
        }

        TARGET(end) {
            sync();
            collect(m, *frame, registers);
            sync();
            m.budget -= units_of_iteration(frame->loop, at, primitives - charged);
            charged = primitives;
            if (m.budget < 0) m.status = BUDGET;
            if (m.status) goto failed;
            if (++frame->i < frame->n) {
                take_elements(*frame, registers);
                at = frame->loop + LOOP_WORDS;
                NEXT();
            }
#if LANES > 1
        finished:
#endif
            result = finish(m, *frame);
            if (m.status) goto failed;
            registers[frame->loop[F_RESULT]] = result;
            frame--;
            at += WORDS;
            NEXT();
        }

        TARGET(ret) {
            outcome.value = unpoisoned(m, registers[at[F_OPERANDS]]);
            outcome.primitives = primitives;
            return outcome;
        }
    }

failed:
    at = recover(m, program, at, frame, registers);
    if (!at) {
        outcome.primitives = primitives;
        return outcome;
    }
    NEXT();
}
