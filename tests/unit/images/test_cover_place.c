/* The box that fit=cover cuts out lies where it should, also within a pixel: renditions of waves whose value is known
 * at every place, through both layouts of pixels. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/engines/renditions.h"
#include "pipeline/images/pixels/planes.h"

enum { BOX = 80, BORDER = 4 };

/* At a place of a picture whose sides are 1: waves longer than 8 pixels of any rendition here. */
static double value(double u, double v)
{
    return 128 + 50 * sin(40 * u + 5 * v) + 45 * cos(35 * v - 9 * u);
}

static struct pixels waves(int width, int height)
{
    struct pixels pixels = {.layout = PIXELS_RGB, .width = width, .height = height};
    uint8_t *to = pixels.data = g_malloc((size_t)width * (size_t)height * 3);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, to += 3)
            to[0] = to[1] = to[2] = (uint8_t)lround(value((x + 0.5) / width, (y + 0.5) / height));
    return pixels;
}

static int grey(const struct pixels *pixels, int x, int y)
{
    struct plane luma;

    if (pixels->layout == PIXELS_RGB)
        return pixels->data[((size_t)y * (size_t)pixels->width + (size_t)x) * 3 + 1];
    luma = planes_get(pixels, PLANE_Y);
    return luma.data[(ptrdiff_t)y * luma.stride + x];
}

/* By how many pixels of its own the rendition lies off: least squares of its difference from what is due over the
 * slope of that, in each direction. due_left, due_top: where its box begins, in pixels of the scaled picture. */
static void check_place(const struct pixels *made, double scaled_width, double scaled_height, double due_left,
                        double due_top)
{
    double sum[2] = {0}, squares[2] = {0};

    for (int y = BORDER; y < made->height - BORDER; y++)
        for (int x = BORDER; x < made->width - BORDER; x++) {
            double u = (x + 0.5 + due_left) / scaled_width, v = (y + 0.5 + due_top) / scaled_height;
            double off = grey(made, x, y) - value(u, v);
            double slope[2] = {value(u + 0.5 / scaled_width, v) - value(u - 0.5 / scaled_width, v),
                               value(u, v + 0.5 / scaled_height) - value(u, v - 0.5 / scaled_height)};
            for (int i = 0; i < 2; i++) {
                sum[i] -= slope[i] * off;
                squares[i] += slope[i] * slope[i];
            }
        }
    for (int i = 0; i < 2; i++)
        if (!(fabs(sum[i] / squares[i]) < 0.02))
            fail_msg("%g x %g, direction %d: %.3f pixels off", scaled_width, scaled_height, i,
                     sum[i] / squares[i]);
}

/* Of the picture: scaled size over its own, and the begin of the box in scaled pixels, by hand. other: side of a second
 * rendition with fit=inside, of which the first is made where that is large enough; 0: none. */
static const struct {
    int width, height, other;
    enum recipe_gravity gravity;
    double scaled_width, scaled_height, left, top;
} cases[] = {
    {641, 480, 0, GRAVITY_CENTRE, 641 / 6.0, 80, (641 / 6.0 - 80) / 2, 0},
    {641, 480, 0, GRAVITY_EAST, 641 / 6.0, 80, 641 / 6.0 - 80, 0},
    {641, 480, 0, GRAVITY_WEST, 641 / 6.0, 80, 0, 0},
    {480, 650, 0, GRAVITY_CENTRE, 80, 650 / 6.0, 0, (650 / 6.0 - 80) / 2},
    {480, 650, 0, GRAVITY_SOUTH, 80, 650 / 6.0, 0, 650 / 6.0 - 80},
    {641, 480, 320, GRAVITY_CENTRE, 641 / 6.0, 80, (641 / 6.0 - 80) / 2, 0},
    {641, 480, 108, GRAVITY_CENTRE, 641 / 6.0, 80, (641 / 6.0 - 80) / 2, 0},
    {83, 120, 0, GRAVITY_CENTRE, 80, 9600 / 83.0, 0, (9600 / 83.0 - 80) / 2}, /* little to reduce */
    {115, 80, 0, GRAVITY_CENTRE, 115, 80, 17, 0},                             /* not scaled: whole pixels */
};

static void check_cases(bool planes)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct recipe recipe = {.rendition_count = cases[i].other ? 2 : 1};
        struct engine_size size = {.width = cases[i].width, .height = cases[i].height};
        struct pixels base = waves(cases[i].width, cases[i].height), made[2] = {{0}};
        struct fault fault;

        recipe.renditions[0] = (struct rendition){
            .fit = FIT_COVER, .width = BOX, .height = BOX, .gravity = cases[i].gravity, .format = FORMAT_PNG};
        recipe.renditions[1] = (struct rendition){
            .fit = FIT_INSIDE, .width = cases[i].other, .height = cases[i].other, .format = FORMAT_PNG};
        if (planes) {
            struct pixels rgb = base;
            assert_int_equal(planes_from_rgb(&rgb, &base, &fault), 0);
            g_free(rgb.data);
        }
        if (renditions_make(&engine_vips, &recipe, &size, &base, made, &fault))
            fail_msg("case %zu: %s", i, fault.text);
        check_place(&made[0], cases[i].scaled_width, cases[i].scaled_height, cases[i].left, cases[i].top);
        g_free(made[0].data);
        g_free(made[1].data);
    }
}

static void a_cover_of_bands_lies_exactly(void **state)
{
    (void)state;
    check_cases(false);
}

static void a_cover_of_planes_lies_exactly(void **state)
{
    (void)state;
    check_cases(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cover_of_bands_lies_exactly),
        cmocka_unit_test(a_cover_of_planes_lies_exactly),
    };
    return cmocka_run_group_tests_name("cover_place", tests, NULL, NULL);
}
