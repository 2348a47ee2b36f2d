/* What becomes of one item: pictures made here, put through the workload as a worker does it, outputs read
 * back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <vips/vips.h>

#include "pipeline/images/image_workload.h"
#include "tests/unit/images/image_fixture.h"

enum { MOST_ITEMS = 4 };

/* One recipe over some inputs of the fixture's folder, as one worker sees it. */
struct bench {
    struct recipe recipe;
    struct image_workload images;
    struct workload workload;
    const char *paths[MOST_ITEMS];
    uint64_t bytes[MOST_ITEMS];
    void *state;
    struct item_record record;
    struct image_result result;
    struct fault fault;
};

/* --- inputs ----------------------------------------------------------------------------------- */

/* Four quarters: red, green / blue, white. */
static VipsImage *quarters(int width, int height)
{
    uint8_t *data = g_malloc((size_t)width * (size_t)height * 3);
    VipsImage *image;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            bool right = x >= width / 2, low = y >= height / 2;
            uint8_t *pixel = data + ((size_t)y * (size_t)width + (size_t)x) * 3;
            pixel[0] = right == low ? 255 : 0;
            pixel[1] = right ? 255 : 0;
            pixel[2] = low ? 255 : 0;
        }
    image = vips_image_new_from_memory_copy(data, (size_t)width * (size_t)height * 3, width, height, 3,
                                            VIPS_FORMAT_UCHAR);
    g_free(data);
    assert_non_null(image);
    image->Type = VIPS_INTERPRETATION_sRGB;
    return image;
}

static VipsImage *plain(int width, int height, int bands, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    const uint8_t colour[4] = {a, b, c, d};
    size_t bytes = (size_t)width * (size_t)height * (size_t)bands;
    uint8_t *data = g_malloc(bytes);
    VipsImage *image;

    for (size_t i = 0; i < bytes; i++)
        data[i] = colour[i % (size_t)bands];
    image = vips_image_new_from_memory_copy(data, bytes, width, height, bands, VIPS_FORMAT_UCHAR);
    g_free(data);
    assert_non_null(image);
    image->Type = VIPS_INTERPRETATION_sRGB;
    return image;
}

/* Saves and takes over the image; options as libvips takes them behind a file name. */
static void save(VipsImage *image, const char *name, const char *options)
{
    char *path = g_strconcat(fixture_path(name), options, NULL);

    if (vips_image_write_to_file(image, path, NULL))
        fail_msg("%s: %s", path, vips_error_buffer());
    g_object_unref(image);
    g_free(path);
}

/* --- running ---------------------------------------------------------------------------------- */

static void open_bench(struct bench *bench, const char *recipe, const char *const *names)
{
    uint64_t count = 0;

    *bench = (struct bench){0};
    fixture_write("t.recipe", recipe, strlen(recipe));
    g_mkdir_with_parents(fixture_path("out"), 0777);
    if (recipe_load(fixture_path("t.recipe"), &bench->recipe, &bench->fault))
        fail_msg("%s", bench->fault.text);
    for (; count < MOST_ITEMS && names[count]; count++)
        bench->paths[count] = names[count];
    assert_int_equal(image_workload_init(&bench->images, &bench->recipe, fixture_folder, bench->paths,
                                         bench->bytes, count, g_intern_string(fixture_path("out")),
                                         &bench->fault),
                     0);
    image_workload_fill(&bench->images, &bench->workload);
    if (bench->workload.init(bench->workload.context, &bench->state, &bench->fault))
        fail_msg("%s", bench->fault.text);
}

static int run(struct bench *bench, uint64_t index)
{
    bench->record = (struct item_record){0};
    bench->fault.text[0] = '\0';
    return bench->workload.item(bench->workload.context, bench->state, index, &bench->record, &bench->result,
                                &bench->fault);
}

static void run_well(struct bench *bench, uint64_t index)
{
    if (run(bench, index))
        fail_msg("%s: %s: %s", bench->paths[index], image_stage_name(bench->record.stage), bench->fault.text);
}

