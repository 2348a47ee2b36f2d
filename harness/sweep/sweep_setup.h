/* sweep_setup.h: from the command line of `knee sweep` to a study that the loop (sweep.h) can run: what is
 * measured and on what, the probe, the plan, the record of all this in the study, and its way back when a
 * sweep is resumed.
 *
 * New study: sweep_inputs_read(), sweep_probe(), plan_make(), sweep_facts_record(), sweep_reference(). Resumed:
 * sweep_inputs_read(), sweep_check_same(), sweep_read_plan(), and sweep_reference() when it is missing.
 */
#ifndef KNEE_SWEEP_SETUP_H
#define KNEE_SWEEP_SETUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/machine/counters/counter_group.h"
#include "harness/machine/pin_plan.h"
#include "harness/machine/topology.h"
#include "harness/study/study.h"
#include "harness/sweep/plan.h"
#include "harness/trial/trial.h"
#include "harness/trial/trial_command.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"

/* State of the files of the batch at the start of every trial. */
enum sweep_cache { CACHE_WARM, CACHE_COLD };
extern const char *const sweep_cache_names[]; /* "warm", "cold", NULL */

struct sweep_options {
    const char *in, *study, *recipe, *workers, *chunks, *policies, *out;
    const char *counters; /* name or path of the counter group; NULL counts nothing */
    uint64_t budget_ns, items, blocks, seed;
    uint64_t emulate; /* so many cores; 0: those that are there */
    int placement;    /* enum pin_placement */
    double noise;     /* share of the CPU time that others may take in a trial; 0: trial_limits */
    bool dry_run, restart, resume;
    bool weak;                    /* the work grows with the workers */
    struct command_study command; /* of `-- CMD`; words NULL: the pipeline on IN */
    const char *synthetic;        /* of --synthetic (sweep_synthetic.h), which makes a command; NULL none */
    char **synthetic_words;       /* that command; owned */
    int cache;                    /* enum sweep_cache */
    double precision;             /* half-width of E(n) to be reached; 0: none */
    char *study_made;             /* study, when it was not given; owned */
};

struct sweep_weak;

struct sweep_inputs {
    struct recipe recipe;
    struct counter_group group; /* text NULL: nothing is counted */
    struct batch batch;
    char batch_sha256[65];
    uint32_t *kinds; /* of each item of the batch, by its first bytes: enum image_kind */
    struct topology topology;
    uint32_t emulated_cores; /* 0: none */
    struct plan_request request;
    enum pin_placement placement;
    enum sweep_cache cache;
};

/* Reads recipe, batch and machine and checks the request. scratch (in the study's folder, or below --out) is
 * passed over in the batch. Returns 0, or -1 with fault (FAULT_USAGE when the command line is wrong). */
int sweep_inputs_read(struct sweep_inputs *inputs, const struct sweep_options *options, struct fault *fault);
void sweep_inputs_release(struct sweep_inputs *inputs);

/* The items of the study, as indices into the batch, ascending: those of every trial, or with weak scaling of the largest
 * ones. */
struct sweep_items {
    size_t *index;
    size_t count;
    char sample[200]; /* "all", or how they were chosen */
};
/* count groups of alike ones (sample.h); 1: any. */
int sweep_items_choose(struct sweep_items *items, const struct sweep_inputs *inputs, uint64_t count,
                       uint32_t alike, uint64_t seed, struct fault *fault);
/* Those of a study that is resumed. */
int sweep_items_from_study(struct sweep_items *items, const struct sweep_inputs *inputs, struct study *study,
                           struct fault *fault);
void sweep_items_release(struct sweep_items *items);

/* Writes their paths, one a line, for `knee run --list`. */
int sweep_items_write(const struct sweep_items *items, const struct sweep_inputs *inputs, const char *path,
                      struct fault *fault);
/* Before a trial. Warm: reads all of them once before the first, so that the page cache is as warm for it as
 * for the last. Cold: asks the kernel before each to drop them from the page cache; pages that are mapped or
 * being written stay, and so does what a disk keeps itself. */
void sweep_items_prepare_cache(const struct sweep_items *items, const struct sweep_inputs *inputs,
                               bool first);

/* A few items without a pool and with one: what things cost here. common: recipe, list, in, out, counters;
 * the list file is written by the probe. *spent_ns is what it took. Returns 0; -1 with fault, or stopped_by
 * options. */
int sweep_probe(const struct trial_runner *runner, const struct sweep_inputs *inputs,
                const struct trial_request *common, uint64_t seed, struct plan_costs *costs,
                int64_t *spent_ns, int *stopped_by, struct fault *fault);

struct sweep_plan {
    struct plan plan;
    struct plan_costs costs;
    int64_t probe_ns;    /* what the probe took */
    double predicted_ns; /* the whole study: probe, reference run, blocks */
};
/* Whether cores of different kinds work in one of its settings, in words: pin_kinds_mixed(). */
uint32_t sweep_plan_mixed(const struct sweep_plan *planned, const struct sweep_inputs *inputs, char *text,
                          size_t bytes);
/* Fills predicted_ns. */
void sweep_plan_predict(struct sweep_plan *planned);

/* Everything that is known before the first trial: facts, cells, items. One transaction. foreign: of a
 * command; NULL none. */
int sweep_facts_record(struct study *study, const struct sweep_options *options,
                       const struct sweep_inputs *inputs, const struct sweep_items *items,
                       const struct sweep_plan *planned, const char *command,
                       const struct trial_command *foreign, struct fault *fault);
/* Refuses to go on when the study was made of something else, and names it. */
int sweep_check_same(struct study *study, const struct sweep_options *options,
                     const struct sweep_inputs *inputs, struct fault *fault);
int sweep_read_plan(struct study *study, struct sweep_plan *planned, struct fault *fault);

/* The serial run that every trial is compared with: its manifest, how many items failed, and what the items
 * are. Not a trial; its time is the study's setup. weak: with weak scaling, learns so many shares from it; NULL none.
 * Returns 0; -1 with fault, or stopped_by options. */
int sweep_reference(struct study *study, const struct trial_runner *runner, const struct trial_names *names,
                    const struct trial_request *common, int64_t spent_ns, struct sweep_weak *weak,
                    uint32_t shares, int *stopped_by, struct fault *fault);

#endif
