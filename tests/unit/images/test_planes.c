/* Pictures as planes: turning, scaling, cutting and blending, with numbers checked by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/pixels/blend.h"
#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/turn.h"

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

/* Chroma that is brighter by 10 a sample, of an even picture cut and of odd ones, so that its place shows. */
static void chroma_stays_where_it_is_when_scaled_and_cut(void **state)
{
    static const struct {
        int width, scaled, left, box;
    } cases[] = {{40, 20, 0, 20}, {40, 20, 3, 13}, {41, 20, 0, 20}, {40, 21, 0, 21}, {41, 21, 1, 17}};
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pixels from = blank(cases[i].width, 40, 0, 0, 0), to;
        for (int y = 0; y < 20; y++)
            for (int x = 0; x < (cases[i].width + 1) / 2; x++)
                *at(&from, PLANE_CB, x, y) = (uint8_t)(20 + 10 * x);
        assert_int_equal(
            planes_scale(&from, cases[i].scaled, 20, cases[i].left, 0, cases[i].box, 20, &to, &fault), 0);
        for (int x = 2; x < (cases[i].box + 1) / 2 - 2; x++) {
            double pixel = (2 * x + 1 + cases[i].left) * (double)cases[i].width / cases[i].scaled;
            double due = 20 + 10 * (pixel / 2 - 0.5);
            assert_true(fabs(*at(&to, PLANE_CB, x, 5) - due) <= 1);
        }
        g_free(from.data);
        g_free(to.data);
    }
}

static void mirrored_axes_are_those_of_the_stored_picture(void **state)
{
    static const struct {
        int orientation;
        bool x, y;
    } cases[] = {{0, 0, 0}, {1, 0, 0}, {2, 1, 0}, {3, 1, 1}, {4, 0, 1},
                 {5, 0, 0}, {6, 0, 1}, {7, 1, 1}, {8, 1, 0}, {9, 0, 0}};
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pixels pixels = blank(4, 6, 0, 0, 0);
        bool x, y;
        for (int row = 0; row < 6; row++)
            for (int column = 0; column < 4; column++)
                *at(&pixels, PLANE_Y, column, row) = (uint8_t)(10 * row + column);
        turn_mirrored(cases[i].orientation, &x, &y);
        assert_int_equal(x, cases[i].x);
        assert_int_equal(y, cases[i].y);
        assert_int_equal(planes_upright(&pixels, cases[i].orientation, &fault), 0);
        assert_int_equal(*at(&pixels, PLANE_Y, 0, 0), (y ? 50 : 0) + (x ? 3 : 0));
        g_free(pixels.data);
    }
}

/* White, black, grey, and red, whose values are those of JFIF; a last column that is a pair of its own. */
static void rgb_becomes_planes(void **state)
{
    static const uint8_t colours[5][3] = {
        {255, 255, 255}, {255, 255, 255}, {255, 0, 0}, {255, 0, 0}, {77, 77, 77}};
    static const int due[3][3] = {{255, 128, 128}, {76, 85, 255}, {77, 128, 128}};
    uint8_t rgb[3 * 5 * 3];
    struct pixels from = {.data = rgb, .width = 5, .height = 3}, to, back;
    struct fault fault;

    (void)state;
    for (int i = 0; i < 15; i++)
        memcpy(rgb + 3 * i, colours[i % 5], 3);
    assert_int_equal(planes_from_rgb(&from, &to, &fault), 0);
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 5; x++) {
            assert_int_equal(*at(&to, PLANE_Y, x, y), due[x / 2][0]);
            assert_int_equal(*at(&to, PLANE_CB, x / 2, y / 2), due[x / 2][1]);
            assert_int_equal(*at(&to, PLANE_CR, x / 2, y / 2), due[x / 2][2]);
        }
    assert_int_equal(planes_to_rgb(&to, &back, &fault), 0);
    assert_true(abs(back.data[12] - 77) <= 2);
    g_free(to.data);
    g_free(back.data);
}

/* Bands of any values, and grey, of even and odd sizes: what an RGB picture of them becomes. */
static void bands_become_the_same_planes_as_rgb(void **state)
{
    enum { WIDEST = 77, HIGHEST = 8, STRIDE = 128 };
    static uint8_t samples[3][STRIDE * HIGHEST], rgb[3 * WIDEST * HIGHEST];

    (void)state;
    for (int i = 0; i < STRIDE * HIGHEST; i++)
        for (int k = 0; k < 3; k++)
            samples[k][i] = (uint8_t)(i % 11 == k ? 255 : (i * i / 7 + i * (k + 3)) >> k);
    for (int count = 1; count <= 3; count += 2)
        for (int width = 1; width <= WIDEST; width += 19)
            for (int height = 1; height <= HIGHEST; height++) {
                struct pixels from = {.data = rgb, .width = width, .height = height}, due, to;
                struct plane bands[3];
                struct fault fault;
                for (int k = 0; k < 3; k++)
                    bands[k] = (struct plane){samples[k], width, height, STRIDE};
                for (int i = 0; i < width * height * 3; i++)
                    rgb[i] = samples[count == 1 ? 0 : i % 3][i / 3 / width * STRIDE + i / 3 % width];
                assert_int_equal(planes_from_rgb(&from, &due, &fault), 0);
                assert_int_equal(planes_from_bands(bands, count, &to, &fault), 0);
                for (int index = 0; index < PLANE_COUNT; index++) {
                    struct plane a = planes_get(&due, index), b = planes_get(&to, index);
                    for (int y = 0; y < a.height; y++)
                        assert_memory_equal(a.data + y * a.stride, b.data + y * b.stride, (size_t)a.width);
                }
                g_free(due.data);
                g_free(to.data);
            }
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
        cmocka_unit_test(chroma_stays_where_it_is_when_scaled_and_cut),
        cmocka_unit_test(rgb_becomes_planes),
        cmocka_unit_test(bands_become_the_same_planes_as_rgb),
        cmocka_unit_test(mirrored_axes_are_those_of_the_stored_picture),
        cmocka_unit_test(ink_is_blended_into_luma_and_the_mean_into_chroma),
        cmocka_unit_test(ink_on_rgb_is_mixed_by_alpha_and_opacity),
        cmocka_unit_test(a_mask_that_leaves_the_picture_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
