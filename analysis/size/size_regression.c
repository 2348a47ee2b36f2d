#include <gsl/gsl_errno.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/size/size_internal.h"
#include "analysis/statistics/stats.h"

/* --- items and columns ------------------------------------------------------------------------ */

struct design {
    const struct size_item **item;
    size_t count;
    double *room;                 /* of all columns and their rests; owned, as item is */
    double *column[SIZE_COLUMNS]; /* divided by scale; in the order of `which` */
    double *rest[SIZE_COLUMNS];   /* what earlier columns leave of it */
    double scale[SIZE_COLUMNS];
    int which[SIZE_COLUMNS];
    size_t columns;
};

const char *size_term_name(enum size_term term)
{
    static const char *const names[SIZE_TERMS] = {"decoded", "bytes", "written", "converted"};

    return names[term];
}

void size_find_known(const struct size_item *items, size_t count, bool known[SIZE_TERMS])
{
    for (int term = 0; term < SIZE_TERMS; term++) {
        known[term] = false;
        for (size_t i = 0; i < count && !known[term]; i++)
            known[term] = isfinite(items[i].amount[term]);
    }
}

bool size_is_usable(const struct size_item *item, const bool known[SIZE_TERMS])
{
    bool usable = item->kind < SIZE_KINDS && isfinite(item->seconds);

    for (int term = 0; term < SIZE_TERMS; term++)
        usable = usable && (!known[term] || isfinite(item->amount[term]));
    return usable;
}

bool size_takes_part(const struct size_item *item, const struct size_regression *regression,
                     const bool known[SIZE_TERMS])
{
    return size_is_usable(item, known) && (item->kind == regression->reference_kind ||
                                           regression->kind_items[item->kind] >= SIZE_LEAST_OF_KIND);
}

static void count_kinds(const struct size_item *items, size_t count, const bool known[SIZE_TERMS],
                        struct size_regression *result)
{
    for (size_t i = 0; i < count; i++)
        if (size_is_usable(&items[i], known))
            result->kind_items[items[i].kind]++;
    for (unsigned k = 1; k < SIZE_KINDS; k++)
        if (result->kind_items[k] > result->kind_items[result->reference_kind])
            result->reference_kind = k;
}

double size_entry(const struct size_regression *regression, const struct size_item *item, int column)
{
    if (column < COLUMN_INTERCEPT)
        return item->kind == (unsigned)column;
    if (column == COLUMN_INTERCEPT)
        return 1;
    if (column < COLUMN_OWN) {
        int term = column - COLUMN_SHARED;
        return term < SIZE_OWN && regression->has_own[item->kind] ? 0 : item->amount[term];
    }
    return item->kind == (unsigned)(column - COLUMN_OWN) / SIZE_OWN
               ? item->amount[(column - COLUMN_OWN) % SIZE_OWN]
               : 0;
}

