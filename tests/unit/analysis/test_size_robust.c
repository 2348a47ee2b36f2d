/* The robust regression of item sizes against GSL's, which it repeats without sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

#include "analysis/size/size_robust_internal.h"
#include "analysis/statistics/random.h"

static void assert_near(const char *what, size_t n, double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-7 * fabs(wanted)))
        fail_msg("%zu rows, %s: found %.12g, wanted %.12g", n, what, found, wanted);
}

/* `outliers` of 10 rows lie far above the plane. */
static void make(size_t outliers, struct random_stream *random, gsl_matrix *x, gsl_vector *y)
{
    for (size_t i = 0; i < x->size1; i++) {
        double sum = 0.02;
        gsl_matrix_set(x, i, 0, 1);
        for (size_t j = 1; j < x->size2; j++) {
            double amount = exp(0.6 * random_normal(random));
            gsl_matrix_set(x, i, j, amount);
            sum += 0.003 * (double)j * amount;
        }
        gsl_vector_set(y, i, sum * (1 + 0.05 * random_normal(random)) + (i % 10 < outliers ? 0.5 : 0));
    }
}

static void compare(size_t n, size_t p, size_t outliers, struct random_stream *random)
{
    gsl_matrix *x = gsl_matrix_alloc(n, p), *covariance = gsl_matrix_alloc(p, p);
    gsl_vector *y = gsl_vector_alloc(n), *c = gsl_vector_alloc(p), *wanted = gsl_vector_alloc(p);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, p);
    gsl_multifit_robust_workspace *robust = gsl_multifit_robust_alloc(gsl_multifit_robust_bisquare, n, p);
    gsl_multifit_robust_stats stats;
    struct size_robust fit;

    make(outliers, random, x, y);
    gsl_multifit_robust_maxiter(1000, robust);
    assert_int_equal(gsl_multifit_robust(x, y, wanted, covariance, robust), 0);
    stats = gsl_multifit_robust_statistics(robust);
    assert_int_equal(size_robust_fit(x, y, work, c, &fit), 0);
    assert_true(fit.converged);
    for (size_t j = 0; j < p; j++)
        assert_near("coefficient", n, gsl_vector_get(c, j), gsl_vector_get(wanted, j));
    assert_near("median deviation", n, fit.sigma_mad, stats.sigma_mad);
    assert_near("robust spread", n, fit.sigma_robust, stats.sigma_rob);
    for (size_t i = 0; i < n; i++)
        assert_true(fabs(gsl_vector_get(fit.weights, i) - gsl_vector_get(stats.weights, i)) < 1e-6);
    size_robust_release(&fit);
    gsl_multifit_robust_free(robust);
    gsl_multifit_linear_free(work);
    gsl_matrix_free(x);
    gsl_matrix_free(covariance);
    gsl_vector_free(y);
    gsl_vector_free(c);
    gsl_vector_free(wanted);
}

static void it_gives_what_gsl_gives(void **state)
{
    struct random_stream random = {7};

    (void)state;
    for (size_t n = 12; n <= 43; n++) /* odd and even numbers of deviations */
        compare(n, 3, 0, &random);
    for (size_t outliers = 0; outliers <= 3; outliers++)
        for (size_t p = 1; p <= 5; p++)
            compare(400 + p, p, outliers, &random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_gives_what_gsl_gives)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
