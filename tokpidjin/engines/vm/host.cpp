// The machine on the host: libraries of programs, and worker threads that run items. Called through ctypes
// from tokpidjin/engines/native.py, which mirrors the structures `Batch`, `Source` and `LoadError`.
//
// Plain C underneath: malloc and pthreads, no C++ run time.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agree.h"
#include "export.h"
#include "hash.h"
#include "interpreter.h"
#include "marks.h"

// glibc 2.34 moved these from libpthread and gave them new versions; the old ones keep the library loadable
// everywhere.
#if defined(__GLIBC__) && defined(__x86_64__)
__asm__(".symver pthread_create, pthread_create@GLIBC_2.2.5");
__asm__(".symver pthread_join, pthread_join@GLIBC_2.2.5");
#elif defined(__GLIBC__) && defined(__aarch64__)
__asm__(".symver pthread_create, pthread_create@GLIBC_2.17");
__asm__(".symver pthread_join, pthread_join@GLIBC_2.17");
#endif

#define EXPORT extern "C" __attribute__((visibility("default")))

// ---- Libraries

struct Library {
    i16 *code;
    int *code_start;
    i64 *constants;
    int *constant_start;
    int *types;
    int *arguments;  // of every program: how many, and the type of the result
    int *results;
    int programs;
    int most_constants, most_registers;
};

static void *copy_memory(const void *from, i64 bytes) {
    void *to = malloc((size_t)(bytes ? bytes : 1));
    if (to && bytes) memcpy(to, from, (size_t)bytes);
    return to;
}

EXPORT void tp_library_free(Library *library) {
    if (!library) return;
    free(library->code);
    free(library->code_start);
    free(library->constants);
    free(library->constant_start);
    free(library->types);
    free(library->arguments);
    free(library->results);
    free(library);
}

static bool copy_signatures(const Source &source, Library *library) {
    library->arguments = (int *)malloc(4 * (size_t)source.programs + 4);
    library->results = (int *)malloc(4 * (size_t)source.programs + 4);
    if (!library->arguments || !library->results) return false;
    for (int p = 0; p < source.programs; p++) {
        Signature signature = signature_of(source, p);
        library->arguments[p] = signature.count;
        library->results[p] = signature.result;
    }
    return true;
}

static Library *copy_library(const Source &source) {
    Library *library = (Library *)calloc(1, sizeof(Library));
    if (!library) return nullptr;
    int n = source.programs;
    library->code = (i16 *)copy_memory(source.code, 2 * WORDS * (i64)source.code_start[n]);
    library->code_start = (int *)copy_memory(source.code_start, 4 * ((i64)n + 1));
    library->constants = (i64 *)copy_memory(source.constants, 8 * (i64)source.constant_start[n]);
    library->constant_start = (int *)copy_memory(source.constant_start, 4 * ((i64)n + 1));
    library->types = (int *)copy_memory(source.types, 12 * (i64)source.type_count);
    library->programs = n;
    bool complete = library->code && library->code_start && library->constants && library->constant_start &&
                    library->types && copy_signatures(source, library);
    if (complete) return library;
    tp_library_free(library);
    return nullptr;
}

static bool verify_library(Verifier &v, Library *library) {
    if (!verify_types(v)) return false;
    for (int p = 0; p < library->programs; p++) {
        if (!verify_program(v, p)) return false;
        mark_program(*v.source, p, library->code);
        library->most_constants = max_int(library->most_constants, v.constant_count);
        library->most_registers = max_int(library->most_registers, v.register_count);
    }
    return true;
}

static Library *out_of_memory(LoadError *error) {
    error->program = error->instruction = -1;
    snprintf(error->message, sizeof error->message, "out of memory");
    return nullptr;
}

