/* JPEG 2000 decoded at a reduced size: which files, how far, where its samples lie, and that damage is the same. The
 * files are made here by OpenJPEG; what they hold is a ramp, whose reduced samples are those of the ramp. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openjpeg.h>

#include "pipeline/images/codecs/jp2_picture.h"
#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "tests/unit/images/image_fixture.h"

enum { MOST = 1 << 20, PTERM = 16, SLOPE = 7 };

/* A file to be made. */
struct made {
    int width, height, components;
    int left, top;   /* where the picture begins on the reference grid */
    int resolutions; /* levels of the wavelet transform, and one */
    int tile, mode,
        chroma; /* sides of the tiles, 0: one; style of code blocks; pixels a sample of chroma covers */
    bool container;
};

struct file {
    uint8_t *data;
    size_t bytes;
};

static int ceil_of(int a, int b)
{
    return (a + b - 1) / b;
}

/* Sample (x, y) of the component's own grid: a ramp along the reference grid. */
static int ramp(int x, int y, int step)
{
    return SLOPE * step * (x + 2 * y);
}

static void fill(const struct made *m, opj_image_t *image)
{
    for (OPJ_UINT32 i = 0; i < image->numcomps; i++) {
        opj_image_comp_t *c = &image->comps[i];
        int step = (int)c->dx, x0 = ceil_of(m->left, step), y0 = ceil_of(m->top, step);
        for (OPJ_UINT32 y = 0; y < c->h; y++)
            for (OPJ_UINT32 x = 0; x < c->w; x++)
                c->data[y * c->w + x] = ramp((int)x + x0, (int)y + y0, step);
    }
}

