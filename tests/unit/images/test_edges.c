/* JPEGs whose size is no multiple of the decoder's reduction, through both engines, compared with one Lanczos
 * reduction of the full picture: nothing is displaced, and no size is worse than its neighbours. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/pixels/planes.h"

enum { BOX = 80, EDGE = BOX / 8 };

/* Grey waves that a reduction to BOX pixels keeps, and that shift phase visibly. */
static uint8_t value(double u, double v)
{
    return (uint8_t)lround(128 + 50 * sin(70 * u + 5 * v) + 45 * cos(61 * v - 9 * u));
}

/* Detail down to single pixels, as of sand: a decoder that does all of the reduction shows. */
static uint8_t grain(double u, double v)
{
    static uint32_t state = 1;

    (void)u;
    (void)v;
    state = state * 1664525 + 1013904223;
    return (uint8_t)(64 + (state >> 25));
}

static struct plane picture(int width, int height, uint8_t (*at_place)(double u, double v))
{
    struct plane plane = {.width = width, .height = height, .stride = scale_stride(width)};

    plane.data = picture_alloc_aligned((size_t)plane.stride * (size_t)height);
    assert_non_null(plane.data);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            plane.data[(ptrdiff_t)y * plane.stride + x] = at_place((x + 0.5) / width, (y + 0.5) / height);
    return plane;
}

static void encoded(const struct plane *plane, void **data, size_t *bytes)
{
    size_t count = (size_t)plane->width * (size_t)plane->height;
    uint8_t *rgb = malloc(count * 3), *to = rgb;
    VipsImage *image;

    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++, to += 3)
            to[0] = to[1] = to[2] = plane->data[(ptrdiff_t)y * plane->stride + x];
    image =
        vips_image_new_from_memory_copy(rgb, count * 3, plane->width, plane->height, 3, VIPS_FORMAT_UCHAR);
    image->Type = VIPS_INTERPRETATION_sRGB;
    assert_int_equal(vips_jpegsave_buffer(image, data, bytes, "Q", 98, NULL), 0);
    g_object_unref(image);
    free(rgb);
}

/* The base picture's luma, as an engine makes it. */
static struct plane through(const struct engine *engine, const void *data, size_t bytes)
{
    struct recipe recipe = {.rendition_count = 1, .max_pixels = 100000000};
    struct pixels base = {0};
    struct engine_size size;
    struct fault fault;
    struct plane luma;

    recipe.renditions[0] =
        (struct rendition){.name = "r", .width = BOX, .height = BOX, .format = FORMAT_JPEG};
    if (engine->decode(data, bytes, &recipe, &base, &size, NULL, &fault))
        fail_msg("%s: %s", engine_name((int)engine->id), fault.text);
    luma = (struct plane){.width = base.width, .height = base.height, .stride = scale_stride(base.width)};
    luma.data = picture_alloc_aligned((size_t)luma.stride * (size_t)luma.height);
    for (int y = 0; y < luma.height; y++)
        for (int x = 0; x < luma.width; x++)
            luma.data[(ptrdiff_t)y * luma.stride + x] =
                base.layout == PIXELS_PLANES
                    ? base.data[(ptrdiff_t)y * luma.stride + x]
                    : base.data[((size_t)y * (size_t)base.width + (size_t)x) * 3 + 1];
    g_free(base.data);
    return luma;
}

static int at(const struct plane *plane, int x, int y)
{
    return plane->data[(ptrdiff_t)y * plane->stride + x];
}

/* By how many pixels `made` lies to the right of (below) `due`, in the last EDGE columns (rows) or the first: the least
 * squares of their difference over the slope. */
static double displaced(const struct plane *made, const struct plane *due, bool down, bool last)
{
    int wide = down ? due->width : EDGE, high = down ? EDGE : due->height;
    int left = !down && last ? due->width - EDGE : 0, top = down && last ? due->height - EDGE : 0;
    double sum = 0, squares = 0;

    for (int y = top + 1; y < top + high - 1; y++)
        for (int x = left + 1; x < left + wide - 1; x++) {
            double slope = down ? (at(due, x, y + 1) - at(due, x, y - 1)) / 2.0
                                : (at(due, x + 1, y) - at(due, x - 1, y)) / 2.0;
            sum -= slope * (at(made, x, y) - at(due, x, y));
            squares += slope * slope;
        }
    return sum / squares;
}

