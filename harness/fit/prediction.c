#include "harness/fit/prediction_internal.h"

#include <math.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/resample.h"
#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/study/observations.h"
#include "pipeline/pool/chunk.h"

/* Blocks are compared over no more items than this: their spread does not need them all. */
enum { SPREAD_ITEMS = 20000, MOST_BLOCKS = 256 };

/* --- the pool --------------------------------------------------------------------------------- */

/* A pool of a number of items, drawn from those that were measured. Fills the arrays; caller frees them with
 * pool_release(). */
static void pool_make(const struct prediction_basis *basis, size_t items, double level, double contention,
                      uint64_t seed, struct predict_pool *pool)
{
    size_t *pick = g_new0(size_t, items + 1), *order = g_new0(size_t, items + 1);
    double *cost_s = g_new0(double, items + 1), *weight = g_new0(double, items + 1), factor;

    predict_pick(basis->items, items, seed, pick);
    for (size_t i = 0; i < items; i++) {
        cost_s[i] = basis->cost_s[pick[i]] * level;
        weight[i] = basis->weight[pick[i]];
    }
    *pool = basis->pool;
    factor = prediction_serial_factor(basis->serial_grows, (double)items, (double)basis->items);
    pool->prefix_s *= factor;
    pool->suffix_s *= factor;
    pool->cost_s = cost_s;
    pool->items = items;
    pool->contention = contention;
    pool->largest_first = order;
    if (simulate_largest_first(weight, items, order)) { /* no memory: that policy is not considered */
        g_free(order);
        pool->largest_first = NULL;
    }
    g_free(pick);
    g_free(weight);
}

static void pool_release(struct predict_pool *pool)
{
    g_free((void *)pool->cost_s);
    g_free((void *)pool->largest_first);
    *pool = (struct predict_pool){0};
}

/* Geometric mean of the blocks' levels. */
static double level_of(const struct prediction_basis *basis)
{
    double sum = 0;

    for (unsigned i = 0; i < basis->blocks->len; i++)
        sum += log(g_array_index(basis->blocks, struct prediction_block, i).level);
    return exp(sum / basis->blocks->len);
}

/* --- cells that were held back ---------------------------------------------------------------- */

static struct predict_setting setting_of(const struct data_cell *cell)
{
    return (struct predict_setting){cell->workers, cell->chunk > 0 ? (uint64_t)cell->chunk : 1,
                                    simulate_policy_of(cell->policy)};
}

static void check_cell(struct prediction_basis *basis, struct prediction *p, unsigned index)
{
    const struct study_data *study = p->study;
    const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, index);
    struct predict_setting setting = setting_of(cell);
    struct prediction_check check = {.cell = index, .workers = cell->workers};
    struct prediction_slowdown slowdown = prediction_basis_slowdown(basis, index);
    struct predict_pool pool;
    struct interval measured;
    size_t count;
    struct observation *group = observations_of_wall(study, index, false, &count);

    measured = scaling_level(group, count, study->paired, FIT_LEVEL);
    g_free(group);
    if (!interval_has_value(&measured))
        return;
    prediction_basis_costs(basis, index);
    pool_make(basis, basis->items, level_of(basis),
              prediction_basis_contention(basis, &slowdown, study->cores), 1, &pool);
    prediction_basis_costs(basis, -1);
    check.measured_s = measured.value;
    check.predicted_s = predict_seconds(&pool, &setting, study->cores);
    pool_release(&pool);
    check.error = check.predicted_s / check.measured_s - 1;
    if (check.predicted_s > 0)
        g_array_append_val(p->checks, check);
}

/* Every cell of more than one worker, but for those whose trials saw other items. */
static void check_cells(struct prediction_basis *basis, struct prediction *p)
{
    double squares = 0;

    for (unsigned i = 0; i < p->study->cells->len; i++) {
        const struct data_cell *cell = &g_array_index(p->study->cells, struct data_cell, i);
        if (cell->workers > 1)
            check_cell(basis, p, i);
    }
    for (unsigned i = 0; i < p->checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p->checks, struct prediction_check, i);
        squares += pow(log(check->predicted_s / check->measured_s), 2);
    }
    p->held_back_rms = p->checks->len ? sqrt(squares / p->checks->len) : NAN;
}

/* --- intervals -------------------------------------------------------------------------------- */

/* Half widths on logarithms that do not come from the blocks. */
static double other_half(const struct prediction *p, bool with_items)
{
    double held_back = isnan(p->held_back_rms) ? 0 : 2 * p->held_back_rms, sample = 0;

    if (with_items && p->request.items != p->measured_items) {
        double measured = (double)p->measured_items, wanted = (double)p->request.items;
        double *cost_s = g_new0(double, p->measured_items + 1), cv;
        size_t i = 0;
        /* The first items of the pool are every measured item at least once, or a sample of them. */
        for (; i < p->measured_items && i < p->request.items; i++)
            cost_s[i] = p->pool.cost_s[i];
        cv = stats_sd(cost_s, i) / stats_mean(cost_s, i);
        sample = 1.96 * cv * sqrt(fabs(1 / measured - 1 / wanted));
        g_free(cost_s);
    }
    return hypot(held_back, isfinite(sample) ? sample : 0);
}

