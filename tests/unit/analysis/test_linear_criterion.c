/* USL by least squares on throughput. The wanted values were computed by another program: SciPy 1.10,
 * scipy.optimize.least_squares (method lm, exact Jacobian, 49 starts, parameters at their bounds fixed), standard
 * errors from s^2 (J'J)^-1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/models/linear_criterion.h"
#include "tests/unit/analysis/table.h"

static struct observation observation[TABLE_ROOM];

static struct scaling_data throughputs(const unsigned *n, const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        observation[i] = (struct observation){n[i], 0, 1 / x[i]};
    return (struct scaling_data){.observation = observation, .count = count};
}

static void assert_close(const char *what, double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance * fabs(wanted) + 1e-12))
        fail_msg("%s: got %.10g, wanted %.10g", what, got, wanted);
}

static void assert_fit(const struct linear_fit *fit, const double wanted[3], const double error[3],
                       double rss)
{
    const struct interval *got[] = {&fit->gamma, &fit->sigma, &fit->kappa};

    assert_true(fit->fitted);
    for (int j = 0; j < 3; j++) {
        assert_close("estimate", got[j]->value, wanted[j], 1e-8);
        if (!isnan(error[j]))
            assert_close("standard error", fit->error[j], error[j], 1e-6);
    }
    assert_close("sum of squares", fit->rss, rss, 1e-8);
}

static void published_throughputs(void **state)
{
    static const unsigned load[] = {1, 18, 36, 72, 108, 144, 216}, n[] = {1, 2, 4, 6, 8, 10};
    static const double sdm91[] = {64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2},
                        made[] = {1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557};
    struct scaling_data data = throughputs(load, sdm91, 7);
    struct linear_fit fit;

    (void)state;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){89.99523324, 0.0277284757, 1.043654838e-4},
               (double[]){14.2134895, 9.12173183e-3, 1.98752709e-5}, 27453.719584);
    assert_int_equal(fit.df, 4);
    assert_close("half width", (fit.sigma.high - fit.sigma.low) / 2, 2.776445 * 9.12173183e-3, 1e-4);
    data = throughputs(n, made, 6);
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){1.000005122, 0.02000576133, 0.01999966528},
               (double[]){6.09072282e-6, 3.52580839e-6, 2.6538481e-7}, 2.73281537248e-10);
}

static void tables_of_times(void **state)
{
    struct scaling_data data = read_table("usl-large-n", observation);
    struct linear_fit fit;

    (void)state;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){1.981830974e-4, 1.755737691e-4, 4.001913881e-7},
               (double[]){1.58090972e-6, 1.39974022e-5, 2.68136752e-9}, 4.75614946528e-6);
    data = read_table("extrapolation-undecided", observation);
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){0.01004197516, 0.05344451618, 2.182406077e-4},
               (double[]){1.942412e-4, 6.49891141e-3, 2.93605584e-4}, 5.16532808294e-5);
    data = read_table("no-n1-wrong-remedy", observation);
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){0.09914718421, 0.09656432224, 1.358669508e-4},
               (double[]){1.13582158e-3, 4.63874497e-3, 1.91462186e-4}, 8.64004131585e-5);
}

/* A parameter at its bound has no interval, and no error. */
static void bounds_hold(void **state)
{
    struct scaling_data data = read_table("kappa-negative-called-superlinear", observation);
    struct linear_fit fit;

    (void)state;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){6.502895088e-3, 0.02781900956, 0},
               (double[]){2.51097814e-4, 2.72288446e-3, NAN}, 1.3496578455e-4);
    assert_true(isnan(fit.kappa.low) && isnan(fit.error[2]) && interval_has_bounds(&fit.sigma));
    data = read_table("super-linear", observation);
    linear_criterion_fit(&data, 0.95, &fit);
    assert_fit(&fit, (double[]){0.01362482538, 0, 0}, (double[]){1.53084849e-4, NAN, NAN}, 6.57350938698e-5);
}

static void what_is_not_determined_is_refused(void **state)
{
    static const unsigned n[] = {1, 2, 2, 4, 8};
    static const double x[] = {1, 1.9, 1.8, 3.4, 6};
    struct scaling_data data = throughputs(n, x, 3);
    struct linear_fit fit;

    (void)state;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_false(fit.fitted);
    assert_string_equal(fit.reason,
                        "sigma, kappa and gamma cannot be determined: 3 parameters, and 2 worker counts");
    data = throughputs(n, x, 5);
    data.cores = 2; /* those above do not take part */
    linear_criterion_fit(&data, 0.95, &fit);
    assert_false(fit.fitted);
    observation[1].seconds = NAN;
    data.cores = 0;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_false(fit.fitted);
    data.count = 0;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_false(fit.fitted);
    assert_true(isnan(fit.gamma.value));
    data = throughputs(n, x, 5);
    data.observation = observation + 2; /* three rows for three parameters */
    data.count = 3;
    linear_criterion_fit(&data, 0.95, &fit);
    assert_true(fit.fitted && fit.sigma.value >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_throughputs),
        cmocka_unit_test(tables_of_times),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(what_is_not_determined_is_refused),
    };

    return cmocka_run_group_tests_name("linear_criterion", tests, NULL, NULL);
}
