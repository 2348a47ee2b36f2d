/* answer_causes.c: where the core-seconds go that efficiency lacks, from an account or a simulation (answer.h). */
#include <math.h>

#include "harness/answer/answer_internal.h"

const char *answer_cause_name(enum answer_cause_kind cause)
{
    static const char *const names[] = {"serial", "start", "claims", "contention", "size", "tail"};

    return names[cause];
}

const char *answer_cause_label(enum answer_cause_kind cause)
{
    static const char *const labels[] = {"serial part (Amdahl)", "start of workers", "claims",
                                         "contention",           "item sizes",       "tail"};

    return labels[cause];
}

/* Core-seconds of one number of workers. */
struct costs {
    double core_s[ANSWER_CAUSES], total_s, workers;
};

static void compare(const struct costs *one, const struct costs *many, struct answer *answer)
{
    for (int c = 0; c < ANSWER_CAUSES; c++) {
        struct answer_cause *cause = &answer->causes[c];
        cause->share = (many->core_s[c] - one->core_s[c]) / many->total_s;
        cause->speedup_without =
            many->workers * (one->total_s - one->core_s[c]) / (many->total_s - many->core_s[c]);
    }
}

/* --- of an account ---------------------------------------------------------------------------- */

static double known(double value)
{
    return isnan(value) ? 0 : value;
}

static void add_row(struct costs *costs, const struct fit_account_trial *row)
{
    static const enum account_cause contention[] = {
        CAUSE_INFLATION_FIXED, CAUSE_INFLATION_SIZE, CAUSE_INFLATION_REST, CAUSE_WAITING, CAUSE_HELD,
        CAUSE_BLOCKED_MORE,    CAUSE_OFF_CPU};
    const double *core_s = row->account.core_s;
    double tail_s = known(core_s[CAUSE_TAIL]), equal_s = fmin(known(row->equal_tail_s), tail_s);

    costs->core_s[ANSWER_SERIAL] += known(core_s[CAUSE_SERIAL]);
    costs->core_s[ANSWER_START] += known(core_s[CAUSE_SPAWN]) + known(core_s[CAUSE_INIT]);
    costs->core_s[ANSWER_CLAIMS] += known(core_s[CAUSE_DISPATCH]);
    for (size_t i = 0; i < G_N_ELEMENTS(contention); i++)
        costs->core_s[ANSWER_CONTENTION] += known(core_s[contention[i]]);
    costs->core_s[ANSWER_SIZE] += tail_s - equal_s;
    costs->core_s[ANSWER_TAIL] += equal_s;
    costs->total_s += row->account.total_s;
}

/* Means over the trials of the curve that count. Returns false without one. */
static bool mean_costs(const struct fit_account *account, unsigned workers, struct costs *costs)
{
    int cell = study_data_curve_cell(account->study, workers);
    double count = 0;

    *costs = (struct costs){.workers = workers};
    for (unsigned i = 0; cell >= 0 && i < account->trials->len; i++) {
        const struct fit_account_trial *row = &g_array_index(account->trials, struct fit_account_trial, i);
        const struct data_trial *trial =
            &g_array_index(account->study->trials, struct data_trial, row->trial);
        if (trial->status != TRIAL_OK || (int)trial->cell != cell || isnan(row->account.total_s))
            continue;
        add_row(costs, row);
        count++;
    }
    for (int c = 0; c < ANSWER_CAUSES; c++)
        costs->core_s[c] /= count;
    costs->total_s /= count;
    return count > 0;
}

void answer_causes_measured(const struct fit_account *account, struct answer *answer)
{
    struct costs one, many;

    if (!account->reason[0] && answer->workers > 1 && mean_costs(account, 1, &one) &&
        mean_costs(account, answer->workers, &many))
        compare(&one, &many, answer);
}

/* --- of a simulation -------------------------------------------------------------------------- */

/* The tail that the same run would have with items that are all alike. */
static int equal_tail(const struct simulate_setting *setting, double work_s, double *tail_s)
{
    double *cost_s = g_new(double, setting->items + 1);
    struct simulate_setting equal = *setting;
    struct simulate_result result = {0};
    int failed;

    for (size_t i = 0; i < setting->items; i++)
        cost_s[i] = work_s / (double)setting->items;
    equal.cost_s = cost_s;
    failed = simulate_run(&equal, &result, NULL, NULL);
    *tail_s = result.tail_core_s;
    g_free(cost_s);
    return failed;
}

static int simulate(const struct prediction *p, unsigned workers, struct costs *costs)
{
    struct predict_setting setting = {workers, p->base.chunk, p->base.policy};
    struct simulate_setting made;
    struct simulate_result result;
    double n = workers, work_s = 0, equal_s;

    predict_settle(&p->pool, &setting, p->request.cores, &made);
    for (size_t i = 0; i < made.items; i++)
        work_s += made.cost_s[i];
    if (simulate_run(&made, &result, NULL, NULL) || equal_tail(&made, work_s, &equal_s))
        return -1;
    equal_s = fmin(equal_s, result.tail_core_s);
    *costs = (struct costs){.total_s = n * result.wall_s, .workers = n};
    costs->core_s[ANSWER_SERIAL] = n * (made.prefix_s + made.suffix_s + n * made.suffix_per_worker_s);
    costs->core_s[ANSWER_START] = n * (result.go_s - made.prefix_s);
    costs->core_s[ANSWER_CLAIMS] = (double)result.claims * made.claim_s;
    costs->core_s[ANSWER_CONTENTION] = result.busy_core_s - work_s;
    costs->core_s[ANSWER_SIZE] = result.tail_core_s - equal_s;
    costs->core_s[ANSWER_TAIL] = equal_s;
    return 0;
}

int answer_causes_simulated(const struct prediction *prediction, struct answer *answer, struct fault *fault)
{
    struct costs one, many;

    if (simulate(prediction, 1, &one) || simulate(prediction, answer->workers, &many))
        return fault_sys(fault, "no memory to simulate %zu items", prediction->pool.items);
    compare(&one, &many, answer);
    return 0;
}
