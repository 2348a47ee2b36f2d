/* Sharpening: by hand on an edge, nothing on what is flat, nothing outside of its box. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/pixels/sharpen.h"

static void amount_0_and_flat_pictures_change_nothing(void **state)
{
    uint8_t picture[5 * 4 * 3], before[sizeof picture];

    (void)state;
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (uint8_t)(i * 37);
    memcpy(before, picture, sizeof picture);
    assert_int_equal(sharpen_pixels(picture, 5, 4, 3, 15, 0), 0);
    assert_memory_equal(picture, before, sizeof picture);
    memset(picture, 77, sizeof picture);
    assert_int_equal(sharpen_pixels(picture, 5, 4, 3, 15, 3), 0);
    for (size_t i = 0; i < sizeof picture; i++)
        assert_int_equal(picture[i], 77);
}

/* A step from 100 to 140: softened it is 100 110 130 140. */
static void a_step_becomes_steeper(void **state)
{
    static const uint8_t row[4] = {100, 100, 140, 140}, half[4] = {100, 95, 145, 140},
                         most[4] = {100, 70, 170, 140};
    uint8_t across[12], down[4];

    (void)state;
    for (int y = 0; y < 3; y++)
        memcpy(across + y * 4, row, 4);
    assert_int_equal(sharpen_pixels(across, 4, 3, 1, 4, 0.5), 0);
    for (int y = 0; y < 3; y++)
        assert_memory_equal(across + y * 4, half, 4);
    memcpy(down, row, 4);
    assert_int_equal(sharpen_pixels(down, 1, 4, 1, 1, 3), 0);
    assert_memory_equal(down, most, 4);
}

static void values_stop_at_black_and_white(void **state)
{
    uint8_t row[4] = {3, 3, 250, 250};

    (void)state;
    assert_int_equal(sharpen_pixels(row, 4, 1, 1, 4, 3), 0);
    assert_int_equal(row[1], 0);
    assert_int_equal(row[2], 255);
}

/* Bands do not mix, and pixels outside of the box do not change. */
static void only_the_box_is_touched(void **state)
{
    uint8_t picture[6 * 6 * 2], alone[2 * 2 * 2];

    (void)state;
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (uint8_t)(i * i);
    for (int i = 0; i < 8; i++)
        alone[i] = picture[(2 + i / 4) * 12 + 4 + i % 4];
    assert_int_equal(sharpen_pixels(picture + 2 * 12 + 4, 2, 2, 2, 12, 1), 0);
    assert_int_equal(sharpen_pixels(alone, 2, 2, 2, 4, 1), 0);
    for (size_t i = 0; i < sizeof picture; i++) {
        size_t x = i % 12, y = i / 12;
        bool inside = x >= 4 && x < 8 && y >= 2 && y < 4;
        assert_int_equal(picture[i], inside ? alone[(y - 2) * 4 + x - 4] : (uint8_t)(i * i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amount_0_and_flat_pictures_change_nothing),
        cmocka_unit_test(a_step_becomes_steeper),
        cmocka_unit_test(values_stop_at_black_and_white),
        cmocka_unit_test(only_the_box_is_touched),
    };
    return cmocka_run_group_tests_name("sharpen", tests, NULL, NULL);
}
