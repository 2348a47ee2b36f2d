/* Names of outputs: what a pattern makes of an item, and which patterns and paths are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/recipe/output_name.h"

static const struct rendition small = {.name = "small", .width = 320, .height = 240, .format = FORMAT_WEBP};

static void patterns_are_filled(void **state)
{
    static const struct {
        const char *pattern, *item, *wanted, *top;
    } cases[] = {
        {NULL, "2024/a.jpg", "small/2024/a.jpg.webp", "small"},
        {"{path}", "2024/a.jpg", "2024/a.jpg.webp", "."},
        {"{stem}", "2024/a.b.jpg", "a.b.webp", "."},
        {"{stem}", "2024/README", "README.webp", "."},
        {"{stem}", "2024.d/.x", ".x.webp", "."},
        {"{folder}/{stem}-{width}", "2024/05/a.jpg", "2024/05/a-320.webp", "."},
        {"{folder}/{stem}-{width}", "a.jpg", "a-320.webp", "."},
        {"img/{folder}/{stem}", "a.jpg", "img/a.webp", "img"},
        {"img/{folder}/{stem}", "b/c/a.jpg", "img/b/c/a.webp", "img"},
        {"{folder}-{stem}", "a.jpg", "-a.webp", "."},
        {"img/{width}x{height}/{stem}.{ext}", "a.jpg", "img/320x240/a.webp", "img"},
        {"{rendition}/{stem}.webp", "a.jpg", "small/a.webp", "small"},
        {"{rendition}/{stem}.jpg", "a.jpg", "small/a.jpg.webp", "small"},
        {"{ext}/{stem}", "a.jpg", "webp/a.webp", "webp"},
        {"x{{{stem}}}y/{stem}", "a.jpg", "x{a}y/a.webp", "."},
        {"x{{y}}/{stem}", "a.jpg", "x{y}/a.webp", "x{y}"},
        {"x-{stem}/{width}", "{stem}%s{width}.jpg", "x-{stem}%s{width}/320.webp", "."},
        {"\xc3\xa4 b/{stem}", "\xff\n.jpg", "\xc3\xa4 b/\xff\n.webp", "\xc3\xa4 b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char resolved[RECIPE_NAME_BYTES], top[RECIPE_NAME_BYTES], what[256] = "", path[256];
        if (output_name_resolve(cases[i].pattern, &small, resolved, what, sizeof what))
            fail_msg("%s: %s", cases[i].pattern, what);
        assert_true(output_name_is_resolved(resolved));
        assert_int_equal(output_name_fill(resolved, cases[i].item, path, sizeof path),
                         strlen(cases[i].wanted));
        assert_string_equal(path, cases[i].wanted);
        assert_string_equal(output_name_top_folder(resolved, top), cases[i].top);
        assert_int_equal(output_name_top(resolved), strcmp(top, ".") ? strlen(top) : 0);
        if (output_name_top(resolved))
            assert_memory_equal(path, top, strlen(top));
    }
}

static void a_path_that_does_not_fit_is_cut_and_its_length_known(void **state)
{
    char path[8];

    (void)state;
    assert_int_equal(output_name_fill("a/{path}.jpg", "bcdefgh", path, sizeof path), 13);
    assert_string_equal(path, "a/bcdef");
}

static void patterns_that_lead_elsewhere_are_refused(void **state)
{
    static const struct {
        const char *pattern, *wanted;
    } cases[] = {
        {"/tmp/{stem}", "is absolute"},
        {"../{stem}", "empty name or one of . and .."},
        {"a/../{stem}", "empty name or one of . and .."},
        {"./{stem}", "empty name or one of . and .."},
        {"a//{stem}", "empty name or one of . and .."},
        {".knee/{stem}", "begins with a dot"},
        {".{stem}", "begins with a dot"},
        {"MANIFEST.sha256/{stem}", "a file that the run writes"},
        {"a\n{stem}", "control character"},
        {"a\x7f{stem}", "control character"},
        {"a\\{stem}", "backslash"},
        {"a", "every item would have the same name"},
        {"", "every item would have the same name"},
        {"{folder}/{width}", "every item would have the same name"},
        {"{name}", "'{name}' is not one of: {path}, {folder}, {stem}"},
        {"{stem", "'{stem' is not one of"},
        {"{stem}}", "'}' is not one of"},
        {"{stem}-{Width}", "'{Width}'"},
    };
    char resolved[RECIPE_NAME_BYTES], what[256], longest[300];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        what[0] = '\0';
        if (output_name_resolve(cases[i].pattern, &small, resolved, what, sizeof what) != -1 ||
            !strstr(what, cases[i].wanted))
            fail_msg("'%s': '%s' is not in: %s", cases[i].pattern, cases[i].wanted, what);
    }
    memset(longest, 'a', sizeof longest);
    snprintf(longest + 245, sizeof longest - 245, "{stem}");
    assert_int_equal(output_name_resolve(longest, &small, resolved, what, sizeof what), -1);
    assert_non_null(strstr(what, "too long"));
}

static void a_height_that_is_not_limited_has_no_name(void **state)
{
    struct rendition wide = small;
    char resolved[RECIPE_NAME_BYTES], what[256];

    (void)state;
    wide.height = RECIPE_MOST_SIDE;
    assert_int_equal(output_name_resolve("{stem}-{height}", &wide, resolved, what, sizeof what), -1);
    assert_non_null(strstr(what, "no height"));
    assert_int_equal(output_name_resolve("{stem}-{width}", &wide, resolved, what, sizeof what), 0);
}

/* What a journal says is used to remove files. */
static void a_text_from_elsewhere_is_no_pattern(void **state)
{
    static const char *const bad[] = {
        "MANIFEST.sha256",    "{path}", "{path}.txt",  "../{path}.jpg", ".knee/{path}.jpg",
        "{width}/{path}.jpg", "a.jpg",  "/{path}.jpg", "{path}.jpg/{",  ""};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (output_name_is_resolved(bad[i]))
            fail_msg("'%s' was taken", bad[i]);
    assert_true(output_name_is_resolved("a/{path}.jpg"));
}

static void a_path_is_plain(void **state)
{
    static const char *const bad[] = {"/a", "",    "a/",   "a//b",       "a/../b",        "..",
                                      ".",  "a/.", ".a/b", "FAILED.tsv", "SUMMARY.json/a"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!output_name_fault(bad[i]))
            fail_msg("'%s' was taken", bad[i]);
    assert_null(output_name_fault("a"));
    assert_null(output_name_fault("a/.b/..c/d"));
    assert_null(output_name_fault("a/FAILED.tsv"));
    assert_null(output_name_fault("FAILED.tsv.jpg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_filled),
        cmocka_unit_test(a_path_that_does_not_fit_is_cut_and_its_length_known),
        cmocka_unit_test(patterns_that_lead_elsewhere_are_refused),
        cmocka_unit_test(a_height_that_is_not_limited_has_no_name),
        cmocka_unit_test(a_text_from_elsewhere_is_no_pattern),
        cmocka_unit_test(a_path_is_plain),
    };

    return cmocka_run_group_tests_name("output_name", tests, NULL, NULL);
}
