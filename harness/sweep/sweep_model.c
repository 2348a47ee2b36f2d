#include "harness/sweep/sweep_model.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/synthetic/model_truth.h"
#include "pipeline/base/paths.h"

/* model_parse() has been through it when the options were read. */
static struct model model_of(const struct sweep_settings *set)
{
    struct model model = {0};
    struct fault fault;

    if (!set->model || model_parse(&model, set->model, &fault))
        return (struct model){.kind = MODEL_SPIN};
    return model;
}

int sweep_model_command(struct sweep_settings *set, struct fault *fault)
{
    char program[PATH_MAX];
    struct model model;

    if (model_parse(&model, set->model, fault))
        return -1;
    if (strpbrk(set->model, "{}"))
        return fault_set(fault, "--model: braces are places of a command: a model has none");
    if (!paths_self(program, sizeof program))
        return fault_set(fault, "the path of this program is not known: is /proc mounted?");
    const char *const words[] = {
        program, "model", "--workers={workers}", "--chunk={chunk}", "--policy={policy}", set->model, NULL};
    set->model_words = g_strdupv((char **)words);
    set->command.words = set->model_words;
    return 0;
}

static bool waits(const struct sweep_settings *set)
{
    struct model model = model_of(set);

    return model.kind == MODEL_WAIT && model.slow_ns == 0;
}

uint32_t sweep_model_cores(const struct sweep_settings *set, const struct plan_wish *wish, uint32_t usable)
{
    uint32_t most = wish->workers[wish->worker_count - 1];

    return waits(set) && most > usable ? most : usable;
}

const char *sweep_model_waiting(const struct sweep_settings *set)
{
    return waits(set) ? "the items of the model wait: each worker counts as if it had a core" : NULL;
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

int sweep_model_print(const struct sweep_settings *set, struct study *study, const struct plan *plan,
                      struct fault *fault)
{
    struct model model = model_of(set);
    struct model_pool_part none = {0};
    size_t count = 0;
    struct study_trial *trials = study_read_trials(study, &count, fault);

    if (!trials)
        return -1;
    printf("truth    workers  measured s  must take s   ratio   more s  (the work alone; programs start and "
           "end on "
           "top)\n");
    for (uint32_t i = 0; i < plan->cell_count; i++) {
        const struct plan_cell *cell = &plan->cells[i];
        double truth = model_truth_s(&model, cell->workers, cell->chunk, cell->policy, &none),
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
