#include <stdbool.h>

#include "harness/cli/commands.h"
#include "harness/console/account_print.h"
#include "harness/console/message.h"
#include "harness/console/nodes_print.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_account.h"
#include "harness/fit/fit_hiccups.h"
#include "harness/fit/fit_json.h"
#include "harness/fit/fit_nodes.h"
#include "harness/study/study_read.h"

static struct {
    uint64_t workers, against;
    bool trials, json, keep_hiccups;
} options = {.against = 1};

static const struct option_spec table[] = {
    {.name = "workers",
     .letter = 'j',
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.workers,
     .min = 1,
     .max = 1000000,
     .help = "compare N workers with another number of workers, cause by cause"},
    {.name = "against",
     .argument = "M",
     .kind = OPTION_COUNT,
     .target = &options.against,
     .min = 1,
     .max = 1000000,
     .help = "with --workers: the number of workers to compare with (1)"},
    {.name = "trials",
     .kind = OPTION_FLAG,
     .target = &options.trials,
     .help = "core-seconds of every trial, one line each, fields divided by tabs"},
    {.name = "keep-hiccups",
     .kind = OPTION_FLAG,
     .target = &options.keep_hiccups,
     .help = "let trials that are far too slow take part; they are named all the same"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &options.json,
     .help = "print the account as JSON, as in fit.json"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static const struct fit_account_cell *find_cell(const struct fit_account *account, uint64_t workers,
                                                struct fault *fault)
{
    const struct fit_account_cell *cell = fit_account_cell_at(account, (unsigned)workers);

    if (!cell)
        fault_set(
            fault,
            "%s: no trial with %llu workers counts: 'knee account' without --workers lists those that do",
            account->study->name, (unsigned long long)workers);
    return cell;
}

static void print_hiccups(const GArray *hiccups)
{
    for (unsigned i = 0; i < hiccups->len; i++)
        wrapped_print(stdout, 2, "%s: %s",
                      options.keep_hiccups ? "far too slow, kept all the same" : "far too slow, kept out",
                      g_array_index(hiccups, struct fit_hiccup, i).reason);
}

static int print(const struct fit_account *account, const GArray *hiccups, struct fault *fault)
{
    const struct fit_account_cell *cell, *against;

    if (options.json) {
        json_t *json = fit_account_json(account);
        int status = fit_json_print(json, stdout);
        json_decref(json);
        return status ? KNEE_FAILED : KNEE_OK;
    }
    if (options.trials) {
        account_print_trials(account, stdout);
        return KNEE_OK;
    }
    if (!options.workers) {
        account_print_overview(account, stdout);
        print_hiccups(hiccups);
        return KNEE_OK;
    }
    cell = find_cell(account, options.workers, fault);
    against = cell ? find_cell(account, options.against, fault) : NULL;
    if (!against)
        return -1;
    account_print_comparison(account, cell, against, stdout);
    account_print_waterfall(account, cell, against, stdout);
    print_hiccups(hiccups);
    return KNEE_OK;
}

/* A study of several machines has an account of its own; false: it is none. */
static bool print_nodes(const struct study_data *study)
{
    json_t *json;
    bool any;

    if (!options.json)
        return nodes_print(study, stdout);
    json = fit_nodes_json(study);
    any = json_is_array(json);
    if (any)
        fit_json_print(json, stdout);
    json_decref(json);
    return any;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    char *folder = NULL;
    int code = -1;
    struct study_data study = {0};
    struct fit_account account = {0};

    if (study_read(arguments->operands[0], &study, &folder, fault) == 0) {
        GArray *hiccups = fit_hiccups_find(&study);
        if (!options.keep_hiccups)
            fit_hiccups_mark(&study, hiccups);
        if (fit_account_make(&study, &account, fault) == 0)
            code = account.reason[0] && print_nodes(&study) ? KNEE_OK
                   : account.reason[0] ? fault_set(fault, "%s: no account: %s", study.name, account.reason)
                                       : print(&account, hiccups, fault);
        g_array_free(hiccups, TRUE);
    }
    g_free(folder);
    fit_account_release(&account);
    study_data_release(&study);
    return code;
}

const struct subcommand cmd_account = {
    .name = "account",
    .summary = "divide the core-seconds of a study among their causes",
    .usage = "[options] STUDY",
    .details = "STUDY is the folder of a study. n workers during T seconds cost n T core-seconds; the causes "
               "add up to\n"
               "all of them. 'Speedup without it' is the speedup that would be measured without the cause.\n",
    .table = table,
    .least = 1,
    .most = 1,
    .run = run,
};
