// What loading adds to a verified program, so that the interpreter need not find it out again and again.
#pragma once
#include <string.h>

#include "by_lane.h"
#include "verify.h"

struct Marker {
    const Source *source;
    i16 *code, *end;  // the copy of the program that is marked
    const i64 *constants;
    bool poisonable[MAX_REGISTERS];
};

static i16 *next_instruction(i16 *instruction) {
    return instruction + (instruction[F_OPCODE] == OPCODE_loop ? LOOP_WORDS : WORDS);
}

// ---- Primitives whose operands may be poison; the others are not checked at run time

static bool may_have_poison(const Marker &m, const i16 *primitive) {
    for (int k = 0; k < (primitive[F_FLAGS] & FLAG_COUNT); k++) {
        int operand = primitive[F_OPERANDS + k];
        if (operand >= 0 && m.poisonable[operand]) return true;
    }
    return false;
}

static void mark_poisonable(Marker &m) {
    memset(m.poisonable, 0, sizeof m.poisonable);
    for (i16 *at = m.code; at < m.end; at = next_instruction(at)) {
        if (at[F_FLAGS] & FLAG_SPECULATIVE) m.poisonable[at[F_RESULT]] = true;
    }
    for (i16 *at = m.code; at < m.end; at = next_instruction(at)) {
        bool checked = at[F_OPCODE] >= FIRST_PRIMITIVE && may_have_poison(m, at);
        if (checked) at[F_OPCODE] = (i16)(at[F_OPCODE] + OPCODES);
    }
}

// ---- Loops whose iterations lanes may share out, see by_lane.h

static bool has_second_variable(const i16 *loop) {
    return loop[L_SOURCE_2] != NO_REGISTER;
}

struct Range {
    int first, last;
};

// Takes register r, which the body sets, into the range of those that lanes have of their own. What is set
// there has no value from before the loop or for after it: verifying lets folds alone set registers of outer
// blocks.
static bool take_in(Range &range, int r) {
    range.first = min_int(range.first, r);
    range.last = max_int(range.last, r);
    return range.last - range.first < MOST_OWN_REGISTERS;
}

static bool is_of_scalars(const Marker &m, const i16 *equal) {
    return kind_of(m.source->types, (int)m.constants[~equal[F_OPERANDS + 2]]) <= KIND_CELL;
}

// Whether lanes can execute the body each for itself, and then the range of what it sets.
static bool find_range(const Marker &m, const i16 *loop, const i16 *end, Range &range) {
    if (is_fold(loop) || !take_in(range, loop[L_VARIABLE])) return false;
    if (has_second_variable(loop) && !take_in(range, loop[L_VARIABLE_2])) return false;
    for (const i16 *at = loop + LOOP_WORDS; at < end; at += WORDS) {
        if (!works_by_lane(at[F_OPCODE]) || !take_in(range, at[F_RESULT])) return false;
        if (at[F_OPCODE] == OPCODE_equal && !is_of_scalars(m, at)) return false;
    }
    return true;
}

static bool sets(const i16 *loop, const i16 *end, int r) {
    if (r == loop[L_VARIABLE] || (has_second_variable(loop) && r == loop[L_VARIABLE_2])) return true;
    for (const i16 *at = loop + LOOP_WORDS; at < end; at += WORDS) {
        if (at[F_RESULT] == r) return true;
    }
    return false;
}

static bool is_shared(const i16 *loop, const i16 *end, const Range &range, int operand) {
    return range.first <= operand && operand <= range.last && !sets(loop, end, operand);
}

static bool reads_shared(const i16 *loop, const i16 *end, const Range &range) {
    bool results = is_shared(loop, end, range, loop[L_BODY]) || is_shared(loop, end, range, loop[L_KEY]) ||
                   is_shared(loop, end, range, loop[L_CONDITION]);
    if (results) return true;
    for (const i16 *at = loop + LOOP_WORDS; at < end; at += WORDS) {
        for (int k = 0; k < (at[F_FLAGS] & FLAG_COUNT); k++) {
            if (is_shared(loop, end, range, at[F_OPERANDS + k])) return true;
        }
    }
    return false;
}

static void mark_by_lane(Marker &m) {
    for (i16 *at = m.code; at < m.end; at = next_instruction(at)) {
        i16 *end = at[F_OPCODE] == OPCODE_loop ? m.code + WORDS * at[L_END] : nullptr;
        Range range = {MAX_REGISTERS, -1};
        if (!end || !find_range(m, at, end, range)) continue;
        at[F_FLAGS] |= FLAG_BY_LANE;
        end[E_FIRST] = (i16)range.first;
        end[E_REGISTERS] = (i16)(range.last - range.first + 1);
        end[E_READS_SHARED] = reads_shared(at, end, range);
        end[E_PRIMITIVES] = 0;
        for (const i16 *body = at + LOOP_WORDS; body < end; body += WORDS) {
            end[E_PRIMITIVES] = (i16)(end[E_PRIMITIVES] + (body[F_OPCODE] >= FIRST_PRIMITIVE));
        }
    }
}

// `code` is a copy of all programs of the source.
static void mark_program(const Source &source, int program, i16 *code) {
    Marker m;
    m.source = &source;
    m.code = code + WORDS * (i64)source.code_start[program];
    m.end = code + WORDS * (i64)source.code_start[program + 1];
    m.constants = source.constants + source.constant_start[program];
    mark_by_lane(m);
    mark_poisonable(m);
}