static struct interval join(const struct prediction *p, double value, const double *by_block, size_t blocks,
                            bool with_items)
{
    struct interval spread = stats_geometric_interval(by_block, blocks, FIT_LEVEL);
    double half;

    if (!interval_has_bounds(&spread))
        return interval_point(value, "%s", spread.reason);
    half = hypot(log(spread.high / spread.low) / 2, other_half(p, with_items));
    return interval_bounded(value, value * exp(-half), value * exp(half), FIT_LEVEL,
                            "t over %zu blocks, error of held-back cells%s", blocks,
                            with_items && p->request.items != p->measured_items ? ", sample of items" : "");
}

/* Widens bounds by the least and largest of the values over the one that was taken. */
static void widen(struct interval *interval, const double *ends, double value)
{
    if (!interval_has_bounds(interval))
        return;
    interval->low *= fmin(fmin(ends[0], ends[1]) / value, 1);
    interval->high *= fmax(fmax(ends[0], ends[1]) / value, 1);
}

/* ... where it is not known how much of the serial parts grows with the items. */
static void widen_by_serial(const struct prediction *p, double wall_s, double one_s, struct interval *wall,
                            struct interval *speedup)
{
    double wall_ends[2], one_ends[2], speedup_ends[2];

    prediction_serial_ends(p, p->request.items, wall_s, wall_ends);
    prediction_serial_ends(p, p->request.items, one_s, one_ends);
    for (int i = 0; i < 2; i++)
        speedup_ends[i] = one_ends[i] / wall_ends[i];
    widen(wall, wall_ends, wall_s);
    widen(speedup, speedup_ends, one_s / wall_s);
}

/* T(n) and S(n) of one cell, from all blocks and from each alone. */
static void predict_cell(const struct prediction_basis *basis, const struct prediction *p,
                         const struct predict_setting *setting, struct interval *wall,
                         struct interval *speedup)
{
    struct predict_setting one = {1, p->base.chunk, p->base.policy};
    size_t items = p->request.items < SPREAD_ITEMS ? p->request.items : SPREAD_ITEMS, blocks = 0;
    double block_s[MOST_BLOCKS], block_speedup[MOST_BLOCKS];
    double wall_s = predict_seconds(&p->pool, setting, p->request.cores);
    double one_s = predict_seconds(&p->pool, &one, p->request.cores);

    for (; blocks < basis->blocks->len && blocks < MOST_BLOCKS; blocks++) {
        const struct prediction_block *block = &g_array_index(basis->blocks, struct prediction_block, blocks);
        struct predict_pool pool;
        pool_make(basis, items, block->level,
                  prediction_basis_contention(basis, &block->slowdown, p->request.cores), block->block + 2,
                  &pool);
        block_s[blocks] = predict_seconds(&pool, setting, p->request.cores);
        block_speedup[blocks] = predict_seconds(&pool, &one, p->request.cores) / block_s[blocks];
        pool_release(&pool);
    }
    *wall = join(p, wall_s, block_s, blocks, true);
    *speedup = join(p, one_s / wall_s, block_speedup, blocks, false);
    widen_by_serial(p, wall_s, one_s, wall, speedup);
    if (setting->workers == 1)
        *speedup = interval_exact(1, FIT_LEVEL, "definition");
    else /* the simulation knows no more than ideal */
        *speedup = interval_clipped(speedup, 0, setting->workers);
}

/* --- the answers ------------------------------------------------------------------------------ */

/* As many as there are cores; more, where they do not need a core all the time, as far as this was measured. */
static unsigned most_workers(const struct prediction *p)
{
    double have_a_core = p->request.cores / p->pool.share;

    return p->measured_workers > p->request.cores ? (unsigned)fmin(p->measured_workers, have_a_core)
                                                  : p->request.cores;
}

/* Every number of workers to 16, then coarser; the most in any case. */
static unsigned *candidates(const struct prediction *p, size_t *count)
{
    unsigned *list = g_new0(unsigned, 256), most = most_workers(p);

    *count = 0;
    for (unsigned n = 1; n < most && *count < 255; n += n < 16 ? 1 : n < 64 ? 4 : n < 256 ? 16 : 64)
        list[(*count)++] = n;
    list[(*count)++] = most;
    return list;
}

static double memory_mib(const struct prediction *p, unsigned workers)
{
    return workers * p->worker_mib;
}

