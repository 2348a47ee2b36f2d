/* Recipes: the shipped one says what it says, and a wrong one is refused with its line and what would be
 * right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/images/recipe/recipe.h"
#include "tests/unit/images/image_fixture.h"

/* Good, and short enough to count lines in. */
static const char good[] = "[recipe]\n"           /* 1 */
                           "background=#102030\n" /* 2 */
                           "[watermark]\n"        /* 3 */
                           "file=mark.png\n"      /* 4 */
                           "width=10%\n"          /* 5 */
                           "[caption]\n"          /* 6 */
                           "font=some.ttf\n"      /* 7 */
                           "text={stem}\n"        /* 8 */
                           "[rendition big]\n"    /* 9 */
                           "fit=inside\n"         /* 10 */
                           "width=800\n"          /* 11 */
                           "height=600\n"         /* 12 */
                           "format=webp\n"        /* 13 */
                           "watermark=true\n"     /* 14 */
                           "caption=true\n";      /* 15 */

static int make_files(void **state)
{
    if (fixture_make(state))
        return -1;
    fixture_write("mark.png", "a watermark", 11);
    fixture_write("some.ttf", "a font", 6);
    return 0;
}

/* Writes text to a file and loads it. */
static int load(const char *text, struct recipe *recipe, struct fault *fault)
{
    fixture_write("r.recipe", text, strlen(text));
    return recipe_load(fixture_path("r.recipe"), recipe, fault);
}

static void values_arrive(void **state)
{
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(load(good, &recipe, &fault), 0);
    assert_int_equal(recipe.rendition_count, 1);
    assert_string_equal(recipe.renditions[0].name, "big");
    assert_int_equal(recipe.renditions[0].width, 800);
    assert_int_equal(recipe.renditions[0].height, 600);
    assert_int_equal(recipe.renditions[0].format, FORMAT_WEBP);
    assert_int_equal(recipe.renditions[0].quality, 82);
    assert_true(recipe.renditions[0].watermark && recipe.renditions[0].caption);
    assert_false(recipe.renditions[0].enlarge);
    assert_float_equal(recipe.watermark_width, 0.10, 1e-12);
    assert_int_equal(recipe.background[0], 0x10);
    assert_int_equal(recipe.background[2], 0x30);
    assert_string_equal(recipe.watermark_path, fixture_path("mark.png"));
    assert_string_equal(recipe.font_path, fixture_path("some.ttf"));
    assert_string_equal(recipe.text, good);
    recipe_release(&recipe);
}

static void every_value_of_a_rendition_arrives(void **state)
{
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(load("  [recipe]\n keep = copyright,icc\nanimated_gif=clip\n"
                          "[caption]\nfont=some.ttf\ntext={taken}\nposition=centre\n"
                          "[rendition a]\nfit=contain\ngravity=south-west\nwidth=5\nheight=6\nformat=avif\n"
                          "subsampling=auto\nsharpen=50%\ncaption=true\n"
                          "[rendition b]\nwidth=5\nheight=6\nformat=png\ncompression=0\n"
                          "[rendition c]\nwidth=5\nheight=6\n",
                          &recipe, &fault),
                     0);
    assert_int_equal(recipe.keep, KEEP_COPYRIGHT | KEEP_ICC);
    assert_true(recipe.gif_is_clip);
    assert_true(recipe_needs_metadata(&recipe));
    assert_int_equal(recipe.caption_corner, CORNER_CENTRE);
    assert_int_equal(recipe.renditions[0].fit, FIT_CONTAIN);
    assert_int_equal(recipe.renditions[0].gravity, GRAVITY_SOUTH_WEST);
    assert_int_equal(recipe.renditions[0].format, FORMAT_AVIF);
    assert_int_equal(recipe.renditions[0].subsampling, SUBSAMPLING_AUTO);
    assert_float_equal(recipe.renditions[0].sharpen, 0.5, 1e-12);
    assert_int_equal(recipe.renditions[1].compression, 0);
    assert_int_equal(recipe.renditions[2].compression, 6);
    assert_int_equal(recipe.renditions[2].subsampling, SUBSAMPLING_420);
    assert_string_equal(formats[FORMAT_AVIF].extension, "avif");
    recipe_release(&recipe);
    assert_int_equal(load(good, &recipe, &fault), 0);
    assert_false(recipe_needs_metadata(&recipe));
    recipe_release(&recipe);
}

