// Primitives on ints and pairs of ints.
//
// A primitive is PRIMITIVE(name)(machine, operands...) for every line of opcodes.def. On failure it sets the
// machine's status and returns anything. SCALAR primitives are small enough to become part of the
// interpreter's loop.
#pragma once
#include "sets.h"

#define PRIMITIVE(name) DEVICE_CALL Value op_##name
#define SCALAR(name) DEVICE_INLINE Value op_##name

DEVICE_INLINE bool is_falsy(slot x) {
    return x == 0 || x == NONE;
}

// An int result; one that does not fit ends the item, which Python's unbounded ints would not.
DEVICE_INLINE int number(Machine &m, i64 x) {
    if (x <= NONE || x > 2147483647) {
        m.status = RANGE;
        return 0;
    }
    return (int)x;
}

struct Add {
    DEVICE_METHOD i64 operator()(Machine &, i64 x, i64 y) const {
        return x + y;
    }
};

struct Subtract {
    DEVICE_METHOD i64 operator()(Machine &, i64 x, i64 y) const {
        return x - y;
    }
};

struct Multiply {
    DEVICE_METHOD i64 operator()(Machine &, i64 x, i64 y) const {
        return x * y;
    }
};

DEVICE_INLINE i64 floor_quotient(i64 x, i64 y) {
    i64 quotient = x / y;
    bool rounded_up = x % y != 0 && (x < 0) != (y < 0);
    return quotient - rounded_up;
}

struct Divide {
    DEVICE_METHOD i64 operator()(Machine &m, i64 x, i64 y) const {
        if (y == 0) {
            m.status = ERROR;
            return 0;
        }
        return floor_quotient(x, y);
    }
};

template <class F>
DEVICE_INLINE Value on_ints(Machine &m, int x, int y, F f) {
    if (x == NONE || y == NONE) return fail(m, ERROR);
    return number(m, f(m, x, y));
}

template <class F>
DEVICE_INLINE Value on_pairs(Machine &m, Pair x, Pair y, F f) {
    if (not_numbers(x) || not_numbers(y)) return fail(m, ERROR);
    int i = number(m, f(m, x.i, y.i));
    int j = number(m, f(m, x.j, y.j));
    return make_pair(i, j);
}

#define BINARY(name, F)                              \
    SCALAR(name##_ii)(Machine & m, int x, int y) {   \
        return on_ints(m, x, y, F());                \
    }                                                \
    SCALAR(name##_pp)(Machine & m, Pair x, Pair y) { \
        return on_pairs(m, x, y, F());               \
    }                                                \
    SCALAR(name##_ip)(Machine & m, int x, Pair y) {  \
        return on_pairs(m, make_pair(x, x), y, F()); \
    }                                                \
    SCALAR(name##_pi)(Machine & m, Pair x, int y) {  \
        return on_pairs(m, x, make_pair(y, y), F()); \
    }

BINARY(add, Add)
BINARY(subtract, Subtract)
BINARY(multiply, Multiply)
BINARY(divide, Divide)

DEVICE_INLINE int sign_of(int x) {
    return (x > 0) - (x < 0);
}

#define UNARY(name, expression)                    \
    DEVICE_INLINE i64 name##_of_int(i64 x) {       \
        return expression;                         \
    }                                              \
    SCALAR(name##_i)(Machine & m, int x) {         \
        if (x == NONE) return fail(m, ERROR);      \
        return number(m, name##_of_int(x));        \
    }                                              \
    SCALAR(name##_p)(Machine & m, Pair x) {        \
        if (not_numbers(x)) return fail(m, ERROR); \
        int i = number(m, name##_of_int(x.i));     \
        int j = number(m, name##_of_int(x.j));     \
        return make_pair(i, j);                    \
    }

UNARY(invert, -x)
UNARY(double, 2 * x)
UNARY(halve, floor_quotient(x, 2))
UNARY(increment, x + 1)
UNARY(decrement, x - 1)
UNARY(crement, x + sign_of((int)x))
UNARY(sign, sign_of((int)x))

SCALAR(even)(Machine &m, int x) {
    if (x == NONE) return fail(m, ERROR);
    return (x & 1) == 0;
}

SCALAR(not)(Machine &, slot x) {
    return (int)is_falsy(x);
}

SCALAR(greater)(Machine &m, int x, int y) {
    if (x == NONE || y == NONE) return fail(m, ERROR);
    return x > y;
}

SCALAR (and)(Machine &, slot x, slot y) {
    return is_falsy(x) ? x : y;
}

SCALAR(or)(Machine &, slot x, slot y) {
    return is_falsy(x) ? y : x;
}

SCALAR(choose)(Machine &, slot condition, slot x, slot y) {
    return is_falsy(condition) ? y : x;
}

SCALAR(equal)(Machine &m, slot x, slot y, int type) {
    if (x == y) return 1;
    if (kind_of(m.types, type) <= KIND_CELL) return 0;
    i64 work = 0;
    bool same = compare_deep(m, type, x, y, work) == 0;
    spend(m, work);
    return (int)same;
}

SCALAR(pair)(Machine &, int i, int j) {
    return make_pair(i, j);
}

// Where Python would go on with (), which the static types of what follows have no place for.
SCALAR(known_pair)(Machine &m, Pair p) {
    if (is_missing(p)) return fail(m, RANGE);
    return p;
}

SCALAR(pair_i)(Machine &m, Pair p) {
    if (is_missing(p)) return fail(m, ERROR);
    return p.i;
}

SCALAR(pair_j)(Machine &m, Pair p) {
    if (is_missing(p)) return fail(m, ERROR);
    return p.j;
}

SCALAR(cell)(Machine &m, int color, Pair location) {
    int byte = byte_of(color);
    if (byte == BYTE_BAD || !packs(location.i) || !packs(location.j)) return fail(m, RANGE);
    return pack(location.i, location.j, byte);
}

SCALAR(cell_v)(Machine &, u32 cell) {
    return color_of_cell(cell);
}

SCALAR(cell_p)(Machine &, u32 cell) {
    return make_pair(row_of(cell), column_of(cell));
}
