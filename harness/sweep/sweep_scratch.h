/* sweep_scratch.h: the folder for the files of a sweep's trials.
 *
 * Each study has one, named after it, so that the next sweep finds and removes the files that a killed sweep has left.
 * Two sweeps of one study must not use it at the same time: lock the study before sweep_scratch_make().
 */
#ifndef KNEE_SWEEP_SCRATCH_H
#define KNEE_SWEEP_SCRATCH_H

#include <limits.h>

#include "harness/sweep/sweep_options.h"
#include "pipeline/base/fault.h"

/* The path of the folder: in the study's folder, or in that of --out. */
void sweep_scratch_name(const struct sweep_options *options, char path[PATH_MAX]);

/* Makes it, empty. Returns 0, or -1 with fault. */
int sweep_scratch_make(const char *path, struct fault *fault);

#endif
