/* baseline_causes.h: the core-second account in a baseline: shares of n T(n) by cause with the most workers within the
 * cores, so that a loss has a cause.
 */
#ifndef KNEE_BASELINE_CAUSES_H
#define KNEE_BASELINE_CAUSES_H

#include <jansson.h>

#include "harness/cli/gate/baseline_file.h"
#include "harness/gate/report.h"

/* {"workers": 4, "tail": 0.013, ...} with the names of account_cause_name(); NULL: the study has no account. */
json_t *baseline_causes_of(const struct fit *fit);

/* Fills the report's causes, the largest rise first: the mean of the sessions that have an account of as many workers,
 * and the study's share, with its interval. None where either side has no account. */
void baseline_causes_add(const struct baseline_file *baseline, const struct fit *fit,
                         struct gate_report *report);

#endif