static void add_points(const struct prediction_basis *basis, struct prediction *p)
{
    size_t count;
    unsigned *workers = candidates(p, &count);

    for (size_t i = 0; i < count; i++) {
        struct prediction_point point = {.workers = workers[i], .memory_mib = memory_mib(p, workers[i])};
        struct predict_setting setting = {workers[i], p->base.chunk, p->base.policy};
        predict_cell(basis, p, &setting, &point.wall_s, &point.speedup);
        point.efficiency = interval_scaled(&point.speedup, 1.0 / workers[i]);
        point.core_hours = workers[i] * point.wall_s.value / 3600;
        point.too_large = p->memory_limits && workers[i] > p->memory_workers;
        g_array_append_val(p->points, point);
    }
    g_free(workers);
}

/* Both answers, for readers. */
static void compare_serial(struct prediction *p)
{
    struct prediction_serial *serial = &p->serial, kept = *serial;
    struct predict_setting setting = {most_workers(p), p->base.chunk, p->base.policy}, one = setting;
    double ends[2], one_ends[2];

    one.workers = 1;
    serial->grows.low = 0;
    serial->grows.high = 1;
    prediction_serial_ends(p, p->request.items, predict_seconds(&p->pool, &setting, p->request.cores), ends);
    prediction_serial_ends(p, p->request.items, predict_seconds(&p->pool, &one, p->request.cores), one_ends);
    *serial = kept;
    serial->workers = setting.workers;
    serial->speedup_fixed = one_ends[0] / ends[0];
    serial->speedup_items = one_ends[1] / ends[1];
}

static void find_best(const struct prediction_basis *basis, struct prediction *p)
{
    size_t count, allowed = 0;
    unsigned *workers = candidates(p, &count);

    while (allowed < count && (!p->memory_limits || workers[allowed] <= p->memory_workers))
        allowed++;
    p->best =
        predict_best(&p->pool, p->request.cores, workers, allowed ? allowed : 1, &p->base, PREDICT_AS_GOOD);
    g_free(workers);
    predict_cell(basis, p, &p->best.setting, &p->best_wall_s, &p->best_speedup);
    p->best_core_hours = p->best.setting.workers * p->best_wall_s.value / 3600;
    p->least_chunk =
        predict_least_chunk(&p->pool, p->request.cores, p->best.setting.workers, p->best.setting.policy,
                            PREDICTION_EFFICIENCY, &p->chunk_efficiency, &p->chunk_best);
}

static void find_slowdown(const struct prediction_basis *basis, struct prediction *p)
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

static void describe(const struct prediction_basis *basis, struct prediction *p)
{
    const struct study_data *study = p->study;
    int curve = study_data_curve_cell(study, 1);

    p->measured_items = basis->items;
    p->blocks = basis->blocks->len;
    p->measured_workers = 1;
    for (unsigned i = 0; i < basis->ratios->len; i++) {
        const struct prediction_ratio *ratio = &g_array_index(basis->ratios, struct prediction_ratio, i);
        if (ratio->within_cores && ratio->workers > p->measured_workers)
            p->measured_workers = ratio->workers;
    }
    p->base = setting_of(&g_array_index(study->cells, struct data_cell, (unsigned)curve));
    find_slowdown(basis, p);
    if (!p->request.cores)
        p->request.cores = study->cores ? study->cores : p->measured_workers;
    if (!p->request.items)
        p->request.items = basis->items;
}

int prediction_make(const struct fit_account *account, const struct predict_request *request,
                    struct prediction *prediction, struct fault *fault)
{
    struct prediction *p = prediction;
    struct prediction_slowdown slowdown;
    struct prediction_basis basis;

    *p = (struct prediction){.study = account->study,
                             .request = *request,
                             .points = g_array_new(FALSE, TRUE, sizeof(struct prediction_point)),
                             .checks = g_array_new(FALSE, TRUE, sizeof(struct prediction_check))};
    if (prediction_basis_make(account, &basis, fault) ||
        prediction_find_serial(&basis, request, &p->serial, fault)) {
        prediction_basis_release(&basis);
        prediction_release(p);
        return -1;
    }
    basis.serial_grows = p->serial.grows.value;
    describe(&basis, p);
    slowdown = prediction_basis_slowdown(&basis, -1);
    pool_make(&basis, p->request.items, level_of(&basis),
              prediction_basis_contention(&basis, &slowdown, p->request.cores), 1, &p->pool);
    check_cells(&basis, p);
    prediction_find_memory(p);
    predict_bounds(&p->pool, most_workers(p), &p->bounds);
    add_points(&basis, p);
    find_best(&basis, p);
    compare_serial(p);
    prediction_basis_release(&basis);
    if (p->best.seconds > 0)
        return 0;
    fault_sys(fault, "%s: no memory to simulate %zu items: give fewer with --items", account->study->name,
              p->request.items);
    prediction_release(p);
    return -1;
}

const char *prediction_policy_name(enum simulate_policy policy)
{
    return chunk_policy_name((enum chunk_policy)policy);
}

void prediction_release(struct prediction *prediction)
{
    if (prediction->points)
        g_array_free(prediction->points, TRUE);
    if (prediction->checks)
        g_array_free(prediction->checks, TRUE);
    pool_release(&prediction->pool);
    *prediction = (struct prediction){0};
}
