/* TIFF files of LZW in strips as libvips images: the pixels that libtiff reads; other files are left to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/images/codecs/tiff_strips.h"
#include "pipeline/images/codecs/tiff_vips.h"

struct wanted {
    int width, height, bands, strip_rows;
    int compression, predictor; /* of libvips' enums */
    bool tile, wide, ours;
};

struct file {
    void *data;
    size_t bytes;
};

static VipsImage *pattern(const struct wanted *w)
{
    size_t bytes = (size_t)w->width * (size_t)w->height * (size_t)w->bands * (w->wide ? 2 : 1);
    uint8_t *samples = malloc(bytes);
    VipsImage *plain, *image;

    assert_non_null(samples);
    for (size_t i = 0; i < bytes; i++)
        samples[i] = (uint8_t)(i * i / 977 + i / 5);
    plain = vips_image_new_from_memory_copy(samples, bytes, w->width, w->height, w->bands,
                                            w->wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    free(samples);
    assert_non_null(plain);
    assert_int_equal(vips_copy(plain, &image, "interpretation",
                               w->wide        ? VIPS_INTERPRETATION_RGB16
                               : w->bands < 3 ? VIPS_INTERPRETATION_B_W
                                              : VIPS_INTERPRETATION_sRGB,
                               NULL),
                     0);
    g_object_unref(plain);
    return image;
}

static struct file make(const struct wanted *w)
{
    VipsImage *image = pattern(w);
    struct file file;

    assert_int_equal(vips_tiffsave_buffer(image, &file.data, &file.bytes, "compression", w->compression,
                                          "predictor", w->predictor, "tile", w->tile, "tile_height",
                                          w->strip_rows, NULL),
                     0);
    g_object_unref(image);
    return file;
}

static VipsImage *opened(const struct file *file)
{
    VipsImage *image = vips_image_new_from_buffer(file->data, file->bytes, "[fail_on=warning]", "access",
                                                  VIPS_ACCESS_SEQUENTIAL, NULL);

    assert_non_null(image);
    return image;
}

static void is_what_libvips_reads(const struct file *file, const struct wanted *w)
{
    struct tiff_layout layout;
    VipsImage *theirs = opened(file), *ours;
    size_t bytes[2];
    void *pixels[2];

    tiff_layout_read(file->data, file->bytes, &layout);
    ours = tiff_vips_image(opened(file), file->data, file->bytes, &layout);
    assert_non_null(ours);
    assert_int_equal(ours->Type, theirs->Type);
    pixels[0] = vips_image_write_to_memory(ours, &bytes[0]);
    pixels[1] = vips_image_write_to_memory(theirs, &bytes[1]);
    assert_non_null(pixels[0]);
    assert_non_null(pixels[1]);
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(pixels[0], pixels[1], bytes[0]);
    assert_int_equal(bytes[0], (size_t)w->width * (size_t)w->height * (size_t)w->bands * (w->wide ? 2 : 1));
    g_free(pixels[0]);
    g_free(pixels[1]);
    g_object_unref(ours);
    g_object_unref(theirs);
}

static bool is_taken(const struct file *file)
{
    struct tiff_layout layout;
    struct tiff_strips strips;
    bool taken;

    tiff_layout_read(file->data, file->bytes, &layout);
    taken = tiff_strips_open(&strips, file->data, file->bytes, &layout);
    tiff_strips_close(&strips);
    return taken;
}

static void each_kind_of_file(void **state)
{
    const int lzw = VIPS_FOREIGN_TIFF_COMPRESSION_LZW, across = VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL,
              none = VIPS_FOREIGN_TIFF_PREDICTOR_NONE;
    const struct wanted cases[] = {
        {301, 203, 3, 16, lzw, none, .ours = true},
        {301, 203, 3, 7, lzw, across, .ours = true},
        {301, 203, 1, 128, lzw, across, .ours = true},
        {301, 203, 1, 8, lzw, none, .ours = true},
        {1, 1, 3, 128, lzw, across, .ours = true},
        {1400, 1000, 3, 900, lzw, across, .ours = true}, /* strips of 3.8 MB */
        {1400, 1100, 3, 1100, lzw, none, .ours = true},
        {3000, 2900, 3, 2900, lzw, across, .ours = true}, /* of one that is given back, 26 MB */
        {301, 203, 3, 16, VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, across, .ours = false},
        {301, 203, 3, 16, VIPS_FOREIGN_TIFF_COMPRESSION_NONE, none, .ours = false},
        {301, 203, 4, 16, lzw, across, .ours = false},
        {301, 203, 3, 64, lzw, across, .tile = true},
        {301, 203, 3, 16, lzw, across, .wide = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file file = make(&cases[i]);
        if (is_taken(&file) != cases[i].ours)
            fail_msg("case %zu", i);
        is_what_libvips_reads(&file, &cases[i]);
        g_free(file.data);
    }
}

/* A strip that ends early is an error, also where the table of strips says that all of them are there. */
static void a_damaged_strip_is_refused(void **state)
{
    const struct wanted w = {.width = 301,
                             .height = 203,
                             .bands = 3,
                             .strip_rows = 16,
                             .compression = VIPS_FOREIGN_TIFF_COMPRESSION_LZW,
                             .predictor = 1};
    struct file file = make(&w);
    struct tiff_layout layout;
    struct tiff_strips strips;
    struct fault fault = {.text = ""};
    uint8_t row[301 * 3];
    int failed = 0;

    (void)state;
    tiff_layout_read(file.data, file.bytes, &layout);
    assert_true(tiff_strips_open(&strips, file.data, file.bytes, &layout));
    /* clear (256), then 384, which is not known yet */
    ((uint8_t *)file.data)[strips.offsets[5]] = 0x80;
    ((uint8_t *)file.data)[strips.offsets[5] + 1] = 0x60;
    for (int y = 0; y < 203 && !failed; y++)
        failed = tiff_strips_rows(&strips, row, sizeof row, 1, &fault);
    assert_int_equal(failed, -1);
    assert_int_equal(strips.done, 80);
    assert_string_equal(fault.text, "TIFF: strip 6 of 13 is cut or damaged");
    tiff_strips_close(&strips);
    for (size_t bytes = 0; bytes < file.bytes; bytes += 97) { /* sanitizers see a byte too many */
        uint8_t *cut = malloc(bytes ? bytes : 1);
        memcpy(cut, file.data, bytes);
        tiff_layout_read(cut, bytes, &layout);
        if (tiff_strips_open(&strips, cut, bytes, &layout))
            while (strips.done < strips.height && strips.width <= 301 && strips.bands <= 3 &&
                   tiff_strips_rows(&strips, row, sizeof row, 1, &fault) == 0)
                ;
        tiff_strips_close(&strips);
        free(cut);
    }
    g_free(file.data);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_file),
        cmocka_unit_test(a_damaged_strip_is_refused),
    };

    (void)argc;
    if (vips_init(argv[0]))
        return 1;
    vips_concurrency_set(1); /* rows are read in their order, as in knee */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
