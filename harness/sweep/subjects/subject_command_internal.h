/* subject_command_internal.h: a command as a subject, for the synthetic workload, which is one.
 *
 * There is no batch, no recipe and no serial run: the work is in the command. Facts: subject 'command', command_words
 * (JSON list), prepare, check, cleanup, units, spans (how many items the command's spans have, or why there are none).
 * recipe_sha256 is of all these texts, so that a gate compares equal commands only; batch_sha256 of the items' names.
 */
#ifndef KNEE_SUBJECT_COMMAND_INTERNAL_H
#define KNEE_SUBJECT_COMMAND_INTERNAL_H

#include "harness/sweep/subject.h"
#include "harness/trial/trial_command.h"

struct subject_command {
    struct subject subject; /* first: a struct subject is the command it begins */
    struct trial_command command;
    char spans[PATH_MAX];       /* file that the command writes its spans to, in the scratch folder */
    char stdout_path[PATH_MAX]; /* file of its standard output, there too */
};

extern const struct subject_kind subject_command_kind;

/* After subject_new(): the command of the options, and the plan request for the places that it has. */
void subject_command_init(struct subject_command *command);

/* Of struct subject_kind. */
int subject_command_record(struct subject *subject, const struct plan *plan, struct study *study,
                           struct fault *fault);
int subject_command_print(const struct subject *subject, const struct plan *plan, struct study *study,
                          bool all_right, FILE *file, struct fault *fault);

#endif
