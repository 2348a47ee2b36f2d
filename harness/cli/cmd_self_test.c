/* knee self-test: the fits of this build, on this machine, against certified values. */
#include <math.h>
#include <stdio.h>

#include "analysis/reference/strd.h"
#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/fit/fit_json.h"

static struct {
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of a table"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static bool is_good(const struct strd_set *set, const struct strd_result *result)
{
    return result->digits >= set->digits &&
           (isnan(result->residual_sd_digits) || result->residual_sd_digits >= set->digits);
}

static void print_set(const struct strd_set *set, const struct strd_result *result)
{
    printf("%-9s %12zu %6.1f ", set->name, set->columns, result->digits);
    if (isnan(result->residual_sd_digits))
        printf("%8s", "exact");
    else
        printf("%8.1f", result->residual_sd_digits);
    printf(" %7.0f  %s\n", set->digits, is_good(set, result) ? "ok" : "FAILED");
}

static json_t *set_json(const struct strd_set *set, const struct strd_result *result)
{
    json_t *row = json_object();

    fit_json_put(row, "set", json_string(set->name));
    fit_json_put(row, "coefficients", json_integer((json_int_t)set->columns));
    fit_json_put(row, "digits", fit_json_number(result->digits));
    fit_json_put(row, "residual_digits", fit_json_number(result->residual_sd_digits)); /* null: exact */
    fit_json_put(row, "needed", fit_json_number(set->digits));
    fit_json_put(row, "ok", json_boolean(is_good(set, result)));
    return row;
}

static void report(const struct strd_set *set, const struct strd_result *result, json_t *rows)
{
    if (options.json)
        fit_json_append(rows, set_json(set, result));
    else
        print_set(set, result);
    if (!is_good(set, result))
        message_error("%s: %.1f digits agree with the certified values, not %.0f: do not trust fits of this "
                      "build; build again without -ffast-math",
                      set->name, result->digits, set->digits);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    json_t *rows = json_array(), *whole;
    int failed = 0;

    (void)arguments;
    (void)fault;
    if (!options.json)
        printf("%-9s %12s %6s %8s %7s\n", "set", "coefficients", "digits", "residual", "needed");
    for (size_t i = 0; i < strd_count; i++) {
        struct strd_result result = strd_run(&strd_sets[i]);
        report(&strd_sets[i], &result, rows);
        failed += !is_good(&strd_sets[i], &result);
    }
    whole = json_pack("{s:s, s:b, s:o}", "format", "knee-self-test 1", "ok", !failed, "sets", rows);
    if (options.json)
        fit_json_print(whole, stdout);
    json_decref(whole);
    return failed ? KNEE_FAILED : KNEE_OK;
}

const struct subcommand cmd_self_test = {
    .name = "self-test",
    .summary = "the fits of this build against NIST's certified values",
    .usage = "[--json]",
    .details = "Fits the linear reference sets of NIST (Norris, Pontius, Longley, Filip, Wampler1 to 5) and\n"
               "Misra1d as a throughput that follows Amdahl's law, and prints how many digits of the worst\n"
               "coefficient and of the residual standard deviation agree. Exit 1 when too few do.\n",
    .table = table,
    .run = run};
