/* study_names.h: where a study goes when --study does not say it. The caller frees the names with g_free. */
#ifndef KNEE_STUDY_NAMES_H
#define KNEE_STUDY_NAMES_H

#include "harness/trial/trial_command.h"

/* results/<name of the folder> */
char *study_name_of_folder(const char *in);
/* Commands with one name have a study each: results/sh, results/sh-2, ... */
char *study_name_of_command(const struct command_spec *spec);
/* results/x: results/x-replayed. operand: a study's folder or its study.db. */
char *study_name_of_replay(const char *operand);

#endif