static void close_bench(struct bench *bench)
{
    bench->workload.release(bench->workload.context, bench->state);
    image_workload_release(&bench->images);
    recipe_release(&bench->recipe);
}

/* An output's pixels: 3 bytes each. Caller frees. */
static uint8_t *pixels_of(const char *name, int *width, int *height)
{
    VipsImage *image = vips_image_new_from_file(fixture_path(name), NULL);
    uint8_t *data;
    size_t bytes;

    assert_non_null(image);
    assert_int_equal(image->Bands, 3);
    data = vips_image_write_to_memory(image, &bytes);
    *width = image->Xsize;
    *height = image->Ysize;
    g_object_unref(image);
    return data;
}

/* The pixel at a share of width and height is near the colour. */
static void is_colour(const uint8_t *data, int width, int height, double x, double y, const int colour[3],
                      int tolerance, const char *what)
{
    const uint8_t *pixel = data + ((size_t)(y * height) * (size_t)width + (size_t)(x * width)) * 3;

    for (int band = 0; band < 3; band++)
        if (abs(pixel[band] - colour[band]) > tolerance)
            fail_msg("%s at %g,%g: %d %d %d, wanted %d %d %d within %d", what, x, y, pixel[0], pixel[1],
                     pixel[2], colour[0], colour[1], colour[2], tolerance);
}

/* The whole output has one colour. */
static void is_plain(const char *name, int red, int green, int blue, int tolerance)
{
    const int colour[3] = {red, green, blue};
    int width, height;
    uint8_t *data = pixels_of(name, &width, &height);

    for (int i = 1; i < 10; i++)
        is_colour(data, width, height, i / 10.0, i / 10.0, colour, tolerance, name);
    g_free(data);
}

#define ONE_RENDITION "[rendition r]\nwidth=100\nheight=100\nformat=png\n"

/* --- tests ------------------------------------------------------------------------------------ */

static void all_eight_orientations_come_out_upright(void **state)
{
    /* How the upright picture has to be turned to be stored so: EXIF's table, read backwards. */
    static const struct {
        int quarter_turns;
        bool mirrored;
    } stored[9] = {{0},       {0, false}, {0, true}, {2, false}, {2, true},
                   {1, true}, {3, false}, {3, true}, {1, false}};
    static const char *const names[] = {"turned.jpg", NULL};
    static const int colours[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};

    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        VipsImage *upright = quarters(320, 240), *turned, *mirrored;
        struct bench bench;
        int width, height;
        uint8_t *data;
        assert_int_equal(vips_rot(upright, &turned, (VipsAngle)stored[orientation].quarter_turns, NULL), 0);
        if (stored[orientation].mirrored)
            assert_int_equal(vips_flip(turned, &mirrored, VIPS_DIRECTION_HORIZONTAL, NULL), 0);
        else
            assert_int_equal(vips_copy(turned, &mirrored, NULL), 0);
        vips_image_set_int(mirrored, VIPS_META_ORIENTATION, orientation);
        save(mirrored, "turned.jpg", "[Q=95]");
        g_object_unref(upright);
        g_object_unref(turned);
        open_bench(&bench, ONE_RENDITION, names);
        run_well(&bench, 0);
        data = pixels_of("out/r/turned.jpg.png", &width, &height);
        assert_int_equal(width, 100);
        assert_int_equal(height, 75);
        for (int i = 0; i < 4; i++)
            is_colour(data, width, height, i & 1 ? 0.75 : 0.25, i & 2 ? 0.75 : 0.25, colours[i], 12,
                      "orientation");
        assert_int_equal(bench.record.width, orientation > 4 ? 240 : 320);
        g_free(data);
        close_bench(&bench);
    }
}