static struct file encode(const struct made *m)
{
    opj_image_cmptparm_t shapes[4];
    opj_cparameters_t parameters;
    opj_codec_t *codec = opj_create_compress(m->container ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_create_default_file_stream(fixture_path("a.jp2"), OPJ_FALSE);
    opj_image_t *image;
    struct file file;
    gchar *data;
    gsize bytes;

    for (int i = 0; i < m->components; i++) {
        int step = i && m->chroma ? m->chroma : 1;
        shapes[i] = (opj_image_cmptparm_t){
            .dx = (OPJ_UINT32)step,
            .dy = (OPJ_UINT32)step,
            .w = (OPJ_UINT32)(ceil_of(m->left + m->width, step) - ceil_of(m->left, step)),
            .h = (OPJ_UINT32)(ceil_of(m->top + m->height, step) - ceil_of(m->top, step)),
            .prec = 16};
    }
    image = opj_image_create((OPJ_UINT32)m->components, shapes,
                             m->components < 3 ? OPJ_CLRSPC_GRAY : OPJ_CLRSPC_SRGB);
    image->x0 = (OPJ_UINT32)m->left;
    image->y0 = (OPJ_UINT32)m->top;
    image->x1 = (OPJ_UINT32)(m->left + m->width);
    image->y1 = (OPJ_UINT32)(m->top + m->height);
    fill(m, image);
    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = m->resolutions;
    parameters.image_offset_x0 = m->left;
    parameters.image_offset_y0 = m->top;
    parameters.mode = m->mode;
    parameters.tcp_mct = 0;
    if (m->tile) {
        parameters.tile_size_on = OPJ_TRUE;
        parameters.cp_tdx = parameters.cp_tdy = m->tile;
    }
    assert_true(opj_setup_encoder(codec, &parameters, image) && opj_start_compress(codec, image, stream) &&
                opj_encode(codec, stream) && opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
    assert_true(g_file_get_contents(fixture_path("a.jp2"), &data, &bytes, NULL));
    file = (struct file){(uint8_t *)data, bytes};
    return file;
}

static const struct made plain = {.width = 203, .height = 131, .components = 3, .resolutions = 4};

static void some_files_may_be_reduced(void **state)
{
    static const struct {
        struct made made;
        int most;
    } cases[] = {
        {{.components = 1, .resolutions = 6}, 32},
        {{.components = 3, .resolutions = 6}, 32},
        {{.components = 3, .resolutions = 6, .container = true}, 32},
        {{.components = 3, .resolutions = 6, .tile = 64}, 32},
        {{.components = 3, .resolutions = 6, .chroma = 2}, 32},
        {{.components = 3, .resolutions = 2}, 2},
        {{.components = 3, .resolutions = 1}, 1},
        {{.components = 2, .resolutions = 6}, 1}, /* alpha */
        {{.components = 4, .resolutions = 6}, 1},
        {{.components = 3, .resolutions = 6, .mode = PTERM}, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made made = cases[i].made;
        struct jp2_header header;
        struct fault fault;
        struct file file;
        made.width = 203;
        made.height = 131;
        file = encode(&made);
        assert_int_equal(jp2_picture_header(file.data, file.bytes, MOST, &header, &fault), 0);
        assert_int_equal(header.width, 203);
        assert_int_equal(header.height, 131);
        assert_int_equal(header.most_reduction, cases[i].most);
        assert_int_equal(header.coarsest, made.chroma ? made.chroma : 1);
        g_free(file.data);
    }
}

/* Of the first component, on whose grid the others are. */
static void check_ramp(const struct made *m, const struct jp2_picture *picture, const uint16_t *samples,
                       int reduction)
{
    int edge = 4 * reduction * (m->chroma ? m->chroma : 1), bands = picture->image->Bands;
    double most = m->tile ? 12 : 2; /* each tile has edges */

    for (int row = 0; row < picture->image->Ysize; row++)
        for (int column = 0; column < picture->image->Xsize; column++) {
            double x = (column + 0.5 - picture->part.left) * picture->width / picture->part.width - 0.5;
            double y = (row + 0.5 - picture->part.top) * picture->height / picture->part.height - 0.5;
            double wanted = ramp(0, 0, 1) + SLOPE * (x + m->left + 2 * (y + m->top));
            if (x < edge || y < edge || x >= m->width - edge || y >= m->height - edge)
                continue; /* there the transform mirrors the ramp */
            for (int band = 0; band < bands; band++)
                assert_true(fabs(wanted - samples[(row * picture->image->Xsize + column) * bands + band]) <=
                            most);
        }
}

static void samples_lie_where_the_part_says(void **state)
{
    static const struct made cases[] = {
        {.width = 200, .height = 130, .components = 1, .resolutions = 4},
        {.width = 203, .height = 131, .components = 3, .resolutions = 4},
        {.width = 203, .height = 131, .components = 3, .resolutions = 4, .left = 5, .top = 2},
        {.width = 203, .height = 131, .components = 3, .resolutions = 4, .tile = 64},
        {.width = 203, .height = 131, .components = 3, .resolutions = 4, .chroma = 2, .container = true},
        {.width = 40, .height = 1300, .components = 1, .resolutions = 4, .top = 77}, /* in three strips */
        {.width = 40, .height = 1300, .components = 3, .resolutions = 4, .chroma = 2, .container = true},
        {.width = 41,
         .height = 1300,
         .components = 3,
         .resolutions = 4,
         .chroma = 3,
         .top = 1,
         .container = true},
        {.width = 40, .height = 1300, .components = 3, .resolutions = 4, .tile = 200, .top = 30},
        {.width = 40, .height = 1300, .components = 3, .resolutions = 4, .tile = 700},
        {.width = 203,
         .height = 131,
         .components = 3,
         .resolutions = 4,
         .chroma = 2,
         .left = 3,
         .top = 1,
         .container = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file file = encode(&cases[i]);
        for (int reduction = 1; reduction <= 4; reduction *= 2) {
            const struct made *m = &cases[i];
            struct jp2_picture picture;
            struct fault fault;
            size_t bytes;
            void *samples;
            assert_int_equal(jp2_picture_open(file.data, file.bytes, MOST, reduction, &picture, &fault), 0);
            assert_int_equal(picture.width, m->width);
            assert_int_equal(picture.height, m->height);
            assert_int_equal(picture.image->Xsize,
                             ceil_of(m->left + m->width, reduction) - ceil_of(m->left, reduction));
            assert_int_equal(picture.image->Ysize,
                             ceil_of(m->top + m->height, reduction) - ceil_of(m->top, reduction));
            assert_true(fabs(picture.part.width - (double)m->width / reduction) < 1e-9);
            samples = vips_image_write_to_memory(picture.image, &bytes);
            assert_non_null(samples);
            check_ramp(m, &picture, samples, reduction);
            g_free(samples);
            g_object_unref(picture.image);
        }
        g_free(file.data);
    }
}

static int width_at(const uint8_t *data, size_t bytes, int reduction, struct fault *fault)
{
    struct jp2_picture picture;
    int width;

    *fault = (struct fault){.text = ""};
    if (jp2_picture_open(data, bytes, MOST, reduction, &picture, fault))
        return 0;
    width = picture.image->Xsize;
    g_object_unref(picture.image);
    return width;
}

/* The header of a tile may have parameters of its own, for instance fewer levels: then everything is decoded. */
static void tiles_with_parameters_are_decoded_whole(void **state)
{
    static const uint8_t cod[] = {0xff, 0x52}, sod[] = {0xff, 0x93}, sot[] = {0xff, 0x90};
    struct file file = encode(&plain);
    uint8_t *from = memmem(file.data, file.bytes, cod, 2), *to = memmem(file.data, file.bytes, sod, 2),
            *tile = memmem(file.data, file.bytes, sot, 2), *changed;
    size_t length, before;
    struct fault fault;

    (void)state;
    assert_true(from && to && tile);
    length = 2 + (size_t)from[2] * 256 + from[3];
    before = (size_t)(to - file.data);
    changed = malloc(file.bytes + length);
    memcpy(changed, file.data, before);
    memcpy(changed + before, from, length);
    memcpy(changed + before + length, to, file.bytes - before);
    tile = changed + (tile - file.data);
    assert_true(tile[9] + length < 256);
    tile[9] = (uint8_t)(tile[9] + length); /* the last byte of its length */
    assert_int_equal(width_at(changed, file.bytes + length, 4, &fault), plain.width);
    assert_int_equal(width_at(file.data, file.bytes, 4, &fault), ceil_of(plain.width, 4));
    free(changed);
    g_free(file.data);
}

/* Cut anywhere, or with bytes that are wrong: the same files fail, for the same reason. */
static void damage_is_the_same(void **state)
{
    static const struct made cases[] = {
        {.width = 203, .height = 131, .components = 3, .resolutions = 4},
        {.width = 203, .height = 131, .components = 1, .resolutions = 4, .tile = 64, .container = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file file = encode(&cases[i]);
        int failed = 0;
        for (size_t at = 0; at < file.bytes; at += file.bytes / 300 + 1)
            for (int kind = 0; kind < 2; kind++) {
                size_t bytes = kind ? file.bytes : at;
                uint8_t *bad = malloc(bytes + 1);
                struct fault whole, reduced;
                int width;
                memcpy(bad, file.data, bytes);
                if (kind)
                    bad[at] ^= 0x55;
                width = width_at(bad, bytes, 1, &whole);
                assert_int_equal(width_at(bad, bytes, 4, &reduced) == 0, width == 0);
                assert_string_equal(reduced.text, whole.text);
                failed += width == 0;
                assert_true(width == 0 || kind || at + 2 >= file.bytes); /* cut ones fail */
                free(bad);
            }
        assert_true(failed > 100);
        g_free(file.data);
    }
}

/* The decoder gives what the largest rendition needs, and its margin (reduction.h); the picture has its own size. */
static void the_engine_asks_for_what_serves(void **state)
{
    static const struct {
        int box, reduction, chroma;
        enum recipe_format format;
    } cases[] = {{203, 1, 0, FORMAT_JPEG}, {51, 1, 0, FORMAT_JPEG}, {50, 2, 0, FORMAT_JPEG},
                 {12, 2, 0, FORMAT_JPEG},  {50, 2, 2, FORMAT_JPEG}, {50, 1, 2, FORMAT_PNG},
                 {25, 2, 2, FORMAT_PNG}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct recipe recipe = {.rendition_count = 1, .max_pixels = MOST};
        struct made made = plain;
        struct engine_size size;
        struct pixels base;
        struct notes notes = {0};
        struct fault fault;
        struct file file;
        int reduction = cases[i].reduction;
        recipe.renditions[0] = (struct rendition){
            .width = cases[i].box, .height = cases[i].box, .format = cases[i].format, .quality = 90};
        made.chroma = cases[i].chroma;
        file = encode(&made);
        assert_int_equal(engine_vips.decode(file.data, file.bytes, &recipe, &base, &size, &notes, &fault), 0);
        assert_int_equal(size.width, plain.width);
        assert_int_equal(size.stored_height, plain.height);
        assert_int_equal(base.width, cases[i].box);
        assert_int_equal(size.work.decoded_samples,
                         3 * ceil_of(plain.width, reduction) * ceil_of(plain.height, reduction));
        g_free(base.data);
        g_free(file.data);
    }
}

static int setup(void **state)
{
    struct fault fault;

    return fixture_make(state) || engine_vips_setup(&fault) ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_files_may_be_reduced),
        cmocka_unit_test(samples_lie_where_the_part_says),
        cmocka_unit_test(tiles_with_parameters_are_decoded_whole),
        cmocka_unit_test(damage_is_the_same),
        cmocka_unit_test(the_engine_asks_for_what_serves),
    };
    return cmocka_run_group_tests(tests, setup, fixture_remove);
}
