#include "harness/fit/three_ways_parts.h"

#include <math.h>

#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/prediction_internal.h"

enum { MOST_TRIALS = 256 };

/* What each item of a trial took, in the order of the study's items. */
struct item_times {
    double *seconds; /* owned; NULL: the trial is of another cell, or did not end well */
    size_t known;    /* that have a time */
};

/* By trial, freed with free_times(). The items of the study are read once. */
static struct item_times *read_times(const struct study_data *study, unsigned cell, size_t items)
{
    struct item_times *times = g_new0(struct item_times, study->trials->len + 1);

    for (unsigned t = 0; t < study->trials->len; t++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, t);
        if (trial->status == TRIAL_OK && trial->cell == cell)
            times[t].seconds = g_new0(double, items + 1);
    }
    for (unsigned i = 0; i < study->items->len; i++) {
        const struct data_item *item = &g_array_index(study->items, struct data_item, i);
        struct item_times *of = &times[item->trial];
        if (!of->seconds || !(item->end_s >= item->start_s))
            continue;
        if (of->known < items)
            of->seconds[of->known] = item->end_s - item->start_s;
        of->known++;
    }
    return times;
}

static void free_times(struct item_times *times, unsigned trials)
{
    for (unsigned t = 0; t < trials; t++)
        g_free(times[t].seconds);
    g_free(times);
}

/* NaN: not all of them have a time. */
static double own_seconds(const struct prediction *p, const struct item_times *times,
                          const struct data_cell *cell)
{
    struct predict_setting setting = prediction_setting_of(cell);
    struct predict_pool pool = p->pool;

    if (!times->seconds || times->known != pool.items)
        return NAN;
    pool.cost_s = times->seconds;
    pool.contention = 0; /* it is in the times, and so is waiting for a core */
    pool.excess = NULL;
    pool.lock = NULL; /* so is waiting for a lock */
    return predict_seconds(&pool, &setting, 0);
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
    struct item_times *times = read_times(study, check->cell, p->pool.items);
    double items[MOST_TRIALS], pool[MOST_TRIALS];
    size_t count = 0;

    for (unsigned t = 0; t < study->trials->len && count < MOST_TRIALS; t++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, t);
        double own_s = own_seconds(p, &times[t], cell);
        if (!(own_s > 0) || !(trial->wall_s > 0))
            continue;
        items[count] = check->predicted_s / own_s;
        pool[count++] = own_s / trial->wall_s;
    }
    free_times(times, study->trials->len);
    if (!count)
        return (struct three_ways_parts){interval_unknown("no trial has the times of all its items"),
                                         interval_unknown("no trial has the times of all its items")};
    return (struct three_ways_parts){less_one(stats_geometric_interval(items, count, FIT_LEVEL)),
                                     less_one(stats_geometric_interval(pool, count, FIT_LEVEL))};
}
