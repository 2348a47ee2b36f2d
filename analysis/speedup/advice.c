#include "analysis/speedup/advice.h"

#include <math.h>
#include <stdio.h>

static double seconds_of(const struct advice_setting *setting, bool paired, double level)
{
    return scaling_level(setting->trials, setting->count, paired, level).value;
}

static bool goes_before(const struct advice_setting *a, double a_seconds, const struct advice_setting *b,
                        double b_seconds)
{
    if (a->workers != b->workers)
        return a->workers < b->workers;
    if (a->is_default != b->is_default)
        return a->is_default;
    return a_seconds < b_seconds;
}

static int find_best(const struct advice_setting *settings, size_t count, bool paired, double level)
{
    double smallest = INFINITY;
    int best = -1;

    for (size_t i = 0; i < count; i++) {
        double seconds = seconds_of(&settings[i], paired, level);
        if (seconds < smallest) {
            smallest = seconds;
            best = (int)i;
        }
    }
    return best;
}

static void say(const struct advice_setting *best, const struct advice_setting *advised,
                const struct interval *ratio, bool alone, bool paired, double level, char *reason,
                size_t bytes)
{
    if (advised == best) {
        struct interval seconds = scaling_level(best->trials, best->count, paired, level);
        snprintf(reason, bytes, "%s%s",
                 alone ? "the only cell that was measured"
                       : "fastest of all cells, and no cheaper one is as fast",
                 interval_has_bounds(&seconds) ? ""
                 : best->count == 1            ? " (one repetition: differences may be chance)"
                                               : " (repetitions without spread: differences may be chance)");
        return;
    }
    snprintf(reason, bytes,
             "the fastest is %u worker%s (%s); for the same work this cell takes %.4g times as long (%.4g "
             "to %.4g), "
             "which is no difference beyond doubt, and is the cheapest such",
             best->workers, best->workers == 1 ? "" : "s", best->name, ratio->value, ratio->low, ratio->high);
}

int advice_choose(const struct advice_setting *settings, size_t count, bool paired, double level,
                  char *reason, size_t reason_bytes)
{
    int best = find_best(settings, count, paired, level), advised = best;
    struct interval advised_ratio = {0};

    if (best < 0) {
        snprintf(reason, reason_bytes, "no cell has a trial that counts");
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        struct interval ratio = scaling_ratio(settings[i].trials, settings[i].count, settings[best].trials,
                                              settings[best].count, paired, level);
        double seconds = seconds_of(&settings[i], paired, level);
        if ((int)i == best || !interval_has_bounds(&ratio) || ratio.low > 1 ||
            ratio.value > 1 + ADVICE_SLOWER)
            continue;
        if (goes_before(&settings[i], seconds, &settings[advised],
                        seconds_of(&settings[advised], paired, level))) {
            advised = (int)i;
            advised_ratio = ratio;
        }
    }
    say(&settings[best], &settings[advised], &advised_ratio, count == 1, paired, level, reason, reason_bytes);
    return advised;
}
