#include "harness/fit/fit_account.h"

#include <math.h>
#include <string.h>

#include "analysis/prediction/simulate.h"
#include "harness/fit/fit.h"

static const struct data_trial *trial_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->trials, struct data_trial, i);
}

static const struct fit_account_trial *accounted(const struct fit_account *account, unsigned i)
{
    return &g_array_index(account->trials, struct fit_account_trial, i);
}

/* --- one trial -------------------------------------------------------------------------------- */

static int account_trial(const struct fit_account *all, unsigned index, struct account *account)
{
    const struct study_data *study = all->study;
    const struct data_trial *trial = trial_at(study, index);
    struct data_rows workers = study_data_rows(study->workers, index),
                     rows = study_data_rows(study->items, index);
    struct account_worker *worker = g_new0(struct account_worker, workers.end - workers.begin + 1);
    struct account_item *item = g_new0(struct account_item, rows.end - rows.begin + 1);
    struct account_trial made = {.wall_s = trial->wall_s,
                                 .held_s = trial->held_s,
                                 .gate_s = trial->prefix_s + trial->spawn_s + trial->init_s,
                                 .worker = worker,
                                 .workers = workers.end - workers.begin,
                                 .item = item,
                                 .items = rows.end - rows.begin};
    int status;

    for (unsigned w = workers.begin; w < workers.end; w++)
        worker[w - workers.begin] = g_array_index(study->workers, struct data_worker, w).instants;
    for (unsigned i = rows.begin; i < rows.end; i++) {
        const struct data_item *span = &g_array_index(study->items, struct data_item, i);
        const struct data_batch_item *about = study_data_batch_item(study, span->id);
        item[i - rows.begin] =
            (struct account_item){.worker = span->worker,
                                  .claim_s = span->claim_s,
                                  .start_s = span->start_s,
                                  .end_s = span->end_s,
                                  .cpu_s = span->cpu_s,
                                  .kind = about ? about->kind : 0,
                                  .cost = account_cost_of(all->costs, all->cost_count, span->id)};
        for (int term = 0; term < SIZE_TERMS; term++)
            item[i - rows.begin].amount[term] = about ? about->amount[term] : NAN;
    }
    status = account_make(&made, account);
    g_free(worker);
    g_free(item);
    return status;
}

/* Tail of the same run, were its items all of one size. */
static int find_equal_tail(const struct fit_account *all, struct fit_account_trial *row)
{
    const struct study_data *study = all->study;
    const struct data_cell *cell = study_data_cell(study, trial_at(study, row->trial));
    struct data_rows rows = study_data_rows(study->items, row->trial);
    size_t items = rows.end - rows.begin;
    double *cost_s = g_new0(double, items + 1), sum_s = 0;
    struct simulate_result result;
    int status;

    for (unsigned i = rows.begin; i < rows.end; i++) {
        const struct data_item *span = &g_array_index(study->items, struct data_item, i);
        sum_s += span->end_s - span->start_s;
    }
    for (size_t i = 0; i < items; i++)
        cost_s[i] = sum_s / (double)items;
    status = simulate_run(&(struct simulate_setting){.workers = cell->workers,
                                                     .chunk = cell->chunk > 0 ? (uint64_t)cell->chunk : 1,
                                                     .policy = simulate_policy_of(cell->policy),
                                                     .cost_s = cost_s,
                                                     .items = items},
                          &result, NULL, NULL);
    row->equal_tail_s = result.tail_core_s;
    g_free(cost_s);
    return status;
}

/* An item that comes to the lock later than with one worker has waited for it, or was slower before: it is taken as
 * slowed down before the lock as it is behind it. */
static double find_lock_wait(const struct fit_account *all, unsigned trial)
{
    struct data_rows rows = study_data_rows(all->study->items, trial);
    double wait_s = 0;

    for (unsigned i = rows.begin; i < rows.end; i++) {
        const struct data_item *span = &g_array_index(all->study->items, struct data_item, i);
        const struct account_cost *cost =
            isnan(span->locked_s) ? NULL : account_cost_of(all->costs, all->cost_count, span->id);
        double rest_s = cost ? cost->wall_s - cost->lock_at_s : NAN,
               slower = rest_s > 0 ? fmax((span->end_s - span->locked_s) / rest_s, 1) : 1,
               late_s = cost ? span->locked_s - span->start_s - slower * cost->lock_at_s : NAN;
        wait_s += late_s > 0 ? late_s : 0;
    }
    return wait_s;
}

