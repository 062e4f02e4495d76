// Changes inputs: mostly one thing of a program, such that it stays valid; sometimes any bytes.
#pragma once
#include "generate.h"

extern "C" size_t LLVMFuzzerMutate(u8 *data, size_t size, size_t max_size);

static bool is_accepted(const Input &input) {
    Given given(input);
    LoadError error;
    Library *library = tp_library_new(&given.source, &error);
    tp_library_free(library);
    return library != nullptr;
}

static i16 any_place(Chance &chance, const Input &input) {
    if (chance.one_in(3) && !input.constants.empty()) return (i16)~chance.below((int)input.constants.size());
    return (i16)chance.below(input.registers);
}

static void change_word(Input &input, Chance &chance, i16 *words) {
    if (words[F_OPCODE] == OPCODE_loop) {
        int field = L_COLLECTOR + chance.below(LOOP_WORDS - L_COLLECTOR);
        bool place = field != L_COLLECTOR && field != L_ITERATION && field != L_TYPE && field != L_FLAT;
        words[field] = chance.one_in(8) ? (i16)NO_REGISTER
                       : place          ? any_place(chance, input)
                                        : (i16)chance.below(16);
        return;
    }
    switch (chance.below(4)) {
        case 0:
            words[F_OPCODE] = (i16)(OPCODE_select + chance.below(OPCODES - OPCODE_select));
            if (words[F_OPCODE] >= 0) words[F_FLAGS] = (i16)opcode_table[words[F_OPCODE]].operands;
            return;
        case 1:
            words[F_FLAGS] ^= FLAG_SPECULATIVE;
            return;
        default:
            words[F_OPERANDS + chance.below(MAX_OPERANDS)] = any_place(chance, input);
    }
}

static void change_bytes(Bytes &bytes) {
    size_t size = bytes.size();
    bytes.resize(size + 64);
    bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
}

static void change(Input &input, Chance &chance) {
    int length = input.length();
    i16 *words = length ? &input.code[(size_t)(WORDS * chance.below(length))] : nullptr;
    switch (chance.below(10)) {
        case 0:
            input.arena_class = (u8)chance.below(CLASSES);
            input.budget_class = (u8)chance.below(CLASSES);
            return;
        case 1:
        case 2:
            return grow_into(input, chance, chance.below(length), 1 + chance.few(12));
        case 3:
            if (!input.constants.empty()) {
                input.constants[(size_t)chance.below((int)input.constants.size())] = any_constant(chance);
            }
            return;
        case 4:
            return change_bytes(input.sample);
        case 5:
            if (length) return_any(input, chance);
            return;
        default:
            if (words && (words[F_OPCODE] != OPCODE_loop || words + LOOP_WORDS <= &input.code.back() + 1)) {
                change_word(input, chance, words);
            }
    }
}

static Input changed(const Input &input, Chance &chance) {
    Input found = input;
    for (int tries = 0; tries < 8; tries++) {
        found = input;
        for (int changes = 1 + chance.few(3); changes; changes--) change(found, chance);
        if (is_accepted(found)) break;
    }
    return found;
}

static size_t store(const Bytes &bytes, u8 *data, size_t max_size) {
    size_t size = std::min(bytes.size(), max_size);
    memcpy(data, bytes.data(), size);
    return size;
}

extern "C" size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size, unsigned seed) {
    Chance chance(seed);
    if (chance.one_in(10)) return LLVMFuzzerMutate(data, size, max_size);
    if (size < 12 || chance.one_in(12)) return store(serialize(new_program(chance)), data, max_size);
    return store(serialize(changed(parse(data, size), chance)), data, max_size);
}

// One's program on the other's sample.
extern "C" size_t LLVMFuzzerCustomCrossOver(const u8 *data, size_t size, const u8 *other, size_t other_size,
                                            u8 *out, size_t max_size, unsigned) {
    Input input = parse(data, size);
    input.sample = parse(other, other_size).sample;
    return store(serialize(input), out, max_size);
}