static void colours_without_a_profile_stay_as_they_are(void **state)
{
    static const char *const names[] = {"plain.png", "grey16.png", NULL};
    VipsImage *grey = plain(64, 64, 1, 200, 0, 0, 0), *wide;
    struct bench bench;

    (void)state;
    save(plain(300, 200, 3, 41, 187, 104, 0), "plain.png", "");
    grey->Type = VIPS_INTERPRETATION_B_W;
    assert_int_equal(vips_colourspace(grey, &wide, VIPS_INTERPRETATION_GREY16, NULL), 0);
    g_object_unref(grey);
    save(wide, "grey16.png", "");
    open_bench(&bench, ONE_RENDITION, names);
    run_well(&bench, 0);
    is_plain("out/r/plain.png.png", 41, 187, 104, 0);
    run_well(&bench, 1);
    is_plain("out/r/grey16.png.png", 200, 200, 200, 0);
    close_bench(&bench);
}

static void a_profile_is_converted_to_srgb(void **state)
{
    static const char *const names[] = {"p3.png", "srgb.png", NULL};
    VipsImage *image = plain(300, 200, 3, 60, 190, 100, 0), *p3;
    struct bench bench;

    (void)state;
    image->Type = VIPS_INTERPRETATION_sRGB;
    assert_int_equal(vips_icc_transform(image, &p3, "p3", "input_profile", "srgb", NULL), 0);
    save(p3, "p3.png", "");
    save(image, "srgb.png", "[profile=srgb]");
    open_bench(&bench, ONE_RENDITION, names);
    run_well(&bench, 0);
    is_plain("out/r/p3.png.png", 60, 190, 100, 3);
    run_well(&bench, 1);
    is_plain("out/r/srgb.png.png", 60, 190, 100, 0);
    close_bench(&bench);
}

static void transparency_shows_the_background(void **state)
{
    static const char *const names[] = {"clear.png", "half.png", NULL};
    struct bench bench;

    (void)state;
    save(plain(300, 200, 4, 255, 0, 0, 0), "clear.png", "");
    save(plain(300, 200, 4, 200, 100, 0, 128), "half.png", "");
    open_bench(&bench, "[recipe]\nbackground=#204060\n" ONE_RENDITION, names);
    run_well(&bench, 0);
    is_plain("out/r/clear.png.png", 0x20, 0x40, 0x60, 1);
    run_well(&bench, 1);
    is_plain("out/r/half.png.png", 116, 82, 48, 2);
    close_bench(&bench);
}

static void is_size(const char *name, int width, int height)
{
    VipsImage *image = vips_image_new_from_file(fixture_path(name), NULL);

    assert_non_null(image);
    if (image->Xsize != width || image->Ysize != height)
        fail_msg("%s: %dx%d, wanted %dx%d", name, image->Xsize, image->Ysize, width, height);
    g_object_unref(image);
}

static void sizes_follow_from_the_input_alone(void **state)
{
    static const char *const names[] = {"wide.jpg", "small.jpg", "dot.png", NULL};
    struct bench bench;

    (void)state;
    save(quarters(1421, 1067), "wide.jpg", "[Q=90]");
    save(quarters(90, 60), "small.jpg", "[Q=90]");
    save(quarters(1, 1), "dot.png", "");
    open_bench(&bench,
               "[rendition big]\nwidth=512\nheight=512\n"
               "[rendition mid]\nwidth=256\nheight=256\n"
               "[rendition square]\nfit=cover\nwidth=80\nheight=80\nformat=webp\n"
               "[rendition up]\nfit=inside\nwidth=200\nheight=200\nenlarge=true\n"
               "[rendition upsquare]\nfit=cover\nwidth=200\nheight=200\nenlarge=true\n",
               names);
    for (uint64_t i = 0; i < 3; i++)
        run_well(&bench, i);
    is_size("out/big/wide.jpg.jpg", 512, 384);
    is_size("out/mid/wide.jpg.jpg", 256, 192);
    is_size("out/square/wide.jpg.webp", 80, 80);
    is_size("out/up/wide.jpg.jpg", 200, 150);
    is_size("out/big/small.jpg.jpg", 90, 60);
    is_size("out/mid/small.jpg.jpg", 90, 60);
    is_size("out/square/small.jpg.webp", 80, 60);
    is_size("out/up/small.jpg.jpg", 200, 133);
    is_size("out/upsquare/small.jpg.jpg", 200, 200);
    is_size("out/big/dot.png.jpg", 1, 1);
    is_size("out/upsquare/dot.png.jpg", 200, 200);
    close_bench(&bench);
}

