/* Captions: templates are checked, and filled the same in every locale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "pipeline/images/recipe/caption.h"

static const struct caption_facts known = {.stem = "IMG_0042", .index = 7, .taken = {2009, 3, 5, 14, 2, 59}};

static void is_filled(const char *template, const struct caption_facts *facts, const char *wanted)
{
    char what[200] = "", *got;

    if (caption_check(template, what, sizeof what))
        fail_msg("'%s' was refused: %s", template, what);
    got = caption_fill(template, facts);
    assert_string_equal(got, wanted);
    g_free(got);
}

static void fields_are_filled(void **state)
{
    (void)state;
    is_filled("", &known, "");
    is_filled("© 100% Example", &known, "© 100% Example");
    is_filled("{stem}", &known, "IMG_0042");
    is_filled("{stem}{stem} {index}.", &known, "IMG_0042IMG_0042 7.");
    is_filled("{{stem}} }}{{", &known, "{stem} }{");
    is_filled("{taken}", &known, "2009-03-05");
    is_filled("{taken:%Y}", &known, "2009");
    is_filled("{taken:%d. %B %Y, %T}", &known, "05. March 2009, 14:02:59");
    is_filled("{taken:%e %b %y %H:%M:%S %m %F 100%%}", &known, " 5 Mar 09 14:02:59 03 2009-03-05 100%");
}

static void what_is_not_known_gives_nothing(void **state)
{
    const struct caption_facts unknown = {.stem = "a"};

    (void)state;
    is_filled("[{taken:%Y, on %d}] {taken}", &unknown, "[] ");
}

static void any_name_gives_one_valid_line(void **state)
{
    const struct caption_facts odd = {.stem = "a\nb\xff\tc{index}"};

    (void)state;
    is_filled("{stem}", &odd, "a b\xef\xbf\xbd c{index}"); /* a field within a name is none */
}

static void a_wrong_template_is_refused_with_what_would_be_right(void **state)
{
    static const char *const cases[][2] = {
        {"{name}", "'{name}' is not one of: {stem}, {index}, {taken}"},
        {"a {stem", "'{stem' is not"},
        {"stem}", "a brace is {{ or }}"},
        {"{}", "'{}' is not"},
        {"{taken:%Q}", "'%Q' in a date is not one of: %Y %y"},
        {"{taken:%}", "'%' in a date"},
        {"{taken:%Ey}", "'%E' in a date"},
        {"{takenx}", "'{takenx}'"},
    };
    char what[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(caption_check(cases[i][0], what, sizeof what), -1);
        if (!strstr(what, cases[i][1]))
            fail_msg("'%s': '%s' is not in: %s", cases[i][0], cases[i][1], what);
    }
}

static void only_a_date_needs_metadata(void **state)
{
    (void)state;
    assert_false(caption_needs_taken("{stem} {index} {{taken}}"));
    assert_true(caption_needs_taken("{stem} {taken:%Y}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_filled),
        cmocka_unit_test(what_is_not_known_gives_nothing),
        cmocka_unit_test(any_name_gives_one_valid_line),
        cmocka_unit_test(a_wrong_template_is_refused_with_what_would_be_right),
        cmocka_unit_test(only_a_date_needs_metadata),
    };
    return cmocka_run_group_tests_name("caption", tests, NULL, NULL);
}
