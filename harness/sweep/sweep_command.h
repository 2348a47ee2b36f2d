/* sweep_command.h: what is different in a sweep of any command (`knee sweep -- CMD`): there is no batch and
 * no recipe of ours, no serial run, and the probe is the command itself.
 *
 * The study says of itself: subject 'command', command_words (JSON list), prepare, check, cleanup, units,
 * spans (how many items they tell, or why there are none). recipe_sha256 is of all these texts, so that a
 * gate compares like with like; batch_sha256 of the items' names.
 */
#ifndef KNEE_SWEEP_COMMAND_H
#define KNEE_SWEEP_COMMAND_H

#include "harness/sweep/sweep_setup.h"
#include "harness/trial/trial_command.h"

/* Words for numbers that a command does not have. */
extern const struct trial_names sweep_command_names;

/* The request: cells for the places that the command has. */
void sweep_command_request(struct plan_request *request, const struct command_study *study);
/* The digest of all texts; caller frees with g_free. */
char *sweep_command_digest(const struct command_study *study);

/* The command with one worker (twice: the first run warms up), at full cores and with the most workers.
 * The first tells the items. Returns 0; -1 with fault, or stopped_by options. */
int sweep_command_probe(const struct trial_runner *runner, const struct sweep_inputs *inputs,
                        const struct trial_request *common, struct plan_costs *costs, int64_t *spent_ns,
                        int *stopped_by, struct fault *fault);

/* Within the transaction of sweep_facts_record(). */
int sweep_command_record(struct study *study, const struct trial_command *command, struct fault *fault);
/* The items of a study that is resumed. Returns 0, or -1 with fault: made by another command. */
int sweep_command_resume(struct study *study, struct trial_command *command, struct fault *fault);

#endif
