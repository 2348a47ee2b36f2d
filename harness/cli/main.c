/* knee: measures how a parallel program scales, and why. One file for each command: cmd_<name>.c. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "pipeline/base/version.h"

static const struct subcommand *const subcommands[] = {
#define COMMAND_ADDRESS(name) &cmd_##name,
    COMMANDS(COMMAND_ADDRESS)
#undef COMMAND_ADDRESS
};
static const size_t subcommand_count = sizeof subcommands / sizeof subcommands[0];

static void print_help(FILE *out)
{
    fputs("usage: knee COMMAND [options] ...\n\n"
          "knee measures how a parallel program scales, shows where its speedup leaves the ideal line,\n"
          "and says why.\n\ncommands:\n",
          out);
    for (size_t i = 0; i < subcommand_count; i++)
        fprintf(out, "  %-9s %s\n", subcommands[i]->name, subcommands[i]->summary);
    fputs("\n'knee COMMAND --help' lists the options of a command; 'knee --version' names this build.\n"
          "exit codes: 0 good, 1 failed, 2 usage; knee gate adds 3 undecided, 4 not comparable\n",
          out);
}

/* A full disk or a closed pipe at stdout makes the run fail, whatever the subcommand returned. */
static int close_stdout(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    message_error("standard output could not be written: free space there or give another place");
    return code == KNEE_OK ? KNEE_FAILED : code;
}

static const struct subcommand *find_subcommand(const char *name)
{
    for (size_t i = 0; i < subcommand_count; i++)
        if (strcmp(subcommands[i]->name, name) == 0 ||
            (subcommands[i]->alias && strcmp(subcommands[i]->alias, name) == 0))
            return subcommands[i];
    return NULL;
}

/* A descriptor below 3 that is closed would be taken by the next file that is opened, and messages would land in it. */
static void open_the_standard_three(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int main(int argc, char **argv)
{
    const struct subcommand *subcommand;

    open_the_standard_three();
    /* Writing beyond 'ulimit -f' fails, and has a message, instead of ending the process without one. */
    signal(SIGXFSZ, SIG_IGN);

    if (argc < 2) {
        print_help(stderr);
        return KNEE_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return close_stdout(KNEE_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("knee %s\n", knee_version);
        return close_stdout(KNEE_OK);
    }
    subcommand = find_subcommand(argv[1]);
    if (!subcommand) {
        message_error("unknown command '%s': 'knee --help' lists the commands", argv[1]);
        return KNEE_USAGE;
    }
    message_set_command(subcommand->name);
    return close_stdout(subcommand_run(subcommand, argc - 1, argv + 1));
}