struct interval *size_estimate(struct size_regression *result, int column)
{
    if (column < COLUMN_INTERCEPT)
        return &result->extra[column];
    if (column == COLUMN_INTERCEPT)
        return &result->intercept;
    if (column < COLUMN_OWN)
        return &result->slope[column - COLUMN_SHARED];
    return &result->own[(column - COLUMN_OWN) / SIZE_OWN][(column - COLUMN_OWN) % SIZE_OWN];
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Adds a column when it holds something that the earlier ones do not (modified Gram-Schmidt, done twice for
 * its rounding). least is the part of its own variation that must be left. */
static bool add_column(struct design *d, const struct size_regression *result, int which, double least)
{
    size_t c = d->columns;
    double about = 0, size = 0, left;

    d->column[c] = d->room + 2 * c * d->count;
    d->rest[c] = d->column[c] + d->count;
    for (size_t i = 0; i < d->count; i++)
        size = fmax(size, fabs(d->column[c][i] = size_entry(result, d->item[i], which)));
    d->scale[c] = size > 0 ? size : 1;
    for (size_t i = 0; i < d->count; i++)
        d->rest[c][i] = d->column[c][i] /= d->scale[c];
    for (int pass = 0; pass < 2; pass++)
        for (size_t e = 0; e < c; e++) {
            double share = dot(d->rest[e], d->rest[c], d->count) / dot(d->rest[e], d->rest[e], d->count);
            for (size_t i = 0; i < d->count; i++)
                d->rest[c][i] -= share * d->rest[e][i];
            if (e == 0 && pass == 0) /* column 0 is the intercept: what is left varies about the mean */
                about = dot(d->rest[c], d->rest[c], d->count);
        }
    left = dot(d->rest[c], d->rest[c], d->count);
    if (left <= 1e-12 * (double)d->count || (c > 0 && left < least * least * about))
        return false;
    d->which[d->columns++] = which;
    return true;
}

/* --- all columns ------------------------------------------------------------------------------ */

static void add_term(struct design *d, struct size_regression *result, int column,
                     const bool known[SIZE_TERMS])
{
    bool own = column >= COLUMN_OWN;
    int term = own ? (column - COLUMN_OWN) % SIZE_OWN : column - COLUMN_SHARED;

    if (!known[term])
        *size_estimate(result, column) = interval_unknown("not recorded in this study");
    else if (!add_column(d, result, column, 1e-3))
        *size_estimate(result, column) =
            interval_unknown(own ? "does not vary within the kind, or goes with earlier terms"
                                 : "does not vary, or goes with earlier terms or the kind");
}

/* left_out: columns that the fit has no use for; their reasons are there. */
static void make_columns(struct design *d, struct size_regression *result, const bool known[SIZE_TERMS],
                         const bool left_out[SIZE_COLUMNS])
{
    d->columns = 0;
    add_column(d, result, COLUMN_INTERCEPT, 0);
    for (unsigned k = 0; k < SIZE_KINDS; k++)
        if (k != result->reference_kind && result->kind_items[k] >= SIZE_LEAST_OF_KIND)
            add_column(d, result, (int)k, 1e-6);
    for (int column = COLUMN_SHARED; column < SIZE_COLUMNS; column++)
        if (!left_out[column] && (column < COLUMN_OWN || result->has_own[(column - COLUMN_OWN) / SIZE_OWN]))
            add_term(d, result, column, known);
}

/* The items that take part, and which kinds have slopes of their own. */
static int take_items(struct design *d, const struct size_item *items, size_t count, bool own_slopes,
                      const bool known[SIZE_TERMS], struct size_regression *result)
{
    d->item = calloc(count + 1, sizeof(struct size_item *));
    d->room = calloc(2 * SIZE_COLUMNS, (count + 1) * sizeof(double));
    if (!d->item || !d->room)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (size_takes_part(&items[i], result, known))
            d->item[d->count++] = &items[i];
    result->items = d->count;
    for (unsigned k = 0; k < SIZE_KINDS; k++)
        result->has_own[k] =
            own_slopes && k != result->reference_kind && result->kind_items[k] >= SIZE_LEAST_OF_SLOPES;
    return 0;
}

/* --- the fit ---------------------------------------------------------------------------------- */

static struct interval no_bounds(const struct design *d, double value, enum size_bounds bounds)
{
    return bounds == SIZE_ON_THE_LINE
               ? interval_point(value, "all items lie on the line: no spread, no interval")
               : interval_point(value, "%zu items for %zu terms: too few for an interval", d->count,
                                d->columns);
}

static void report(const struct design *d, const gsl_vector *c, const gsl_matrix *covariance,
                   enum size_bounds bounds, double level, struct size_regression *result)
{
    static const char *const methods[] = {
        [SIZE_ROBUST] = "robust regression (bisquare)",
        [SIZE_LEAST_SQUARES] = "most items lie on the line: no robust spread, width of least squares",
        [SIZE_NOT_CONVERGED] = "least squares (the robust fit did not converge)"};
    double df = (double)d->count - (double)d->columns, t = stats_t(level, df);

