#include "analysis/reference/strd.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/models/model_table.h"
#include "analysis/statistics/linear.h"
#include "analysis/statistics/minimise.h"

double strd_digits(double value, long double certified)
{
    long double error = fabsl((long double)value - certified);

    if (!isfinite(value))
        return 0;
    if (certified != 0)
        error /= fabsl(certified);
    return fmin(fmax((double)-log10l(error), 0), 15);
}

static struct strd_result compare(const struct strd_set *set, const double *coefficient, double residual_sd)
{
    struct strd_result result = {.digits = 15, .residual_sd_digits = NAN};

    for (size_t j = 0; j < set->columns; j++)
        result.digits = fmin(result.digits, strd_digits(coefficient[j], set->certified[j]));
    if (set->residual_sd > 0)
        result.residual_sd_digits = strd_digits(residual_sd, set->residual_sd);
    return result;
}

static const struct strd_result not_fitted = {.digits = NAN, .residual_sd_digits = NAN};

static struct strd_result run_linear(const struct strd_set *set)
{
    long double *design = calloc(set->rows * set->columns, sizeof *design);
    struct linear_fit fit;
    int status = -1;

    if (design) {
        for (size_t i = 0; i < set->rows; i++) {
            long double *row = design + i * set->columns;
            row[0] = 1;
            for (size_t j = 1; j < set->columns; j++)
                row[j] = set->kind == STRD_POLYNOMIAL ? row[j - 1] * set->x[i]
                                                      : set->x[i * (set->columns - 1) + j - 1];
        }
        status = linear_fit(design, set->y, set->rows, set->columns, &fit);
    }
    free(design);
    return status ? not_fitted : compare(set, fit.coefficient, fit.residual_sd);
}

/* --- Misra1d ---------------------------------------------------------------------------------- */

/* Parameters: log X1, s. */
static double throughput(const gsl_vector *x, double n)
{
    double s = gsl_vector_get(x, 1);

    return exp(gsl_vector_get(x, 0) - model_log_time(MODEL_AMDAHL, &s, n));
}

static int amdahl_residuals(const gsl_vector *x, void *context, gsl_vector *f)
{
    const struct strd_set *set = context;

    for (size_t i = 0; i < set->rows; i++)
        gsl_vector_set(f, i, throughput(x, (double)set->x[i]) - (double)set->y[i]);
    return 0;
}

static int amdahl_jacobian(const gsl_vector *x, void *context, gsl_matrix *jacobian)
{
    const struct strd_set *set = context;

    for (size_t i = 0; i < set->rows; i++) {
        double gradient[MODEL_SHAPES], s = gsl_vector_get(x, 1), n = (double)set->x[i];
        model_log_gradient(MODEL_AMDAHL, &s, n, gradient);
        gsl_matrix_set(jacobian, i, 0, throughput(x, n));
        gsl_matrix_set(jacobian, i, 1, -throughput(x, n) * gradient[0]);
    }
    return 0;
}

static struct strd_result run_amdahl(const struct strd_set *set)
{
    struct strd_set copy = *set;
    gsl_multifit_nlinear_fdf system = {
        .f = amdahl_residuals, .df = amdahl_jacobian, .n = set->rows, .params = &copy};
    /* NIST's first start, the far one: b1 = 500, b2 = 0.0001. */
    double s = 0.0001 / 1.0001, start[2] = {log(500 * s), s}, coefficient[2], squares = 0;
    gsl_vector_view x = gsl_vector_view_array(start, 2);

    assert(set->columns == 2 && set->rows > 2);
    if (minimise(&system, &x.vector, NULL))
        return not_fitted;
    for (size_t i = 0; i < set->rows; i++)
        squares += pow(throughput(&x.vector, (double)set->x[i]) - (double)set->y[i], 2);
    coefficient[0] = exp(start[0]) / start[1];
    coefficient[1] = start[1] / (1 - start[1]);
    return compare(set, coefficient, sqrt(squares / (double)(set->rows - 2)));
}

struct strd_result strd_run(const struct strd_set *set)
{
    return set->kind == STRD_AMDAHL ? run_amdahl(set) : run_linear(set);
}
