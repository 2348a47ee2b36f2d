/* Pictures of AVIF and HEIC with alpha: the pixels that libheif reads, what is cropped and turned, ranges of alpha, and
 * damage. Pictures are coded by libvips, and put into files here, box by box. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include <cmocka.h>

#include "pipeline/images/codecs/heif_vips.h"
#include "tests/unit/images/heif_fixture.h"

enum { WIDTH = 160, HEIGHT = 96 };

struct coded {
    void *memory; /* NULL: there is no coder */
    size_t bytes;
};

/* Soft colours, so that chroma means the same however it is interpolated, and an alpha of every level. */
static struct coded code(VipsForeignHeifCompression coder, int width, int height, bool halved)
{
    struct coded coded = {.memory = NULL};
    uint8_t *rgba = malloc((size_t)width * (size_t)height * 4);
    VipsImage *image;

    assert_non_null(rgba);
    for (int i = 0; i < width * height; i++) {
        int x = i % width * 255 / width, y = i / width * 255 / height;
        const uint8_t pixel[4] = {(uint8_t)x, (uint8_t)y, (uint8_t)(255 - x), (uint8_t)((x + y) / 2)};
        memcpy(rgba + 4 * i, pixel, 4);
    }
    image = vips_image_new_from_memory_copy(rgba, (size_t)width * (size_t)height * 4, width, height, 4,
                                            VIPS_FORMAT_UCHAR);
    image->Type = VIPS_INTERPRETATION_sRGB;
    if (vips_heifsave_buffer(image, &coded.memory, &coded.bytes, "compression", coder, "Q", 90, "effort", 1,
                             "bitdepth", 8, "subsample_mode",
                             halved ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL))
        coded.memory = NULL;
    vips_error_clear();
    g_object_unref(image);
    free(rgba);
    return coded;
}

/* --- against libheif --------------------------------------------------------------------------- */

static uint8_t *read_ours(const void *data, size_t bytes, int *orientation)
{
    struct colour_tags tags;
    struct fault fault;
    VipsImage *image;
    uint8_t *pixels;
    size_t read;

    assert_int_equal(heif_vips_image(data, bytes, UINT64_MAX, &tags, &image, &fault), HEIF_READER_OK);
    assert_int_equal(image->Bands, 4);
    *orientation = vips_image_get_orientation(image);
    pixels = vips_image_write_to_memory(image, &read);
    assert_non_null(pixels);
    g_object_unref(image);
    return pixels;
}

/* libheif repeats chroma. */
static void is_what_libheif_reads(const struct coded *coded, bool halved)
{
    VipsImage *theirs = vips_image_new_from_buffer(coded->memory, coded->bytes, "", NULL);
    uint8_t *pixels[2];
    int orientation;
    size_t bytes;
    int most = halved ? 6 : 1;

    assert_non_null(theirs);
    pixels[0] = read_ours(coded->memory, coded->bytes, &orientation);
    pixels[1] = vips_image_write_to_memory(theirs, &bytes);
    assert_int_equal(bytes, (size_t)theirs->Xsize * (size_t)theirs->Ysize * 4);
    for (size_t i = 0; i < bytes; i++)
        if (abs(pixels[0][i] - pixels[1][i]) > (i % 4 == 3 ? 0 : most))
            fail_msg("band %zu of pixel %zu: %d instead of %d", i % 4, i / 4, pixels[0][i], pixels[1][i]);
    assert_int_equal(orientation, 1);
    g_free(pixels[0]);
    g_free(pixels[1]);
    g_object_unref(theirs);
}

/* Of an odd size libheif makes grids of one tile of HEVC. The large one is given back in parts while it is read. */
static void pixels_are_those_of_libheif(void **state)
{
    static const int sizes[3][2] = {{WIDTH, HEIGHT}, {101, 73}, {2100, 1700}};
    static const VipsForeignHeifCompression coders[] = {VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                                                        VIPS_FOREIGN_HEIF_COMPRESSION_HEVC};

    (void)state;
    for (int i = 0; i < 12; i++) {
        bool halved = i / 2 % 2;
        struct coded coded = code(coders[i % 2], sizes[i / 4][0], sizes[i / 4][1], halved);
        if (!coded.memory)
            continue;
        is_what_libheif_reads(&coded, halved);
        g_free(coded.memory);
    }
}

