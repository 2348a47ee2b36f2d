/* Which engine takes what, and that both make the same picture of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/images/codecs/webp_chunks.h"
#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"

enum { WIDTH = 1203, HEIGHT = 801 };

/* A soft picture with four corners of different colours, as three bands. */
static VipsImage *picture(int bands)
{
    uint8_t *data = malloc((size_t)WIDTH * HEIGHT * (size_t)bands);
    VipsImage *image, *kept;

    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int band = 0; band < bands; band++) {
                double u = (double)x / WIDTH, v = (double)y / HEIGHT;
                double wave = 30 * sin(u * 40 + band) * cos(v * 31 - band);
                double base = band == 0 ? 200 * u + 20 : band == 1 ? 200 * v + 20 : 220 - 180 * u * v;
                data[((size_t)y * WIDTH + (size_t)x) * (size_t)bands + (size_t)band] =
                    (uint8_t)fmin(255, fmax(0, base + wave));
            }
    image = vips_image_new_from_memory_copy(data, (size_t)WIDTH * HEIGHT * (size_t)bands, WIDTH, HEIGHT,
                                            bands, VIPS_FORMAT_UCHAR);
    free(data);
    assert_int_equal(vips_copy(image, &kept, "interpretation",
                               bands == 1   ? VIPS_INTERPRETATION_B_W
                               : bands == 3 ? VIPS_INTERPRETATION_sRGB
                                            : VIPS_INTERPRETATION_CMYK,
                               NULL),
                     0);
    g_object_unref(image);
    return kept;
}

struct file {
    void *data;
    size_t bytes;
};

static struct file jpeg(int bands, int orientation, bool progressive, bool chroma_halved)
{
    VipsImage *image = picture(bands);
    struct file file;

    vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
    assert_int_equal(vips_jpegsave_buffer(
                         image, &file.data, &file.bytes, "Q", 92, "interlace", progressive, "subsample_mode",
                         chroma_halved ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL),
                     0);
    g_object_unref(image);
    return file;
}

/* JPEG, JPEG and WebP, as the shipped recipe, smaller. */
static struct recipe small_recipe(void)
{
    struct recipe recipe = {.rendition_count = 3, .background = {255, 255, 255}, .max_pixels = 100000000};

    recipe.renditions[0] = (struct rendition){
        .name = "large", .width = 512, .height = 512, .format = FORMAT_JPEG, .quality = 92};
    recipe.renditions[1] = (struct rendition){
        .name = "medium", .width = 255, .height = 255, .format = FORMAT_JPEG, .quality = 92};
    recipe.renditions[2] = (struct rendition){
        .name = "thumb", .fit = FIT_COVER, .width = 96, .height = 96, .format = FORMAT_WEBP, .quality = 92};
    return recipe;
}

static bool takes(struct file file, const struct recipe *recipe)
{
    bool answer = engine_choose(KIND_JPEG, file.data, file.bytes, recipe) == &engine_planes;

    g_free(file.data);
    return answer;
}

static void plain_jpeg_goes_to_the_planes_and_all_else_to_vips(void **state)
{
    struct recipe recipe = small_recipe(), png = recipe;
    struct file text = {g_strdup("\xff\xd8\xffno JPEG at all"), 18};

    (void)state;
    png.renditions[1].format = FORMAT_PNG;
    assert_true(takes(jpeg(3, 1, false, true), &recipe));
    assert_true(takes(jpeg(3, 6, true, false), &recipe));
    assert_true(takes(jpeg(1, 1, false, false), &recipe));
    assert_false(takes(jpeg(4, 1, false, false), &recipe)); /* CMYK */
    assert_false(takes(jpeg(3, 1, false, true), &png));
    assert_false(takes(text, &recipe));
    assert_ptr_equal(engine_choose(KIND_PNG, "", 0, &recipe), &engine_vips);
    recipe.keep = KEEP_ICC;
    assert_false(takes(jpeg(3, 1, false, true), &recipe));
    recipe.keep = 0;
    recipe.renditions[0].sharpen = 1;
    assert_true(takes(jpeg(3, 1, false, true), &recipe));
    recipe.renditions[0].subsampling = SUBSAMPLING_444;
    assert_false(takes(jpeg(3, 1, false, true), &recipe));
}

static struct file webp(bool lossless)
{
    VipsImage *image = picture(3);
    struct file file;

    /* libvips writes an extended file; most are simple ones */
    assert_int_equal(vips_webpsave_buffer(image, &file.data, &file.bytes, "Q", 95, "lossless", lossless,
                                          "strip", TRUE, NULL),
                     0);
    webp_drop_metadata(file.data, &file.bytes);
    g_object_unref(image);
    return file;
}

