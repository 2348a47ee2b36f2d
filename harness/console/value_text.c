#include "harness/console/value_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

double without_negative_zero(double value, int decimals)
{
    return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

/* The doubt that decides on digits: the distance to the lower bound, which is the shorter one of an interval on
 * logarithms, at most half the width and at least a hundredth of it; the distance to an only bound; 0 where the
 * interval says nothing of the digits. */
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

    if (value == 0) {
        decimals = 0;
        value = fabs(value); /* no "-0" */
    } else if (fabs(value) < unit / 2) {
        decimals = -place_of(value);
        unit = pow(10, -decimals);
    }
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
    /* A value within bounds on both sides of 0 that has no digit which these support is 0. */
    bool is_zero = interval->low < 0 && interval->high > 0 && fabs(interval->value) < pow(10, -decimals) / 2;

    number_text(is_zero ? 0 : interval->value, decimals, value, sizeof value);
    number_text(interval->low, decimals, low, sizeof low);
    number_text(interval->high, decimals, high, sizeof high);
    if (!interval_has_value(interval))
        snprintf(text, bytes, "-");
    else if (interval_has_bounds(interval) && strcmp(low, high) == 0)
        snprintf(text, bytes, "%.*g", 6, interval->value);
    else if (interval_has_bounds(interval))
        snprintf(text, bytes, "%s (%s to %s)", value, low, high);
    else if (!isnan(interval->low))
        snprintf(text, bytes, "%s (at least %s)", value, low);
    else if (!isnan(interval->high))
        snprintf(text, bytes, "%s (at most %s)", value, high);
    else
        snprintf(text, bytes, "%s%s", value, unbounded);
    return text;
}

const char *interval_value_text(const struct interval *interval, char *text, size_t bytes)
{
    if (interval_has_value(interval))
        return number_text(interval->value, decimals_supported(interval), text, bytes);
    snprintf(text, bytes, "-");
    return text;
}

/* Two decimals, or as many as leave a digit of a number that is not 0; below a hundred-millionth it is rounding. */
static const char *plain_percent_text(double percent, char *text, size_t bytes)
{
    char number[48];

    if (fabs(percent) < 1e-6)
        percent = 0;
    snprintf(text, bytes, "%s%%",
             number_text(percent, percent == 0 || fabs(percent) >= 0.005 ? 2 : -place_of(percent), number,
                         sizeof number));
    return text;
}

const char *percent_text(double share, char *text, size_t bytes)
{
    if (!isnan(share))
        return plain_percent_text(100 * share, text, bytes);
    snprintf(text, bytes, "-");
    return text;
}

const char *interval_percent_text(const struct interval *share, char *text, size_t bytes)
{
    enum { MOST_DECIMALS = 2 };
    struct interval percent = interval_scaled(share, 100);
    int decimals = decimals_supported(&percent);
    char number[48];

    if (!interval_has_bounds(share) || !(share->high > share->low) || decimals >= MOST_DECIMALS)
        return percent_text(share->value, text, bytes);
    snprintf(text, bytes, "%s%%", number_text(percent.value, decimals, number, sizeof number));
    return text;
}
