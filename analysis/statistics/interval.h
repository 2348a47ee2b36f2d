/* interval.h: an estimate with its uncertainty, or the reason why there is none.
 *
 * Everything that analysis hands out is one of
 *   an estimate with bounds       value, low, high finite; method says how the bounds were found
 *   an estimate without bounds    value finite, low and high NaN; reason says why (one trial, no spread, ...)
 *   an estimate bounded on one side  one of low, high NaN; reason says why the other is missing
 *   no estimate                   value NaN; reason says why
 * A number that is known by definition (the speedup of one worker) has low = high = value.
 */
#ifndef KNEE_INTERVAL_H
#define KNEE_INTERVAL_H

#include <stdbool.h>

struct interval {
    double value, low, high; /* NaN: not known */
    double level;            /* confidence of the bounds, 0.95; 0 without bounds */
    char method[112];        /* how the bounds were found; empty without bounds */
    char reason[192];        /* why value or a bound is missing; empty when nothing is */
};

struct interval interval_unknown(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct interval interval_point(double value, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Known by definition; method says which. */
struct interval interval_exact(double value, double level, const char *method);
struct interval interval_bounded(double value, double low, double high, double level, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

bool interval_has_value(const struct interval *interval);
bool interval_has_bounds(const struct interval *interval);

/* The interval of scale * x, scale > 0. */
struct interval interval_scaled(const struct interval *interval, double scale);
/* The interval of numerator / x, for an x whose value and bounds are positive (a bound at or below 0 becomes
 * unknown, with a reason). */
struct interval interval_reciprocal(const struct interval *interval, double numerator);
/* Cuts the bounds, and the value, to [least, most]: for a quantity that cannot lie outside. */
struct interval interval_clipped(const struct interval *interval, double least, double most);
/* Of a mean of counts, which are never below 0: a lower bound that is becomes 0, and the method says so. */
struct interval interval_of_count(const struct interval *interval);

#endif
