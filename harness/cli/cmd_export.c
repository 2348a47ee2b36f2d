/* knee export: a study in the formats of other programs. */
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/export/export.h"

static const char *const format_names[] = {"csv",       "json",        "markdown",  "latex", "hyperfine",
                                           "benchmark", "openmetrics", "vega-lite", "trace", NULL};

static const char *const role_names[] = {"all",    "serial",     "scaling", "chunk",
                                         "policy", "antagonist", "nodes",   NULL};

static struct {
    int format, what, role;
    const char *output;
    bool all, json;
    uint64_t trial;
} options;

static const struct option_spec table[] = {
    {.name = "format",
     .letter = 'f',
     .argument = "FORMAT",
     .kind = OPTION_CHOICE,
     .target = &options.format,
     .choices = format_names,
     .help = "one of the formats below; default csv"},
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "the same as --format json"},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.output,
     .help = "write into this file instead of printing"},
    {.name = "what",
     .argument = "TABLE",
     .kind = OPTION_CHOICE,
     .target = &options.what,
     .choices = export_table_names,
     .help = "csv, json: trials (default), workers, items or counters"},
    {.name = "role",
     .argument = "ROLE",
     .kind = OPTION_CHOICE,
     .target = &options.role,
     .choices = role_names,
     .help = "csv, json: cells of a role: serial, scaling, chunk, policy, antagonist, nodes"},
    {.name = "all",
     .letter = 'a',
     .kind = OPTION_FLAG,
     .target = &options.all,
     .help = "csv, json: void and failed trials too"},
    {.name = "trial",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.trial,
     .min = 1,
     .max = INT64_MAX,
     .help = "trace: number of the trial; default one that counts with the most workers"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static const struct export_format *chosen_format(void)
{
    const char *name = options.json ? "json" : format_names[options.format];
    const struct export_format *format = export_formats;

    while (strcmp(format->name, name) != 0)
        format++;
    return format;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    const struct export_format *format = chosen_format();

    (void)arguments;
    if (options.json && options.format && strcmp(format_names[options.format], "json") != 0)
        return fault_usage(fault, "--json and --format %s exclude each other: leave one out",
                           format_names[options.format]);
    if (!format->has_tables && (options.what || options.role || options.all))
        return fault_usage(
            fault, "--what, --role and --all: only csv and json have tables of rows, not %s: leave them out",
            format->name);
    if (!format->is_of_trial && options.trial)
        return fault_usage(fault, "--trial: only a trace is of one trial, not %s: leave it out",
                           format->name);
    return 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    const struct export_request request = {.format = chosen_format(),
                                           .table = (enum export_table)options.what,
                                           .role = options.role ? role_names[options.role] : NULL,
                                           .all = options.all,
                                           .trial = (int64_t)options.trial};

    return export_study(arguments->operands[0], &request, options.output, fault);
}

const struct subcommand cmd_export = {
    .name = "export",
    .summary = "write a study in the formats of other programs",
    .usage = "[options] STUDY",
    .details =
        "STUDY is the folder of a study, or its study.db. Formats:\n"
        "  csv        rows of a table; a value that was not measured is an empty field\n"
        "  json       facts, scaling table and the rows of a table (docs/schemas/export.schema.json)\n"
        "  markdown   the scaling table with intervals, for a page or an application for computing time\n"
        "  latex      the same as a table that needs no package\n"
        "  hyperfine  as 'hyperfine --export-json' writes it: a result for each number of workers\n"
        "  benchmark  as Google Benchmark writes it: an entry for each trial, times of one item\n"
        "  openmetrics, vega-lite  the curve as gauges, and as a picture with its data\n"
        "  trace      a trial as events for Perfetto and Chrome: workers, items, stages\n"
        "Void and failed trials are left out unless --all is given, trials next to antagonists unless "
        "--role\n"
        "asks for them. 'knee fit --csv' reads csv, hyperfine and benchmark back. The csv of trials gives "
        "the\n"
        "curve, models, knee and advice of the study; what needs the rows of workers and items (account, "
        "item\n"
        "sizes, counters) is not in it. The others give curve and models, with --cores and --weak as in the "
        "study.\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
