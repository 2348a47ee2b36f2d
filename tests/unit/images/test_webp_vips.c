/* WebP files of one picture as libvips images: the pixels, orientation and profile that libvips' own loader reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/images/codecs/webp_chunks.h"
#include "pipeline/images/codecs/webp_vips.h"

enum { WIDTH = 61, HEIGHT = 43 };

struct file {
    void *data;
    size_t bytes;
};

static VipsImage *pattern(int width, int height, int bands)
{
    size_t bytes = (size_t)width * (size_t)height * (size_t)bands;
    uint8_t *pixels = malloc(bytes);
    VipsImage *plain;

    assert_non_null(pixels);
    for (size_t i = 0; i < bytes; i++)
        pixels[i] = (uint8_t)(i * i / 7 + i);
    plain = vips_image_new_from_memory_copy(pixels, bytes, width, height, bands, VIPS_FORMAT_UCHAR);
    free(pixels);
    return plain;
}

static struct file make_sized(int width, int height, int bands, bool lossless, bool extended)
{
    VipsImage *plain = pattern(width, height, bands), *image;
    struct file file;

    assert_int_equal(vips_copy(plain, &image, "interpretation", VIPS_INTERPRETATION_sRGB, NULL), 0);
    if (extended) {
        void *profile;
        size_t profile_bytes;
        VipsBlob *blob;
        assert_int_equal(vips_profile_load("p3", &blob, NULL), 0);
        profile = vips_area_get_data(VIPS_AREA(blob), &profile_bytes, NULL, NULL, NULL);
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile, profile_bytes);
        vips_area_unref(VIPS_AREA(blob));
        vips_image_set_int(image, VIPS_META_ORIENTATION, 6);
    }
    assert_int_equal(vips_webpsave_buffer(image, &file.data, &file.bytes, "lossless", lossless, "effort", 1,
                                          "strip", !extended, NULL),
                     0);
    if (!extended) /* libvips 8.14 writes EXIF all the same */
        webp_drop_metadata(file.data, &file.bytes);
    g_object_unref(image);
    g_object_unref(plain);
    return file;
}

static struct file make(int bands, bool lossless, bool extended)
{
    return make_sized(WIDTH, HEIGHT, bands, lossless, extended);
}

static void is_what_libvips_reads(const struct file *file, int bands, bool extended)
{
    VipsImage *theirs = vips_image_new_from_buffer(file->data, file->bytes, "", NULL), *ours;
    struct webp_picture picture;
    struct fault fault;
    size_t bytes[2];
    void *pixels[2];

    assert_true(webp_reader_open_any(file->data, file->bytes, &picture));
    ours = webp_vips_image(file->data, file->bytes, &picture, UINT64_MAX, &fault);
    assert_non_null(ours);
    assert_non_null(theirs);
    assert_int_equal(ours->Bands, bands);
    assert_int_equal(theirs->Bands, bands);
    assert_int_equal(vips_image_get_orientation(ours), vips_image_get_orientation(theirs));
    assert_int_equal(vips_image_get_orientation(ours), extended ? 6 : 1);
    assert_int_equal(vips_image_get_typeof(ours, VIPS_META_ICC_NAME) != 0, extended);
    pixels[0] = vips_image_write_to_memory(ours, &bytes[0]);
    pixels[1] = vips_image_write_to_memory(theirs, &bytes[1]);
    assert_non_null(pixels[0]);
    assert_non_null(pixels[1]);
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(pixels[0], pixels[1], bytes[0]);
    g_free(pixels[0]);
    g_free(pixels[1]);
    g_object_unref(ours);
    g_object_unref(theirs);
}

static void test_every_still_picture(void **state)
{
    (void)state;
    for (int bands = 3; bands <= 4; bands++)
        for (int way = 0; way < 4; way++) {
            struct file file = make(bands, (way & 1) != 0, (way & 2) != 0);
            is_what_libvips_reads(&file, bands, (way & 2) != 0);
            g_free(file.data);
        }
}

/* Decoded in parts; its first rows are given back before the last ones are decoded. */
static void test_a_large_picture(void **state)
{
    (void)state;
    for (int bands = 3; bands <= 4; bands++)
        for (int lossless = 0; lossless < 2; lossless++) {
            struct file file = make_sized(2100, 1700, bands, lossless, false);
            is_what_libvips_reads(&file, bands, false);
            g_free(file.data);
        }
}

static void test_too_many_pixels_are_refused(void **state)
{
    struct file file = make(3, true, false);
    struct webp_picture picture;
    struct fault fault;

    (void)state;
    assert_true(webp_reader_open_any(file.data, file.bytes, &picture));
    assert_null(webp_vips_image(file.data, file.bytes, &picture, WIDTH * HEIGHT - 1, &fault));
    assert_non_null(strstr(fault.text, "61x43 is more than the recipe's limit"));
    g_free(file.data);
}

static void test_a_cut_file_is_refused(void **state)
{
    (void)state;
    for (int extended = 0; extended < 2; extended++) {
        struct file file = make(3, true, extended);
        struct webp_picture picture;
        struct fault fault;
        if (webp_reader_open_any(file.data, file.bytes / 2, &picture)) {
            VipsImage *image = webp_vips_image(file.data, file.bytes / 2, &picture, WIDTH * HEIGHT, &fault);
            size_t bytes;
            assert_non_null(image);
            assert_null(vips_image_write_to_memory(image, &bytes));
            assert_non_null(strstr(vips_error_buffer(), "WebP: the file is cut"));
            vips_error_clear();
            g_object_unref(image);
        } else {
            assert_true(extended);
        }
        g_free(file.data);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_still_picture),
        cmocka_unit_test(test_a_large_picture),
        cmocka_unit_test(test_too_many_pixels_are_refused),
        cmocka_unit_test(test_a_cut_file_is_refused),
    };

    (void)argc;
    if (vips_init(argv[0]))
        return 1;
    vips_concurrency_set(1); /* rows are read in their order, as in knee */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
