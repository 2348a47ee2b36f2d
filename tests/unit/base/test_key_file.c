/* Key files: lines, their numbers, what is refused, and the escapes of values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/key_file.h"

static void lines_are_found_with_their_numbers(void **state)
{
    struct key_file file;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(key_file_parse(&file, "f", "# note\n[a]\n x = 1 = 2 \n\n[b c]\nx=\n", &fault), 0);
    assert_int_equal(file.count, 4);
    assert_int_equal(key_file_line(&file, "a", NULL)->number, 2);
    assert_int_equal(key_file_line(&file, "a", "x")->number, 3);
    assert_string_equal(key_file_find(&file, "a", "x"), "1 = 2");
    assert_string_equal(key_file_find(&file, "b c", "x"), "");
    assert_null(key_file_find(&file, "b c", "y"));
    assert_null(key_file_line(&file, "x", NULL));
    key_file_release(&file);
    assert_int_equal(key_file_parse(&file, "f", "", &fault), 0);
    assert_int_equal(file.count, 0);
    key_file_release(&file);
}

static void a_wrong_line_is_refused_with_its_number(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"[a]\nx=1\nx=2\n", "f:3: 'x' is in line 2 already: keep one of them"},
        {"[a]\n[a]\n", "f:2: '[a]' is in line 1 already: keep one of them"},
        {"x=1\n", "f:1: 'x=1' is before the first [group]: move it into its group"},
        {"[a]\n\nx\n", "f:3: 'x' is no key, group or comment: write key=value, [group] or # comment"},
        {"[a]\n=x\n", "f:2: '=x' is no key, group or comment: write key=value, [group] or # comment"},
        {"[a\n", "f:1: '[a' is not a group: write [name]"},
        {"[]\n", "f:1: '[]' is not a group: write [name]"},
        {"[a]b\n", "f:1: '[a]b' is not a group: write [name]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct key_file file;
        struct fault fault = {0};
        assert_int_equal(key_file_parse(&file, "f", cases[i].text, &fault), -1);
        assert_string_equal(fault.text, cases[i].message);
        assert_null(file.lines);
    }
}

static void values_lose_their_escapes(void **state)
{
    static const struct {
        const char *value, *wanted; /* NULL: refused */
    } cases[] = {
        {"plain", "plain"}, {"a\\sb", "a b"}, {"\\\\", "\\"}, {"\\n\\t\\r", "\n\t\r"},
        {"\\x", NULL},      {"end\\", NULL},  {"\xff", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char value[16];
        snprintf(value, sizeof value, "%s", cases[i].value);
        assert_int_equal(key_value_unescape(value), cases[i].wanted ? 0 : -1);
        if (cases[i].wanted)
            assert_string_equal(value, cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_found_with_their_numbers),
        cmocka_unit_test(a_wrong_line_is_refused_with_its_number),
        cmocka_unit_test(values_lose_their_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
