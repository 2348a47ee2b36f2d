/* Pictures whose files are given back while they are decoded (file_memory.h): of each kind whose reader says what it
 * has passed, the same pixels as without. A reader that goes back would end this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/base/file_memory.h"
#include "pipeline/base/picture_memory.h"
#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/pixels/planes.h"
#include "tests/unit/base/reach.h"

enum { SIDE = 3100, PAGE = 2 << 20 };

static const struct {
    const char *name, *suffix; /* of libvips' writers */
    const struct engine *engine;
} kinds[] = {
    {"PNG", ".png[compression=0]", &engine_vips},
    {"PNG interlaced", ".png[compression=0,interlace]", &engine_vips},
    {"TIFF in strips", ".tif[compression=lzw,tile-height=64]", &engine_vips},
    {"TIFF in one strip", ".tif[compression=lzw,tile-height=3100,predictor=horizontal]", &engine_vips},
    {"JPEG as planes", ".jpg[Q=100,subsample-mode=off]", &engine_planes},
    {"JPEG as pixels", ".jpg[Q=100,subsample-mode=off]", &engine_vips},
    {"JPEG progressive", ".jpg[Q=100,subsample-mode=off,interlace]", &engine_planes},
};

/* So that files are as large as they can be. */
static VipsImage *noise(void)
{
    const size_t bytes = (size_t)SIDE * SIDE * 3;
    uint8_t *samples = malloc(bytes);
    uint32_t seed = 1;
    VipsImage *plain, *image;

    assert_non_null(samples);
    for (size_t i = 0; i < bytes; i++, seed = seed * 1664525 + 1013904223)
        samples[i] = (uint8_t)(seed >> 24);
    plain = vips_image_new_from_memory_copy(samples, bytes, SIDE, SIDE, 3, VIPS_FORMAT_UCHAR);
    free(samples);
    assert_non_null(plain);
    assert_int_equal(vips_copy(plain, &image, "interpretation", VIPS_INTERPRETATION_sRGB, NULL), 0);
    g_object_unref(plain);
    return image;
}

/* Both engines make planes for JPEG, whose rows have gaps between them. */
static bool same(const struct pixels *a, const struct pixels *b)
{
    if (a->layout != PIXELS_PLANES || b->layout != PIXELS_PLANES || a->width != b->width ||
        a->height != b->height)
        return false;
    for (int i = 0; i < PLANE_COUNT; i++) {
        struct plane x = planes_get(a, i), y = planes_get(b, i);
        for (int row = 0; row < x.height; row++)
            if (memcmp(x.data + (size_t)row * (size_t)x.stride, y.data + (size_t)row * (size_t)y.stride,
                       (size_t)x.width) != 0)
                return false;
    }
    return true;
}

static void decode(size_t i, const void *data, size_t bytes, struct pixels *base)
{
    struct recipe recipe = {.rendition_count = 1, .max_pixels = 100000000};
    struct engine_size size;
    struct notes notes = {0};
    struct fault fault = {.text = ""};

    recipe.renditions[0] = (struct rendition){.width = 300, .height = 300, .format = FORMAT_JPEG};
    *base = (struct pixels){0};
    if (kinds[i].engine->decode(data, bytes, &recipe, base, &size, &notes, &fault))
        fail_msg("%s: %s", kinds[i].name, fault.text);
}

static void judge(size_t i, const void *file, size_t bytes)
{
    uint8_t *data = picture_alloc(bytes);
    struct pixels whole, passed;

    assert_non_null(data);
    memcpy(data, file, bytes);
    decode(i, data, bytes, &whole);
    file_memory_lend(data, bytes);
    decode(i, data, bytes, &passed);
    if (bytes < PICTURE_MEMORY_MAPPED || in_reach(data + PAGE) || in_reach(data + bytes * 3 / 4))
        fail_msg("%s: the file of %zu bytes was not given back", kinds[i].name, bytes);
    assert_true(file_memory_take_back());
    if (!same(&whole, &passed))
        fail_msg("%s: another picture", kinds[i].name);
    g_free(whole.data);
    g_free(passed.data);
    free(data);
}

static void a_file_that_is_given_back_gives_the_same_picture(void **state)
{
    VipsImage *image = noise();

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        void *file;
        size_t bytes;
        if (vips_image_write_to_buffer(image, kinds[i].suffix, &file, &bytes, NULL))
            fail_msg("%s: %s", kinds[i].name, vips_error_buffer());
        judge(i, file, bytes);
        g_free(file);
    }
    g_object_unref(image);
}

static int start(void **state)
{
    struct fault fault;

    (void)state;
    return engine_vips_setup(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_that_is_given_back_gives_the_same_picture)};

    return cmocka_run_group_tests(tests, start, NULL);
}
