/* options.h: one table of options gives parsing, checking and help of a command.
 *
 * A command (harness/cli/cmd_<name>.c) has one struct of settings with its defaults, one table of struct
 * option_spec whose targets point into it, and one const struct subcommand. Its run function calls
 * options_parse() first.
 *
 *     static const struct option_spec table[] = {
 *         {.name = "workers", .letter = 'j', .argument = "N", .kind = OPTION_COUNT, .target = &set.workers,
 *          .min = 1, .max = POOL_MAX_WORKERS, .help = "worker processes"},
 *         {.name = NULL}};
 */
#ifndef KNEE_OPTIONS_H
#define KNEE_OPTIONS_H

#include <stdint.h>

enum exit_code {
    KNEE_OK = 0,
    KNEE_FAILED = 1,
    KNEE_USAGE = 2,
    KNEE_UNDECIDED = 3,    /* gate: the data cannot tell */
    KNEE_INCOMPARABLE = 4, /* gate: another machine class, recipe or data set */
    KNEE_INTERRUPTED = 128 /* plus the signal's number */
};

enum option_kind {
    OPTION_FLAG,     /* bool: set to true */
    OPTION_TEXT,     /* const char *: as given */
    OPTION_TEXT_OR,  /* const char *: --name=TEXT; without a text, choices[0] */
    OPTION_COUNT,    /* uint64_t, min .. max; decimal */
    OPTION_DURATION, /* uint64_t ns: "90s", "10m", "1h", "1.5m", plain number is seconds */
    OPTION_REAL,     /* double, real_min .. real_max; "5%" is 0.05 */
    OPTION_CHOICE    /* int: index into choices */
};

struct option_spec {
    const char *name;     /* long name, without dashes; NULL ends the table */
    const char *alias;    /* an earlier long name, still accepted but not in the help; NULL none */
    char letter;          /* short name; 0 none */
    const char *argument; /* word shown for the argument; NULL for flags */
    enum option_kind kind;
    void *target;
    uint64_t min, max;
    double real_min, real_max;
    const char *const *choices; /* NULL-terminated */
    const char *help;           /* one line */
};

struct subcommand {
    const char *name;
    const char *alias;                 /* an earlier name, still accepted but not in the help; NULL none */
    const char *summary;               /* one line for `knee --help` */
    const char *usage;                 /* operands and options in short: "[options] IN OUT" */
    const char *details;               /* text below the options in `knee NAME --help`; NULL none */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit code */
};

enum options_result {
    OPTIONS_GO,   /* go on */
    OPTIONS_HELP, /* help was printed to stdout: exit 0 */
    OPTIONS_USAGE /* one message was printed to stderr: exit 2 */
};

/* Parses argv[1..]; options may stand before or after operands, `--` ends them. *operands points at the
 * operands, which stay in argv (permuted), *operand_count says how many there are; fewer than least or more
 * than most is a usage error. Pass most = -1 for no limit. */
enum options_result options_parse(const struct subcommand *subcommand, const struct option_spec *table,
                                  int argc, char **argv, int least, int most, char ***operands,
                                  int *operand_count);

#endif
