/* command_watch.h: looks at the processes of a command while it runs: is what it does what its cell says?
 *
 * A look goes through all descendants of this process (the sweep is their subreaper, so that none leaves), and takes
 * from each its threads, its CPU time, its resident memory and the CPUs that its threads may use. The looks come
 * after 10 ms, then twice as late each time, up to 250 ms; and as far apart as keeps their cost below a five-hundredth
 * of the time. A process that begins and ends between two looks is not seen, so what is counted is "at least".
 *
 * Sequence: command_watch_begin(), command_watch_look() whenever it is due, command_watch_end().
 */
#ifndef KNEE_COMMAND_WATCH_H
#define KNEE_COMMAND_WATCH_H

#include <hwloc.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/trial/own_children.h"

/* What was seen; all but cell_cpus and left 0 and "" with looks 0. */
struct command_seen {
    uint32_t looks;
    uint32_t cell_cpus;                    /* CPUs of the cell, also without looks */
    uint32_t processes_most, threads_most; /* alive at once */
    uint64_t
        cpu_ns_per_s_most;  /* CPU time used per second, at most, between looks; 0: too short to be known */
    uint64_t runqueue_ns;   /* its threads were ready for a CPU without one */
    uint64_t rss_sum_bytes; /* resident memory of all processes together, at most */
    /* CPUs of the cell that threads with 20 ms of CPU time were allowed to use, for most of the time; 0 not seen. A
     * program has those of the cell until it binds itself. */
    uint32_t cpus_allowed;
    uint32_t left;    /* processes that it left running, and that were ended; also without looks */
    char outside[96]; /* CPUs that a thread was allowed to use outside of the cell's; "" none */
};

enum { COMMAND_WATCH_ALLOWED_MOST = 256 };

struct command_watch {
    struct command_seen seen;
    hwloc_bitmap_t cell;    /* CPUs of the cell; NULL: those of this process */
    hwloc_bitmap_t outside; /* owned, as the next */
    hwloc_bitmap_t allowed; /* what threads that compute may use, in a look */
    pid_t starter;          /* not a part of the command; 0 none */
    struct own_children
        others; /* before the command began: antagonists, no part of it, but for the starter's */
    uint64_t allowed_ns[COMMAND_WATCH_ALLOWED_MOST]; /* by how many: for how long, between looks */
    uint64_t look_ns;                                /* instant of the last look */
    uint64_t before_ns;                              /* instant and CPU time of the look before; 0 none */
    uint64_t before_cpu_ns;
    uint64_t before_runqueue_ns; /* of the last look */
    uint64_t delay_ns;           /* between the next two looks */
};

/* Before the command is started. pin: the CPUs of the cell, as for `knee run --pin`; NULL or "none": those of this
 * process. */
void command_watch_begin(struct command_watch *watch, const char *pin);

/* context: a struct command_watch. Returns in how many ns the next look is due. */
uint64_t command_watch_look(void *context);

/* Frees, and leaves seen. */
void command_watch_end(struct command_watch *watch);

#endif
