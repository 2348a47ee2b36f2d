/* columns.h: which columns of a table hold the workers, the measured quantity and the block, and in which unit.
 *
 * Names are compared without case, with blanks, hyphens and points as underscores, without hyperfine's prefix
 * `parameter_`, and without a unit at the end: "Elapsed Time (ms)" is elapsed_time in ms.
 *
 *   workers     workers, threads, cores, procs, ranks, np, jobs, nodes, clients, n ..., also as num_threads, NumThreads
 *   time        seconds, wall, elapsed, real, time, runtime, duration, ns/op, ms_per_frame ...; else mean and median
 *   throughput  throughput, rate, ops, and any name that ends in _per_second, _per_s, /s ...
 *   block       block, repeat, run, iteration, rep, trial, round, session, day: rows measured together, or the
 *               repetition
 *
 * A column called workers, or block, is taken before other names of the kind; otherwise two columns of one kind are an
 * error that names both. min and h are units in brackets only: time_min is taken as the least of several times.
 */
#ifndef KNEE_COLUMNS_H
#define KNEE_COLUMNS_H

#include <stdbool.h>

#include "harness/tables/table.h"

/* What the user asks for; NULL leaves the choice to the names. */
struct columns_request {
    const char *workers; /* name of the column */
    const char *time;    /* of the time or the throughput */
    const char *unit;    /* "s", "ms", "us", "ns", "min", "h": of the time */
};

struct columns {
    int workers, measure; /* indices in the table */
    int iterations;       /* by which the measure is divided; -1: none */
    int block;            /* -1: none */
    bool is_throughput;   /* the measure is work per time, in a unit of its own */
    double seconds;       /* of one unit of the measure, when it is a time */
};

/* Returns 0, or -1 with fault (FAULT_USAGE when a requested name is not there): what is missing or there twice, what
 * was found and what is accepted. */
int columns_choose(const struct table *table, const struct columns_request *request, struct columns *columns,
                   struct fault *fault);

/* Whether a name is one of rows measured together, as `block` is. */
bool columns_is_block_name(const char *name);

/* The unit of a throughput as people write it: "items/s" of items_per_second, "MB/s" of "throughput (MB/s)"; the name
 * where it holds no unit. Caller frees. */
char *column_rate_unit(const char *name);

/* The accepted units, with commas, for messages. */
extern const char columns_units[];

#endif
