/* size_regression.h: what an item costs by its size and kind.
 *
 *   seconds = intercept + per_megapixel * megapixels + per_megabyte * megabytes + extra[kind]
 *
 * by gsl_multifit_robust (iteratively reweighted least squares, Tukey's bisquare; Holland and Welsch 1977):
 * an item that was disturbed, or is odd, does not bend the line. The kind of most items is the reference;
 * extra is what another kind costs beside it. Intervals are Student's, over items; they take the spread about
 * the line to be alike for all sizes, so that for times whose spread grows with size they are somewhat
 * narrow. Give one (median) time for each item: repeats of one item are not new items.
 *
 * Terms that the data do not carry are left out and say so: a size that does not vary, megabytes that go with
 * megapixels (or the kind) to three digits, a kind of fewer than SIZE_LEAST_OF_KIND items (these items are
 * then left out too). With fewer than two items more than terms, or without spread about the line, values
 * have no bounds.
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

#endif
