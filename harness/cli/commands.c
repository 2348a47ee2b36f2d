#include "harness/cli/commands.h"

#include <string.h>

#include "harness/console/similar.h"

const struct subcommand *const subcommands[] = {
#define COMMAND_ADDRESS(name) &cmd_##name,
    COMMANDS(COMMAND_ADDRESS)
#undef COMMAND_ADDRESS
        NULL};

const struct subcommand *subcommand_find(const char *name)
{
    for (const struct subcommand *const *one = subcommands; *one; one++)
        if (strcmp((*one)->name, name) == 0 || ((*one)->alias && strcmp((*one)->alias, name) == 0))
            return *one;
    return NULL;
}

int subcommand_unknown(const char *name, struct fault *fault)
{
    const char *names[sizeof subcommands / sizeof subcommands[0]] = {NULL}, *meant;

    for (size_t i = 0; subcommands[i]; i++)
        names[i] = subcommands[i]->name;
    meant = similar_find(name, names);
    return fault_usage(fault, "unknown command '%.100s': %s%s%s'knee --help' lists the commands", name,
                       meant ? "did you mean '" : "", meant ? meant : "", meant ? "'? " : "");
}
