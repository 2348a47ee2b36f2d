#include "analysis/account/account.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/size/size_regression.h"

/* --- one trial -------------------------------------------------------------------------------- */

/* Sums over the items of one worker. */
struct worker_sums {
    double wall_s, cpu_s, useful_s, blocked_reference_s, waiting_s;
    double last_end_s; /* of its items so far; its go at first */
    double dispatch_s;
};

struct making {
    const struct account_trial *trial;
    struct account *out;
    struct worker_sums *sums;
    const struct account_item **sorted; /* by worker, then start */
    struct size_item *inflated;         /* inflation of each item that has a reference */
    size_t inflated_count;
    bool has_cpu, has_runqueue;
    double unreferenced_s, inflation_s;
};

static int by_worker_and_start(const void *a, const void *b)
{
    const struct account_item *x = *(const struct account_item *const *)a;
    const struct account_item *y = *(const struct account_item *const *)b;

    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    return x->start_s < y->start_s ? -1 : x->start_s > y->start_s;
}

static bool happened(const struct account_trial *trial, const struct account_item *item)
{
    return item->worker < trial->workers && item->start_s <= item->end_s;
}

static void unknown(struct account *out, enum account_cause cause, const char *reason)
{
    out->core_s[cause] = NAN;
    out->reason[cause] = reason;
}

static void no_account(struct account *out, const char *reason)
{
    out->total_s = out->gap_s = out->unnamed_s = NAN;
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        unknown(out, (enum account_cause)c, reason);
}

static bool instants_are_known(const struct account_trial *trial)
{
    for (size_t w = 0; w < trial->workers; w++) {
        const struct account_worker *worker = &trial->worker[w];
        if (isnan(worker->fork_s + worker->begin_s + worker->go_s + worker->loop_end_s))
            return false;
    }
    return trial->workers > 0 && trial->wall_s > 0;
}

/* What lies before `go` of each worker, and behind its loop's end. Spans that would be negative are left out,
 * and so come up in the gap. */
static void take_start_and_end(struct making *m)
{
    const struct account_trial *trial = m->trial;
    double first_fork = INFINITY, last_begin = 0, last_end = 0, *core_s = m->out->core_s;

    for (size_t w = 0; w < trial->workers; w++) {
        first_fork = fmin(first_fork, trial->worker[w].fork_s);
        last_begin = fmax(last_begin, trial->worker[w].begin_s);
        last_end = fmax(last_end, trial->worker[w].loop_end_s);
    }
    core_s[CAUSE_SERIAL] = (double)trial->workers * (fmax(first_fork, 0) + fmax(trial->wall_s - last_end, 0));
    for (size_t w = 0; w < trial->workers; w++) {
        const struct account_worker *worker = &trial->worker[w];
        double ready = isnan(worker->ready_s) ? worker->begin_s : worker->ready_s;
        double gate = isnan(trial->gate_s) ? worker->go_s : fmin(trial->gate_s, worker->go_s);
        double forks_end = fmin(fmax(last_begin, ready), gate);
        core_s[CAUSE_SPAWN] += fmax(worker->begin_s - first_fork, 0) + fmax(forks_end - ready, 0);
        core_s[CAUSE_INIT] += fmax(ready - worker->begin_s, 0) + fmax(gate - fmax(forks_end, ready), 0);
        core_s[CAUSE_DISPATCH] += fmax(worker->go_s - fmax(gate, ready), 0);
        core_s[CAUSE_TAIL] += last_end - worker->loop_end_s;
    }
}

/* Gaps are cut at the claim, and each part is counted only when it is positive: time that is recorded twice
 * (items that overlap) makes the sum too large, and so comes up in the gap. */
static void take_gaps(struct making *m)
{
    const struct account_trial *trial = m->trial;

    for (size_t w = 0; w < trial->workers; w++)
        m->sums[w].last_end_s = trial->worker[w].go_s;
    for (size_t i = 0; m->sorted[i]; i++) {
        const struct account_item *item = m->sorted[i];
        struct worker_sums *sums = &m->sums[item->worker];
        double claim = isnan(item->claim_s) ? item->start_s : item->claim_s;
        sums->dispatch_s += fmax(claim - sums->last_end_s, 0) + fmax(item->start_s - claim, 0);
        sums->last_end_s = item->end_s;
    }
    for (size_t w = 0; w < trial->workers; w++) {
        m->sums[w].dispatch_s += fmax(trial->worker[w].loop_end_s - m->sums[w].last_end_s, 0);
        m->out->core_s[CAUSE_DISPATCH] += m->sums[w].dispatch_s;
    }
}

/* CPU time of an item that its worker's core can have given it; wall time where CPU time is not recorded. */
static double on_cpu(const struct making *m, const struct account_item *item)
{
    double wall_s = item->end_s - item->start_s;

    return m->has_cpu ? fmin(item->cpu_s, wall_s) : wall_s;
}

