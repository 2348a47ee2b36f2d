/* knee help: the help of a command, its manual page, or what a shell needs to complete it. */
#include <stdio.h>

#include "harness/cli/commands.h"
#include "harness/console/help.h"
#include "pipeline/base/version.h"

enum { COMPLETION_NONE, COMPLETION_BASH, COMPLETION_ZSH };
static const char *const completion_names[] = {"none", "bash", "zsh", NULL};

static struct {
    bool man;
    int completion;
} options;

static const struct option_spec table[] = {
    {.name = "man",
     .kind = OPTION_FLAG,
     .target = &options.man,
     .help = "the manual page: knee help --man sweep | man -l -"},
    {.name = "completion",
     .argument = "SHELL",
     .kind = OPTION_CHOICE,
     .target = &options.completion,
     .choices = completion_names,
     .help = "script for completion: source <(knee help --completion bash)"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static int check(const struct arguments *arguments, struct fault *fault)
{
    if (options.completion && (options.man || arguments->count))
        return fault_usage(fault, "--completion: it is for all commands: give it alone");
    if (arguments->count && !subcommand_find(arguments->operands[0]))
        return subcommand_unknown(arguments->operands[0], fault);
    return 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    const struct subcommand *subcommand = arguments->count ? subcommand_find(arguments->operands[0]) : NULL;

    (void)fault;
    if (options.completion == COMPLETION_BASH)
        help_completion_bash(subcommands, stdout);
    else if (options.completion == COMPLETION_ZSH)
        help_completion_zsh(subcommands, stdout);
    else if (options.man && subcommand)
        help_man(subcommand, knee_version, knee_date, stdout);
    else if (options.man)
        help_man_all(subcommands, knee_version, knee_date, stdout);
    else if (subcommand)
        help_print(subcommand, stdout);
    else
        help_print_all(subcommands, stdout);
    return KNEE_OK;
}

const struct subcommand cmd_help = {
    .name = "help",
    .summary = "help on a command; manual pages and completion for shells",
    .usage = "[options] [COMMAND]",
    .table = table,
    .least = 0,
    .most = 1,
    .check = check,
    .run = run,
};
