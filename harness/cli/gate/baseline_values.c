#include "harness/cli/gate/baseline_values.h"

#include <math.h>

#include "harness/fit/fit_json.h"

static struct gate_value value_of(const struct interval *interval, size_t blocks)
{
    return (struct gate_value){interval->value, interval->low, interval->high, interval->level, blocks};
}

/* Blocks that have both times: in a partial last block one may be missing. */
static size_t blocks_of(const struct fit *fit, const struct fit_point *point)
{
    const struct fit_point *one = fit_point_at(fit, 1);

    return one && one->blocks < point->blocks ? one->blocks : point->blocks;
}

static struct gate_value share_of(const struct fit *fit, const struct fit_point *point,
                                  enum account_cause cause)
{
    const struct fit_account_cell *cell = fit_account_cell_at(&fit->account, point->scaling.workers);
    struct interval share = interval_unknown("no account");

    if (cell && cell->total_s.value > 0)
        share = interval_scaled(&cell->core_s[cause], 1 / cell->total_s.value);
    return value_of(&share, point->blocks);
}

/* The geometric mean; its error is at most the mean of theirs. */
struct gate_value baseline_mean_efficiency(const struct fit *fit, const unsigned *workers, size_t count)
{
    double log_value = 0, log_low = 0, log_high = 0, level = 0;
    size_t blocks = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        struct gate_value e = baseline_value_of(fit, GATE_EFFICIENCY, workers[i]);
        log_value += log(e.value); /* NaN where there is none */
        log_low += log(e.low);
        log_high += log(e.high);
        level = e.level;
        blocks = MIN(blocks, e.blocks);
    }
    if (!count || isnan(log_value))
        return (struct gate_value){NAN, NAN, NAN, 0, 0};
    return (struct gate_value){exp(log_value / (double)count), exp(log_low / (double)count),
                               exp(log_high / (double)count), level, blocks};
}

/* Over all n up to the cores that have a value. */
static struct gate_value mean_of_all(const struct fit *fit)
{
    unsigned *workers = g_new(unsigned, fit->curve->len);
    size_t count = 0;
    struct gate_value mean;

    for (guint i = 0; i < fit->curve->len; i++) {
        unsigned n = g_array_index(fit->curve, struct fit_point, i).scaling.workers;
        if (n > 1 && isfinite(baseline_value_of(fit, GATE_EFFICIENCY, n).value))
            workers[count++] = n;
    }
    mean = baseline_mean_efficiency(fit, workers, count);
    g_free(workers);
    return mean;
}

struct gate_value baseline_value_of(const struct fit *fit, enum gate_quantity quantity, unsigned workers)
{
    const struct fit_point *point = fit_point_at(fit, workers);

    if (quantity == GATE_EFFICIENCY && workers == 0)
        return mean_of_all(fit);
    if (!point || point->scaling.oversubscribed)
        return (struct gate_value){NAN, NAN, NAN, 0, 0};
    switch (quantity) {
    case GATE_EFFICIENCY:
        return value_of(&point->scaling.efficiency, blocks_of(fit, point));
    case GATE_SERIAL:
        return value_of(&point->scaling.karp_flatt, blocks_of(fit, point));
    case GATE_TAIL:
        return share_of(fit, point, CAUSE_TAIL);
    case GATE_DISPATCH:
        return share_of(fit, point, CAUSE_DISPATCH);
    case GATE_START:
        return value_of(&fit->init_ms, point->blocks);
    case GATE_CPU_PER_TRIAL:
        return value_of(&point->cpu_s_per_trial, point->blocks);
    case GATE_MEMORY:
        return value_of(&point->maxrss_mib, point->blocks);
    default:
        return value_of(&point->cpu_s_per_item, point->blocks);
    }
}

enum gate_quantity baseline_cpu_of(const struct fit *fit)
{
    return isfinite(baseline_value_of(fit, GATE_CPU_PER_ITEM, 1).value) ? GATE_CPU_PER_ITEM
                                                                        : GATE_CPU_PER_TRIAL;
}

json_t *baseline_value_json(const struct gate_value *value)
{
    json_t *object;

    if (!isfinite(value->value))
        return json_null();
    object = json_object();
    fit_json_put(object, "value", fit_json_number(value->value));
    fit_json_put(object, "low", fit_json_number(value->low));
    fit_json_put(object, "high", fit_json_number(value->high));
    fit_json_put(object, "level", fit_json_number(value->level > 0 ? value->level : NAN));
    fit_json_put(object, "n_blocks", json_integer((json_int_t)value->blocks));
    return object;
}
