// An input of the fuzzer: one program and what it runs on, as bytes. Whatever the bytes, there is one.
//
// Little-endian: the arena's and the budget's class, one byte each; how many instructions, constants, types,
// registers and types of the signature there are, 16 bits each; types, three 16-bit numbers each; the
// signature, 16 bits each; constants, 64 bits each; instructions. The rest is what the sample is made of.
// Counts that go beyond the end are cut, so that every array is as long as it says: what else NativeEngine
// refuses before the machine sees it.
#pragma once
#include <string.h>

#include <algorithm>
#include <string>
#include <vector>

typedef std::vector<u8> Bytes;

// Mostly small ones, which are quick.
enum { CLASSES = 8 };
static const i64 arena_classes[CLASSES] = {1 << 12, 1 << 14, 1 << 15, 1 << 16,
                                           1 << 16, 1 << 17, 1 << 18, 1 << 20};
static const i64 budget_classes[CLASSES] = {1, 100, 1000, 3000, 10000, 20000, 40000, 200000};

struct Input {
    u8 arena_class = 3, budget_class = 3;
    u16 registers = 1;
    std::vector<i16> types, signature, code;
    std::vector<i64> constants;
    Bytes sample;

    int length() const {
        return (int)code.size() / WORDS;
    }
    i64 arena() const {
        return arena_classes[arena_class % CLASSES];
    }
    i64 budget() const {
        return budget_classes[budget_class % CLASSES];
    }
};

// Takes numbers off the front of bytes; zeros when there are none left.
struct Reader {
    const u8 *at, *end;

    template <class T>
    T number() {
        T x = 0;
        size_t n = std::min(sizeof(T), (size_t)(end - at));
        if (n) memcpy(&x, at, n);
        at += n;
        return x;
    }
    template <class T>
    std::vector<T> numbers(size_t n, size_t together = 1) {
        size_t there = (size_t)(end - at) / sizeof(T) / together;
        std::vector<T> xs(std::min(n, there) * together);
        if (!xs.empty()) memcpy(xs.data(), at, xs.size() * sizeof(T));
        at += xs.size() * sizeof(T);
        return xs;
    }
};

static Input parse(const u8 *data, size_t size) {
    Reader from = {data, data + size};
    Input input;
    input.arena_class = from.number<u8>();
    input.budget_class = from.number<u8>();
    u16 instructions = from.number<u16>();
    u16 constants = from.number<u16>();
    u16 types = from.number<u16>();
    input.registers = from.number<u16>();
    u16 signature = from.number<u16>();
    input.types = from.numbers<i16>(types, 3);
    input.signature = from.numbers<i16>(signature);
    input.constants = from.numbers<i64>(constants);
    input.code = from.numbers<i16>(instructions, WORDS);
    input.sample.assign(from.at, from.end);
    return input;
}

template <class T>
static void append(Bytes &to, const T *from, size_t n) {
    to.insert(to.end(), (const u8 *)from, (const u8 *)(from + n));
}

static Bytes serialize(const Input &input) {
    Bytes bytes = {input.arena_class, input.budget_class};
    u16 counts[] = {(u16)input.length(), (u16)input.constants.size(), (u16)(input.types.size() / 3),
                    input.registers, (u16)input.signature.size()};
    append(bytes, counts, 5);
    append(bytes, input.types.data(), input.types.size());
    append(bytes, input.signature.data(), input.signature.size());
    append(bytes, input.constants.data(), input.constants.size());
    append(bytes, input.code.data(), input.code.size());
    append(bytes, input.sample.data(), input.sample.size());
    return bytes;
}

// The input's program as a library of one, in the form that the machine is given it.
struct Given {
    int code_start[2], constant_start[2], signature_start[2], registers;
    std::vector<int> types, signature;
    Source source;

    explicit Given(const Input &input)
        : code_start{0, input.length()},
          constant_start{0, (int)input.constants.size()},
          signature_start{0, (int)input.signature.size()},
          registers(input.registers),
          types(input.types.begin(), input.types.end()),
          signature(input.signature.begin(), input.signature.end()) {
        source = {input.code.data(),      code_start,
                  input.constants.data(), constant_start,
                  types.data(),           &registers,
                  (int)types.size() / 3,  1,
                  signature.data(),       signature.empty() ? nullptr : signature_start};
    }
    Given(const Given &) = delete;
};