// Verifies and copies programs. Null after a refusal, which `error` then describes.
EXPORT Library *tp_library_new(const Source *source, LoadError *error) {
    Verifier *v = (Verifier *)malloc(sizeof(Verifier));
    Library *library = v ? copy_library(*source) : nullptr;
    if (!library) {
        free(v);
        return out_of_memory(error);
    }
    v->source = source;
    v->error = error;
    bool good = verify_library(*v, library);
    free(v);
    if (good) return library;
    tp_library_free(library);
    return nullptr;
}

// The programs as the interpreter takes them, for the GPU.
EXPORT void tp_library_code(const Library *library, i16 *code) {
    memcpy(code, library->code, 2 * WORDS * (size_t)library->code_start[library->programs]);
}

// ---- Samples

// What items run on, objects one behind the other: input grids or, of a call with arguments, the objects that
// the arguments are made of and every item's slots.
struct Samples {
    u8 *blob;
    i64 *start;  // of every sample: where its Grid or its slots are
    bool are_slots;
};

EXPORT void tp_samples_free(Samples *samples) {
    if (!samples) return;
    free(samples->blob);
    free(samples->start);
    free(samples);
}

static void store_grid(u8 *to, const u8 *cells, const int *shape) {
    Grid *grid = (Grid *)to;
    grid->h = shape[0];
    grid->w = shape[1];
    i64 n = (i64)shape[0] * shape[1];
    for (i64 k = 0; k < n; k++) grid->cells[k] = (u8)(cells[k] + COLOR_BIAS);
}

// shapes: n times rows and columns; cells: all grids' cells, one behind the other. Where there is no grid, -1 rows of 0.
EXPORT Samples *tp_samples_new(const u8 *cells, const int *shapes, i64 n) {
    Samples *samples = (Samples *)calloc(1, sizeof(Samples));
    if (!samples) return nullptr;
    i64 bytes = 0;
    for (i64 k = 0; k < n; k++) bytes += rounded(HEADER_BYTES + (i64)shapes[2 * k] * shapes[2 * k + 1]);
    samples->blob = (u8 *)malloc((size_t)bytes + 8);
    samples->start = (i64 *)malloc(8 * (size_t)n + 8);
    if (!samples->blob || !samples->start) {
        tp_samples_free(samples);
        return nullptr;
    }
    i64 at = 0;
    for (i64 k = 0; k < n; k++) {
        i64 area = (i64)shapes[2 * k] * shapes[2 * k + 1];
        samples->start[k] = at;
        store_grid(samples->blob + at, cells, shapes + 2 * k);
        cells += area;
        at += rounded(HEADER_BYTES + area);
    }
    return samples;
}

// Samples of calls with arguments. Of the 8-byte words in the blob, `pointers` are the numbers of those that hold
// the place of an object; here they become its address.
EXPORT Samples *tp_arguments_new(const u8 *blob, i64 bytes, const i64 *start, i64 n, const i64 *pointers,
                                 i64 pointer_count) {
    Samples *samples = (Samples *)calloc(1, sizeof(Samples));
    if (!samples) return nullptr;
    samples->are_slots = true;
    samples->blob = (u8 *)copy_memory(blob, bytes);
    samples->start = (i64 *)copy_memory(start, 8 * n);
    if (!samples->blob || !samples->start) {
        tp_samples_free(samples);
        return nullptr;
    }
    slot *words = (slot *)samples->blob;
    for (i64 k = 0; k < pointer_count; k++) words[pointers[k]] += (slot)samples->blob;
    return samples;
}

static const Grid *grid_at(const Samples &samples, int sample) {
    return (const Grid *)(samples.blob + samples.start[sample]);
}

// ---- Workers

// Results of one worker, as they come: the item's number, then the cells of its grid, or its value in one piece.
struct Results {
    u8 *bytes;
    i64 used, room;
};

// Memory that a worker keeps from batch to batch.
struct Worker {
    u8 *arena;
    slot *constants;  // with the registers behind them
    int program;      // whose constants are in place
    Results results;
};

