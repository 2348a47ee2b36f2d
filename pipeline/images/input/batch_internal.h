/* batch_internal.h: the parts of a batch (batch.h): the walk through its folders is batch_walk.c, the choice by a list
 * is batch_names.c. */
#ifndef KNEE_BATCH_INTERNAL_H
#define KNEE_BATCH_INTERNAL_H

#include <sys/stat.h>

#include "pipeline/images/input/batch.h"

/* Does the mode alone deny us access? wanted: 4 to read, 1 to pass through. */
bool batch_is_closed(const struct stat *status, mode_t wanted);

/* Fills the batch, whose root is set, from the folder root. Returns 0, or -1 with fault. */
int batch_walk(struct batch *batch, const struct batch_options *options, struct fault *fault);

/* Empties the list of what was left out. */
void batch_forget_left(struct batch *batch);

#endif
