/* knee self-test: the fits of this build, on this machine, against certified values. */
#include <math.h>
#include <stdio.h>

#include "analysis/reference/strd.h"
#include "harness/cli/commands.h"
#include "harness/console/message.h"

static int print_set(const struct strd_set *set)
{
    struct strd_result result = strd_run(set);
    int good = result.digits >= set->digits &&
               (isnan(result.residual_sd_digits) || result.residual_sd_digits >= set->digits);

    printf("%-9s %12zu %6.1f ", set->name, set->columns, result.digits);
    if (isnan(result.residual_sd_digits))
        printf("%8s", "exact");
    else
        printf("%8.1f", result.residual_sd_digits);
    printf(" %7.0f  %s\n", set->digits, good ? "ok" : "FAILED");
    if (!good)
        message_error("%s: %.1f digits agree with the certified values, not %.0f: do not trust fits of this "
                      "build; build again without -ffast-math",
                      set->name, result.digits, set->digits);
    return !good;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    int failed = 0;

    (void)arguments;
    (void)fault;
    printf("%-9s %12s %6s %8s %7s\n", "set", "coefficients", "digits", "residual", "needed");
    for (size_t i = 0; i < strd_count; i++)
        failed += print_set(&strd_sets[i]);
    return failed ? KNEE_FAILED : KNEE_OK;
}

const struct subcommand cmd_self_test = {
    .name = "self-test",
    .summary = "the fits of this build against NIST's certified values",
    .usage = "",
    .details = "Fits the linear reference sets of NIST (Norris, Pontius, Longley, Filip, Wampler1 to 5) and\n"
               "Misra1d as a throughput that follows Amdahl's law, and prints how many digits of the worst\n"
               "coefficient and of the residual standard deviation agree. Exit 1 when too few do.\n",
    .run = run};
