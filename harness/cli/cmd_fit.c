/* knee fit: models, knee and advice of a study, or of a table of times. */
#include <stdbool.h>
#include <stdlib.h>

#include "analysis/statistics/resample.h"
#include "harness/answer/answer.h"
#include "harness/cli/commands.h"
#include "harness/cli/fit_others.h"
#include "harness/console/fit_print.h"
#include "harness/console/message.h"
#include "harness/console/three_ways_print.h"
#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"
#include "harness/tables/table_study.h"
#include "harness/study/study_read.h"

static struct {
    const char *csv, *predict, *workers_column, *time_column, *unit, *group, *replayed, *emulated;
    int criterion;
    bool json, quiet, weak, predict_rejected, keep_hiccups, alone;
    double delta;
    uint64_t cores, resamples;
} options = {.resamples = RESAMPLE_DEFAULT};

enum { CRITERION_LOG, CRITERION_LINEAR };
static const char *const criterion_names[] = {"log", "linear", NULL};

static const struct option_spec table[] = {
    {.name = "csv",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.csv,
     .help = "a table of times: CSV, JSON of hyperfine or Google Benchmark; -: stdin"},
    {.name = "workers-column",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .target = &options.workers_column,
     .help = "with --csv: the column of workers, if its name is not a usual one"},
    {.name = "time-column",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .target = &options.time_column,
     .help = "with --csv: the column of times or throughputs"},
    {.name = "unit",
     .argument = "UNIT",
     .kind = OPTION_TEXT,
     .target = &options.unit,
     .help = "with --csv: unit of the times: s, ms, us, ns, min, h"},
    {.name = "group",
     .argument = "COLUMN",
     .kind = OPTION_TEXT,
     .target = &options.group,
     .help = "with --csv: fit each value of COLUMN; COLUMN=VALUE: one; or several"},
    {.name = "cores",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.cores,
     .min = 1,
     .max = 1000000,
     .help = "with --csv: cores of the machine it was measured on"},
    {.name = "weak",
     .kind = OPTION_FLAG,
     .target = &options.weak,
     .help = "with --csv: n workers did n times the work (weak scaling)"},
    {.name = "delta",
     .argument = "D",
     .kind = OPTION_REAL,
     .target = &options.delta,
     .real_min = 0.001,
     .real_max = 0.9,
     .help = "the knee is where efficiency falls below 1 - D (of the sweep, or 5%)"},
    {.name = "predict",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.predict,
     .help = "worker counts to predict, such as 32,64 (2 and 4 times the largest)"},
    {.name = "criterion",
     .argument = "NAME",
     .kind = OPTION_CHOICE,
     .target = &options.criterion,
     .choices = criterion_names,
     .help = "linear: fit USL on throughput, too, as the R package usl; default log"},
    {.name = "predict-rejected",
     .kind = OPTION_FLAG,
     .target = &options.predict_rejected,
     .help = "let a model that the data reject predict beyond the measured n, too"},
    {.name = "keep-hiccups",
     .kind = OPTION_FLAG,
     .target = &options.keep_hiccups,
     .help = "let trials that are far too slow take part; they are named all the same"},
    {.name = "resamples",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.resamples,
     .min = 2000,
     .max = 1000000,
     .help = "draws of the bootstrap (2000)"},
    {.name = "replayed",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.replayed,
     .help = "compare the simulation with this replay (and emulation); kept later"},
    {.name = "emulated",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.emulated,
     .help = "... and this study of emulated cores"},
    {.name = "alone",
     .kind = OPTION_FLAG,
     .target = &options.alone,
     .help = "compare with neither, whatever an earlier fit was compared with"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &options.json,
     .help = "print the fit as JSON instead of a table"},
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_FLAG,
     .target = &message_verbose,
     .help = "all models, item sizes, counters, the knee of each cause, every warning"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .target = &options.quiet,
     .help = "write fit.json and print nothing"},
    {.name = NULL}};

static struct fit_request request; /* from the options, once they are checked */

static int print_json(const json_t *json)
{
    int status = fit_json_print(json, stdout);
    return status ? KNEE_FAILED : KNEE_OK;
}

/* fit.json: the fit, and its answer. The caller drops the reference. */
static json_t *whole_json(const struct fit *fit, const struct answer *answer)
{
    json_t *json = fit_json(fit);

    fit_json_put(json, "answer", answer_json(answer));
    return json;
}

static int print_fit(const struct fit *fit, const struct answer *answer, const json_t *json)
{
    if (options.quiet)
        return KNEE_OK;
    if (options.json)
        return print_json(json);
    fit_print(fit, answer, message_verbose, stdout);
    return KNEE_OK;
}

/* "32,64" into the request. Returns 0, or -1 with fault. */
static int read_predictions(struct fault *fault)
{
    char **words = g_strsplit(options.predict ? options.predict : "", ",", -1);
    int status = 0;

    for (size_t i = 0; words[i] && status == 0; i++) {
        guint64 workers = 0;
        if (!g_ascii_string_to_unsigned(words[i], 10, 1, 1000000, &workers, NULL))
            status = fault_usage(fault, "--predict %s: '%s': give numbers from 1 to 1000000", options.predict,
                                 words[i]);
        else if (request.predict_count == FIT_PREDICTIONS_MOST)
            status = fault_usage(fault, "--predict: at most %d worker counts", FIT_PREDICTIONS_MOST);
        else
            request.predict[request.predict_count++] = (unsigned)workers;
    }
    g_strfreev(words);
    return status;
}

/* fit.json and what is printed. Returns 0, or -1 with fault. */
static int write_fit(const struct fit *fit, const struct fit_others *others, const char *folder,
                     struct fault *fault)
{
    char *path = g_build_filename(folder, "fit.json", NULL);
    struct answer answer;
    json_t *json;
    int code = -1;

