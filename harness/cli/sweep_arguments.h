/* sweep_arguments.h: the command line of `knee sweep`: one table of options, their defaults, the operands. */
#ifndef KNEE_SWEEP_ARGUMENTS_H
#define KNEE_SWEEP_ARGUMENTS_H

#include "harness/console/options.h"
#include "harness/sweep/sweep_setup.h"

/* Fills *parsed from argv, defaults included; its texts point into argv or are its own. One message is
 * printed, or the help, unless the result is OPTIONS_GO. */
enum options_result sweep_arguments_parse(const struct subcommand *subcommand, int argc, char **argv,
                                          struct sweep_options *parsed);
void sweep_arguments_release(struct sweep_options *parsed);

#endif
