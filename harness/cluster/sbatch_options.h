/* sbatch_options.h: options for sbatch that a user gives, each as a line of a shell: "--partition=long", "-p long".
 * Pure. */
#ifndef KNEE_SBATCH_OPTIONS_H
#define KNEE_SBATCH_OPTIONS_H

#include <stddef.h>

#include "pipeline/base/fault.h"

/* options: count texts. Returns their words, NULL-terminated, g_strfreev(), or NULL with fault: a quote is not
 * closed. */
char **sbatch_options_split(const char *const *options, size_t count, struct fault *fault);

/* The partition that sbatch takes with these words: the last one that they name, else `variable` (the value of
 * SBATCH_PARTITION; NULL or empty: not set). NULL: the site's default one. The text is the caller's. */
const char *sbatch_options_partition(char *const *words, const char *variable);

#endif
