#include "harness/sweep/sweep_synthetic.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/synthetic/synthetic_expected.h"
#include "pipeline/base/paths.h"

/* synthetic_parse() has been through it when the options were read. */
static struct synthetic_spec spec_of(const struct sweep_options *options)
{
    struct synthetic_spec spec = {0};
    struct fault fault;

    if (!options->synthetic || synthetic_parse(&spec, options->synthetic, &fault))
        return (struct synthetic_spec){.kind = SYNTHETIC_SPIN};
    return spec;
}

int sweep_synthetic_command(struct sweep_options *options, struct fault *fault)
{
    char program[PATH_MAX];
    struct synthetic_spec spec;

    if (synthetic_parse(&spec, options->synthetic, fault))
        return -1;
    if (strpbrk(options->synthetic, "{}"))
        return fault_set(fault,
                         "--synthetic: braces are placeholders of a command: a synthetic workload has none");
    if (!paths_self(program, sizeof program))
        return fault_set(fault, "the path of this program is not known: is /proc mounted?");
    const char *const words[] = {program,
                                 "synthetic",
                                 "--workers={workers}",
                                 "--chunk={chunk}",
                                 "--policy={policy}",
                                 options->synthetic,
                                 NULL};
    options->synthetic_words = g_strdupv((char **)words);
    options->command.words = options->synthetic_words;
    return 0;
}

static bool waits(const struct sweep_options *options)
{
    struct synthetic_spec spec = spec_of(options);

    return spec.kind == SYNTHETIC_WAIT && spec.slow_ns == 0;
}

uint32_t sweep_synthetic_cores(const struct sweep_options *options, const struct plan_request *request,
                               uint32_t usable)
{
    uint32_t most = request->workers[request->worker_count - 1];

    return waits(options) && most > usable ? most : usable;
}

const char *sweep_synthetic_waiting(const struct sweep_options *options)
{
    return waits(options) ? "the items of the synthetic workload wait: each worker counts as if it had a core"
                          : NULL;
}

/* NAN: none counts. */
static double measured_s(const struct study_trial *trials, size_t count, int64_t cell)
{
    double logs = 0, counted = 0;

    for (size_t i = 0; i < count; i++)
        if (trials[i].cell == cell && trials[i].wall_ns > 0 && strcmp(trials[i].status, "ok") == 0) {
            logs += log((double)trials[i].wall_ns / 1e9);
            counted++;
        }
    return counted > 0 ? exp(logs / counted) : NAN;
}

int sweep_synthetic_print(const struct sweep_options *options, struct study *study, const struct plan *plan,
                          struct fault *fault)
{
    struct synthetic_spec spec = spec_of(options);
    struct synthetic_pool_part none = {0};
    size_t count = 0;
    struct study_trial *trials = study_read_trials(study, &count, fault);

    if (!trials)
        return -1;
    printf("truth    workers  measured s  must take s   ratio   more s  (the work alone; programs start and "
           "end on "
           "top)\n");
    for (uint32_t i = 0; i < plan->cell_count; i++) {
        const struct plan_cell *cell = &plan->cells[i];
        double truth = synthetic_expected_s(&spec, cell->workers, cell->chunk, cell->policy, &none),
               measured = measured_s(trials, count, i + 1);
        if (cell->role != PLAN_SCALING)
            continue;
        printf("%16" PRIu32 "  ", cell->workers);
        if (isnan(measured))
            printf("%10s  %11.4f  %6s  %7s  no trial counts\n", "-", truth, "-", "-");
        else
            printf("%10.4f  %11.4f  %6.4f  %+7.4f\n", measured, truth, measured / truth, measured - truth);
    }
    study_free_trials(trials, count);
    return 0;
}
