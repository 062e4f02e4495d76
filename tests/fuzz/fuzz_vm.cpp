// Fuzzes the machine: whatever program it is given, the verifier refuses it or it ends with a status, in a
// time that its budget bounds. See `make fuzz`.
//
// An input is run twice, on memory with other leftovers in it, which must make no difference. With
// TOKPIDJIN_FUZZ_OTHER=BUILD.so another build of the machine must give the same.
#include <dlfcn.h>

#include "../../tokpidjin/engines/vm/host.cpp"
#include "mutate.h"
#include "samples.h"

#define REQUIRE(condition, ...)                          \
    do {                                                 \
        if (!(condition)) {                              \
            fprintf(stderr, "not so: %s; ", #condition); \
            fprintf(stderr, __VA_ARGS__);                \
            fputc('\n', stderr);                         \
            abort();                                     \
        }                                                \
    } while (0)

struct Statistics {
    u64 inputs, accepted, statuses[8], compared;
    u64 seen[OPCODES];   // opcodes, by accepted programs that hold them
    double worst_ratio;  // nanoseconds a unit of budget
};

static Statistics statistics;

static void report() {
    const Statistics &s = statistics;
    int opcodes = 0;
    for (int k = 0; k < OPCODES; k++) opcodes += s.seen[k] > 0;
    printf(
        "inputs=%llu accepted=%llu ok=%llu error=%llu budget=%llu memory=%llu range=%llu opcodes=%d/%d "
        "compared=%llu worst_ns_per_unit=%.1f\n",
        s.inputs, s.accepted, s.statuses[OK], s.statuses[ERROR], s.statuses[BUDGET], s.statuses[MEMORY],
        s.statuses[RANGE], opcodes, (int)OPCODES, s.compared, s.worst_ratio);
    fflush(stdout);
}

// ---- Another build of the machine

struct Machinery {
    decltype(&tp_library_new) library_new;
    decltype(&tp_library_free) library_free;
    decltype(&tp_session_new) session_new;
    decltype(&tp_session_free) session_free;
    decltype(&tp_session_run) session_run;
    decltype(&tp_session_copy_outputs) copy_outputs;
};

template <class T>
static void look_up(void *library, T &function, const char *name) {
    function = (T)dlsym(library, name);
    REQUIRE(function, "%s is missing", name);
}

static const Machinery this_build = {tp_library_new,  tp_library_free, tp_session_new,
                                     tp_session_free, tp_session_run,  tp_session_copy_outputs};

static const Machinery *other_build() {
    static Machinery other;
    const char *path = getenv("TOKPIDJIN_FUZZ_OTHER");
    if (!path || other.library_new) return path ? &other : nullptr;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    REQUIRE(library, "%s", dlerror());
    look_up(library, other.library_new, "tp_library_new");
    look_up(library, other.library_free, "tp_library_free");
    look_up(library, other.session_new, "tp_session_new");
    look_up(library, other.session_free, "tp_session_free");
    look_up(library, other.session_run, "tp_session_run");
    look_up(library, other.copy_outputs, "tp_session_copy_outputs");
    return &other;
}

// ---- Running

struct Result {
    u8 status;
    u64 hash;
    u32 primitives;
    int shape[2], agreeing;
    Bytes output;

    bool operator==(const Result &other) const {
        return status == other.status && hash == other.hash && primitives == other.primitives &&
               shape[0] == other.shape[0] && shape[1] == other.shape[1] && agreeing == other.agreeing &&
               output == other.output;
    }
};

static void show(const char *name, const Result &r) {
    fprintf(stderr, "%s: status %d, hash %llx, %u primitives, shape %d x %d, %zu bytes\n", name, r.status,
            r.hash, r.primitives, r.shape[0], r.shape[1], r.output.size());
}

static void require_same(const char *what, const Result &x, const Result &y) {
    if (x == y) return;
    show("one", x);
    show("other", y);
    REQUIRE(x == y, "%s", what);
}

// Of items on grids, how far the output agrees with the input is asked for as well.
static Result run_in_session(const Machinery &build, Session *session, const Samples *samples, i64 budget) {
    Result result = {};
    int place = 0;
    i64 offset = 0;
    float microseconds = 0;
    Batch batch = {};
    batch.items = 1;
    batch.programs = batch.samples = &place;
    batch.budget = budget;
    batch.seconds = 1e9;
    batch.status = &result.status;
    batch.hashes = &result.hash;
    batch.primitives = &result.primitives;
    batch.microseconds = &microseconds;
    batch.expected = samples->are_slots ? nullptr : samples;
    batch.agreeing = &result.agreeing;
    batch.shapes = result.shape;
    batch.offsets = &offset;
    REQUIRE(build.session_run(session, &batch), "no memory for results");
    REQUIRE(batch.done == 1, "%lld done", batch.done);
    result.output.resize((size_t)batch.cell_count);
    REQUIRE(build.copy_outputs(session, &batch, result.output.data()), "no memory for threads");
    return result;
}

static void leave_bytes(Session *session, const Library &library, u8 byte) {
    Worker &worker = session->worker[0];
    memset(worker.arena, byte, (size_t)session->arena_bytes);
    memset(worker.constants, byte, 8 * (size_t)(library.most_constants + library.most_registers));
    worker.program = -1;
}

static Result run_other(const Machinery &other, const Given &given, Samples *samples, const Input &input) {
    LoadError error;
    Library *library = other.library_new(&given.source, &error);
    REQUIRE(library, "the other build refuses: %s", error.message);
    Session *session = other.session_new(library, samples, 1, input.arena());
    REQUIRE(session, "no memory");
    Result result = run_in_session(other, session, samples, input.budget());
    other.session_free(session);
    other.library_free(library);
    return result;
}

// ---- Time

// What a unit of budget and an instruction may take at most on one core, in nanoseconds: generous, since
// fuzzed code counts where it goes. The last primitive may go beyond the budget by what it can do with a full
// arena, which is to sort it. LOADING is what verifying an instruction may take.
#if defined(TOKPIDJIN_FUZZ_SLOW)
enum { UNIT = 2000, INSTRUCTION = 20000, ARENA_BYTE = 1000, LOADING = 500000 };
#else
enum { UNIT = 200, INSTRUCTION = 2000, ARENA_BYTE = 100, LOADING = 50000 };
#endif

static i64 cpu_nanoseconds() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1000000000 * (i64)t.tv_sec + t.tv_nsec;
}

