#include "harness/sweep/sweep_precision.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/statistics/stats.h"
#include "harness/study/observations.h"
#include "harness/study/study_read.h"
#include "harness/sweep/sweep_curve.h"

/* --- limiting cells --- */

static double half_width(const struct scaling_point *point)
{
    const struct interval *e = &point->efficiency;

    return point->workers == 1 ? 0 : interval_has_bounds(e) ? (e->high - e->low) / 2 : INFINITY;
}

/* Which points the answer depends on, within the cores. */
static void find_needed(const struct scaling_point *point, size_t count, double delta, bool *needed)
{
    size_t best = 0;
    bool knee_passed = false;

    for (size_t i = 1; i < count; i++)
        if (!point[i].oversubscribed && point[i].seconds.value < point[best].seconds.value)
            best = i;
    for (size_t i = 0; i < count; i++) {
        const struct interval *e = &point[i].efficiency, *t = &point[i].seconds;
        bool bounds = interval_has_bounds(e);
        needed[i] = false;
        if (point[i].oversubscribed || point[i].workers == 1)
            continue;
        if (i == best || !interval_has_bounds(t) || !interval_has_bounds(&point[best].seconds) ||
            (t->low <= point[best].seconds.high && point[best].seconds.low <= t->high))
            needed[i] = true;
        if (!knee_passed && (!bounds || e->low < 1 - delta)) {
            needed[i] = true;
            if (i > 0 && point[i - 1].workers > 1)
                needed[i - 1] = true;
        }
        knee_passed |= bounds && e->high < 1 - delta;
    }
}

static void visit_again(const struct plan *plan, uint32_t workers, bool *again)
{
    for (uint32_t c = 0; c < plan->cell_count; c++)
        again[c] |= plan->cells[c].role == PLAN_SCALING &&
                    (plan->cells[c].workers == workers || plan->cells[c].workers == 1);
}

/* A cell of which no trial counts yet has no point: nothing is known of it, so the answer depends on it. */
static void find_missing(const struct plan *plan, const struct scaling_point *point, size_t count,
                         bool *again, struct sweep_precision *found)
{
    for (uint32_t c = 0; c < plan->cell_count; c++) {
        const struct plan_cell *cell = &plan->cells[c];
        bool seen = false;
        for (size_t i = 0; i < count; i++)
            seen |= point[i].workers == cell->workers;
        if (seen || cell->role != PLAN_SCALING || cell->workers > plan->cores)
            continue;
        visit_again(plan, cell->workers, again);
        found->half_width = INFINITY;
        found->workers = cell->workers;
    }
}

static void choose(const struct plan *plan, const struct scaling_point *point, size_t count, double wanted,
                   double delta, bool *again, struct sweep_precision *found)
{
    bool needed[PLAN_CELLS_MOST] = {false};

    memset(again, 0, plan->cell_count * sizeof *again);
    *found = (struct sweep_precision){.half_width = NAN};
    if (count > 0)
        find_needed(point, count, delta, needed);
    for (size_t i = 0; i < count; i++) {
        double half = half_width(&point[i]);
        if (!needed[i])
            continue;
        if (isnan(found->half_width) || half > found->half_width) {
            found->half_width = half;
            found->workers = point[i].workers;
        }
        if (half > wanted)
            visit_again(plan, point[i].workers, again);
    }
    find_missing(plan, point, count, again, found);
    for (uint32_t c = 0; c < plan->cell_count; c++)
        found->cells += again[c];
}

int sweep_precision_look(const struct study_data *data, const struct plan *plan, uint32_t block,
                         double wanted, double delta, bool *again, struct sweep_precision *found,
                         struct fault *fault)
{
    struct sweep_curve curve;

    *found = (struct sweep_precision){.half_width = NAN};
    if (sweep_curve_make(data, plan, block, true, &curve, fault))
        return -1;
    choose(plan, curve.points, curve.count, wanted, delta, again, found);
    if (block < PRECISION_BLOCKS) {
        for (uint32_t c = 0; c < plan->cell_count; c++)
            again[c] = true;
        found->cells = plan->cell_count;
    }
    sweep_curve_release(&curve);
    return 0;
}

/* --- first-run effects --- */

/* log T of the first block less the mean of the later ones, for each cell that has both. Returns how many. */
static size_t differences(const struct study_data *data, double *difference)
{
    size_t made = 0;

    for (unsigned cell = 0; cell < data->cells->len && made < PLAN_CELLS_MOST; cell++) {
        double first = 0, later = 0, firsts = 0, laters = 0;
        size_t count;
        struct observation *trial = observations_of_wall(data, cell, false, &count);
        for (size_t i = 0; i < count; i++) {
            *(trial[i].block == 0 ? &first : &later) += log(trial[i].seconds);
            *(trial[i].block == 0 ? &firsts : &laters) += 1;
        }
        if (firsts > 0 && laters > 1)
            difference[made++] = first / firsts - later / laters;
        g_free(trial);
    }
    return made;
}

int sweep_first_run(struct study *study, char *text, size_t bytes, struct fault *fault)
{
    double difference[PLAN_CELLS_MOST];
    struct study_data data;
    struct interval mean;
    size_t made;

    text[0] = '\0';
    if (study_load(study, STUDY_TRIALS, &data, fault))
        return -1;
    made = differences(&data, difference);
    mean = stats_mean_interval(difference, made, SWEEP_CURVE_LEVEL);
    if (made >= 3 && interval_has_bounds(&mean) && fabs(mean.value) > 0.005 &&
        (mean.low > 0 || mean.high < 0))
        snprintf(text, bytes,
                 "the first block took %+.1f%% (%+.1f to %+.1f) more than the later ones, over %zu cells: a "
                 "first-run effect; its trials are kept and count",
                 100 * expm1(mean.value), 100 * expm1(mean.low), 100 * expm1(mean.high), made);
    study_data_release(&data);
    return 0;
}
