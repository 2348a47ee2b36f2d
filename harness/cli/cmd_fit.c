/* knee fit: models, knee and advice of a study, or of a table of times. */
#include <stdbool.h>
#include <stdlib.h>

#include "analysis/statistics/resample.h"
#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/fit/fit.h"
#include "harness/study/study_read.h"

static struct {
    const char *csv, *predict;
    bool json, quiet, weak;
    double delta;
    uint64_t cores, resamples;
} set = {.delta = 0.05, .resamples = RESAMPLE_DEFAULT};

static const struct option_spec table[] = {
    {.name = "csv",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &set.csv,
     .help = "a table with columns workers and seconds (or throughput); -: standard input"},
    {.name = "cores",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.cores,
     .min = 1,
     .max = 1000000,
     .help = "with --csv: cores of the machine it was measured on"},
    {.name = "weak",
     .kind = OPTION_FLAG,
     .target = &set.weak,
     .help = "with --csv: n workers did n times the work (weak scaling)"},
    {.name = "delta",
     .argument = "D",
     .kind = OPTION_REAL,
     .target = &set.delta,
     .real_min = 0.001,
     .real_max = 0.9,
     .help = "the knee is where efficiency falls below 1 - D (5%)"},
    {.name = "predict",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &set.predict,
     .help = "worker counts to extrapolate to: 32,64; default twice and four times the largest"},
    {.name = "resamples",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.resamples,
     .min = 2000,
     .max = 1000000,
     .help = "draws of the bootstrap (2000)"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &set.json,
     .help = "print the fit as JSON instead of a table"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .target = &set.quiet,
     .help = "print nothing; write fit.json"},
    {.name = NULL}};

static int print_fit(const struct fit *fit)
{
    json_t *json;
    int status;

    if (set.quiet)
        return KNEE_OK;
    if (!set.json) {
        fit_print(fit, stdout);
        return KNEE_OK;
    }
    json = fit_json(fit);
    status = json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(json);
    return status ? KNEE_FAILED : KNEE_OK;
}

/* "32,64" into options. Returns 0, or -1 with fault. */
static int read_predictions(struct fit_options *options, struct fault *fault)
{
    char **words = g_strsplit(set.predict ? set.predict : "", ",", -1);
    int status = 0;

    for (size_t i = 0; words[i] && status == 0; i++) {
        guint64 workers = 0;
        if (!g_ascii_string_to_unsigned(words[i], 10, 1, 1000000, &workers, NULL))
            status =
                fault_set(fault, "--predict %s: '%s': give numbers from 1 to 1000000", set.predict, words[i]);
        else if (options->predict_count == FIT_PREDICTIONS_MOST)
            status = fault_set(fault, "--predict: at most %d worker counts", FIT_PREDICTIONS_MOST);
        else
            options->predict[options->predict_count++] = (unsigned)workers;
    }
    g_strfreev(words);
    return status;
}

/* folder NULL: a table, of which nothing is written. */
static int fit_and_tell(const struct study_data *study, const struct fit_options *options, const char *folder)
{
    struct fit fit;
    struct fault fault;
    int code = KNEE_OK;

    if (fit_make(study, options, &fit, &fault)) {
        message_error("%s", fault.text);
        return KNEE_FAILED;
    }
    if (folder) {
        char *path = g_build_filename(folder, "fit.json", NULL);
        if (fit_write(&fit, path, &fault)) {
            message_error("%s", fault.text);
            code = KNEE_FAILED;
        }
        g_free(path);
    }
    if (code == KNEE_OK)
        code = print_fit(&fit);
    fit_release(&fit);
    return code;
}

static int run(int argc, char **argv)
{
    char **operands, *folder = NULL;
    int count, code;
    struct study_data study = {0};
    struct fit_options options = {0};
    struct fault fault;

    switch (options_parse(&cmd_fit, table, argc, argv, 0, 1, &operands, &count)) {
    case OPTIONS_HELP:
        return KNEE_OK;
    case OPTIONS_USAGE:
        return KNEE_USAGE;
    case OPTIONS_GO:
        break;
    }
    if ((set.csv != NULL) == (count == 1)) {
        message_error("%s: usage: knee fit %s", set.csv ? "a study and --csv together" : "operand missing",
                      cmd_fit.usage);
        return KNEE_USAGE;
    }
    if ((set.cores || set.weak) && !set.csv) {
        message_error(set.cores ? "--cores: a study knows its cores; only --csv takes it"
                                : "--weak: a study knows how its work grows; only --csv takes it");
        return KNEE_USAGE;
    }
    options = (struct fit_options){.delta = set.delta, .resamples = set.resamples};
    if (set.predict && read_predictions(&options, &fault)) {
        message_error("%s", fault.text);
        return KNEE_USAGE;
    }
    if (set.csv ? study_read_csv(set.csv, (unsigned)set.cores, set.weak, &study, &fault)
                : study_read(operands[0], &study, &folder, &fault)) {
        message_error("%s", fault.text);
        return KNEE_FAILED;
    }
    code = fit_and_tell(&study, &options, folder);
    g_free(folder);
    study_data_release(&study);
    return code;
}

const struct subcommand cmd_fit = {
    .name = "fit",
    .summary = "models, knee and advice of a study, or of a table of times",
    .usage = "[options] STUDY | --csv FILE",
    .details = "STUDY is the folder of a study; fit.json is written into it. A table has a header line; "
               "repeats are more\n"
               "rows, and a column 'block' says which rows were measured together. Intervals are 95%.\n",
    .run = run};
