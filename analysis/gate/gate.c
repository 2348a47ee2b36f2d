#include "analysis/gate/gate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

#include "analysis/statistics/stats.h"

/* Durations of 15 ms and costs of a virtual machine drift with its neighbours; efficiencies are ratios within one
 * study, and steadier, but were seen to differ by as much on machines of a cloud. */
static const struct gate_quantity_kind kinds[GATE_QUANTITIES] = {
    {"efficiency", "efficiency", "", false, true, true, true, 0.03, 0.03},
    {"serial_fraction", "serial fraction", "", false, false, false, false, 0.02, 0.02},
    {"tail", "tail", "", false, false, false, false, 0.03, 0.02},
    {"dispatch", "dispatch", "", false, false, false, false, 0.03, 0.02}, /* a share like the tail */
    {"start", "worker start", ", ms", false, true, false, false, 0.25, 0.10},
    {"cpu_s_per_item", "CPU time per item", "", true, true, false, true, 0.05, 0.03},
    {"cpu_s_per_trial", "CPU time per trial", "", true, true, false, true, 0.05, 0.03},
    {"maxrss_mib", "peak memory", ", MiB", true, true, false, false, 0.05, 0.02},
};

const struct gate_quantity_kind *gate_quantity_of(enum gate_quantity quantity)
{
    return &kinds[quantity];
}

const char *gate_verdict_name(enum gate_verdict verdict)
{
    static const char *const names[] = {"pass", "regression", "undecided"};
    return names[verdict];
}

/* --- on the scale on which it is compared: larger is worse ------------------------------------- */

static double scale(const struct gate_quantity_kind *kind, double value)
{
    return (kind->relative ? log(value) : value) * (kind->falls ? -1 : 1);
}

static bool is_known(const struct gate_quantity_kind *kind, const struct gate_value *value)
{
    return isfinite(value->value) && (!kind->relative || value->value > 0);
}

static bool is_bounded(const struct gate_quantity_kind *kind, const struct gate_value *value)
{
    return is_known(kind, value) && value->blocks > 1 && isfinite(value->low) && isfinite(value->high) &&
           (!kind->relative || value->low > 0) && value->low <= value->value && value->value <= value->high &&
           value->level > 0 && value->level < 1;
}

static double error_of(const struct gate_quantity_kind *kind, const struct gate_value *value)
{
    double width = kind->relative ? log(value->high / value->low) : value->high - value->low;

    return width / 2 / stats_t(value->level, (double)value->blocks - 1);
}

/* --- the sessions ----------------------------------------------------------------------------- */

struct baseline {
    double mean, squares; /* sum of squares about the mean */
    double variance, df;  /* of the mean, by the noise within the sessions */
    bool bounded;         /* else the last two are not known */
    size_t known;
};

static struct baseline baseline_of(const struct gate_entry *entry)
{
    const struct gate_quantity_kind *kind = &kinds[entry->quantity];
    struct baseline b = {.bounded = true};
    double fourth = 0;

    for (size_t i = 0; i < entry->sessions; i++) {
        const struct gate_value *value = &entry->session[i];
        double error;
        if (!is_known(kind, value))
            continue;
        b.known++;
        b.mean += scale(kind, value->value);
        b.bounded = b.bounded && is_bounded(kind, value);
        error = b.bounded ? error_of(kind, value) : 0;
        b.variance += error * error;
        if (b.bounded)
            fourth += pow(error, 4) / ((double)value->blocks - 1);
    }
    b.mean /= (double)b.known;
    for (size_t i = 0; i < entry->sessions; i++)
        if (is_known(kind, &entry->session[i]))
            b.squares += pow(scale(kind, entry->session[i].value) - b.mean, 2);
    b.df = fourth > 0 ? b.variance * b.variance / fourth : INFINITY;
    b.variance /= (double)(b.known * b.known);
    return b;
}

/* What a session may differ by without any change. */
static double session_difference(const struct gate_quantity_kind *kind, const struct baseline *b,
                                 size_t tests)
{
    double count = (double)b->known, z = gsl_cdf_ugaussian_Qinv(GATE_ALARMS / 2 / (double)tests);
    double variance =
        (GATE_KNOWN_DF * kind->session_sd * kind->session_sd + b->squares) / (GATE_KNOWN_DF + count - 1);

    return z * sqrt(variance * (1 + 1 / count));
}

static double as_worse(const struct gate_quantity_kind *kind, double difference)
{
    if (!kind->relative)
        return difference;
    return kind->falls ? -expm1(-difference) : expm1(difference);
}

static struct interval worse_by(const struct gate_entry *entry, const struct baseline *b, double level)
{
    const struct gate_quantity_kind *kind = &kinds[entry->quantity];
    double worse, error, half, df;

    if (!b->known || !is_known(kind, &entry->study))
        return interval_unknown("%s has no value", b->known ? "the study" : "the baseline");
    worse = scale(kind, entry->study.value) - b->mean;
    if (!b->bounded || !is_bounded(kind, &entry->study))
        return interval_point(as_worse(kind, worse), "%s has no interval",
                              b->bounded ? "the study" : "the baseline");
    error = error_of(kind, &entry->study);
    if (!(b->variance + error * error > 0))
        return interval_point(as_worse(kind, worse), "neither side has a spread");
    half = stats_half_width(level, b->variance, b->df, error * error, (double)entry->study.blocks - 1, &df);
    return interval_bounded(as_worse(kind, worse), as_worse(kind, worse - half), as_worse(kind, worse + half),
                            level, "Welch t%s, %.1f df", kind->relative ? " on logarithms" : "", df);
}

struct gate_result gate_decide(const struct gate_entry *entry, size_t tests, double level)
{
    const struct gate_quantity_kind *kind = &kinds[entry->quantity];
    struct baseline b = baseline_of(entry);
    struct gate_result result = {
        .verdict = GATE_UNDECIDED, .leads = kind->leads, .worse = worse_by(entry, &b, level)};
    const struct interval *worse = &result.worse;
    const char *unit = kind->relative ? "%" : " points";

    result.was = b.known ? (kind->relative ? exp(kind->falls ? -b.mean : b.mean) : b.mean) : NAN;
    result.allowed =
        b.known ? fmax(entry->tolerance, as_worse(kind, session_difference(kind, &b, tests ? tests : 1)))
                : NAN;
    if (!interval_has_bounds(worse)) {
        snprintf(result.reason, sizeof result.reason, "%s", worse->reason);
        return result;
    }
    if (worse->low > result.allowed)
        result.verdict = GATE_REGRESSION;
    else if (worse->high <= result.allowed)
        result.verdict = GATE_PASS;
    snprintf(result.reason, sizeof result.reason, "worse by %+.1f%s (%+.1f to %+.1f), may be %.1f%s",
             100 * worse->value, unit, 100 * worse->low, 100 * worse->high, 100 * result.allowed, unit);
    return result;
}

enum gate_verdict gate_total(const struct gate_result *results, size_t count)
{
    enum gate_verdict total = count ? GATE_PASS : GATE_UNDECIDED;

    for (size_t i = 0; i < count; i++) {
        if (results[i].verdict == GATE_REGRESSION)
            return GATE_REGRESSION;
        if (results[i].verdict == GATE_UNDECIDED && results[i].leads)
            total = GATE_UNDECIDED;
    }
    return total;
}
