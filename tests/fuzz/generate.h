// Grows programs that the verifier accepts: it is asked about every instruction as it comes.
#pragma once
#include <random>

#include "input.h"

// Choices from a seed. Small numbers are likelier in `few`.
struct Chance {
    std::minstd_rand engine;

    explicit Chance(unsigned seed) : engine(seed) {}

    int below(int n) {
        return n <= 1 ? 0 : (int)(engine() % (unsigned)n);
    }
    bool one_in(int n) {
        return below(n) == 0;
    }
    int few(int n) {
        return std::min(below(n), below(n));
    }
};

static i64 any_constant(Chance &chance) {
    static const int ints[] = {0,    1,    2,     3,       4,          5,           8,    -1,
                               -2,   10,   29,    30,      41,         255,         1000, 2047,
                               2048, 4096, 65535, 1000000, 2147483647, -2147483646, NONE};
    const int n = sizeof ints / sizeof(int);
    int first = ints[chance.few(n)];
    return chance.one_in(2) ? first : slot_of_pair(make_pair(first, ints[chance.few(n)]));
}

// Besides the type numbers, which are constants too.
enum { GROWN_CONSTANTS = 24 };

static const i16 grown_types[][3] = {
    {KIND_INT, 0, 0},
    {KIND_PAIR, 0, 0},
    {KIND_CELL, 0, 0},
    {KIND_GRID, 0, 0},
    {KIND_INDICES, 0, 0},
    {KIND_OBJECT, 0, 0},
    {KIND_SET, KIND_INT, 0},
    {KIND_TUPLE, KIND_INT, 0},
    {KIND_TUPLE, KIND_PAIR, 0},
    {KIND_TUPLE, KIND_CELL, 0},
    {KIND_TUPLE, KIND_GRID, 0},
    {KIND_SET, KIND_GRID, 0},
    {KIND_TUPLE, KIND_OBJECT, 0},
    {KIND_SET, KIND_OBJECT, 0},
    {KIND_SET, KIND_INDICES, 0},
    {KIND_TUPLE, KIND_INDICES, 0},
    {KIND_TUPLE, 7, 0},   // [[I]]
    {KIND_TUPLE, 10, 0},  // [[G]]
    {KIND_TUPLE, 13, 0},  // [{O}]
    {KIND_TUPLE, 12, 0},  // [[O]]
    {KIND_TUPLE2, KIND_PAIR, KIND_PAIR},
    {KIND_TUPLE2, KIND_INT, KIND_OBJECT},
    {KIND_TUPLE2, KIND_GRID, 13},
    {KIND_SET, 20, 0},  // {(P,P)}
    {KIND_TUPLE, 21, 0},
    {KIND_TUPLE, 16, 0},  // [[[I]]]
    {KIND_SET, 7, 0},     // {[I]}
    {KIND_TUPLE, 17, 0},  // [[[G]]]
};
enum { GROWN_TYPES = sizeof grown_types / sizeof grown_types[0] };

// An operand that fits the pattern, from the registers that have a value or the constants; NO_REGISTER where
// nothing was found. Later registers are likelier.
static i16 any_operand(Verifier &v, Chance &chance, const Bindings &bindings, const char *pattern) {
    bool type_number = *pattern == '#';
    bool scalar = *pattern == 'I' || *pattern == 'P';
    if (type_number || (scalar && chance.one_in(2))) {
        for (int tries = 0; tries < 12 && v.constant_count; tries++) {
            int k = chance.below(v.constant_count);
            Bindings copy = bindings;
            const char *at = pattern + 1;
            if (!type_number) return (i16)~k;
            i64 t = v.constants[k];
            if (t >= 0 && t < v.table.library_count && match(v.table, copy, at, (int)t)) return (i16)~k;
        }
        if (type_number) return NO_REGISTER;
    }
    int start = v.defined_count - 1 - chance.few(v.defined_count);
    for (int q = 0; q < v.defined_count; q++) {
        i16 r = v.defined[(start + q) % v.defined_count];
        Bindings copy = bindings;
        const char *at = pattern;
        if (match(v.table, copy, at, v.types[r])) return r;
    }
    return v.constant_count ? (i16)~chance.below(v.constant_count) : (i16)0;
}

