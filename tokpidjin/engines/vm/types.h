// Static types, as the verifier sees them: a growing table that starts with the library's own types.
//
// Host only. A constant of a program is a bare number, which may stand for an int, a pair or a cell: its type
// is ANY_SCALAR until something else tells. Nothing but a scalar ever matches it.
#pragma once
#include <stdio.h>

#include "bytecode.h"
#include "compare.h"

// Types are walked through without memory of what was seen: their depth bounds the time of that. Every loop
// may add a level.
enum { ANY_SCALAR = KINDS, TYPES_MAX = 4096, NO_TYPE = -1, DEEPEST_TYPE = MAX_LOOPS + 2 };

struct Type {
    int kind, part, second;
    int depth;
};

struct TypeTable {
    Type types[TYPES_MAX];
    i16 entries[2 * TYPES_MAX];  // a hash table of the numbers of types
    int count;
    int library_count;  // types with smaller numbers have the numbers that bytecode uses
};

static bool is_container_kind(int kind) {
    return kind == KIND_SET || kind == KIND_TUPLE || kind == KIND_TUPLE2;
}

static bool is_patch_kind(int kind) {
    return kind == KIND_INDICES || kind == KIND_OBJECT;
}

static bool is_scalar_kind(int kind) {
    return kind <= KIND_CELL || kind == ANY_SCALAR;
}

// How deep a type nests; its parts are in the table.
static int depth_of(const TypeTable &table, const Type &type) {
    if (!is_container_kind(type.kind)) return 1;
    int depth = table.types[type.part].depth;
    return 1 + (type.kind == KIND_TUPLE2 ? max_int(depth, table.types[type.second].depth) : depth);
}

static void clear(TypeTable &table) {
    table.count = 0;
    for (int k = 0; k < 2 * TYPES_MAX; k++) table.entries[k] = NO_TYPE;
}

// Where the number of a type is, or belongs.
static i16 *entry_of(TypeTable &table, const Type &type) {
    u32 hash = ((u32)type.kind * 31 + (u32)type.part) * 0x9E3779B1u + (u32)type.second * 0x85EBCA6Bu;
    for (u32 k = hash >> 7;; k++) {
        i16 *entry = table.entries + k % (2 * TYPES_MAX);
        if (*entry == NO_TYPE) return entry;
        const Type &other = table.types[*entry];
        if (other.kind == type.kind && other.part == type.part && other.second == type.second) return entry;
    }
}

// Adds a type that is there already under another number, as a library's table may have it, as well.
static int add(TypeTable &table, const Type &type) {
    i16 *entry = entry_of(table, type);
    if (*entry == NO_TYPE) *entry = (i16)table.count;
    table.types[table.count] = type;
    return table.count++;
}

// The number of a type, new or old; NO_TYPE when it is too deep or the table is full.
static int intern(TypeTable &table, int kind, int part, int second) {
    Type type = {kind, part, second, 0};
    int known = *entry_of(table, type);
    if (known != NO_TYPE) return known;
    type.depth = depth_of(table, type);
    return table.count == TYPES_MAX || type.depth > DEEPEST_TYPE ? (int)NO_TYPE : add(table, type);
}

static int any_scalar(TypeTable &table) {
    return intern(table, ANY_SCALAR, 0, 0);
}

// The one type that both can be, NO_TYPE when they differ.
static int unify(TypeTable &table, int a, int b) {
    if (a == b) return a;
    if (a == NO_TYPE || b == NO_TYPE) return NO_TYPE;
    Type x = table.types[a];
    Type y = table.types[b];
    if (x.kind == ANY_SCALAR && is_scalar_kind(y.kind)) return b;
    if (y.kind == ANY_SCALAR && is_scalar_kind(x.kind)) return a;
    if (x.kind != y.kind || !is_container_kind(x.kind)) return NO_TYPE;
    int part = unify(table, x.part, y.part);
    int second = x.kind == KIND_TUPLE2 ? unify(table, x.second, y.second) : 0;
    if (part == NO_TYPE || second == NO_TYPE) return NO_TYPE;
    return intern(table, x.kind, part, second);
}

static bool holds_set(const TypeTable &table, int t) {
    const Type &type = table.types[t];
    if (type.kind == KIND_SET || is_patch_kind(type.kind)) return true;
    if (type.kind == KIND_TUPLE) return holds_set(table, type.part);
    return type.kind == KIND_TUPLE2 && (holds_set(table, type.part) || holds_set(table, type.second));
}

// Whether values of the type hold no pointers (a list of scalars), or are scalars themselves.
static bool is_scalar(const TypeTable &table, int t) {
    return is_scalar_kind(table.types[t].kind);
}

static bool is_flat_list(const TypeTable &table, int t) {
    const Type &type = table.types[t];
    if (!is_container_kind(type.kind) || !is_scalar(table, type.part)) return false;
    return type.kind != KIND_TUPLE2 || is_scalar(table, type.second);
}

