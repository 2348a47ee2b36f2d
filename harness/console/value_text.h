/* value_text.h: numbers and intervals as people read them in tables. */
#ifndef KNEE_VALUE_TEXT_H
#define KNEE_VALUE_TEXT_H

#include <stddef.h>

#include "analysis/statistics/interval.h"

/* Enough for an interval. */
enum { VALUE_TEXT_BYTES = 96 };

/* Printed after a value without bounds, in tables where most values have them. */
#define NO_INTERVAL " (no interval)"

/* "2.346 (2.301 to 2.390)": with the digits that the interval supports: two of the distance to its lower bound, at
 * most six of the value, four of a value without bounds. A number that is not 0 keeps its first digit: "0.00009 (0 to
 * 0.00060)"; unless its interval holds 0 and supports none: "0 (-0.20 to 0.20)". "2" when it is exact; "10.03 (at least
 * 7.7)" and "10.03 (at most 12.4)" with one bound; "7.250" and `unbounded` (NO_INTERVAL or "") without bounds; "-"
 * without a value. Returns text. */
const char *interval_text_digits(const struct interval *interval, const char *unbounded, char *text,
                                 size_t bytes);
/* The value alone, with the same digits. */
const char *interval_value_text(const struct interval *interval, char *text, size_t bytes);

/* A share in percent: "12.34%"; a share that is not 0 keeps its first digit, "0.003%"; "-" for NaN. Returns text. */
const char *percent_text(double share, char *text, size_t bytes);
/* The same of a share with an interval: with fewer decimals where it supports no more. */
const char *interval_percent_text(const struct interval *share, char *text, size_t bytes);

/* value, or 0 where it would be printed as "-0". */
double without_negative_zero(double value, int decimals);

#endif