static void a_cover_shows_the_middle(void **state)
{
    static const char *const names[] = {"middle.png", NULL};
    static const int colours[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
    struct bench bench;
    uint8_t *data;
    int width, height;

    (void)state;
    save(quarters(800, 400), "middle.png", "");
    open_bench(&bench, "[rendition r]\nfit=cover\nwidth=100\nheight=100\nformat=png\n", names);
    run_well(&bench, 0);
    data = pixels_of("out/r/middle.png.png", &width, &height);
    for (int i = 0; i < 4; i++)
        is_colour(data, width, height, i & 1 ? 0.54 : 0.46, i & 2 ? 0.54 : 0.46, colours[i], 12, "middle");
    g_free(data);
    close_bench(&bench);
}

/* Its smaller levels are copies, not the picture. */
static void a_pyramid_is_read_at_its_largest_level(void **state)
{
    static const char *const names[] = {"pyramid.tif", NULL};
    struct bench bench;

    (void)state;
    save(quarters(640, 480), "pyramid.tif", "[tile,pyramid,tile-width=64,tile-height=64]");
    open_bench(&bench, "[rendition r]\nwidth=2048\nheight=2048\n", names);
    run_well(&bench, 0);
    is_size("out/r/pyramid.tif.jpg", 640, 480);
    close_bench(&bench);
}

static void watermark_and_caption_stay_in_their_corners(void **state)
{
    static const char recipe[] =
        "[watermark]\nfile=red.png\nwidth=20%\nopacity=100%\nmargin=5%\nposition=bottom-right\n"
        "[caption]\nfont=DejaVuSans.ttf\ntext={stem}\nsize=6%\nmargin=5%\nposition=top-left\n"
        "[rendition r]\nwidth=400\nheight=400\nformat=png\nwatermark=true\ncaption=true\n";
    static const char *const names[] = {"black.png", NULL};
    static const int red[3] = {255, 0, 0}, black[3] = {0, 0, 0};
    struct bench bench;
    uint8_t *data;
    int width, height, brightest = 0;

    (void)state;
    save(plain(800, 800, 3, 0, 0, 0, 0), "black.png", "");
    save(plain(80, 40, 4, 255, 0, 0, 255), "red.png", "");
    open_bench(&bench, recipe, names);
    run_well(&bench, 0);
    data = pixels_of("out/r/black.png.png", &width, &height);
    is_colour(data, width, height, 0.85, 0.90, red, 2, "watermark");
    is_colour(data, width, height, 0.74, 0.90, black, 2, "left of the watermark");
    is_colour(data, width, height, 0.96, 0.90, black, 2, "margin");
    is_colour(data, width, height, 0.50, 0.50, black, 0, "middle");
    for (int y = 20; y < 50; y++)
        for (int x = 20; x < 120; x++)
            brightest = VIPS_MAX(brightest, data[(y * width + x) * 3 + 1]);
    assert_in_range(brightest, 200, 240); /* white at 230 of 255 */
    g_free(data);
    close_bench(&bench);
}

static void is_refused(struct bench *bench, uint64_t index, const char *stage, const char *reason)
{
    char name[300];

    if (run(bench, index) == 0)
        fail_msg("%s was taken", bench->paths[index]);
    assert_string_equal(image_stage_name(bench->record.stage), stage);
    if (!strstr(bench->fault.text, reason))
        fail_msg("%s: '%s' is not in: %s", bench->paths[index], reason, bench->fault.text);
    assert_int_equal(bench->result.renditions, 0);
    snprintf(name, sizeof name, "out/r/%s.png", bench->paths[index]);
    assert_false(fixture_exists(name));
}

static void a_failed_item_leaves_nothing_and_takes_old_outputs_away(void **state)
{
    static const char *const names[] = {"sound.jpg", "victim.jpg", NULL};
    struct bench bench;
    char *data;
    gsize bytes;

    (void)state;
    save(quarters(640, 480), "sound.jpg", "[Q=90]");
    save(quarters(640, 480), "victim.jpg", "[Q=90]");
    open_bench(&bench, ONE_RENDITION, names);
    run_well(&bench, 0);
    run_well(&bench, 1);
    assert_true(fixture_exists("out/r/victim.jpg.png"));
    assert_true(g_file_get_contents(fixture_path("victim.jpg"), &data, &bytes, NULL));
    fixture_write("victim.jpg", data, bytes * 6 / 10);
    g_free(data);
    is_refused(&bench, 1, "decode", "Premature end");
    fixture_write("victim.jpg", "", 0);
    is_refused(&bench, 1, "read", "empty");
    fixture_write("victim.jpg", "hello, I am a text", 18);
    is_refused(&bench, 1, "decode", "a text");
    assert_int_equal(unlink(fixture_path("victim.jpg")), 0);
    is_refused(&bench, 1, "read", "No such file");
    assert_true(fixture_exists("out/r/sound.jpg.png"));
    run_well(&bench, 0);
    assert_int_equal(bench.result.renditions, 1);
    close_bench(&bench);
}

static void what_is_too_large_is_refused_before_decoding(void **state)
{
    static const char *const names[] = {"large.png", NULL};
    struct bench bench;

    (void)state;
    save(plain(400, 300, 3, 1, 2, 3, 0), "large.png", "[compression=0]");
    open_bench(&bench, "[limits]\nmegapixels=0.1\n" ONE_RENDITION, names);
    is_refused(&bench, 0, "decode", "400x300");
    close_bench(&bench);
    open_bench(&bench, "[limits]\nmegabytes=0.1\n" ONE_RENDITION, names);
    is_refused(&bench, 0, "read", "limit of 0 MB");
    close_bench(&bench);
}

static void the_bytes_do_not_depend_on_what_came_before(void **state)
{
    static const char *const names[] = {"first.jpg", "second.png", "broken.jpg", NULL};
    VipsImage *p3;
    struct bench bench;
    struct image_result alone;

    (void)state;
    save(quarters(1300, 900), "first.jpg", "[Q=90]");
    assert_int_equal(vips_icc_transform(quarters(700, 900), &p3, "p3", "input_profile", "srgb", NULL), 0);
    save(p3, "second.png", "");
    fixture_write("broken.jpg", "\xff\xd8\xff\xe0 and no more", 17);
    open_bench(&bench, ONE_RENDITION "[rendition w]\nwidth=90\nheight=90\nformat=webp\n", names);
    run_well(&bench, 0);
    alone = bench.result;
    close_bench(&bench);
    open_bench(&bench, ONE_RENDITION "[rendition w]\nwidth=90\nheight=90\nformat=webp\n", names);
    run_well(&bench, 1);
    assert_int_equal(run(&bench, 2), -1);
    run_well(&bench, 0);
    assert_memory_equal(bench.result.outputs, alone.outputs, sizeof alone.outputs);
    close_bench(&bench);
}

static void the_record_says_what_was_done(void **state)
{
    static const char *const names[] = {"said.jpg", NULL};
    struct bench bench;
    char *data, *hex, ours[65];
    gsize bytes;

    (void)state;
    save(quarters(640, 480), "said.jpg", "[Q=90]");
    open_bench(&bench, ONE_RENDITION, names);
    run_well(&bench, 0);
    assert_true(g_file_get_contents(fixture_path("out/r/said.jpg.png"), &data, &bytes, NULL));
    hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)data, bytes);
    for (size_t i = 0; i < 32; i++)
        snprintf(ours + 2 * i, 3, "%02x", bench.result.outputs[0].sha256[i]);
    assert_string_equal(ours, hex);
    assert_int_equal(bench.record.bytes_out, bytes);
    assert_int_equal(bench.record.width, 640);
    assert_int_equal(bench.record.height, 480);
    assert_int_equal(bench.record.samples_decoded, 160 * 120 * 3); /* the decoder reduces by 4 */
    assert_int_equal(bench.record.pixels_written, 100 * 75);
    assert_int_equal(bench.record.pixels_converted, 0);
    assert_int_equal(bench.record.coding, 0);
    assert_string_equal(image_kind_name(bench.record.kind), "jpeg");
    assert_string_equal(image_engine_name((int)bench.record.engine), "vips");
    assert_int_equal(bench.result.renditions, 1);
    for (int stage = STAGE_READ; stage < STAGE_COUNT; stage++)
        if (stage != STAGE_OVERLAY)
            assert_true(bench.record.stage_ns[stage] > 0);
    assert_int_equal(bench.record.stage_ns[STAGE_NONE], 0);
    g_free(data);
    g_free(hex);
    close_bench(&bench);
}

