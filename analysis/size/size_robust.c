#include "analysis/size/size_robust_internal.h"

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

#define TUNING 4.685 /* of the bisquare: 95% efficient for normal errors */
/* The share of the spread of y below which no residual's spread is taken. */
#define LEAST_SPREAD 1e-6
enum { MOST_STEPS = 1000 };

struct fitting {
    const gsl_matrix *x;
    const gsl_vector *y;
    gsl_multifit_linear_workspace *work;
    gsl_vector *residuals, *factor, *room,
        *before; /* factor: 1 / sqrt(1 - leverage); before: the last coefficients */
    gsl_matrix *covariance;
};

static int allocate(struct fitting *f, struct size_robust *result)
{
    size_t n = f->x->size1, p = f->x->size2;

    f->residuals = gsl_vector_alloc(n);
    f->factor = gsl_vector_alloc(n);
    f->room = gsl_vector_alloc(n);
    f->before = gsl_vector_alloc(p);
    f->covariance = gsl_matrix_alloc(p, p);
    result->weights = gsl_vector_alloc(n);
    return f->residuals && f->factor && f->room && f->before && f->covariance && result->weights ? 0 : -1;
}

static void release(struct fitting *f)
{
    gsl_vector_free(f->residuals);
    gsl_vector_free(f->factor);
    gsl_vector_free(f->room);
    gsl_vector_free(f->before);
    gsl_matrix_free(f->covariance);
}

/* Of the residuals but the p - 1 smallest, which the fit makes small. */
static double median_deviation(const struct fitting *f)
{
    size_t n = f->x->size1, skipped = f->x->size2 - 1, taken = n - skipped, middle = skipped + taken / 2;
    double *room = f->room->data, upper, lower;

    for (size_t i = 0; i < n; i++)
        room[i] = fabs(gsl_vector_get(f->residuals, i));
    upper = gsl_stats_select(room, 1, n, middle);
    lower = upper;
    if (taken % 2 == 0) { /* the largest of those before it, which the selection has moved there */
        lower = 0;
        for (size_t i = 0; i < middle; i++)
            lower = fmax(lower, room[i]);
    }
    return (lower + upper) / 2 / 0.6745;
}

/* 1 / sqrt(1 - h), h from the decomposition that least squares have left in the workspace. */
static int find_leverage(struct fitting *f)
{
    gsl_matrix_view u = gsl_matrix_submatrix(f->work->A, 0, 0, f->x->size1, f->x->size2);

    if (gsl_linalg_SV_leverage(&u.matrix, f->factor))
        return -1;
    for (size_t i = 0; i < f->factor->size; i++)
        gsl_vector_set(f->factor, i, 1 / sqrt(1 - fmin(gsl_vector_get(f->factor, i), 0.9999)));
    return 0;
}

static bool has_settled(const gsl_vector *before, const gsl_vector *after)
{
    for (size_t j = 0; j < after->size; j++) {
        double a = gsl_vector_get(before, j), b = gsl_vector_get(after, j);
        if (fabs(b - a) > GSL_SQRT_DBL_EPSILON * fmax(fabs(a), fabs(b)))
            return false;
    }
    return true;
}

static int step(struct fitting *f, double least_sigma, gsl_vector *c, gsl_vector *weights)
{
    double chi2, sigma;

    gsl_vector_mul(f->residuals, f->factor);
    sigma = fmax(median_deviation(f), least_sigma);
    for (size_t i = 0; i < weights->size; i++) {
        double u = gsl_vector_get(f->residuals, i) / (sigma * TUNING), left = 1 - u * u;
        gsl_vector_set(weights, i, left > 0 ? left * left : 0);
    }
    gsl_vector_memcpy(f->before, c);
    if (gsl_multifit_wlinear(f->x, weights, f->y, c, f->covariance, &chi2, f->work))
        return -1;
    return gsl_multifit_linear_residuals(f->x, f->y, c, f->residuals) ? -1 : 0;
}

/* Street et al., equations 3 and 5. */
static double robust_spread(const struct fitting *f, double sigma_mad)
{
    double n = (double)f->x->size1, p = (double)f->x->size2, scale = sigma_mad * TUNING, slope = 0,
           square = 0;

    for (size_t i = 0; i < f->x->size1; i++) {
        double factor = gsl_vector_get(f->factor, i), u = gsl_vector_get(f->residuals, i) * factor / scale;
        double left = 1 - u * u, psi = u * left * left;
        if (left <= 0)
            continue;
        slope += left * (1 - 5 * u * u) / n;
        square += psi * psi / (factor * factor) / (n - p);
    }
    return (1 + p / n * (1 - slope) / slope) * sqrt(square) * scale / slope;
}

static int iterate(struct fitting *f, gsl_vector *c, struct size_robust *result)
{
    double chi2, spread = gsl_stats_sd(f->y->data, f->y->stride, f->y->size);

    if (gsl_multifit_linear(f->x, f->y, c, f->covariance, &chi2, f->work) || find_leverage(f) ||
        gsl_multifit_linear_residuals(f->x, f->y, c, f->residuals))
        return -1;
    for (int i = 0; i < MOST_STEPS && !result->converged; i++) {
        if (step(f, LEAST_SPREAD * (spread > 0 ? spread : 1), c, result->weights))
            return -1;
        result->converged = has_settled(f->before, c);
    }
    result->sigma_mad = median_deviation(f);
    result->sigma_robust = robust_spread(f, result->sigma_mad);
    return 0;
}

int size_robust_fit(const gsl_matrix *x, const gsl_vector *y, gsl_multifit_linear_workspace *work,
                    gsl_vector *c, struct size_robust *result)
{
    struct fitting f = {.x = x, .y = y, .work = work};
    int status = -1;

    *result = (struct size_robust){.sigma_mad = NAN, .sigma_robust = NAN};
    if (allocate(&f, result) == 0)
        status = iterate(&f, c, result);
    release(&f);
    if (status)
        size_robust_release(result);
    return status;
}

void size_robust_release(struct size_robust *result)
{
    gsl_vector_free(result->weights);
    result->weights = NULL;
}
