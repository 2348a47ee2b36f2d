/* GIF files as libvips images: the pixels that libvips' own decoder reads; files of other kinds are left to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/images/codecs/gif_reader.h"
#include "pipeline/images/codecs/gif_vips.h"

struct gif {
    int width, height;               /* of the canvas */
    int left, top, columns, rows;    /* of the picture; 0 columns: the canvas */
    int global, local;               /* bits of the tables of colours; 0 none */
    int transparent;                 /* -1 none */
    bool interlaced, again, missing; /* a second picture follows; the last rows are missing */
    bool ours;                       /* knee decodes it */
};

struct file {
    uint8_t data[1 << 16];
    size_t bytes;
};

static void byte(struct file *f, int value)
{
    assert_true(f->bytes < sizeof f->data);
    f->data[f->bytes++] = (uint8_t)value;
}

static void number(struct file *f, int value)
{
    byte(f, value & 255);
    byte(f, value >> 8);
}

static void table(struct file *f, int bits, int seed)
{
    for (int i = 0; i < 3 << bits; i++)
        byte(f, i * 37 + seed);
}

/* Codes of 9 bits, cleared before they grow, 252 in a block. */
static void codes(struct file *f, int values, size_t count)
{
    enum { CLEAR = 256, END = 257, IN_BLOCK = 224, RUN = 200 };
    uint8_t block[IN_BLOCK * 9 / 8 + 1];
    size_t sent = 0, bits;
    bool more = true;

    byte(f, 8);
    for (int run = RUN; more;) {
        memset(block, 0, sizeof block);
        for (bits = 0; bits < (size_t)IN_BLOCK * 9 && more; bits += 9) {
            unsigned code = run == RUN      ? CLEAR
                            : sent == count ? END
                                            : (unsigned)((sent * sent / 11 + sent / 3) % (size_t)values);
            run = run == RUN ? 0 : run + 1;
            more = code != END;
            sent += code < CLEAR;
            for (unsigned i = 0; i < 9; i++)
                block[(bits + i) / 8] |= (uint8_t)((code >> i & 1) << (bits + i) % 8);
        }
        byte(f, (int)((bits + 7) / 8));
        for (size_t i = 0; i < (bits + 7) / 8; i++)
            byte(f, block[i]);
    }
    byte(f, 0);
}

static void picture(struct file *f, const struct gif *g)
{
    int columns = g->columns ? g->columns : g->width, rows = g->columns ? g->rows : g->height;
    int values = 1 << (g->local ? g->local : g->global ? g->global : 1);

    if (g->transparent >= 0) {
        static const uint8_t control[] = {0x21, 0xf9, 4, 1, 0, 0};
        for (size_t i = 0; i < sizeof control; i++)
            byte(f, control[i]);
        byte(f, g->transparent);
        byte(f, 0);
    }
    byte(f, 0x2c);
    number(f, g->left);
    number(f, g->top);
    number(f, columns);
    number(f, rows);
    byte(f, (g->local ? 0x80 | (g->local - 1) : 0) | (g->interlaced ? 0x40 : 0));
    if (g->local)
        table(f, g->local, 99);
    codes(f, values, (size_t)columns * (size_t)(g->missing ? rows - 2 : rows));
}

static void make(struct file *f, const struct gif *g)
{
    f->bytes = 0;
    for (const char *at = "GIF89a"; *at; at++)
        byte(f, *at);
    number(f, g->width);
    number(f, g->height);
    byte(f, g->global ? 0x80 | (g->global - 1) : 0);
    number(f, 0);
    if (g->global)
        table(f, g->global, 5);
    picture(f, g);
    if (g->again)
        picture(f, &(struct gif){.width = g->width, .height = g->height, .local = 2, .transparent = 1});
    byte(f, 0x3b);
}

/* Released by g_free(); NULL when it fails. */
static uint8_t *pixels_of(VipsImage *image, size_t *bytes)
{
    uint8_t *pixels = vips_image_write_to_memory(image, bytes);

    vips_error_clear();
    g_object_unref(image);
    return pixels;
}