static void the_shipped_recipe_makes_three_renditions(void **state)
{
    static const struct rendition wanted[] = {
        {.name = "large", .width = 2048, .height = 2048, .quality = 85, .watermark = true, .caption = true},
        {.name = "medium", .width = 1024, .height = 1024, .quality = 82, .watermark = true},
        {.name = "thumb",
         .fit = FIT_COVER,
         .width = 320,
         .height = 320,
         .format = FORMAT_WEBP,
         .quality = 80}};
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    if (recipe_load("pipeline/recipes/web.recipe", &recipe, &fault)) {
        print_message("%s\n", fault.text);
        fail();
    }
    assert_int_equal(recipe.rendition_count, 3);
    for (int i = 0; i < 3; i++) {
        const struct rendition *got = &recipe.renditions[i];
        assert_string_equal(got->name, wanted[i].name);
        assert_int_equal(got->fit, wanted[i].fit);
        assert_int_equal(got->width, wanted[i].width);
        assert_int_equal(got->height, wanted[i].height);
        assert_int_equal(got->format, wanted[i].format);
        assert_int_equal(got->quality, wanted[i].quality);
        assert_int_equal(got->watermark, wanted[i].watermark);
        assert_int_equal(got->caption, wanted[i].caption);
        assert_int_equal(got->gravity, wanted[i].gravity);
    }
    recipe_release(&recipe);
}

/* good with the line that begins with key replaced. */
static char *with_line(const char *key, const char *line)
{
    GString *text = g_string_new(NULL);
    char **lines = g_strsplit(good, "\n", -1);

    for (int i = 0; lines[i] && *lines[i]; i++)
        g_string_append_printf(text, "%s\n", g_str_has_prefix(lines[i], key) ? line : lines[i]);
    g_strfreev(lines);
    return g_string_free(text, FALSE);
}

