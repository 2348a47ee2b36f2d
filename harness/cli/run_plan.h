/* run_plan.h: what `knee run --dry-run` prints. */
#ifndef KNEE_RUN_PLAN_H
#define KNEE_RUN_PLAN_H

#include "harness/cli/run_arguments.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"

/* Batch, recipe, workers and output of a run, a line each, on standard output. */
void run_plan_print(const struct run_options *options, const struct recipe *recipe,
                    const struct batch *batch);

#endif
