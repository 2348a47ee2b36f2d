#include "harness/gate/figures.h"

#include <math.h>
#include <stdio.h>

static double seconds(int64_t ns)
{
    return ns == STUDY_UNKNOWN ? NAN : (double)ns / 1e9;
}

static bool was_worked_on(const struct study_item *item)
{
    return item->worker != STUDY_UNKNOWN && item->start_ns != STUDY_UNKNOWN && item->end_ns != STUDY_UNKNOWN;
}

/* --- with one worker -------------------------------------------------------------------------- */

/* As harness/fit/fit_account.c: time off the CPU is waiting for a core in the same share for every item. */
void figures_costs_take(struct figures_costs *costs, const struct trial_result *result)
{
    const struct study_trial_rows *rows = &result->rows;
    double runqueue_s = 0, off_s = 0, blocked_share;

    figures_costs_release(costs);
    costs->cost = g_array_new(FALSE, TRUE, sizeof(struct account_cost));
    for (size_t w = 0; w < rows->worker_count; w++)
        runqueue_s += seconds(rows->workers[w].runqueue_ns);
    for (size_t i = 0; i < rows->item_count; i++) {
        const struct study_item *item = &rows->items[i];
        if (was_worked_on(item))
            off_s += fmax(seconds(item->end_ns - item->start_ns) - seconds(item->cpu_ns), 0);
    }
    blocked_share = off_s > 0 && !isnan(runqueue_s) ? 1 - fmin(runqueue_s / off_s, 1) : 1;
    for (size_t i = 0; i < rows->item_count; i++) {
        const struct study_item *item = &rows->items[i];
        double wall_s = seconds(item->end_ns - item->start_ns), cpu_s = seconds(item->cpu_ns);
        struct account_cost cost = {.id = item->id,
                                    .cpu_s = isnan(cpu_s) ? NAN : fmin(cpu_s, wall_s),
                                    .blocked_s = isnan(cpu_s) ? NAN : fmax(wall_s - cpu_s, 0) * blocked_share,
                                    .wall_s = wall_s,
                                    .lock_at_s = NAN,
                                    .locked_s = NAN};
        if (was_worked_on(item))
            g_array_append_val(costs->cost, cost);
    }
    costs->cost->len =
        (guint)account_costs_median((struct account_cost *)(void *)costs->cost->data, costs->cost->len);
}

void figures_costs_release(struct figures_costs *costs)
{
    if (costs->cost)
        g_array_free(costs->cost, TRUE);
    costs->cost = NULL;
}

/* --- the account ------------------------------------------------------------------------------ */

static int account_of(const struct study_trial_rows *rows, const struct figures_costs *costs,
                      struct account *account)
{
    const struct account_cost *cost =
        costs->cost ? (const struct account_cost *)(const void *)costs->cost->data : NULL;
    struct account_worker *worker = g_new0(struct account_worker, rows->worker_count + 1);
    struct account_item *item = g_new0(struct account_item, rows->item_count + 1);
    struct account_trial trial = {.wall_s = seconds(rows->trial.wall_ns),
                                  .held_s = seconds(rows->trial.held_ns),
                                  .gate_s = seconds(rows->trial.prefix_ns) + seconds(rows->trial.spawn_ns) +
                                            seconds(rows->trial.init_ns),
                                  .worker = worker,
                                  .workers = rows->worker_count,
                                  .item = item};
    int status;

    for (size_t w = 0; w < rows->worker_count; w++) {
        const struct study_worker *from = &rows->workers[w];
        worker[w] = (struct account_worker){seconds(from->fork_ns),     seconds(from->begin_ns),
                                            seconds(from->init_end_ns), seconds(from->go_ns),
                                            seconds(from->loop_end_ns), seconds(from->runqueue_ns)};
    }
    for (size_t i = 0; i < rows->item_count; i++) {
        const struct study_item *from = &rows->items[i];
        struct account_item *to = &item[trial.items];
        if (!was_worked_on(from))
            continue;
        *to = (struct account_item){.worker = (unsigned)from->worker,
                                    .claim_s = seconds(from->claim_ns),
                                    .start_s = seconds(from->start_ns),
                                    .end_s = seconds(from->end_ns),
                                    .cpu_s = seconds(from->cpu_ns)};
        to->cost = cost ? account_cost_of(cost, costs->cost->len, from->id) : NULL;
        for (int term = 0; term < SIZE_TERMS; term++)
            to->amount[term] = NAN;
        trial.items++;
    }
    status = account_make(&trial, account);
    g_free(worker);
    g_free(item);
    return status;
}

static double longest_of(const struct study_trial_rows *rows)
{
    double longest_s = NAN;

    for (size_t i = 0; i < rows->item_count; i++)
        if (was_worked_on(&rows->items[i]))
            longest_s = fmax(longest_s, seconds(rows->items[i].end_ns - rows->items[i].start_ns));
    return longest_s;
}

/* Of all CPUs' time while the trial ran. */
static double others_share(const struct trial_outcome *outcome, const struct study_trial *trial)
{
    double others_ns = 0, all_ns = (double)outcome->after.cpus * (double)outcome->watched_ns;

    if (trial->other_cpu_ns != STUDY_UNKNOWN)
        others_ns += (double)trial->other_cpu_ns;
    if (trial->steal_ns != STUDY_UNKNOWN)
        others_ns += (double)trial->steal_ns;
    return outcome->cpu_known && all_ns > 0 ? fmin(others_ns / all_ns, 1) : 0;
}

int figures_of(const struct trial_outcome *outcome, const struct trial_result *result,
               const struct figures_costs *costs, unsigned workers, struct figures *figures,
               struct fault *fault)
{
    const struct study_trial_rows *rows = &result->rows;
    struct account account;

    *figures = (struct figures){.wall_s = seconds(rows->trial.wall_ns),
                                .cpu_s = (double)(outcome->user_ns + outcome->system_ns) / 1e9,
                                .memory_bytes = outcome->maxrss_bytes ? (double)outcome->maxrss_bytes : NAN,
                                .largest_item_s = longest_of(rows),
                                .items = rows->trial.items == STUDY_UNKNOWN ? NAN : (double)rows->trial.items,
                                .others_share = others_share(outcome, &rows->trial)};
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        figures->share[c] = NAN;
    if (result->status == TRIAL_VOID)
        snprintf(figures->disturbed, sizeof figures->disturbed, "%s", result->reason);
    if (rows->worker_count != workers)
        return 0; /* no spans, or not of all workers */
    if (account_of(rows, costs, &account))
        return fault_sys(fault, "gate: no memory for the account of a trial");
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        figures->share[c] = account.core_s[c] / account.total_s;
    return 0;
}
