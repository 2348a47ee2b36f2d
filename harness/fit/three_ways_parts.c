#include "harness/fit/three_ways_parts.h"

#include <math.h>

#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/prediction_internal.h"

enum { MOST_TRIALS = 256 };

/* What each item of a trial took, in the order of the study's items. NULL: not all of them have a time. */
static double *times_in(const struct study_data *study, unsigned trial, size_t items)
{
    double *seconds = g_new0(double, items + 1);
    size_t known = 0;

    for (unsigned i = 0; i < study->items->len; i++) {
        const struct data_item *item = &g_array_index(study->items, struct data_item, i);
        if (item->trial != trial || !(item->end_s >= item->start_s))
            continue;
        if (known < items)
            seconds[known] = item->end_s - item->start_s;
        known++;
    }
    if (known == items)
        return seconds;
    g_free(seconds);
    return NULL;
}

/* NaN: not known. */
static double own_seconds(const struct prediction *p, unsigned trial, const struct data_cell *cell)
{
    struct predict_setting setting = prediction_setting_of(cell);
    struct predict_pool pool = p->pool;
    double *cost_s = times_in(p->study, trial, pool.items), seconds = NAN;

    if (cost_s) {
        pool.cost_s = cost_s;
        pool.contention = 0; /* it is in the times, and so is waiting for a core */
        pool.excess = NULL;
        pool.lock = NULL; /* so is waiting for a lock */
        seconds = predict_seconds(&pool, &setting, 0);
    }
    g_free(cost_s);
    return seconds;
}

static struct interval less_one(struct interval ratio)
{
    ratio.value -= 1;
    ratio.low -= 1;
    ratio.high -= 1;
    return ratio;
}

struct three_ways_parts three_ways_parts_of(const struct prediction *p, const struct prediction_check *check)
{
    const struct study_data *study = p->study;
    const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, check->cell);
    double items[MOST_TRIALS], pool[MOST_TRIALS];
    size_t count = 0;

    for (unsigned t = 0; t < study->trials->len && count < MOST_TRIALS; t++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, t);
        double own_s =
            trial->status == TRIAL_OK && trial->cell == check->cell ? own_seconds(p, t, cell) : NAN;
        if (!(own_s > 0) || !(trial->wall_s > 0))
            continue;
        items[count] = check->predicted_s / own_s;
        pool[count++] = own_s / trial->wall_s;
    }
    if (!count)
        return (struct three_ways_parts){interval_unknown("no trial has the times of all its items"),
                                         interval_unknown("no trial has the times of all its items")};
    return (struct three_ways_parts){less_one(stats_geometric_interval(items, count, FIT_LEVEL)),
                                     less_one(stats_geometric_interval(pool, count, FIT_LEVEL))};
}
