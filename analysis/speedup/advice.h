/* advice.h: which measured cell to use.
 *
 * The best cell is the one with the smallest geometric mean of its times. Advised is the cheapest one that
 * is as good: fewest workers among the cells whose time is not distinguishable from the best (the interval
 * of the ratio holds 1) and at most ADVICE_SLOWER above it by estimate; the second condition keeps wide
 * intervals from advising a slow cell. Among equal workers the study's default cell goes first, then
 * the faster one. Settings without an interval of their ratio stand for themselves only: the best is then
 * advised.
 */
#ifndef KNEE_ADVICE_H
#define KNEE_ADVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/speedup/scaling.h"

#define ADVICE_SLOWER 0.03

struct advice_setting {
    unsigned workers;
    bool is_default;  /* chunk and policy of the scaling curve */
    const char *name; /* chunk and policy in words */
    const struct observation *trials;
    size_t count;
};

/* Returns the index of the advised cell, or -1 when none has a time; reason gets sentences. */
int advice_choose(const struct advice_setting *settings, size_t count, bool paired, double level,
                  char *reason, size_t reason_bytes);

#endif