    for (size_t j = 0; j < d->columns; j++) {
        double value = gsl_vector_get(c, j) / d->scale[j], half;
        struct interval *estimate = size_estimate(result, d->which[j]);
        if (bounds >= SIZE_ON_THE_LINE) {
            *estimate = no_bounds(d, value, bounds);
            continue;
        }
        half = t * sqrt(gsl_matrix_get(covariance, j, j)) / d->scale[j];
        *estimate = interval_bounded(value, value - half, value + half, level,
                                     "%s over %zu items, t with %.0f df", methods[bounds], d->count, df);
    }
}

static int fit(const struct design *d, double level, struct size_regression *result)
{
    gsl_matrix *x = gsl_matrix_alloc(d->count, d->columns),
               *covariance = gsl_matrix_alloc(d->columns, d->columns);
    gsl_vector *y = gsl_vector_alloc(d->count), *c = gsl_vector_alloc(d->columns);
    enum size_bounds bounds;
    int status = -1;

    if (x && covariance && y && c) {
        for (size_t i = 0; i < d->count; i++) {
            gsl_vector_set(y, i, d->item[i]->seconds);
            for (size_t j = 0; j < d->columns; j++)
                gsl_matrix_set(x, i, j, d->column[j][i]);
        }
        status = size_solve(x, y, c, covariance, &result->r2, &bounds);
        if (status == 0)
            report(d, c, covariance, bounds, level, result);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(covariance);
    gsl_vector_free(y);
    gsl_vector_free(c);
    return status;
}

/* The negative slope whose interval reaches farthest above 0, relative to its width; -1 none. Of a shared slope it has
 * to hold 0; that of one kind rests on few items, whose spread is not that of all. */
static int least_certain(const struct design *d, struct size_regression *result)
{
    double most = -INFINITY;
    int found = -1;

    for (size_t j = 0; j < d->columns; j++) {
        const struct interval *slope = size_estimate(result, d->which[j]);
        double above;
        if (d->which[j] < COLUMN_SHARED || !interval_has_bounds(slope) || slope->value >= 0)
            continue;
        above = slope->high / (slope->high - slope->low);
        if (above > most && (above > 0 || d->which[j] >= COLUMN_OWN)) {
            most = above;
            found = d->which[j];
        }
    }
    return found;
}

static int fit_all(struct design *d, bool costs_are_positive, const bool known[SIZE_TERMS], double level,
                   struct size_regression *result)
{
    bool left_out[SIZE_COLUMNS] = {false};

    for (;;) {
        int column;
        make_columns(d, result, known, left_out);
        if (d->count < d->columns)
            return 0;
        if (fit(d, level, result))
            return -1;
        column = costs_are_positive ? least_certain(d, result) : -1;
        if (column < 0)
            return 0;
        left_out[column] = true;
        struct interval *slope = size_estimate(result, column);
        *slope =
            interval_unknown("%.3g ms (%.3g to %.3g): cannot be separated from the other terms, left out",
                             1e3 * slope->value, 1e3 * slope->low, 1e3 * slope->high);
    }
}

static void begin(struct size_regression *result)
{
    result->intercept = interval_unknown("too few items");
    for (int term = 0; term < SIZE_TERMS; term++)
        result->slope[term] = result->intercept;
    for (unsigned k = 0; k < SIZE_KINDS; k++) {
        result->extra[k] =
            interval_unknown("%zu item%s of this kind: at least %d are needed", result->kind_items[k],
                             result->kind_items[k] == 1 ? "" : "s", (int)SIZE_LEAST_OF_KIND);
        for (int term = 0; term < SIZE_OWN; term++)
            result->own[k][term] =
                interval_unknown("fewer than %d items of this kind, or the reference: the shared slope",
                                 (int)SIZE_LEAST_OF_SLOPES);
    }
}

int size_regression_fit(const struct size_item *items, size_t count, bool own_slopes, bool costs_are_positive,
                        double level, struct size_regression *result)
{
    struct design d = {0};
    bool known[SIZE_TERMS];
    int status;

    gsl_set_error_handler_off();
    *result = (struct size_regression){.r2 = NAN};
    size_find_known(items, count, known);
    count_kinds(items, count, known, result);
    begin(result);
    status = take_items(&d, items, count, own_slopes, known, result);
    if (status == 0 && d.count > 0)
        status = fit_all(&d, costs_are_positive, known, level, result);
    if (status == 0 && d.count > 0)
        result->extra[result->reference_kind] = interval_exact(0, level, "definition: the reference kind");
    free((void *)d.item);
    free(d.room);
    return status;
}

/* --- use -------------------------------------------------------------------------------------- */

double size_slope_of(const struct size_regression *regression, unsigned kind, enum size_term term)
{
    const struct interval *slope = kind < SIZE_KINDS && (int)term < (int)SIZE_OWN && regression->has_own[kind]
                                       ? &regression->own[kind][term]
                                       : &regression->slope[term];

    return interval_has_value(slope) ? slope->value : 0;
}

double size_seconds_of(const struct size_regression *regression, const struct size_item *item)
{
    double seconds = regression->intercept.value;

    if (!interval_has_value(&regression->intercept) || item->kind >= SIZE_KINDS)
        return NAN;
    if (interval_has_value(&regression->extra[item->kind]))
        seconds += regression->extra[item->kind].value;
    for (int term = 0; term < SIZE_TERMS; term++) {
        double slope = size_slope_of(regression, item->kind, (enum size_term)term);
        if (slope != 0)
            seconds += slope * item->amount[term];
    }
    return seconds;
}
