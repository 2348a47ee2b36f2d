/* The knee of each cause: known costs, known crossings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/knee/knee_causes.h"
#include "analysis/statistics/random.h"

enum { MOST = 128 };

/* What each step adds to 1 / E(n), as a (n-1) + b n(n-1); the last is all else. */
struct model {
    double a[KNEE_STEPS], b[KNEE_STEPS];
};

static const struct model known = {{0.002, 0, 0.004, 0.003, 0.001}, {0, 0.0005, 0, 0.001, 0}};

/* One worker takes 10 s; block b is slower by `drift` b, and each x(n) is off by `noise`, relative. */
static size_t make(struct knee_cost *costs, const struct model *model, unsigned points, unsigned blocks,
                   double drift, double noise, struct random_stream *random)
{
    size_t count = 0;

    for (unsigned b = 0; b < blocks; b++)
        for (unsigned n = 1; n <= points; n++) {
            struct knee_cost cost = {.workers = n, .block = b};
            double slow = 10 * (1 + drift * b), sum = 0;
            for (int s = 0; s < KNEE_STEPS; s++) {
                double base = s == KNEE_SERIAL ? 0.02 : 0.1;
                double x = model->a[s] * (n - 1) + model->b[s] * n * (n - 1);
                if (noise > 0)
                    x *= 1 + noise * random_normal(random);
                cost.core_s[s] = slow * (base + x);
                sum += slow * x;
            }
            cost.total_s = slow + sum;
            costs[count++] = cost;
        }
    return count;
}

/* Smallest n whose efficiency by the first steps is below 1 - delta. */
static unsigned truth(const struct model *model, int step, double delta)
{
    for (unsigned n = 2;; n++) {
        double x = 0;
        for (int s = 0; s <= step; s++)
            x += model->a[s] * (n - 1) + model->b[s] * n * (n - 1);
        if (1 / (1 + x) < 1 - delta)
            return n;
    }
}

static void exact_costs_give_the_exact_knee_of_each_step(void **state)
{
    struct knee_cost costs[MOST];
    struct knee_cause causes[KNEE_STEPS];
    size_t count = make(costs, &known, 8, 5, 0.03, 0, NULL);

    (void)state;
    knee_causes(costs, count, 0.05, 0.95, causes);
    for (int s = 0; s < KNEE_STEPS; s++) {
        assert_int_equal((int)causes[s].workers.value, (int)truth(&known, s, 0.05));
        assert_int_equal(causes[s].extrapolated, truth(&known, s, 0.05) > 8);
    }
    /* By hand: 0.002 (n-1) > 1/19 from n = 28 on (27.3). */
    assert_int_equal((int)causes[KNEE_SERIAL].workers.value, 28);
    assert_true(causes[KNEE_SERIAL].extrapolated);
    assert_true(fabs(causes[KNEE_ALL].per_worker - 0.01) < 1e-12);
    assert_true(fabs(causes[KNEE_ALL].per_pair - 0.0015) < 1e-12);
}

static void intervals_hold_the_truth(void **state)
{
    enum { STUDIES = 1000 };
    struct random_stream random = {7};
    struct knee_cost costs[MOST];
    struct knee_cause causes[KNEE_STEPS];
    unsigned held[KNEE_STEPS] = {0};

    (void)state;
    for (int i = 0; i < STUDIES; i++) {
        size_t count = make(costs, &known, 8, 5, 0.01, 0.2, &random);
        knee_causes(costs, count, 0.05, 0.95, causes);
        for (int s = 0; s < KNEE_STEPS; s++) {
            unsigned n = truth(&known, s, 0.05);
            held[s] += causes[s].workers.low <= n && !(causes[s].workers.high < n);
        }
    }
    /* Whole numbers: at least nominal. 930 is 3 standard errors below 950. */
    for (int s = 0; s < KNEE_STEPS; s++)
        if (held[s] < 930)
            fail_msg("%s: held in %u of %d studies", knee_step_name((enum knee_step)s), held[s],
                     (int)STUDIES);
}

static void assert_refused(const struct knee_cost *costs, size_t count, int step, const char *why)
{
    struct knee_cause causes[KNEE_STEPS];

    knee_causes(costs, count, 0.05, 0.95, causes);
    assert_true(isnan(causes[step].workers.value));
    if (!strstr(causes[step].workers.reason, why))
        fail_msg("'%s' does not say '%s'", causes[step].workers.reason, why);
}

static void what_cannot_be_told_has_a_reason(void **state)
{
    static const struct model none = {{0}, {0}};
    struct knee_cost costs[MOST] = {{.workers = 0}};
    struct knee_cause causes[KNEE_STEPS];
    size_t count;

    (void)state;
    assert_refused(costs, 0, KNEE_ALL, "with one worker and with more");
    count = make(costs, &known, 1, 5, 0, 0, NULL);
    assert_refused(costs, count, KNEE_SERIAL, "with one worker and with more");
    count = make(costs, &none, 4, 5, 0, 0, NULL);
    assert_refused(costs, count, KNEE_ALL, "at any number of workers");
    count = make(costs, &known, 4, 5, 0, 0, NULL);
    costs[3].core_s[KNEE_SIZE] = NAN;
    assert_refused(costs, count, KNEE_SIZE, "not known");
    knee_causes(costs, count, 0.05, 0.95, causes);
    assert_true(isfinite(causes[KNEE_START].workers.value));
    assert_true(isfinite(causes[KNEE_ALL].workers.value)); /* the whole needs no cause */
    /* A block that lacks a trial is left out; with one block left there is no interval. */
    count = make(costs, &known, 4, 2, 0, 0, NULL) - 1;
    knee_causes(costs, count, 0.05, 0.95, causes);
    assert_int_equal((int)causes[KNEE_ALL].workers.value, (int)truth(&known, KNEE_ALL, 0.05));
    assert_true(isnan(causes[KNEE_ALL].workers.low));
    assert_true(causes[KNEE_ALL].workers.reason[0] != 0);
}

static void a_term_that_may_be_nothing_has_no_upper_bound(void **state)
{
    struct knee_cost costs[MOST];
    struct knee_cause causes[KNEE_STEPS];
    size_t count = make(costs, &known, 2, 3, 0, 0, NULL);

    (void)state;
    costs[1].core_s[KNEE_SERIAL] -= 0.05;
    costs[3].core_s[KNEE_SERIAL] += 0.05;
    knee_causes(costs, count, 0.05, 0.95, causes);
    assert_int_equal((int)causes[KNEE_SERIAL].workers.value, 28);
    assert_true(causes[KNEE_SERIAL].workers.low < 28);
    assert_true(isnan(causes[KNEE_SERIAL].workers.high));
    assert_non_null(strstr(causes[KNEE_SERIAL].workers.reason, "no upper bound"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_costs_give_the_exact_knee_of_each_step),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(what_cannot_be_told_has_a_reason),
        cmocka_unit_test(a_term_that_may_be_nothing_has_no_upper_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
