// The operands of an instruction, and the primitives called with them.
#pragma once
#include "bytecode.h"
#include "objects.h"

#define OPERAND(k) Value(registers[at[F_OPERANDS + k]])
#define CALL_1(name) op_##name(m, OPERAND(0))
#define CALL_2(name) op_##name(m, OPERAND(0), OPERAND(1))
#define CALL_3(name) op_##name(m, OPERAND(0), OPERAND(1), OPERAND(2))
#define CALL_4(name) op_##name(m, OPERAND(0), OPERAND(1), OPERAND(2), OPERAND(3))

// The registers are an array, or the one of `OwnRegisters`.
template <class Registers>
DEVICE_CALL int status_of_operands(const i16 *at, Registers registers) {
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

template <class Registers>
DEVICE_INLINE slot selected(Machine &m, const i16 *at, Registers registers) {
    slot condition = unpoisoned(m, registers[at[F_OPERANDS]]);
    if (m.status) return 0;
    return unpoisoned(m, registers[at[F_OPERANDS + (is_falsy(condition) ? 2 : 1)]]);
}