static void simple_lossy_webp_goes_to_the_planes(void **state)
{
    struct recipe recipe = small_recipe();
    struct file lossy = webp(false), lossless = webp(true);

    (void)state;
    assert_ptr_equal(engine_choose(KIND_WEBP, lossy.data, lossy.bytes, &recipe), &engine_planes);
    assert_ptr_equal(engine_choose(KIND_WEBP, lossless.data, lossless.bytes, &recipe), &engine_vips);
    assert_ptr_equal(engine_choose(KIND_WEBP, lossy.data, 20, &recipe), &engine_vips);
    recipe.renditions[0].format = FORMAT_PNG;
    assert_ptr_equal(engine_choose(KIND_WEBP, lossy.data, lossy.bytes, &recipe), &engine_vips);
    g_free(lossy.data);
    g_free(lossless.data);
}

static void a_steep_reduction_is_made_from_planes_too(void **state)
{
    struct recipe recipe = small_recipe();

    (void)state;
    recipe.renditions[2].width = recipe.renditions[2].height = 10;
    assert_true(takes(jpeg(3, 1, false, true), &recipe)); /* 512 to 15: more than 32 times */
}

/* A rendition through an engine, decoded again. */
static VipsImage *rendered(const struct engine *engine, struct file file, const struct recipe *recipe,
                           int index)
{
    const struct metadata unknown = {0};
    struct pixels base = {0}, scaled = {0};
    struct engine_size size;
    struct fault fault = {.text = ""};
    VipsImage *image, *copy;
    void *data = NULL;
    size_t bytes = 0;

    if (engine->decode(file.data, file.bytes, recipe, &base, &size, NULL, &fault) ||
        engine->scale(&base, recipe, &recipe->renditions[index], &size, &scaled, &fault) ||
        engine->encode(&scaled, recipe, &recipe->renditions[index], &unknown, &data, &bytes, &fault))
        fail_msg("%s: %s", engine_name((int)engine->id), fault.text);
    image = vips_image_new_from_buffer(data, bytes, "", NULL);
    assert_non_null(image);
    copy = vips_image_copy_memory(image);
    g_object_unref(image);
    g_free(base.data);
    g_free(scaled.data);
    g_free(data);
    return copy;
}

static double psnr(VipsImage *a, VipsImage *b)
{
    VipsImage *difference, *squared;
    double mean;

    assert_int_equal(a->Xsize, b->Xsize);
    assert_int_equal(a->Ysize, b->Ysize);
    assert_int_equal(a->Bands, 3);
    assert_int_equal(b->Bands, 3);
    assert_int_equal(vips_subtract(a, b, &difference, NULL), 0);
    assert_int_equal(vips_multiply(difference, difference, &squared, NULL), 0);
    assert_int_equal(vips_avg(squared, &mean, NULL), 0);
    g_object_unref(difference);
    g_object_unref(squared);
    return 10 * log10(255 * 255 / fmax(mean, 1e-9));
}

/* The kinds of JPEG that both engines read. */
static const struct {
    int bands, orientation;
    bool progressive, chroma_halved;
} kinds[] = {{3, 1, false, true},  {3, 2, false, false}, {3, 3, true, true},  {3, 4, false, true},
             {3, 5, true, false},  {3, 6, false, true},  {3, 7, false, true}, {3, 8, false, true},
             {1, 1, false, false}, {1, 6, true, false}};

static void both_engines_make_the_same_renditions(void **state)
{
    struct recipe recipe = small_recipe();

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (int r = 0; r < recipe.rendition_count; r++) {
            struct file file =
                jpeg(kinds[i].bands, kinds[i].orientation, kinds[i].progressive, kinds[i].chroma_halved);
            VipsImage *planes = rendered(&engine_planes, file, &recipe, r);
            VipsImage *vips = rendered(&engine_vips, file, &recipe, r);
            double db = psnr(planes, vips);
            if (db < 38)
                fail_msg("kind %zu, %s: %.1f dB between the engines", i, recipe.renditions[r].name, db);
            g_object_unref(planes);
            g_object_unref(vips);
            g_free(file.data);
        }
}