struct Session {
    const Library *library;
    const Samples *samples;
    int workers;
    i64 arena_bytes;
    Worker *worker;
};

EXPORT void tp_session_free(Session *session) {
    if (!session) return;
    for (int w = 0; session->worker && w < session->workers; w++) {
        free(session->worker[w].arena);
        free(session->worker[w].constants);
        free(session->worker[w].results.bytes);
    }
    free(session->worker);
    free(session);
}

static bool prepare_worker(Worker &worker, const Library &library, i64 arena_bytes) {
    worker.program = -1;
    worker.arena = (u8 *)malloc((size_t)arena_bytes);
    worker.constants = (slot *)malloc(8 * (size_t)(library.most_constants + library.most_registers));
    return worker.arena && worker.constants;
}

EXPORT Session *tp_session_new(const Library *library, const Samples *samples, int workers, i64 arena_bytes) {
    Session *session = (Session *)calloc(1, sizeof(Session));
    if (!session) return nullptr;
    session->library = library;
    session->samples = samples;
    session->workers = workers;
    session->arena_bytes = arena_bytes;
    session->worker = (Worker *)calloc((size_t)workers, sizeof(Worker));
    bool good = session->worker != nullptr;
    for (int w = 0; good && w < workers; w++)
        good = prepare_worker(session->worker[w], *library, arena_bytes);
    if (good) return session;
    tp_session_free(session);
    return nullptr;
}

// ---- Batches of items

struct Batch {
    i64 items;
    const int *programs, *samples;  // of every item
    i64 budget;
    double seconds;  // stop taking items after that time; at least some are done
    u8 *status;
    u64 *hashes;
    u32 *primitives;
    float *microseconds;  // or null
    const Samples *expected;  // or null; what is expected of the items on every sample
    int *agreeing;            // with expected
    int *shapes;          // or null; rows and columns of every item's grid, -1 where there is none; of a call
                          // with arguments 1 and the bytes of the result
    i64 *offsets;         // with shapes: where the item's cells go, after those of the batches before
    i64 cells_before;     // how many those are
    // Set here:
    i64 done;        // how many items, from the first one, are done
    i64 cell_count;  // with shapes: of them all, to be copied by tp_session_copy_outputs
};

struct Shared {
    Session *session;
    Batch *batch;
    i64 next;
    double deadline;
    int failed;  // a worker ran out of memory for results
    u8 *cells;   // where results are copied to
};

static double now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Constants lie in front of the registers in reverse; neighbouring items mostly share their program.
static slot *registers_for(Worker &worker, const Library &library, int program) {
    slot *registers = worker.constants + library.most_constants;
    if (worker.program == program) return registers;
    worker.program = program;
    int start = library.constant_start[program];
    int n = library.constant_start[program + 1] - start;
    for (int k = 0; k < n; k++) registers[~k] = library.constants[start + k];
    return registers;
}

// What an item's execution gives: a Grid with its hash or, of a call with arguments, a value in one piece.
struct Found {
    u32 primitives;
    u64 hash;
    const void *output;
    int agreeing;
};

// A program, and what is to be done with its value.
struct Task {
    const i16 *code;
    slot *registers;
    int result;            // the type of the value to export, NO_TYPE where it is a grid that leaves as cells
    const Grid *expected;  // or null
};

static Found run_and_find(Machine &m, const Task &task) {
    Outcome outcome = run_program(m, task.code, task.registers);
    Found found = {outcome.primitives, 0, nullptr, -1};
    if (m.status) return found;
    if (task.result == NO_TYPE) {
        found.hash = hash_grid(grid_of(outcome));
        found.output = grid_of(outcome);
        if (task.expected) found.agreeing = agreeing_cells(grid_of(outcome), task.expected);
    } else {
        found.output = export_value(m, task.result, outcome.value);
    }
    return found;
}

#if defined(TOKPIDJIN_EMULATE_WARP)

