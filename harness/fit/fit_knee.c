/* fit_knee.c: how much each cause of the core-second account contributes to the knee: knee_causes of struct fit. */
#include <math.h>

#include "harness/fit/fit_internal.h"

/* The sum of those of some causes that are known (the others are part of `all`). NaN when none is. */
static double sum_of(const double core_s[ACCOUNT_CAUSES], const enum account_cause *cause, size_t count)
{
    double sum = NAN;

    for (size_t i = 0; i < count; i++)
        if (!isnan(core_s[cause[i]]))
            sum = (isnan(sum) ? 0 : sum) + core_s[cause[i]];
    return sum;
}

static struct knee_cost cost_of(const struct fit_account_trial *row, unsigned workers, double work,
                                unsigned block)
{
    static const enum account_cause start[] = {CAUSE_SPAWN, CAUSE_INIT}, size[] = {CAUSE_INFLATION_SIZE},
                                    taken[] = {CAUSE_INFLATION_FIXED, CAUSE_INFLATION_REST,
                                               CAUSE_WAITING,         CAUSE_HELD,
                                               CAUSE_BLOCKED_MORE,    CAUSE_OFF_CPU};
    const double *core_s = row->account.core_s;
    struct knee_cost cost = {.workers = workers, .block = block, .total_s = row->account.total_s};

    cost.core_s[KNEE_SERIAL] = core_s[CAUSE_SERIAL];
    cost.core_s[KNEE_START] = sum_of(core_s, start, 2);
    cost.core_s[KNEE_SIZE] = sum_of(core_s, size, 1) + core_s[CAUSE_TAIL] - row->equal_tail_s;
    cost.core_s[KNEE_CONTENTION] = sum_of(core_s, taken, G_N_ELEMENTS(taken));
    cost.total_s /= work;
    for (int s = 0; s < KNEE_STEPS; s++)
        cost.core_s[s] /= work;
    return cost;
}

static void no_causes(struct fit *fit, const char *why)
{
    for (int s = 0; s < KNEE_STEPS; s++)
        fit->knee_causes[s] =
            (struct knee_cause){.workers = interval_unknown("%s", why), .per_worker = NAN, .per_pair = NAN};
}

void fit_take_knee_back(struct fit *fit)
{
    static const char *const why = "all items fail";

    if (!study_data_all_fail(fit->study))
        return;
    fit->knee = (struct knee){.delta = fit->knee.delta};
    snprintf(fit->knee.reason, sizeof fit->knee.reason, "%s", why);
    fit->knee_amdahl = fit->knee_model = interval_unknown("%s", why);
    no_causes(fit, why);
}

void fit_knee_causes(struct fit *fit)
{
    const struct study_data *study = fit->study;
    GArray *costs;

    if (fit->account.reason[0]) {
        no_causes(fit, fit->account.reason);
        return;
    }
    costs = g_array_new(FALSE, TRUE, sizeof(struct knee_cost));
    for (unsigned i = 0; i < fit->account.trials->len; i++) {
        const struct fit_account_trial *row =
            &g_array_index(fit->account.trials, struct fit_account_trial, i);
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, row->trial);
        unsigned workers = study_data_cell(study, trial)->workers;
        struct knee_cost cost = cost_of(row, workers, study_data_work(study, trial), trial->block);
        if (trial->status == TRIAL_OK && !isnan(cost.total_s) &&
            study_data_curve_cell(study, workers) == (int)trial->cell &&
            (!study->cores || workers <= study->cores))
            g_array_append_val(costs, cost);
    }
    knee_causes((const struct knee_cost *)(const void *)costs->data, costs->len, fit->request.delta,
                FIT_LEVEL, fit->knee_causes);
    g_array_free(costs, TRUE);
}