// Writes a plain instruction at v.instruction; whether the verifier takes it.
static bool try_plain(Verifier &v, Chance &chance, i16 *words, i16 result) {
    int opcode = chance.one_in(12) ? OPCODE_select + chance.below(2)
                                   : FIRST_PRIMITIVE + chance.below(OPCODES - FIRST_PRIMITIVE);
    const OpcodeInfo &info = opcode_table[opcode];
    Bindings bindings;
    clear(bindings);
    std::fill(words, words + WORDS, (i16)0);
    words[F_OPCODE] = (i16)opcode;
    words[F_FLAGS] = (i16)(info.operands | (chance.one_in(4) ? FLAG_SPECULATIVE : 0));
    words[F_RESULT] = result;
    if (opcode == OPCODE_move && chance.one_in(2)) words[F_RESULT] = v.defined[chance.below(v.defined_count)];
    const char *pattern = info.signature;
    for (int k = 0; k < info.operands; k++) {
        i16 operand = any_operand(v, chance, bindings, pattern);
        words[F_OPERANDS + k] = operand;
        if (operand >= 0 && operand < v.register_count && v.types[operand] != NO_TYPE) {
            const char *at = pattern;
            match(v.table, bindings, at, v.types[operand]);
        }
        pattern = after_space(pattern);
    }
    return verify_instruction(v);
}

// Registers are numbered by the place of their instruction, which keeps them apart.
struct Block {
    Verifier &v;
    Chance &chance;
    i16 *code;
    int start, first_register;

    i16 register_at(int instruction, int which) const {
        return (i16)(first_register + 2 * (instruction - start) + which);
    }

    void plain(int k) {
        v.instruction = k;
        for (int tries = 0; tries < 12; tries++) {
            if (try_plain(v, chance, code + WORDS * k, register_at(k, 0))) return;
        }
        i16 filler[WORDS] = {OPCODE_move, register_at(k, 0), 1, -1};
        std::copy(filler, filler + WORDS, code + WORDS * k);
        verify_instruction(v);
    }

    i16 any_source(int &iteration) {
        for (int tries = 0; tries < 10; tries++) {
            i16 r = v.defined[v.defined_count - 1 - chance.few(v.defined_count)];
            int kind = v.table.types[v.types[r]].kind;
            iteration = kind == KIND_INDICES  ? ITERATE_PAIRS
                        : kind == KIND_OBJECT ? ITERATE_CELLS
                                              : ITERATE_LIST;
            if (is_patch_kind(kind) || kind == KIND_SET || kind == KIND_TUPLE) return r;
        }
        return NO_REGISTER;
    }

    // Opens a loop at k whose end is at `end`; false where there is nothing to iterate.
    bool open(int k, int end) {
        int iteration = 0, second_iteration = 0;
        i16 source = any_source(iteration);
        i16 second = chance.one_in(4) ? any_source(second_iteration) : (i16)NO_REGISTER;
        bool fold = source == NO_REGISTER || chance.one_in(4);
        i16 collector = (i16)(fold ? COLLECT_FOLD : chance.below(COLLECT_FOLD));
        if (fold) {
            Bindings none;
            clear(none);
            source = any_operand(v, chance, none, "I");
            second = NO_REGISTER;
            iteration = 0;
        }
        i16 words[LOOP_WORDS] = {OPCODE_loop,
                                 register_at(end, 0),
                                 (i16)(chance.one_in(3) ? FLAG_SPECULATIVE : 0),
                                 collector,
                                 source,
                                 (i16)iteration,
                                 register_at(k, 0),
                                 second,
                                 (i16)second_iteration,
                                 register_at(k, 1),
                                 NO_REGISTER,
                                 NO_REGISTER,
                                 0,
                                 (i16)end,
                                 0,
                                 NO_REGISTER};
        std::copy(words, words + LOOP_WORDS, code + WORDS * k);
        i16 end_words[WORDS] = {OPCODE_end};
        std::copy(end_words, end_words + WORDS, code + WORDS * end);
        v.instruction = k;
        return verify_instruction(v);
    }

    i16 any_defined() {
        return v.defined[v.defined_count - 1 - chance.few(v.defined_count)];
    }

