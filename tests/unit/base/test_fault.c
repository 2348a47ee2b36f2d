/* The kind of a fault, which gives the exit code, and what the text may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/console/message.h"
#include "harness/console/options.h"
#include "pipeline/base/fault.h"

static void each_function_sets_its_kind_and_returns_minus_one(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(fault.kind, FAULT_NONE);
    assert_int_equal(fault_set(&fault, "batch %s", "x"), -1);
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_string_equal(fault.text, "batch x");
    assert_int_equal(fault_advise(&fault, ADVICE_NO_SANDBOX), -1);
    assert_int_equal(fault.advice, ADVICE_NO_SANDBOX);
    assert_int_equal(fault_sys(&fault, "no memory"), -1);
    assert_int_equal(fault.kind, FAULT_MACHINE);
    assert_int_equal(fault.advice, ADVICE_NONE);
    assert_int_equal(fault_is_usage(&fault), -1);
    assert_int_equal(fault.kind, FAULT_USAGE);
    assert_string_equal(fault.text, "no memory");
    assert_int_equal(fault_bug(&fault, "%d", 3), -1);
    assert_int_equal(fault.kind, FAULT_BUG);
    assert_int_equal(fault_reported(&fault), -1);
    assert_int_equal(fault.kind, FAULT_REPORTED);
    assert_string_equal(fault.text, "");
    assert_int_equal(fault_usage(NULL, "nobody asks"), -1);
}

static void a_text_is_one_line_and_is_cut(void **state)
{
    struct fault fault = {0};
    char name[600];

    (void)state;
    fault_set(&fault, "item %s", "a\nb\tc\x7f");
    assert_string_equal(fault.text, "item a?b?c?");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    fault_set(&fault, "%s", name);
    assert_int_equal(strlen(fault.text), sizeof fault.text - 1);
    assert_string_equal(fault.text + sizeof fault.text - 6, "nn...");
}

/* U+009B begins an escape sequence, as a character of UTF-8 and, in other terminals, as a byte. */
static void control_characters_of_the_second_set_are_replaced(void **state)
{
    static const char *const texts[][2] = {
        {"a\x1b[2Jb", "a?[2Jb"},
        {"a\xc2\x9b"
         "2Jb",
         "a??2Jb"},
        {"a\x9b"
         "2Jb\x80",
         "a?2Jb?"},
        {"\xc3\x9b \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\x9b \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"caf\xe9 \xa0", "caf\xe9 \xa0"}, /* Latin-1 */
        {"\xe2\x82", "\xe2?"},
        {"\xf0\x9f\x9b", "\xf0??"},
        {"\xc2\xa0\xc2\x80\x7f", "\xc2\xa0???"}};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fault fault = {0};
        fault_set(&fault, "%s", texts[i][0]);
        assert_string_equal(fault.text, texts[i][1]);
    }
}

static void the_kind_gives_the_exit_code(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(message_fault(&fault), KNEE_FAILED);
    fault_reported(&fault);
    assert_int_equal(message_fault(&fault), KNEE_FAILED);
    fault_usage(&fault, "--x and --y: give one of them");
    assert_int_equal(message_fault(&fault), KNEE_USAGE);
    fault_sys(&fault, "no memory");
    assert_int_equal(message_fault(&fault), KNEE_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function_sets_its_kind_and_returns_minus_one),
        cmocka_unit_test(a_text_is_one_line_and_is_cut),
        cmocka_unit_test(control_characters_of_the_second_set_are_replaced),
        cmocka_unit_test(the_kind_gives_the_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
