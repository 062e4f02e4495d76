// Executing the iterations of a loop 32 at a time, one on each lane; see by_lane.h.
#pragma once
#include "by_lane.h"
#include "loops.h"
#include "operands.h"

#if LANES > 1

// The registers as one lane sees them: those from `first` on are its own, and lie LANES slots apart.
struct OwnRegisters {
    slot *own;
    const slot *shared;
    int first, count;

    DEVICE_METHOD slot operator[](int operand) const {
        u32 place = (u32)(operand - first);
        return place < (u32)count ? own[LANES * place] : shared[operand];
    }

    DEVICE_METHOD void set(int place, slot value) const {
        own[LANES * (place - first)] = value;
    }
};

// What a lane's iteration gives, if anything, and what its primitives have spent.
struct LaneResult {
    bool taken;
    slot value, key;
    i64 spent;
};

// As the primitive, but by this lane alone.
DEVICE_INLINE Value center_by_lane(Machine &m, const Patch *x) {
    return x->n < 2 ? op_center(m, x) : Value(center_of(bounds_of_some(m, x, 0, 1)));
}

DEVICE_INLINE void execute_by_lane(Machine &m, const i16 *at, const OwnRegisters &registers) {
    int opcode = at[F_OPCODE];
    slot result = 0;
    note_opcode(opcode);
    if (opcode >= OPCODES) {
        opcode -= OPCODES;
        m.status = status_of_operands(at, registers);
        if (m.status) return;
    }
    if (opcode == OPCODE_center) {
        registers.set(at[F_RESULT], center_by_lane(m, OPERAND(0)));
        return;
    }
    switch (opcode) {
        case OPCODE_move:
            result = unpoisoned(m, registers[at[F_OPERANDS]]);
            break;
        case OPCODE_select:
            result = selected(m, at, registers);
            break;
#define OP(name, operands, signature, meaning)                                    \
    case OPCODE_##name:                                                           \
        if constexpr (is_lanewise(OPCODE_##name)) result = CALL_##operands(name); \
        break;
#include "opcodes.def"
#undef OP
    }
    registers.set(at[F_RESULT], result);
}

DEVICE_INLINE slot unpoisoned_register(Machine &m, const OwnRegisters &registers, int operand) {
    return operand == NO_REGISTER ? 0 : unpoisoned(m, registers[operand]);
}

// Iteration i on this lane; whatever is out of the ordinary gives the machine a status.
DEVICE_INLINE LaneResult iterate_once(Machine &m, const Frame &f, const i16 *end, int i, slot *shared) {
    const i16 *loop = f.loop;
    i64 before = m.budget;
    OwnRegisters registers = {(slot *)m.top + lane(), shared, end[E_FIRST], end[E_REGISTERS]};
    if (end[E_READS_SHARED]) {
        for (int r = registers.first; r < registers.first + registers.count; r++) registers.set(r, shared[r]);
    }
    registers.set(loop[L_VARIABLE], element(shared[loop[L_SOURCE]], loop[L_ITERATION], i));
    if (loop[L_SOURCE_2] != NO_REGISTER) {
        registers.set(loop[L_VARIABLE_2], element(shared[loop[L_SOURCE_2]], loop[L_ITERATION_2], i));
    }
    for (const i16 *at = loop + LOOP_WORDS; at < end && !m.status; at += WORDS) {
        execute_by_lane(m, at, registers);
    }
    LaneResult result = {false, 0, 0, before - m.budget};
    m.budget = before;
    if (m.status) return result;
    bool conditional = loop[L_CONDITION] != NO_REGISTER;
    result.taken = !conditional || !is_falsy(unpoisoned_register(m, registers, loop[L_CONDITION]));
    if (!result.taken || m.status) return result;
    result.value = unpoisoned_register(m, registers, loop[L_BODY]);
    result.key = unpoisoned_register(m, registers, loop[L_KEY]);
    Pair location = pair_of_slot(result.value);
    bool fits = loop[L_COLLECTOR] != COLLECT_INDICES || (packs(location.i) && packs(location.j));
    if (!fits) m.status = RANGE;
    return result;
}

// Writes the results of all lanes behind those collected before.
DEVICE_INLINE void append_results(Frame &f, const LaneResult &result) {
    u32 takers = lanes_where(result.taken);
    int place = f.count + lanes_below(takers);
    f.count += count_bits(takers);
    if (!result.taken) return;
    switch (f.loop[L_COLLECTOR]) {
        case COLLECT_INDICES: {
            Pair location = pair_of_slot(result.value);
            ((Patch *)f.accumulator)->cells[place] = pack(location.i, location.j, 0);
            return;
        }
        case COLLECT_OBJECT:
            ((Patch *)f.accumulator)->cells[place] = (u32)result.value;
            return;
        default:
            ((List *)f.accumulator)->items[place] = result.value;
    }
}

// The results one after the other, each as at the end of its iteration. Gives their number: up to one that
// fails or ends the loop, or before one during which the budget would end.
DEVICE_INLINE int collect_in_order(Machine &m, Frame &f, const i16 *end, const LaneResult &result,
                                   u32 uncharged) {
    u32 takers = lanes_where(result.taken);
    int n = min_int(f.n - f.i, LANES);
    for (int k = 0; k < n; k++) {
        i64 spent = wide_from_lane(result.spent, k);
        if (m.budget < spent) return k;
        m.budget -= spent;
        if (takers >> k & 1) {
            slot value = wide_from_lane(result.value, k);
            collect_result(m, f, value, wide_from_lane(result.key, k));
        }
        uncharged += (u32)end[E_PRIMITIVES];
        m.budget -= units_of_iteration(f.loop, end, uncharged);
        uncharged = 0;
        if (m.budget < 0) m.status = BUDGET;
        if (m.status || ++f.i >= f.n) return k + 1;
    }
    return n;
}

// All at once, if the budget is enough for them: otherwise it decides how the item ends.
DEVICE_INLINE int collect_together(Machine &m, Frame &f, const i16 *end, const LaneResult &result,
                                   u32 uncharged) {
    int n = min_int(f.n - f.i, LANES);
    u32 primitives = (u32)end[E_PRIMITIVES];
    i64 units = n * units_of_iteration(f.loop, end, primitives) + UNITS_PER_PRIMITIVE * (i64)uncharged;
    units += sum_of_lanes(result.spent);
    if (m.budget < units) return 0;
    m.budget -= units;
    append_results(f, result);
    f.i += n;
    return n;
}

// Executes iterations as long as they are plain, and gives their number; a status is that of the last one.
// `uncharged` primitives were executed before and are still to be charged.
DEVICE_CALL int iterate_by_lane(Machine &m, Frame &f, const i16 *end, slot *shared, u32 uncharged) {
    bool in_order = f.loop[L_COLLECTOR] > COLLECT_OBJECT;
    i64 bytes = (i64)sizeof(slot) * LANES * end[E_REGISTERS];
    int done = 0;
    while (f.i < f.n && !m.status && free_bytes(m) >= bytes) {
        LaneResult result = {false, 0, 0, 0};
        if (f.i + lane() < f.n) result = iterate_once(m, f, end, f.i + lane(), shared);
        bool plain = !any_lane(m.status != OK);
        sync();  // what is collected may come to lie over the lanes' registers
        m.status = OK;
        if (!plain) break;
        int n = in_order ? collect_in_order(m, f, end, result, uncharged)
                         : collect_together(m, f, end, result, uncharged);
        if (n == 0) break;
        done += n;
        uncharged = 0;
    }
    sync();
    return done;
}

#endif