struct WarpItem {
    Machine machine, machine_after;
    Task task;
    Found found;
};

static void run_lane(void *argument) {
    WarpItem *item = (WarpItem *)argument;
    Machine m = item->machine;
    Found found = run_and_find(m, item->task);
    if (lane() == 0) {
        item->machine_after = m;
        item->found = found;
    }
    sync();
}

static Found run_item(Machine &m, const Task &task) {
    WarpItem item = {m, m, task, {0, 0, nullptr, -1}};
    run_warp(run_lane, &item);
    m = item.machine_after;
    return item.found;
}

#else

static Found run_item(Machine &m, const Task &task) {
    return run_and_find(m, task);
}

#endif

static bool reserve(Results &results, i64 bytes) {
    if (results.used + bytes <= results.room) return true;
    i64 room = 2 * results.room + bytes + 65536;
    u8 *larger = (u8 *)realloc(results.bytes, (size_t)room);
    if (!larger) return false;
    results.bytes = larger;
    results.room = room;
    return true;
}

// Room for an item's output behind its number; null when there is no memory.
static u8 *begin_result(Results &results, i64 item, i64 bytes) {
    if (!reserve(results, 8 + bytes)) return nullptr;
    u8 *to = results.bytes + results.used;
    memcpy(to, &item, 8);
    results.used += 8 + bytes;
    return to + 8;
}

static bool store_grid_result(Results &results, i64 item, const Grid *grid, int *shape) {
    i64 n = (i64)grid->h * grid->w;
    u8 *to = begin_result(results, item, n);
    if (!to) return false;
    shape[0] = grid->h;
    shape[1] = grid->w;
    for (i64 k = 0; k < n; k++) to[k] = output_byte(grid->cells[k]);
    return true;
}

static bool store_value(Results &results, i64 item, const void *start, i64 bytes, int *shape) {
    u8 *to = begin_result(results, item, bytes);
    if (!to) return false;
    shape[0] = 1;
    shape[1] = (int)bytes;
    memcpy(to, start, (size_t)bytes);
    return true;
}

static void keep_output(Shared &shared, Worker &worker, i64 item, const Found &found, const Machine &m) {
    int *shape = shared.batch->shapes + 2 * item;
    shape[0] = shape[1] = -1;
    if (m.status) return;
    bool value = shared.session->samples->are_slots;
    bool kept = value ? store_value(worker.results, item, found.output, m.top - (const u8 *)found.output, shape)
                      : store_grid_result(worker.results, item, (const Grid *)found.output, shape);
    if (!kept) __atomic_store_n(&shared.failed, 1, __ATOMIC_RELAXED);
}

static void set_arguments(const Samples &samples, int sample, int count, slot *registers) {
    u8 *start = samples.blob + samples.start[sample];
    if (samples.are_slots) {
        for (int k = 0; k < count; k++) registers[k] = ((const slot *)start)[k];
    } else {
        registers[0] = (slot)start;
    }
}

static void execute(Shared &shared, Worker &worker, i64 item) {
    Batch &batch = *shared.batch;
    const Session &session = *shared.session;
    const Library &library = *session.library;
    int program = batch.programs[item];
    slot *registers = registers_for(worker, library, program);
    set_arguments(*session.samples, batch.samples[item], library.arguments[program], registers);
    Machine m = {worker.arena, worker.arena + session.arena_bytes, OK, batch.budget, library.types};
    Task task = {library.code + WORDS * (i64)library.code_start[program], registers,
                 session.samples->are_slots ? library.results[program] : (int)NO_TYPE, nullptr};
    if (batch.expected) task.expected = grid_at(*batch.expected, batch.samples[item]);
    double start = batch.microseconds ? now() : 0;
    Found found = run_item(m, task);
    if (batch.microseconds) batch.microseconds[item] = (float)(1e6 * (now() - start));
    batch.status[item] = (u8)m.status;
    batch.hashes[item] = found.hash;
    batch.primitives[item] = found.primitives;
    if (batch.expected) batch.agreeing[item] = found.agreeing;
    if (batch.shapes) keep_output(shared, worker, item, found, m);
}

