#include "harness/cli/gate/gate_arguments.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const summary_default[] = {"", NULL};

static_assert(GATE_QUANTITIES == 8, "a tolerance for each");
static struct gate_options options = {
    .writing = {.tolerance = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
    .builds = {.budget_ns = 180ull * 1000000000, .tolerance = 0.01, .limit = 0.05}};

const struct option_spec gate_arguments_table[] = {
    {.name = "against",
     .letter = 'a',
     .argument = "BUILD",
     .kind = OPTION_TEXT,
     .target = &options.builds.against,
     .help = "measure this knee and BUILD, that of the old build, in pairs on the batch IN"},
    {.name = "base",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.base,
     .help = "measure CMD, the command of the old build, and the command after -- in pairs"},
    {.name = "baseline",
     .letter = 'b',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.baseline,
     .help = "compare the study with this baseline"},
    {.name = "require",
     .letter = 'r',
     .argument = "BOUND",
     .kind = OPTION_TEXTS,
     .target = &options.require,
     .help = "without a baseline: what must hold, such as 'E(4)>=0.6'; may be repeated"},
    {.name = "write-baseline",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.writing.write,
     .help = "write the values of the study as a new baseline"},
    {.name = "accept",
     .kind = OPTION_FLAG,
     .target = &options.accept,
     .help = "with --baseline: add the study to it as a session, whatever the verdict"},
    {.name = "workers",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.workers,
     .help = "such as 1,2,4: of pairs, --write-baseline, --accept; all up to the cores"},
    {.name = "budget",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .target = &options.builds.budget_ns,
     .min = 1000000000,
     .max = 86400ull * 1000000000,
     .help = "pairs: time for all of it; a clear case ends earlier; default 3m"},
    {.name = "tolerance",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.builds.tolerance,
     .real_min = 0.0001,
     .real_max = 1,
     .help = "pairs: a smaller loss is no regression; default 1%"},
    {.name = "limit",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.builds.limit,
     .real_min = 0.0001,
     .real_max = 10,
     .help = "pairs: a pass excludes a loss of efficiency or CPU time like this; default 5%"},
    {.name = "noise-policy",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = &options.builds.noise,
     .choices = gate_noise_names,
     .help = "disturbed pairs: %s; default auto"},
    {.name = "placement",
     .argument = "P",
     .kind = OPTION_CHOICE,
     .target = &options.builds.placement,
     .choices = pin_placement_names,
     .help = "pairs: compact (default), scatter, core-type or none"},
    {.name = "recipe",
     .argument = "RECIPE",
     .kind = OPTION_TEXT,
     .target = &options.builds.recipe,
     .help = "--against: the recipe of both builds; default web"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.builds.items,
     .min = 1,
     .max = 1000000000,
     .help = "--against: items of the batch; default as many as fit into the budget"},
    {.name = "prepare",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.prepare,
     .help = "--base: shell command before every trial, not timed"},
    {.name = "check",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.check,
     .help = "--base: shell command after every trial: 0 when the output is right"},
    {.name = "cleanup",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.cleanup,
     .help = "--base: shell command after that"},
    {.name = "instructions",
     .kind = OPTION_FLAG,
     .target = &options.builds.instructions,
     .help = "count the instructions of both builds by valgrind instead: exact, with one worker"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.builds.seed,
     .min = 1,
     .max = UINT32_MAX,
     .help = "pairs: the seed of all orders; default drawn"},
    {.name = "tolerance-efficiency",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.writing.tolerance[GATE_EFFICIENCY],
     .real_min = 0,
     .real_max = 1,
     .help = "with --write-baseline: how far an efficiency may fall (3%)"},
    {.name = "tolerance-cpu",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.writing.tolerance[GATE_CPU_PER_ITEM],
     .real_min = 0,
     .real_max = 10,
     .help = "with --write-baseline: how far CPU time per item may rise (5%)"},
    {.name = "allow-failed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.allow_failed,
     .max = 1000000000,
     .help = "--require, --write-baseline: items that may fail in every trial (0)"},
    {.name = "json",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.json,
     .help = "write verdict and figures as JSON"},
    {.name = "summary",
     .argument = "FILE",
     .kind = OPTION_TEXT_OR,
     .target = &options.summary,
     .choices = summary_default,
     .help = "append Markdown to FILE; default the file named by GITHUB_STEP_SUMMARY"},
    {.name = "annotations",
     .kind = OPTION_FLAG,
     .target = &options.annotations,
     .help = "print the verdict as a workflow command too: ::error, ::warning or ::notice"},
    {.name = "junit",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.junit,
     .help = "write a test case for each figure as JUnit XML"},
    {.name = "openmetrics",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.openmetrics,
     .help = "write the figures as OpenMetrics text"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

/* --- what is for what ------------------------------------------------------------------------- */

/* What the command is asked to do, and how it is asked for. */
enum task {
    TASK_PAIRS = 1,
    TASK_COUNT = 2,
    TASK_BASELINE = 4,
    TASK_ACCEPT = 8,
    TASK_WRITE = 16,
    TASK_REQUIRE = 32,
    TASK_BUILDS = TASK_PAIRS | TASK_COUNT,
    TASK_VERDICT = TASK_BUILDS | TASK_BASELINE | TASK_ACCEPT | TASK_REQUIRE
};
static const struct {
    enum task task;
    const char *words;
} task_words[] = {{TASK_PAIRS, "two builds in pairs"}, {TASK_COUNT, "--instructions"},
                  {TASK_BASELINE, "--baseline"},       {TASK_ACCEPT, "--accept"},
                  {TASK_WRITE, "--write-baseline"},    {TASK_REQUIRE, "--require"}};

/* Options that do not ask for a task themselves, and the tasks that they are for. */
static const struct {
    const char *name;
    unsigned tasks;
} for_tasks[] = {{"workers", TASK_PAIRS | TASK_WRITE | TASK_ACCEPT},
                 {"budget", TASK_PAIRS},
                 {"tolerance", TASK_BUILDS},
                 {"limit", TASK_PAIRS},
                 {"noise-policy", TASK_PAIRS},
                 {"placement", TASK_PAIRS},
                 {"recipe", TASK_BUILDS},
                 {"items", TASK_BUILDS},
                 {"prepare", TASK_BUILDS},
                 {"check", TASK_BUILDS},
                 {"cleanup", TASK_BUILDS},
                 {"instructions", TASK_BUILDS},
                 {"seed", TASK_PAIRS},
                 {"tolerance-efficiency", TASK_WRITE},
                 {"tolerance-cpu", TASK_WRITE},
                 {"allow-failed", TASK_REQUIRE | TASK_WRITE},
                 {"json", TASK_VERDICT},
                 {"summary", TASK_VERDICT},
                 {"annotations", TASK_VERDICT},
                 {"junit", TASK_VERDICT},
                 {"openmetrics", TASK_VERDICT}};

static enum task task_of(void)
{
    if (gate_options_of_builds(&options))
        return options.builds.instructions ? TASK_COUNT : TASK_PAIRS;
    if (options.baseline)
        return options.accept ? TASK_ACCEPT : TASK_BASELINE;
    return options.writing.write ? TASK_WRITE : TASK_REQUIRE;
}

/* An option that would do nothing is refused: who gave it expects something of it. */
static int check_given(const struct arguments *arguments, struct fault *fault)
{
    enum task task = task_of();

    for (size_t i = 0; gate_arguments_table[i].name; i++)
        for (size_t k = 0; k < sizeof for_tasks / sizeof for_tasks[0]; k++) {
            const char *words = "";
            if (!arguments->given[i] || (for_tasks[k].tasks & task) ||
                strcmp(for_tasks[k].name, gate_arguments_table[i].name) != 0)
                continue;
            for (size_t t = 0; t < sizeof task_words / sizeof task_words[0]; t++)
                words = task_words[t].task == task ? task_words[t].words : words;
            return fault_usage(fault, "--%s has no effect with %s: leave it out", for_tasks[k].name, words);
        }
    return 0;
}

/* --- command line ----------------------------------------------------------------------------- */

bool gate_options_of_builds(const struct gate_options *parsed)
{
    return parsed->builds.against || parsed->builds.base;
}

int gate_arguments_check(const struct arguments *arguments, struct fault *fault)
{
    int tasks = (options.baseline != NULL) + (options.writing.write != NULL) + (options.require.count > 0) +
                gate_options_of_builds(&options);

    if (options.accept && !options.baseline)
        return fault_usage(fault, "--accept: give the baseline that gets the session with --baseline FILE");
    options.builds.workers = options.writing.at = options.workers;
    if (tasks != 1)
        return fault_usage(
            fault, "%s: usage: knee gate " GATE_USAGE,
            tasks ? "--against, --base, --baseline, --require and --write-baseline exclude each other"
                  : "--against, --base, --baseline or --require missing");
    if (check_given(arguments, fault))
        return -1;
    if (options.summary && !*options.summary) {
        options.summary = getenv("GITHUB_STEP_SUMMARY");
        if (!options.summary || !*options.summary)
            return fault_usage(fault, "--summary: GITHUB_STEP_SUMMARY is not set: give --summary=FILE");
    }
    if (gate_options_of_builds(&options))
        return gate_builds_check(&options.builds, arguments, fault);
    if (arguments->count != 1 || arguments->command)
        return fault_usage(fault, "one operand is needed, the study: usage: knee gate " GATE_USAGE);
    return gate_require_check(&options.require, fault);
}

const struct gate_options *gate_arguments_options(void)
{
    return &options;
}
