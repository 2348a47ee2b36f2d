/* size_diagnostics.c: leverage and residuals of a size regression. */
#include "analysis/size/size_internal.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/statistics/stats.h"

struct table {
    const struct size_item *item;
    const struct size_regression *regression;
    size_t *index; /* of the items that took part */
    size_t count;
    double *column[TERMS]; /* orthogonal to each other */
    size_t columns;
};

static double value_of(const struct interval *interval)
{
    return interval_has_value(interval) ? interval->value : 0;
}

static bool has_term(const struct size_regression *r, int term)
{
    switch (term) {
    case TERM_INTERCEPT:
        return interval_has_value(&r->intercept);
    case TERM_MEGAPIXELS:
        return interval_has_value(&r->per_megapixel);
    case TERM_MEGABYTES:
        return interval_has_value(&r->per_megabyte);
    default:
        return (unsigned)term != r->reference_kind && interval_has_value(&r->extra[term]);
    }
}

/* Adds a term's column, made orthogonal to those before it (modified Gram-Schmidt, twice) and of length 1. */
static int add_column(struct table *t, int term)
{
    double *column = calloc(t->count + 1, sizeof *column), size = 0;

    if (!column)
        return -1;
    for (size_t i = 0; i < t->count; i++)
        column[i] = size_term(&t->item[t->index[i]], term);
    for (int pass = 0; pass < 2; pass++)
        for (size_t c = 0; c < t->columns; c++) {
            double share = 0;
            for (size_t i = 0; i < t->count; i++)
                share += column[i] * t->column[c][i];
            for (size_t i = 0; i < t->count; i++)
                column[i] -= share * t->column[c][i];
        }
    for (size_t i = 0; i < t->count; i++)
        size += column[i] * column[i];
    for (size_t i = 0; i < t->count && size > 0; i++)
        column[i] /= sqrt(size);
    t->column[t->columns++] = column;
    return 0;
}

static void take_leverage(const struct table *t, struct size_diagnostics *result)
{
    result->mean_leverage = (double)t->columns / (double)t->count;
    result->highest_leverage = result->largest_leverage = 0;
    for (size_t i = 0; i < t->count; i++) {
        double leverage = 0;
        for (size_t c = 0; c < t->columns; c++)
            leverage += t->column[c][i] * t->column[c][i];
        if (leverage > result->highest_leverage) {
            result->highest_leverage = leverage;
            result->highest_item = t->index[i];
        }
        if (i == 0 || t->item[t->index[i]].megapixels > t->item[result->largest_item].megapixels) {
            result->largest_leverage = leverage;
            result->largest_item = t->index[i];
        }
        result->high += leverage > SIZE_HIGH * result->mean_leverage;
    }
}

static void take_residuals(const struct table *t, double *room, struct size_diagnostics *result)
{
    const struct size_regression *r = t->regression;

    for (unsigned kind = 0; kind < SIZE_KINDS; kind++) {
        size_t count = 0;
        for (size_t i = 0; i < t->count; i++) {
            const struct size_item *item = &t->item[t->index[i]];
            if (item->kind == kind)
                room[count++] = item->seconds - value_of(&r->intercept) -
                                value_of(&r->per_megapixel) * item->megapixels -
                                value_of(&r->per_megabyte) * item->megabytes - value_of(&r->extra[kind]);
        }
        if (!count)
            continue;
        result->residual_median_s[kind] = stats_median(room, count);
        for (size_t i = 0; i < count; i++)
            room[i] = fabs(room[i] - result->residual_median_s[kind]);
        result->residual_spread_s[kind] = 1.4826 * stats_median(room, count);
    }
}

int size_diagnose(const struct size_item *items, size_t count, const struct size_regression *regression,
                  struct size_diagnostics *result)
{
    struct table t = {.item = items, .regression = regression, .index = calloc(count + 1, sizeof(size_t))};
    double *room = calloc(count + 1, sizeof *room);
    int status = t.index && room ? 0 : -1;

    *result =
        (struct size_diagnostics){.mean_leverage = NAN, .highest_leverage = NAN, .largest_leverage = NAN};
    for (unsigned kind = 0; kind < SIZE_KINDS; kind++)
        result->residual_median_s[kind] = result->residual_spread_s[kind] = NAN;
    for (size_t i = 0; i < count && status == 0; i++)
        if (has_term(regression, TERM_INTERCEPT) && size_takes_part(&items[i], regression))
            t.index[t.count++] = i;
    /* The intercept first: the rounding of all others is then that of their variation. */
    for (int term = TERM_INTERCEPT; term < TERMS && t.count && status == 0; term++)
        if (has_term(regression, term))
            status = add_column(&t, term);
    for (int term = 0; term < SIZE_KINDS && t.count && status == 0; term++)
        if (has_term(regression, term))
            status = add_column(&t, term);
    if (status == 0 && t.count) {
        result->items = t.count;
        result->terms = t.columns;
        take_leverage(&t, result);
        take_residuals(&t, room, result);
    }
    for (size_t c = 0; c < t.columns; c++)
        free(t.column[c]);
    free(t.index);
    free(room);
    return status;
}
