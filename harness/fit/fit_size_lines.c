#include "harness/fit/fit_size_lines.h"

#include <math.h>

#include "analysis/statistics/stats.h"

const char *fit_size_axis_name(enum fit_size_axis axis)
{
    return axis == FIT_MEGAPIXELS ? "megapixels" : "megabytes";
}

static enum fit_size_axis other_than(enum fit_size_axis axis)
{
    return axis == FIT_MEGAPIXELS ? FIT_MEGABYTES : FIT_MEGAPIXELS;
}

static double size_of(const struct data_batch_item *item, enum fit_size_axis axis)
{
    return axis == FIT_MEGAPIXELS ? item->megapixels : item->megabytes;
}

/* The regression at size_workers; NULL none. */
static const struct size_regression *regression_of(const struct fit *fit)
{
    for (unsigned i = 0; i < fit->sizes->len; i++) {
        const struct fit_size *size = &g_array_index(fit->sizes, struct fit_size, i);
        if (size->workers == fit->size_workers)
            return &size->regression;
    }
    return NULL;
}

/* Sizes of the items that have both, along one axis. */
static GArray *sizes_of(const struct fit *fit, enum fit_size_axis axis)
{
    GArray *sizes = g_array_new(FALSE, FALSE, sizeof(double));

    for (unsigned i = 0; i < fit->study->item_times->len; i++) {
        const struct data_item_time *item = &g_array_index(fit->study->item_times, struct data_item_time, i);
        const struct data_batch_item *about = study_data_batch_item(fit->study, item->id);
        double size;
        if (item->workers != fit->size_workers || !about || isnan(about->megapixels + about->megabytes))
            continue;
        size = size_of(about, axis);
        g_array_append_val(sizes, size);
    }
    return sizes;
}

struct fit_size_line fit_size_line(const struct fit *fit, enum fit_size_axis along)
{
    const struct size_regression *plane = regression_of(fit);
    const struct interval *slope = NULL, *other = NULL;
    struct fit_size_line line = {.fitted = false};
    GArray *here, *there;

    if (!plane)
        return line;
    slope = along == FIT_MEGAPIXELS ? &plane->per_megapixel : &plane->per_megabyte;
    other = along == FIT_MEGAPIXELS ? &plane->per_megabyte : &plane->per_megapixel;
    here = sizes_of(fit, along);
    there = sizes_of(fit, other_than(along));
    if (here->len && interval_has_value(&plane->intercept) && interval_has_value(slope) &&
        interval_has_value(other)) {
        const double *size = (const double *)(const void *)here->data;
        line = (struct fit_size_line){
            .fitted = true,
            .other_slope = other->value,
            .other_median = stats_median((const double *)(const void *)there->data, there->len),
            .at = {stats_quantile(size, here->len, 0), stats_quantile(size, here->len, 1)}};
        for (int end = 0; end < 2; end++)
            line.seconds[end] =
                plane->intercept.value + slope->value * line.at[end] + other->value * line.other_median;
    }
    g_array_free(here, TRUE);
    g_array_free(there, TRUE);
    return line;
}

double fit_size_corrected_s(const struct fit_size_line *line, enum fit_size_axis along,
                            const struct data_batch_item *item, double seconds)
{
    return line->fitted
               ? seconds - line->other_slope * (size_of(item, other_than(along)) - line->other_median)
               : seconds;
}
