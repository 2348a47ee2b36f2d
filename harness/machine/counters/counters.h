/* counters.h: hardware and software event counters of one process, or the reason why there are none.
 *
 * A *backend* is a way to get at counters; three are tried in turn until one sees all threads of the process:
 *   papi          PAPI, with inheritance by threads made later
 *   kernel        perf_event_open, with inheritance: PAPI 7.0 refuses inheritance where there are no hardware
 * counters papi-thread   PAPI, calling thread only Hardware and software events are opened together; one that
 * cannot be had keeps its place with status and reason.
 *
 * Caller's sequence, in the process to be counted and after any fork: counters_open() before its other
 * threads are made, counters_start(), work, counters_read(), counters_close(). None of them prints or fails
 * the caller's work.
 */
#ifndef KNEE_COUNTERS_H
#define KNEE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

enum { COUNTERS_MOST = 16 };

enum counter_status {
    COUNTER_UNREAD = 0,  /* no value: was not read (the worker died, or counting was off) */
    COUNTER_OK,          /* value counts everything */
    COUNTER_UNSUPPORTED, /* no value: this machine or kernel has no such counter */
    COUNTER_DENIED,      /* no value: the kernel refuses it to this user */
    COUNTER_PARTIAL,     /* value was measured, but without some threads; reason names the share seen */
    COUNTER_MULTIPLEXED  /* value was scaled up by enabled/running time */
};

/* "unread", "ok", "unsupported", "denied", "partial", "multiplexed"; NULL out of range. */
const char *counter_status_name(enum counter_status status);
/* Whether the value means anything; otherwise it must be stored as NULL with the reason. */
bool counter_status_has_value(enum counter_status status);

enum counter_kind { COUNTER_HARDWARE, COUNTER_SOFTWARE };

/* An event by the names each backend knows it under. */
struct counter_event {
    const char *name;    /* of this program: "instructions" */
    const char *papi[3]; /* tried in turn; NULL ends the list */
    uint64_t config;     /* perf_event_attr.config */
    uint32_t type;       /* perf_event_attr.type */
    enum counter_kind kind;
};

struct counter {
    char name[32];
    enum counter_kind kind;
    int64_t value;
    uint64_t enabled_ns; /* time for which counting was requested; 0 when the backend does not report it */
    uint64_t running_ns; /* time for which it counted */
    enum counter_status status;
    char reason[64];
};

/* One way to count. state is the backend's own; all calls come from one thread. */
struct counter_backend {
    const char *name;
    bool all_threads; /* sees threads made after open() */
    /* Opens what can be had of events; for the others fills status and reason of counters[i]. Those opened
     * keep COUNTER_UNREAD with an empty reason. Returns how many were opened; with 0 *state is NULL. */
    uint32_t (*open)(void **state, const struct counter_event *events, struct counter *counters,
                     uint32_t count);
    int (*start)(void *state);
    /* Fills value, times and status (COUNTER_OK, COUNTER_MULTIPLEXED, or without value and with reason) of
     * those opened, as totals since start. Returns 0 or -1. */
    int (*read)(void *state, struct counter *counters, uint32_t count);
    void (*close)(void *state);
};

extern const struct counter_backend counter_papi, counter_kernel, counter_papi_thread;
/* The backends above, in the order in which they are tried, NULL-ended. */
const struct counter_backend *const *counters_backends(void);
/* Whether an event happens in the kernel only, so that without the right to count there it would read 0. */
bool counter_event_needs_kernel(const struct counter_event *event);

/* Whether this process may count what happens in the kernel on its behalf (kernel.perf_event_paranoid). */
bool counters_kernel_mode(void);

struct counters {
    const struct counter_backend *backend; /* NULL: nothing could be opened */
    void *state;
    bool started;
    uint64_t cpu_begin_ns; /* CPU time of the process at the start */
    uint32_t count;
    struct counter counter[COUNTERS_MOST];
};

/* Opens count events (at most COUNTERS_MOST; counter_group.h) with the backend that sees all threads and opens most of
 * them (the first of equals); when none of these opens any, with the first of the others that does. The event named
 * "task-clock" is the cross-check. Returns how many counters were opened. */
uint32_t counters_open(struct counters *c, const struct counter_backend *const *backends,
                       const struct counter_event *events, uint32_t count);
/* Which backend counters_open() would take, found in a child process, so that the caller keeps no trace of
 * the trial (PAPI does not survive a fork). When none opens anything, the one that gives the reason at the least cost.
 * The caller must be single-threaded. */
const struct counter_backend *counters_choose(const struct counter_backend *const *backends,
                                              const struct counter_event *events, uint32_t count);
void counters_start(struct counters *c);

/* Reads all. cpu_end_ns: CPU time of the whole process now (clock_process_cpu_ns()). When the task clock saw
 * less than 98% of the CPU time since the start (and more than a clock tick is missing), or more than 102%,
 * all values are COUNTER_PARTIAL and the reason names the share. */
void counters_read(struct counters *c, uint64_t cpu_end_ns);
void counters_close(struct counters *c);

#endif