static void a_wrong_line_is_named_with_what_would_be_right(void **state)
{
    static const struct {
        const char *key, *line, *wanted[3];
    } cases[] = {
        {"fit=", "fit=stretch", {"r.recipe:10: [rendition big] fit", "'stretch'", "inside, cover, contain"}},
        {"fit=", "gravity=up", {":10: [rendition big] gravity", "'up'", "north-west"}},
        {"fit=", "gravity=north", {":10: [rendition big] gravity", "fit=cover"}},
        {"format=", "format=gif", {":13: [rendition big] format", "jpeg, webp, png, avif, jxl"}},
        {"fit=", "progressive=true", {":10: [rendition big] progressive", "it is for format=jpeg"}},
        {"fit=",
         "subsampling=444",
         {":10: [rendition big] subsampling", "it is for format=jpeg, format=avif"}},
        {"fit=", "subsampling=422", {":10: [rendition big] subsampling", "420, 444, auto"}},
        {"fit=", "compression=9", {":10: [rendition big] compression", "it is for format=png"}},
        {"fit=", "sharpen=4", {":10: [rendition big] sharpen", "from 0 to 3"}},
        {"background=", "keep=copyright;icc", {":2: [recipe] keep", "'copyright;icc'", "copyright, icc"}},
        {"background=", "keep=icc,", {":2: [recipe] keep", "''", "copyright, icc"}},
        {"background=", "animated_gif=yes", {":2: [recipe] animated_gif", "first, clip"}},
        {"text=", "text={name}", {":8: [caption] text", "'{name}'", "{index}"}},
        {"text=", "text={taken:%Q}", {":8: [caption] text", "'%Q'", "%Y"}},
        {"fit=", "width=9", {":11: 'width' is in line 10 already", "keep one"}},
        {"fit=", "[caption]", {":10: '[caption]' is in line 6 already", "keep one"}},
        {"fit=", "inside", {":10: 'inside' is no key, group or comment", "key=value"}},
        {"fit=", "[oops", {":10: '[oops' is not a group", "[name]"}},
        {"[recipe]", "a=b", {":1: 'a=b' is before", "[group]"}},
        {"width=800", "width=0", {":11: [rendition big] width", "from 1 to 16384"}},
        {"width=800", "width=12px", {":11: [rendition big] width", "whole number"}},
        {"width=800", "# no width", {"[rendition big] width", "is missing"}},
        {"width=800", "widths=320,640,320", {":11: [rendition big] widths", "growing", "320,640,1280"}},
        {"width=800", "widths=", {":11: [rendition big] widths", "whole numbers"}},
        {"width=800", "widths=320,", {":11: [rendition big] widths", "whole numbers"}},
        {"width=800", "widths=320;640", {":11: [rendition big] widths", "whole numbers"}},
        {"width=800", "widths=0,640", {":11: [rendition big] widths", "from 1 to 16384"}},
        {"fit=", "widths=320", {":11: [rendition big] width", "keep one"}},
        {"fit=", "aspect=4:3", {":10: [rendition big] aspect", "is for widths"}},
        {"fit=", "name=../{stem}", {":10: [rendition big] name", "one of . and .."}},
        {"fit=", "name=/{stem}", {":10: [rendition big] name", "absolute"}},
        {"fit=", "name=x", {":10: [rendition big] name", "{path}"}},
        {"fit=", "name=x\\n{path}", {":10: [rendition big] name", "control character"}},
        {"width=10%", "width=200%", {":5: [watermark] width", "from 0.01 to 1"}},
        {"width=10%", "width=nan", {":5: [watermark] width", "from 0.01 to 1"}},
        {"width=10%", "position=middle", {":5: [watermark] position", "bottom-left"}},
        {"width=10%", "colour_of_tea=green", {":5: [watermark] colour_of_tea", "unknown key", "opacity"}},
        {"[watermark]", "[watermarks]", {":3: [watermarks]", "unknown group"}},
        {"watermark=", "watermark=yes", {":14: [rendition big] watermark", "false, true"}},
        {"file=", "file=nowhere.png", {":4: [watermark] file", "nowhere.png", "put it there"}},
        {"file=", "opacity=1", {"[watermark] file", "is missing"}},
        {"font=", "font=Nowhere.ttf", {":7: [caption] font", "Nowhere.ttf", "font folders"}},
        {"text=", "text=C:\\oops", {":8: [caption] text", "backslash"}},
        {"text=", "text=oops\\", {":8: [caption] text", "backslash"}},
        {"text=", "text=\xff\xfe", {":8: [caption] text", "UTF-8"}},
        {"background=", "background=white", {":2: [recipe] background", "#ffffff"}},
        {"background=", "clip_offset_s=-1", {":2: [recipe] clip_offset_s", "from 0"}},
        {"[rendition big]", "[rendition ../up]", {":9: [rendition ../up]", "folder"}},
        {"[rendition big]", "[rendition FAILED.tsv]", {":9: [rendition FAILED.tsv]", "the run writes"}},
        {"[rendition big]", "[limits]", {":10: [limits] fit", "unknown key"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct recipe recipe;
        struct fault fault = {0};
        char *text = with_line(cases[i].key, cases[i].line);
        int result = load(text, &recipe, &fault);
        g_free(text);
        if (result != -1)
            fail_msg("'%s' was taken", cases[i].line);
        for (int k = 0; k < 3 && cases[i].wanted[k]; k++)
            if (!strstr(fault.text, cases[i].wanted[k]))
                fail_msg("'%s': '%s' is not in: %s", cases[i].line, cases[i].wanted[k], fault.text);
        assert_null(strchr(fault.text, '\n'));
    }
}

static void what_is_no_recipe_at_all_is_refused(void **state)
{
    static const char *const texts[] = {"", "[recipe]\nname=x\n", "this is not a key file\n",
                                        "[unfinished\n"};
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(load(texts[i], &recipe, &fault), -1);
        assert_non_null(strstr(fault.text, "r.recipe"));
    }
    fixture_write("r.recipe", "a\0b", 3);
    assert_int_equal(recipe_load(fixture_path("r.recipe"), &recipe, &fault), -1);
    assert_non_null(strstr(fault.text, "zero byte"));
    assert_int_equal(recipe_load(fixture_path("absent.recipe"), &recipe, &fault), -1);
    assert_non_null(strstr(fault.text, "absent.recipe"));
}

static void more_renditions_than_most_are_refused(void **state)
{
    GString *text = g_string_new(NULL);
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    for (int i = 0; i < RECIPE_MAX_RENDITIONS; i++)
        g_string_append_printf(text, "[rendition r%d]\nwidth=10\nheight=10\n", i);
    assert_int_equal(load(text->str, &recipe, &fault), 0);
    assert_int_equal(recipe.rendition_count, RECIPE_MAX_RENDITIONS);
    recipe_release(&recipe);
    g_string_append(text, "[rendition more]\nwidth=10\nheight=10\n");
    assert_int_equal(load(text->str, &recipe, &fault), -1);
    assert_non_null(strstr(fault.text, "at most 32"));
    g_string_free(text, TRUE);
}

static void a_ladder_is_a_rendition_for_each_width(void **state)
{
    static const struct {
        const char *name, *output;
        int width, height;
    } wanted[] = {{"web-320", "img/{stem}-320.webp", 320, RECIPE_MOST_SIDE},
                  {"web-1280", "img/{stem}-1280.webp", 1280, RECIPE_MOST_SIDE},
                  {"tile-320", "tile-320/{path}.jpg", 320, 180},
                  {"tile-401", "tile-401/{path}.jpg", 401, 226},
                  {"one", "one/{path}.jpg", 500, RECIPE_MOST_SIDE},
                  {"low-640", "low-640/{path}.jpg", 640, 400}};
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    if (load("[rendition web]\nwidths=320, 1280\nformat=webp\nquality=70\nname=img/{stem}-{width}\n"
             "[rendition tile]\nwidths=320,401\naspect=16:9\nfit=cover\n"
             "[rendition one]\nwidth=500\n"
             "[rendition low]\nwidths=640\nheight=400\n",
             &recipe, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(recipe.rendition_count, sizeof wanted / sizeof wanted[0]);
    for (int i = 0; i < recipe.rendition_count; i++) {
        assert_string_equal(recipe.renditions[i].name, wanted[i].name);
        assert_string_equal(recipe.renditions[i].output, wanted[i].output);
        assert_int_equal(recipe.renditions[i].width, wanted[i].width);
        assert_int_equal(recipe.renditions[i].height, wanted[i].height);
    }
    assert_int_equal(recipe.renditions[1].quality, 70);
    recipe_release(&recipe);
}

static void renditions_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"[rendition a]\nwidths=1,2\nfit=cover\nheight=5\n", "a] height: a box of every width"},
        {"[rendition a]\nwidths=1,2\nfit=contain\n", "a] widths: a box of every width"},
        {"[rendition a]\nwidths=1,2\nheight=5\naspect=4:3\n", "aspect: is there with height"},
        {"[rendition a]\nwidths=1,2\naspect=4\n", "aspect: give width and height of the box as 16:9"},
        {"[rendition a]\nwidths=1,2\naspect=4:0\n", "aspect: give width"},
        {"[rendition a]\nwidths=1,2\naspect=4:3x\n", "aspect: give width"},
        {"[rendition a]\nwidths=1,9000\naspect=1:2\n", "not from 1 to 16384"},
        {"[rendition a]\nwidth=5\nfit=cover\n", "height: is missing"},
        {"[rendition a]\nwidth=5\nname={stem}\n[rendition b]\nwidth=9\nname={stem}\n",
         "'a' and 'b' would have outputs of one name: use {width}"},
        {"[rendition a]\nwidths=320,640\nname=x/{stem}\n",
         "'a-320' and 'a-640' would have outputs of one name"},
        {"[rendition a]\nwidths=320\n[rendition a-320]\nwidth=1\nname={path}\n",
         "two renditions are called 'a-320'"},
        {"[rendition "
         "a]\nwidths=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,"
         "31,32,33\n",
         "at most 32 whole numbers"},
        {"[rendition "
         "a]\nwidths=16370,16371,16372,16373,16374,16375,16376,16377,16378\naspect=1:1\nenlarge=true\n",
         "megapixels of an item together"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct recipe recipe;
        struct fault fault = {0};
        if (load(cases[i].text, &recipe, &fault) != -1 || !strstr(fault.text, cases[i].wanted))
            fail_msg("'%s': '%s' is not in: %s", cases[i].text, cases[i].wanted, fault.text);
    }
}

/* The digest changes with everything that the outputs depend on, and not with the place of the files. */
static void the_digest_covers_text_watermark_and_font(void **state)
{
    struct recipe recipe;
    struct fault fault = {0};
    char first[65], *text = with_line("width=10%", "width=11%");
    static const char *const files[] = {"mark.png", "some.ttf"};

    (void)state;
    assert_int_equal(load(good, &recipe, &fault), 0);
    memcpy(first, recipe.sha256, sizeof first);
    assert_int_equal(strlen(first), 64);
    recipe_release(&recipe);
    assert_int_equal(load(text, &recipe, &fault), 0);
    assert_string_not_equal(recipe.sha256, first);
    recipe_release(&recipe);
    g_free(text);
    for (size_t i = 0; i < 2; i++) {
        fixture_write(files[i], "other content", 13);
        assert_int_equal(load(good, &recipe, &fault), 0);
        assert_string_not_equal(recipe.sha256, first);
        recipe_release(&recipe);
        fixture_write(files[i], i ? "a font" : "a watermark", i ? 6 : 11);
        assert_int_equal(load(good, &recipe, &fault), 0);
        assert_string_equal(recipe.sha256, first);
        recipe_release(&recipe);
    }
}

static void files_that_no_rendition_uses_need_not_be_there(void **state)
{
    struct recipe recipe;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(
        load("[watermark]\nfile=absent.png\n[rendition a]\nwidth=5\nheight=5\n", &recipe, &fault), 0);
    assert_string_equal(recipe.watermark_path, "");
    recipe_release(&recipe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_arrive),
        cmocka_unit_test(every_value_of_a_rendition_arrives),
        cmocka_unit_test(the_shipped_recipe_makes_three_renditions),
        cmocka_unit_test(a_wrong_line_is_named_with_what_would_be_right),
        cmocka_unit_test(what_is_no_recipe_at_all_is_refused),
        cmocka_unit_test(more_renditions_than_most_are_refused),
        cmocka_unit_test(a_ladder_is_a_rendition_for_each_width),
        cmocka_unit_test(renditions_that_cannot_be_are_refused),
        cmocka_unit_test(the_digest_covers_text_watermark_and_font),
        cmocka_unit_test(files_that_no_rendition_uses_need_not_be_there),
    };
    return cmocka_run_group_tests_name("recipe", tests, make_files, fixture_remove);
}
