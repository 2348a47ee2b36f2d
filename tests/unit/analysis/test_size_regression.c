/* Item time by size and kind: known slopes, outliers that do not bend them, terms that the data do not carry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include <string.h>

#include "analysis/size/size_regression.h"
#include "analysis/statistics/random.h"

enum { ITEMS = 200 };
static struct size_item items[ITEMS];

/* 20 ms + 5 ms per megapixel + 3 ms per megabyte; kind 2 costs 40 ms more. */
static void make(double noise, uint64_t seed)
{
    struct random_stream random = {seed};

    for (unsigned i = 0; i < ITEMS; i++) {
        struct size_item *item = &items[i];
        item->megapixels = exp(1.5 + 0.6 * random_normal(&random));
        item->megabytes = 0.3 * item->megapixels * exp(0.4 * random_normal(&random));
        item->kind = i % 8 == 7 ? 2 : 0;
        item->seconds = 0.020 + 0.005 * item->megapixels + 0.003 * item->megabytes +
                        (item->kind == 2 ? 0.040 : 0) + noise * random_normal(&random);
    }
}

static void assert_near(const char *what, const struct interval *found, double wanted, double tolerance)
{
    if (!(fabs(found->value - wanted) <= tolerance))
        fail_msg("%s: found %.12g (%s), wanted %.12g", what, found->value, found->reason, wanted);
}

static void exact_data_give_exact_slopes_without_bounds(void **state)
{
    struct size_regression r;

    (void)state;
    make(0, 1);
    assert_int_equal(size_regression_fit(items, ITEMS, 0.95, &r), 0);
    assert_near("intercept", &r.intercept, 0.020, 1e-12);
    assert_near("megapixels", &r.per_megapixel, 0.005, 1e-12);
    assert_near("megabytes", &r.per_megabyte, 0.003, 1e-12);
    assert_near("kind 2", &r.extra[2], 0.040, 1e-12);
    assert_near("kind 0", &r.extra[0], 0, 0);
    assert_false(interval_has_bounds(&r.per_megapixel));
    assert_int_equal(r.items, ITEMS);
    assert_int_equal(r.kind_items[2], ITEMS / 8);
}

static void outliers_do_not_bend_the_line(void **state)
{
    struct size_regression r;

    (void)state;
    make(0.001, 2);
    for (unsigned i = 0; i < ITEMS; i += 20)
        items[i].seconds += 3;
    assert_int_equal(size_regression_fit(items, ITEMS, 0.95, &r), 0);
    assert_near("megapixels", &r.per_megapixel, 0.005, 0.0003);
    assert_near("megabytes", &r.per_megabyte, 0.003, 0.0006);
    assert_near("intercept", &r.intercept, 0.020, 0.001);
}

static void slopes_are_covered_by_their_intervals(void **state)
{
    unsigned pixels = 0, bytes = 0;
    enum { SWEEPS = 500 };

    (void)state;
    for (uint64_t seed = 0; seed < SWEEPS; seed++) {
        struct size_regression r;
        make(0.002, 100 + seed);
        assert_int_equal(size_regression_fit(items, ITEMS, 0.95, &r), 0);
        pixels += r.per_megapixel.low <= 0.005 && 0.005 <= r.per_megapixel.high;
        bytes += r.per_megabyte.low <= 0.003 && 0.003 <= r.per_megabyte.high;
    }
    print_message("# megapixels covered %.1f%%, megabytes %.1f%%\n", 100.0 * pixels / SWEEPS,
                  100.0 * bytes / SWEEPS);
    assert_in_range(pixels, SWEEPS * 92 / 100, SWEEPS * 98 / 100);
    assert_in_range(bytes, SWEEPS * 92 / 100, SWEEPS * 98 / 100);
}

static void terms_that_the_data_do_not_carry_are_left_out_and_said(void **state)
{
    struct size_regression r;

    (void)state;
    make(0.001, 3);
    for (unsigned i = 0; i < ITEMS; i++)
        items[i].megabytes = items[i].megapixels / 4;
    assert_int_equal(size_regression_fit(items, ITEMS, 0.95, &r), 0);
    assert_true(interval_has_bounds(&r.per_megapixel));
    assert_false(interval_has_value(&r.per_megabyte));
    assert_non_null(strstr(r.per_megabyte.reason, "go with megapixels"));
    for (unsigned i = 0; i < ITEMS; i++)
        items[i].megapixels = 12;
    assert_int_equal(size_regression_fit(items, ITEMS, 0.95, &r), 0);
    assert_non_null(strstr(r.per_megapixel.reason, "do not vary"));
    assert_true(interval_has_bounds(&r.per_megabyte));
}

static void rare_kinds_and_bad_items_are_left_out(void **state)
{
    struct size_regression r;

    (void)state;
    make(0.001, 4);
    for (unsigned i = 0; i < ITEMS; i++)
        items[i].kind = i < 2 ? 5 : 1;
    items[10].seconds = NAN;
    items[11].megapixels = NAN;
    items[12].kind = SIZE_KINDS;
    assert_int_equal(size_regression_fit(items, ITEMS, 0.95, &r), 0);
    assert_int_equal(r.items, ITEMS - 5);
    assert_int_equal(r.reference_kind, 1);
    assert_string_equal(r.extra[5].reason, "2 items of this kind: at least 3 are needed");
    assert_string_equal(r.extra[0].reason, "0 items of this kind: at least 3 are needed");
}

static void few_items_give_reasons(void **state)
{
    struct size_regression r;

    (void)state;
    make(0.001, 5);
    for (size_t count = 0; count < 6; count++) {
        assert_int_equal(size_regression_fit(items, count, 0.95, &r), 0);
        if (count < 4)
            assert_false(interval_has_bounds(&r.per_megapixel));
        if (!interval_has_bounds(&r.intercept))
            assert_true(r.intercept.reason[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_data_give_exact_slopes_without_bounds),
        cmocka_unit_test(outliers_do_not_bend_the_line),
        cmocka_unit_test(slopes_are_covered_by_their_intervals),
        cmocka_unit_test(terms_that_the_data_do_not_carry_are_left_out_and_said),
        cmocka_unit_test(rare_kinds_and_bad_items_are_left_out),
        cmocka_unit_test(few_items_give_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