static VipsImage *opened(const struct file *f)
{
    VipsImage *image = vips_image_new_from_buffer(f->data, f->bytes, "[fail_on=warning]", "access",
                                                  VIPS_ACCESS_SEQUENTIAL, NULL);

    assert_non_null(image);
    return image;
}

static void is_what_libvips_reads(const struct file *f, bool by_knee)
{
    VipsImage *theirs = opened(f), *ours;
    struct gif_reader reader;
    size_t bytes[2] = {0, 0};
    uint8_t *pixels[2];

    ours = gif_vips_image(g_object_ref(theirs), f->data, f->bytes, UINT64_MAX);
    assert_non_null(ours);
    assert_int_equal(ours != theirs, by_knee);
    assert_int_equal(gif_reader_open(&reader, f->data, f->bytes, UINT64_MAX), by_knee);
    gif_reader_close(&reader);
    if (!by_knee)
        g_object_unref(ours);
    pixels[0] = pixels_of(theirs, &bytes[0]);
    pixels[1] = by_knee ? pixels_of(ours, &bytes[1]) : NULL;
    if (by_knee) {
        assert_non_null(pixels[0]);
        assert_non_null(pixels[1]);
        assert_int_equal(bytes[0], bytes[1]);
        assert_memory_equal(pixels[0], pixels[1], bytes[0]);
    }
    g_free(pixels[0]);
    g_free(pixels[1]);
}

static void each_kind_of_file(void **state)
{
    static const struct gif cases[] = {
        {.width = 61, .height = 43, .global = 8, .transparent = -1, .ours = true},
        {.width = 1, .height = 1, .global = 1, .transparent = -1, .ours = true},
        {.width = 3, .height = 100, .global = 3, .transparent = 5, .ours = true},
        {.width = 60, .height = 44, .global = 7, .local = 8, .transparent = 255, .ours = true},
        {.width = 60, .height = 44, .local = 2, .transparent = 200, .ours = true},
        {.width = 60, .height = 44, .global = 4, .transparent = -1, .interlaced = true, .ours = true},
        {.width = 5, .height = 1, .global = 4, .transparent = -1, .interlaced = true, .ours = true},
        {.width = 5, .height = 2, .global = 4, .transparent = 3, .interlaced = true, .ours = true},
        {.width = 5, .height = 5, .global = 4, .transparent = -1, .interlaced = true, .ours = true},
        {.width = 5, .height = 7, .global = 4, .transparent = -1, .interlaced = true, .ours = true},
        {.width = 60, .height = 44, .global = 8, .transparent = -1, .again = true, .ours = true},
        {.width = 60, .height = 44, .transparent = -1},
        {.width = 60, .height = 44, .global = 8, .transparent = -1, .missing = true},
        {.width = 60,
         .height = 44,
         .left = 2,
         .top = 3,
         .columns = 50,
         .rows = 41,
         .global = 8,
         .transparent = -1},
        {.width = 60, .height = 44, .columns = 60, .rows = 43, .global = 8, .transparent = -1},
        {.width = 60, .height = 44, .columns = 70, .rows = 44, .global = 8, .transparent = -1},
    };
    struct file *f = malloc(sizeof *f);

    (void)state;
    assert_non_null(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make(f, &cases[i]);
        is_what_libvips_reads(f, cases[i].ours);
    }
    free(f);
}

static void more_pixels_than_allowed_are_left_to_libvips(void **state)
{
    const struct gif g = {.width = 61, .height = 43, .global = 8, .transparent = -1};
    struct file *f = malloc(sizeof *f);
    struct gif_reader reader;

    (void)state;
    assert_non_null(f);
    make(f, &g);
    assert_false(gif_reader_open(&reader, f->data, f->bytes, 61 * 43 - 1));
    gif_reader_close(&reader);
    free(f);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_file),
        cmocka_unit_test(more_pixels_than_allowed_are_left_to_libvips),
    };

    (void)argc;
    if (vips_init(argv[0]))
        return 1;
    vips_concurrency_set(1); /* rows are read in their order, as in knee */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
