/* sweep_plan.h: the plan of a sweep: probe the subject, fit the plan into the budget, apply the stop rule; and the plan
 * in the study, so that a resumed sweep follows the same one.
 *
 * Sequence: sweep_plan_make() and sweep_plan_record() for a new study, or sweep_plan_read(); sweep_plan_pins().
 */
#ifndef KNEE_SWEEP_PLAN_H
#define KNEE_SWEEP_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "harness/sweep/plan.h"
#include "harness/sweep/subject.h"

struct sweep_plan {
    struct plan plan;
    struct plan_costs costs;
    int64_t probe_ns;          /* time of the probe */
    double predicted_ns;       /* the whole study: probe, reference run, predicted_blocks blocks */
    uint32_t predicted_blocks; /* plan.blocks; with PLAN_STOP_PRECISION those planned before more are added */
};

/* Returns 0; -1 with fault, or subject->stopped_by. */
int sweep_plan_make(struct sweep_plan *planned, struct subject *subject, struct fault *fault);

/* Predicted duration of one trial of a cell. */
double sweep_plan_cell_ns(const struct sweep_plan *planned, uint32_t cell);

/* Fact 'plan' and table `cell`, within the caller's transaction. Both return 0, or -1 with fault. */
int sweep_plan_record(const struct sweep_plan *planned, const struct subject *subject, struct study *study,
                      struct fault *fault);
int sweep_plan_read(struct sweep_plan *planned, struct study *study, struct fault *fault);

/* The CPUs of each cell as `knee run --pin` takes them. NULL with fault; sweep_plan_free_pins() frees. */
char **sweep_plan_pins(const struct sweep_plan *planned, const struct subject *subject, struct fault *fault);
void sweep_plan_free_pins(const struct sweep_plan *planned, char **pins);

/* The worker count from which on cores of different kinds work, with a text: pin_kinds_mixed(). */
uint32_t sweep_plan_mixed(const struct sweep_plan *planned, const struct subject *subject, char *text,
                          size_t bytes);

#endif