// Few, because neighbouring items are often heavy together: the same solver on other grids.
enum { ITEMS_AT_ONCE = 4 };

static void work(Shared &shared, Worker &worker) {
    i64 items = shared.batch->items;
    do {
        i64 start = __atomic_fetch_add(&shared.next, ITEMS_AT_ONCE, __ATOMIC_RELAXED);
        if (start >= items) return;
        i64 end = start + ITEMS_AT_ONCE < items ? start + ITEMS_AT_ONCE : items;
        for (i64 item = start; item < end; item++) execute(shared, worker, item);
    } while (now() < shared.deadline);
}

typedef void (*Work)(Shared &shared, Worker &worker);

struct Thread {
    pthread_t id;
    bool started;
    Work work;
    Shared *shared;
    Worker *worker;
};

static void *thread_main(void *argument) {
    Thread *thread = (Thread *)argument;
    thread->work(*thread->shared, *thread->worker);
    return nullptr;
}

// Each worker on a thread of its own; where one cannot be started, its part is done afterwards. False when out of
// memory.
static bool run_workers(Shared &shared, Work work) {
    Session &session = *shared.session;
    Thread *threads = (Thread *)calloc((size_t)session.workers, sizeof(Thread));
    if (!threads) return false;
    for (int w = 1; w < session.workers; w++) {
        Thread thread = {0, false, work, &shared, &session.worker[w]};
        threads[w] = thread;
        threads[w].started = pthread_create(&threads[w].id, nullptr, thread_main, &threads[w]) == 0;
    }
    work(shared, session.worker[0]);
    for (int w = 1; w < session.workers; w++) {
        if (threads[w].started) {
            pthread_join(threads[w].id, nullptr);
        } else {
            work(shared, session.worker[w]);
        }
    }
    free(threads);
    return true;
}

// The cells lie in the order of the items, whichever worker made them.
static void place_outputs(Batch &batch) {
    i64 total = 0;
    for (i64 k = 0; k < batch.done; k++) {
        batch.offsets[k] = batch.cells_before + total;
        const int *shape = batch.shapes + 2 * k;
        if (shape[0] > 0) total += (i64)shape[0] * shape[1];
    }
    batch.cell_count = total;
}

// Runs items until all are done or the time is over; the caller copies their outputs and goes on with the
// rest. False when out of memory.
EXPORT int tp_session_run(Session *session, Batch *batch) {
    Shared shared = {session, batch, 0, now() + batch->seconds, 0, nullptr};
    batch->cell_count = 0;
    for (int w = 0; w < session->workers; w++) session->worker[w].results.used = 0;
    if (!run_workers(shared, work) || shared.failed) return 0;
    batch->done = shared.next < batch->items ? shared.next : batch->items;
    if (batch->shapes) place_outputs(*batch);
    return 1;
}

static void copy_results(Shared &shared, Worker &worker) {
    const Batch &batch = *shared.batch;
    const Results &results = worker.results;
    for (i64 at = 0; at < results.used;) {
        i64 item;
        memcpy(&item, results.bytes + at, 8);
        i64 n = (i64)batch.shapes[2 * item] * batch.shapes[2 * item + 1];
        memcpy(shared.cells + batch.offsets[item], results.bytes + at + 8, (size_t)n);
        at += 8 + n;
    }
}

// Copies the outputs of the batch that was run last to their places in `cells`.
EXPORT int tp_session_copy_outputs(Session *session, Batch *batch, u8 *cells) {
    Shared shared = {session, batch, 0, 0, 0, cells};
    return !batch->cell_count || run_workers(shared, copy_results);
}

// Changes whenever the structures or the functions here do.
EXPORT int tp_interface_version() {
    return 4;
}
