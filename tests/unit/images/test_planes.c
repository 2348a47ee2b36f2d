/* Pictures as planes: turning, scaling, cutting and blending, with numbers checked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/pixels/blend.h"
#include "pipeline/images/pixels/planes.h"

static struct pixels blank(int width, int height, uint8_t luma, uint8_t blue, uint8_t red)
{
    const uint8_t values[PLANE_COUNT] = {luma, blue, red};
    struct pixels pixels;
    struct fault fault;

    assert_int_equal(planes_alloc(&pixels, width, height, &fault), 0);
    for (int i = 0; i < PLANE_COUNT; i++) {
        struct plane plane = planes_get(&pixels, i);
        memset(plane.data, values[i], (size_t)plane.stride * (size_t)plane.height);
    }
    return pixels;
}

static uint8_t *at(const struct pixels *pixels, int index, int x, int y)
{
    struct plane plane = planes_get(pixels, index);
    return plane.data + (ptrdiff_t)y * plane.stride + x;
}

static void planes_of_odd_sizes_round_chroma_up(void **state)
{
    struct pixels pixels = blank(5, 3, 0, 0, 0);
    struct plane luma = planes_get(&pixels, PLANE_Y), red = planes_get(&pixels, PLANE_CR);

    (void)state;
    assert_int_equal(luma.width, 5);
    assert_int_equal(luma.height, 3);
    assert_int_equal(red.width, 3);
    assert_int_equal(red.height, 2);
    assert_true(red.data + (ptrdiff_t)red.stride * red.height >
                luma.data + (ptrdiff_t)luma.stride * luma.height);
    g_free(pixels.data);
}

static void a_row_is_padded_with_its_last_value(void **state)
{
    struct pixels pixels = blank(5, 3, 7, 8, 9);
    struct plane luma = planes_get(&pixels, PLANE_Y);

    (void)state;
    *at(&pixels, PLANE_Y, 4, 1) = 99;
    planes_pad(&pixels);
    assert_int_equal(*at(&pixels, PLANE_Y, luma.stride - 1, 1), 99);
    assert_int_equal(*at(&pixels, PLANE_Y, luma.stride - 1, 2), 7);
    g_free(pixels.data);
}

/* A 4x6 picture stored as orientation says; the pixel that is seen at the top left of the upright one, and
 * the one to the right of it. From the EXIF 2.3 standard's table of rows and columns. */
static const struct {
    int orientation, width, height, first[2], second[2];
} turned[] = {{1, 4, 6, {0, 0}, {1, 0}}, {2, 4, 6, {3, 0}, {2, 0}}, {3, 4, 6, {3, 5}, {2, 5}},
              {4, 4, 6, {0, 5}, {1, 5}}, {5, 6, 4, {0, 0}, {0, 1}}, {6, 6, 4, {0, 5}, {0, 4}},
              {7, 6, 4, {3, 5}, {3, 4}}, {8, 6, 4, {3, 0}, {3, 1}}};

static void every_orientation_is_turned_upright(void **state)
{
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof turned / sizeof turned[0]; i++) {
        struct pixels pixels = blank(4, 6, 0, 0, 0);
        for (int y = 0; y < 6; y++)
            for (int x = 0; x < 4; x++) {
                *at(&pixels, PLANE_Y, x, y) = (uint8_t)(10 * y + x);
                *at(&pixels, PLANE_CB, x / 2, y / 2) = (uint8_t)(10 * (y / 2) + x / 2);
            }
        assert_int_equal(planes_upright(&pixels, turned[i].orientation, &fault), 0);
        assert_int_equal(pixels.width, turned[i].width);
        assert_int_equal(pixels.height, turned[i].height);
        assert_int_equal(*at(&pixels, PLANE_Y, 0, 0), 10 * turned[i].first[1] + turned[i].first[0]);
        assert_int_equal(*at(&pixels, PLANE_Y, 1, 0), 10 * turned[i].second[1] + turned[i].second[0]);
        assert_int_equal(*at(&pixels, PLANE_CB, 0, 0),
                         10 * (turned[i].first[1] / 2) + turned[i].first[0] / 2);
        g_free(pixels.data);
    }
}

static void a_flat_picture_stays_flat_when_scaled_and_cut(void **state)
{
    struct pixels from = blank(301, 199, 90, 60, 200), to;
    struct fault fault;

    (void)state;
    assert_int_equal(planes_scale(&from, 151, 100, 31, 7, 61, 77, &to, &fault), 0);
    assert_int_equal(to.width, 61);
    assert_int_equal(to.height, 77);
    for (int y = 0; y < 77; y++)
        for (int x = 0; x < 61; x++) {
            assert_int_equal(*at(&to, PLANE_Y, x, y), 90);
            assert_int_equal(*at(&to, PLANE_CB, x / 2, y / 2), 60);
            assert_int_equal(*at(&to, PLANE_CR, x / 2, y / 2), 200);
        }
    g_free(from.data);
    g_free(to.data);
}

