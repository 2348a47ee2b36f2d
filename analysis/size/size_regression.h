/* size_regression.h: what an item costs by its size and kind.
 *
 *   seconds = intercept + per_megapixel * megapixels + per_megabyte * megabytes + extra[kind]
 *
 * by gsl_multifit_robust (iteratively reweighted least squares, Tukey's bisquare; Holland and Welsch 1977):
 * an item that was disturbed, or is odd, does not bend the line. The kind of most items is the reference;
 * extra is the additional cost of another kind. Intervals are Student's, over items; they take the spread about
 * the line to be alike for all sizes, so that for times whose spread grows with size they are somewhat
 * narrow. Give one (median) time for each item: repeats of one item are not further items.
 *
 * Terms that the data do not carry are left out and say so: a size that does not vary, megabytes that go with
 * megapixels (or the kind) to three digits, a kind of fewer than SIZE_LEAST_OF_KIND items (these items are
 * then left out too). With fewer than two items more than terms, or without spread about the line, values
 * have no bounds.
 *
 * size_diagnose() answers whether the fit can be trusted: which items determine the line, which kinds lie off it.
 * Leverage h of an item (Hoaglin and Welsch 1978, "The hat matrix in regression and ANOVA", American Statistician
 * 32(1)): how much its own time moves its own fitted time, 0 to 1; the mean is terms / items. An item above SIZE_HIGH
 * times the mean determines the line nearly alone: its time should be looked at. Leverage depends on sizes and kinds
 * only, and is that of the plain fit: the robust one gives a disturbed item less. Residuals are measured less fitted,
 * per kind: the median says whether the kind lies off the line, the spread (median absolute deviation, times 1.4826)
 * how well the line gives an item's time.
 */
#ifndef KNEE_SIZE_REGRESSION_H
#define KNEE_SIZE_REGRESSION_H

#include <stddef.h>

#include "analysis/statistics/interval.h"

enum { SIZE_LEAST_OF_KIND = 3, SIZE_KINDS = 16 };

struct size_item {
    double seconds, megapixels, megabytes;
    unsigned kind; /* below SIZE_KINDS */
};

struct size_regression {
    size_t items;                                           /* that took part */
    struct interval intercept, per_megapixel, per_megabyte; /* seconds */
    double r2;                                              /* NaN: not known */
    unsigned reference_kind;
    size_t kind_items[SIZE_KINDS];
    struct interval extra[SIZE_KINDS]; /* seconds; of the reference 0 by definition */
};

/* Items with a number that is not finite, or a kind out of range, are left out. Returns 0, or -1 when memory
 * is short. */
int size_regression_fit(const struct size_item *items, size_t count, double level,
                        struct size_regression *result);

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
