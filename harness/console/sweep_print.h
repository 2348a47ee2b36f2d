/* sweep_print.h: what a sweep tells its user: the plan before it, the summary after it. */
#ifndef KNEE_SWEEP_PRINT_H
#define KNEE_SWEEP_PRINT_H

#include <stdint.h>

#include "harness/study/study.h"
#include "harness/sweep/sweep_setup.h"

/* To stderr, as messages: the probe, the plan, what it is predicted to take. wished_workers: worker counts
 * asked for. */
void sweep_print_plan(const struct sweep_plan *planned, uint32_t wished_workers, uint64_t budget_ns);

/* To stdout: every cell with its predicted time. */
void sweep_print_cells(const struct sweep_plan *planned, uint64_t budget_ns);

/* To stdout, under 15 lines: trials, bytes, time, what to do next. Returns 0; -1 with fault when the study is
 * not good for anything: trials have failed, no trial with one worker counts, or it cannot be read. */
int sweep_print_summary(struct study *study, const struct sweep_plan *planned, uint64_t batch_items,
                        uint64_t budget_ns, struct fault *fault);

#endif
