/* commands.h: the subcommands of the program, each defined in its cmd_<name>.c, in the order of `knee --help`.
 *
 * A new one needs its file, a line here, and its help text in the golden file (tests/e2e/help.t --write).
 */
#ifndef KNEE_COMMANDS_H
#define KNEE_COMMANDS_H

#include "harness/console/options.h"

#define COMMANDS(X)                                                                                          \
    X(doctor)                                                                                                \
    X(run)                                                                                                   \
    X(verify)                                                                                                \
    X(recipe)                                                                                                \
    X(synthetic)                                                                                             \
    X(sweep)                                                                                                 \
    X(fit)                                                                                                   \
    X(account)                                                                                               \
    X(predict)                                                                                               \
    X(validate)                                                                                              \
    X(report)                                                                                                \
    X(gate)                                                                                                  \
    X(export)                                                                                                \
    X(self_test)

#define COMMAND_DECLARE(name) extern const struct subcommand cmd_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

#endif