struct Effort {
    i64 nanoseconds, units;
};

static Effort measure(Session *session, const Library &library, i64 budget) {
    Worker &worker = session->worker[0];
    slot *registers = registers_for(worker, library, 0);
    set_arguments(*session->samples, 0, library.arguments[0], registers);
    Machine m = {worker.arena, worker.arena + session->arena_bytes, OK, budget, library.types};
    int result = session->samples->are_slots ? library.results[0] : (int)NO_TYPE;
    i64 start = cpu_nanoseconds();
    run_item(m, {library.code, registers, result, nullptr});
    return {cpu_nanoseconds() - start, budget - m.budget};
}

static double limit_of(const Input &input, i64 units) {
    i64 sample = 64 * (i64)input.sample.size();
    return (double)UNIT * (double)units + (double)INSTRUCTION * (input.length() + 200) +
           1000.0 * (double)sample;
}

// The less of several measurements, because other programs disturb and code is slow when it first runs.
static Effort measure_again(Session *session, const Library &library, const Input &input, Effort effort) {
    for (int k = 0; k < 4; k++) {
        i64 nanoseconds = measure(session, library, input.budget()).nanoseconds;
        effort.nanoseconds = std::min(effort.nanoseconds, nanoseconds);
    }
    return effort;
}

// Nanoseconds a unit, of items that take long enough to say.
static double ratio_of(const Input &input, const Effort &effort) {
    double beyond = (double)effort.nanoseconds - 100.0 * input.length();
    return beyond > 200000 ? beyond / (double)std::max<i64>(effort.units, 1) : 0;
}

static void require_quick(Session *session, const Library &library, const Input &input) {
    Effort effort = measure(session, library, input.budget());
    i64 most = input.budget() + input.arena() * ARENA_BYTE / UNIT;
    double limit = limit_of(input, std::min(effort.units, most));
    bool record = ratio_of(input, effort) > statistics.worst_ratio;
    if (record || (double)effort.nanoseconds > limit) effort = measure_again(session, library, input, effort);
    REQUIRE((double)effort.nanoseconds <= limit, "%lld ns for %lld units of %lld, limit %.0f ns",
            effort.nanoseconds, effort.units, input.budget(), limit);
    statistics.worst_ratio = std::max(statistics.worst_ratio, ratio_of(input, effort));
}

// ---- One input

static void note_opcodes(const Input &input) {
    int step;
    for (int k = 0; k < input.length(); k += step) {
        int opcode = input.code[(size_t)(WORDS * k)];
        step = opcode == OPCODE_loop ? 2 : 1;
        statistics.seen[opcode]++;
    }
}

static void run_accepted(const Library &library, const Given &given, Samples *samples, const Input &input) {
    Session *session = tp_session_new(&library, samples, 1, input.arena());
    REQUIRE(session, "no memory");
    leave_bytes(session, library, 0xa5);
    require_quick(session, library, input);
    Result first = run_in_session(this_build, session, samples, input.budget());
    leave_bytes(session, library, 0x00);
    Result second = run_in_session(this_build, session, samples, input.budget());
    tp_session_free(session);
    REQUIRE(first.status <= RANGE, "status %d", first.status);
    require_same("leftovers in memory make a difference", first, second);
    if (const Machinery *other = other_build()) {
        require_same("the other build gives something else", first, run_other(*other, given, samples, input));
        statistics.compared++;
    }
    statistics.statuses[first.status]++;
}

static void require_explained(const LoadError &error, const Input &input) {
    REQUIRE(error.message[0], "no message");
    REQUIRE(error.program == -1 || error.program == 0, "program %d", error.program);
    REQUIRE(error.instruction >= -1 && error.instruction <= input.length(), "instruction %d",
            error.instruction);
}

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
    atexit(report);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const u8 *data, size_t size) {
    Input input = parse(data, size);
    Given given(input);
    statistics.inputs++;
    LoadError error = {-2, -2, {0}};
    i64 start = cpu_nanoseconds();
    Library *library = tp_library_new(&given.source, &error);
    i64 loading = cpu_nanoseconds() - start;
    REQUIRE(loading < LOADING * (i64)(input.length() + 200), "loading took %lld ns", loading);
    if (!library) {
        require_explained(error, input);
        return 0;
    }
    statistics.accepted++;
    note_opcodes(input);
    Samples *samples = sample_of(input, given);
    if (samples) run_accepted(*library, given, samples, input);
    tp_samples_free(samples);
    tp_library_free(library);
    return 0;
}
