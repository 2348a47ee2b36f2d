/* Changes of level: known rows, and how often one is found where there is none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/gate/change.h"
#include "analysis/statistics/random.h"

enum { ROOM = 60 };

static void a_step_is_found_where_it_is(void **state)
{
    static const struct {
        size_t count, first;
        double step;
    } cases[] = {{6, 3, 0.1}, {8, 4, 0.1}, {8, 7, 0.2}, {20, 10, 0.05}, {40, 35, -0.05}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct random_stream random = {i + 1};
        struct change change[CHANGE_MOST];
        double values[ROOM];
        for (size_t k = 0; k < cases[i].count; k++)
            values[k] = 1 + 0.005 * random_normal(&random) + (k >= cases[i].first ? cases[i].step : 0);
        if (change_find(values, cases[i].count, 0.01, change) != 1 || change[0].first != cases[i].first)
            fail_msg("case %zu", i);
        assert_true(change[0].p <= 0.01);
        assert_true(fabs(change[0].since - change[0].before - cases[i].step) < 0.01);
    }
}

static void two_steps_are_two_changes(void **state)
{
    struct random_stream random = {3};
    struct change change[CHANGE_MOST];
    double values[ROOM];

    (void)state;
    for (size_t k = 0; k < 30; k++)
        values[k] = 0.005 * random_normal(&random) + (k >= 10 ? 0.1 : 0) - (k >= 20 ? 0.05 : 0);
    assert_int_equal(change_find(values, 30, 0.01, change), 2);
    assert_int_equal(change[0].first, 10);
    assert_int_equal(change[1].first, 20);
    assert_true(fabs(change[0].since - change[1].before) < 1e-12);
}

static void without_a_change_one_is_found_as_often_as_stated(void **state)
{
    static const size_t counts[] = {4, 8, 12, 40};
    enum { ROWS = 300 };
    struct random_stream random = {9};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int found = 0;
        for (int r = 0; r < ROWS; r++) {
            struct change change[CHANGE_MOST];
            double values[ROOM];
            for (size_t k = 0; k < counts[i]; k++)
                values[k] = exp(0.03 * random_normal(&random));
            found += change_find(values, counts[i], 0.05, change) > 0;
        }
        if (found > ROWS * 9 / 100 || found < ROWS * 2 / 100)
            fail_msg("%zu values: a change in %d of %d rows", counts[i], found, ROWS);
    }
}

static void short_and_constant_rows_have_none(void **state)
{
    static const double same[] = {1, 1, 1, 1, 1, 1}, three[] = {1, 2, 3};
    struct change change[CHANGE_MOST];

    (void)state;
    assert_int_equal(change_find(same, 6, 0.05, change), 0);
    assert_int_equal(change_find(three, 3, 0.05, change), 0);
    assert_int_equal(change_find(three, 0, 0.05, change), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_found_where_it_is),
        cmocka_unit_test(two_steps_are_two_changes),
        cmocka_unit_test(without_a_change_one_is_found_as_often_as_stated),
        cmocka_unit_test(short_and_constant_rows_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
