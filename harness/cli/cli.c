#include "harness/cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/console/help.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "harness/console/wrapped.h"
#include "harness/machine/libraries.h"
#include "harness/machine/starting_mask.h"
#include "pipeline/base/version.h"

/* A full disk or a closed pipe at stdout makes the run fail: a verdict that nobody can read is none. What has failed
 * already, was used wrongly or interrupted stays that. */
static int close_stdout(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    message_error("standard output could not be written: free space there or give another place");
    return code == KNEE_OK || code == KNEE_UNDECIDED || code == KNEE_INCOMPARABLE ? KNEE_FAILED : code;
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

int cli_run(int argc, char **argv)
{
    const struct subcommand *subcommand;
    struct fault fault = {0};

    starting_mask_restore();
    open_the_standard_three();
    /* Writing beyond 'ulimit -f' fails, and has a message, instead of ending the process without one. */
    signal(SIGXFSZ, SIG_IGN);

    if (argc < 2) {
        help_print_all(subcommands, stderr);
        return KNEE_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_print_all(subcommands, stdout);
        return close_stdout(KNEE_OK);
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        char libraries[LIBRARIES_BYTES];
        printf("knee %s\n", knee_version);
        wrapped_print(stdout, 2, "libraries: %s", libraries_text(libraries, sizeof libraries));
        return close_stdout(KNEE_OK);
    }
    subcommand = subcommand_find(argv[1]);
    if (!subcommand) {
        subcommand_unknown(argv[1], &fault);
        return message_fault(&fault);
    }
    message_set_command(subcommand->name);
    return close_stdout(subcommand_run(subcommand, argc - 1, argv + 1));
}
