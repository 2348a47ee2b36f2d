/* pool_arguments.h: the options of the pool, for every subcommand that runs one (`knee run`, `knee synthetic`).
 *
 * A subcommand has a struct pool_arguments in its options, beginning as POOL_ARGUMENTS_DEFAULTS (workers apart), and
 * POOL_ARGUMENTS_TABLE(options.pool, ...) in its table; after parsing it calls pool_arguments_fill() to make the
 * options of the pool (pipeline/pool/pool.h).
 */
#ifndef KNEE_POOL_ARGUMENTS_H
#define KNEE_POOL_ARGUMENTS_H

#include <stdint.h>

#include "harness/console/options.h"
#include "pipeline/pool/chunk.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/sandbox.h"

/* Who loads what all workers need: each of them, or their parent before it forks them. */
enum pool_start { POOL_START_FRESH, POOL_START_ZYGOTE };

struct pool_arguments {
    uint64_t workers, chunk; /* workers 0: pool_arguments_complete() chooses */
    int policy;              /* enum chunk_policy */
    int start;               /* enum pool_start */
    uint64_t start_order;    /* seed of the order in which workers are forked; 0: by number */
    const char *pin_list;    /* NULL: none */
    uint64_t emulate;        /* cores to emulate; 0: none */
    uint64_t item_timeout_ns;
    uint64_t
        memory_mib; /* 0: no limit; POOL_MEMORY_DEFAULT: what the workload needs at most, if that is known */
    int sandbox;    /* enum sandbox_mode */
};

#define POOL_MEMORY_DEFAULT UINT64_MAX
#define POOL_ARGUMENTS_DEFAULTS                                                                              \
    .chunk = 1, .policy = POLICY_DYNAMIC, .item_timeout_ns = 600ull * 1000000000,                            \
    .memory_mib = POOL_MEMORY_DEFAULT

/* "fresh", "zygote"; NULL-terminated. By enum pool_start. */
extern const char *const pool_start_names[];
/* "auto", "require", "off"; NULL-terminated. By enum sandbox_mode. */
extern const char *const pool_sandbox_names[];

/* Entries of a table. pool: the struct itself; the texts say what differs between subcommands. */
#define POOL_ARGUMENTS_WORKERS(pool, workers_default)                                                        \
    {                                                                                                        \
        .name = "workers", .letter = 'j', .argument = "N", .kind = OPTION_COUNT, .target = &(pool).workers,  \
        .min = 0, .max = POOL_MAX_WORKERS, .zero = "auto",                                                   \
        .help = "worker processes; 0 or auto: as many as CPUs and CPU quota allow; default " workers_default \
    }

/* Limits of an item, and the sandbox. */
#define POOL_ARGUMENTS_LIMITS(pool, memory_default, sandbox_default)                                         \
    {.name = "item-timeout",                                                                                 \
     .argument = "TIME",                                                                                     \
     .kind = OPTION_DURATION,                                                                                \
     .target = &(pool).item_timeout_ns,                                                                      \
     .help = "give up an item that takes longer; default 10m"},                                              \
        {.name = "memory-per-worker",                                                                        \
         .argument = "MIB",                                                                                  \
         .kind = OPTION_COUNT,                                                                               \
         .target = &(pool).memory_mib,                                                                       \
         .min = 16,                                                                                          \
         .max = 1 << 24,                                                                                     \
         .zero = "none",                                                                                     \
         .help = "most memory that a worker may allocate; none: no limit; default " memory_default},         \
    {                                                                                                        \
        .name = "sandbox", .argument = "MODE", .kind = OPTION_CHOICE, .target = &(pool).sandbox,             \
        .choices = pool_sandbox_names, .help = "confine workers: %s; default " sandbox_default               \
    }

/* For a subcommand that does items and measures nothing. */
#define POOL_ARGUMENTS_OF_ITEMS(pool, workers_default, memory_default, sandbox_default)                      \
    POOL_ARGUMENTS_WORKERS(pool, workers_default),                                                           \
        POOL_ARGUMENTS_LIMITS(pool, memory_default, sandbox_default)

#define POOL_ARGUMENTS_TABLE(pool, workers_default, start_help, memory_default, sandbox_default)             \
    POOL_ARGUMENTS_WORKERS(pool, workers_default),                                                           \
        {.name = "chunk",                                                                                    \
         .letter = 'c',                                                                                      \
         .argument = "N",                                                                                    \
         .kind = OPTION_COUNT,                                                                               \
         .target = &(pool).chunk,                                                                            \
         .min = 1,                                                                                           \
         .max = 1000000000,                                                                                  \
         .help = "items that a worker claims at once; default 1"},                                           \
        {.name = "policy",                                                                                   \
         .letter = 'p',                                                                                      \
         .argument = "NAME",                                                                                 \
         .kind = OPTION_CHOICE,                                                                              \
         .target = &(pool).policy,                                                                           \
         .choices = chunk_policy_names,                                                                      \
         .help = "%s; default dynamic"},                                                                     \
        {.name = "start",                                                                                    \
         .argument = "HOW",                                                                                  \
         .kind = OPTION_CHOICE,                                                                              \
         .target = &(pool).start,                                                                            \
         .choices = pool_start_names,                                                                        \
         .help = (start_help)},                                                                              \
        {.name = "start-order",                                                                              \
         .argument = "SEED",                                                                                 \
         .kind = OPTION_COUNT,                                                                               \
         .target = &(pool).start_order,                                                                      \
         .min = 0,                                                                                           \
         .max = UINT32_MAX,                                                                                  \
         .help = "fork workers in an order drawn from SEED; default 0: by number"},                          \
        {.name = "pin",                                                                                      \
         .argument = "CPUS",                                                                                 \
         .kind = OPTION_TEXT,                                                                                \
         .target = &(pool).pin_list,                                                                         \
         .help = "pin worker after worker to these CPUs in turn, as 0,2,4-7; default none"},                 \
        {.name = "emulate",                                                                                  \
         .argument = "CORES",                                                                                \
         .kind = OPTION_COUNT,                                                                               \
         .target = &(pool).emulate,                                                                          \
         .min = 1,                                                                                           \
         .max = POOL_MAX_WORKERS,                                                                            \
         .help = "emulate CORES cores by CPU quotas"},                                                       \
        POOL_ARGUMENTS_LIMITS(pool, memory_default, sandbox_default)

/* Workers 0 becomes as many as may compute at once here. To be called once all options are parsed. */
void pool_arguments_complete(struct pool_arguments *arguments);

/* Fills the fields of *options that have an option here, but for the sandbox. default_memory_bytes: the limit when none
 * was asked for; 0 none. order has room for POOL_MAX_WORKERS and
 * lives as long as *options. */
void pool_arguments_fill(const struct pool_arguments *arguments, uint64_t default_memory_bytes,
                         struct pool_options *options, uint32_t *order);

#endif
