/* hiccups.h: trials that took far too long for their worker count, so that they can be named and kept out.
 *
 * A trial is a hiccup when its log T, less the effect of its block, lies above the median of the other trials of its
 * worker count by more than HICCUP_SPREADS robust standard deviations and by more than HICCUP_LEAST. Effects are those
 * of a median polish (Tukey 1977, "Exploratory data analysis"), the standard deviation is 1.4826 times the median
 * absolute deviation of the other trials of the same n, with that of all trials as prior of 4 degrees of freedom. Only
 * slow trials are looked for: interference makes trials slower. A worker count of which more than a third would go is
 * noisy rather than disturbed, and keeps all its trials; so does one with a single trial.
 */
#ifndef KNEE_HICCUPS_H
#define KNEE_HICCUPS_H

#include <stddef.h>

#include "analysis/speedup/scaling.h"

#define HICCUP_SPREADS 10.0
#define HICCUP_LEAST   0.2231 /* log 1.25 */

struct hiccup {
    size_t observation; /* index in the data */
    double times;       /* as slow as the other trials of its n */
    char reason[128];   /* in words */
};

/* Returns how many, the slowest first, into hiccups (room for data->count), or -1 when memory is short. Times without a
 * logarithm are passed over. */
int hiccups_find(const struct scaling_data *data, struct hiccup *hiccups);

#endif
