/* sweep_arguments.h: the command line of `knee sweep`: one table of options, their defaults, the operands. */
#ifndef KNEE_SWEEP_ARGUMENTS_H
#define KNEE_SWEEP_ARGUMENTS_H

#include "harness/console/options.h"
#include "harness/sweep/sweep_options.h"

extern const struct option_spec sweep_arguments_table[];

/* The check function of struct subcommand. Texts in the options point into the arguments or are the options' own. */
int sweep_arguments_check(const struct arguments *arguments, struct fault *fault);
/* The options, once they have been checked. */
const struct sweep_options *sweep_arguments_options(void);
void sweep_arguments_release(struct sweep_options *parsed);

#endif
