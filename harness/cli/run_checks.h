/* run_checks.h: conditions of a run that have nothing to do with its options. */
#ifndef KNEE_RUN_CHECKS_H
#define KNEE_RUN_CHECKS_H

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"

/* A run needs about twenty descriptors at once, its libraries more for a moment; without this check their lack would
 * show as unrelated errors. Raises the limit as far as it can. Returns 0, or -1 with fault. */
int run_check_descriptors(struct fault *fault);

/* The batch must not be its own output folder, by any spelling. Returns 0, or -1 with fault. */
int run_check_folders(const char *in, const char *out, struct fault *fault);

/* Prints an error when folders of the batch could not be read. */
void run_check_readable(const struct batch *batch);

#endif
