/* gate_baseline.h: `knee gate --baseline FILE STUDY`: a study against a file of earlier sessions (baseline_file.h).
 * Scaling (efficiency at every worker count, and their mean; serial fraction; tail; dispatch; worker start) and cost
 * (CPU time per item, peak memory) are judged apart: analysis/gate/gate.h.
 */
#ifndef KNEE_GATE_BASELINE_H
#define KNEE_GATE_BASELINE_H

#include "harness/cli/gate/baseline_file.h"
#include "harness/gate/report.h"

/* Prints what does not agree and begins the report's outcome with it. Returns how many differences there are. */
size_t gate_baseline_differs(const struct baseline_file *baseline, const struct fit *fit,
                             struct gate_report *report);

/* Prints the comparison of a baseline that agrees, and fills the report, which was begun. Returns the exit code. */
int gate_baseline_compare(struct baseline_file *baseline, const struct fit *fit, struct gate_report *report);

#endif
