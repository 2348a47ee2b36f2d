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
    double *column[SIZE_COLUMNS]; /* orthogonal to each other */
    size_t columns;
};

static bool has_column(const struct size_regression *r, int column)
{
    struct interval estimate = *size_estimate((struct size_regression *)r, column);

    if (column < COLUMN_INTERCEPT && (unsigned)column == r->reference_kind)
        return false;
    if (column >= COLUMN_OWN && !r->has_own[(column - COLUMN_OWN) / SIZE_OWN])
        return false;
    return interval_has_value(&estimate);
}

/* Adds a column, made orthogonal to those before it (modified Gram-Schmidt, twice) and of length 1. */
static int add_column(struct table *t, int which)
{
    double *column = calloc(t->count + 1, sizeof *column), size = 0;

    if (!column)
        return -1;
    for (size_t i = 0; i < t->count; i++)
        column[i] = size_entry(t->regression, &t->item[t->index[i]], which);
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
        if (i == 0 ||
            t->item[t->index[i]].amount[SIZE_DECODED] > t->item[result->largest_item].amount[SIZE_DECODED]) {
            result->largest_leverage = leverage;
            result->largest_item = t->index[i];
        }
        result->high += leverage > SIZE_HIGH * result->mean_leverage;
    }
}

/* Of all items with a fitted time, also those of kinds that are too few to take part. */
static void take_residuals(const struct size_item *items, size_t all,
                           const struct size_regression *regression, double *room,
                           struct size_diagnostics *result)
{
    for (unsigned kind = 0; kind < SIZE_KINDS; kind++) {
        size_t count = 0;
        for (size_t i = 0; i < all; i++) {
            double residual_s = items[i].seconds - size_seconds_of(regression, &items[i]);
            if (items[i].kind == kind && isfinite(residual_s))
                room[count++] = residual_s;
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
    bool known[SIZE_TERMS];
    int status = t.index && room ? 0 : -1;

    *result =
        (struct size_diagnostics){.mean_leverage = NAN, .highest_leverage = NAN, .largest_leverage = NAN};
    for (unsigned kind = 0; kind < SIZE_KINDS; kind++)
        result->residual_median_s[kind] = result->residual_spread_s[kind] = NAN;
    size_find_known(items, count, known);
    for (size_t i = 0; i < count && status == 0; i++)
        if (interval_has_value(&regression->intercept) && size_takes_part(&items[i], regression, known))
            t.index[t.count++] = i;
    /* The intercept first: the rounding of all others is then that of their variation. */
    for (int n = 0; n < SIZE_COLUMNS && t.count && status == 0; n++) {
        int column = (n + COLUMN_INTERCEPT) % SIZE_COLUMNS;
        if (has_column(regression, column))
            status = add_column(&t, column);
    }
    if (status == 0 && t.count) {
        result->items = t.count;
        result->terms = t.columns;
        take_leverage(&t, result);
        take_residuals(items, count, regression, room, result);
    }
    for (size_t c = 0; c < t.columns; c++)
        free(t.column[c]);
    free(t.index);
    free(room);
    return status;
}