static double psnr(const struct plane *a, const struct plane *b)
{
    double sum = 0;

    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++)
            sum += pow(at(a, x, y) - at(b, x, y), 2);
    return 10 * log10(255 * 255 / fmax(sum / a->width / a->height, 1e-6));
}

/* What one engine makes of a picture of that size, compared: fails for a displaced edge, where the picture has edges;
 * returns decibels. */
static double examine(const struct engine *engine, int width, int height,
                      uint8_t (*at_place)(double u, double v))
{
    struct plane full = picture(width, height, at_place), made, due;
    struct scale_box box = {0, 0, width, height};
    struct fault fault;
    void *data = NULL;
    size_t bytes = 0;
    double db;

    encoded(&full, &data, &bytes);
    made = through(engine, data, bytes);
    due = (struct plane){.width = made.width, .height = made.height, .stride = made.stride};
    due.data = picture_alloc_aligned((size_t)due.stride * (size_t)due.height);
    assert_int_equal(scale_planes(&full, &due, 1, &box, NULL, &fault), 0);
    for (int edge = 0; at_place == value && edge < 4; edge++) {
        double offset = displaced(&made, &due, edge & 1, edge & 2);
        if (!(fabs(offset) < 0.02))
            fail_msg("%s, %dx%d: edge %d is displaced by %.3f pixels", engine_name((int)engine->id), width,
                     height, edge, offset);
    }
    db = psnr(&made, &due);
    free(full.data);
    free(made.data);
    free(due.data);
    g_free(data);
    return db;
}

static void grid(const struct engine *engine)
{
    static const int reductions[] = {2, 4, 8};

    for (size_t i = 0; i < sizeof reductions / sizeof reductions[0]; i++) {
        double before = 0;
        for (int rest = 0; rest <= reductions[i]; rest++) {
            int width = BOX * reductions[i] + rest, height = BOX * reductions[i] * 3 / 4 + rest;
            double db = examine(engine, width, height, value);
            if (rest > 0 && db < before - 1)
                fail_msg("%s, %dx%d: %.1f dB, its neighbour has %.1f", engine_name((int)engine->id), width,
                         height, db, before);
            before = db;
        }
    }
}

/* Whole multiples of the box, where many pictures lie, and their neighbours. */
static void fine_detail(const struct engine *engine)
{
    for (int multiple = 2; multiple <= 8; multiple *= 2) {
        int width = BOX * multiple, height = BOX * multiple * 3 / 4;
        double before = examine(engine, width - 1, height, grain);
        double exact = examine(engine, width, height, grain);
        double behind = examine(engine, width + 1, height, grain);
        if (exact < before - 1 || exact < behind - 1 || behind < before - 1)
            fail_msg("%s, %dx%d: %.1f dB, its neighbours have %.1f and %.1f", engine_name((int)engine->id),
                     width, height, exact, before, behind);
    }
}

static void whole_multiples_are_as_good_by_the_planes_engine(void **state)
{
    (void)state;
    fine_detail(&engine_planes);
}

static void whole_multiples_are_as_good_by_the_vips_engine(void **state)
{
    (void)state;
    fine_detail(&engine_vips);
}

static void no_size_is_displaced_by_the_planes_engine(void **state)
{
    (void)state;
    grid(&engine_planes);
}

static void no_size_is_displaced_by_the_vips_engine(void **state)
{
    (void)state;
    grid(&engine_vips);
}

static int set_up(void **state)
{
    struct fault fault;

    (void)state;
    return engine_vips_setup(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_size_is_displaced_by_the_planes_engine),
        cmocka_unit_test(no_size_is_displaced_by_the_vips_engine),
        cmocka_unit_test(whole_multiples_are_as_good_by_the_planes_engine),
        cmocka_unit_test(whole_multiples_are_as_good_by_the_vips_engine),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
