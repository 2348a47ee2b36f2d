#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/console/prediction_print.h"
#include "harness/fit/fit_json.h"
#include "harness/fit/prediction.h"
#include "harness/study/study_read.h"

static struct {
    uint64_t cores, items;
    const char *memory;
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "cores",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.cores,
     .min = 1,
     .max = 4096,
     .help = "cores of the machine (as in the study)"},
    {.name = "memory",
     .argument = "SIZE",
     .kind = OPTION_TEXT,
     .target = &options.memory,
     .help = "its memory, such as 32G or 900M (unlimited)"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.items,
     .min = 1,
     .max = 10000000,
     .help = "number of items, similar to those of the study (as in the study)"},
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of a table"},
    {.name = NULL}};

static double memory_bytes; /* of --memory; 0 when not given */

/* "32G", "32GiB", "900M", plain bytes; powers of 1024. Returns 0, or -1 with fault. */
static int parse_memory(const char *text, double *bytes, struct fault *fault)
{
    static const char units[] = "KMGT";
    char *end;
    double value = strtod(text, &end);
    const char *unit = *end ? strchr(units, *end) : NULL;

    if (unit) {
        value *= pow(1024, (double)(unit - units) + 1);
        end += end[1] == 'i' && end[2] == 'B' ? 3 : end[1] == 'B' ? 2 : 1;
    }
    if (end == text || *end || !(value >= 1) || !isfinite(value))
        return fault_usage(fault, "--memory %s: give a size such as 32G or 900M", text);
    *bytes = value;
    return 0;
}

static int print(const struct prediction *prediction)
{
    json_t *json;
    int status;

    if (!options.json) {
        prediction_print(prediction, stdout);
        return KNEE_OK;
    }
    json = prediction_json(prediction);
    status = fit_json_print(json, stdout);
    json_decref(json);
    return status ? KNEE_FAILED : KNEE_OK;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    (void)arguments;
    return options.memory ? parse_memory(options.memory, &memory_bytes, fault) : 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    char *folder = NULL;
    int code = -1;
    struct study_data study = {0};
    struct fit_account account = {0};
    struct prediction prediction = {0};
    struct predict_request request = {
        .cores = (unsigned)options.cores, .items = options.items, .memory_bytes = memory_bytes};

    if (study_read(arguments->operands[0], &study, &folder, fault) == 0 &&
        fit_account_make(&study, &account, fault) == 0 &&
        prediction_make(&account, &request, &prediction, fault) == 0)
        code = print(&prediction);
    prediction_release(&prediction);
    g_free(folder);
    fit_account_release(&account);
    study_data_release(&study);
    return code;
}

const struct subcommand cmd_predict = {
    .name = "predict",
    .summary = "predict times and the best cell for another machine or batch",
    .usage = "[options] STUDY",
    .details = "STUDY is the folder of a study with one-worker trials. The pool is simulated with the costs "
               "of its items.\n"
               "Every measured cell is predicted too, without its own trials, to show the error of the "
               "prediction.\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