static bool has_workers(const struct fit_account *account, unsigned trial)
{
    struct data_rows workers = study_data_rows(account->study->workers, trial);

    return workers.end > workers.begin;
}

/* --- the reference ---------------------------------------------------------------------------- */

/* A trial in which one process did the items. Off-CPU time of a trial is waiting in the same share for every
 * item, since the run-queue delay is known for the worker only. */
static void add_costs(struct fit_account *account, unsigned trial, GArray *costs)
{
    const struct study_data *study = account->study;
    struct data_rows workers = study_data_rows(study->workers, trial),
                     rows = study_data_rows(study->items, trial);
    double runqueue_s = 0, off_s = 0, blocked_share;

    for (unsigned w = workers.begin; w < workers.end; w++)
        runqueue_s += g_array_index(study->workers, struct data_worker, w).instants.runqueue_s;
    for (unsigned i = rows.begin; i < rows.end; i++) {
        const struct data_item *span = &g_array_index(study->items, struct data_item, i);
        off_s += fmax(span->end_s - span->start_s - span->cpu_s, 0);
    }
    /* A delay that is not recorded is in blocked. */
    blocked_share = off_s > 0 && !isnan(runqueue_s) ? 1 - fmin(runqueue_s / off_s, 1) : 1;
    for (unsigned i = rows.begin; i < rows.end; i++) {
        const struct data_item *span = &g_array_index(study->items, struct data_item, i);
        double wall_s = span->end_s - span->start_s;
        struct account_cost cost = {.id = span->id,
                                    .cpu_s = fmin(span->cpu_s, wall_s),
                                    .blocked_s = fmax(wall_s - span->cpu_s, 0) * blocked_share,
                                    .wall_s = wall_s,
                                    .lock_at_s = span->locked_s - span->start_s,
                                    .locked_s = span->unlocked_s - span->locked_s};
        if (isnan(span->cpu_s))
            cost.cpu_s = cost.blocked_s = NAN;
        g_array_append_val(costs, cost);
    }
    account->cost_trials++;
}

/* The one-worker trials of the curve; with weak scaling they do a share of the items only, the serial ones all. */
static bool has_costs(const struct study_data *study, const struct data_trial *trial, int one_worker)
{
    if (one_worker >= 0 && trial->cell == (unsigned)one_worker)
        return true;
    return study_data_is_weak(study) && g_strcmp0(study_data_cell(study, trial)->role, "serial") == 0;
}

static void find_costs(struct fit_account *account)
{
    const struct study_data *study = account->study;
    GArray *costs = g_array_new(FALSE, TRUE, sizeof(struct account_cost));
    int cell = study_data_curve_cell(study, 1);

    for (unsigned i = 0; i < study->trials->len; i++)
        if (has_costs(study, trial_at(study, i), cell) && trial_at(study, i)->status == TRIAL_OK &&
            has_workers(account, i))
            add_costs(account, i, costs);
    account->cost_count = account_costs_median((struct account_cost *)(void *)costs->data, costs->len);
    /* One for each item is left of one for each item and trial. */
    g_array_set_size(costs, (guint)account->cost_count);
    account->costs = g_memdup2(costs->data, account->cost_count * sizeof *account->costs);
    g_array_free(costs, TRUE);
}

/* --- the efficiency tree ---------------------------------------------------------------------- */

static double counter_of(const struct study_data *study, unsigned trial, const char *name)
{
    for (unsigned i = 0; i < study->counters->len; i++) {
        const struct data_counter *counter = &g_array_index(study->counters, struct data_counter, i);
        if (counter->trial == trial && strcmp(counter->name, name) == 0)
            return counter->value;
    }
    return NAN;
}

