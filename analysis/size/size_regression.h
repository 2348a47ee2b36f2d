/* size_regression.h: what an item costs by what was processed, and by its kind.
 *
 *   seconds = intercept + extra[kind] + sum over terms of slope(kind, term) * amount[term]
 *
 * by robust regression (size_robust_internal.h: iteratively reweighted least squares, Tukey's bisquare; Holland and
 * Welsch 1977): an item that was disturbed, or is odd, does not bend the line. The kind of most items is the
 * reference; extra is the additional cost of another kind. Kinds of at least SIZE_LEAST_OF_SLOPES items have their
 * own slopes of what is decoded and of bytes, when the caller asks for it: decoders of different formats take
 * different time for a byte and for a pixel. All others share the slopes of the reference.
 *
 * Intervals are Student's, over items, with the covariance of least squares scaled by the robust standard deviation
 * (DuMouchel and O'Brien 1989): a few disturbed items do not widen them. They take the spread about the line to be
 * alike for all sizes, so that for times whose spread grows with size they are somewhat narrow. r2 is 1 - SSE / SST of
 * the items with the weights of the fit. Where more than half of the items lie on the line exactly, no robust spread
 * exists: then the line is theirs, with intervals as wide as those of least squares, which say so. Give one (median)
 * time for each item: repeats of one item are not further items.
 *
 * Terms that the data do not carry are left out and say so: an amount that is known for no item, that does not vary, or
 * that goes with earlier terms to three digits; a kind of fewer than SIZE_LEAST_OF_KIND items (these items are then
 * left out too). With costs_are_positive so is a slope that comes out negative with an interval that holds 0, the least
 * certain first, and any negative slope of one kind, whose few items have a spread of their own: no work takes negative
 * time, and such a slope takes from one term what it gives to another. With fewer
 * than two items more than terms, or without spread about the line, values have no bounds.
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

#include <stdbool.h>
#include <stddef.h>

#include "analysis/statistics/interval.h"

enum { SIZE_LEAST_OF_KIND = 3, SIZE_LEAST_OF_SLOPES = 10, SIZE_KINDS = 16 };

/* Amounts in millions. The first SIZE_OWN of them may have slopes of a kind. */
enum size_term {
    SIZE_DECODED,   /* samples that the decoder delivered; of studies without that record, pixels as stored */
    SIZE_BYTES,     /* of the input */
    SIZE_WRITTEN,   /* pixels of all outputs */
    SIZE_CONVERTED, /* pixels whose colours went through a profile */
    SIZE_TERMS
};
enum { SIZE_OWN = SIZE_BYTES + 1 };

struct size_item {
    double seconds, amount[SIZE_TERMS]; /* NaN not known */
    unsigned kind;                      /* below SIZE_KINDS */
};

struct size_regression {
    size_t items;                                 /* that took part */
    struct interval intercept, slope[SIZE_TERMS]; /* seconds, and seconds for an amount of 1 */
    double r2;                                    /* NaN: not known */
    unsigned reference_kind;
    size_t kind_items[SIZE_KINDS];
    struct interval extra[SIZE_KINDS]; /* seconds; of the reference 0 by definition */
    bool has_own[SIZE_KINDS];          /* the kind has its own slopes: */
    struct interval own[SIZE_KINDS][SIZE_OWN];
};

/* "decoded", "bytes", "written", "converted" */
const char *size_term_name(enum size_term term);

/* Items with a number that is not finite, or a kind out of range, are left out; an amount that no item has does not
 * count. own_slopes, costs_are_positive: see above. Returns 0, or -1 when memory is short. */
int size_regression_fit(const struct size_item *items, size_t count, bool own_slopes, bool costs_are_positive,
                        double level, struct size_regression *result);

/* The slope that an item of that kind has; 0 for a term that was left out. */
double size_slope_of(const struct size_regression *regression, unsigned kind, enum size_term term);
/* What the regression says that an item costs, seconds; NaN without a fit, or where an amount that it needs is not
 * known. A kind without an extra term is taken as the reference. */
double size_seconds_of(const struct size_regression *regression, const struct size_item *item);

#define SIZE_HIGH 3

struct size_diagnostics {
    size_t items, terms; /* that took part */
    double mean_leverage, highest_leverage;
    size_t highest_item;     /* index in the items given */
    double largest_leverage; /* of the item with the most decoded */
    size_t largest_item;
    size_t high;                          /* items above SIZE_HIGH times the mean */
    double residual_median_s[SIZE_KINDS]; /* NaN: no item of the kind has a fitted time */
    double residual_spread_s[SIZE_KINDS];
};

/* items and count as they were given to size_regression_fit(). Where the regression has no estimates, items is 0 and
 * every number NaN. Kinds of too few items for the fit have residuals too, from the line of the reference. Returns 0,
 * or -1 when memory is short. */
int size_diagnose(const struct size_item *items, size_t count, const struct size_regression *regression,
                  struct size_diagnostics *result);

#endif