static void both_engines_make_the_same_of_webp(void **state)
{
    struct recipe recipe = small_recipe();
    struct file file = webp(false);

    (void)state;
    for (int r = 0; r < recipe.rendition_count; r++) {
        VipsImage *planes = rendered(&engine_planes, file, &recipe, r);
        VipsImage *vips = rendered(&engine_vips, file, &recipe, r);
        if (psnr(planes, vips) < 38)
            fail_msg("%s: %.1f dB between the engines", recipe.renditions[r].name, psnr(planes, vips));
        g_object_unref(planes);
        g_object_unref(vips);
    }
    g_free(file.data);
}

static struct file heif(VipsForeignHeifCompression compression, bool alpha)
{
    VipsImage *image = picture(3), *clear, *part;
    struct file file;

    /* of an odd size libheif makes a grid of one tile of HEVC */
    assert_int_equal(vips_extract_area(image, &part, 0, 0, 601, 401, NULL), 0);
    g_object_unref(image);
    image = part;
    if (alpha) {
        assert_int_equal(vips_bandjoin_const1(image, &clear, 100, NULL), 0);
        g_object_unref(image);
        image = clear;
    }
    if (vips_heifsave_buffer(image, &file.data, &file.bytes, "compression", compression, "Q", 95, "bitdepth",
                             8, "effort", 0, NULL))
        file.data = NULL; /* without the coder's library */
    vips_error_clear();
    g_object_unref(image);
    return file;
}

static void avif_and_heic_go_to_the_planes(void **state)
{
    static const VipsForeignHeifCompression coders[] = {VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                                                        VIPS_FOREIGN_HEIF_COMPRESSION_HEVC};
    struct recipe recipe = small_recipe(), png = recipe;

    (void)state;
    png.renditions[1].format = FORMAT_PNG;
    for (size_t i = 0; i < sizeof coders / sizeof coders[0]; i++) {
        struct file plain = heif(coders[i], false), clear = heif(coders[i], true);
        if (!plain.data || !clear.data)
            skip();
        assert_ptr_equal(engine_choose(KIND_HEIF, plain.data, plain.bytes, &recipe), &engine_planes);
        assert_ptr_equal(engine_choose(KIND_HEIF, plain.data, plain.bytes, &png), &engine_vips);
        assert_ptr_equal(engine_choose(KIND_HEIF, plain.data, plain.bytes - 1, &recipe),
                         &engine_vips); /* cut */
        assert_ptr_equal(engine_choose(KIND_HEIF, clear.data, clear.bytes, &recipe), &engine_vips);
        for (int r = 0; r < recipe.rendition_count; r++) {
            VipsImage *planes = rendered(&engine_planes, plain, &recipe, r);
            VipsImage *vips = rendered(&engine_vips, plain, &recipe, r);
            if (psnr(planes, vips) < 38)
                fail_msg("%s: %.1f dB between the engines", recipe.renditions[r].name, psnr(planes, vips));
            g_object_unref(planes);
            g_object_unref(vips);
        }
        g_free(plain.data);
        g_free(clear.data);
    }
}

/* With a header of its own, EXIF, and a profile of a wide gamut where that is asked for. */
static struct file extended_webp(int orientation, bool wide, bool lossless)
{
    VipsImage *image = picture(3), *profiled;
    struct file file;

    if (wide) {
        assert_int_equal(vips_icc_export(image, &profiled, "output_profile", "p3", NULL), 0);
        g_object_unref(image);
        image = profiled;
    }
    vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
    assert_int_equal(
        vips_webpsave_buffer(image, &file.data, &file.bytes, "Q", 95, "lossless", lossless, NULL), 0);
    g_object_unref(image);
    assert_memory_equal((char *)file.data + 8, "WEBPVP8X", 8);
    return file;
}

static void extended_webp_goes_to_the_planes_turned_and_in_its_colours(void **state)
{
    struct recipe recipe = small_recipe();

    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++)
        for (int wide = 0; wide < 2; wide++) {
            struct file file = extended_webp(orientation, wide, false);
            int r = orientation % recipe.rendition_count;
            VipsImage *planes, *vips;
            assert_ptr_equal(engine_choose(KIND_WEBP, file.data, file.bytes, &recipe), &engine_planes);
            planes = rendered(&engine_planes, file, &recipe, r);
            vips = rendered(&engine_vips, file, &recipe, r);
            if (psnr(planes, vips) < 38)
                fail_msg("orientation %d, %s: %.1f dB between the engines", orientation,
                         wide ? "wide gamut" : "sRGB", psnr(planes, vips));
            g_object_unref(planes);
            g_object_unref(vips);
            g_free(file.data);
        }
}

