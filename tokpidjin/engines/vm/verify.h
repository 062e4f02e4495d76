// The verifier: refuses every program that the interpreter could not run safely. Host only, once per library.
//
// The interpreter checks nothing that is checked here: opcodes, operand counts, registers, constants, types,
// the nesting of loops, and that no register outlives the memory that it points to.
#pragma once
#include <stdarg.h>

#include "bytecode.h"
#include "types.h"

struct OpcodeInfo {
    const char *name;
    int operands;
    const char *signature;
};

static const OpcodeInfo opcode_table[] = {
    {"ret", 1, "e"},  // the built-in ones are checked by hand
    {"select", 3, "I e e -> e"},
    {"move", 1, "e -> e"},
    {"loop", 0, ""},
    {"end", 0, ""},
#define OP(name, operands, signature, meaning) {#name, operands, signature},
#include "opcodes.def"
#undef OP
};

struct LoadError {
    int program, instruction;  // -1 where none is to blame
    char message[256];
};

// What a library is made of, as the compiler gives it. Starts count instructions, constants and types; one more
// than programs. A program's signature is the types of its arguments, then that of its result; without
// signatures all programs make a grid of a grid.
struct Source {
    const i16 *code;
    const int *code_start;
    const i64 *constants;
    const int *constant_start;
    const int *types;
    const int *registers;
    int type_count, programs;
    const int *signatures;
    const int *signature_start;  // or null
};

struct Signature {
    const int *arguments;
    int count, result;
};

static Signature signature_of(const Source &source, int program) {
    static const int grid = KIND_GRID;
    Signature signature = {&grid, 1, KIND_GRID};
    if (!source.signature_start) return signature;
    const int *end = source.signatures + source.signature_start[program + 1] - 1;
    signature.arguments = source.signatures + source.signature_start[program];
    signature.count = (int)(end - signature.arguments);
    signature.result = *end;
    return signature;
}

struct Scope {
    const i16 *loop;
    int defined;  // how many registers were defined when the scope opened
    bool reused;  // the body, or a fold in it, sets the register of the loop's variable anew
};

struct Verifier {
    const Source *source;
    LoadError *error;
    TypeTable table;
    int program, instruction;  // where it is now
    const i16 *code;
    int length;
    const i64 *constants;
    int constant_count, register_count;
    int types[MAX_REGISTERS];
    u8 depths[MAX_REGISTERS];
    i16 defined[MAX_REGISTERS];  // in the order of their definition
    int defined_count;
    Scope scopes[MAX_LOOPS];
    int depth;
};