    answer_make(fit, &answer);
    json = whole_json(fit, &answer);
    fit_json_put(json, "three_ways", fit_others_json(others, folder));
    if (fit_json_write(json, path, fault) == 0)
        code = print_fit(fit, &answer, json);
    if (code == KNEE_OK && others->ways.rows && !options.quiet && !options.json)
        three_ways_print(&others->ways, stdout);
    json_decref(json);
    g_free(path);
    answer_release(&answer);
    return code;
}

static int fit_study(const char *operand, struct fault *fault)
{
    struct study_data study = {0};
    struct fit_others others;
    struct fit fit;
    char *folder = NULL;
    int code = -1;

    if (study_read(operand, &study, &folder, fault))
        return -1;
    if (options.replayed || options.emulated || options.alone)
        fit_others_give(&others, options.replayed, options.emulated);
    else
        fit_others_recall(&others, folder);
    if (fit_others_open(&others, &study, fault) == 0 && fit_make(&study, &request, &fit, fault) == 0) {
        code = write_fit(&fit, &others, folder, fault);
        fit_release(&fit);
    }
    fit_others_release(&others);
    g_free(folder);
    study_data_release(&study);
    return code;
}

/* The fit of one configuration of a table (NULL: of the whole table). groups: receives its JSON; NULL: it is
 * printed. */
static int fit_rows(const struct table *rows, const char *configuration, json_t *groups, struct fault *fault)
{
    struct table_request table_request = {
        .columns = {.workers = options.workers_column, .time = options.time_column, .unit = options.unit},
        .cores = (unsigned)options.cores,
        .weak = options.weak,
        .group = configuration};
    struct study_data study = {0};
    struct answer answer;
    struct fit fit;
    int code = -1;

    if (table_study(rows, &table_request, &study, fault))
        return -1;
    if (fit_make(&study, &request, &fit, fault) == 0) {
        json_t *json;
        code = KNEE_OK;
        answer_make(&fit, &answer);
        json = whole_json(&fit, &answer);
        if (groups && options.json)
            json_array_append_new(groups, json_pack("{s:s, s:O}", "group", configuration, "fit", json));
        else
            code = print_fit(&fit, &answer, json);
        json_decref(json);
        answer_release(&answer);
        fit_release(&fit);
    }
    study_data_release(&study);
    return code;
}

/* One fit after the other, each under the name of its configuration. */
static int fit_groups(const struct table *rows, struct fault *fault)
{
    char **configurations = table_configurations(rows, options.group, fault);
    json_t *groups = json_array();
    int code = configurations ? KNEE_OK : -1;

    for (char **c = configurations; c && *c && code == KNEE_OK; c++) {
        if (!options.json && !options.quiet)
            printf("%s=== %s ===\n", c == configurations ? "" : "\n", *c);
        code = fit_rows(rows, *c, groups, fault);
    }
    if (code == KNEE_OK && options.json && !options.quiet) {
        json_t *all = json_pack("{s:s, s:O}", "format", "knee-fit-groups 1", "groups", groups);
        code = print_json(all);
        json_decref(all);
    }
    json_decref(groups);
    g_strfreev(configurations);
    return code;
}

static int fit_table(struct fault *fault)
{
    struct table rows;
    int code;

    if (table_read(options.csv, &rows, fault))
        return -1;
    code = options.group ? fit_groups(&rows, fault) : fit_rows(&rows, NULL, NULL, fault);
    table_release(&rows);
    return code;
}

/* The first option given that is for tables only, with the reason; NULL none. */
static const char *table_option(void)
{
    return options.cores            ? "--cores: a study records its cores"
           : options.weak           ? "--weak: a study records how its work grows"
           : options.workers_column ? "--workers-column: the columns of a study are fixed"
           : options.time_column    ? "--time-column: the columns of a study are fixed"
           : options.unit           ? "--unit: the units of a study are fixed"
           : options.group          ? "--group: a study is of one configuration"
                                    : NULL;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    if ((options.csv != NULL) == (arguments->count == 1))
        return fault_usage(fault, "%s: usage: knee fit %s",
                           options.csv ? "a study and --csv together" : "operand missing", cmd_fit.usage);
    if (options.csv && (options.replayed || options.emulated || options.alone))
        return fault_usage(fault, "--replayed, --emulated and --alone: a table has no items: give a study");
    if (options.alone && (options.replayed || options.emulated))
        return fault_usage(fault, "--alone excludes --replayed and --emulated: leave it out");
    if (!options.csv && table_option())
        return fault_usage(fault, "%s; only --csv takes it", table_option());
    request = (struct fit_request){.delta = options.delta,
                                   .resamples = options.resamples,
                                   .predict_rejected = options.predict_rejected,
                                   .keep_hiccups = options.keep_hiccups,
                                   .linear = options.criterion == CRITERION_LINEAR};
    return options.predict ? read_predictions(fault) : 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    return options.csv ? fit_table(fault) : fit_study(arguments->operands[0], fault);
}

const struct subcommand cmd_fit = {
    .name = "fit",
    .summary = "fit models to a study or to a table of times: speedup, knee, advice",
    .usage = "[options] STUDY | --csv FILE",
    .details =
        "STUDY is the folder of a study; fit.json is written into it. A table has a header line;\n"
        "repetitions are more rows, and a column 'block' says which rows were measured together.\n"
        "Columns are found by their names: workers, threads, cores, nodes, ranks, jobs, n ...; seconds,\n"
        "elapsed, real, mean, median, ms, us, ns ...; throughput, ops/s, items_per_second ... Rows of\n"
        "several configurations are refused without --group. Intervals are 95%.\n",
    .table = table,
    .most = 1,
    .check = check,
    .run = run,
};
