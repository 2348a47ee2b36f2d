/* output_clash.h: do two outputs of a run have one name, or does one have the name of a folder that others need? */
#ifndef KNEE_OUTPUT_CLASH_H
#define KNEE_OUTPUT_CLASH_H

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"

/* Checks the names of all outputs, before any work. Returns 0, or -1 with a fault that names the items: two outputs
 * with one name, a file in the place of a folder, a path that is not plain (output_name.h) or too long, no memory. */
int output_clash_check(const struct batch *batch, const struct recipe *recipe, struct fault *fault);

#endif
