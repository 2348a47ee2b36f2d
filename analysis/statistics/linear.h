/* linear.h: linear least squares with as many right digits as the data hold.
 *
 * Columns are scaled to like lengths by powers of two (exact), the matrix is factored by Householder
 * reflections in long double, and the solution and what it leaves are refined together, with sums in twice
 * the digits of long double, for as long as the correction shrinks (Björck 1967, "Iterative refinement of
 * linear least squares solutions I", BIT 7: with large residuals a refinement of the solution alone gains
 * nothing). `knee self-test` shows at least 9 right digits on every set of NIST's reference data, where
 * gsl_multifit_linear has 5.9 on Wampler5.
 */
#ifndef KNEE_LINEAR_H
#define KNEE_LINEAR_H

#include <stddef.h>

enum { LINEAR_MOST_COLUMNS = 16 };

struct linear_fit {
    size_t columns;
    double coefficient[LINEAR_MOST_COLUMNS];
    double standard_error[LINEAR_MOST_COLUMNS]; /* NaN without degrees of freedom */
    double residual_sd;                         /* NaN without degrees of freedom */
    size_t df;                                  /* rows - columns */
};

/* design is [rows][columns]. Returns 0, or -1: fewer rows than columns, columns that depend on one another to
 * the last digit, a value that is not finite, more than LINEAR_MOST_COLUMNS, or memory is short. */
int linear_fit(const long double *design, const long double *y, size_t rows, size_t columns,
               struct linear_fit *fit);

#endif
