#include "harness/sweep/sweep_interim.h"

#include <stdio.h>
#include <string.h>

#include "analysis/knee/knee.h"
#include "harness/sweep/sweep_curve.h"

/* The point with the most workers that have a core each and an efficiency; NULL none above one worker. */
static const struct scaling_point *at_cores(const struct scaling_point *points, size_t count)
{
    const struct scaling_point *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (points[i].workers > 1 && !points[i].oversubscribed && interval_has_value(&points[i].efficiency))
            found = &points[i];
    return found;
}

static void describe(const struct scaling_point *points, size_t count, const struct knee *knee, char *text,
                     size_t bytes)
{
    const struct scaling_point *full = at_cores(points, count);
    char value[64], found[64];

    if (!full) {
        snprintf(text, bytes,
                 "no efficiency yet: one worker, or more within the cores, has no trial that counts");
        return;
    }
    if (!interval_has_bounds(&full->efficiency)) {
        snprintf(text, bytes, "E(%u) %.3f, its interval and the knee after the next block", full->workers,
                 full->efficiency.value);
        return;
    }
    snprintf(value, sizeof value, "%.3f (%.3f to %.3f)", full->efficiency.value, full->efficiency.low,
             full->efficiency.high);
    if (knee->workers && !knee->oversubscribed)
        snprintf(found, sizeof found, "%u workers (%u to %u)", knee->workers, knee->low, knee->high);
    else
        snprintf(found, sizeof found, "none beyond doubt up to %u workers", full->workers);
    snprintf(text, bytes, "E(%u) %s, knee so far: %s", full->workers, value, found);
}

int sweep_interim_words(const struct study_data *data, const struct plan *plan, uint32_t block, double delta,
                        char *text, size_t bytes, struct fault *fault)
{
    struct sweep_curve curve;
    struct knee knee;

    if (sweep_curve_make(data, plan, block, false, &curve, fault))
        return -1;
    knee = knee_find(curve.points, curve.count, plan->cores, delta);
    describe(curve.points, curve.count, &knee, text, bytes);
    if (data->noise.counted)
        snprintf(text + strlen(text), bytes - strlen(text), "; noisy machine");
    sweep_curve_release(&curve);
    return 0;
}
