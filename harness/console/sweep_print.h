/* sweep_print.h: prints the plan of a sweep before it, and its summary after it. */
#ifndef KNEE_SWEEP_PRINT_H
#define KNEE_SWEEP_PRINT_H

#include "harness/study/study.h"
#include "harness/sweep/subject.h"
#include "harness/sweep/sweep_plan.h"

/* To stderr, as messages: the probe's costs, the plan, its predicted time. */
void sweep_print_plan(const struct sweep_plan *planned, const struct subject *subject);

/* To stdout: every cell with its predicted time. */
void sweep_print_cells(const struct sweep_plan *planned, const struct subject *subject);

/* To stdout, under 15 lines: trials, output, time, the next command; or one JSON object. Returns
 * 0; -1 with fault when the study cannot be used: trials have failed, no trial with one worker counts, or it cannot be
 * read. */
int sweep_print_summary(struct study *study, const struct sweep_plan *planned, const struct subject *subject,
                        struct fault *fault);

#endif
