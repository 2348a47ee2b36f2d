/* trial.h: one trial: a fresh process does the whole batch once in one request; what it leaves behind becomes
 * rows of the study, with a verdict.
 *
 * ok      counts
 * void    measured, but something else than the setting had a part in it: kept with the reason, and repeated
 * failed  the run went wrong, or its bytes differ from the serial run's: kept with the reason
 *
 * Who runs it is a struct of one function, so that all that follows can be tested without running anything;
 * the real one is in trial_process.h.
 */
#ifndef KNEE_TRIAL_H
#define KNEE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/machine/kernel_stat.h"
#include "harness/machine/noise.h"
#include "harness/study/study.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/item_table.h"

struct trial_request {
    bool serial; /* no pool; workers is 1, chunk and policy have no meaning */
    uint32_t workers;
    uint64_t chunk;
    const char *policy;   /* as chunk_policy_name() */
    const char *pin;      /* as `knee run --pin`; "none" */
    const char *counters; /* path of the counter group; NULL counts nothing */
    uint32_t emulate;     /* so many cores; 0: those that are there */
    const char *recipe, *list, *in,
        *out;               /* list: file with the items' paths; out: must not exist, is removed */
    uint64_t number;        /* of the trial in its study, from 1; 0 none */
    uint32_t start_order;   /* seed of the order in which workers are forked; 0: by number */
    uint32_t padding_bytes; /* by which the environment is longer, so that stacks do not always begin alike */
};

/* What a runner brings back. Released with trial_outcome_release(). */
struct trial_outcome {
    struct item_table table; /* header NULL: the run ended before it had made one */
    int wait_status;
    int stopped_by; /* signal that asked the sweep to stop meanwhile; 0 none. Then nothing else counts */
    char said[256]; /* what the run said on stderr, its last line */
    char started_utc[32];
    uint64_t spent_ns; /* all that the trial took, starting and clearing away included */
    uint64_t user_ns, system_ns, maxrss_bytes; /* of the run and all its workers; largest process */
    uint64_t own_cpu_ns;                       /* CPU time of the sweep itself meanwhile */
    uint64_t watched_ns;                       /* time between before and after */
    bool cpu_known;
    struct kernel_cpu before, after;
    struct noise_sample noise_before, noise_after;

    /* Of a command that is not ours (trial_command.h); its table is what its spans tell. */
    bool of_command;
    uint64_t begin_ns, end_ns; /* start of its process, its end */
    uint64_t units;            /* of work in the trial; 0 not told */
    char complaint[320];       /* why its output or its spans are not right; empty none */
};

struct trial_runner {
    void *context;
    /* Returns 0, or -1 with fault when no process could be started. */
    int (*run)(void *context, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault);
};

/* The workload's words for its numbers; NULL for a number it does not know. */
struct trial_names {
    const char *(*stage)(int stage); /* the columns read, decode, ... of `item` are found by these */
    const char *(*engine)(int engine);
    const char *(*kind)(int kind);
};

/* A trial that does not do all items of the study (weak scaling, sweep_weak.h): which, and what comes out of them. */
struct trial_part {
    uint64_t items;
    const int64_t *ids;        /* numbers in the study of the items of its table, ascending */
    const uint8_t (*made)[32]; /* by number in the study: digest of what the serial run made of the item */
    /* The same of an item of a table; all 0 of one that failed. */
    void (*digest)(const struct item_table *table, uint64_t index, uint8_t sha256[32]);
};

/* What a sound trial of this study looks like, as the serial reference run found it. */
struct trial_expected {
    uint64_t items, failed;
    const char *manifest_sha256;       /* not looked at with part */
    const struct trial_part *part;     /* NULL: all items */
    const struct trial_limits *limits; /* NULL: trial_limits */
    uint32_t cores;                    /* the workers may use; 0 not told */
};

enum trial_status { TRIAL_OK, TRIAL_VOID, TRIAL_FAILED };

struct trial_result {
    enum trial_status status;
    struct study_trial_rows rows; /* status and so on filled; cell, block, position are the caller's */
    char reason[512];             /* empty when ok */
    char manifest_sha256[129];
};

/* Turns an outcome into rows and a verdict. Texts in the record point into outcome, names and result: append
 * it before either is released. expected NULL: the reference run itself, nothing to compare with. Returns 0,
 * or -1 with fault when memory is short. */
int trial_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                const struct trial_names *names, struct trial_result *result, struct fault *fault);
void trial_result_release(struct trial_result *result);
void trial_outcome_release(struct trial_outcome *outcome);

/* --- trial_rows.c, used by trial.c and trial_command_judge.c ---------------------------------------------------------- */

/* A quantity whose 0 means that it is not known: STUDY_UNKNOWN then. */
int64_t trial_known(uint64_t value);
/* NULL for an empty text. */
const char *trial_text(const char *text);
/* The hooks' part of a worker's record; NULL when the table has none. */
struct worker_payload;
const struct worker_payload *trial_worker_payload(const struct item_table *table, uint32_t slot);
/* Workers, items, phases and sums of the outcome's table. Returns 0, or -1 with fault. */
int trial_fill_rows(struct trial_result *result, const struct item_table *table,
                    const struct trial_names *names, struct fault *fault);
/* The outcome of a command: rows that its spans do not tell become unknown, and its verdict but for
 * disturbances. */
int trial_command_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                        const struct trial_names *names, struct trial_result *result, struct fault *fault);

/* "ok", "void", "failed" */
const char *trial_status_name(enum trial_status status);

#endif
