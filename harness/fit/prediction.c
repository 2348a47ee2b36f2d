#include "harness/fit/prediction_internal.h"

#include <math.h>

#include "analysis/statistics/resample.h"
#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "pipeline/pool/chunk.h"

/* Blocks are compared over no more items than this: their spread does not need them all. */
enum { SPREAD_ITEMS = 20000, MOST_BLOCKS = 256 };

/* --- the pool --------------------------------------------------------------------------------- */

void prediction_pool_make(const struct prediction_basis *basis, size_t items, double level, double contention,
                          uint64_t seed, struct predict_pool *pool)
{
    size_t *pick = g_new0(size_t, items + 1), *order = g_new0(size_t, items + 1);
    double *cost_s = g_new0(double, items + 1), *weight = g_new0(double, items + 1), factor;
    struct simulate_lock *lock = basis->lock ? g_new0(struct simulate_lock, items + 1) : NULL;

    predict_pick(basis->items, items, seed, pick);
    for (size_t i = 0; i < items; i++) {
        cost_s[i] = basis->cost_s[pick[i]] * level;
        weight[i] = basis->weight[pick[i]];
        if (lock)
            lock[i] = (struct simulate_lock){level * basis->lock[pick[i]].at_s,
                                             level * basis->lock[pick[i]].held_s};
    }
    *pool = basis->pool;
    factor = prediction_serial_factor(basis->serial_grows, (double)items, (double)basis->items);
    pool->prefix_s *= factor;
    pool->suffix_s *= factor;
    pool->cost_s = cost_s;
    pool->lock = lock;
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

void prediction_pool_release(struct predict_pool *pool)
{
    g_free((void *)pool->cost_s);
    g_free((void *)pool->largest_first);
    g_free((void *)pool->lock);
    *pool = (struct predict_pool){0};
}

double prediction_level_of(const struct prediction_basis *basis)
{
    double sum = 0;

    for (unsigned i = 0; i < basis->blocks->len; i++)
        sum += log(g_array_index(basis->blocks, struct prediction_block, i).level);
    return exp(sum / basis->blocks->len);
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

/* *rest gets the half width, on logarithms, of all but contention. */
static struct interval join(const struct prediction *p, double value, const double *by_block, size_t blocks,
                            double half_contention, bool with_items, double *rest)
{
    struct interval spread = stats_geometric_interval(by_block, blocks, FIT_LEVEL);
    double half;

    *rest = NAN;
    if (!interval_has_bounds(&spread))
        return interval_point(value, "%s", spread.reason);
    *rest = hypot(log(spread.high / spread.low) / 2, other_half(p, with_items));
    if (isnan(half_contention))
        return interval_point(value, "the interval of contention is not known: it was measured in one block");
    half = hypot(*rest, half_contention);
    return interval_bounded(value, value * exp(-half), value * exp(half), FIT_LEVEL,
                            "t over %zu blocks, contention, error of held-back cells%s", blocks,
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

/* The pool of one block: its level, the contention of all. */
static void block_pool(const struct prediction_basis *basis, const struct prediction *p,
                       const struct prediction_block *block, size_t items, struct predict_pool *pool)
{
    prediction_pool_make(basis, items, block->level, 0, block->block + 2, pool);
    pool->excess = p->excess.value;
    pool->excess_most = p->excess.most;
}

/* T(n) and S(n) of one cell, from all blocks and from each alone. */
static void predict_cell(const struct prediction_basis *basis, const struct prediction *p,
                         const struct predict_setting *setting, struct prediction_point *point)
{
    struct predict_setting one = {1, p->base.chunk, p->base.policy};
    size_t items = p->request.items < SPREAD_ITEMS ? p->request.items : SPREAD_ITEMS, blocks = 0;
    double block_s[MOST_BLOCKS], block_speedup[MOST_BLOCKS], rest;
    double wall_s = predict_seconds(&p->pool, setting, p->request.cores);
    double one_s = predict_seconds(&p->pool, &one, p->request.cores);
    double contention = prediction_half_of_contention(p, setting);

    for (; blocks < basis->blocks->len && blocks < MOST_BLOCKS; blocks++) {
        struct predict_pool pool;
        block_pool(basis, p, &g_array_index(basis->blocks, struct prediction_block, blocks), items, &pool);
        block_s[blocks] = predict_seconds(&pool, setting, p->request.cores);
        block_speedup[blocks] = predict_seconds(&pool, &one, p->request.cores) / block_s[blocks];
        prediction_pool_release(&pool);
    }
    point->workers = setting->workers;
    point->wall_s = join(p, wall_s, block_s, blocks, contention, true, &rest);
    point->speedup = join(p, one_s / wall_s, block_speedup, blocks, contention, false, &rest);
    point->half_contention = one_s / wall_s / setting->workers * contention;
    point->half_rest = one_s / wall_s / setting->workers * rest;
    widen_by_serial(p, wall_s, one_s, &point->wall_s, &point->speedup);
    if (setting->workers == 1)
        point->speedup = interval_exact(1, FIT_LEVEL, "definition");
    else /* the simulation knows no more than ideal */
        point->speedup = interval_clipped(&point->speedup, 0, setting->workers);
    point->efficiency = interval_scaled(&point->speedup, 1.0 / setting->workers);
    point->core_hours = setting->workers * point->wall_s.value / 3600;
}

/* Contention and waiting together, as the simulation takes them. */
static struct interval excess_at(const struct prediction *p, unsigned workers)
{
    const struct prediction_excess *excess = &p->excess;

    if (isnan(excess->low[workers] + excess->high[workers]))
        return interval_point(excess->value[workers], "measured in one block");
    return interval_bounded(excess->value[workers], excess->low[workers], excess->high[workers], FIT_LEVEL,
                            p->shared.by_antagonists ? "trials next to antagonists"
                                                     : "t over blocks, assumed");
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
        struct prediction_point point = {.excess = excess_at(p, workers[i]),
                                         .memory_mib = memory_mib(p, workers[i])};
        struct predict_setting setting = {workers[i], p->base.chunk, p->base.policy};
        predict_cell(basis, p, &setting, &point);
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
    struct prediction_point best = {0};

    while (allowed < count && (!p->memory_limits || workers[allowed] <= p->memory_workers))
        allowed++;
    p->best =
        predict_best(&p->pool, p->request.cores, workers, allowed ? allowed : 1, &p->base, PREDICT_AS_GOOD);
    g_free(workers);
    predict_cell(basis, p, &p->best.setting, &best);
    p->best_wall_s = best.wall_s;
    p->best_speedup = best.speedup;
    p->best_core_hours = best.core_hours;
    p->least_chunk =
        predict_least_chunk(&p->pool, p->request.cores, p->best.setting.workers, p->best.setting.policy,
                            PREDICTION_EFFICIENCY, &p->chunk_efficiency, &p->chunk_best);
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
    p->base = prediction_setting_of(&g_array_index(study->cells, struct data_cell, (unsigned)curve));
    prediction_find_slowdown(basis, p);
    if (!p->request.cores)
        p->request.cores = study->cores ? study->cores : p->measured_workers;
    if (!p->request.items)
        p->request.items = basis->items;
}

int prediction_make(const struct fit_account *account, const struct predict_request *request,
                    struct prediction *prediction, struct fault *fault)
{
    struct prediction *p = prediction;
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
    prediction_contention_make(account, &p->shared);
    prediction_find_excess(&basis, p);
    prediction_pool_make(&basis, p->request.items, prediction_level_of(&basis), 0, 1, &p->pool);
    p->pool.excess = p->excess.value;
    p->pool.excess_most = p->excess.most;
    prediction_check_contention(&basis, p);
    prediction_check_cells(&basis, p);
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

/* half: of the efficiency. */
static struct interval speedup_part(const struct prediction_point *point, double half, const char *method)
{
    double value = point->speedup.value, relative = half / point->efficiency.value;
    struct interval part;

    if (point->workers == 1)
        return interval_exact(1, FIT_LEVEL, "definition");
    if (isnan(relative))
        return interval_point(
            value, "%s", point->speedup.reason[0] ? point->speedup.reason : "it was measured in one block");
    part = interval_bounded(value, value * exp(-relative), value * exp(relative), FIT_LEVEL, "%s", method);
    return interval_clipped(&part, 0, point->workers);
}

struct interval prediction_speedup_rest(const struct prediction_point *point)
{
    return speedup_part(point, point->half_rest, "t over blocks, held-back cells");
}

struct interval prediction_speedup_contention(const struct prediction_point *point)
{
    return speedup_part(point, point->half_contention, "contention");
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
    prediction_pool_release(&prediction->pool);
    g_free(prediction->excess.value);
    g_free(prediction->excess.low);
    g_free(prediction->excess.high);
    prediction_contention_release(&prediction->shared);
    *prediction = (struct prediction){0};
}
