/* Formulas: known answers, what is missing, what is wrong and where. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/machine/counters/formula.h"

/* a = 6, b = 2, nil = 0, l3-misses = 10; cycles has no value; everything else is unknown. */
static enum formula_input look_up(void *context, const char *name, double *value, char *reason)
{
    static const struct {
        const char *name;
        double value;
    } known[] = {{"a", 6}, {"b", 2}, {"nil", 0}, {"l3-misses", 10}, {"huge", 1e308}, {"x9", 9}};

    (*(int *)context)++;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0) {
            *value = known[i].value;
            return INPUT_VALUE;
        }
    if (strcmp(name, "cycles") != 0 && strcmp(name, "stalls") != 0)
        return INPUT_UNKNOWN;
    snprintf(reason, FORMULA_REASON_BYTES, "none of %s here", name);
    return INPUT_NONE;
}

static struct formula_result evaluate(const char *text)
{
    int calls = 0;

    return formula_evaluate(text, look_up, &calls);
}

static void values_are_those_of_school(void **state)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"7", 7},
                 {"  7  ", 7},
                 {"2.5e3", 2500},
                 {"a", 6},
                 {"a / b", 3},
                 {"a/b", 3},
                 {"a * b + 1", 13},
                 {"1 + a * b", 13},
                 {"(1 + a) * b", 14},
                 {"a - b - 1", 3},
                 {"a - (b - 1)", 5},
                 {"a / b / 3", 1},
                 {"a / (b * 3)", 1},
                 {"l3-misses * 64 / b", 320},
                 {"a -b", 4},
                 {"b - a", -4},
                 {"x9 * 2", 18},
                 {"nil * a", 0},
                 {"nil / a", 0},
                 {"((((a))))", 6},
                 {"100 * (a - b) / a", 200.0 / 3}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct formula_result result = evaluate(cases[i].text);
        if (result.state != FORMULA_VALUE ||
            fabs(result.value - cases[i].value) > 1e-12 * fabs(cases[i].value))
            fail_msg("%s: %g, wanted %g (%s)", cases[i].text, result.value, cases[i].value, result.reason);
        assert_string_equal(result.reason, "");
    }
}

static void what_is_missing_is_named(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {{"cycles", "cycles: none of cycles here"},
                 {"a / cycles", "cycles: none of cycles here"},
                 {"0 * cycles", "cycles: none of cycles here"},
                 {"stalls / cycles", "stalls: none of stalls here"},
                 {"(a + b) * (1 - stalls / cycles)", "stalls: none of stalls here"},
                 {"a / nil", "nil: is 0, and something is divided by it"},
                 {"a / (b - 2)", "(b - 2): is 0, and something is divided by it"},
                 {"huge * huge", "the result: is no finite number"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct formula_result result = evaluate(cases[i].text);
        assert_int_equal(result.state, FORMULA_NO_VALUE);
        assert_true(isnan(result.value));
        assert_string_equal(result.reason, cases[i].reason);
    }
}

static void what_is_wrong_is_shown_with_its_column(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "a number, a name or '(' is missing at column 1 ('')"},
        {"a +", "a number, a name or '(' is missing at column 4 ('')"},
        {"a b", "an operator is missing at column 3 ('b')"},
        {"a-b", "unknown name at column 1 ('a-b')"},
        {"a / wrong", "unknown name at column 5 ('wrong')"},
        {"cycles / wrong", "unknown name at column 10 ('wrong')"},
        {"(a", "a ')' is missing at column 3 ('')"},
        {"a)", "an operator is missing at column 2 (')')"},
        {"-a", "a number, a name or '(' is missing at column 1 ('-a')"},
        {"A", "a number, a name or '(' is missing at column 1 ('A')"},
        {"1e999", "too large a number at column 1 ('1e999')"},
        {"a ^ b", "an operator is missing at column 3 ('^ b')"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too long a name at column 1 ('aaaaaaaaaaaaaaaaaaaa')"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct formula_result result = evaluate(cases[i].text);
        if (result.state != FORMULA_WRONG || strcmp(result.reason, cases[i].reason) != 0)
            fail_msg("'%s': state %d, %s, wanted %s", cases[i].text, result.state, result.reason,
                     cases[i].reason);
        assert_true(isnan(result.value));
    }
}

static void nesting_is_bounded(void **state)
{
    char text[4096];

    (void)state;
    memset(text, '(', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(evaluate(text).state, FORMULA_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_school),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(what_is_wrong_is_shown_with_its_column),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
