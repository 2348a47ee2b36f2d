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
} set;

static const struct option_spec table[] = {
    {.name = "cores",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.cores,
     .min = 1,
     .max = 4096,
     .help = "cores of the machine (those of the study)"},
    {.name = "memory",
     .argument = "SIZE",
     .kind = OPTION_TEXT,
     .target = &set.memory,
     .help = "its memory, such as 32G or 900M (not a limit)"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.items,
     .min = 1,
     .max = 10000000,
     .help = "items of the batch, alike those of the study (those of the study)"},
    {.name = "json", .kind = OPTION_FLAG, .target = &set.json, .help = "print JSON instead of a table"},
    {.name = NULL}};

/* "32G", "32GiB", "900M", plain bytes; powers of 1024. Returns 0, or -1 after a message. */
static int parse_memory(const char *text, double *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    double value = strtod(text, &end);
    const char *unit = *end ? strchr(units, *end) : NULL;

    if (unit) {
        value *= pow(1024, (double)(unit - units) + 1);
        end += end[1] == 'i' && end[2] == 'B' ? 3 : end[1] == 'B' ? 2 : 1;
    }
    if (end == text || *end || !(value >= 1) || !isfinite(value)) {
        message_error("--memory %s: give a size such as 32G or 900M", text);
        return -1;
    }
    *bytes = value;
    return 0;
}

static int tell(const struct prediction *prediction)
{
    json_t *json;
    int status;

    if (!set.json) {
        prediction_print(prediction, stdout);
        return KNEE_OK;
    }
    json = prediction_json(prediction);
    status = fit_json_print(json, stdout);
    json_decref(json);
    return status ? KNEE_FAILED : KNEE_OK;
}

static int run(int argc, char **argv)
{
    char **operands, *folder = NULL;
    int count, code = KNEE_FAILED;
    struct study_data study = {0};
    struct fit_account account = {0};
    struct prediction prediction = {0};
    struct predict_request request = {0};
    struct fault fault;

    switch (options_parse(&cmd_predict, table, argc, argv, 1, 1, &operands, &count)) {
    case OPTIONS_HELP:
        return KNEE_OK;
    case OPTIONS_USAGE:
        return KNEE_USAGE;
    case OPTIONS_GO:
        break;
    }
    if (set.memory && parse_memory(set.memory, &request.memory_bytes))
        return KNEE_USAGE;
    request.cores = (unsigned)set.cores;
    request.items = set.items;
    if (study_read(operands[0], &study, &folder, &fault) || fit_account_make(&study, &account, &fault) ||
        prediction_make(&account, &request, &prediction, &fault))
        message_error("%s", fault.text);
    else
        code = tell(&prediction);
    prediction_release(&prediction);
    g_free(folder);
    fit_account_release(&account);
    study_data_release(&study);
    return code;
}

const struct subcommand cmd_predict = {
    .name = "predict",
    .summary = "times, speedup and the best setting on a machine or batch you do not have",
    .usage = "[options] STUDY",
    .details =
        "STUDY is the folder of a study with one-worker trials. The pool is simulated with the costs of its\n"
        "items; what was measured is predicted too, without its own trials, to show how far off it is.\n",
    .run = run};
