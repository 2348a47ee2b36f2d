/* trial_internal.h: functions shared by trial.c, trial_rows.c and trial_command_judge.c. */
#ifndef KNEE_TRIAL_INTERNAL_H
#define KNEE_TRIAL_INTERNAL_H

#include "harness/machine/worker_payload.h"
#include "harness/trial/trial.h"

/* A quantity whose 0 means that it is not known: STUDY_UNKNOWN then. */
int64_t trial_known(uint64_t value);
/* NULL for an empty text. */
const char *trial_text(const char *text);
/* The hooks' part of a worker's record; NULL when the table has none. */
const struct worker_payload *trial_worker_payload(const struct item_table *table, uint32_t slot);

/* A failed result without workers and items, all quantities unknown but those that the kernel counted. */
void trial_result_begin(struct trial_result *result, const struct trial_outcome *outcome);
/* Workers, items, phases and sums of the outcome's table. Returns 0, or -1 with fault. */
int trial_result_fill(struct trial_result *result, const struct item_table *table,
                      const struct trial_names *names, struct fault *fault);
/* Writes status and reason into the row. */
void trial_result_end(struct trial_result *result);

/* Whether somebody else ended the process of the trial: by a signal that no fault of its own sends, or by asking
 * `knee run` to stop. Adds that to the result's reason. */
bool trial_was_ended(const struct trial_outcome *outcome, struct trial_result *result);

/* Whether the host, other processes or a shortage of memory took more than expected->limits allow (NULL: trial_limits),
 * or workers that have a core each were without one; the result's reason says which, and its row what was taken, at
 * most. */
bool trial_is_disturbed(const struct trial_outcome *outcome, const struct trial_expected *expected,
                        struct trial_result *result);

#endif
