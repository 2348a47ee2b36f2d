/* sweep_options.h: the command line of `knee sweep`: one table of options, their defaults, the operands. */
#ifndef KNEE_SWEEP_OPTIONS_H
#define KNEE_SWEEP_OPTIONS_H

#include "harness/console/options.h"
#include "harness/sweep/sweep_setup.h"

/* Fills *parsed from argv, defaults included; its texts point into argv or are its own. One message is
 * printed, or the help, unless the result is OPTIONS_GO. */
enum options_result sweep_options_parse(const struct subcommand *subcommand, int argc, char **argv,
                                        struct sweep_settings *parsed);
void sweep_options_release(struct sweep_settings *parsed);

#endif
