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
    X(merge)                                                                                                 \
    X(submit)                                                                                                \
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
    X(history)                                                                                               \
    X(diff)                                                                                                  \
    X(export)                                                                                                \
    X(self_test)                                                                                             \
    X(help)

#define COMMAND_DECLARE(name) extern const struct subcommand cmd_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* All, in this order; NULL-terminated. */
extern const struct subcommand *const subcommands[];
/* By its name or an earlier one; NULL: none. */
const struct subcommand *subcommand_find(const char *name);
/* Fills fault (FAULT_USAGE) for a name that is none, with the one that was probably meant, and returns -1. */
int subcommand_unknown(const char *name, struct fault *fault);

#endif
