/* The program for machines without the libraries of the image pipeline, computing nodes for example: it takes the place
 * of main.c and of all that belongs to images, so that the linker leaves the pipeline and its libraries out.
 *
 * Where the complete program is next to it, as knee-images, that is run with the same words.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/cli.h"
#include "harness/cli/commands.h"
#include "harness/machine/doctor/doctor_facts.h"
#include "harness/machine/libraries.h"
#include "pipeline/base/paths.h"

#define COMPLETE "knee-images"

static int refuse(const struct arguments *arguments, struct fault *fault)
{
    (void)arguments;
    return fault_set(fault, "this program has no image pipeline: install the package " COMPLETE);
}

/* Their options are the pipeline's. */
static const struct option_spec none[] = {OPTION_QUIET, OPTION_VERBOSE, {.name = NULL}};
#define IMAGE_COMMANDS(X) X(run) X(merge) X(submit) X(verify) X(recipe)
#define IMAGE_COMMAND(command)                                                                               \
    const struct subcommand cmd_##command = {.name = #command,                                               \
                                             .summary = "of the image pipeline: in the package " COMPLETE,   \
                                             .usage = "",                                                    \
                                             .table = none,                                                  \
                                             .most = -1,                                                     \
                                             .run = refuse};
IMAGE_COMMANDS(IMAGE_COMMAND)

static bool is_of_images(const char *name)
{
#define IS_IT(command)                                                                                       \
    if (strcmp(name, #command) == 0)                                                                         \
        return true;
    IMAGE_COMMANDS(IS_IT)
    return false;
}

void doctor_add_formats(struct doctor_facts *facts)
{
    fact_remedy(fact_add(facts, "pictures", FACT_MISSING, "this program has no image pipeline"),
                "install the package " COMPLETE);
}

void libraries_add_images(char *text, size_t bytes)
{
    (void)text;
    (void)bytes;
}

static void become_complete(char **argv)
{
    char self[PATH_MAX], *slash;

    if (!paths_self(self, sizeof self) || (slash = strrchr(self, '/')) == NULL ||
        (size_t)(slash - self) + sizeof "/" COMPLETE > sizeof self)
        return;
    memcpy(slash + 1, COMPLETE, sizeof COMPLETE);
    execv(self, argv); /* where it is not, this program goes on */
}

int main(int argc, char **argv)
{
    become_complete(argv);
    if (argc > 1 && is_of_images(argv[1]))
        argv[argc = 2] = NULL; /* whatever its options are */
    return cli_run(argc, argv);
}
