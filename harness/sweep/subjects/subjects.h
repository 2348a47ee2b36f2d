/* subjects.h: opens the subject (harness/sweep/subject.h) that the options name. A new kind of subject is a file
 * subject_NAME.c with a subject_NAME_open(), and a line in subjects.c.
 */
#ifndef KNEE_SUBJECTS_H
#define KNEE_SUBJECTS_H

#include "harness/sweep/subject.h"

/* Reads the subject and the machine, makes the plan request fit them, and blocks the signals
 * (trial_process.h). scratch: path of the folder for the subject's files, which need not exist yet. The caller releases
 * with subject_release(). NULL with fault. */
struct subject *subject_open(const struct sweep_options *options, const char *scratch, struct fault *fault);
/* SHA-256 of all texts of a command, the fact recipe_sha256 of its study: a gate compares equal commands only. Caller
 * frees with g_free. */
char *subject_command_digest(const struct command_spec *spec);

/* Releases the subject and all that it owns; NULL is allowed. */
void subject_release(struct subject *subject);

#endif
