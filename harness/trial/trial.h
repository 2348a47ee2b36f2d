/* trial.h: one trial: a fresh process does the work once in one cell of the plan; the item table and the kernel's
 * counts that it leaves behind become rows of the study, with a status.
 *
 * ok      counts
 * void    something other than the cell influenced the result, or ended the trial: kept with the reason, and repeated
 * failed  the run went wrong, or its bytes differ from the serial run's: kept with the reason
 *
 * Sequence: a runner (trial_process.h, trial_command.h) turns a request into an outcome; trial_judge() or
 * trial_command_judge() turns the outcome into a result; the caller appends its rows to the study, then releases
 * the result and the outcome. Judging starts nothing and reads nothing but its arguments.
 */
#ifndef KNEE_TRIAL_H
#define KNEE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/machine/kernel_stat.h"
#include "harness/machine/noise.h"
#include "harness/study/study.h"
#include "harness/study/study_data.h" /* enum trial_status */
#include "harness/trial/command_watch.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/item_table.h"

/* Texts are the caller's. */
struct trial_request {
    bool serial; /* no pool; workers is 1, chunk and policy have no meaning */
    uint32_t workers;
    uint32_t nodes; /* machines that share the workers equally; 0: this one */
    uint64_t chunk;
    const char *policy;   /* as chunk_policy_name() */
    const char *pin;      /* CPUs as for `knee run --pin`; "none" */
    const char *out;      /* path for outputs: must not exist, is removed at the end */
    uint64_t number;      /* of the trial in its study, from 1; 0 none */
    uint32_t start_order; /* seed of the order in which workers are forked; 0: by number */
    uint32_t emulate;     /* number of emulated cores; 0: the real ones */
    uint32_t
        padding_bytes; /* added to the environment, so that the stack's address varies from trial to trial */

    /* Of `knee run` only (trial_process.h). */
    const char *recipe, *list, *in; /* list: file with the items' paths */
    const char *counters;           /* path of the counter group; NULL counts nothing */
    const char *replay;             /* folder of a replay; NULL: the items are computed */
    bool keep_out;                  /* the outputs stay at out; the caller removes them */
};

/* What a runner measures. Released with trial_outcome_release(). */
struct trial_outcome {
    struct item_table table; /* header NULL: the run ended before it had made one */
    int wait_status;
    int stopped_by; /* signal that asked the sweep to stop meanwhile; 0 none. Then no other field counts */
    char stderr_line[256]; /* last line that the run wrote to stderr */
    char started_utc[32];
    uint64_t spent_ns;                         /* time of the whole trial, start and clean-up included */
    uint64_t user_ns, system_ns, maxrss_bytes; /* of the run and all its workers; largest process */
    uint64_t own_cpu_ns;                       /* CPU time of the sweep itself meanwhile */
    uint32_t workers;                          /* that were asked for */
    uint64_t watched_ns;                       /* time between before and after */
    bool cpu_known;                            /* before and after were read */
    struct kernel_cpu before, after;
    struct noise_sample noise_before, noise_after;

    /* Of a command only (trial_command.h); its table is made from its spans. */
    uint64_t begin_ns, end_ns; /* start of its process, its end; with share, of the emulated machine */
    double share;              /* of a real core, that an emulated one had; 0: real cores */
    uint64_t units;            /* of work in the trial; 0 not known */
    char complaint[320];       /* why its output or its spans are wrong; empty none */
    char output_sha256[65];    /* of what it wrote; empty: not taken */
    struct command_seen seen;  /* of its processes */
};

/* The workload's names for its numbers; NULL for a number it does not know. */
struct trial_names {
    const char *(*stage)(int stage); /* the columns read, decode, ... of `item` are found by these */
    const char *(*engine)(int engine);
    const char *(*kind)(int kind);
};

/* A trial that does not do all items of the study (weak scaling): which items, and their digests. */
struct trial_part {
    uint64_t items;
    const int64_t *ids;        /* numbers in the study of the items of its table, ascending */
    const uint8_t (*made)[32]; /* by number in the study: digest of the serial run's renditions of the item */
    /* The digest of an item of a table; all 0 of one that failed. */
    void (*digest)(const struct item_table *table, uint64_t index, uint8_t sha256[32]);
};

/* Properties of a sound trial of this study, as the serial reference run found them. */
struct trial_expected {
    uint64_t items, failed;
    const char *manifest_sha256;       /* not compared with part */
    const struct trial_part *part;     /* NULL: all items */
    const struct trial_limits *limits; /* NULL: trial_limits */
    uint32_t cores;                    /* that the workers may use; 0 unknown */
    /* Its items wait instead of computing, on fewer cores than it has workers. What others use or the host takes away
     * does not make them longer: only the time in which its own workers were ready and without a core counts. */
    bool waits;
};

/* "ok", "void", "failed" */
const char *trial_status_name(enum trial_status status);

struct trial_result {
    enum trial_status status;
    struct study_trial_rows rows; /* all filled but cell, block and position, which are the caller's */
    char reason[512];             /* empty when ok */
    char manifest_sha256[129];
};

/* Turns an outcome of `knee run` into rows and a status. Texts in the rows point into outcome, names and result:
 * append them before any of these is released. expected NULL: the reference run itself, which is compared with
 * nothing. Returns 0, or -1 with fault when memory is short. */
int trial_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                const struct trial_names *names, struct trial_result *result, struct fault *fault);
void trial_result_release(struct trial_result *result);
void trial_outcome_release(struct trial_outcome *outcome);

#endif