static void an_output_is_named_after_rendition_item_and_format(void **state)
{
    static const char *const names[] = {NULL};
    struct bench bench;
    char path[256];

    (void)state;
    open_bench(&bench,
               "[rendition large]\nwidth=5\nheight=5\n[rendition t]\nwidth=5\nheight=5\nformat=webp\n",
               names);
    image_output_path(&bench.recipe, 0, "2024/05/IMG_0001.jpg", path, sizeof path);
    assert_string_equal(path, "large/2024/05/IMG_0001.jpg.jpg");
    image_output_path(&bench.recipe, 1, "a.png", path, sizeof path);
    assert_string_equal(path, "t/a.png.webp");
    close_bench(&bench);
}

static void a_bad_watermark_or_font_stops_the_worker_before_any_item(void **state)
{
    static const char *const recipes[] = {
        "[watermark]\nfile=rubbish\n[rendition r]\nwidth=9\nheight=9\nwatermark=true\n",
        "[caption]\nfont=rubbish\n[rendition r]\nwidth=9\nheight=9\ncaption=true\n"};

    (void)state;
    fixture_write("rubbish", "neither picture nor font", 24);
    for (size_t i = 0; i < 2; i++) {
        struct bench bench = {0};
        fixture_write("t.recipe", recipes[i], strlen(recipes[i]));
        assert_int_equal(recipe_load(fixture_path("t.recipe"), &bench.recipe, &bench.fault), 0);
        assert_int_equal(image_workload_init(&bench.images, &bench.recipe, fixture_folder, bench.paths,
                                             bench.bytes, 0, fixture_folder, &bench.fault),
                         0);
        image_workload_fill(&bench.images, &bench.workload);
        assert_int_equal(bench.workload.init(bench.workload.context, &bench.state, &bench.fault), -1);
        assert_non_null(strstr(bench.fault.text, "rubbish"));
        assert_null(bench.state);
        image_workload_release(&bench.images);
        recipe_release(&bench.recipe);
    }
}

static int start(void **state)
{
    return VIPS_INIT("test_image_workload") || fixture_make(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_eight_orientations_come_out_upright),
        cmocka_unit_test(colours_without_a_profile_stay_as_they_are),
        cmocka_unit_test(a_profile_is_converted_to_srgb),
        cmocka_unit_test(transparency_shows_the_background),
        cmocka_unit_test(sizes_follow_from_the_input_alone),
        cmocka_unit_test(a_cover_shows_the_middle),
        cmocka_unit_test(a_pyramid_is_read_at_its_largest_level),
        cmocka_unit_test(watermark_and_caption_stay_in_their_corners),
        cmocka_unit_test(a_failed_item_leaves_nothing_and_takes_old_outputs_away),
        cmocka_unit_test(what_is_too_large_is_refused_before_decoding),
        cmocka_unit_test(the_bytes_do_not_depend_on_what_came_before),
        cmocka_unit_test(the_record_says_what_was_done),
        cmocka_unit_test(an_output_is_named_after_rendition_item_and_format),
        cmocka_unit_test(a_bad_watermark_or_font_stops_the_worker_before_any_item),
    };
    return cmocka_run_group_tests_name("image_workload", tests, start, fixture_remove);
}