static void take_items(struct making *m)
{
    for (size_t i = 0; m->sorted[i]; i++) {
        const struct account_item *item = m->sorted[i];
        struct worker_sums *sums = &m->sums[item->worker];
        double wall_s = item->end_s - item->start_s;
        sums->wall_s += wall_s;
        sums->cpu_s += on_cpu(m, item);
        if (m->has_cpu)
            m->out->hidden_cpu_s += fmax(item->cpu_s - wall_s, 0);
        if (item->cost && !isnan(item->cost->blocked_s))
            sums->blocked_reference_s += item->cost->blocked_s;
        else
            sums->blocked_reference_s += wall_s - on_cpu(m, item);
    }
}

/* Needs the sums of take_items(). Without CPU times, what may be waiting is the time beyond the reference. */
static void take_off_cpu(struct making *m)
{
    struct account *out = m->out;
    double off_s = 0, waiting_s = 0, reference_s = 0, held_s, most_held_s;

    for (size_t w = 0; w < m->trial->workers; w++) {
        struct worker_sums *sums = &m->sums[w];
        double most = m->has_cpu ? sums->wall_s - sums->cpu_s : sums->wall_s - sums->useful_s;
        sums->waiting_s = m->has_runqueue ? fmin(m->trial->worker[w].runqueue_s, fmax(most, 0)) : 0;
        waiting_s += sums->waiting_s;
        off_s += sums->wall_s - sums->cpu_s;
        reference_s += sums->blocked_reference_s;
    }
    most_held_s = m->has_runqueue ? waiting_s : fmax(off_s - reference_s, 0);
    held_s = isnan(m->trial->held_s) ? 0 : fmin(m->trial->held_s, most_held_s);
    out->core_s[CAUSE_WAITING] = m->has_runqueue ? waiting_s - held_s : 0;
    out->core_s[CAUSE_HELD] = held_s;
    out->core_s[CAUSE_BLOCKED] = reference_s;
    out->core_s[m->has_runqueue ? CAUSE_BLOCKED_MORE : CAUSE_OFF_CPU] =
        off_s - (m->has_runqueue ? waiting_s : held_s) - reference_s;
    if (isnan(m->trial->held_s))
        unknown(out, CAUSE_HELD,
                "how long the CPU quota held it is not recorded: it is in waiting for a core");
    if (!m->has_runqueue)
        unknown(out, CAUSE_WAITING,
                m->has_cpu
                    ? "the run-queue delay of a worker is not recorded: it is in \"off CPU\""
                    : "the run-queue delay of a worker is not recorded: it is in useful and slower items");
    if (!m->has_runqueue)
        unknown(out, CAUSE_BLOCKED_MORE,
                "the run-queue delay of a worker is not recorded: it is in \"off CPU\"");
    if (!m->has_cpu) {
        static const char why[] = "CPU time of items is not recorded: a part of useful and inflation";
        unknown(out, CAUSE_BLOCKED, why);
        unknown(out, CAUSE_BLOCKED_MORE, why);
        unknown(out, CAUSE_OFF_CPU, why);
    }
}

static double reference_of(const struct making *m, const struct account_item *item)
{
    if (!item->cost)
        return NAN;
    return m->has_cpu ? item->cost->cpu_s : item->cost->wall_s;
}

static void take_useful(struct making *m)
{
    for (size_t i = 0; m->sorted[i]; i++) {
        const struct account_item *item = m->sorted[i];
        double reference_s = reference_of(m, item), cost_s = on_cpu(m, item);
        if (isnan(reference_s))
            m->unreferenced_s += cost_s;
        m->sums[item->worker].useful_s += isnan(reference_s) ? cost_s : reference_s;
    }
    /* In the caller's order: the same items give the same sum, to the last bit, whoever worked on them. */
    for (size_t i = 0; i < m->trial->items; i++) {
        const struct account_item *item = &m->trial->item[i];
        double reference_s = reference_of(m, item);
        if (happened(m->trial, item))
            m->out->core_s[CAUSE_USEFUL] += isnan(reference_s) ? on_cpu(m, item) : reference_s;
    }
    m->out->unnamed_s += m->unreferenced_s;
}

/* Inflation of each item; without CPU times, waiting is taken out in proportion to the item's time. */
static void list_inflation(struct making *m)
{
    for (size_t i = 0; m->sorted[i]; i++) {
        const struct account_item *item = m->sorted[i];
        const struct worker_sums *sums = &m->sums[item->worker];
        double reference_s = reference_of(m, item), wall_s = item->end_s - item->start_s, more_s;
        if (isnan(reference_s))
            continue;
        more_s = on_cpu(m, item) - reference_s;
        if (!m->has_cpu && sums->wall_s > 0)
            more_s -= sums->waiting_s * wall_s / sums->wall_s;
        m->inflation_s += more_s;
        m->inflated[m->inflated_count] = (struct size_item){.seconds = more_s, .kind = item->kind};
        memcpy(m->inflated[m->inflated_count++].amount, item->amount, sizeof item->amount);
    }
}

