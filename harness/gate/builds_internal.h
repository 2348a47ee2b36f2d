/* builds_internal.h: parts of builds.c in trials.c. */
#ifndef KNEE_GATE_BUILDS_INTERNAL_H
#define KNEE_GATE_BUILDS_INTERNAL_H

#include "harness/gate/builds.h"

enum gate_step {
    STEP_DONE,
    STEP_FAILED,      /* the trial failed: counted, with its reason */
    STEP_STOPPED,     /* a signal */
    STEP_REFUSED = -1 /* with fault */
};

/* Topology, pins, scratch folder. Returns 0, or -1 with fault. */
int gate_trials_open(struct gate_builds *builds, struct fault *fault);
void gate_trials_close(struct gate_builds *builds);

/* One trial of `side` with workers[at], in a fresh process. */
enum gate_step gate_trial(struct gate_builds *builds, enum gate_side side, size_t at, struct figures *figures,
                          struct fault *fault);

#endif