/* A file that lost what stands behind its picture may have lost its orientation: refused, as damaged. */
static void extended_webp_that_is_cut_or_lossless_goes_to_vips(void **state)
{
    struct recipe recipe = small_recipe();
    struct file cut = extended_webp(6, false, false), lossless = extended_webp(6, false, true);
    struct engine_size size;
    struct pixels base = {0};
    struct fault fault = {.text = ""};

    (void)state;
    assert_ptr_equal(engine_choose(KIND_WEBP, cut.data, cut.bytes - 4, &recipe), &engine_vips);
    assert_int_equal(engine_vips.decode(cut.data, cut.bytes - 4, &recipe, &base, &size, NULL, &fault), -1);
    assert_string_not_equal(fault.text, "");
    assert_ptr_equal(engine_choose(KIND_WEBP, lossless.data, lossless.bytes, &recipe), &engine_vips);
    g_free(base.data);
    g_free(cut.data);
    g_free(lossless.data);
}

static void a_cut_webp_is_an_error(void **state)
{
    struct recipe recipe = small_recipe();
    struct file file = webp(false);
    struct engine_size size;
    struct pixels base = {0};
    struct fault fault = {.text = ""};

    (void)state;
    assert_int_equal(engine_planes.decode(file.data, file.bytes / 2, &recipe, &base, &size, NULL, &fault),
                     -1);
    assert_non_null(strstr(fault.text, "WebP: "));
    g_free(base.data);
    g_free(file.data);
}

/* What libvips reads is made into planes where all renditions can be, and stays RGB where one cannot. */
static void the_layout_follows_the_recipe(void **state)
{
    struct recipe recipe = small_recipe();
    VipsImage *image = picture(3);
    struct file file;

    (void)state;
    assert_int_equal(vips_pngsave_buffer(image, &file.data, &file.bytes, "compression", 1, NULL), 0);
    g_object_unref(image);
    for (int i = 0; i < 2; i++) {
        struct engine_size size;
        struct pixels base = {0};
        struct fault fault = {.text = ""};
        recipe.renditions[1].format = i ? FORMAT_PNG : FORMAT_JPEG;
        assert_int_equal(engine_vips.decode(file.data, file.bytes, &recipe, &base, &size, NULL, &fault), 0);
        assert_int_equal(base.layout, i ? PIXELS_RGB : PIXELS_PLANES);
        g_free(base.data);
    }
    g_free(file.data);
}

/* Colours of a display with a wider gamut than sRGB's, as telephones write them. */
static void a_wide_profile_is_converted_by_both(void **state)
{
    struct recipe recipe = small_recipe();
    VipsImage *image = picture(3), *wide, *plain, *planes, *vips, *naive;
    struct file file, bare;

    (void)state;
    assert_int_equal(vips_icc_transform(image, &wide, "p3", "input_profile", "srgb", NULL), 0);
    assert_int_equal(vips_jpegsave_buffer(wide, &file.data, &file.bytes, "Q", 95, NULL), 0);
    assert_int_equal(vips_jpegsave_buffer(wide, &bare.data, &bare.bytes, "Q", 95, "strip", TRUE, NULL), 0);
    assert_ptr_equal(engine_choose(KIND_JPEG, file.data, file.bytes, &recipe), &engine_planes);
    planes = rendered(&engine_planes, file, &recipe, 0);
    vips = rendered(&engine_vips, file, &recipe, 0);
    naive = rendered(&engine_planes, bare, &recipe, 0);
    assert_int_equal(vips_thumbnail_image(image, &plain, 512, NULL), 0);
    if (psnr(planes, vips) < 36 || psnr(planes, plain) < 36)
        fail_msg("%.1f dB between the engines, %.1f dB from the original", psnr(planes, vips),
                 psnr(planes, plain));
    if (psnr(planes, naive) > 32)
        fail_msg("%.1f dB from a picture without its profile: was it converted at all?", psnr(planes, naive));
    g_object_unref(image);
    g_object_unref(wide);
    g_object_unref(plain);
    g_object_unref(planes);
    g_object_unref(vips);
    g_object_unref(naive);
    g_free(file.data);
    g_free(bare.data);
}

static void the_decoder_reduces_large_pictures_and_keeps_them_right(void **state)
{
    struct recipe recipe = small_recipe();

    (void)state;
    for (int side = 400; side >= 100; side /= 2) { /* 1/2, 1/4 and 1/8 */
        struct file file = jpeg(3, 6, false, true);
        VipsImage *planes, *vips;
        recipe.rendition_count = 1;
        recipe.renditions[0].width = recipe.renditions[0].height = side;
        planes = rendered(&engine_planes, file, &recipe, 0);
        vips = rendered(&engine_vips, file, &recipe, 0);
        if (psnr(planes, vips) < 33) /* of 100 pixels, waves of 15 are left: chroma filters show */
            fail_msg("side %d: %.1f dB between the engines", side, psnr(planes, vips));
        g_object_unref(planes);
        g_object_unref(vips);
        g_free(file.data);
    }
}