static void rows_in_strips_scale_as_the_whole_does(void **state)
{
    struct pixels from = blank(320, 240, 0, 0, 0), whole, strips;
    struct plane_scaler scaler;
    struct plane source = planes_get(&from, PLANE_Y), target;
    struct fault fault;

    (void)state;
    for (int y = 0; y < 240; y++)
        for (int x = 0; x < 320; x++)
            *at(&from, PLANE_Y, x, y) = (uint8_t)((x * 7 + y * 13) ^ (x * y / 50));
    assert_int_equal(planes_scale(&from, 133, 77, 0, 0, 133, 77, &whole, &fault), 0);
    assert_int_equal(planes_alloc(&strips, 133, 77, &fault), 0);
    target = planes_get(&strips, PLANE_Y);
    assert_int_equal(plane_scaler_start(&scaler, 320, 240, &target, &fault), 0);
    for (int y = 0; y < 240; y += 32) {
        int rows = y + 32 <= 240 ? 32 : 240 - y;
        assert_int_equal(plane_scaler_take(&scaler, source.data + (ptrdiff_t)y * source.stride, source.stride,
                                           rows, &fault),
                         0);
    }
    plane_scaler_end(&scaler);
    for (int y = 0; y < 77; y++)
        assert_memory_equal(at(&strips, PLANE_Y, 0, y), at(&whole, PLANE_Y, 0, y), 133);
    g_free(from.data);
    g_free(whole.data);
    g_free(strips.data);
}

static void a_scaler_left_in_the_middle_does_not_show_in_the_next_picture(void **state)
{
    struct pixels from = blank(64, 64, 200, 0, 0), to = blank(32, 32, 0, 0, 0);
    struct plane source = planes_get(&from, PLANE_Y), target = planes_get(&to, PLANE_Y);
    struct plane_scaler scaler;
    struct fault fault;

    (void)state;
    for (int rows = 40; rows <= 64; rows += 24) {
        memset(source.data, rows == 64 ? 50 : 200, (size_t)source.stride * 64);
        assert_int_equal(plane_scaler_start(&scaler, 64, 64, &target, &fault), 0);
        assert_int_equal(plane_scaler_take(&scaler, source.data, source.stride, rows, &fault), 0);
        plane_scaler_end(&scaler);
    }
    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 32; x++)
            assert_int_equal(*at(&to, PLANE_Y, x, y), 50);
    g_free(from.data);
    g_free(to.data);
}

/* Pure red, half transparent, over mid grey: Y 76, Cb 85, Cr 255 (JFIF), of which 128/255 are taken. */
static void ink_is_blended_into_luma_and_the_mean_into_chroma(void **state)
{
    const uint8_t red[2 * 4] = {255, 0, 0, 128, 255, 0, 0, 128};
    const struct blend_box box = {.left = 1, .top = 0, .width = 2, .height = 1};
    struct pixels pixels = blank(4, 4, 128, 128, 128);

    (void)state;
    blend_rgba(&pixels, &box, red, 1);
    assert_int_equal(*at(&pixels, PLANE_Y, 0, 0), 128);
    assert_int_equal(*at(&pixels, PLANE_Y, 1, 0), 102); /* 128 + (76 - 128) * 128 / 255 */
    assert_int_equal(*at(&pixels, PLANE_Y, 2, 0), 102);
    assert_int_equal(*at(&pixels, PLANE_Y, 3, 0), 128);
    assert_int_equal(*at(&pixels, PLANE_Y, 1, 1), 128);
    assert_int_equal(*at(&pixels, PLANE_CR, 0, 0), 144); /* one of four pixels: 128 + 127 * 128 / 1020 */
    assert_int_equal(*at(&pixels, PLANE_CR, 1, 0), 144);
    assert_int_equal(*at(&pixels, PLANE_CB, 0, 0), 123); /* 128 - 43 * 128 / 1020 */
    assert_int_equal(*at(&pixels, PLANE_CR, 0, 1), 128);
    g_free(pixels.data);
}

static void ink_on_rgb_is_mixed_by_alpha_and_opacity(void **state)
{
    uint8_t data[3 * 3] = {100, 100, 100, 100, 100, 100, 100, 100, 100};
    const uint8_t ink[2 * 4] = {200, 0, 100, 255, 200, 0, 100, 0};
    const struct blend_box box = {.left = 1, .top = 0, .width = 2, .height = 1};
    struct pixels pixels = {.data = data, .width = 3, .height = 1};
    const uint8_t wanted[9] = {100, 100, 100, 150, 50, 100, 100, 100, 100};

    (void)state;
    blend_rgba(&pixels, &box, ink, 0.5);
    assert_memory_equal(data, wanted, 9);
}

static void a_mask_that_leaves_the_picture_is_cut(void **state)
{
    struct pixels pixels = blank(4, 4, 0, 128, 128);
    const struct blend_box corners[] = {{-2, -2, 3, 3}, {3, 3, 3, 3}, {-9, 0, 3, 3}, {4, 0, 3, 3}};
    uint8_t mask[9];

    (void)state;
    memset(mask, 255, sizeof mask);
    for (size_t i = 0; i < sizeof corners / sizeof corners[0]; i++)
        blend_mask(&pixels, &corners[i], mask, 255, 255);
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            assert_int_equal(*at(&pixels, PLANE_Y, x, y), (x == 0 && y == 0) || (x == 3 && y == 3) ? 255 : 0);
    g_free(pixels.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_of_odd_sizes_round_chroma_up),
        cmocka_unit_test(a_row_is_padded_with_its_last_value),
        cmocka_unit_test(every_orientation_is_turned_upright),
        cmocka_unit_test(a_flat_picture_stays_flat_when_scaled_and_cut),
        cmocka_unit_test(rows_in_strips_scale_as_the_whole_does),
        cmocka_unit_test(a_scaler_left_in_the_middle_does_not_show_in_the_next_picture),
        cmocka_unit_test(ink_is_blended_into_luma_and_the_mean_into_chroma),
        cmocka_unit_test(ink_on_rgb_is_mixed_by_alpha_and_opacity),
        cmocka_unit_test(a_mask_that_leaves_the_picture_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
