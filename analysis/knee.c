#include "knee.h"

#include <math.h>
#include <stdio.h>

static void say(struct knee *knee, const struct scaling_point *at, const struct scaling_point *last_within,
                unsigned cores)
{
    double limit = 1 - knee->delta;
    char within[128] = "";

    if (last_within)
        snprintf(within, sizeof within, "efficiency at %u workers is %.3f (%.3f to %.3f)",
                 last_within->workers, last_within->efficiency.value, last_within->efficiency.low,
                 last_within->efficiency.high);
    if (at && at->oversubscribed)
        snprintf(knee->reason, sizeof knee->reason,
                 "more workers than cores: %u workers share %u cores%s%s%s", at->workers, cores,
                 within[0] ? "; up to the core count nothing is beyond doubt, " : "", within, "");
    else if (at)
        snprintf(knee->reason, sizeof knee->reason,
                 "efficiency at %u workers is %.3f (%.3f to %.3f), below %.2f beyond doubt", at->workers,
                 at->efficiency.value, at->efficiency.low, at->efficiency.high, limit);
    else if (last_within)
        snprintf(knee->reason, sizeof knee->reason, "no efficiency is below %.2f beyond doubt; %s", limit,
                 within);
    else
        snprintf(knee->reason, sizeof knee->reason,
                 "no efficiency above one worker has an interval: more repetitions are needed");
}

struct knee knee_find(const struct scaling_point *points, size_t count, unsigned cores, double delta)
{
    struct knee knee = {.delta = delta};
    const struct scaling_point *at = NULL, *last_within = NULL;

    for (size_t i = 0; i < count && !at; i++) {
        const struct scaling_point *point = &points[i];
        if (point->workers < 2 || !interval_has_bounds(&point->efficiency))
            continue;
        if (point->efficiency.high < 1 - delta)
            at = point;
        if (point->efficiency.low < 1 - delta && knee.low == 0)
            knee.low = point->workers;
        if (!point->oversubscribed)
            last_within = point;
    }
    if (at) {
        knee.workers = knee.high = at->workers;
        knee.oversubscribed = at->oversubscribed;
    }
    say(&knee, at, last_within, cores);
    return knee;
}

static double amdahl_knee(double s, double delta)
{
    return fmax(floor(1 + delta / ((1 - delta) * s)) + 1, 2);
}

struct interval knee_amdahl(const struct interval *serial_fraction, double delta)
{
    struct interval result = *serial_fraction;

    if (!interval_has_value(serial_fraction))
        return result;
    if (!(serial_fraction->value > 0))
        return interval_unknown("the serial fraction is 0: Amdahl's term alone gives no knee");
    result.value = amdahl_knee(serial_fraction->value, delta);
    result.low = serial_fraction->high > 0 ? amdahl_knee(serial_fraction->high, delta) : NAN;
    result.high = serial_fraction->low > 0 ? amdahl_knee(serial_fraction->low, delta) : NAN;
    if (isfinite(result.low) && !isfinite(result.high))
        snprintf(result.reason, sizeof result.reason, "no upper bound: the serial fraction may be 0");
    return result;
}
