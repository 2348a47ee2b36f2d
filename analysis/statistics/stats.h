/* stats.h: location, spread and Student intervals of one sample.
 *
 * Small and bad samples have stated answers: nothing can be said of an empty sample (NaN); one value has a
 * mean and a median but no spread (NaN); a sample that holds a value that is not finite has no answer at all
 * (NaN), since dropping it in silence would change the question. Nothing here changes its input.
 */
#ifndef KNEE_STATS_H
#define KNEE_STATS_H

#include <stddef.h>

#include "analysis/statistics/interval.h"

double stats_mean(const double *values, size_t count);
/* Sample standard deviation, divided by count - 1; NaN below two values. */
double stats_sd(const double *values, size_t count);
/* Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). probability is
 * 0 .. 1. NaN when memory is short. */
double stats_quantile(const double *values, size_t count, double probability);
double stats_median(const double *values, size_t count);
/* The same of values that are sorted and finite already. */
double stats_sorted_quantile(const double *sorted, size_t count, double probability);
void stats_sort(double *values, size_t count);

/* Two-sided quantile of Student's t: 2.776 for level 0.95 and 4 degrees of freedom (which need not be whole).
 * NaN for degrees of freedom that are not positive. */
double stats_t(double level, double degrees_of_freedom);

/* Half the width of the interval of a normal estimate whose variance is the sum of two, a and b, each estimated by
 * itself with its degrees of freedom. Student's t of Satterthwaite's degrees of freedom (1946, Biometrics 2) is too
 * small where one part rules and has few (93.9 instead of 95% in places): it is corrected by Welch's series to second
 * order (1947, Biometrika 34, "The generalization of Student's problem ...") over the same series of that t, which is
 * exact when b is 0. With one degree of freedom that is still too small (down to 89%), and the root of the sum of both
 * squared half widths too wide (up to 99%): a value between them is taken, the nearer to the root the larger the share
 * of that part (93 to 97%). *df gets Satterthwaite's degrees of freedom. NaN where an argument is. */
double stats_half_width(double level, double a, double a_df, double b, double b_df, double *df);

/* The mean with Student's interval. One value, or equal values (whose spread is not known, only too small for
 * the clock), give a value without bounds. */
struct interval stats_mean_interval(const double *values, size_t count, double level);
/* The geometric mean (for log-normal noise: the median) with Student's interval of the logarithms. A value at
 * or below zero, or not finite, gives no estimate. */
struct interval stats_geometric_interval(const double *values, size_t count, double level);

#endif
