/* gate_require.h: `knee gate --require`: holds a study against stated bounds, without a baseline.
 *
 * Prints one line for each requirement with its value, interval and verdict, and what would decide where nothing does.
 * A requirement is skipped, with the reason, when the study cannot speak of it: more workers than the machine has
 * cores, emulated cores required of a study of real ones, or the reverse.
 */
#ifndef KNEE_GATE_REQUIRE_H
#define KNEE_GATE_REQUIRE_H

#include "harness/console/options.h"
#include "harness/fit/fit.h"
#include "harness/gate/report.h"
#include "pipeline/base/fault.h"

/* Returns 0, or -1 with fault (FAULT_USAGE): which requirement cannot be read, and why. */
int gate_require_check(const struct option_texts *texts, struct fault *fault);

/* Prints to stdout, and fills the report, which was begun. Returns the exit code: KNEE_FAILED when one has failed;
 * otherwise KNEE_UNDECIDED when one is undecided, or all are skipped; otherwise KNEE_OK. Call after
 * gate_require_check(). */
int gate_require(const struct option_texts *texts, const struct fit *fit, struct gate_report *report);

#endif
