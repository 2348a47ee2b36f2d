#include "analysis/size/size_internal.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/stats.h"

struct design {
    struct size_item *item;
    size_t count;
    double *column[TERMS]; /* divided by scale; in the order of `term` */
    double *rest[TERMS];   /* what earlier columns leave of it */
    double scale[TERMS];
    int term[TERMS];
    size_t columns;
};

static void release(struct design *d)
{
    for (size_t c = 0; c < TERMS; c++) {
        free(d->column[c]);
        free(d->rest[c]);
    }
    free(d->item);
}

bool size_is_usable(const struct size_item *item)
{
    return item->kind < SIZE_KINDS && isfinite(item->seconds) && isfinite(item->megapixels) &&
           isfinite(item->megabytes);
}

bool size_takes_part(const struct size_item *item, const struct size_regression *regression)
{
    return size_is_usable(item) && (item->kind == regression->reference_kind ||
                                    regression->kind_items[item->kind] >= SIZE_LEAST_OF_KIND);
}

static void count_kinds(const struct size_item *items, size_t count, struct size_regression *result)
{
    for (size_t i = 0; i < count; i++)
        if (size_is_usable(&items[i]))
            result->kind_items[items[i].kind]++;
    for (unsigned k = 1; k < SIZE_KINDS; k++)
        if (result->kind_items[k] > result->kind_items[result->reference_kind])
            result->reference_kind = k;
}

