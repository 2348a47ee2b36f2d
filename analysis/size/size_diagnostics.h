/* size_diagnostics.h: whether a size regression can be trusted: which items hold the line, which kinds lie off it.
 *
 * Leverage h of an item (Hoaglin and Welsch 1978, "The hat matrix in regression and ANOVA", American Statistician
 * 32(1)): how much its own time moves its own fitted time, 0 to 1; the mean is terms / items. Above SIZE_HIGH times
 * the mean an item holds the line nearly alone: its time should be looked at. Leverage depends on sizes and kinds
 * only, and is that of the plain fit: the robust one gives a disturbed item less.
 *
 * Residuals are measured less fitted, per kind: the median says whether the kind lies off the line, the spread
 * (median absolute deviation, times 1.4826) how well the line tells an item's time.
 */
#ifndef KNEE_SIZE_DIAGNOSTICS_H
#define KNEE_SIZE_DIAGNOSTICS_H

#include <stddef.h>

#include "analysis/size/size_regression.h"

#define SIZE_HIGH 3

struct size_diagnostics {
    size_t items, terms; /* that took part */
    double mean_leverage, highest_leverage;
    size_t highest_item;     /* index in the items given */
    double largest_leverage; /* of the item with most megapixels */
    size_t largest_item;
    size_t high;                          /* items above SIZE_HIGH times the mean */
    double residual_median_s[SIZE_KINDS]; /* NaN: none of the kind took part */
    double residual_spread_s[SIZE_KINDS];
};

/* items and count as they were given to size_regression_fit(). Where the regression has no estimates, items is 0 and
 * every number NaN. Returns 0, or -1 when memory is short. */
int size_diagnose(const struct size_item *items, size_t count, const struct size_regression *regression,
                  struct size_diagnostics *result);

#endif
