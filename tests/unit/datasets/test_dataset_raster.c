/* Rasters of the data set builder: orientation by hand-checked tables, grain by its statistics, samples,
 * scaling. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "datasets/raster.h"

static struct raster flat(uint32_t width, uint32_t height, int planes, uint8_t value)
{
    struct raster raster;
    struct fault fault;
    assert_int_equal(raster_init(&raster, width, height, planes, &fault), 0);
    memset(raster.plane[0], value, (size_t)width * height * (size_t)planes);
    return raster;
}

/* The upright picture is   a b c   and the table says how the file holds it for each orientation
 * (EXIF 2.3, 4.6.4). d e f */
static void orientation_stores_the_picture_as_exif_says(void **state)
{
    (void)state;
    static const struct {
        int orientation;
        uint32_t width;
        const char *stored;
    } cases[] = {{1, 3, "abcdef"}, {2, 3, "cbafed"}, {3, 3, "fedcba"}, {4, 3, "defabc"},
                 {5, 2, "adbecf"}, {6, 2, "cfbead"}, {7, 2, "fcebda"}, {8, 2, "daebfc"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct raster raster = flat(3, 2, 1, 0);
        memcpy(raster.plane[0], "abcdef", 6);
        assert_int_equal(raster_orient(&raster, cases[c].orientation, false, NULL), 0);
        if (raster.width != cases[c].width || memcmp(raster.plane[0], cases[c].stored, 6) != 0)
            fail_msg("orientation %d is %.6s, %u wide, wanted %s, %u wide", cases[c].orientation,
                     (const char *)raster.plane[0], raster.width, cases[c].stored, cases[c].width);
        raster_release(&raster);
    }
}

static void mirroring_comes_before_turning(void **state)
{
    (void)state;
    struct raster raster = flat(3, 2, 1, 0);
    memcpy(raster.plane[0], "cbafed", 6); /* mirrored: a b c over d e f */
    assert_int_equal(raster_orient(&raster, 6, true, NULL), 0);
    assert_memory_equal(raster.plane[0], "cfbead", 6);
    raster_release(&raster);
}

static double sigma_of(const struct raster *raster, int plane, double *mean)
{
    size_t pixels = (size_t)raster->width * raster->height;
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < pixels; i++) {
        sum += raster->plane[plane][i];
        squares += (double)raster->plane[plane][i] * raster->plane[plane][i];
    }
    *mean = sum / (double)pixels;
    return sqrt(squares / (double)pixels - *mean * *mean);
}

/* At v = 128 the gain is 0.55 + 0.45 sqrt(128/255) = 0.869; the colours' own grain makes it sqrt(1 + 0.4^2)
 * times as much. */
static void grain_has_the_sigma_asked_for_and_keeps_the_mean(void **state)
{
    (void)state;
    static const struct {
        int planes;
        uint8_t value;
        double sigma, wanted;
    } cases[] = {{1, 128, 4, 3.475}, {3, 128, 4, 3.743}, {1, 16, 4, 2.651}, {3, 128, 2, 1.872}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct raster raster = flat(400, 300, cases[c].planes, cases[c].value);
        double mean;
        raster_add_grain(&raster, cases[c].sigma, 77);
        double sigma = sigma_of(&raster, 0, &mean);
        if (fabs(sigma - cases[c].wanted) > 0.12 || fabs(mean - cases[c].value) > 0.1)
            fail_msg("case %d: mean %.3f, sigma %.3f, wanted %.3f", (int)c, mean, sigma, cases[c].wanted);
        raster_release(&raster);
    }
}

