/* The table of rendition formats: whole, without two of one name, and each of them written by this build. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/codecs/encode_vips.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/images/recipe/format.h"

static void every_entry_is_whole_and_unique(void **state)
{
    (void)state;
    for (int f = 0; f < FORMAT_COUNT; f++) {
        assert_non_null(formats[f].name);
        assert_non_null(formats[f].title);
        assert_non_null(formats[f].extension);
        for (int other = 0; other < f; other++) {
            assert_string_not_equal(formats[f].name, formats[other].name);
            assert_string_not_equal(formats[f].extension, formats[other].extension);
        }
    }
}

static void keys_belong_to_formats(void **state)
{
    (void)state;
    assert_true(format_reads(FORMAT_PNG, "compression"));
    assert_false(format_reads(FORMAT_PNG, "quality"));
    assert_true(format_reads(FORMAT_AVIF, "subsampling"));
    assert_false(format_reads(FORMAT_WEBP, "subsampling"));
    assert_true(format_reads(FORMAT_JXL, "effort"));
    assert_false(format_reads(FORMAT_AVIF, "effort"));
    assert_false(format_reads(FORMAT_JPEG, "width")); /* of every format, so of none alone */
}

static void every_format_is_written(void **state)
{
    static uint8_t grey[32 * 32 * 3];
    const struct pixels pixels = {.data = grey, .width = 32, .height = 32};
    const struct recipe recipe = {0};
    const struct metadata metadata = {0};
    struct fault fault = {0};
    bool can[FORMAT_COUNT];

    (void)state;
    assert_int_equal(engine_vips_setup(&fault), 0);
    for (int f = 0; f < FORMAT_COUNT; f++) { /* all of them before libvips computes anything: they fork */
        can[f] = encode_vips_try((enum recipe_format)f, &fault) == 0;
        if (!can[f])
            print_message("# %s\n", fault.text);
    }
    for (int f = 0; f < FORMAT_COUNT; f++) {
        struct rendition rendition = {
            .format = (enum recipe_format)f, .quality = 80, .compression = 6, .effort = 3};
        void *data = NULL;
        size_t bytes = 0;
        if (!can[f])
            continue;
        if (encode_vips(&pixels, &recipe, &rendition, &metadata, &data, &bytes, &fault))
            fail_msg("%s: %s", formats[f].name, fault.text);
        assert_true(sniff_kind(data, bytes) != KIND_UNKNOWN);
        g_free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_whole_and_unique),
        cmocka_unit_test(keys_belong_to_formats),
        cmocka_unit_test(every_format_is_written),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
