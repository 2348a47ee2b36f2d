/* YCbCr of other matrices and ranges, held against the definitions in floating point. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/planes_ycc.h"

enum { SIDE = 16 };

/* Of one colour. */
static struct pixels flat(const double ycc[3])
{
    struct pixels pixels;
    struct fault fault;

    assert_int_equal(planes_alloc(&pixels, SIDE, SIDE, &fault), 0);
    for (int i = 0; i < PLANE_COUNT; i++) {
        struct plane plane = planes_get(&pixels, i);
        memset(plane.data, (int)lround(ycc[i]), (size_t)plane.stride * (size_t)plane.height);
    }
    return pixels;
}

/* H.273, equations for E'Y, E'PB and E'PR; of colours from 0 to 1. */
static void encode(const double rgb[3], double red, double blue, bool narrow, double ycc[3])
{
    double y = red * rgb[0] + (1 - red - blue) * rgb[1] + blue * rgb[2];

    ycc[0] = narrow ? 16 + 219 * y : 255 * y;
    ycc[1] = 128 + (narrow ? 224 : 255) * (rgb[2] - y) / (2 * (1 - blue));
    ycc[2] = 128 + (narrow ? 224 : 255) * (rgb[0] - y) / (2 * (1 - red));
}

static const struct {
    int matrix;
    double red, blue;
} matrices[] = {{1, 0.2126, 0.0722}, {2, 0.299, 0.114}, {4, 0.30, 0.11},    {5, 0.299, 0.114},
                {6, 0.299, 0.114},   {7, 0.212, 0.087}, {9, 0.2627, 0.0593}};

static void colours_come_out_as_bt601_of_full_range(void **state)
{
    static const double colours[][3] = {{0, 0, 0},       {1, 1, 1},       {0.5, 0.5, 0.5}, {0.8, 0.2, 0.2},
                                        {0.2, 0.7, 0.3}, {0.2, 0.3, 0.9}, {0.9, 0.8, 0.1}};

    (void)state;
    for (size_t m = 0; m < sizeof matrices / sizeof matrices[0]; m++)
        for (size_t c = 0; c < sizeof colours / sizeof colours[0]; c++)
            for (int narrow = 0; narrow < 2; narrow++) {
                const struct planes_ycc from = {matrices[m].matrix, narrow};
                double ycc[3], wanted[3];
                struct pixels pixels;
                struct fault fault;
                encode(colours[c], matrices[m].red, matrices[m].blue, narrow, ycc);
                encode(colours[c], 0.299, 0.114, false, wanted);
                pixels = flat(ycc);
                assert_int_equal(planes_ycc_convert(&from, &pixels, &fault), 0);
                for (int i = 0; i < PLANE_COUNT; i++) {
                    struct plane plane = planes_get(&pixels, i);
                    for (int at = 0; at < plane.width; at++) /* rounded on both sides */
                        if (fabs(plane.data[at] - wanted[i]) > 1.6)
                            fail_msg("matrix %d, colour %zu, plane %d: %d, not %.1f", matrices[m].matrix, c,
                                     i, plane.data[at], wanted[i]);
                }
                g_free(pixels.data);
            }
}

static void bt601_of_full_range_stays_as_it_is(void **state)
{
    const struct planes_ycc from = {YCC_BT601, false};
    struct pixels pixels = flat((const double[]){77, 200, 31});
    struct fault fault;

    (void)state;
    assert_int_equal(planes_ycc_convert(&from, &pixels, &fault), 0);
    assert_int_equal(planes_get(&pixels, PLANE_Y).data[0], 77);
    assert_int_equal(planes_get(&pixels, PLANE_CB).data[0], 200);
    assert_int_equal(planes_get(&pixels, PLANE_CR).data[0], 31);
    g_free(pixels.data);
}

static void other_matrices_are_not_known(void **state)
{
    (void)state;
    for (int matrix = 0; matrix < 256; matrix++) {
        bool known = false;
        for (size_t m = 0; m < sizeof matrices / sizeof matrices[0]; m++)
            known |= matrices[m].matrix == matrix;
        assert_int_equal(planes_ycc_knows(matrix), known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_come_out_as_bt601_of_full_range),
        cmocka_unit_test(bt601_of_full_range_stays_as_it_is),
        cmocka_unit_test(other_matrices_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
