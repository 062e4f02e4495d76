// The kernel on emulated warps, which finds out where lanes rely on an order that no sync() gives them.
// Compiled with -fsanitize=thread, whose calls before every load and store are answered here instead of by
// its run time.
//
// Looked at is the memory of the warps. Since the last sync() a lane must not
//   - read what another lane has written, unless it has written there itself (all write the same then),
//   - write another value than another lane has written, nor
//   - write another value where another lane has read since the last meeting of any kind.
// Atomic operations are in order. A write is judged when its byte is touched again, since the call comes
// before it.
#include "emulated_kernel.cpp"

#define UNSEEN __attribute__((no_sanitize_thread))
#define CALLER __builtin_return_address(0)

enum RaceKind { READS_UNORDERED, WRITES_DIFFERENTLY, OVERWRITES_READ };
enum { MOST_RACES = 64 };

// For a byte: what lanes have done to it lately. Times count from 1.
struct Touched {
    u32 writers, readers;       // lanes
    u32 write_time, read_time;  // by syncs; by meetings
    u8 before;                  // what the byte was before the last write
    bool judged, another_wrote, another_read;
    void *writer_code;
};

struct Race {
    RaceKind kind;
    u64 code;  // an address in this library's file
};

static u8 *watched;
static u64 watched_bytes;
static Touched *touched;
static Race races[MOST_RACES];
static int race_count;
static pthread_mutex_t reporting = PTHREAD_MUTEX_INITIALIZER;

extern "C" const char __ehdr_start;

UNSEEN static void report(RaceKind kind, void *code) {
    u64 place = (u64)code - 1 - (u64)&__ehdr_start;
    pthread_mutex_lock(&reporting);
    int k = 0;
    while (k < race_count && (races[k].kind != kind || races[k].code != place)) k++;
    if (k == race_count && k < MOST_RACES) races[race_count++] = {kind, place};
    pthread_mutex_unlock(&reporting);
}

UNSEEN static void judge(Touched &t, u8 now) {
    if (t.judged) return;
    t.judged = true;
    if (now == t.before) return;
    if (t.another_wrote) report(WRITES_DIFFERENTLY, t.writer_code);
    if (t.another_read) report(OVERWRITES_READ, t.writer_code);
}

UNSEEN static void touch(void *at, int bytes, bool write, void *code) {
    u64 start = (u64)((u8 *)at - watched);
    if (start >= watched_bytes) return;
    u32 self = 1u << warp.current;
    u32 write_time = (u32)warp.syncs + 1, read_time = (u32)warp.round + 1;
    for (u64 k = start; k < start + (u64)bytes; k++) {
        Touched &t = touched[k];
        if (t.write_time) judge(t, watched[k]);
        if (t.write_time != write_time) t.writers = 0;
        if (t.read_time != read_time) t.readers = 0;
        if (write) {
            u32 others = t.writers & ~self;
            t.judged = false;
            t.another_wrote = others != 0;
            t.another_read = (t.readers & ~self & ~t.writers) != 0;
            t.before = watched[k];
            t.writer_code = code;
            t.writers |= self;
            t.write_time = write_time;
        } else {
            if (t.writers && !(t.writers & self)) report(READS_UNORDERED, code);
            t.readers |= self;
            t.read_time = read_time;
        }
    }
}

extern "C" {
#define TOUCH(bytes)                                      \
    UNSEEN void __tsan_read##bytes(void *at) {            \
        touch(at, bytes, false, CALLER);                  \
    }                                                     \
    UNSEEN void __tsan_write##bytes(void *at) {           \
        touch(at, bytes, true, CALLER);                   \
    }                                                     \
    UNSEEN void __tsan_unaligned_read##bytes(void *at) {  \
        touch(at, bytes, false, CALLER);                  \
    }                                                     \
    UNSEEN void __tsan_unaligned_write##bytes(void *at) { \
        touch(at, bytes, true, CALLER);                   \
    }
TOUCH(1)
TOUCH(2)
TOUCH(4)
TOUCH(8)
TOUCH(16)
UNSEEN void __tsan_read_range(void *at, long bytes) {
    touch(at, (int)bytes, false, CALLER);
}
UNSEEN void __tsan_write_range(void *at, long bytes) {
    touch(at, (int)bytes, true, CALLER);
}
UNSEEN void __tsan_init() {}
UNSEEN void __tsan_func_entry(void *) {}
UNSEEN void __tsan_func_exit(void *) {}
UNSEEN u32 __tsan_atomic32_fetch_add(volatile void *at, u32 x, int) {
    return __atomic_fetch_add((u32 *)at, x, __ATOMIC_RELAXED);
}
UNSEEN u32 __tsan_atomic32_fetch_or(volatile void *at, u32 x, int) {
    return __atomic_fetch_or((u32 *)at, x, __ATOMIC_RELAXED);
}
UNSEEN unsigned long __tsan_atomic64_fetch_add(volatile void *at, unsigned long x, int) {
    return __atomic_fetch_add((unsigned long *)at, x, __ATOMIC_RELAXED);
}
UNSEEN unsigned long __tsan_atomic64_load(const volatile void *at, int) {
    return __atomic_load_n((const unsigned long *)at, __ATOMIC_RELAXED);
}
UNSEEN bool __tsan_atomic64_compare_exchange_strong(volatile void *at, void *old, unsigned long x, int, int) {
    return __atomic_compare_exchange_n((unsigned long *)at, (unsigned long *)old, x, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}
UNSEEN unsigned long __tsan_atomic64_compare_exchange_val(volatile void *at, unsigned long old,
                                                          unsigned long x, int, int) {
    __atomic_compare_exchange_n((unsigned long *)at, &old, x, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return old;
}

// As tp_emulate.
UNSEEN int tp_emulate_watched(unsigned blocks, unsigned threads, const Items *items) {
    watched_bytes = (u64)(blocks * threads / 32) * (u64)items->memory_of_warp;
    touched = (Touched *)calloc(watched_bytes, sizeof(Touched));
    watched = items->memory;
    int failed = !touched || tp_emulate(blocks, threads, items);
    watched_bytes = 0;
    free(touched);
    return failed;
}

// The races found so far, which are then forgotten.
UNSEEN int tp_races(Race *found) {
    int n = race_count;
    for (int k = 0; k < n; k++) found[k] = races[k];
    race_count = 0;
    return n;
}
}
