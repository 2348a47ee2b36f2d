#include "harness/fit/fit_size_lines.h"

#include <math.h>

#include "analysis/statistics/stats.h"

const char *fit_size_axis_name(enum fit_size_axis axis)
{
    return axis == FIT_DECODED ? "decoded" : "megabytes";
}

const char *fit_size_decoded_unit(const struct fit *fit)
{
    return fit->study->samples_known ? "million samples decoded"
                                     : "megapixels as stored (what was decoded is not recorded)";
}

static enum size_term term_of(enum fit_size_axis axis)
{
    return axis == FIT_DECODED ? SIZE_DECODED : SIZE_BYTES;
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

/* Amounts of a term, of the items that have it. */
static GArray *amounts_of(const struct fit *fit, enum size_term term)
{
    GArray *amounts = g_array_new(FALSE, FALSE, sizeof(double));

    for (unsigned i = 0; i < fit->study->item_times->len; i++) {
        const struct data_item_time *item = &g_array_index(fit->study->item_times, struct data_item_time, i);
        const struct data_batch_item *about = study_data_batch_item(fit->study, item->id);
        if (item->workers == fit->size_workers && about && !isnan(about->amount[term]))
            g_array_append_val(amounts, about->amount[term]);
    }
    return amounts;
}

struct fit_size_line fit_size_line(const struct fit *fit, enum fit_size_axis axis)
{
    const struct size_regression *plane = regression_of(fit);
    struct fit_size_line line = {.fitted = false, .regression = plane, .along = term_of(axis)};

    if (!plane || !interval_has_value(&plane->intercept) || !interval_has_value(&plane->slope[line.along]))
        return line;
    for (int term = 0; term < SIZE_TERMS; term++) {
        GArray *amounts = amounts_of(fit, (enum size_term)term);
        const double *amount = (const double *)(const void *)amounts->data;
        line.median[term] = amounts->len ? stats_median(amount, amounts->len) : 0;
        if ((enum size_term)term == line.along && amounts->len) {
            line.fitted = true;
            line.at[0] = stats_quantile(amount, amounts->len, 0);
            line.at[1] = stats_quantile(amount, amounts->len, 1);
        }
        g_array_free(amounts, TRUE);
    }
    for (int end = 0; end < 2; end++) {
        line.seconds[end] = plane->intercept.value;
        for (int term = 0; term < SIZE_TERMS; term++)
            line.seconds[end] += size_slope_of(plane, plane->reference_kind, (enum size_term)term) *
                                 ((enum size_term)term == line.along ? line.at[end] : line.median[term]);
    }
    return line;
}

double fit_size_corrected_s(const struct fit_size_line *line, const struct data_batch_item *item,
                            double seconds)
{
    for (int term = 0; term < SIZE_TERMS && line->fitted; term++) {
        double slope = size_slope_of(line->regression, item->kind, (enum size_term)term);
        if ((enum size_term)term != line->along && slope != 0)
            seconds -= slope * (item->amount[term] - line->median[term]);
    }
    return seconds;
}