double size_term(const struct size_item *item, int term)
{
    switch (term) {
    case TERM_INTERCEPT:
        return 1;
    case TERM_MEGAPIXELS:
        return item->megapixels;
    case TERM_MEGABYTES:
        return item->megabytes;
    default:
        return item->kind == (unsigned)term;
    }
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Adds a column when it holds something that the earlier ones do not (modified Gram-Schmidt, done twice for
 * its rounding). least is the part of its own variation that must be left. Returns 1 added, 0 left out, -1 no
 * memory. */
static int add_column(struct design *d, int term, double least)
{
    size_t c = d->columns;
    double about = 0, size = 0, left;

    d->column[c] = calloc(d->count + 1, sizeof(double));
    d->rest[c] = calloc(d->count + 1, sizeof(double));
    if (!d->column[c] || !d->rest[c])
        return -1;
    for (size_t i = 0; i < d->count; i++)
        size = fmax(size, fabs(d->column[c][i] = size_term(&d->item[i], term)));
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
    if (left <= 1e-12 * (double)d->count || (c > 0 && left < least * least * about)) {
        free(d->column[c]);
        free(d->rest[c]);
        d->column[c] = d->rest[c] = NULL;
        return 0;
    }
    d->term[d->columns++] = term;
    return 1;
}

static struct interval *target(struct size_regression *result, int term)
{
    if (term == TERM_INTERCEPT)
        return &result->intercept;
    if (term == TERM_MEGAPIXELS)
        return &result->per_megapixel;
    if (term == TERM_MEGABYTES)
        return &result->per_megabyte;
    return &result->extra[term];
}

/* The items that take part, and all columns. */
static int make_design(struct design *d, const struct size_item *items, size_t count,
                       struct size_regression *result)
{
    int added;

    d->item = calloc(count + 1, sizeof *d->item);
    if (!d->item)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (size_takes_part(&items[i], result))
            d->item[d->count++] = items[i];
    result->items = d->count;
    if (d->count == 0)
        return 0;
    if (add_column(d, TERM_INTERCEPT, 0) < 0)
        return -1;
    for (unsigned k = 0; k < SIZE_KINDS; k++) {
        if (k == result->reference_kind || result->kind_items[k] < SIZE_LEAST_OF_KIND)
            continue;
        if (add_column(d, (int)k, 1e-6) < 0)
            return -1;
    }
    added = add_column(d, TERM_MEGAPIXELS, 1e-3);
    if (added < 0)
        return -1;
    if (added == 0)
        result->per_megapixel = interval_unknown("megapixels do not vary, or go with the kind of item");
    added = add_column(d, TERM_MEGABYTES, 1e-3);
    if (added < 0)
        return -1;
    if (added == 0)
        result->per_megabyte = interval_unknown("megabytes do not vary, or go with megapixels or kind");
    return 0;
}

static double rms(const gsl_vector *residuals)
{
    double sum = 0;

    for (size_t i = 0; i < residuals->size; i++)
        sum += gsl_vector_get(residuals, i) * gsl_vector_get(residuals, i);
    return sqrt(sum / (double)residuals->size);
}

/* Ordinary least squares first: data without spread about the line (made ones) have no robust scale. */
static int solve(const gsl_matrix *x, const gsl_vector *y, gsl_vector *c, gsl_matrix *covariance, double *r2)
{
    size_t n = x->size1, p = x->size2;
    gsl_multifit_linear_workspace *plain = gsl_multifit_linear_alloc(n, p);
    gsl_multifit_robust_workspace *robust =
        n > p ? gsl_multifit_robust_alloc(gsl_multifit_robust_bisquare, n, p) : NULL;
    gsl_vector *residuals = gsl_vector_alloc(n);
    double chi2, spread;
    int bounds = -1;

    *r2 = NAN;
    if (plain && residuals && !gsl_multifit_linear(x, y, c, covariance, &chi2, plain)) {
        gsl_multifit_linear_residuals(x, y, c, residuals);
        spread = rms(residuals);
        bounds = 0;
        if (robust && n > p + 1 && spread > 1e-10 * fmax(fabs(gsl_vector_max(y)), fabs(gsl_vector_min(y)))) {
            gsl_multifit_robust_maxiter(1000, robust);
            if (!gsl_multifit_robust(x, y, c, covariance, robust)) {
                *r2 = gsl_multifit_robust_statistics(robust).Rsq;
                bounds = 1;
            }
        }
    }
    gsl_multifit_linear_free(plain);
    if (robust)
        gsl_multifit_robust_free(robust);
    gsl_vector_free(residuals);
    return bounds;
}

static void report(const struct design *d, const gsl_vector *c, const gsl_matrix *covariance, bool bounds,
                   double level, struct size_regression *result)
{
    double df = (double)d->count - (double)d->columns, t = stats_t(level, df);

    for (size_t j = 0; j < d->columns; j++) {
        double value = gsl_vector_get(c, j) / d->scale[j];
        double half = t * sqrt(gsl_matrix_get(covariance, j, j)) / d->scale[j];
        *target(result, d->term[j]) =
            bounds && half > 0
                ? interval_bounded(value, value - half, value + half, level,
                                   "robust regression (bisquare) over %zu items, t with %.0f df", d->count,
                                   df)
                : interval_point(value, "too few items, or none off the line: no spread, no interval");
    }
}

static int fit(const struct design *d, double level, struct size_regression *result)
{
    gsl_matrix *x = gsl_matrix_alloc(d->count, d->columns),
               *covariance = gsl_matrix_alloc(d->columns, d->columns);
    gsl_vector *y = gsl_vector_alloc(d->count), *c = gsl_vector_alloc(d->columns);
    int bounds = -1;

    if (x && covariance && y && c) {
        for (size_t i = 0; i < d->count; i++) {
            gsl_vector_set(y, i, d->item[i].seconds);
            for (size_t j = 0; j < d->columns; j++)
                gsl_matrix_set(x, i, j, d->column[j][i]);
        }
        bounds = solve(x, y, c, covariance, &result->r2);
        if (bounds >= 0)
            report(d, c, covariance, bounds > 0, level, result);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(covariance);
    gsl_vector_free(y);
    gsl_vector_free(c);
    return bounds < 0 ? -1 : 0;
}

int size_regression_fit(const struct size_item *items, size_t count, double level,
                        struct size_regression *result)
{
    struct design d = {0};
    int status;

    gsl_set_error_handler_off();
    *result = (struct size_regression){.r2 = NAN};
    count_kinds(items, count, result);
    result->intercept = result->per_megapixel = result->per_megabyte = interval_unknown("too few items");
    for (unsigned k = 0; k < SIZE_KINDS; k++)
        result->extra[k] =
            interval_unknown("%zu item%s of this kind: at least %d are needed", result->kind_items[k],
                             result->kind_items[k] == 1 ? "" : "s", (int)SIZE_LEAST_OF_KIND);
    status = make_design(&d, items, count, result);
    if (status == 0 && d.count > 0 && d.count >= d.columns)
        status = fit(&d, level, result);
    if (status == 0 && d.count > 0)
        result->extra[result->reference_kind] = interval_exact(0, level, "definition: the reference kind");
    release(&d);
    return status;
}
