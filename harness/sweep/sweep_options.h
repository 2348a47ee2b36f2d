/* sweep_options.h: the options of `knee sweep`, as its command line (harness/cli/sweep_arguments.h) leaves them for
 * the subject, the plan, the loop and the facts.
 */
#ifndef KNEE_SWEEP_OPTIONS_H
#define KNEE_SWEEP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/sweep/plan.h"
#include "harness/trial/trial_command.h"

/* State of the page cache, for the files of the batch, at the start of every trial. */
enum sweep_cache { CACHE_WARM, CACHE_COLD };
extern const char *const sweep_cache_names[]; /* "warm", "cold", NULL */

/* What is measured: harness/sweep/subjects has a file for each. */
enum sweep_subject { SWEEP_BATCH, SWEEP_COMMAND, SWEEP_SYNTHETIC, SWEEP_REPLAY, SWEEP_NODES };

/* Texts are owned by the command line unless stated otherwise. */
struct sweep_options {
    enum sweep_subject subject;
    const char *study; /* folder */
    char *study_made;  /* study, when it was not given; owned */
    const char *out;   /* folder for outputs of trials; NULL: in the study's folder */

    /* The plan. */
    const char *workers, *chunks, *policies; /* lists as given; workers NULL: by the cores */
    struct plan_request request;             /* these lists, items, blocks and stop rule, parsed */
    uint64_t budget_ns, items, blocks, seed; /* items, blocks: 0 chosen by the plan */
    double precision;                        /* half-width of E(n) to be reached, a share; 0: none */
    double delta;            /* efficiency loss that defines the knee (analysis/knee/knee.h) */
    bool weak;               /* the work grows with the workers */
    const char *antagonists; /* steps of antagonists (antagonist_setting.h); NULL: none */

    /* The machine. */
    uint64_t emulate; /* number of emulated cores; 0: the real ones */
    const char
        *times;       /* with emulate: the study whose times decide which items are chosen; NULL: the probe */
    int placement;    /* enum pin_placement */
    double noise;     /* share of the CPU time that other processes may use in a trial; 0: trial_limits */
    int noise_policy; /* enum noise_policy: what becomes of disturbed trials */

    /* Of the batch. */
    const char *in, *recipe;
    const char *counters; /* name or path of the counter group; NULL counts nothing */
    int cache;            /* enum sweep_cache */

    /* Of the batch on several machines, by `knee submit`. */
    const char *nodes; /* list of numbers of nodes; NULL: on this machine */
    uint64_t shards;   /* of each node */

    /* Of a command; the synthetic workload is one too. */
    struct command_spec command;
    const char *synthetic;  /* the spec of --synthetic; NULL none */
    char **synthetic_words; /* the command made of it; owned */

    /* Of a replay: the study whose times are replayed. in and recipe are then NULL, or must be that study's. */
    const char *replay;

    bool dry_run, restart, resume;
    bool json; /* the summary is to be JSON */
};

/* Fills options->request from the other fields. Returns 0, or -1 with fault that names the option. */
int sweep_options_read_plan(struct sweep_options *options, struct fault *fault);

#endif