static bool refuse(Verifier &v, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(Verifier &v, const char *format, ...) {
    v.error->program = v.program;
    v.error->instruction = v.instruction;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(v.error->message, sizeof v.error->message, format, arguments);
    va_end(arguments);
    return false;
}

static const char *text_of(const TypeName &name) {
    return name.text;
}

// ---- The type table

static bool verify_type(Verifier &v, int t) {
    const int *row = v.source->types + 3 * t;
    Type type = {row[0], row[1], row[2], 0};
    if (type.kind < 0 || type.kind >= KINDS)
        return refuse(v, "type %d has the unknown kind %d", t, type.kind);
    bool simple = t <= KIND_OBJECT;
    if (simple != (type.kind <= KIND_OBJECT) || (simple && type.kind != t)) {
        return refuse(v, "type %d must%s be one of the six simple types", t, simple ? "" : " not");
    }
    if (simple) type.part = 0;
    if (type.kind != KIND_TUPLE2) type.second = 0;
    if (type.part < 0 || type.part >= max_int(t, 1) || type.second < 0 || type.second >= max_int(t, 1)) {
        return refuse(v, "type %d has a part that does not come before it", t);
    }
    if (type.kind == KIND_SET && (type.part == KIND_PAIR || type.part == KIND_CELL)) {
        return refuse(v, "type %d is a set of pairs or cells, which is Indices or Object", t);
    }
    type.depth = depth_of(v.table, type);
    add(v.table, type);
    if (type.depth > TYPE_DEPTH) return refuse(v, "type %d is nested deeper than %d", t, TYPE_DEPTH);
    return true;
}

static bool verify_types(Verifier &v) {
    v.program = v.instruction = -1;
    clear(v.table);
    int n = v.source->type_count;
    if (n <= KIND_OBJECT || n > TYPES_MAX / 2) return refuse(v, "the type table has %d types", n);
    for (int t = 0; t < n; t++) {
        if (!verify_type(v, t)) return false;
    }
    v.table.library_count = n;
    any_scalar(v.table);  // while there is room for it
    return true;
}

// ---- Registers and operands

static bool is_fold(const i16 *loop) {
    return loop[L_COLLECTOR] == COLLECT_FOLD;
}

static bool register_in_range(Verifier &v, int r, const char *role) {
    if (r > 0 && r < v.register_count) return true;
    return refuse(v, "%s is register %d; the program has registers 1 to %d", role, r, v.register_count - 1);
}

static void define(Verifier &v, int r, int type) {
    if (v.types[r] == NO_TYPE) {
        v.defined[v.defined_count++] = (i16)r;
        v.depths[r] = (u8)v.depth;
    } else {
        for (int d = 0; d < v.depth; d++) v.scopes[d].reused |= r == v.scopes[d].loop[L_VARIABLE];
    }
    v.types[r] = type;
}

// A register is set once, but for `move`, at which the lanes wait for each other. Only the variables of a
// fold outlive an iteration: a register from outside may be set in the bodies of folds, whose memory is kept,
// and must keep its type.
static bool define_result(Verifier &v, int r, int type, bool is_move) {
    if (!register_in_range(v, r, "the result")) return false;
    if (v.types[r] != NO_TYPE && !is_move) return refuse(v, "register %d is set again by other than move", r);
    if (v.types[r] != NO_TYPE && v.depths[r] < v.depth) {
        bool folds = true;
        for (int d = v.depths[r]; d < v.depth; d++) folds = folds && is_fold(v.scopes[d].loop);
        if (!folds) return refuse(v, "register %d of an outer block is set inside of a loop", r);
        type = unify(v.table, v.types[r], type);
        if (type == NO_TYPE) return refuse(v, "register %d changes its type inside of a loop", r);
    }
    define(v, r, type);
    return true;
}

// Python's () is a pair and no int, which would be one half of it.
static int type_of_constant(Verifier &v, i64 value) {
    return is_missing(pair_of_slot(value)) ? (int)KIND_PAIR : any_scalar(v.table);
}

// The type of an operand, NO_TYPE after a refusal.
static int type_of_operand(Verifier &v, int operand, const char *role) {
    if (operand < 0) {
        int k = ~operand;
        if (k < v.constant_count) return type_of_constant(v, v.constants[k]);
        refuse(v, "%s is constant %d; the program has %d", role, k, v.constant_count);
        return NO_TYPE;
    }
    if (operand >= v.register_count) {
        refuse(v, "%s is register %d; the program has %d registers", role, operand, v.register_count);
        return NO_TYPE;
    }
    if (v.types[operand] == NO_TYPE) refuse(v, "%s, register %d, has no value yet", role, operand);
    return v.types[operand];
}

// A type number from bytecode, NO_TYPE after a refusal.
static int checked_type_number(Verifier &v, i64 t) {
    if (t >= 0 && t < v.table.library_count) return (int)t;
    refuse(v, "type number %lld is not in the type table", t);
    return NO_TYPE;
}

// ---- Instructions without loops

static const char *after_space(const char *at) {
    while (*at && *at != ' ') at++;
    return *at ? at + 1 : at;
}

static bool is_int_constant(i64 value) {
    return value >= NONE && value <= 2147483647;
}

static bool verify_type_operand(Verifier &v, Bindings &bindings, int operand, const char *at,
                                const char *role) {
    if (operand >= 0) return refuse(v, "%s must be a constant, a type number", role);
    int t = checked_type_number(v, v.constants[~operand]);
    if (t == NO_TYPE) return false;
    const char *pattern = at + 1;
    if (match(v.table, bindings, pattern, t)) return true;
    return refuse(v, "%s is type %s, which is not that of the other operands", role,
                  text_of(name_of(v.table, t)));
}

static bool verify_operand(Verifier &v, Bindings &bindings, int k, const char *at) {
    const i16 *instruction = v.code + WORDS * v.instruction;
    const OpcodeInfo &info = opcode_table[instruction[F_OPCODE]];
    char role[64];
    snprintf(role, sizeof role, "operand %d of %s", k + 1, info.name);
    int operand = instruction[F_OPERANDS + k];
    int type = type_of_operand(v, operand, role);
    if (type == NO_TYPE) return false;
    if (*at == '#') return verify_type_operand(v, bindings, operand, at, role);
    if (*at == 'I' && operand < 0 && !is_int_constant(v.constants[~operand])) {
        return refuse(v, "%s is the constant %lld, which is not an int", role, v.constants[~operand]);
    }
    const char *pattern = at;
    if (match(v.table, bindings, pattern, type)) return true;
    return refuse(v, "%s has type %s; the signature is %s", role, text_of(name_of(v.table, type)),
                  info.signature);
}

// Matches the operands with the signature; returns the result's type, NO_TYPE after a refusal.
static int verify_signature(Verifier &v, const OpcodeInfo &info) {
    Bindings bindings;
    clear(bindings);
    const char *at = info.signature;
    for (int k = 0; k < info.operands; k++) {
        if (!verify_operand(v, bindings, k, at)) return NO_TYPE;
        at = after_space(at);
    }
    at = after_space(at);
    int type = build(v.table, bindings, at);
    if (type == NO_TYPE) refuse(v, "the result of %s has no type", info.name);
    return type;
}

static bool verify_plain(Verifier &v, const i16 *instruction) {
    int type = verify_signature(v, opcode_table[instruction[F_OPCODE]]);
    if (type == NO_TYPE) return false;
    return define_result(v, instruction[F_RESULT], type, instruction[F_OPCODE] == OPCODE_move);
}

static bool verify_ret(Verifier &v, const i16 *instruction) {
    if (v.depth > 0) return refuse(v, "ret inside of a loop");
    if (v.instruction + 1 < v.length) return refuse(v, "ret is not the last instruction");
    int type = type_of_operand(v, instruction[F_OPERANDS], "the program's result");
    if (type == NO_TYPE) return false;
    int result = signature_of(*v.source, v.program).result;
    if (unify(v.table, type, result) == result) return true;
    TypeName name = name_of(v.table, type);
    if (result == KIND_GRID) return refuse(v, "the program's result has type %s and must be a grid", name.text);
    return refuse(v, "the program's result has type %s and must be %s", name.text,
                  text_of(name_of(v.table, result)));
}

// ---- Loops

// The type of a source's elements, NO_TYPE after a refusal.
static int element_type(Verifier &v, int source, int iteration, const char *role) {
    int type = type_of_operand(v, source, role);
    if (type == NO_TYPE) return NO_TYPE;
    const Type container = v.table.types[type];
    bool list = container.kind == KIND_SET || container.kind == KIND_TUPLE;
    if (iteration == ITERATE_LIST && list) return container.part;
    if (iteration == ITERATE_PAIRS && container.kind == KIND_INDICES) return KIND_PAIR;
    if (iteration == ITERATE_CELLS && container.kind == KIND_OBJECT) return KIND_CELL;
    refuse(v, "%s has type %s, which iteration %d does not fit", role, text_of(name_of(v.table, type)),
           iteration);
    return NO_TYPE;
}

static bool unused(Verifier &v, const i16 *loop, int field, const char *role) {
    return loop[field] == NO_REGISTER ||
           refuse(v, "a loop of collector %d has no %s", loop[L_COLLECTOR], role);
}

static bool verify_fold_head(Verifier &v, const i16 *loop) {
    int type = type_of_operand(v, loop[L_SOURCE], "the fold's count");
    if (type == NO_TYPE) return false;
    if (unify(v.table, type, KIND_INT) != KIND_INT) return refuse(v, "the fold's count is not an int");
    if (loop[L_SOURCE] < 0 && !is_int_constant(v.constants[~loop[L_SOURCE]])) {
        return refuse(v, "the fold's count is not an int");
    }
    if (loop[L_TYPE] < 0) return refuse(v, "the fold's least count is negative");
    return unused(v, loop, L_SOURCE_2, "second source") && unused(v, loop, L_BODY, "body result") &&
           unused(v, loop, L_CONDITION, "condition") && unused(v, loop, L_KEY, "key");
}

static bool open_scope(Verifier &v, const i16 *loop) {
    Scope scope = {loop, v.defined_count, false};
    v.scopes[v.depth++] = scope;
    return true;
}

static bool verify_loop_end(Verifier &v, const i16 *loop) {
    int end = loop[L_END];
    if (end < v.instruction + 2 || end >= v.length)
        return refuse(v, "the loop's end, %d, is not behind it", end);
    if (v.code[WORDS * end] != OPCODE_end) return refuse(v, "the loop's end, %d, is not an end", end);
    return true;
}

static bool verify_loop(Verifier &v, const i16 *loop) {
    if (v.depth == MAX_LOOPS) return refuse(v, "loops are nested deeper than %d", MAX_LOOPS);
    if (v.instruction + 2 > v.length) return refuse(v, "the loop is cut off");
    if (loop[L_COLLECTOR] < 0 || loop[L_COLLECTOR] >= COLLECTORS) {
        return refuse(v, "unknown collector %d", loop[L_COLLECTOR]);
    }
    if (!verify_loop_end(v, loop)) return false;
    if (is_fold(loop)) return verify_fold_head(v, loop) && open_scope(v, loop);
    int first = element_type(v, loop[L_SOURCE], loop[L_ITERATION], "the loop's source");
    if (first == NO_TYPE) return false;
    int second = NO_TYPE;
    if (loop[L_SOURCE_2] != NO_REGISTER) {
        second = element_type(v, loop[L_SOURCE_2], loop[L_ITERATION_2], "the loop's second source");
        if (second == NO_TYPE) return false;
    }
    open_scope(v, loop);
    if (!define_result(v, loop[L_VARIABLE], first, false)) return false;
    return second == NO_TYPE || define_result(v, loop[L_VARIABLE_2], second, false);
}

// Whether the body hands on the source's elements, which are older than the iteration.
static bool gives_elements(const Verifier &v, const i16 *loop) {
    return loop[L_BODY] == loop[L_VARIABLE] && !v.scopes[v.depth - 1].reused;
}

// Whether a result of that type can be moved, or can stay where it is, as the loop says.
static bool verify_flatness(Verifier &v, const i16 *loop, int type) {
    int flat = loop[L_FLAT];
    int kind = v.table.types[type].kind;
    bool stays = is_scalar(v.table, type) || gives_elements(v, loop);
    bool fits = flat == FLAT_NOT || (flat == FLAT_SCALAR && stays) ||
                (flat == FLAT_GRID && kind == KIND_GRID) || (flat == FLAT_PATCH && is_patch_kind(kind)) ||
                (flat == FLAT_LIST && is_flat_list(v.table, type));
    return fits ||
           refuse(v, "flatness %d does not fit a result of type %s", flat, text_of(name_of(v.table, type)));
}

static int checked_loop_type(Verifier &v, const i16 *loop, int type, const char *role) {
    int number = checked_type_number(v, loop[L_TYPE]);
    if (number == NO_TYPE) return NO_TYPE;
    if (unify(v.table, number, type) == number) return number;
    refuse(v, "%s has type %s; the loop says %s", role, text_of(name_of(v.table, type)),
           text_of(name_of(v.table, number)));
    return NO_TYPE;
}

static int wrong_body(Verifier &v, const i16 *loop, int type) {
    refuse(v, "collector %d does not take results of type %s", loop[L_COLLECTOR],
           text_of(name_of(v.table, type)));
    return NO_TYPE;
}

// The type of a list of such elements, NO_TYPE after a refusal.
static int list_of(Verifier &v, int kind, int part) {
    int type = intern(v.table, kind, part, 0);
    if (type == NO_TYPE) {
        refuse(v, "a list of %s nests too deep, or there are too many types",
               text_of(name_of(v.table, part)));
    }
    return type;
}

// A filter of a set, which hands on the elements themselves, gives a set: they stay in order.
static int list_type(Verifier &v, const i16 *loop, int type) {
    if (!verify_flatness(v, loop, type)) return NO_TYPE;
    int source = v.types[loop[L_SOURCE]];
    bool of_set = loop[L_ITERATION] == ITERATE_LIST && v.table.types[source].kind == KIND_SET;
    bool filter = of_set && gives_elements(v, loop) && loop[L_SOURCE_2] == NO_REGISTER;
    return filter ? source : list_of(v, KIND_TUPLE, type);
}

static int set_type(Verifier &v, const i16 *loop, int type) {
    if (!verify_flatness(v, loop, type)) return NO_TYPE;
    int element = checked_loop_type(v, loop, type, "the loop's result");
    if (element == NO_TYPE) return NO_TYPE;
    if (element == KIND_PAIR || element == KIND_CELL) return wrong_body(v, loop, type);
    return list_of(v, KIND_SET, element);
}

static int merged_type(Verifier &v, const i16 *loop, int type, bool into_set) {
    const Type body = v.table.types[type];
    if (body.kind != KIND_SET && body.kind != KIND_TUPLE) return wrong_body(v, loop, type);
    bool flat = is_scalar(v.table, body.part);
    if (!flat && loop[L_FLAT] != FLAT_NOT) {
        refuse(v, "flatness %d does not fit items of type %s", loop[L_FLAT],
               text_of(name_of(v.table, body.part)));
        return NO_TYPE;
    }
    if (!into_set) return list_of(v, KIND_TUPLE, body.part);
    int element = checked_loop_type(v, loop, body.part, "the loop's item");
    if (element == NO_TYPE) return NO_TYPE;
    if (element == KIND_PAIR || element == KIND_CELL) return wrong_body(v, loop, type);
    return list_of(v, KIND_SET, element);
}

static bool collects_by_key(int collector) {
    return collector >= COLLECT_ARGMAX && collector <= COLLECT_ORDERED;
}

static int keyed_type(Verifier &v, const i16 *loop, int type, int key) {
    int collector = loop[L_COLLECTOR];
    int key_type = checked_loop_type(v, loop, key, "the loop's key");
    if (key_type == NO_TYPE) return NO_TYPE;
    if (collector == COLLECT_ORDERED) {
        if (!holds_set(v.table, key_type)) return list_of(v, KIND_TUPLE, type);
        refuse(v, "sets are not in a total order, so they cannot be sorted by");
        return NO_TYPE;
    }
    if (!verify_flatness(v, loop, type)) return NO_TYPE;
    return collector == COLLECT_VALMAX || collector == COLLECT_VALMIN ? key_type : type;
}

// The type of the loop's value, NO_TYPE after a refusal.
static int collected_type(Verifier &v, const i16 *loop, int type, int key) {
    switch (loop[L_COLLECTOR]) {
        case COLLECT_LIST:
            return list_type(v, loop, type);
        case COLLECT_SET:
            return set_type(v, loop, type);
        case COLLECT_INDICES:
            return unify(v.table, type, KIND_PAIR) == KIND_PAIR ? (int)KIND_INDICES
                                                                : wrong_body(v, loop, type);
        case COLLECT_OBJECT:
            return unify(v.table, type, KIND_CELL) == KIND_CELL ? (int)KIND_OBJECT
                                                                : wrong_body(v, loop, type);
        case COLLECT_MERGED_PATCH:
            return is_patch_kind(v.table.types[type].kind) ? type : wrong_body(v, loop, type);
        case COLLECT_MERGED_LIST:
            return merged_type(v, loop, type, false);
        case COLLECT_MERGED_SET:
            return merged_type(v, loop, type, true);
        case COLLECT_FIRST:
            return type;
        default:
            return keyed_type(v, loop, type, key);
    }
}

static void close_scope(Verifier &v) {
    const Scope &scope = v.scopes[--v.depth];
    while (v.defined_count > scope.defined) v.types[v.defined[--v.defined_count]] = NO_TYPE;
}

static bool verify_condition(Verifier &v, const i16 *loop) {
    if (loop[L_CONDITION] == NO_REGISTER) return true;
    int type = type_of_operand(v, loop[L_CONDITION], "the loop's condition");
    if (type == NO_TYPE) return false;
    return unify(v.table, type, KIND_INT) == KIND_INT || refuse(v, "the loop's condition is not an int");
}

static bool verify_end(Verifier &v) {
    if (v.depth == 0) return refuse(v, "end without a loop");
    const i16 *loop = v.scopes[v.depth - 1].loop;
    if (loop[L_END] != v.instruction) return refuse(v, "the loop's end is at %d, not here", loop[L_END]);
    int type = KIND_INT;
    if (!is_fold(loop)) {
        int body = type_of_operand(v, loop[L_BODY], "the loop's result");
        if (body == NO_TYPE || !verify_condition(v, loop)) return false;
        int key = NO_TYPE;
        if (collects_by_key(loop[L_COLLECTOR])) {
            key = type_of_operand(v, loop[L_KEY], "the loop's key");
            if (key == NO_TYPE) return false;
        } else if (!unused(v, loop, L_KEY, "key")) {
            return false;
        }
        type = collected_type(v, loop, body, key);
        if (type == NO_TYPE) return false;
    }
    close_scope(v);
    return define_result(v, loop[F_RESULT], type, false);
}

// ---- Programs

static bool verify_flags(Verifier &v, const i16 *instruction) {
    const OpcodeInfo &info = opcode_table[instruction[F_OPCODE]];
    int flags = instruction[F_FLAGS];
    bool may_fail = instruction[F_OPCODE] != OPCODE_ret && instruction[F_OPCODE] != OPCODE_end;
    int known = FLAG_COUNT | (may_fail ? FLAG_SPECULATIVE : 0);
    if (flags & ~known) return refuse(v, "%s has the unknown flags %d", info.name, flags);
    if ((flags & FLAG_COUNT) == info.operands) return true;
    return refuse(v, "%s has %d operands and takes %d", info.name, flags & FLAG_COUNT, info.operands);
}

static bool verify_instruction(Verifier &v) {
    const i16 *instruction = v.code + WORDS * v.instruction;
    int opcode = instruction[F_OPCODE];
    if (opcode < 0 || opcode >= OPCODES) return refuse(v, "unknown opcode %d", opcode);
    if (!verify_flags(v, instruction)) return false;
    switch (opcode) {
        case OPCODE_ret:
            return verify_ret(v, instruction);
        case OPCODE_loop:
            return verify_loop(v, instruction);
        case OPCODE_end:
            return verify_end(v);
        default:
            return verify_plain(v, instruction);
    }
}

// MISSING never stands alone, or it could become poison.
static bool verify_constants(Verifier &v) {
    for (int k = 0; k < v.constant_count; k++) {
        Pair p = pair_of_slot(v.constants[k]);
        if ((p.i == MISSING) != (p.j == MISSING)) return refuse(v, "constant %d is not a value", k);
    }
    return true;
}

static bool define_arguments(Verifier &v) {
    Signature signature = signature_of(*v.source, v.program);
    if (signature.count < 1 || signature.count > MAX_ARGUMENTS) {
        return refuse(v, "%d arguments; 1 to %d are possible", signature.count, MAX_ARGUMENTS);
    }
    if (v.register_count < signature.count) {
        return refuse(v, "%d registers for %d arguments", v.register_count, signature.count);
    }
    for (int k = 0; k < signature.count; k++) {
        if (checked_type_number(v, signature.arguments[k]) == NO_TYPE) return false;
        define(v, k, signature.arguments[k]);
    }
    return checked_type_number(v, signature.result) != NO_TYPE;
}

static bool enter_program(Verifier &v, int program) {
    const Source &source = *v.source;
    v.program = program;
    v.instruction = -1;
    v.code = source.code + WORDS * (i64)source.code_start[program];
    v.length = source.code_start[program + 1] - source.code_start[program];
    v.constants = source.constants + source.constant_start[program];
    v.constant_count = source.constant_start[program + 1] - source.constant_start[program];
    v.register_count = source.registers[program];
    v.depth = v.defined_count = 0;
    if (v.length <= 0 || v.length > 32767) return refuse(v, "a program of %d instructions", v.length);
    if (v.constant_count < 0 || v.constant_count > 32767) return refuse(v, "%d constants", v.constant_count);
    if (v.register_count < 1 || v.register_count > MAX_REGISTERS) {
        return refuse(v, "%d registers; 1 to %d are possible", v.register_count, MAX_REGISTERS);
    }
    for (int r = 0; r < v.register_count; r++) {
        v.types[r] = NO_TYPE;
    }
    return define_arguments(v) && verify_constants(v);
}

static bool verify_program(Verifier &v, int program) {
    if (!enter_program(v, program)) return false;
    int step;
    for (v.instruction = 0; v.instruction < v.length; v.instruction += step) {
        if (!verify_instruction(v)) return false;
        step = v.code[WORDS * v.instruction] == OPCODE_loop ? 2 : 1;
    }
    v.instruction = v.length - 1;
    if (v.depth > 0) return refuse(v, "a loop has no end");
    if (v.code[WORDS * v.instruction] != OPCODE_ret) return refuse(v, "the program does not end with ret");
    return true;
}
