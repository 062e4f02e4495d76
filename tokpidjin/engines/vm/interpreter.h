// The interpreter: runs one verified program on one sample.
#pragma once
#include "loops.h"

// What one item's execution reports besides the machine's status.
struct Outcome {
    const Grid *grid;
    u32 primitives;
};

// The units of budget that an instruction costs, besides what its primitive spends.
enum { UNITS_PER_PRIMITIVE = 4 };

#define OPERAND(k) Value(registers[at[F_OPERANDS + k]])
#define CALL_1(name) op_##name(m, OPERAND(0))
#define CALL_2(name) op_##name(m, OPERAND(0), OPERAND(1))
#define CALL_3(name) op_##name(m, OPERAND(0), OPERAND(1), OPERAND(2))
#define CALL_4(name) op_##name(m, OPERAND(0), OPERAND(1), OPERAND(2), OPERAND(3))

DEVICE_CALL int status_of_operands(const i16 *at, const slot *registers) {
    int count = at[F_FLAGS] & FLAG_COUNT;
    for (int k = 0; k < count; k++) {
        slot operand = registers[at[F_OPERANDS + k]];
        if (is_poison(operand)) return poison_status(operand);
    }
    return OK;
}

// The value of a move or select, whose poison matters only when it is the one chosen.
DEVICE_INLINE slot unpoisoned(Machine &m, slot value) {
    if (is_poison(value)) m.status = poison_status(value);
    return value;
}

DEVICE_INLINE slot selected(Machine &m, const i16 *at, const slot *registers) {
    slot condition = unpoisoned(m, registers[at[F_OPERANDS]]);
    if (m.status) return 0;
    return unpoisoned(m, registers[at[F_OPERANDS + (is_falsy(condition) ? 2 : 1)]]);
}

DEVICE_INLINE bool is_speculative(const i16 *instruction) {
    return instruction[F_FLAGS] & FLAG_SPECULATIVE;
}

DEVICE_INLINE const i16 *after_loop(const i16 *program, const i16 *loop) {
    return program + WORDS * (loop[L_END] + 1);
}

// After a failure at `at`: makes the innermost speculative instruction around it poison and returns where to go on, or
// null when there is none. Running out of budget is never forgiven.
DEVICE const i16 *recover(Machine &m, const i16 *program, const i16 *at, Frame *frames, int &depth,
                          slot *registers) {
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
    while (depth > 0 && !is_speculative(frames[depth - 1].loop)) depth--;
    if (depth == 0) return nullptr;
    const Frame &frame = frames[--depth];
    m.status = OK;
    m.top = frame.mark < m.top ? frame.mark : m.top;
    registers[frame.loop[F_RESULT]] = value;
    return after_loop(program, frame.loop);
}

// Register 0 holds the sample; the program's constants lie in front of the registers.
DEVICE Outcome run_program(Machine &m, const i16 *program, slot *registers) {
    Frame frames[MAX_LOOPS];
    int depth = 0;
    const i16 *at = program;
    Outcome outcome = {nullptr, 0};
    u32 charged = 0;
    for (;;) {
        slot result = 0;
        note_opcode(at[F_OPCODE]);
        if (at[F_FLAGS] & FLAG_POISONABLE) {
            m.status = status_of_operands(at, registers);
            if (m.status) goto failed;
        }
        switch (at[F_OPCODE]) {
#define OP(name, operands, signature, meaning) \
    case OPCODE_##name:                        \
        result = CALL_##operands(name);        \
        break;
#include "opcodes.def"
#undef OP
            case OPCODE_move:
                result = unpoisoned(m, registers[at[F_OPERANDS]]);
                sync();
                goto store;
            case OPCODE_select:
                result = selected(m, at, registers);
                goto store;
            case OPCODE_loop:
                if (!open_loop(m, frames[depth], at, registers)) goto failed;
                if (frames[depth].n > 0) {
                    take_elements(frames[depth++], registers);
                    at += LOOP_WORDS;
                    continue;
                }
                result = finish(m, frames[depth]);
                if (m.status) goto failed;
                registers[at[F_RESULT]] = result;
                at = after_loop(program, at);
                continue;
            case OPCODE_end: {
                Frame &frame = frames[depth - 1];
                sync();
                collect(m, frame, registers);
                sync();
                m.budget -= UNITS_PER_PRIMITIVE * (i64)(outcome.primitives + 1 - charged);
                charged = outcome.primitives;
                if (m.budget < 0) m.status = BUDGET;
                if (m.status) goto failed;
                if (++frame.i < frame.n) {
                    take_elements(frame, registers);
                    at = frame.loop + LOOP_WORDS;
                    continue;
                }
                result = finish(m, frame);
                if (m.status) goto failed;
                depth--;
                registers[frame.loop[F_RESULT]] = result;
                at += WORDS;
                continue;
            }
            default:  // ret: the verifier lets nothing else come here
                result = unpoisoned(m, registers[at[F_OPERANDS]]);
                outcome.grid = (const Grid *)result;
                return outcome;
        }
        outcome.primitives++;
    store:
        if (m.status) goto failed;
        registers[at[F_RESULT]] = result;
        at += WORDS;
        continue;
    failed:
        at = recover(m, program, at, frames, depth, registers);
        if (!at) return outcome;
    }
}