/* --- files ------------------------------------------------------------------------------------- */

/* Item 1 is the picture, 2 its alpha. */
struct plan {
    const char *extra[2]; /* properties of the picture: name, then content as text */
    size_t extra_bytes[2];
    int alpha_has;          /* how many of them its alpha has, too */
    int alpha_turns;        /* quarters, of alpha alone */
    int alpha_wider;        /* than the picture, pixels */
    bool alpha_narrow;      /* nclx says so */
    bool premultiplied;     /* the picture refers to it so */
    bool twice;             /* it says twice that it is the alpha */
    size_t damaged, intact; /* alpha: bytes that are zero behind those that are not */
};

static void put_items(struct file *f, const struct plan *plan)
{
    static const char *const names[3] = {"auxl", "auxl", "prem"};
    const bool has[3] = {true, plan->twice, plan->premultiplied};

    begin(f, "iinf");
    put(f, 2, 6);
    for (uint64_t id = 1; id <= 2; id++) {
        begin(f, "infe");
        put(f, 0x02000000, 4);
        put(f, id << 16, 4);
        text(f, "av01");
        end(f);
    }
    end(f);
    begin(f, "iref");
    put(f, 0, 4);
    for (int i = 0; i < 3; i++)
        if (has[i]) {
            begin(f, names[i]);
            put(f, i == 2 ? 1 : 2, 2);
            put(f, 1, 2);
            put(f, i == 2 ? 2 : 1, 2);
            end(f);
        }
    end(f);
}

static void put_size(struct file *f, int width)
{
    begin(f, "ispe");
    put(f, 0, 4);
    put(f, (uint64_t)width, 4);
    put(f, HEIGHT, 4);
    end(f);
}

static void put_text(struct file *f, const char *name, const void *content, size_t bytes)
{
    begin(f, name);
    memcpy(f->data + f->bytes, content, bytes);
    f->bytes += bytes;
    end(f);
}

/* 1 the picture's size and 2 coding, 3 alpha's size, 4 coding and 5 kind, 6 narrow, 7 turn; 8 and 9 the extra ones. */
static void put_properties(struct file *f, const struct plan *plan, const struct heif_item items[2])
{
    static const char kind[] = "\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    const char turns = (char)plan->alpha_turns;
    int extras = (plan->extra[0] != NULL) + (plan->extra[1] != NULL);

    begin(f, "iprp");
    begin(f, "ipco");
    put_size(f, WIDTH);
    put_text(f, "av1C", items[0].config.at, items[0].config.bytes);
    put_size(f, WIDTH + plan->alpha_wider);
    put_text(f, "av1C", items[1].config.at, items[1].config.bytes);
    put_text(f, "auxC", kind, sizeof kind);
    put_text(f, "colr", "nclx\0\2\0\2\0\2\0", 11);
    put_text(f, "irot", &turns, 1);
    for (int i = 0; i < extras; i++)
        put_text(f, plan->extra[i], plan->extra[i] + 5, plan->extra_bytes[i]);
    end(f);
    begin(f, "ipma");
    put(f, 0, 4);
    put(f, 2, 4);
    put(f, 1, 2);
    put(f, 2 + (uint64_t)extras, 1);
    put(f, 0x0182, 2);
    for (int i = 0; i < extras; i++)
        put(f, 0x88 + (uint64_t)i, 1);
    put(f, 2, 2);
    put(f, 3 + (uint64_t)plan->alpha_narrow + (plan->alpha_turns > 0) + (uint64_t)plan->alpha_has, 1);
    put(f, 0x038485, 3);
    put(f, 6, plan->alpha_narrow);
    put(f, 0x87, plan->alpha_turns > 0);
    for (int i = 0; i < plan->alpha_has; i++)
        put(f, 0x88 + (uint64_t)i, 1);
    end(f);
    end(f);
}

