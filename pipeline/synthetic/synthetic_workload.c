#include "pipeline/synthetic/synthetic_workload.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "pipeline/base/clock.h"

/* Robust: a worker killed while it holds the lock must not stop the others. */
struct synthetic_lock {
    pthread_mutex_t mutex;
};

/* Larger than any last-level cache slice of one core, so that streaming it goes to memory. */
enum { STREAM_BYTES = 64 << 20 };

/* A worker's own: the buffer that kind=stream walks through, NULL for other kinds; that of touch, NULL without. */
struct synthetic_state {
    unsigned char *stream;
    uint64_t *touched;
};

static void wait_ns(uint64_t ns)
{
    uint64_t until = clock_now_ns() + ns;
    struct timespec t = {.tv_sec = (time_t)(until / 1000000000u), .tv_nsec = (long)(until % 1000000000u)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        continue;
}

/* Computes until that much CPU time is used, so that the work is the same however often it is interrupted. */
static void spin_ns(uint64_t ns)
{
    uint64_t until = clock_process_cpu_ns() + ns;
    volatile uint64_t x = 1;

    while (clock_process_cpu_ns() < until)
        for (int i = 0; i < 20000; i++)
            x = x * 6364136223846793005u + 1442695040888963407u;
}

static void stream_ns(unsigned char *buffer, uint64_t ns)
{
    uint64_t until = clock_process_cpu_ns() + ns;
    size_t half = STREAM_BYTES / 2, step = 1 << 20;

    for (size_t at = 0; clock_process_cpu_ns() < until; at = (at + step) % half)
        memcpy(buffer + at, buffer + half + at, step);
}

enum { LINE_BYTES = 64 };

/* The upper half of the product chooses the line (Knuth's constants make the sequence). */
static void touch(uint64_t *buffer, uint64_t buffer_bytes, uint64_t bytes)
{
    uint64_t lines = buffer_bytes / LINE_BYTES, x = 1;

    for (uint64_t i = 0; i < bytes / LINE_BYTES; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        buffer[(size_t)(((unsigned __int128)x * lines) >> 64) * (LINE_BYTES / sizeof *buffer)]++;
    }
}

static void spend(const struct synthetic_workload *work, const struct synthetic_state *state, uint64_t ns)
{
    switch (work->spec->kind) {
    case SYNTHETIC_WAIT:
        wait_ns((uint64_t)(work->wait_factor * (double)ns));
        return;
    case SYNTHETIC_SPIN:
        spin_ns(ns);
        return;
    case SYNTHETIC_STREAM:
        stream_ns(state->stream, ns);
        return;
    }
}

static int state_init(const struct synthetic_spec *spec, struct synthetic_state *state, struct fault *fault)
{
    *state = (struct synthetic_state){NULL, NULL};
    if (spec->touch_bytes) {
        state->touched = malloc(spec->buffer_bytes);
        if (!state->touched) {
            fault_sys(fault, "synthetic workload: no memory for buffer=%llu bytes",
                      (unsigned long long)spec->buffer_bytes);
            return -1;
        }
        memset(state->touched, 1, spec->buffer_bytes);
    }
    if (spec->kind != SYNTHETIC_STREAM)
        return 0;
    state->stream = malloc(STREAM_BYTES);
    if (!state->stream) {
        free(state->touched);
        fault_sys(fault, "synthetic workload: no memory for a stream of %d MiB: use kind=spin",
                  STREAM_BYTES >> 20);
        return -1;
    }
    memset(state->stream, 1, STREAM_BYTES);
    return 0;
}

static int worker_init(void *context, void **out, struct fault *fault)
{
    const struct synthetic_workload *work = context;
    struct synthetic_state *state = malloc(sizeof *state);

    if (!state)
        return fault_sys(fault, "synthetic workload: no memory for a worker");
    if (state_init(work->spec, state, fault)) {
        free(state);
        return -1;
    }
    if (work->spec->init_ns)
        spend(work, state, work->spec->init_ns);
    *out = state;
    return 0;
}

static void hold_lock(const struct synthetic_workload *work, const struct synthetic_state *state,
                      struct item_record *record)
{
    if (pthread_mutex_lock(&work->lock->mutex) == EOWNERDEAD)
        pthread_mutex_consistent(&work->lock->mutex);
    record->locked_ns = clock_now_ns();
    spend(work, state, work->spec->lock_ns);
    record->unlocked_ns = clock_now_ns();
    pthread_mutex_unlock(&work->lock->mutex);
}

static int do_item(void *context, void *own, uint64_t index, struct item_record *record, void *payload,
                   struct fault *fault)
{
    const struct synthetic_workload *work = context;
    const struct synthetic_spec *spec = work->spec;
    double factor = 1 + spec->contention * (work->workers - 1);

    (void)payload;
    (void)fault;
    record->bytes_in = synthetic_size_bytes(spec, index);
    if (spec->io_ns)
        wait_ns((uint64_t)(work->wait_factor * (double)spec->io_ns));
    if (spec->lock_ns)
        hold_lock(work, own, record);
    spend(work, own, (uint64_t)(factor * (double)synthetic_cost_ns(spec, index)));
    if (spec->touch_bytes)
        touch(((struct synthetic_state *)own)->touched, spec->buffer_bytes, spec->touch_bytes);
    if (spec->slow_ns)
        spin_ns(synthetic_slow_ns(spec, index, work->workers));
    return 0;
}

static uint64_t weight(const void *context, uint64_t index)
{
    return synthetic_cost_ns(((const struct synthetic_workload *)context)->spec, index);
}

static void worker_release(void *context, void *own)
{
    struct synthetic_state *state = own;

    (void)context;
    free(state->stream);
    free(state->touched);
    free(state);
}

int synthetic_workload_init(struct synthetic_workload *work, const struct synthetic_spec *spec,
                            uint32_t workers, struct fault *fault)
{
    pthread_mutexattr_t attributes;

    *work = (struct synthetic_workload){.spec = spec, .workers = workers, .wait_factor = 1};
    work->lock = mmap(NULL, sizeof *work->lock, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (work->lock == MAP_FAILED) {
        work->lock = NULL;
        return fault_sys(fault, "synthetic workload: shared memory for the lock: %s", strerror(errno));
    }
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&work->lock->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    work->workload = (struct workload){.name = "synthetic",
                                       .context = work,
                                       .items = spec->items,
                                       .measure_cpu = true,
                                       .weight = weight,
                                       .init = worker_init,
                                       .item = do_item,
                                       .release = worker_release};
    return 0;
}

void synthetic_workload_serial(const struct synthetic_workload *work)
{
    struct synthetic_state state;
    uint64_t ns = synthetic_serial_ns(work->spec);

    if (!ns)
        return;
    if (state_init(work->spec, &state, NULL)) { /* no memory to stream: computing takes as long */
        spin_ns(ns);
        return;
    }
    spend(work, &state, ns);
    free(state.stream);
    free(state.touched);
}

void synthetic_workload_release(struct synthetic_workload *work)
{
    if (!work->lock)
        return;
    pthread_mutex_destroy(&work->lock->mutex);
    munmap(work->lock, sizeof *work->lock);
    work->lock = NULL;
}
