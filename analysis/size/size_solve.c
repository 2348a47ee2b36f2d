/* size_solve.c: robust least squares with weights, R2 and covariance that disturbed items do not change
 * (size_internal.h).
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

#include "analysis/size/size_internal.h"
#include "analysis/size/size_robust_internal.h"

static double largest(const gsl_vector *y)
{
    return fmax(fabs(gsl_vector_max(y)), fabs(gsl_vector_min(y)));
}

/* 1 - SSE / SST about the weighted mean; weights NULL: all 1. GSL's own Rsq divides a robust SSE by a plain SST, and so
 * rises with the outliers. */
static double r2_of(const gsl_vector *y, const gsl_vector *residuals, const gsl_vector *weights)
{
    double sum = 0, mean = 0, within = 0, about = 0;

    for (size_t i = 0; i < y->size; i++) {
        double w = weights ? gsl_vector_get(weights, i) : 1;
        sum += w;
        mean += w * gsl_vector_get(y, i);
    }
    mean /= sum;
    for (size_t i = 0; i < y->size; i++) {
        double w = weights ? gsl_vector_get(weights, i) : 1, r = gsl_vector_get(residuals, i),
               from_mean = gsl_vector_get(y, i) - mean;
        within += w * r * r;
        about += w * from_mean * from_mean;
    }
    return about > 0 ? 1 - within / about : NAN;
}

static bool is_finite(const gsl_vector *c)
{
    for (size_t j = 0; j < c->size; j++)
        if (!isfinite(gsl_vector_get(c, j)))
            return false;
    return true;
}

/* Is there a spread of most items to scale the covariance by? */
static bool has_robust_spread(const struct size_robust *fit, double scale)
{
    return isfinite(fit->sigma_robust) && fit->sigma_mad > 1e-10 * scale;
}

struct solving {
    const gsl_matrix *x;
    const gsl_vector *y;
    gsl_vector *c, *residuals;
    gsl_matrix *covariance;
    gsl_multifit_linear_workspace *work;
};

/* GSL scales the covariance by a mean of the robust and the plain spread, which one disturbed item makes as large as it
 * likes; the robust one alone is taken. plain_s: standard deviation of least squares, which scales the covariance that
 * is there. */
static enum size_bounds solve_robustly(struct solving *s, double plain_s, double *r2)
{
    gsl_vector *c = gsl_vector_alloc(s->x->size2);
    struct size_robust fit = {.weights = NULL};
    enum size_bounds bounds = SIZE_NOT_CONVERGED;

    if (c && size_robust_fit(s->x, s->y, s->work, c, &fit) == 0) {
        if (is_finite(c) && !has_robust_spread(&fit, largest(s->y))) {
            gsl_vector_memcpy(s->c, c);
            bounds = SIZE_LEAST_SQUARES;
        } else if (is_finite(c) && fit.converged) {
            gsl_vector_memcpy(s->c, c);
            gsl_matrix_scale(s->covariance, (fit.sigma_robust / plain_s) * (fit.sigma_robust / plain_s));
            bounds = SIZE_ROBUST;
        }
    }
    gsl_multifit_linear_residuals(s->x, s->y, s->c, s->residuals);
    *r2 = r2_of(s->y, s->residuals, bounds == SIZE_ROBUST ? fit.weights : NULL);
    size_robust_release(&fit);
    gsl_vector_free(c);
    return bounds;
}

/* Ordinary least squares first: data without spread about the line (made ones) have no robust scale. */
static int solve(struct solving *s, double *r2, enum size_bounds *bounds)
{
    size_t n = s->x->size1, p = s->x->size2;
    double chi2;

    if (gsl_multifit_linear(s->x, s->y, s->c, s->covariance, &chi2, s->work))
        return -1;
    gsl_multifit_linear_residuals(s->x, s->y, s->c, s->residuals);
    if (n <= p + 1)
        *bounds = SIZE_TOO_FEW;
    else if (sqrt(chi2 / (double)n) <= 1e-10 * largest(s->y))
        *bounds = SIZE_ON_THE_LINE;
    else {
        *bounds = solve_robustly(s, sqrt(chi2 / (double)(n - p)), r2);
    }
    return 0;
}

int size_solve(const gsl_matrix *x, const gsl_vector *y, gsl_vector *c, gsl_matrix *covariance, double *r2,
               enum size_bounds *bounds)
{
    size_t n = x->size1, p = x->size2;
    struct solving s = {.x = x,
                        .y = y,
                        .c = c,
                        .residuals = gsl_vector_alloc(n),
                        .covariance = covariance,
                        .work = gsl_multifit_linear_alloc(n, p)};
    int status = -1;

    *r2 = NAN;
    if (s.residuals && s.work)
        status = solve(&s, r2, bounds);
    if (s.work)
        gsl_multifit_linear_free(s.work);
    gsl_vector_free(s.residuals);
    return status;
}
