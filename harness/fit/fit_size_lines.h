/* fit_size_lines.h: item times against one of their sizes, without the effect of the others: what a plot shows.
 *
 * The size regression at the fewest workers (struct fit, size_workers) has a slope for each term. Along one of them it
 * is a line when the others are held at their medians; each item's time is corrected to those medians by the slopes of
 * its kind (a partial residual plot: Larsen and McCleary 1972). The line is that of the reference kind.
 */
#ifndef KNEE_FIT_SIZE_LINES_H
#define KNEE_FIT_SIZE_LINES_H

#include "harness/fit/fit.h"

enum fit_size_axis { FIT_DECODED, FIT_MEGABYTES, FIT_SIZE_AXES };

struct fit_size_line {
    bool fitted; /* false: no regression; times are as measured, and there is no line */
    const struct size_regression *regression; /* the fit's */
    enum size_term along;
    double median[SIZE_TERMS]; /* 0 for a term that no item has */
    double at[2], seconds[2];  /* the line between the smallest and the largest item */
};

struct fit_size_line fit_size_line(const struct fit *fit, enum fit_size_axis axis);

/* An item's time, corrected to the medians of the other terms when there is a fit; NaN where the item lacks one. */
double fit_size_corrected_s(const struct fit_size_line *line, const struct data_batch_item *item,
                            double seconds);

/* "decoded", "megabytes": names for files */
const char *fit_size_axis_name(enum fit_size_axis axis);
/* What an amount of 1 decoded is in this study. */
const char *fit_size_decoded_unit(const struct fit *fit);

#endif
