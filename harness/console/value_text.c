#include "harness/console/value_text.h"

#include <math.h>
#include <stdio.h>

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

const char *interval_text_digits(const struct interval *interval, const char *unbounded, char *text,
                                 size_t bytes)
{
    if (!interval_has_value(interval))
        snprintf(text, bytes, "-");
    else if (!interval_has_bounds(interval))
        snprintf(text, bytes, "%.4g%s", interval->value, unbounded);
    else if (interval->low < interval->high)
        snprintf(text, bytes, "%.4g (%.4g to %.4g)", interval->value, interval->low, interval->high);
    else
        snprintf(text, bytes, "%.4g", interval->value);
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
