/* knee validate: what a study predicted for another machine against what was measured there. */
#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/console/validation_print.h"
#include "harness/fit/fit_json.h"
#include "harness/study/study_read.h"
#include "harness/validation/validation_json.h"

static struct {
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of tables"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

/* A study and its account. */
struct source {
    char *folder;
    struct study_data study;
    struct fit_account account;
};

static int open_source(const char *operand, struct source *source, struct fault *fault)
{
    return study_read(operand, &source->study, &source->folder, fault) ||
                   fit_account_make(&source->study, &source->account, fault)
               ? -1
               : 0;
}

static void close_source(struct source *source)
{
    g_free(source->folder);
    fit_account_release(&source->account);
    study_data_release(&source->study);
}

static void print(const struct validation *validation)
{
    json_t *json;

    if (!options.json) {
        validation_print(validation, stdout);
        return;
    }
    json = validation_json(validation);
    fit_json_print(json, stdout);
    json_decref(json);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct source here = {0}, there = {0};
    struct validation validation = {0};
    int code = -1;

    if (open_source(arguments->operands[0], &here, fault) == 0 &&
        open_source(arguments->operands[1], &there, fault) == 0 &&
        validation_make(&here.account, &there.account, &validation, fault) == 0) {
        print(&validation);
        code = validation.differ ? KNEE_FAILED : KNEE_OK;
    }
    validation_release(&validation);
    close_source(&there);
    close_source(&here);
    return code;
}

const struct subcommand cmd_validate = {
    .name = "validate",
    .summary = "compare what a study predicted with what was measured on more cores",
    .usage = "[--json] HERE THERE",
    .details =
        "HERE is the study that predicts, of a few cores, or a replayed one; THERE one of the same work "
        "on the machine\n"
        "that was asked about. Speedups are compared for each number of workers, and the causes of lost "
        "core time\n"
        "with the most workers.\n"
        "exit codes: 0 no interval differs, 1 one does, or something failed, 2 usage\n",
    .table = table,
    .least = 2,
    .most = 2,
    .run = run,
};
