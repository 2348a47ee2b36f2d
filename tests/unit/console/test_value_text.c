/* Numbers and intervals as they are printed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/console/value_text.h"

static void intervals_show_as_much_as_is_known(void **state)
{
    const struct interval bounded = interval_bounded(2.3456, 2.3012, 2.3899, 0.95, "t"),
                          around_zero = interval_bounded(-0.0001, -0.001, 0.0002, 0.95, "t"),
                          point = interval_point(7.25, "one block"), none = interval_unknown("nothing");
    char text[VALUE_TEXT_BYTES];

    (void)state;
    assert_string_equal(interval_text_digits(&bounded, "", text, sizeof text), "2.346 (2.301 to 2.390)");
    assert_string_equal(interval_value_text(&bounded, text, sizeof text), "2.346");
    assert_string_equal(interval_text_digits(&around_zero, "", text, sizeof text),
                        "-0.00010 (-0.00100 to 0.00020)");
    assert_string_equal(interval_text_digits(&point, NO_INTERVAL, text, sizeof text), "7.250 (no interval)");
    assert_string_equal(interval_text_digits(&none, "", text, sizeof text), "-");
    assert_string_equal(interval_value_text(&none, text, sizeof text), "-");
}

static void numbers_have_no_negative_zero_and_enough_digits(void **state)
{
    const struct interval share = interval_bounded(0.0378, 0.02, 0.0556, 0.95, "t"),
                          small = interval_bounded(0.000012, 0.00001, 0.000014, 0.95, "t"),
                          wide = interval_bounded(0.956, 3.5e-6, 261915.7, 0.95, "t"),
                          none = interval_unknown("nothing");
    char text[32];

    (void)state;
    assert_string_equal(percent_text(0.12345, text, sizeof text), "12.35%");
    assert_string_equal(percent_text(0.00012, text, sizeof text), "0.01%");
    assert_string_equal(percent_text(-0.00001, text, sizeof text), "-0.001%");
    assert_string_equal(percent_text(-1e-17, text, sizeof text), "0%");
    assert_string_equal(percent_text(1, text, sizeof text), "100.00%");
    assert_string_equal(percent_text(NAN, text, sizeof text), "-");
    assert_string_equal(interval_percent_text(&share, text, sizeof text), "3.8%");
    assert_string_equal(interval_percent_text(&small, text, sizeof text), "0.001%");
    assert_string_equal(interval_percent_text(&wide, text, sizeof text), "100%");
    assert_string_equal(interval_percent_text(&none, text, sizeof text), "-");
}

static void digits_are_those_that_the_interval_supports(void **state)
{
    static const struct {
        double value, low, high;
        const char *text;
    } rows[] = {{98.98, 96.59, 101.43, "99.0 (96.6 to 101.4)"},
                {0.000091, 0, 0.0006, "0.000091 (0 to 0.000600)"},
                {0.00012, 0.00008, 0.00018, "0.000120 (0.000080 to 0.000180)"},
                {0.7, 0.004, 125, "0.70 (0.004 to 125.00)"},
                {0.956, 3.6e-6, 261915.7, "1.0 (0.000004 to 261900)"},
                {1e-7, 0, 4e-7, "0.00000010 (0 to 0.00000040)"},
                {1234567, 1210000, 1260000, "1235000 (1210000 to 1260000)"},
                {4e-7, 3.987e-7, 4.014e-7, "4.000e-07 (3.987e-07 to 4.014e-07)"},
                {10.03, 7.666, NAN, "10.0 (at least 7.7)"},
                {10.03, NAN, 12.41, "10.0 (at most 12.4)"},
                {2, 1.99999999, 2.00000001, "2"},
                {0, NAN, NAN, "0"},
                {2e-11, -0.2, 0.2, "0 (-0.20 to 0.20)"},
                {1, 1, 1, "1"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct interval interval = {.value = rows[i].value, .low = rows[i].low, .high = rows[i].high};
        char text[VALUE_TEXT_BYTES];
        assert_string_equal(interval_text_digits(&interval, "", text, sizeof text), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_those_that_the_interval_supports),
        cmocka_unit_test(intervals_show_as_much_as_is_known),
        cmocka_unit_test(numbers_have_no_negative_zero_and_enough_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