static void grain_is_a_function_of_its_seed_and_leaves_alpha_and_the_invisible_alone(void **state)
{
    (void)state;
    struct raster a = flat(64, 64, 4, 200);
    struct raster b = flat(64, 64, 4, 200);
    struct raster c = flat(64, 64, 4, 200);
    memset(a.plane[3], 0, 64 * 32);
    memset(b.plane[3], 0, 64 * 32);
    raster_add_grain(&a, 3, 5);
    raster_add_grain(&b, 3, 5);
    raster_add_grain(&c, 3, 6);
    assert_memory_equal(a.plane[0], b.plane[0], 64 * 64 * 4);
    assert_memory_not_equal(a.plane[0] + 64 * 32, c.plane[0] + 64 * 32, 64 * 32);
    for (int i = 0; i < 64 * 32; i++) {
        assert_int_equal(a.plane[0][i], 200);
        assert_int_equal(a.plane[3][64 * 32 + i], 200);
    }
    raster_release(&a);
    raster_release(&b);
    raster_release(&c);
}

static void sample_is_made_of_tiles_from_all_over_or_is_the_whole(void **state)
{
    (void)state;
    struct raster whole = flat(2000, 1500, 1, 0);
    struct raster sample;
    double share;
    for (uint32_t y = 0; y < 1500; y++)
        memset(whole.plane[0] + (size_t)y * 2000, (int)(y * 255 / 1499), 2000);
    assert_int_equal(raster_sample(&sample, &whole, 72, 1, &share, NULL), 0);
    double mean;
    sigma_of(&sample, 0, &mean);
    if (fabs(mean - 127.5) > 4)
        fail_msg("mean of the sample is %.2f, of the whole 127.5", mean);
    assert_true(fabs(share - (double)sample.width * sample.height / 3e6) < 1e-12);
    assert_true(share > 0.07 && share < 0.11);
    raster_release(&sample);
    raster_release(&whole);

    whole = flat(100, 90, 3, 7);
    assert_int_equal(raster_sample(&sample, &whole, 72, 1, &share, NULL), 0);
    assert_true(share == 1 && sample.width == 100 && sample.height == 90);
    raster_release(&sample);
    raster_release(&whole);
}

static void scaling_keeps_flat_colours_and_takes_the_crop(void **state)
{
    (void)state;
    struct raster source = flat(200, 100, 3, 10);
    for (uint32_t y = 0; y < 100; y++)
        memset(source.plane[1] + (size_t)y * 200 + 100, 240, 100); /* right half */
    struct raster scaled;
    struct raster_crop right = {120, 10, 70, 80};
    assert_int_equal(raster_scale(&scaled, &source, right, 133, 151, NULL), 0);
    for (size_t i = 0; i < 133 * 151; i++) {
        assert_int_equal(scaled.plane[0][i], 10);
        assert_int_equal(scaled.plane[1][i], 240);
    }
    raster_release(&scaled);
    raster_release(&source);
}

static void rows_interleave_and_separate_again(void **state)
{
    (void)state;
    for (int planes = 1; planes <= 4; planes++) {
        if (planes == 2)
            continue;
        uint8_t samples[5 * 2 * 4], row[5 * 4];
        struct raster raster;
        for (int i = 0; i < 5 * 2 * planes; i++)
            samples[i] = (uint8_t)(3 * i);
        assert_int_equal(raster_from_interleaved(&raster, samples, 5, 2, planes, NULL), 0);
        raster_row(&raster, 1, row);
        assert_memory_equal(row, samples + 5 * planes, (size_t)(5 * planes));
        raster_release(&raster);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orientation_stores_the_picture_as_exif_says),
        cmocka_unit_test(mirroring_comes_before_turning),
        cmocka_unit_test(grain_has_the_sigma_asked_for_and_keeps_the_mean),
        cmocka_unit_test(grain_is_a_function_of_its_seed_and_leaves_alpha_and_the_invisible_alone),
        cmocka_unit_test(sample_is_made_of_tiles_from_all_over_or_is_the_whole),
        cmocka_unit_test(scaling_keeps_flat_colours_and_takes_the_crop),
        cmocka_unit_test(rows_interleave_and_separate_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
