/* sweep_antagonist.h: a trial next to an antagonist: the reporters before it, the antagonist during it, and both in the
 * rows of the trial.
 *
 * Before the trial, on the antagonist's CPU, each of the two reporters (antagonist_reporter()) is measured alone, then
 * while the antagonist runs on the worker's CPU, then alone again: how much it is slowed down by that step. During
 * the trial the antagonist is on its own CPU and the worker on its own. When the antagonist is itself a reporter, what
 * it moved while an item was in progress is the pressure of that item.
 *
 * Sequence: sweep_antagonist_place() once; for each trial sweep_antagonist_begin(), the trial, sweep_antagonist_end(),
 * judge(), sweep_antagonist_fill(), sweep_antagonist_release().
 */
#ifndef KNEE_SWEEP_ANTAGONIST_H
#define KNEE_SWEEP_ANTAGONIST_H

#include "harness/antagonist/antagonist.h"
#include "harness/machine/pin_plan.h"
#include "harness/study/study.h"
#include "harness/trial/trial.h"

/* CPUs, the kernel's numbers: those of a trial with two workers. */
struct sweep_antagonist_place {
    int worker_cpu, cpu;
    struct antagonist_setting reporters[ANTAGONIST_KINDS];
};

struct sweep_antagonist {
    struct antagonist running;
    struct sweep_antagonist_place place;
    uint64_t begin_ns, end_ns; /* of its movement during the trial */
    uint64_t begin_cpu_ns;     /* its CPU time before that */
    struct study_antagonist row;
};

/* Returns 0, or -1 with fault. */
int sweep_antagonist_place(const struct topology *topology, enum pin_placement placement,
                           struct sweep_antagonist_place *place, struct fault *fault);

/* Measures the reporters and sets the antagonist going. Returns 0, or -1 with fault; then nothing is left running. */
int sweep_antagonist_begin(struct sweep_antagonist *antagonist, const struct antagonist_setting *setting,
                           const struct sweep_antagonist_place *place, struct fault *fault);
/* Pauses it, and adds its CPU time to what the sweep itself used. */
void sweep_antagonist_end(struct sweep_antagonist *antagonist, struct trial_outcome *outcome);
/* The row of table `antagonist`, and of each item what was moved meanwhile. The row stays with `antagonist`: append the
 * rows before it is released. */
void sweep_antagonist_fill(struct sweep_antagonist *antagonist, const struct trial_outcome *outcome,
                           struct trial_result *result);
/* For one that was zeroed, too. */
void sweep_antagonist_release(struct sweep_antagonist *antagonist);

#endif