    // Chooses what the loop at k collects until its end is accepted; the first value, if nothing else.
    void close(int k, int end) {
        i16 *loop = code + WORDS * k;
        v.instruction = end;
        if (loop[L_COLLECTOR] == COLLECT_FOLD) {
            verify_instruction(v);
            return;
        }
        for (int tries = 0; tries < 24; tries++) {
            loop[L_BODY] = chance.one_in(4) ? loop[L_VARIABLE] : any_defined();
            loop[L_CONDITION] = chance.one_in(3) ? any_defined() : (i16)NO_REGISTER;
            loop[L_KEY] = collects_by_key(loop[L_COLLECTOR]) ? any_defined() : (i16)NO_REGISTER;
            loop[L_TYPE] = (i16)chance.below(v.table.library_count);
            loop[L_FLAT] = (i16)chance.below(FLAT_NOT + 1);
            if (verify_instruction(v)) return;
            if (chance.one_in(4)) loop[L_COLLECTOR] = (i16)chance.below(COLLECT_FOLD);
        }
        loop[L_COLLECTOR] = COLLECT_FIRST;
        loop[L_BODY] = loop[L_VARIABLE];
        loop[L_CONDITION] = loop[L_KEY] = NO_REGISTER;
        verify_instruction(v);
    }

    void grow(int start, int end) {
        for (int k = start; k < end;) {
            int room = end - k;
            int stop = k + 2 + chance.few(std::min(room - 2, 12));
            if (room >= 4 && v.depth < MAX_LOOPS && chance.one_in(3) && open(k, stop)) {
                grow(k + 2, stop);
                close(k, stop);
                k = stop + 1;
            } else {
                plain(k++);
            }
        }
    }
};

// The verifier behind the first `at` instructions of a program, null where it refuses them.
static Verifier *verifier_at(const Given &given, LoadError &error, int at) {
    static Verifier v;
    v.source = &given.source;
    v.error = &error;
    if (!verify_types(v) || !enter_program(v, 0)) return nullptr;
    int step;
    for (v.instruction = 0; v.instruction < at; v.instruction += step) {
        if (!verify_instruction(v)) return nullptr;
        step = v.code[WORDS * v.instruction] == OPCODE_loop ? 2 : 1;
    }
    return v.instruction == at ? &v : nullptr;
}

static void open_gap(Input &input, int at, int count) {
    input.code.insert(input.code.begin() + WORDS * at, (size_t)(WORDS * count), 0);
    int step;
    for (int k = 0; k < input.length(); k += step) {
        i16 *words = &input.code[(size_t)(WORDS * k)];
        step = words[F_OPCODE] == OPCODE_loop && k + 1 < input.length() ? 2 : 1;
        if (step == 2 && words[L_END] >= at) words[L_END] = (i16)(words[L_END] + count);
    }
}

// Grows instructions in front of the one at `at`, where the program up to there is valid and there is room.
static void grow_into(Input &input, Chance &chance, int at, int count) {
    int first_register = input.registers;
    if (input.length() + count > 2000 || first_register + 2 * count + 2 > MAX_REGISTERS) return;
    Input grown = input;
    open_gap(grown, at, count);
    grown.registers = (u16)(first_register + 2 * count + 2);
    Given given(grown);
    LoadError error;
    Verifier *v = verifier_at(given, error, at);
    if (!v) return;
    Block block = {*v, chance, grown.code.data(), at, first_register};
    block.grow(at, at + count);
    input = grown;
}

// Returns another value at the end, and changes the signature accordingly.
static void return_any(Input &input, Chance &chance) {
    Given given(input);
    LoadError error;
    Verifier *v = verifier_at(given, error, input.length() - 1);
    if (!v || v->depth) return;
    i16 r = v->defined[v->defined_count - 1 - chance.few(v->defined_count)];
    if (v->types[r] >= v->table.library_count) return;
    input.code[input.code.size() - WORDS + F_OPERANDS] = r;
    input.signature.back() = (i16)v->types[r];
}

// A new program.
static Input new_program(Chance &chance) {
    Input input;
    input.arena_class = (u8)chance.below(CLASSES);
    input.budget_class = (u8)chance.below(CLASSES);
    for (const auto &row : grown_types) input.types.insert(input.types.end(), row, row + 3);
    for (int k = 0; k < GROWN_TYPES; k++) input.constants.push_back(k);
    for (int k = 0; k < GROWN_CONSTANTS; k++) input.constants.push_back(any_constant(chance));
    int arguments = chance.one_in(2) ? 1 : 1 + chance.few(5);
    bool grids = chance.one_in(2);
    for (int k = 0; k <= arguments; k++) {
        input.signature.push_back((i16)(grids ? (int)KIND_GRID : chance.below(GROWN_TYPES)));
    }
    input.registers = (u16)arguments;
    i16 ret[WORDS] = {OPCODE_ret, 0, 1, 0};
    input.code.assign(ret, ret + WORDS);
    grow_into(input, chance, 0, 1 + chance.few(60));
    return_any(input, chance);
    for (int k = 0; k < 200; k++) input.sample.push_back((u8)chance.below(256));
    return input;
}