/* Slopes times amounts, and the fixed time of the item's kind, over the items that took part. */
static void sum_named(const struct making *m, const struct size_regression *regression, double *fixed_s,
                      double *size_s)
{
    *fixed_s = *size_s = 0;
    for (size_t i = 0; i < m->inflated_count; i++) {
        const struct size_item *item = &m->inflated[i];
        double all_s = size_seconds_of(regression, item), kind_s = regression->intercept.value;
        /* The line of other kinds, beyond their sizes, may give one of too few items any time. */
        if (isnan(all_s) || !interval_has_value(&regression->extra[item->kind]))
            continue;
        kind_s += regression->extra[item->kind].value;
        *fixed_s += kind_s;
        *size_s += all_s - kind_s;
    }
}

/* All that the regression does not give is the rest. */
static int divide_inflation(struct making *m)
{
    struct size_regression regression;
    struct account *out = m->out;
    double fixed_s, size_s;
    bool has_slope = false;

    if (m->inflated_count == 0) {
        static const char why[] = "no item has a cost with one worker";
        for (int c = CAUSE_INFLATION_FIXED; c <= CAUSE_INFLATION_REST; c++)
            unknown(out, (enum account_cause)c, why);
        return 0;
    }
    if (size_regression_fit(m->inflated, m->inflated_count, false, false, 0.95, &regression))
        return -1;
    for (int term = 0; term < SIZE_TERMS; term++)
        has_slope = has_slope || interval_has_value(&regression.slope[term]);
    sum_named(m, &regression, &fixed_s, &size_s);
    if (interval_has_value(&regression.intercept))
        out->core_s[CAUSE_INFLATION_FIXED] = fixed_s;
    else
        unknown(out, CAUSE_INFLATION_FIXED, "too few items for a regression: it is in the rest");
    if (has_slope)
        out->core_s[CAUSE_INFLATION_SIZE] = size_s;
    else
        unknown(out, CAUSE_INFLATION_SIZE,
                "the sizes of the items are unknown or alike: it is in the others");
    out->core_s[CAUSE_INFLATION_REST] = m->inflation_s - fixed_s - size_s;
    return 0;
}

static void take_balance(struct making *m)
{
    struct account *out = m->out;
    size_t busiest = 0;

    for (size_t w = 0; w < m->trial->workers; w++) {
        out->mean_cpu_s += m->sums[w].cpu_s / (double)m->trial->workers;
        if (m->sums[w].cpu_s > m->sums[busiest].cpu_s)
            busiest = w;
    }
    out->busiest_cpu_s = m->sums[busiest].cpu_s;
    out->busiest_transfer_s =
        m->has_runqueue
            ? m->sums[busiest].dispatch_s +
                  fmax(m->sums[busiest].wall_s - m->sums[busiest].cpu_s - m->sums[busiest].waiting_s, 0)
            : NAN;
}

static void close_account(struct making *m)
{
    struct account *out = m->out;
    double sum_s = 0, items_s = 0;

    for (size_t w = 0; w < m->trial->workers; w++)
        items_s += m->sums[w].wall_s;
    sum_s = items_s + out->core_s[CAUSE_SERIAL] + out->core_s[CAUSE_SPAWN] + out->core_s[CAUSE_INIT] +
            out->core_s[CAUSE_DISPATCH] + out->core_s[CAUSE_TAIL];
    out->gap_s = out->total_s - sum_s;
    out->unnamed_s += fabs(out->gap_s);
}

static void look_at_items(struct making *m)
{
    const struct account_trial *trial = m->trial;
    size_t count = 0;

    m->has_cpu = m->has_runqueue = true;
    for (size_t i = 0; i < trial->items; i++)
        if (happened(trial, &trial->item[i])) {
            m->sorted[count++] = &trial->item[i];
            m->has_cpu = m->has_cpu && !isnan(trial->item[i].cpu_s);
        }
    qsort(m->sorted, count, sizeof(struct account_item *), by_worker_and_start);
    for (size_t w = 0; w < trial->workers; w++)
        m->has_runqueue = m->has_runqueue && !isnan(trial->worker[w].runqueue_s);
}

int account_make(const struct account_trial *trial, struct account *account)
{
    struct making m = {.trial = trial, .out = account};
    int status = -1;

    *account = (struct account){.total_s = (double)trial->workers * trial->wall_s};
    if (!instants_are_known(trial)) {
        no_account(account, "the instants of its workers are not recorded");
        return 0;
    }
    m.sums = calloc(trial->workers, sizeof *m.sums);
    m.sorted = calloc(trial->items + 1, sizeof(struct account_item *));
    m.inflated = calloc(trial->items + 1, sizeof *m.inflated);
    if (m.sums && m.sorted && m.inflated) {
        look_at_items(&m);
        take_start_and_end(&m);
        take_gaps(&m);
        take_items(&m);
        take_useful(&m);
        take_off_cpu(&m);
        list_inflation(&m);
        status = divide_inflation(&m);
        take_balance(&m);
        close_account(&m);
    }
    free(m.sums);
    free((void *)m.sorted);
    free(m.inflated);
    return status;
}
