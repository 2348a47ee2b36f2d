/* subject.h: the subject of a sweep, which is the batch, a command or the synthetic workload. The plan, the loop, the
 * facts and the printing know it by this interface only; harness/sweep/subjects has one file for each kind.
 *
 * Sequence: subject_open() (subjects/subjects.h); for a new study probe(), then record(); for an existing one
 * resume(); prepare() before the first trial; run() and judge() for each trial; print(); subject_release() (there too).
 *
 * Functions that return int return 0, or -1 with fault. probe(), prepare() and run() start processes: when a signal
 * asks the sweep to stop meanwhile, probe() and prepare() return -1 with subject->stopped_by set, run() sets
 * stopped_by of the outcome.
 */
#ifndef KNEE_SUBJECT_H
#define KNEE_SUBJECT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/machine/noise.h"
#include "harness/machine/topology.h"
#include "harness/study/study.h"
#include "harness/sweep/sweep_options.h"
#include "harness/trial/trial.h"
#include "harness/trial/trial_process.h"

struct subject;

struct subject_kind {
    /* Measures the costs of the subject on this machine. *spent_ns gets the time of the probe. */
    int (*probe)(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns, struct fault *fault);

    /* Writes facts and items of a new study, within the caller's transaction. */
    int (*record)(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault);

    /* Reads them back. -1 with fault that names the difference when the study was made of another subject. */
    int (*resume)(struct subject *subject, struct study *study, struct fault *fault);

    /* Whatever the first trial needs: the reference run, unless the study has it. */
    int (*prepare)(struct subject *subject, const struct plan *plan, struct study *study,
                   struct fault *fault);

    /* One trial. The caller has filled the fields of the request that follow from the cell; the subject adds its
     * own. The caller releases the outcome. */
    int (*run)(struct subject *subject, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault);
    /* Rows and status of that trial. */
    int (*judge)(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault);

    /* Texts for messages. costs: the results of the probe. work: of a trial, as "8 of 20 items in each trial"; empty
     * when only the command knows it. */
    void (*costs_text)(const struct subject *subject, const struct plan *plan, const struct plan_costs *costs,
                       char *text, size_t bytes);
    void (*work_text)(const struct subject *subject, const struct plan *plan, char *text, size_t bytes);

    /* Lines of the summary: whether the output was right, and results of this kind only. all_right: no trial failed. */
    int (*print)(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault);

    /* Releases the members of this kind and the memory of the subject. */
    void (*release)(struct subject *subject);
};

struct subject {
    const struct subject_kind *kind;
    const struct sweep_options *options; /* the caller's */
    struct plan_request request;         /* that of the options, limited to what the subject supports */
    struct topology topology;            /* of this machine; owned */
    uint32_t cores; /* that the workers use: the real, the emulated, the replayed, or those counted */
    uint32_t emulated_cores;      /* 0: none */
    uint32_t replayed_cores;      /* that items wait for instead of using them; 0: none */
    bool has_chunk, has_policy;   /* the subject can be run with these */
    const char *start_method;     /* how its workers are started: column of table `cell` */
    struct trial_limits limits;   /* of disturbances */
    struct trial_process process; /* the caller may set its tick */
    char scratch[PATH_MAX];       /* folder for the subject's files: the caller makes and removes it */
    char out[PATH_MAX];           /* path for a trial's outputs, in scratch */
    int stopped_by;               /* signal that stopped probe() or prepare(); 0 none */
    /* Progress messages; printf-like. NULL: none. */
    void (*note)(const char *format, ...) __attribute__((format(printf, 1, 2)));
};

#endif
