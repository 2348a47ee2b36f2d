#include "analysis/gate/gate.h"

#include <math.h>
#include <stdio.h>

#include "analysis/statistics/stats.h"

const char *gate_quantity_name(enum gate_quantity quantity)
{
    static const char *const names[GATE_QUANTITIES] = {"efficiency", "cpu_s_per_item"};
    return names[quantity];
}

const char *gate_verdict_name(enum gate_verdict verdict)
{
    static const char *const names[] = {"pass", "regression", "undecided"};
    return names[verdict];
}

/* Standard error of log value, from an interval that is symmetric in the logarithm. */
static double log_error(const struct gate_value *value)
{
    return log(value->high / value->low) / 2 / stats_t(value->level, (double)value->blocks - 1);
}

static int bounded(const struct gate_value *value)
{
    return value->blocks > 1 && value->low > 0 && isfinite(value->high) && value->low <= value->value &&
           value->value <= value->high && value->level > 0 && value->level < 1;
}

static struct interval worse_by(const struct gate_entry *entry, double level)
{
    const struct gate_value *was = &entry->baseline, *is = &entry->study;
    double was_error, is_error, variance, df, half, worse;

    if (!(was->value > 0) || !(is->value > 0) || !isfinite(was->value) || !isfinite(is->value))
        return interval_unknown("%s has no value",
                                was->value > 0 && isfinite(was->value) ? "the study" : "the baseline");
    worse = entry->quantity == GATE_EFFICIENCY ? was->value - is->value : is->value / was->value - 1;
    if (!bounded(was) || !bounded(is))
        return interval_point(worse, "%s has no interval", bounded(was) ? "the study" : "the baseline");
    was_error = log_error(was) * (entry->quantity == GATE_EFFICIENCY ? was->value : 1);
    is_error = log_error(is) * (entry->quantity == GATE_EFFICIENCY ? is->value : 1);
    variance = was_error * was_error + is_error * is_error;
    if (!(variance > 0))
        return interval_point(worse, "neither side has a spread");
    df = variance * variance /
         (pow(was_error, 4) / ((double)was->blocks - 1) + pow(is_error, 4) / ((double)is->blocks - 1));
    half = stats_t(level, df) * sqrt(variance);
    if (entry->quantity == GATE_EFFICIENCY)
        return interval_bounded(worse, worse - half, worse + half, level, "Welch t, %.1f df", df);
    return interval_bounded(worse, (1 + worse) * exp(-half) - 1, (1 + worse) * exp(half) - 1, level,
                            "Welch t on logarithms, %.1f df", df);
}

struct gate_result gate_decide(const struct gate_entry *entry, double level)
{
    struct gate_result result = {.verdict = GATE_UNDECIDED, .worse = worse_by(entry, level)};
    const struct interval *worse = &result.worse;
    const char *unit = entry->quantity == GATE_EFFICIENCY ? "" : "%";
    double scale = entry->quantity == GATE_EFFICIENCY ? 1 : 100;
    int decimals = entry->quantity == GATE_EFFICIENCY ? 3 : 1;

    if (!interval_has_bounds(worse)) {
        snprintf(result.reason, sizeof result.reason, "%s", worse->reason);
        return result;
    }
    if (worse->low > entry->tolerance)
        result.verdict = GATE_REGRESSION;
    else if (worse->high <= entry->tolerance)
        result.verdict = GATE_PASS;
    snprintf(result.reason, sizeof result.reason, "worse by %+.*f%s (%+.*f to %+.*f), may be %.*f%s",
             decimals, worse->value * scale, unit, decimals, worse->low * scale, decimals,
             worse->high * scale, decimals, entry->tolerance * scale, unit);
    return result;
}

enum gate_verdict gate_total(const struct gate_result *results, size_t count)
{
    enum gate_verdict total = count ? GATE_PASS : GATE_UNDECIDED;

    for (size_t i = 0; i < count; i++) {
        if (results[i].verdict == GATE_REGRESSION)
            return GATE_REGRESSION;
        if (results[i].verdict == GATE_UNDECIDED)
            total = GATE_UNDECIDED;
    }
    return total;
}
