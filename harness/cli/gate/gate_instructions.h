/* gate_instructions.h: `knee gate --instructions`: how many instructions each build executes with one worker, counted
 * by valgrind: a cost that does not depend on the load of the machine, and repeats nearly exactly.
 *
 * Each run is a trial with one worker, with the commands of --prepare, --check and --cleanup. The base is run twice,
 * the new build once. By as much as both runs of the base differ the count does not repeat: a rise is
 * a regression when it exceeds the tolerance and three times that.
 */
#ifndef KNEE_GATE_INSTRUCTIONS_H
#define KNEE_GATE_INSTRUCTIONS_H

#include "harness/gate/builds.h"
#include "harness/gate/report.h"

/* items: of each run, 0 not known. Fills the report, which the caller releases. Returns 0; 128 and the
 * signal's number when it was interrupted; or -1 with fault: no valgrind, or a build that does not run under it or
 * whose output is wrong (FAULT_USAGE). */
int gate_instructions(const struct gate_builds_request *request, uint64_t items, struct gate_report *report,
                      struct fault *fault);

#endif
