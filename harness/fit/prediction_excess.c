/* prediction_excess.c: how much items slow each other down with n workers, with bounds (prediction.h). */
#include <math.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/prediction_internal.h"
#include "harness/study/observations.h"

enum { MOST_BLOCKS = 256 };

void prediction_find_slowdown(const struct prediction_basis *basis, struct prediction *p)
{
    double contention[MOST_BLOCKS], crowding[MOST_BLOCKS];
    size_t count = 0;

    if (!basis->ratios->len) {
        p->contention = p->crowding =
            interval_unknown("no cell between one worker and the cores: taken as none");
        return;
    }
    for (; count < basis->blocks->len && count < MOST_BLOCKS; count++) {
        const struct prediction_block *block = &g_array_index(basis->blocks, struct prediction_block, count);
        contention[count] = block->slowdown.contention;
        crowding[count] = block->slowdown.crowding * (p->study->cores > 1 ? p->study->cores - 1.0 : 1);
    }
    p->contention = stats_mean_interval(contention, count, FIT_LEVEL);
    p->crowding = stats_mean_interval(crowding, count, FIT_LEVEL);
}

/* --- the table -------------------------------------------------------------------------------- */

/* Half an interval's width; 0 without a value, or where blocks do not differ; NaN for one block. */
static double half_of(const struct interval *interval, size_t blocks)
{
    if (interval_has_bounds(interval))
        return (interval->high - interval->low) / 2;
    return interval_has_value(interval) && blocks < 2 ? NAN : 0;
}

struct slopes {
    double contention, crowding; /* for each additional worker */
    double contention_half, crowding_half;
    unsigned measured; /* contention is measured up to that many workers */
};

static struct slopes slopes_of(const struct prediction_basis *basis, const struct prediction *p)
{
    struct prediction_slowdown slowdown = prediction_basis_slowdown(basis, -1);
    struct prediction_slowdown crowding = {0, slowdown.crowding};
    struct slopes slopes = {.contention = slowdown.contention,
                            .crowding = prediction_basis_contention(basis, &crowding, p->request.cores),
                            .contention_half = half_of(&p->contention, p->blocks),
                            .measured = p->measured_workers};
    double others = p->request.cores > 1 ? p->request.cores - 1.0 : 1;

    slopes.crowding_half = half_of(&p->crowding, p->blocks) / others;
    return slopes;
}

/* Contention of n by antagonists; beyond what was measured it is added to that. */
static void by_antagonists(const struct prediction *p, const struct slopes *slopes, unsigned n, double *value,
                           double *below, double *above)
{
    const struct contention_machine here = {1, 1, 0};
    struct interval excess = contention_interval(&p->shared.fits, &p->request.machine, n, FIT_LEVEL);
    double measured = slopes->measured > 1 ? slopes->contention * (slopes->measured - 1.0) : 0;
    double there =
        slopes->measured > 1 ? contention_excess(&p->shared.fits.all, &here, slopes->measured, false) : 0;
    double half = slopes->measured > 1 ? slopes->contention_half * (slopes->measured - 1.0) : 0;

    *value = fmax(measured + excess.value - there, 0);
    *below = hypot(half, excess.value - excess.low);
    *above = hypot(half, excess.high - excess.value);
}

static void set_excess(const struct prediction *p, const struct slopes *slopes, unsigned n)
{
    const struct contention_machine *machine = &p->request.machine;
    bool elsewhere = machine->traffic != 1 || machine->footprint != 1 || machine->sharing;
    double others = n - 1.0, value = slopes->contention * others, below = slopes->contention_half * others,
           above = below, crowding_half = slopes->crowding_half * others;

    if (p->shared.by_antagonists && n > 1 && (n > slopes->measured || elsewhere))
        by_antagonists(p, slopes, n, &value, &below, &above);
    value += slopes->crowding * others;
    p->excess.value[n] = value;
    p->excess.low[n] = fmax(value - hypot(below, crowding_half), 0);
    p->excess.high[n] = value + hypot(above, crowding_half);
    if (isnan(below)) /* fmax() takes the 0 */
        p->excess.low[n] = NAN;
}

void prediction_find_excess(const struct prediction_basis *basis, struct prediction *p)
{
    struct slopes slopes = slopes_of(basis, p);
    unsigned most = p->request.cores > p->measured_workers ? p->request.cores : p->measured_workers;

    if (!(p->request.machine.traffic > 0))
        p->request.machine = (struct contention_machine){1, 1, 0};
    p->excess = (struct prediction_excess){most, g_new0(double, most + 1), g_new0(double, most + 1),
                                           g_new0(double, most + 1)};
    for (unsigned n = 1; n <= most; n++)
        set_excess(p, &slopes, n);
}

double prediction_half_of_contention(const struct prediction *p, const struct predict_setting *setting)
{
    struct predict_pool low = p->pool, high = p->pool;

    low.excess = p->excess.low;
    high.excess = p->excess.high;
    return fabs(log(predict_seconds(&high, setting, p->request.cores) /
                    predict_seconds(&low, setting, p->request.cores))) /
           2;
}

/* --- the check -------------------------------------------------------------------------------- */

static double measured_s(const struct prediction *p, unsigned workers)
{
    int cell = study_data_curve_cell(p->study, workers);
    struct interval level;
    size_t count;
    struct observation *group;

    if (cell < 0)
        return NAN;
    group = observations_of_wall(p->study, (unsigned)cell, false, &count);
    level = scaling_level(group, count, p->study->paired, FIT_LEVEL);
    g_free(group);
    return level.value;
}

/* With antagonists alone: no slowdown comes from trials of several workers. */
void prediction_check_contention(const struct prediction_basis *basis, struct prediction *p)
{
    const struct contention_machine here = {1, 1, 0};
    struct prediction_slowdown waiting = {0, prediction_basis_slowdown(basis, -1).crowding};
    struct prediction_contention_check *check = &p->contention_check;
    unsigned n = p->measured_workers;
    struct predict_setting setting = p->base, one = p->base;
    struct predict_pool pool = p->pool;
    double *excess, one_s = measured_s(p, 1), many_s = measured_s(p, n);

    *check = (struct prediction_contention_check){.workers = 0};
    if (!p->shared.by_antagonists || n < 2 || !isfinite(one_s + many_s) || !basis->ratios->len)
        return;
    check->workers = n;
    check->predicted = contention_interval(&p->shared.fits, &here, n, FIT_LEVEL);
    check->measured = interval_scaled(&p->contention, n - 1.0);
    excess = g_new0(double, n + 1);
    for (unsigned k = 2; k <= n; k++)
        excess[k] = contention_excess(&p->shared.fits.all, &here, k, false) +
                    prediction_basis_contention(basis, &waiting, p->study->cores) * (k - 1.0);
    pool.excess = excess;
    pool.excess_most = n;
    setting.workers = n;
    one.workers = 1;
    check->predicted_efficiency = predict_seconds(&pool, &one, p->study->cores) /
                                  (n * predict_seconds(&pool, &setting, p->study->cores));
    check->measured_efficiency = one_s / (n * many_s);
    g_free(excess);
}
