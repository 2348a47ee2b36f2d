#include "analysis/statistics/interval.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct interval interval_unknown(const char *format, ...)
{
    struct interval result = {.value = NAN, .low = NAN, .high = NAN};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result.reason, sizeof result.reason, format, arguments);
    va_end(arguments);
    return result;
}

struct interval interval_point(double value, const char *format, ...)
{
    struct interval result = {.value = value, .low = NAN, .high = NAN};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result.reason, sizeof result.reason, format, arguments);
    va_end(arguments);
    return result;
}

struct interval interval_exact(double value, double level, const char *method)
{
    return interval_bounded(value, value, value, level, "%s", method);
}

struct interval interval_bounded(double value, double low, double high, double level, const char *format, ...)
{
    struct interval result = {.value = value, .low = low, .high = high, .level = level};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result.method, sizeof result.method, format, arguments);
    va_end(arguments);
    return result;
}

bool interval_has_value(const struct interval *interval)
{
    return isfinite(interval->value);
}

bool interval_has_bounds(const struct interval *interval)
{
    return isfinite(interval->value) && isfinite(interval->low) && isfinite(interval->high);
}

struct interval interval_scaled(const struct interval *interval, double scale)
{
    struct interval result = *interval;

    result.value *= scale;
    result.low *= scale;
    result.high *= scale;
    return result;
}

struct interval interval_reciprocal(const struct interval *interval, double numerator)
{
    struct interval result = *interval;

    if (!interval_has_value(interval))
        return result;
    if (!(interval->value > 0))
        return interval_unknown("no limit: the estimate it would be divided by is 0");
    result.value = numerator / interval->value;
    result.low = interval->high > 0 ? numerator / interval->high : NAN;
    result.high = interval->low > 0 ? numerator / interval->low : NAN;
    if (isfinite(result.low) && !isfinite(result.high))
        snprintf(result.reason, sizeof result.reason, "no upper bound: what divides it may be 0");
    return result;
}

static double clip(double value, double least, double most)
{
    return isnan(value) ? value : fmin(fmax(value, least), most);
}

struct interval interval_clipped(const struct interval *interval, double least, double most)
{
    struct interval result = *interval;

    result.value = clip(result.value, least, most);
    result.low = clip(result.low, least, most);
    result.high = clip(result.high, least, most);
    return result;
}

struct interval interval_of_count(const struct interval *interval)
{
    struct interval result = *interval;
    size_t used = strlen(result.method);

    if (!(result.value >= 0 && result.low < 0))
        return result;
    result.low = 0;
    snprintf(result.method + used, sizeof result.method - used, ", cut at 0");
    return result;
}
