#include "analysis/prediction/predict.h"

#include <math.h>

#include "analysis/statistics/random.h"

void predict_settle(const struct predict_pool *pool, const struct predict_setting *setting, unsigned cores,
                    struct simulate_setting *made)
{
    double others = setting->workers - 1.0;

    *made = (struct simulate_setting){.workers = setting->workers,
                                      .cores = cores,
                                      .chunk = setting->chunk,
                                      .policy = setting->policy,
                                      .cost_s = pool->cost_s,
                                      .lock = pool->lock,
                                      .items = pool->items,
                                      .share = pool->share,
                                      .contention = pool->contention,
                                      .excess = pool->excess,
                                      .excess_most = pool->excess_most,
                                      .prefix_s = pool->prefix_s,
                                      .suffix_s = pool->suffix_s,
                                      .suffix_per_worker_s = pool->suffix_per_worker_s,
                                      .fork_s = pool->fork_s,
                                      .begin_s = pool->begin_s,
                                      .init_s = pool->init_s,
                                      .init_share = pool->init_share,
                                      .claim_s = pool->claim_s};
    if (setting->policy == SIMULATE_LARGEST_FIRST)
        made->order = pool->largest_first;
    if (others > 0)
        made->contention = fmax(made->contention, -0.5 / others);
}

double predict_seconds(const struct predict_pool *pool, const struct predict_setting *setting, unsigned cores)
{
    struct simulate_setting made;
    struct simulate_result result;

    predict_settle(pool, setting, cores, &made);
    return simulate_run(&made, &result, NULL, NULL) ? NAN : result.wall_s;
}

struct predict_choice predict_best(const struct predict_pool *pool, unsigned cores, const unsigned *workers,
                                   size_t count, const struct predict_setting *base, double slower)
{
    struct predict_choice best = {.setting = *base, .seconds = INFINITY}, try;
    double least = INFINITY;

    for (size_t i = 0; i < count; i++) {
        try.setting = (struct predict_setting){workers[i], base->chunk, base->policy};
        least = fmin(least, predict_seconds(pool, &try.setting, cores));
    }
    for (size_t i = 0; i < count && !isfinite(best.seconds); i++) {
        try.setting = (struct predict_setting){workers[i], base->chunk, base->policy};
        try.seconds = predict_seconds(pool, &try.setting, cores);
        if (try.seconds <= least * (1 + slower))
            best = try;
    }
    if (!isfinite(best.seconds)) {
        best.seconds = NAN;
        return best;
    }
    try.setting.workers = best.setting.workers;
    least = best.seconds * (1 - PREDICT_BETTER);
    for (int policy = 0; policy < SIMULATE_POLICIES; policy++)
        for (uint64_t chunk = 1; chunk == 1 || chunk * best.setting.workers <= pool->items; chunk *= 2) {
            if (policy == SIMULATE_LARGEST_FIRST && !pool->largest_first)
                continue;
            try.setting.policy = (enum simulate_policy)policy;
            try.setting.chunk = chunk;
            try.seconds = predict_seconds(pool, &try.setting, cores);
            if (try.seconds < least) {
                best = try;
                least = best.seconds * (1 - PREDICT_AS_GOOD);
            }
        }
    return best;
}

uint64_t predict_least_chunk(const struct predict_pool *pool, unsigned cores, unsigned workers,
                             enum simulate_policy policy, double efficiency, double *best,
                             uint64_t *best_chunk)
{
    struct predict_setting setting = {1, 1, policy};
    double one_s = predict_seconds(pool, &setting, cores), found;

    *best = 0;
    *best_chunk = 1;
    setting.workers = workers;
    for (; setting.chunk == 1 || setting.chunk * workers <= pool->items; setting.chunk *= 2) {
        found = one_s / (workers * predict_seconds(pool, &setting, cores));
        if (found > *best) {
            *best = found;
            *best_chunk = setting.chunk;
        }
        if (found >= efficiency)
            return setting.chunk;
    }
    return 0;
}

void predict_bounds(const struct predict_pool *pool, unsigned workers, struct predict_bounds *bounds)
{
    double sum_s = 0, serial_s = pool->prefix_s + pool->begin_s + pool->init_s + pool->suffix_s;

    *bounds = (struct predict_bounds){.workers = workers};
    for (size_t i = 0; i < pool->items; i++) {
        sum_s += pool->cost_s[i];
        bounds->longest_s = fmax(bounds->longest_s, pool->cost_s[i]);
    }
    bounds->longest_item = (sum_s + serial_s) / (bounds->longest_s + serial_s);
    bounds->serial = (sum_s + serial_s) / serial_s;
}

double predict_contention(const double *workers, const double *ratio, size_t count)
{
    double top = 0, bottom = 0;

    for (size_t i = 0; i < count; i++) {
        top += (workers[i] - 1) * (ratio[i] - 1);
        bottom += (workers[i] - 1) * (workers[i] - 1);
    }
    return bottom > 0 ? top / bottom : 0;
}

static void shuffle(size_t *values, size_t count, struct random_stream *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(random_next(random) % i), kept = values[i - 1];
        values[i - 1] = values[j];
        values[j] = kept;
    }
}

void predict_pick(size_t measured, size_t items, uint64_t seed, size_t *pick)
{
    struct random_stream random = {seed};
    size_t whole = measured ? items / measured * measured : 0, left = items - whole;

    for (size_t i = 0; i < whole; i++)
        pick[i] = i % measured;
    if (items == measured)
        return;
    /* Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S). */
    for (size_t i = 0, at = whole; i < measured && at < items; i++)
        if (random_uniform(&random) * (double)(measured - i) < (double)left) {
            pick[at++] = i;
            left--;
        }
    shuffle(pick, items, &random);
}
