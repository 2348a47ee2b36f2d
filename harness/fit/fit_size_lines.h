/* fit_size_lines.h: item times against one of the two sizes, without the effect of the other: what a plot shows.
 *
 * The size regression at the fewest workers (struct fit, size_workers) is a plane over megapixels and megabytes. Along
 * one of them it is a line when the other is held at its median; each item's time is corrected to that median by the
 * slope of the other size (a partial residual plot: Larsen and McCleary 1972).
 */
#ifndef KNEE_FIT_SIZE_LINES_H
#define KNEE_FIT_SIZE_LINES_H

#include "harness/fit/fit.h"

enum fit_size_axis { FIT_MEGAPIXELS, FIT_MEGABYTES, FIT_SIZE_AXES };

struct fit_size_line {
    bool fitted;        /* false: no regression; times are as measured, and there is no line */
    double other_slope; /* seconds per unit of the other size */
    double other_median;
    double at[2], seconds[2]; /* the line between the smallest and the largest item */
};

struct fit_size_line fit_size_line(const struct fit *fit, enum fit_size_axis along);

/* An item's time, corrected to the median of the other size when there is a fit. */
double fit_size_corrected_s(const struct fit_size_line *line, enum fit_size_axis along,
                            const struct data_batch_item *item, double seconds);

/* "megapixels", "megabytes" */
const char *fit_size_axis_name(enum fit_size_axis axis);

#endif
