/* The decoder's reduction over all small sizes, and where it changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/images/engines/reduction.h"

static void it_leaves_enough_pixels_at_every_size(void **state)
{
    (void)state;
    for (int width = 1; width <= 100; width++)
        for (int height = 1; height <= 100; height++)
            for (int box = 1; box <= 100; box++) {
                int longest = width > height ? width : height;
                double scale = box < longest ? (double)box / longest : 1;
                int reduction = reduction_jpeg(width, height, scale);
                assert_true(reduction == 1 || reduction == 2 || reduction == 4 || reduction == 8);
                assert_true(width / reduction >= 1 && height / reduction >= 1);
                assert_true(reduction == 1 || longest >= 1.25 * reduction * box - 1e-9);
            }
}

static void it_is_the_largest_that_does(void **state)
{
    static const struct {
        int width, height;
        double scale;
        int reduction;
    } cases[] = {{2559, 1919, 320 / 2559.0, 4},
                 {2560, 1920, 320 / 2560.0, 4},
                 {2561, 1921, 320 / 2561.0, 4},
                 {3199, 2400, 320 / 3199.0, 4},
                 {3200, 2400, 320 / 3200.0, 8},
                 {4000, 3000, 0.4, 2},
                 {4000, 3000, 0.41, 1},
                 {4000, 3000, 0.5, 1},
                 {100, 100, 1, 1},
                 {5000, 7, 0.064, 4},
                 {5000, 3, 0.064, 2},
                 {5000, 1, 0.064, 1},
                 {1, 5000, 0.01, 1},
                 {8, 8, 0.001, 8}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(reduction_jpeg(cases[i].width, cases[i].height, cases[i].scale), cases[i].reduction);
}

static void jpeg_2000_leaves_twice_the_size(void **state)
{
    static const struct {
        int most, width, height;
        double scale;
        int reduction;
    } cases[] = {{32, 4096, 3000, 0.26, 1}, {32, 4096, 3000, 0.25, 2}, {32, 4096, 3000, 1 / 64.0, 2},
                 {1, 4096, 3000, 0.25, 1},  {32, 4096, 1, 0.1, 1},     {32, 100, 100, 1, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(reduction_jp2(cases[i].most, cases[i].width, cases[i].height, cases[i].scale),
                         cases[i].reduction);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_leaves_enough_pixels_at_every_size),
        cmocka_unit_test(it_is_the_largest_that_does),
        cmocka_unit_test(jpeg_2000_leaves_twice_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
