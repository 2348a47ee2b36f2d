/* size_internal.h: the columns of a size regression, shared by the fit and its diagnostics. */
#ifndef KNEE_SIZE_INTERNAL_H
#define KNEE_SIZE_INTERNAL_H

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>

#include "analysis/size/size_regression.h"

/* Numbers below COLUMN_INTERCEPT are the kinds of items: the extra cost of a kind. COLUMN_SHARED + term: the slope of
 * all kinds without their own. COLUMN_OWN + SIZE_OWN * kind + term: the slope of one kind. */
enum {
    COLUMN_INTERCEPT = SIZE_KINDS,
    COLUMN_SHARED,
    COLUMN_OWN = COLUMN_SHARED + SIZE_TERMS,
    SIZE_COLUMNS = COLUMN_OWN + SIZE_KINDS * SIZE_OWN
};

/* The entry of an item in a column. has_own and the amounts that take part must be known. */
double size_entry(const struct size_regression *regression, const struct size_item *item, int column);
/* Where the estimate of a column is kept. */
struct interval *size_estimate(struct size_regression *regression, int column);
/* Finite numbers (amounts that no item has aside) and a known kind. */
bool size_is_usable(const struct size_item *item, const bool known[SIZE_TERMS]);
/* Which amounts any item has. */
void size_find_known(const struct size_item *items, size_t count, bool known[SIZE_TERMS]);
/* Usable, and of a kind with enough items; kind_items and reference_kind must be filled. */
bool size_takes_part(const struct size_item *item, const struct size_regression *regression,
                     const bool known[SIZE_TERMS]);

/* How the bounds of a solution came about. */
enum size_bounds {
    SIZE_ROBUST,
    SIZE_LEAST_SQUARES, /* most items lie on the line: no robust spread, the width is that of least squares */
    SIZE_NOT_CONVERGED, /* least squares, since the robust fit did not converge */
    SIZE_ON_THE_LINE,   /* all do: no bounds */
    SIZE_TOO_FEW        /* items for the terms: no bounds */
};

/* Fits y = x c; the covariance of c is filled where there are bounds. Returns 0, or -1 when memory is short. */
int size_solve(const gsl_matrix *x, const gsl_vector *y, gsl_vector *c, gsl_matrix *covariance, double *r2,
               enum size_bounds *bounds);

#endif
