#include "harness/console/value_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double without_negative_zero(double value, int decimals)
{
    return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

int decimals_for(double seconds, int digits)
{
    return seconds > 0 ? (int)fmin(fmax(digits - 1 - floor(log10(seconds)), 0), 6) : 3;
}

const char *interval_text(const struct interval *interval, int decimals, const char *unbounded, char *text,
                          size_t bytes)
{
    double value = without_negative_zero(interval->value, decimals),
           low = without_negative_zero(interval->low, decimals),
           high = without_negative_zero(interval->high, decimals);

    if (!interval_has_value(interval))
        snprintf(text, bytes, "-");
    else if (!interval_has_bounds(interval))
        snprintf(text, bytes, "%.*f%s", decimals, value, unbounded);
    else if (low < high)
        snprintf(text, bytes, "%.*f (%.*f to %.*f)", decimals, value, decimals, low, decimals, high);
    else
        snprintf(text, bytes, "%.*f", decimals, value);
    return text;
}

/* The doubt that decides on digits: the distance to the lower bound, which is the shorter one of an interval on
 * logarithms, at most half the width and at least a hundredth of it; the distance to an only bound; 0 where the interval
 * says nothing of the digits. */
static double doubt_of(const struct interval *interval)
{
    double half = (interval->high - interval->low) / 2, below = interval->value - interval->low;

    if (interval_has_bounds(interval))
        return below > 0 ? fmax(fmin(below, half), half / 100) : half;
    if (!isnan(interval->low))
        return fabs(interval->value - interval->low);
    if (!isnan(interval->high))
        return fabs(interval->high - interval->value);
    return 0;
}

static int place_of(double value)
{
    return (int)floor(log10(fabs(value)));
}

/* Decimals that leave DOUBT_DIGITS digits of the doubt, and at most MOST_DIGITS of the value; negative: tens,
 * hundreds, ... are rounded. */
static int decimals_supported(const struct interval *interval)
{
    enum { DOUBT_DIGITS = 2, MOST_DIGITS = 6, POINT_DIGITS = 4 };
    double doubt = doubt_of(interval),
           largest = fmax(fabs(interval->value), fmax(fabs(interval->low), fabs(interval->high)));

    if (!(largest > 0) || !isfinite(largest))
        return 0;
    if (!(doubt > 0) || !isfinite(doubt))
        return POINT_DIGITS - 1 - place_of(largest);
    return (int)fmin(DOUBT_DIGITS - 1 - place_of(doubt), MOST_DIGITS - 1 - place_of(largest));
}

/* A number that is not 0 is never printed as 0: it keeps its first digit. */
static const char *number_text(double value, int decimals, char *text, size_t bytes)
{
    enum { MOST_DECIMALS = 9 };
    double unit = pow(10, -decimals);

    if (value == 0)
        decimals = 0;
    else if (fabs(value) < unit / 2)
        decimals = -place_of(value);
    if (decimals > MOST_DECIMALS)
        snprintf(text, bytes, "%.*e", (int)fmax(decimals + place_of(value), 0), value);
    else if (decimals < 0)
        snprintf(text, bytes, "%.0f", round(value / unit) * unit);
    else
        snprintf(text, bytes, "%.*f", decimals, value);
    return text;
}

const char *interval_text_digits(const struct interval *interval, const char *unbounded, char *text,
                                 size_t bytes)
{
    int decimals = decimals_supported(interval);
    char value[48], low[48], high[48];

    number_text(interval->value, decimals, value, sizeof value);
    number_text(interval->low, decimals, low, sizeof low);
    number_text(interval->high, decimals, high, sizeof high);
    if (!interval_has_value(interval))
        snprintf(text, bytes, "-");
    else if (interval_has_bounds(interval) && strcmp(low, high) == 0)
        snprintf(text, bytes, "%.*g", 6, interval->value);
    else if (interval_has_bounds(interval))
        snprintf(text, bytes, "%s (%s to %s)", value, low, high);
    else if (!isnan(interval->low))
        snprintf(text, bytes, "%s (%s or more)", value, low);
    else if (!isnan(interval->high))
        snprintf(text, bytes, "%s (%s or less)", value, high);
    else
        snprintf(text, bytes, "%s%s", value, unbounded);
    return text;
}

const char *percent_text(double share, char *text, size_t bytes)
{
    if (isnan(share))
        snprintf(text, bytes, "-");
    else
        snprintf(text, bytes, "%.2f%%", without_negative_zero(100 * share, 2));
    return text;
}
