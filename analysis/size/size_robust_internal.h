/* size_robust_internal.h: robust linear regression by iteratively reweighted least squares, Tukey's bisquare.
 *
 * The method is that of GSL's gsl_multifit_robust (weights by residuals over their median absolute deviation,
 * corrected by leverage, DuMouchel and O'Brien 1989; spread by Street, Carroll and Ruppert 1988, American
 * Statistician 42(2)), and so are the results, to rounding. GSL sorts all residuals in each step, which takes most
 * of the time of a large fit; here the median is selected.
 */
#ifndef KNEE_SIZE_ROBUST_INTERNAL_H
#define KNEE_SIZE_ROBUST_INTERNAL_H

#include <gsl/gsl_multifit.h>
#include <stdbool.h>

struct size_robust {
    bool converged;
    double sigma_mad;    /* from the median absolute deviation of the residuals */
    double sigma_robust; /* by which a covariance is scaled; NaN where no weight is left */
    gsl_vector *weights; /* of the items, 0 to 1; owned */
};

/* y = x c with more rows than columns plus 1. work: of this size; c: receives the coefficients. Returns 0, or -1 when
 * memory is short or least squares fail. */
int size_robust_fit(const gsl_matrix *x, const gsl_vector *y, gsl_multifit_linear_workspace *work,
                    gsl_vector *c, struct size_robust *result);
void size_robust_release(struct size_robust *result);

#endif
