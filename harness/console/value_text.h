/* value_text.h: numbers and intervals as people read them in tables. */
#ifndef KNEE_VALUE_TEXT_H
#define KNEE_VALUE_TEXT_H

#include <stddef.h>

#include "analysis/statistics/interval.h"

/* Enough for an interval. */
enum { VALUE_TEXT_BYTES = 96 };

/* Printed after a value without bounds, in tables where most values have them. */
#define NO_INTERVAL " (no interval)"

/* "2.35 (2.30 to 2.39)"; "2.35" when it is exact, or its bounds are both 0 when rounded; "2.35" and `unbounded`
 * (NO_INTERVAL or "") without bounds; "-" without a value. Returns text. */
const char *interval_text(const struct interval *interval, int decimals, const char *unbounded, char *text,
                          size_t bytes);

/* The same with the digits that the interval supports: two of the distance to its lower bound, at most six of the value, four of a value
 * without bounds. A number that is not 0 keeps its first digit: "0.00009 (0 to 0.00060)". One bound: "10.03 (7.7 or
 * more)", "10.03 (12.4 or less)". */
const char *interval_text_digits(const struct interval *interval, const char *unbounded, char *text,
                                 size_t bytes);

/* "12.34%"; "-" for NaN. Returns text. */
const char *percent_text(double share, char *text, size_t bytes);

/* How many decimals leave that many digits of a time in seconds. */
int decimals_for(double seconds, int digits);

/* value, or 0 where it would be printed as "-0". */
double without_negative_zero(double value, int decimals);

#endif
