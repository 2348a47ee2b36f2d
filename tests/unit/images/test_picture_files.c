/* What pictures say of themselves: layout of TIFF, canvas of GIF, colour told without a profile. Also of files that are
 * cut anywhere or damaged. The files are those of the fuzz target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/gif_canvas.h"
#include "pipeline/images/codecs/tiff_layout.h"

static struct file {
    const char *name;
    gchar *data;
    gsize bytes;
} files[] = {{.name = "tiff"}, {.name = "raw"}, {.name = "png"}, {.name = "gif"}, {.name = "heif"}};
enum { TIFF, RAW, PNG, GIF, HEIF, FILES };

static const uint8_t *data_of(int file)
{
    return (const uint8_t *)files[file].data;
}

static int load(void **state)
{
    (void)state;
    for (int i = 0; i < FILES; i++) {
        gchar *path = g_strconcat("tests/fuzz/corpus/picture/", files[i].name, NULL);
        gboolean read = g_file_get_contents(path, &files[i].data, &files[i].bytes, NULL);
        g_free(path);
        if (!read)
            return -1;
    }
    return 0;
}

/* A thumbnail first; below it a full picture and a larger reduced one; then a page that is smaller. */
static void the_full_picture_of_a_tiff_is_found(void **state)
{
    struct tiff_layout layout;

    (void)state;
    tiff_layout_read(data_of(TIFF), files[TIFF].bytes, &layout);
    assert_int_equal(layout.page, 0);
    assert_int_equal(layout.subifd, 0);
    assert_false(layout.raw);
    assert_int_equal(layout.extra_count, 3);
    assert_memory_equal(layout.extra, ((const int[]){0, 2, 1}), 3 * sizeof(int));
    tiff_layout_read(data_of(RAW), files[RAW].bytes, &layout);
    assert_true(layout.raw);
    assert_int_equal(layout.page, 0);
    assert_int_equal(layout.subifd, -1);
}

static void the_canvas_of_a_gif_is_found(void **state)
{
    struct gif_canvas canvas;

    (void)state;
    assert_true(gif_canvas_read(data_of(GIF), files[GIF].bytes, &canvas));
    assert_int_equal(canvas.width, 700);
    assert_int_equal(canvas.height, 500);
    assert_int_equal(canvas.left, 10);
    assert_int_equal(canvas.top, 20);
    assert_int_equal(canvas.frame_width, 30);
    assert_int_equal(canvas.frame_height, 40);
    assert_false(gif_canvas_read(data_of(GIF), 20, &canvas));
}

static void colours_are_told_by_png_and_heif(void **state)
{
    struct colour_space p3 = colour_space_of(12, 13);
    struct colour_tags tags;

    (void)state;
    colour_tags_read(KIND_PNG, data_of(PNG), files[PNG].bytes, &tags);
    assert_int_equal(tags.space.curve, CURVE_POWER);
    assert_true(fabs(tags.space.power - 1) < 1e-9 && fabs(tags.space.xy[1][1] - 0.71) < 1e-9);
    assert_false(tags.over_profile);
    /* The primary item is the second, whose associations name the second colr. */
    colour_tags_read(KIND_HEIF, data_of(HEIF), files[HEIF].bytes, &tags);
    assert_memory_equal(tags.space.xy, p3.xy, sizeof p3.xy);
}

static void look(const uint8_t *data, size_t bytes)
{
    struct tiff_layout layout;
    struct gif_canvas canvas;
    struct colour_tags tags;

    tiff_layout_read(data, bytes, &layout);
    assert_in_range(layout.extra_count, 0, TIFF_MOST_EXTRA);
    gif_canvas_read(data, bytes, &canvas);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        colour_tags_read((enum image_kind)kind, data, bytes, &tags);
}

/* Each cut is a block of its own, so that a sanitizer sees a read beyond it. */
static void damage_is_harmless(void **state)
{
    (void)state;
    for (int i = 0; i < FILES; i++) {
        for (size_t length = 0; length <= files[i].bytes; length++) {
            uint8_t *cut = malloc(length ? length : 1);
            memcpy(cut, files[i].data, length);
            look(cut, length);
            free(cut);
        }
        for (size_t at = 0; at < files[i].bytes * 4; at++) {
            static const uint8_t values[] = {0, 1, 0x7f, 0xff};
            uint8_t *changed = malloc(files[i].bytes);
            memcpy(changed, files[i].data, files[i].bytes);
            changed[at / 4] = values[at % 4];
            look(changed, files[i].bytes);
            free(changed);
        }
    }
}

static int unload(void **state)
{
    (void)state;
    for (int i = 0; i < FILES; i++)
        g_free(files[i].data);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_full_picture_of_a_tiff_is_found),
        cmocka_unit_test(the_canvas_of_a_gif_is_found),
        cmocka_unit_test(colours_are_told_by_png_and_heif),
        cmocka_unit_test(damage_is_harmless),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