static void put_data(struct file *f, const struct plan *plan, const struct heif_item items[2],
                     const size_t places[2])
{
    begin(f, "mdat");
    for (int i = 0; i < 2; i++) {
        size_t here = f->bytes;
        assert_true(here + items[i].data.bytes <= MOST);
        f->bytes = places[i];
        put(f, here, 4);
        f->bytes = here;
        memcpy(f->data + here, items[i].data.at, items[i].data.bytes);
        if (i)
            memset(f->data + here + plan->intact, 0, plan->damaged);
        f->bytes += items[i].data.bytes;
    }
    end(f);
}

/* Of a file of libvips. */
static const struct file *make(const struct coded *coded, struct plan plan)
{
    static struct file f;
    struct heif_item items[2];
    size_t places[2];

    assert_true(heif_item_read(coded->memory, coded->bytes, &items[0]));
    assert_true(heif_item_alpha(&items[0], &items[1]));
    f = (struct file){.bytes = 0};
    begin_meta(&f);
    put_items(&f, &plan);
    put_properties(&f, &plan, items);
    begin(&f, "iloc");
    put(&f, 0, 4);
    put(&f, 0x4400, 2);
    put(&f, 2, 2);
    for (uint64_t id = 1; id <= 2; id++) {
        put(&f, id, 2);
        put(&f, 1, 4);
        places[id - 1] = f.bytes;
        put(&f, 0, 4);
        put(&f, items[id - 1].data.bytes, 4);
    }
    end(&f);
    end(&f);
    put_data(&f, &plan, items, places);
    return &f;
}

/* --- what files say ---------------------------------------------------------------------------- */

/* 100/1 x 40/1, whose middle is 10/1 right of and 8/1 above the picture's. */
#define CLAP "clap\0\0\0\0\x64\0\0\0\1\0\0\0\x28\0\0\0\1\0\0\0\x0a\0\0\0\1\xff\xff\xff\xf8\0\0\0\1"

/* Within the whole picture, at its sides too, where chroma has neighbours that are not shown. */
static void is_cropped(const uint8_t *part, const uint8_t *whole)
{
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 400; x++)
            if (abs(part[y * 400 + x] - whole[((y + 20) * WIDTH + 40) * 4 + x]) > 2)
                fail_msg("%d,%d: %d, in the whole picture %d", x, y, part[y * 400 + x],
                         whole[((y + 20) * WIDTH + 40) * 4 + x]);
}

/* Writers give alpha the picture's crop and turn, or leave them out. */
static void crop_and_turn_hold_for_both(void **state)
{
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);
    uint8_t *whole, *part;
    int orientation;

    (void)state;
    whole = read_ours(coded.memory, coded.bytes, &orientation);
    for (int i = 0; i <= 2; i += 2) {
        struct plan plan = {.extra = {CLAP, "irot\0\1"}, .extra_bytes = {32, 1}, .alpha_has = i};
        const struct file *f = make(&coded, plan);
        part = read_ours(f->data, f->bytes, &orientation);
        assert_int_equal(orientation, 8);
        is_cropped(part, whole);
        g_free(part);
    }
    g_free(whole);
    g_free(coded.memory);
}

static void an_alpha_that_does_not_fit_is_left(void **state)
{
    static const struct plan plans[] = {{.alpha_turns = 1},
                                        {.extra = {"irot\0\1"}, .extra_bytes = {1}, .alpha_turns = 2},
                                        {.alpha_wider = 2},
                                        {.extra = {CLAP, "irot\0\1"}, .extra_bytes = {32, 1}, .alpha_has = 1},
                                        {.twice = true}};
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);
    struct colour_tags tags;
    struct fault fault;
    VipsImage *image;

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        const struct file *f = make(&coded, plans[i]);
        if (heif_vips_image(f->data, f->bytes, UINT64_MAX, &tags, &image, &fault) != HEIF_READER_OTHER)
            fail_msg("plan %zu is taken", i);
    }
    g_free(coded.memory);
}

