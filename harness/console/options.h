/* options.h: one table of options gives parsing, checking and help of a subcommand.
 *
 * Every subcommand (harness/cli/cmd_<name>.c) has the same shape: one static struct of options with its defaults, one
 * table of struct option_spec whose targets point into it, a check function for conditions on several options, a run
 * function, and one const struct subcommand that names them.
 *
 *     static struct { uint64_t workers; } options = {.workers = 1};
 *
 *     static const struct option_spec table[] = {
 *         {.name = "workers", .letter = 'j', .argument = "N", .kind = OPTION_COUNT, .target = &options.workers,
 *          .min = 1, .max = POOL_MAX_WORKERS, .help = "worker processes"},
 *         OPTION_QUIET,
 *         OPTION_VERBOSE,
 *         {.name = NULL}};
 *
 * main() calls subcommand_run(), which parses, checks, runs, prints the fault if there is one, and gives the exit
 * code.
 */
#ifndef KNEE_OPTIONS_H
#define KNEE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/console/message.h"
#include "pipeline/base/fault.h"

enum exit_code {
    KNEE_OK = 0,
    KNEE_FAILED = 1,
    KNEE_USAGE = 2,
    KNEE_UNDECIDED = 3,    /* gate: too few data for a verdict */
    KNEE_INCOMPARABLE = 4, /* gate: another machine class, recipe or data set */
    KNEE_INTERRUPTED = 128 /* plus the signal's number */
};

enum option_kind {
    OPTION_FLAG,     /* bool: set to true */
    OPTION_TEXT,     /* const char *: as given */
    OPTION_TEXTS,    /* struct option_texts: each use adds one */
    OPTION_TEXT_OR,  /* const char *: --name=TEXT; without a text, choices[0] */
    OPTION_COUNT,    /* uint64_t, min .. max; decimal */
    OPTION_DURATION, /* uint64_t ns: "90s", "10m", "1h", "1.5m", plain number is seconds */
    OPTION_REAL,     /* double, real_min .. real_max; "5%" is 0.05 */
    OPTION_CHOICE    /* int: index into choices */
};

/* All texts of an option that may be given several times. */
enum { OPTION_TEXTS_MOST = 32 };
struct option_texts {
    const char *text[OPTION_TEXTS_MOST];
    size_t count;
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
    const char *zero;           /* OPTION_COUNT: a word that means 0; NULL none */
    const char *help; /* one line; %s in that of an OPTION_CHOICE becomes "a, b or c", its choices */
};

enum { OPTIONS_MOST = 48 }; /* in a table */

/* What the user typed, options apart. */
struct arguments {
    char **operands; /* count of them */
    int count;
    bool given[OPTIONS_MOST]; /* by place in the table: the option was typed */
    char **command;           /* the words after "--", NULL-terminated; NULL: none were given */
    const char *line;         /* the subcommand's name and all that follows, separated by blanks */
};

struct subcommand {
    const char *name;
    const char *alias;   /* an earlier name, still accepted but not in the help; NULL none */
    const char *summary; /* one line for `knee --help` */
    const char *usage;   /* operands and options in short: "[options] IN OUT" */
    const char *details; /* text below the options in `knee NAME --help`; NULL none */
    const struct option_spec *table;
    int least, most;    /* how many operands; most -1: no limit */
    bool takes_command; /* the words after "--" are a command with its own options */
    /* Completes defaults and checks options and operands against each other; NULL: nothing to check. Returns 0, or -1
     * with fault (FAULT_USAGE). */
    int (*check)(const struct arguments *arguments, struct fault *fault);
    /* Returns the exit code, or -1 with fault. */
    int (*run)(const struct arguments *arguments, struct fault *fault);
};

enum options_result {
    OPTIONS_GO,   /* go on */
    OPTIONS_HELP, /* help was printed to stdout: exit 0 */
    OPTIONS_USAGE /* one message was printed to stderr: exit 2 */
};

/* Every table has an option of this name; where it leaves out more, it has an entry of its own. */
#define OPTION_QUIET                                                                                         \
    {                                                                                                        \
        .name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .target = &message_quiet,                       \
        .help = "no notes and no progress: results and errors only"                                          \
    }

/* Every table has this one too; where it shows more, it has an entry of its own. */
#define OPTION_VERBOSE                                                                                       \
    {                                                                                                        \
        .name = "verbose", .letter = 'v', .kind = OPTION_FLAG, .target = &message_verbose,                   \
        .help = "details on stderr: files used, programs started, time and memory"                           \
    }

/* Parses argv[1..]; options may come before or after operands, `--` ends them. Fills operands, which stay in argv
 * (permuted), count and given of arguments, which is zeroed before. */
enum options_result options_parse(const struct subcommand *subcommand, int argc, char **argv,
                                  struct arguments *arguments);

/* Does what the subcommand is for; argv[0] is its name, and argv ends with NULL. Returns the exit code, after a message
 * when it failed. */
int subcommand_run(const struct subcommand *subcommand, int argc, char **argv);

#endif