static struct file wide_jpeg(void)
{
    VipsImage *image = picture(3), *wide;
    struct file file;

    assert_int_equal(vips_icc_transform(image, &wide, "p3", "input_profile", "srgb", NULL), 0);
    assert_int_equal(vips_jpegsave_buffer(wide, &file.data, &file.bytes, "Q", 95, NULL), 0);
    g_object_unref(image);
    g_object_unref(wide);
    return file;
}

static struct engine_work work_of(const struct engine *engine, struct file file, const struct recipe *recipe)
{
    struct engine_size size;
    struct pixels base = {0};
    struct fault fault = {.text = ""};

    if (engine->decode(file.data, file.bytes, recipe, &base, &size, NULL, &fault))
        fail_msg("%s: %s", engine_name((int)engine->id), fault.text);
    g_free(base.data);
    g_free(file.data);
    return size.work;
}

static void the_work_of_decoding_is_recorded(void **state)
{
    struct recipe recipe = small_recipe();
    struct engine_work work;

    (void)state;
    /* 480 at most: from half of 1203 x 801; halved chroma is left as it is, and as large as luma then */
    recipe.renditions[0].width = recipe.renditions[0].height = 480;
    work = work_of(&engine_planes, jpeg(3, 1, false, true), &recipe);
    assert_int_equal(work.decoded_samples, 602 * 401 * 3);
    assert_false(work.progressive);
    assert_int_equal(work.converted_pixels, 0);
    work = work_of(&engine_planes, jpeg(1, 1, true, false), &recipe);
    assert_int_equal(work.decoded_samples, 602 * 401);
    assert_true(work.progressive);
    work = work_of(&engine_vips, jpeg(3, 1, true, true), &recipe);
    assert_int_equal(work.decoded_samples, 602 * 401 * 3);
    assert_true(work.progressive);
    work = work_of(&engine_planes, wide_jpeg(), &recipe);
    assert_int_equal(work.converted_pixels, 480 * 320);
    work = work_of(&engine_vips, wide_jpeg(), &recipe);
    assert_int_equal(work.converted_pixels, 480 * 320);
}

static void damage_is_an_error_with_a_reason(void **state)
{
    struct recipe recipe = small_recipe();
    struct file file = jpeg(3, 1, false, true);
    struct engine_size size;
    struct pixels base = {0};
    struct fault fault = {.text = ""};

    (void)state;
    assert_int_equal(engine_planes.decode(file.data, file.bytes / 2, &recipe, &base, &size, NULL, &fault),
                     -1);
    assert_string_equal(fault.text, "JPEG: Premature end of JPEG file");
    g_free(base.data);
    recipe.max_pixels = WIDTH * HEIGHT - 1;
    base.data = NULL;
    assert_int_equal(engine_planes.decode(file.data, file.bytes, &recipe, &base, &size, NULL, &fault), -1);
    assert_string_equal(fault.text, "1203x801 is more than the recipe's limit of 0.963602 megapixels");
    g_free(file.data);
}

static int start(void **state)
{
    struct fault fault;

    (void)state;
    return engine_vips_setup(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_jpeg_goes_to_the_planes_and_all_else_to_vips),
        cmocka_unit_test(simple_lossy_webp_goes_to_the_planes),
        cmocka_unit_test(both_engines_make_the_same_of_webp),
        cmocka_unit_test(avif_and_heic_go_to_the_planes),
        cmocka_unit_test(a_cut_webp_is_an_error),
        cmocka_unit_test(extended_webp_goes_to_the_planes_turned_and_in_its_colours),
        cmocka_unit_test(extended_webp_that_is_cut_or_lossless_goes_to_vips),
        cmocka_unit_test(the_layout_follows_the_recipe),
        cmocka_unit_test(a_steep_reduction_is_made_from_planes_too),
        cmocka_unit_test(both_engines_make_the_same_renditions),
        cmocka_unit_test(a_wide_profile_is_converted_by_both),
        cmocka_unit_test(the_decoder_reduces_large_pictures_and_keeps_them_right),
        cmocka_unit_test(the_work_of_decoding_is_recorded),
        cmocka_unit_test(damage_is_an_error_with_a_reason),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