static void narrow_alpha_becomes_wide(void **state)
{
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);
    const struct file *f = make(&coded, (struct plan){.alpha_narrow = true});
    int orientation;
    uint8_t *as_is = read_ours(coded.memory, coded.bytes, &orientation);
    uint8_t *pixels = read_ours(f->data, f->bytes, &orientation);

    (void)state;
    for (int i = 0; i < 4 * WIDTH * HEIGHT; i++) {
        double wide = (as_is[i] - 16) * 255 / 219.0;
        int right = i % 4 < 3 ? as_is[i] : wide < 0 ? 0 : wide > 255 ? 255 : (int)(wide + 0.5);
        if (pixels[i] != right)
            fail_msg("sample %d is %d instead of %d", i, pixels[i], right);
    }
    g_free(as_is);
    g_free(pixels);
    g_free(coded.memory);
}

static void premultiplied_colours_are_divided(void **state)
{
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);
    const struct file *f = make(&coded, (struct plan){.premultiplied = true});
    int orientation;
    uint8_t *as_is = read_ours(coded.memory, coded.bytes, &orientation);
    uint8_t *pixels = read_ours(f->data, f->bytes, &orientation);

    (void)state;
    for (int i = 0; i < 4 * WIDTH * HEIGHT; i++) {
        int alpha = as_is[i / 4 * 4 + 3];
        int right = i % 4 == 3 ? alpha : alpha ? (int)(as_is[i] * 255.0 / alpha + 0.5) : 0;
        if (pixels[i] != (right > 255 ? 255 : right))
            fail_msg("sample %d is %d instead of %d", i, pixels[i], right);
    }
    g_free(as_is);
    g_free(pixels);
    g_free(coded.memory);
}

/* --- refusals ---------------------------------------------------------------------------------- */

static void a_damaged_alpha_is_refused(void **state)
{
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);
    const struct file *f = make(&coded, (struct plan){.intact = 4, .damaged = 16});
    struct fault fault = {.text = ""};
    struct colour_tags tags;
    VipsImage *image;

    (void)state;
    assert_int_equal(heif_vips_image(f->data, f->bytes, UINT64_MAX, &tags, &image, &fault),
                     HEIF_READER_FAILED);
    assert_non_null(strstr(fault.text, "AVIF: damaged picture ("));
    g_free(coded.memory);
}

static void too_many_pixels_are_refused(void **state)
{
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);
    struct fault fault = {.text = ""};
    struct colour_tags tags;
    VipsImage *image;

    (void)state;
    assert_int_equal(heif_vips_image(coded.memory, coded.bytes, WIDTH * HEIGHT - 1, &tags, &image, &fault),
                     HEIF_READER_FAILED);
    assert_non_null(strstr(fault.text, "160x96 is more than the recipe's limit"));
    g_free(coded.memory);
}

static void damage_to_boxes_is_harmless(void **state)
{
    struct coded coded = code(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, WIDTH, HEIGHT, true);

    (void)state;
    damage(*make(&coded, (struct plan){.extra = {CLAP, "irot\0\1"},
                                       .extra_bytes = {32, 1},
                                       .alpha_has = 2,
                                       .premultiplied = true}));
    g_free(coded.memory);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_are_those_of_libheif),        cmocka_unit_test(crop_and_turn_hold_for_both),
        cmocka_unit_test(an_alpha_that_does_not_fit_is_left), cmocka_unit_test(narrow_alpha_becomes_wide),
        cmocka_unit_test(premultiplied_colours_are_divided),  cmocka_unit_test(a_damaged_alpha_is_refused),
        cmocka_unit_test(too_many_pixels_are_refused),        cmocka_unit_test(damage_to_boxes_is_harmless),
    };

    (void)argc;
    if (vips_init(argv[0]))
        return 1;
    vips_concurrency_set(1); /* rows are read in their order, as in knee */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