/* Mean of a counter over the one-worker trials that count. */
static double reference_counter(const struct fit_account *account, const char *name)
{
    int cell = study_data_curve_cell(account->study, 1);
    double sum = 0, count = 0;

    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct data_trial *trial = trial_at(account->study, accounted(account, i)->trial);
        if (cell >= 0 && trial->cell == (unsigned)cell && trial->status == TRIAL_OK) {
            sum += counter_of(account->study, accounted(account, i)->trial, name);
            count++;
        }
    }
    return sum / count;
}

/* CPU time over wall time of all items with one worker. */
static double computing_share(const struct fit_account *account)
{
    double cpu_s = 0, wall_s = 0;

    for (size_t i = 0; i < account->cost_count; i++)
        if (!isnan(account->costs[i].cpu_s + account->costs[i].wall_s)) {
            cpu_s += account->costs[i].cpu_s;
            wall_s += account->costs[i].wall_s;
        }
    return cpu_s / wall_s;
}

static void find_pop(struct fit_account *account)
{
    double instructions = reference_counter(account, "instructions"),
           cycles = reference_counter(account, "cycles"), computing = computing_share(account);

    for (unsigned i = 0; i < account->trials->len; i++) {
        struct fit_account_trial *row = &g_array_index(account->trials, struct fit_account_trial, i);
        const struct account *made = &row->account;
        struct data_rows workers = study_data_rows(account->study->workers, row->trial);
        struct pop_input input = {.wall_s = trial_at(account->study, row->trial)->wall_s,
                                  .workers = workers.end - workers.begin,
                                  .mean_cpu_s = made->mean_cpu_s,
                                  .busiest_cpu_s = made->busiest_cpu_s,
                                  .busiest_transfer_s = made->busiest_transfer_s,
                                  .instructions = counter_of(account->study, row->trial, "instructions"),
                                  .cycles = counter_of(account->study, row->trial, "cycles"),
                                  .reference_cpu_s =
                                      made->reason[CAUSE_INFLATION_REST] ? NAN : made->core_s[CAUSE_USEFUL],
                                  .reference_instructions = instructions,
                                  .reference_cycles = cycles,
                                  .computing = computing};
        pop_make(&input, &row->pop);
    }
}

/* --- all -------------------------------------------------------------------------------------- */

int fit_account_make(const struct study_data *study, struct fit_account *account, struct fault *fault)
{
    *account = (struct fit_account){.study = study,
                                    .trials = g_array_new(FALSE, TRUE, sizeof(struct fit_account_trial)),
                                    .cells = g_array_new(FALSE, TRUE, sizeof(struct fit_account_cell))};
    find_costs(account);
    for (unsigned i = 0; i < study->trials->len; i++) {
        struct fit_account_trial row = {.trial = i};
        if (trial_at(study, i)->status == TRIAL_FAILED || !has_workers(account, i))
            continue;
        if (account_trial(account, i, &row.account) || find_equal_tail(account, &row)) {
            fit_account_release(account);
            return fault_sys(fault, "account of %s: no memory", study->name);
        }
        row.lock_wait_s = find_lock_wait(account, i);
        if (!isnan(row.account.total_s))
            g_array_append_val(account->trials, row);
    }
    find_pop(account);
    for (unsigned i = 0; i < study->cells->len; i++)
        fit_account_add_cell(account, i);
    if (study->is_table)
        snprintf(account->reason, sizeof account->reason, "a table of times has no causes");
    else if (!account->cells->len && g_strcmp0(study_data_fact(study, "subject"), "command") == 0 &&
             g_str_has_prefix(study_data_fact(study, "spans") ? study_data_fact(study, "spans") : "", "none"))
        snprintf(
            account->reason, sizeof account->reason,
            "the command wrote no spans (JSON lines of its items to the file named in KNEE_SPANS): only it "
            "knows what its workers do");
    else if (!account->cells->len)
        snprintf(account->reason, sizeof account->reason,
                 "no trial that counts has the instants of its workers");
    return 0;
}

void fit_account_release(struct fit_account *account)
{
    if (account->trials)
        g_array_free(account->trials, TRUE);
    if (account->cells)
        g_array_free(account->cells, TRUE);
    g_free(account->costs);
    *account = (struct fit_account){0};
}