// Text of a type in the notation of opcodes.def, `?` for a constant; long ones are cut.
struct TypeName {
    char text[64];
    int length;
};

static void add_text(TypeName &name, const char *text) {
    while (*text && name.length < (int)sizeof name.text - 1) name.text[name.length++] = *text++;
    name.text[name.length] = 0;
}

static void add_type(const TypeTable &table, TypeName &name, int t) {
    static const char *const simple[] = {"I", "P", "C", "G", "X", "O"};
    const Type &type = table.types[t];
    if (type.kind <= KIND_OBJECT) return add_text(name, simple[type.kind]);
    if (type.kind == ANY_SCALAR) return add_text(name, "?");
    static const char *const open[] = {"{", "[", "("};
    static const char *const close[] = {"}", "]", ")"};
    add_text(name, open[type.kind - KIND_SET]);
    add_type(table, name, type.part);
    if (type.kind == KIND_TUPLE2) {
        add_text(name, ",");
        add_type(table, name, type.second);
    }
    add_text(name, close[type.kind - KIND_SET]);
}

static TypeName name_of(const TypeTable &table, int t) {
    TypeName name = {{0}, 0};
    add_type(table, name, t);
    return name;
}

// What the letters of one signature stand for in one instruction.
struct Bindings {
    int types[128];  // of the letters c, e, f, p, q
    int kinds[128];  // of the letters l, m
};

static void clear(Bindings &bindings) {
    for (int k = 0; k < 128; k++) bindings.types[k] = bindings.kinds[k] = NO_TYPE;
}

static bool letter_allows(char letter, int kind) {
    if (letter == 'p' || letter == 'q') return is_patch_kind(kind);
    if (letter == 'c') return is_patch_kind(kind) || kind == KIND_SET || kind == KIND_TUPLE;
    return true;
}

static bool bind_type(TypeTable &table, Bindings &bindings, char letter, int t) {
    if (!letter_allows(letter, table.types[t].kind)) return false;
    int &bound = bindings.types[(int)letter];
    int unified = bound == NO_TYPE ? t : unify(table, bound, t);
    if (unified == NO_TYPE) return false;
    bound = unified;
    return true;
}

static bool bind_kind(Bindings &bindings, char letter, int kind) {
    if (kind != KIND_SET && kind != KIND_TUPLE) return false;
    int &bound = bindings.kinds[(int)letter];
    if (bound != NO_TYPE && bound != kind) return false;
    bound = kind;
    return true;
}

static int simple_kind(char letter) {
    static const char letters[] = "IPCGXO";
    for (int kind = 0; letters[kind]; kind++) {
        if (letters[kind] == letter) return kind;
    }
    return NO_TYPE;
}

// Matches a type with the pattern at `at` and moves past the pattern.
static bool match(TypeTable &table, Bindings &bindings, const char *&at, int t) {
    char letter = *at++;
    const Type type = table.types[t];
    int kind = simple_kind(letter);
    if (kind != NO_TYPE) return type.kind == kind || (type.kind == ANY_SCALAR && is_scalar_kind(kind));
    bool matched;
    switch (letter) {
        case '[':
            matched = type.kind == KIND_TUPLE && match(table, bindings, at, type.part);
            break;
        case '{':
            matched = type.kind == KIND_SET && match(table, bindings, at, type.part);
            break;
        case '(':
            matched = type.kind == KIND_TUPLE2 && match(table, bindings, at, type.part);
            at++;
            matched = matched && match(table, bindings, at, type.second);
            break;
        case 'l':
        case 'm':
            at++;
            matched = bind_kind(bindings, letter, type.kind) && match(table, bindings, at, type.part);
            break;
        default:
            return bind_type(table, bindings, letter, t);
    }
    at++;
    return matched;
}

// The type that the pattern at `at` stands for once its letters are bound; NO_TYPE when there is none.
static int build(TypeTable &table, const Bindings &bindings, const char *&at) {
    char letter = *at++;
    if (simple_kind(letter) != NO_TYPE) return simple_kind(letter);
    int kind;
    switch (letter) {
        case '[':
            kind = KIND_TUPLE;
            break;
        case '{':
            kind = KIND_SET;
            break;
        case '(':
            kind = KIND_TUPLE2;
            break;
        case 'l':
        case 'm':
            kind = bindings.kinds[(int)letter];
            at++;
            break;
        default:
            return bindings.types[(int)letter];
    }
    int part = build(table, bindings, at);
    at++;
    int second = 0;
    if (kind == KIND_TUPLE2) {
        second = build(table, bindings, at);
        at++;
    }
    // Sets of pairs and of cells are Indices and Object.
    bool patch = kind == KIND_SET && (part == KIND_PAIR || part == KIND_CELL);
    if (part == NO_TYPE || second == NO_TYPE || patch) return NO_TYPE;
    return intern(table, kind, part, second);
}
